"""Levels instead of an order: keep the most weight in at most so many levels.

An arc is kept if it rises from a lower to a higher level, a gap junction if its two ends
stand on different ones. Nodes move to their best level, a group at once, first with noise
that cools, then without. Nothing is proved of the result but that it is one.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Bool, Float64, Int32, Int64
from ..graph import Neighbours, group, longest_path, ratio_rank, scatter
from .instance import Instance
from .integers import LIMIT
from .sift import cooling, gumbel

SWEEPS, LEAST = 500, 20  # with noise; fewer of more than LARGE arcs
LARGE = 200_000
DESCENTS = 60  # without, at most
HOT = 6  # searches from the start, at full heat
AGAIN = (0.4, 0.3, 0.25, 0.1)  # how hot; from the best
EMPTY = np.zeros(0, np.int32)
FINE = 1024  # parts of a unit of weight, where they count
SMALL = 1200  # nodes of an order that is cut into levels in the best way


def levels_found(
    assignment: LevelAssignment,
    instance: Instance,
    back: Bool,
    last: Int32 | None = None,
    enough: int = 0,
) -> list[Int32]:
    """Level assignments (N,) by local search, the best first.

    Args:
        back: (E,) a feedback arc set of the instance: the search begins at its order.
        last: (N,) an assignment to fewer levels, from which it begins as well.
        enough: a loss at which it ends.
    """
    start = assignment.cut(order_rank(instance, back))
    every = [assignment.descend(start)]
    heats = (*(1.0,) * HOT, *AGAIN)
    if last is not None:
        every.append(assignment.descend(assignment.stretched(last)))
    if assignment.sweeps < SWEEPS:
        heats = (1.0, AGAIN[-1])
    for run, heat in enumerate(heats):
        best = min(every, key=assignment.lost)
        if assignment.lost(best) <= enough:
            break
        begin = start if heat == 1 else best
        every.append(assignment.descend(assignment.anneal(begin, run, heat)))
    return sorted(every, key=assignment.lost)


def order_rank(instance: Instance, back: Bool) -> Int32:
    """(N,) ranks of an order in which only the arcs of `back` run backward."""
    kept = instance.proper & ~back
    return ranked(
        instance.pre[kept],
        instance.post[kept],
        instance.weight[kept],
        len(instance.names),
    )


def ranked(pre: Int32, post: Int32, weight: Int64, size: int) -> Int32:
    """(N,) ranks of an acyclic graph: by the longest path, then by the ratio."""
    level = longest_path(pre, post, size)
    order = np.lexsort((ratio_rank(pre, post, weight, size), level))
    rank = np.empty(size, np.int32)
    rank[order] = np.arange(size, dtype=np.int32)
    return rank


def unit_of(instance: Instance, price: Float64) -> int:
    """Integers per unit of weight: 1, or FINE where weights are fractional."""
    parts = instance.change_cost is not None or bool((price % 1 > 0).any())
    most = float(instance.weight.sum()) + float(price.sum())
    return FINE if parts and most * FINE < LIMIT else 1


def added_up(cost: Float64, start: Int64) -> Float64:
    """Sums of groups that begin at `start`."""
    return np.add.reduceat(cost, start) if len(start) else cost


class LevelAssignment:
    """Levels of the nodes, and the moves of a local search between them.

    Attributes:
        unit: integers per unit of weight.
        penalty: for a required arc that does not rise; larger than all weights together.
        required: (arcs,) protected arcs, and those of `required` ends.
    """

    def __init__(
        self,
        instance: Instance,
        left: Int32,
        right: Int32,
        price: Float64,
        most: int,
        required: tuple[Int32, Int32] = (EMPTY, EMPTY),
    ) -> None:
        """At most `most` levels.

        Args:
            left, right: (J,) the nodes that junctions join.
            price: (J,) cost of a shared level, in units of weight.
            required: (R,), (R,) ends of further arcs that have to rise.
        """
        self.made_of = instance, left, right, price, most
        keep = instance.proper
        self.size, self.most = len(instance.names), min(most, len(instance.names))
        self.pre, self.post = instance.pre[keep], instance.post[keep]
        self.unit = unit_of(instance, price)
        weight = instance.weight[keep] * self.unit
        if instance.change_cost is not None:  # distance from an older order
            weight += np.rint(instance.change_cost[keep] * self.unit).astype(np.int64)
        flat = np.maximum(np.rint(price * self.unit), 1).astype(np.int64)
        self.penalty = penalty = int(weight.sum()) + int(flat.sum()) + 1
        weight[instance.fixed[keep]] = penalty
        low, high = instance.block[left], instance.block[right]
        bound, rises = low != high, low < high  # junctions that blocks direct
        low, high = np.where(rises, left, right), np.where(rises, right, left)
        self.pre = np.concatenate([self.pre, low[bound], required[0]])
        self.post = np.concatenate([self.post, high[bound], required[1]])
        added = int(bound.sum()) + len(required[0])
        weight = np.concatenate([weight, np.full(added, penalty)])
        self.required = weight == penalty
        left, right, flat = left[~bound], right[~bound], flat[~bound]
        self.weight, self.left, self.right, self.flat = weight, left, right, flat
        tail = np.concatenate([self.pre, self.post, left, right])
        head = np.concatenate([self.post, self.pre, right, left])
        cost, apart = weight.astype(np.float64), flat.astype(np.float64)
        none = np.zeros(len(cost))
        order, start = group(tail, head)  # each pair of neighbours once, by its tail
        first = order[start]
        self.tail = tail[first]
        self.edges = Neighbours(self.tail, head[first], self.size)
        # gains of standing above a neighbour, and below it
        self.above = added_up(np.concatenate([none, cost, apart, apart])[order], start)
        self.below = added_up(np.concatenate([cost, none, apart, apart])[order], start)
        self.degree = np.diff(self.edges.start)
        spread = weight[(weight > 0) & ~self.required]
        self.warm = float(spread.mean()) if len(spread) else 1.0
        self.parts = 8
        within = SWEEPS * LARGE // max(len(weight), 1)
        self.sweeps = min(SWEEPS, max(LEAST, within))

    def with_required(self, pre: Int32, post: Int32) -> LevelAssignment:
        """The assignment, with further arcs that have to rise."""
        return LevelAssignment(*self.made_of, required=(pre, post))

    def lost(self, level: Int32) -> int:
        """Weight of arcs that do not rise and of junctions within a level, penalties included."""
        within = level[self.left] == level[self.right]
        falls = level[self.pre] >= level[self.post]
        required = int((falls & self.required).sum())
        loose = int(self.weight[falls & ~self.required].sum())
        return required * self.penalty + loose + int(self.flat[within].sum())

    def cut(self, rank: Int32) -> Int32:
        """(N,) an order cut into levels: with the least weight inside them, or of equal size."""
        size, most = self.size, self.most
        if size > SMALL:
            return (rank.astype(np.int64) * most // size).astype(np.int32)
        matrix = np.zeros((size + 1, size + 1))
        rises = rank[self.pre] < rank[self.post]
        ends = (rank[self.pre][rises], rank[self.post][rises])
        np.add.at(matrix, ends, self.weight[rises])
        inside = np.zeros(
            (size + 1, size + 1)
        )  # [i, j]: weight within ranks i to j - 1
        inside[:, 1:] = matrix[::-1].cumsum(0)[::-1].cumsum(1)[:, :size]
        inside[np.tril_indices(size + 1, -1)] = np.inf
        least = inside[0].copy()
        first = [np.zeros(size + 1, np.int64)]
        for _ in range(1, most):
            whole = least[:, None] + inside
            first.append(whole.argmin(0))
            least = np.minimum(whole.min(0), np.inf)
        level = np.zeros(size, np.int32)
        by_rank, end = np.argsort(rank), size
        for number in range(most - 1, -1, -1):
            start = int(first[number][end])
            level[by_rank[start:end]] = number
            end = start
        return level

    def stretched(self, level: Int32) -> Int32:
        """(N,) levels, fewer than there may be, spread over all that there may be."""
        count = int(level.max(initial=0)) + 1
        return (level.astype(np.int64) * self.most // count).astype(np.int32)

    def groups(self, sweep: int) -> Iterator[Int64]:
        """Nodes with neighbours, in groups that differ from sweep to sweep."""
        key = scatter(
            np.arange(self.size, dtype=np.uint64) + np.uint64(sweep * self.size)
        )
        order = np.argsort(key, kind="stable")
        order = order[self.degree[order] > 0]
        for nodes in np.array_split(order, self.parts):
            if len(nodes):
                yield np.sort(nodes)

    def gains(self, level: Int32, nodes: Int64, *, apart: bool = False) -> Float64:
        """(nodes, levels) weight kept at a node on each level, all others at rest.

        Less what it gains below all its neighbours, which is the same on each level.

        Args:
            apart: leave out the arcs between two of the nodes.
        """
        place = self.edges.of(nodes)
        row = np.repeat(np.arange(len(nodes)), self.degree[nodes])
        if apart:
            away = ~np.isin(self.edges.head[place], nodes)
            place, row = place[away], row[away]
        at = row * self.most + level[self.edges.head[place]]
        shape, size = (len(nodes), self.most), len(nodes) * self.most
        above, below = (
            np.bincount(at, cost[place], size).reshape(shape)
            for cost in (self.above, self.below)
        )
        gain: Float64 = (above - below).cumsum(1) - above
        return gain

    def gain_of_pair(self, tail: Int32, head: Int32, level: Int32) -> Float64:
        """(pairs, levels) the part of the tails' gains that is by the arcs to the heads."""
        key = self.tail.astype(np.int64) * self.size + self.edges.head
        place = np.searchsorted(key, tail.astype(np.int64) * self.size + head)
        above, below = self.above[place][:, None], self.below[place][:, None]
        column, at = np.arange(self.most), level[head][:, None]
        apart = np.where(column == at, -below, above - below)
        gain: Float64 = np.where(column < at, 0.0, apart)
        return gain

    def anneal(self, level: Int32, run: int, heat: float = 1.0) -> Int32:
        """Noisy moves; the noise cools from `heat` mean weights to a fiftieth of one."""
        table = gumbel()
        columns = np.arange(self.most, dtype=np.uint64)
        for sweep, part in enumerate(cooling(round(heat * 50), self.sweeps)):
            warm = self.warm * heat * float(part) / 64
            salt = np.uint64((run * self.sweeps + sweep) << 32)
            for nodes in self.groups(run * self.sweeps + sweep):
                key = scatter(nodes.astype(np.uint64) + salt)[:, None] + columns
                noise = table[(scatter(key) >> np.uint64(52)).astype(np.int64)]
                best = (self.gains(level, nodes) + warm * noise).argmax(1)
                level = level.copy()
                level[nodes] = best
        return level

    def descend(self, level: Int32) -> Int32:
        """Local search: move nodes to their best levels until nothing is gained."""
        lost, idle = self.lost(level), 0
        for sweep in range(DESCENTS):
            moved = level.copy()
            for nodes in self.groups(sweep):
                gain = self.gains(moved, nodes)
                here = gain[np.arange(len(nodes)), moved[nodes]]
                better = gain.max(1) > here
                moved[nodes[better]] = gain[better].argmax(1)
            now = self.lost(moved)
            idle = 0 if now < lost else idle + 1
            if now < lost:
                level, lost = moved, now
            if idle == 4:
                break
        return level
