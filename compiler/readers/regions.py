"""Regions within regions: a synapse in the inner one stands in the rows of both.

Source: Scheffer et al., "A connectome and analysis of the adult Drosophila central brain",
eLife 9, 2020: the hierarchy of regions of neuPrint.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from ..arrays import Float64, Int64
from .book import Coded

SIDE = re.compile(r"[\s_]?\(?(?<![A-Za-z0-9'])(R|L|M|right|left)\)?$", re.IGNORECASE)
# What follows the name of the outer region in that of an inner one.
INNER = re.compile(r"[-_:/. ]\w.*|\(.*|[lr]?\d.*")
MOST = 10_000  # regions
# The share of an inner region's pairs that have the outer one, of no less weight.
SURE = 0.9
# Outer regions of neuPrint whose inner ones have names of their own.
WITHIN: Mapping[str, frozenset[str]] = {
    "CX": frozenset("EB FB PB NO AB".split()),
    "MB": frozenset("CA PED aL a'L bL b'L gL".split()),
    "OL": frozenset("ME LO LOP AME LA".split()),
    "LX": frozenset("LAL BU".split()),
    "SNP": frozenset("SLP SIP SMP".split()),
    "INP": frozenset("CRE SCL ICL IB ATL".split()),
    "VLNP": frozenset("AOTU AVLP PVLP PLP WED".split()),
    "VMNP": frozenset("VES EPA GOR SPS IPS".split()),
    "PENP": frozenset("SAD AMMC FLA CAN PRW".split()),
}


def nested(
    column: Coded, pair: Int64, weight: Float64
) -> Iterator[tuple[str, str, int]]:
    """Inner and outer regions whose rows of one pair are added up, and of how many pairs.

    Args:
        column: (R,) regions; pair: (R,) the number of the row's pair; weight: (R,).
    """
    for inner, outer in candidates(column.words):
        own, whole = (totals(column, word, pair, weight) for word in (inner, outer))
        within = [each for each in own if whole.get(each, 0) >= own[each]]
        if within and len(within) >= SURE * len(own):
            yield inner, outer, len(within)


def totals(column: Coded, word: str, pair: Int64, weight: Float64) -> dict[int, float]:
    """The weight of each pair in one region."""
    rows = np.flatnonzero(column.codes == column.words.index(word))
    found, place = np.unique(pair[rows], return_inverse=True)
    total = np.bincount(place, weights=weight[rows])
    return dict(zip(found.tolist(), total.tolist(), strict=True))


def candidates(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(inner, outer) regions by their names: of one side, and one called after the other."""
    if len(words) > MOST:
        return
    known = {parted(word): word for word in words if word}
    for (base, side), inner in known.items():
        outer = {
            known[name, side] for name in outer_names(base) if (name, side) in known
        }
        outer |= {known[name, ""] for name in outer_names(inner) if (name, "") in known}
        outer |= set(outer_names(inner)) & {*words}
        for each in sorted(outer - {inner}):
            yield inner, each


def outer_names(name: str) -> Iterator[str]:
    """What a region may be called in which one of this name lies."""
    for end in range(1, len(name)):
        digits = name[end - 1].isdigit() and name[end].isdigit()
        if not digits and INNER.fullmatch(name[end:]):
            yield name[:end]
    yield from (outer for outer, inside in WITHIN.items() if name in inside)


def parted(word: str) -> tuple[str, str]:
    """The name of a region without its side, and the side."""
    side = SIDE.search(word)
    return (word[: side.start()], side[1].upper()[:1]) if side else (word, "")
