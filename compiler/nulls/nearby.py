"""Trades of ends that keep the bin of one of the two pairs: most others would be refused."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..arrays import Int64, UInt64
from .random import RandomIntegers, scaled

BATCH = 4096  # trades drawn at a time
CLOSE = 1024  # of them found at a time


class Kind(NamedTuple):
    """The ends of one kind by neuron: ends[start[k]:][:many[k]] are of who[k]."""

    ends: list[int]
    who: Int64
    start: Int64
    many: Int64


class Rows:
    """The neurons with ends of one kind, by the bin that each neuron shares with them.

    Row k of each table is as neuron k sees them.

    Args:
        bins: (N, N) of pairs.

    Attributes:
        start: (N, W) where the ends of each stand in `Kind.ends`.
        before: (N, W + 1) number of ends of the neurons before each, plus k times `step`:
            so all of it rises.
        first: (N, B + 1) where each bin starts among the neurons; at last, their number.
    """

    def __init__(self, kind: Kind, bins: Int64) -> None:
        self.ends, size, wide = np.array(kind.ends), len(bins), len(kind.who)
        self.step = len(kind.ends) + 1
        self.start = np.empty((size, wide), np.int32)
        self.before = np.empty((size, wide + 1), np.int64)
        edges = np.arange(int(bins.max()) + 2)
        self.first = np.empty((size, len(edges)), np.int32)
        for row in range(size):
            found = bins[row, kind.who]
            order = np.argsort(found, kind="stable")
            self.start[row] = kind.start[order]
            self.before[row, 0] = row * self.step
            self.before[row, 1:] = row * self.step + np.cumsum(kind.many[order])
            self.first[row] = np.searchsorted(found[order], edges)
        # the same tables, quick to read one by one
        self.wide, self.end_list = wide + 1, kind.ends
        self.starts = self.start.ravel().data
        self.befores = self.before.ravel().data
        self.firsts = self.first.data

    def picked(self, row: Int64, bins: Int64, drawn: UInt64) -> Int64:
        """(T,) an end within a bin of each row, by random integers in [0, 2**64)."""
        low = self.before[row, self.first[row, bins]]
        high = self.before[row, self.first[row, bins + 1]]
        end = low + scaled(drawn, high - low)
        at = np.searchsorted(self.before.ravel(), end, side="right") - 1
        far = end - self.before.ravel()[at]
        found: Int64 = self.ends[self.start.ravel()[at - row] + far]
        return found

    def pick(self, row: int, found: int, number: int) -> int:
        """One end as `picked` finds it."""
        before, begin = self.befores, row * self.wide
        low, high = (begin + self.firsts[row, found + k] for k in (0, 1))
        end = before[low] + (number * (before[high] - before[low]) >> 64)
        at = bisect_right(before, end, low, high) - 1
        return self.end_list[self.starts[at - row] + end - before[at]]


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
        at, where = now
        rows = {
            one: Rows(ends, self.bins)
            for one, ends in kinds_of(neuron, place, kind).items()
        }
        while len(place):
            chosen = place[random.each(np.full(BATCH, len(place)))]
            drawn = random.bits.random_raw(BATCH)
            for first in range(0, BATCH, CLOSE):
                part = slice(first, first + CLOSE)
                yield from self.part(chosen[part], drawn[part], kind, rows, at, where)

    def part(
        self,
        chosen: Int64,
        drawn: UInt64,
        kind: Int64,
        rows: Mapping[int, Rows],
        at: Sequence[int],
        where: Sequence[int],
    ) -> Iterator[tuple[int, int]]:
        """Some trades, found at once; those that one of them has changed, once more."""
        places, kinds = chosen.tolist(), kind[chosen]
        own, other = np.array([(at[p], at[p ^ 1]) for p in places]).T
        bins, ends = self.bins[other, own], np.empty(len(chosen), np.int64)
        for one, of in rows.items():
            these = kinds == one
            ends[these] = of.picked(other[these], bins[these], drawn[these])
        listed = (column.tolist() for column in (own, other, kinds, ends, drawn))
        for p, was, far, one, end, number in zip(places, *listed, strict=True):
            if at[p] == was and at[p ^ 1] == far:
                yield p, where[end]
            else:
                row = at[p ^ 1]
                yield p, where[rows[one].pick(row, self.of[row][at[p]], number)]


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
