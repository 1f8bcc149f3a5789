"""Sift: move the nodes of an order to their best places, a group of nodes at once.

A node's best place keeps the most weight forward while all others stay; one sort finds it
for every node of a group. Noise that cools comes first, so that the search is not caught
at once. In integers, with a hash for chance: the same order on every machine.

Source: the sifting of Matuszewski, Schoenfeld, Molitor, "Using sifting for k-layer
straightline crossing minimization", Graph Drawing 1999, here for a whole group.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal, localcontext
from functools import cache

import numpy as np

from ..arrays import Int32, Int64
from ..graph import backward, ranks, scatter

GROUPS = 8
STILL = 4  # sweeps without a gain that end the search
# Sweeps with noise in graphs of at most so many edges: small ones are soon as good as they
# get, large ones would take minutes.
SWEEPS = ((20_000, 60), (500_000, 300), (5_000_000, 16), (2**62, 12))
NOISE_START, NOISE_END = 2, 30  # mean weights at first; the part of them at last
NOISE_BITS = 16  # of a weight's fraction that noise is added in
NEAR = 1e-3  # 64ths from a half; both ways of rounding err by less than 1e-5


class Sift:
    """Local search over orders: moves of single nodes, a group at once.

    Args:
        pre, post: (E,) rows in [0, size), no self-loops.
        weight: (E,) int64 >= 0.
    """

    def __init__(self, pre: Int32, post: Int32, weight: Int64, size: int) -> None:
        self.pre, self.post, self.weight, self.size = pre, post, weight, size
        tail = np.concatenate([post, pre]).astype(np.int64)
        key = tail * size + np.concatenate([pre, post])
        order = np.argsort(key, kind="stable")
        key = key[order]
        gain = np.concatenate([weight, -weight])[order]  # of standing behind `head`
        del order, tail
        if len(key):
            first = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
            gain, key = np.add.reduceat(gain, first), key[first]
        key, gain = key[gain != 0], gain[gain != 0]
        row = key // size
        self.head = (key - row * size).astype(np.int32)
        self.gain = gain
        self.degree = np.bincount(row, minlength=size)
        self.start = np.concatenate([[0], np.cumsum(self.degree)])
        total = int(weight.sum())
        self.bits = max(0, min(NOISE_BITS, 60 - total.bit_length()))
        self.mean = total // max(len(weight), 1) + 1

    def search(self, rank: Int32) -> Int32:
        """Sift with noise, then without; never worse than sifting alone would start."""
        sweeps = next(count for most, count in SWEEPS if len(self.pre) <= most)
        cooled = self.improve(self.anneal(rank, sweeps))
        if self.lost(cooled) <= self.lost(rank):
            return cooled
        return self.improve(rank)

    def lost(self, rank: Int32) -> int:
        """Weight that runs backward."""
        return backward(rank, self.pre, self.post, self.weight)

    def improve(self, rank: Int32, sweeps: int = 200) -> Int32:
        """Sweep until no group of nodes improves the order; never worse than `rank`."""
        best, lost = rank, self.lost(rank)
        idle = 0
        for sweep in range(sweeps):
            moved = best
            for nodes in self.groups(sweep):
                moved = self.move(moved, nodes)
            now = self.lost(moved)
            idle = 0 if now < lost else idle + 1
            if now < lost:
                best, lost = moved, now
            if idle == STILL or not lost:
                break
        return best

    def anneal(self, rank: Int32, sweeps: int) -> Int32:
        """Sweep with noise that cools from NOISE_START mean weights to 1 / NOISE_END of that."""
        for sweep, part in enumerate(cooling(NOISE_END, sweeps)):
            heat = max(1, int(part * NOISE_START * (self.mean << self.bits)) // 64)
            for number, nodes in enumerate(self.groups(sweep)):
                rank = self.move(rank, nodes, heat, sweep * GROUPS + number + 1)
        return rank

    def groups(self, sweep: int) -> Iterator[Int64]:
        """The nodes that have neighbours, in groups that differ from sweep to sweep."""
        row = np.arange(self.size, dtype=np.uint64)
        key = scatter(row + np.uint64(sweep * self.size))
        order = np.argsort(key, kind="stable")
        order = order[self.degree[order] > 0]
        for nodes in np.array_split(order, GROUPS):
            if len(nodes):
                yield np.sort(nodes)

    def move(self, rank: Int32, nodes: Int64, heat: int = 0, salt: int = 0) -> Int32:
        """Move each of `nodes` to its best place, judged with all others at rest.

        Args:
            heat: noise on every place, in 64ths; 0: none, and only what gains moves.
        """
        degree = self.degree[nodes]
        first = np.cumsum(degree) - degree
        count = int(degree.sum())
        row = np.repeat(np.arange(len(nodes), dtype=np.int64), degree)
        entry = np.arange(count, dtype=np.int64)
        place = entry + np.repeat(self.start[nodes] - first, degree)
        there, gain = rank[self.head[place]].astype(np.int64), self.gain[place]
        here = np.repeat(rank[nodes], degree)
        now = np.add.reduceat(np.where(there < here, gain, 0), first)
        low, wide = max(1, count.bit_length()), max(1, self.size.bit_length())
        # all keys differ, so that any sort gives the same
        key = np.sort((row << (low + wide)) | (there << low) | entry)
        entry = key & ((1 << low) - 1)
        there = (key >> low) & ((1 << wide) - 1)
        run = np.cumsum(gain[entry])
        run -= np.repeat(run[first] - gain[entry[first]], degree)  # from 0 in each row
        value, front = run, np.zeros(len(nodes), np.int64)
        if heat:
            table = gumbel()
            salted = np.uint64(salt * 0x5DEECE66D)
            draw = scatter(key.astype(np.uint64) ^ salted) >> np.uint64(52)
            value = (run << self.bits) + table[draw.astype(np.int64)] * heat
            draw = scatter(nodes.astype(np.uint64) + salted) >> np.uint64(52)
            front = table[draw.astype(np.int64)] * heat
        best = np.maximum.reduceat(value, first)
        at = np.flatnonzero(value == np.repeat(best, degree))
        at = at[np.unique(row[at], return_index=True)[1]]  # the foremost best place
        ahead = front >= best  # before all neighbours
        after = np.minimum(at + 1, count - 1)
        last = at == first + degree - 1
        target = there[at] + np.where(last, there[at] + 1, there[after])
        target = np.where(ahead, 2 * there[first] - 1, target)
        gained = np.where(ahead, 0, run[at])
        moves = np.ones(len(nodes), bool) if heat else gained > now
        label = 2 * rank.astype(np.int64)
        label[nodes[moves]] = target[moves]
        return ranks(label)


@cache
def gumbel() -> Int64:
    """(4096,) quantiles of the Gumbel distribution, in 64ths, the same everywhere.

    A float's logarithm may differ in the last bit between machines: what lies near a half
    is rounded by `decimal`, whose logarithm is rounded correctly.
    """
    shares = [(2 * step + 1) / 8192 for step in range(4096)]  # exact
    found = [-64 * math.log(-math.log(share)) for share in shares]
    return np.array(
        [
            rounded(share) if abs(value % 1 - 0.5) < NEAR else round(value)
            for share, value in zip(shares, found, strict=True)
        ],
        np.int64,
    )


def rounded(share: float) -> int:
    """The quantile of a share, in 64ths, by decimals."""
    with localcontext() as context:
        context.prec = 12
        value = -(-Decimal(share).ln()).ln() * 64
        return int(value.to_integral_value())


def cooling(cold: int, steps: int) -> list[Decimal]:
    """From 1 down to 1 / cold, each step by the same factor."""
    with localcontext() as context:
        context.prec = 12
        last = max(steps - 1, 1)
        return [Decimal(cold) ** (Decimal(-step) / last) for step in range(steps)]
