"""The transmitter of each sender, as rows of edges tell it: a column nt_type or top_nt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..arrays import Float64, Int32, Int64
from ..ir.accounts import Finding
from ..names import amount, plain, plural
from .delimited import plain_word
from .findings import find
from .form import Form
from .reader import EdgeList

# What a column of rows may be called; compared as `plain_word` writes it.
SENDERS = ("nttype", "topnt", "prenttype", "pretopnt")
NONE = frozenset("unknown unk unclear unc undefined none na nan null n/a -".split())
KNOWN = frozenset(
    "ach acetylcholine cholinergic gaba gabaergic glut glu glutamate glutamatergic "
    "da dop dopamine dopaminergic ser serotonin 5ht serotonergic oct octopamine "
    "octopaminergic tyr ta tyramine his hist histamine gly glycine ne norepinephrine "
    "betaine asp aspartate".split()
)
SHOWN = 4  # words that a finding names


@dataclass(frozen=True, slots=True, eq=False)
class Released:
    """What the rows of senders tell of their transmitters.

    Attributes:
        sender: (S,) numbers, ascending; word: (S,) of most weight.
        torn: how many senders have several words.
        example: the first of them; shares: its words by weight, the heaviest first.
    """

    sender: Int64
    word: tuple[str, ...]
    torn: int = 0
    example: int = -1
    shares: Mapping[str, float] = field(default_factory=dict)


def with_senders(
    edges: EdgeList,
    title: str,
    sender: Int32,
    weight: Float64,
    codes: Int32,
    words: list[str],
) -> EdgeList:
    """The edge list with the transmitters of its senders, and what is odd about them.

    Args:
        title: of the column that tells them; the others as of `released`.
    """
    found = released(sender, weight, codes, words, len(edges.names))
    names = list(edges.transmitter)
    for number, word in zip(found.sender.tolist(), found.word, strict=True):
        names[number] = word
    findings = (*edges.findings, *findings_of(found, edges.names, title))
    return replace(edges, transmitter=tuple(names), findings=findings)


def released(
    sender: Int32, weight: Float64, codes: Int32, words: list[str], size: int
) -> Released:
    """The transmitter of most weight by sender; of several the one that stands first.

    Args:
        sender: (E,) numbers in [0, size); weight: (E,), from 0; codes: (E,) places in
            words, which differ.
    """
    named = np.array([bool(w) and plain_word(w) not in NONE for w in words], bool)
    if not named.any():
        return Released(np.zeros(0, np.int64), ())
    if not len(sender):
        return Released(np.zeros(0, np.int64), ())
    new = np.ones(len(sender), bool)  # the rows of one sender often stand together
    new[1:] = (sender[1:] != sender[:-1]) | (codes[1:] != codes[:-1])
    run = np.flatnonzero(new)
    weight = np.add.reduceat(weight, run)
    sender, codes = sender[run], codes[run]
    key = sender.astype(np.int64) * len(words) + codes
    if not named.all():
        chosen = named[codes]
        key, weight = key[chosen], weight[chosen]
    pair, first, total = totals(key, weight, size * len(words))
    number, code = np.divmod(pair, len(words))
    order = np.lexsort((first, -total, number))
    number, code, total = number[order], code[order], total[order]
    start = np.flatnonzero(np.diff(number, prepend=-1))
    count = np.diff(start, append=len(number))
    found = Released(number[start], tuple(words[c] for c in code[start].tolist()))
    if not (count > 1).any():
        return found
    one = int(np.argmax(count > 1))
    own = slice(int(start[one]), int(start[one] + count[one]))
    names = [words[c] for c in code[own].tolist()]
    shares = dict(zip(names, total[own].tolist(), strict=True))
    torn = int((count > 1).sum())
    return replace(found, torn=torn, example=int(number[own][0]), shares=shares)


def totals(key: Int64, weight: Float64, size: int) -> tuple[Int64, Int64, Float64]:
    """The different keys in [0, size), ascending: the first row of each, and its weight."""
    if size > 4 * len(key):
        found, first, place = np.unique(key, return_index=True, return_inverse=True)
        total: Float64 = np.bincount(place, weight, len(found)).astype(np.float64)
        return found, first.astype(np.int64), total
    rows: Int64 = np.full(size, len(key), np.int64)
    rows[key[::-1]] = np.arange(len(key) - 1, -1, -1)  # the last one written stands
    found = np.flatnonzero(rows < len(key)).astype(np.int64)
    total = np.bincount(key, weight, size)[found].astype(np.float64)
    return found, rows[found], total


def findings_of(
    found: Released, names: tuple[str, ...], title: str
) -> Iterator[Finding]:
    """What a person should know of the transmitters that a column tells."""
    if found.torn:
        word, weight = next(iter(found.shares.items()))
        senders = plural(len(found.sender), "sender")
        seen = f"{title}: {found.torn:,} of {senders} with several"
        share = f"{amount(weight)} of {amount(sum(found.shares.values()))}"
        example = f"{plain(names[found.example])} {plain(word)}, {share} by weight"
        yield find("EC307", f"{seen}; each has the one of most weight: {example}")
    words = sorted(set(found.word))
    strange = [word for word in words if plain_word(word) not in KNOWN]
    if strange:
        more = f" and {len(strange) - SHOWN:,} more" if len(strange) > SHOWN else ""
        some = ", ".join(map(plain, strange[:SHOWN])) + more
        yield find("EC308", f"{title}: no known transmitter: {some}; kept as written")


def sender_place(form: Form) -> int | None:
    """The position of a column that tells the sender's transmitter, if there is one."""
    free = free_words(form)
    return next((free[word] for word in SENDERS if word in free), None)


def free_words(form: Form) -> dict[str, int]:
    """The positions of the columns without a role by their titles, as plain words."""
    words = [plain_word(title) for title in form.header or ()]
    taken = form.places.values()
    return {w: n for n, w in reversed([*enumerate(words)]) if n not in taken}
