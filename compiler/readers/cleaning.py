"""Names as cells have them: in one spelling, whole, and none for what is missing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ..arrays import Bool, Int32
from ..errors import InputError, Location
from ..ir.accounts import Finding
from ..names import plain, plural
from .blanks import blank_below
from .findings import find
from .reader import EdgeList

INVISIBLE = str.maketrans("", "", "\u200b\ufeff")
# Whole cells that stand for no name: of pandas, SQL and spreadsheets.
MISSING = frozenset(("", "nan", "NaN", "NULL", "null", "#N/A", "<NA>"))
FLOAT = re.compile(r"\d+\.\d*(e\+?\d+)?|\d+e\+\d+", re.IGNORECASE)
LONG = re.compile(r"\d{15,}")  # an id of a segmentation
LARGEST_ID = 2**53  # above it a float rounds integers


def cleaned(edges: EdgeList, label: str) -> EdgeList:
    """The edges of cells by their clean names, without those of rows that lack one.

    Raises:
        InputError: an id that a float has rounded; no row names two cells; most names of
            a column are blank below others.
    """
    pre, post = edges.pre, edges.post
    text = "\n".join(edges.names)
    names = list(edges.names if text.isascii() else map(clean, edges.names))
    findings = spelled(edges.names, names)
    if any(mark in text for mark in ".+") and any(map(FLOAT.fullmatch, names)):
        refuse_rounded(names, edges, label)
        names, pre, post, more = as_integers(names, pre, post)
        findings += more
    findings += blank_below(names, pre, post, edges.line, label)
    kept, more = named(names, pre, post, label)
    findings += more
    if not findings:
        return edges
    distinct = tuple(dict.fromkeys(name for name in names if name not in MISSING))
    if not kept.all() and "0" in distinct and is_zero_missing(names):
        distinct = tuple(name for name in distinct if name != "0")
    return renumbered(
        replace(edges, pre=pre, post=post), names, distinct, kept, findings
    )


def clean(name: str) -> str:
    """A name in Unicode's form NFC, without invisible blanks."""
    if name.isascii():
        return name
    return unicodedata.normalize("NFC", name.translate(INVISIBLE)).strip()


def spelled(before: Sequence[str], after: Sequence[str]) -> tuple[Finding, ...]:
    """The names that are written otherwise now."""
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    if not changed:
        return ()
    seen = f"{plural(len(changed), 'name')} in Unicode's form NFC, without invisible blanks"
    return (find("EC208", f"{seen}: {plain(changed[0])}"),)


def refuse_rounded(names: Sequence[str], edges: EdgeList, label: str) -> None:
    """Raise InputError for the first id that a float has rounded."""
    for number, name in enumerate(names):
        if FLOAT.fullmatch(name) and float(name) > LARGEST_ID:
            rows = np.flatnonzero((edges.pre == number) | (edges.post == number))
            line = int(edges.line[rows[0]]) if len(rows) else 0
            raise InputError(
                Location(label, line),
                f"an id written as a float: {plain(name)}",
                "above 2**53 a float rounds ids, and neurons merge: write the table again "
                "with ids as integers or text (pandas: dtype=str, or Int64)",
            )


def as_integers(
    names: list[str], pre: Int32, post: Int32
) -> tuple[list[str], Int32, Int32, tuple[Finding, ...]]:
    """Ids such as 1.0 as 1, in each column that holds nothing but whole numbers.

    An id that the other column keeps as a decimal becomes a second name.
    """
    names, floats, kept = list(names), [], set[int]()
    for column in (pre, post):
        used = np.unique(column).tolist()
        own = {n: whole(names[n]) for n in used if names[n] not in MISSING}
        found = {n: text for n, text in own.items() if text != names[n]}
        floats.append({} if "" in own.values() else found)
        kept |= {n for n in used if n not in floats[-1]}
    both = {**floats[0], **floats[1]}
    if not both:
        return names, pre, post, ()
    target = np.arange(len(names), dtype=np.int32)
    for number, text in both.items():
        if number in kept:
            target[number] = len(names)
            names.append(text)
        else:
            names[number] = text
    pre, post = (
        target[column] if own else column
        for column, own in zip((pre, post), floats, strict=True)
    )
    seen = f"{plural(len(both), 'id')} written as decimals read as integers: 1.0 as 1"
    return names, pre, post, (find("EC207", seen),)


def whole(name: str) -> str:
    """An integer's digits, of its float, too; "" for any other name."""
    if name.isascii() and name.isdecimal():
        return name
    if FLOAT.fullmatch(name) and float(name).is_integer():
        return str(int(float(name)))
    return ""


def named(
    names: Sequence[str], pre: Int32, post: Int32, label: str
) -> tuple[Bool, tuple[Finding, ...]]:
    """(E,) whether a row names two cells, and what became of the others."""
    findings: list[Finding] = []
    kept: Bool = np.ones(len(pre), bool)
    rules: list[tuple[str, str, Callable[[str], bool]]] = [
        ("EC205", "without a name left out", MISSING.__contains__)
    ]
    if is_zero_missing(names):
        rules.append(("EC206", "of the id 0 left out", "0".__eq__))
    for code, what, missing in rules:
        absent = np.fromiter(map(missing, names), bool, len(names))
        gone = kept & (absent[pre] | absent[post])
        if absent.any() and gone.any():
            kept &= ~gone
            words = sorted(
                {names[n] for n in np.flatnonzero(absent).tolist()} - {"", "0"}
            )
            told = f": {', '.join(map(plain, words))}" if words else ""
            findings.append(
                find(code, f"{plural(int(gone.sum()), 'row')} {what}{told}")
            )
    if len(kept) and not kept.any():
        seen = (
            f"{plural(len(kept), 'row')} with no name in one of two cells, and no other"
        )
        raise InputError(label, seen, "every row names two cells, pre and post")
    return kept, tuple(findings)


def is_zero_missing(names: Sequence[str]) -> bool:
    """Whether 0 stands for no cell: all other ids are those of a segmentation."""
    others = [name for name in names if name != "0" and name not in MISSING]
    return "0" in names and bool(others) and all(map(LONG.fullmatch, others))


def renumbered(
    edges: EdgeList,
    names: Sequence[str],
    distinct: tuple[str, ...],
    kept: Bool,
    findings: tuple[Finding, ...],
) -> EdgeList:
    """The kept edges with cells by their distinct names, each with its first role.

    Args:
        names: of the numbers in `edges`; those beyond its own have no role.
    """
    place = {name: number for number, name in enumerate(distinct)}
    target = np.array([place.get(name, -1) for name in names], np.int32)
    role = np.zeros(len(distinct), np.uint8)
    transmitter = [""] * len(distinct)
    facts = zip(names, edges.role.tolist(), edges.transmitter, strict=False)
    for name, bits, word in facts:
        if name in place:
            role[place[name]] = role[place[name]] or bits
            transmitter[place[name]] = transmitter[place[name]] or word
    return replace(
        edges,
        names=distinct,
        pre=target[edges.pre[kept]],
        post=target[edges.post[kept]],
        weight=edges.weight[kept],
        kind=edges.kind[kept],
        line=edges.line[kept],
        role=role,
        transmitter=tuple(transmitter),
        findings=(*edges.findings, *findings),
    )
