"""Trades of ends that keep the bin of one of the two pairs: most others would be refused."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from ..arrays import Int64
from .random import RandomIntegers

BATCH = 4096  # trades drawn at a time


class Kind(NamedTuple):
    """The ends of one kind by neuron: ends[start[k]:][:many[k]] are of who[k]."""

    ends: list[int]
    who: Int64
    start: Int64
    many: Int64


class Row(NamedTuple):
    """The neurons with ends of one kind, by the bin that another neuron shares with them.

    Attributes:
        ends: all of this kind; start: where those of each neuron stand there.
        before: number of ends of the neurons before each; at last, of all.
        first: where each bin starts among the neurons; at last, their number.
    """

    ends: list[int]
    start: Sequence[int]
    before: Sequence[int]
    first: list[int]


class Nearby:
    """Trades within bins of pairs of neurons.

    No trade changes how many ends a neuron has, so a trade and the one that undoes it are
    as likely.

    Attributes:
        bins: (N, N) symmetric, the bin of a pair; of: the same as lists.
    """

    def __init__(self, bins: Int64) -> None:
        self.bins, self.of = bins, bins.tolist()

    def trades(
        self,
        neuron: Int64,
        place: Int64,
        kind: Int64,
        now: tuple[Sequence[int], Sequence[int]],
        random: RandomIntegers,
    ) -> Iterator[tuple[int, int]]:
        """Endless random pairs of places of one kind: the first stays in its bin.

        Args:
            neuron: (2P,) row of the neuron of each end.
            place: (T,) the ends that are traded; kind: (2P,) of each end.
            now: (2P,) the neuron at each place, and (2P,) the place of each end, as
                trades change them.
        """
        (at, where), places, kinds = now, place.tolist(), kind.tolist()
        ends = kinds_of(neuron, place, kind)
        rows: dict[int, list[Row | None]] = {one: [None] * len(self.of) for one in ends}
        bins = self.of
        while places:
            chosen = random.each(np.full(BATCH, len(places))).tolist()
            drawn = random.bits.random_raw(BATCH).tolist()
            for p, number in zip(map(places.__getitem__, chosen), drawn, strict=True):
                one, fixed = kinds[p], at[p ^ 1]
                row = rows[one][fixed]
                if row is None:
                    row = rows[one][fixed] = row_of(ends[one], self.bins[fixed])
                every, start, before, first = row
                found = bins[fixed][at[p]]
                low, high = first[found], first[found + 1]
                base = before[low]
                end = base + (number * (before[high] - base) >> 64)
                k = bisect_right(before, end, low, high) - 1
                yield p, where[every[start[k] + end - before[k]]]


def kinds_of(neuron: Int64, place: Int64, kind: Int64) -> dict[int, Kind]:
    """The ends of each kind, by neuron.

    Args:
        neuron: (2P,) row of the neuron of each end.
        place: (T,) the ends that are traded; kind: (2P,) of each end.
    """
    found = {}
    for one in np.unique(kind[place]).tolist():
        ends = place[kind[place] == one]
        ends = ends[np.argsort(neuron[ends], kind="stable")]
        who, start, many = np.unique(
            neuron[ends], return_index=True, return_counts=True
        )
        found[one] = Kind(ends.tolist(), who, start, many)
    return found


def row_of(kind: Kind, bins: Int64) -> Row:
    """The ends of a kind as a neuron sees them, by its (N,) bins."""
    found = bins[kind.who]
    order = np.argsort(found, kind="stable")
    before = np.concatenate([[0], np.cumsum(kind.many[order])])
    first = np.searchsorted(found[order], np.arange(int(bins.max()) + 2))
    return Row(kind.ends, packed(kind.start[order]), packed(before), first.tolist())


def packed(numbers: Int64) -> Sequence[int]:
    """Integers in little memory that are quick to read one by one."""
    found = array("q")
    found.frombytes(np.ascontiguousarray(numbers, np.int64).tobytes())
    return found
