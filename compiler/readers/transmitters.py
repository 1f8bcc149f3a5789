"""The transmitter of each sender, as rows of edges tell it: a column nt_type or top_nt."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from ..arrays import Float64, Int32
from ..ir.accounts import Finding
from ..names import amount, plain, plural
from .delimited import plain_word
from .findings import find

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


def released(
    sender: Int32, weight: Float64, codes: Int32, words: list[str], size: int
) -> dict[int, Mapping[str, float]]:
    """The weight of each transmitter by sender, the heaviest first.

    Args:
        sender: (E,) numbers in [0, size); weight: (E,), from 0; codes: (E,) places in words.
    """
    texts = [word.strip() for word in words]
    told = np.array([bool(t) and plain_word(t) not in NONE for t in texts], bool)
    rows = np.flatnonzero(told[codes]) if len(words) else np.zeros(0, np.int64)
    key = sender[rows].astype(np.int64) * max(1, len(words)) + codes[rows]
    pair, first, place = np.unique(key, return_index=True, return_inverse=True)
    total = np.bincount(place, weight[rows], len(pair))
    found: dict[int, dict[str, float]] = {}
    for at in np.lexsort((first, -total)).tolist():
        number, code = divmod(int(pair[at]), max(1, len(words)))
        own = found.setdefault(number, {})
        own[texts[code]] = own.get(texts[code], 0.0) + float(total[at])
    return dict(found)


def findings_of(
    found: Mapping[int, Mapping[str, float]], names: tuple[str, ...], title: str
) -> Iterator[Finding]:
    """What a person should know of the transmitters that a column tells."""
    torn = {n: own for n, own in found.items() if len(own) > 1}
    if torn:
        number, own = min(torn.items())
        word, weight = next(iter(own.items()))
        seen = f"{title}: {len(torn):,} of {plural(len(found), 'sender')} with several"
        share = f"{amount(weight)} of {amount(sum(own.values()))}"
        example = f"{plain(names[number])} {plain(word)}, {share} by weight"
        yield find("EC307", f"{seen}; each has the one of most weight: {example}")
    words = sorted({next(iter(own)) for own in found.values()})
    strange = [word for word in words if plain_word(word) not in KNOWN]
    if strange:
        more = f" and {len(strange) - SHOWN:,} more" if len(strange) > SHOWN else ""
        some = ", ".join(map(plain, strange[:SHOWN])) + more
        yield find("EC308", f"{title}: no known transmitter: {some}; kept as written")
