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
        start: where the ends of each stand in `Kind.ends`.
        before: number of ends of the neurons before each; at last, of all.
        first: where each bin starts among the neurons; at last, their number.
    """

    start: Sequence[int]
    before: Sequence[int]
    first: list[int]


class Nearby:
    """The ends that an end may trade with, by its kind and the bin of its pair.

    No trade changes how many ends a neuron has, so a trade and the one that undoes it are
    as likely.

    Args:
        neuron: (2P,) row of the neuron of each end.
        place: (T,) the ends that are traded.
        kind: (2P,) only ends of one kind are traded.
        bins: (N, N) symmetric, the bin of a pair of neurons.
    """

    def __init__(self, neuron: Int64, place: Int64, kind: Int64, bins: Int64) -> None:
        self.place, self.kind, self.bins = place.tolist(), kind.tolist(), bins
        self.number = int(bins.max(initial=0)) + 1
        self.kinds: dict[int, Kind] = {}
        for one in np.unique(kind[place]).tolist():
            ends = place[kind[place] == one]
            ends = ends[np.argsort(neuron[ends], kind="stable")]
            who, start, many = np.unique(
                neuron[ends], return_index=True, return_counts=True
            )
            self.kinds[one] = Kind(ends.tolist(), who, start, many)
        self.rows: dict[tuple[int, int], Row] = {}

    def trades(
        self,
        at: Sequence[int],
        where: Sequence[int],
        bin_of: Sequence[Sequence[int]],
        random: RandomIntegers,
    ) -> Iterator[tuple[int, int]]:
        """Endless random pairs of places: the first stays in its bin.

        Args:
            at: (2P,) the neuron at each place, now.
            where: (2P,) the place of each end, now.
            bin_of: `bins` as lists.
        """
        while self.place:
            chosen = random.each(np.full(BATCH, len(self.place))).tolist()
            drawn = random.bits.random_raw(BATCH).tolist()
            for place, number in zip(chosen, drawn, strict=True):
                p = self.place[place]
                kind, fixed = self.kind[p], at[p ^ 1]
                row = self.rows.get((kind, fixed)) or self.row(kind, fixed)
                found = bin_of[fixed][at[p]]
                low, high = row.first[found], row.first[found + 1]
                base = row.before[low]
                end = base + (number * (row.before[high] - base) >> 64)
                k = bisect_right(row.before, end, low, high) - 1
                ends = self.kinds[kind].ends
                yield p, where[ends[row.start[k] + end - row.before[k]]]

    def row(self, kind: int, neuron: int) -> Row:
        """The ends of a kind as a neuron sees them."""
        ends = self.kinds[kind]
        bins = self.bins[neuron, ends.who]
        order = np.argsort(bins, kind="stable")
        before = np.concatenate([[0], np.cumsum(ends.many[order])])
        first = np.searchsorted(bins[order], np.arange(self.number + 1))
        row = Row(packed(ends.start[order]), packed(before), first.tolist())
        self.rows[kind, neuron] = row
        return row


def packed(numbers: Int64) -> Sequence[int]:
    """Integers in little memory that are quick to read one by one."""
    found = array("q")
    found.frombytes(np.ascontiguousarray(numbers, np.int64).tobytes())
    return found
