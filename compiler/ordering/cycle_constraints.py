"""Directed cycles as constraints, generated as a solution violates them.

A cut gives each edge a number from 0 to 1; of every cycle at least one whole edge is cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np

from ..arrays import Bool, Float64, Int32, Int64
from ..graph import components

NEAR = 1e-6
TINY = 1e-7  # length of an edge beyond its cut: of equal cycles the one of fewer edges
USES = 6  # cycles added through one edge a round
CUTS = 4000  # cycles added a round; in large graphs a quarter of the edges


@dataclass(frozen=True)
class ShortestCycles:
    """The shortest cycle through each of some edges; edges are as long as they are cut.

    Attributes:
        rows: (R,) the edges: those not cut entirely.
        around: (R,) length of the cycle; infinite from about 1 on.
        before: (S, N) the node before each, on the shortest way from a start.
        place: (R,) row of `before` of the edge's head.
    """

    rows: Int64
    around: Float64
    before: Any
    place: Int64

    @property
    def least(self) -> float:
        """No cycle is shorter, each edge TINY longer than its cut; at most 1 - NEAR."""
        return float(self.around.min(initial=1 - NEAR - TINY)) + TINY


@dataclass
class CycleConstraints:
    """Cycle constraints of one strongly connected component.

    Invariants: of every cycle at least one edge is to be cut; none is constrained twice.
    """

    pre: Int32
    post: Int32
    weight: Int64
    cost: Float64
    most: Float64  # 0 where an edge may not be cut, else 1
    size: int
    cycles: list[tuple[int, ...]] = field(default_factory=list)  # cycles, as edges
    seen: set[tuple[int, ...]] = field(default_factory=set)

    def __post_init__(self) -> None:
        pairs = zip(self.pre.tolist(), self.post.tolist(), strict=True)
        self.edge = {pair: number for number, pair in enumerate(pairs)}
        for (u, v), number in self.edge.items():
            if u < v and (v, u) in self.edge:
                self.add((number, self.edge[v, u]))

    def add(self, cycle: Sequence[int]) -> bool:
        """Constrain a cycle, unless it is constrained."""
        row = tuple(sorted(cycle))
        if row in self.seen:
            return False
        self.seen.add(row)
        self.cycles.append(row)
        return True

    def begin(self, known: Iterable[Sequence[int]]) -> None:
        """Constrain known cycles; where none is new, those that the 2-cycles leave uncut."""
        pairs = len(self.cycles)
        for cycle in known:
            self.add(cycle)
        if len(self.seen) == pairs:
            self.separate(self.two_cycle_optimum())

    def forget(self, slack: Bool) -> None:
        """Drop the cycles that `slack` marks: their constraints do not bind."""
        idle = {self.cycles[place] for place in np.flatnonzero(slack).tolist()}
        self.cycles = [row for row in self.cycles if row not in idle]
        self.seen -= idle

    def matrix(self) -> Any:
        """(cycles, E) sparse, 1 where an edge lies on a cycle."""
        from scipy.sparse import csr_array

        columns = np.fromiter(chain.from_iterable(self.cycles), np.int32)
        start = np.zeros(len(self.cycles) + 1, np.int32)  # as HiGHS in scipy 1.11 wants
        np.cumsum([len(row) for row in self.cycles], out=start[1:])
        ones = np.ones(len(columns))
        return csr_array((ones, columns, start), (len(self.cycles), len(self.pre)))

    def separate(self, cut: Float64) -> int:
        """Add cycles of which less than one edge is cut; return how many."""
        return self.add_violated(cut, self.shortest_cycles(cut))

    def shortest_cycles(self, cut: Float64) -> ShortestCycles:
        """The shortest cycle through each edge that is not cut entirely."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        rows = self.uncut_edges(cut)
        if not len(rows):
            return ShortestCycles(rows, np.zeros(0), np.zeros((0, 0)), rows)
        pre, post = self.pre[rows], self.post[rows]
        start, place = np.unique(post, return_inverse=True)
        # the length of an edge: a cycle shorter than 1 is violated
        length = np.maximum(cut[rows], 0) + TINY
        graph = csr_array((length, (pre, post)), (self.size, self.size))
        back, before = dijkstra(
            graph, indices=start, return_predecessors=True, limit=1.0
        )
        place = place.reshape(-1)
        return ShortestCycles(rows, cut[rows] + back[place, pre], before, place)

    def add_violated(self, cut: Float64, found: ShortestCycles) -> int:
        """Add those of the cycles of which less than one edge is cut; return how many."""
        short = np.flatnonzero(found.around < 1 - 1e-4)
        uses, added = [0] * len(cut), 0
        short = short[np.argsort(found.around[short], kind="stable")]
        for number, place in zip(
            found.rows[short].tolist(), found.place[short].tolist(), strict=True
        ):
            if uses[number] >= USES:
                continue
            cycle = self.close(number, found.before[place])
            if self.add(cycle):
                for edge in cycle:
                    uses[edge] += 1
                added += 1
            if added >= max(CUTS, len(cut) // 4):
                break
        return added

    def uncut_edges(self, cut: Float64) -> Int64:
        """Edges on cycles of which no edge is cut entirely."""
        rows: Int64 = np.flatnonzero(cut < 1 - NEAR)
        pre, post = self.pre[rows], self.post[rows]
        number = components(pre, post, self.size)
        inside: Bool = number[pre] == number[post]
        return rows[inside]

    def two_cycle_optimum(self) -> Float64:
        """(E,) optimal cut of all 2-cycles: of each, the cheaper edge. They share no edge.

        It solves the linear program of the constraints known at first.
        """
        cut = np.zeros(len(self.pre))
        for row in self.cycles:
            if len(row) == 2:
                cut[
                    min(row, key=lambda edge: (not self.most[edge], self.cost[edge]))
                ] = 1
        return cut

    def price(self, cut: Bool) -> float:
        """Cost of a set, tie-break included."""
        return float(self.cost[cut].sum())

    def around(self, edges: Sequence[int]) -> tuple[int, ...]:
        """The edges of a cycle in its order, from the one of the least number."""
        leaving = {int(self.pre[edge]): edge for edge in edges}
        cycle = [min(edges)]
        while len(cycle) < len(edges):
            cycle.append(leaving[int(self.post[cycle[-1]])])
        return tuple(cycle)

    def close(self, number: int, before: Any) -> list[int]:
        """The shortest cycle through an edge; `before` (N,) as from its head."""
        cycle, node, goal = [number], int(self.pre[number]), int(self.post[number])
        while node != goal:
            step = int(before[node])
            cycle.append(self.edge[step, node])
            node = step
        return cycle


def fractional(cut: Float64) -> int:
    """Number of edges cut in part."""
    return int(((cut > NEAR) & (cut < 1 - NEAR)).sum())
