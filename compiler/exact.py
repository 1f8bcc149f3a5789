"""The minimum weighted feedback arc set, exactly, with a proof.

A linear program over "this edge is cut", one constraint a directed cycle: of its edges
at least one is cut. There are too many cycles to write down, so they are added as the
solution violates them. If the last solution is fractional, the same constraints go on as
an integer program. The dual of the linear program is a packing of cycles that no edge
carries beyond its weight: its size is a bound below every feedback arc set.

Many sets are minimal. A tie-break, a hash of each edge's names, is added to the cost far
below one unit of weight, so that one of them is the answer whatever the solver.

Source: Baharev, Schichl, Neumaier, Achterberg, "An exact method for the minimum feedback
arc set problem", ACM Journal of Experimental Algorithmics 26 (2021), for the lazy cuts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .ir import Bool, Float64, Int32, Int64

TIE_BITS = 20  # of SHA-256, an edge
WEIGHT_SHIFT, TIE_SHIFT = 14, 16  # cost = weight * 2**14 + tie / 2**16
LARGEST = 2**24  # weight that the cost still resolves in float64
PARTS = 10**6  # of a unit of weight, in which the packing is counted
NEAR = 1e-6
USES = 3  # cycles added through one edge a round
CUTS = 4000  # cycles added a round
# Of the edges cut in part: beyond this no integer program ends. Worms stay under 0.12; a
# random graph of 300 nodes and 2,400 edges passes it in the third round.
FRACTIONAL = 0.25


@dataclass(frozen=True)
class Minimum:
    """A feedback arc set and what is proved of it.

    Attributes:
        cut: (E,) the edges that run backward.
        bound: no feedback arc set weighs less, in the weights' unit.
        proved: whether `cut` weighs just that.
    """

    cut: Bool
    bound: int
    proved: bool


@dataclass
class Problem:
    """One strongly connected component."""

    pre: Int32
    post: Int32
    weight: Int64
    cost: Float64
    most: Float64  # 0 where an edge may not be cut, else 1
    size: int
    rows: list[tuple[int, ...]] = field(default_factory=list)  # cycles, as edges
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
        self.rows.append(row)
        return True

    def matrix(self) -> Any:
        """(cycles, E) sparse, 1 where an edge lies on a cycle."""
        from scipy.sparse import csr_array

        lengths = [len(row) for row in self.rows]
        columns = np.array([edge for row in self.rows for edge in row], np.int32)
        start = np.cumsum([0, *lengths], dtype=np.int32)  # as HiGHS in scipy 1.11 wants
        ones = np.ones(len(columns))
        return csr_array((ones, columns, start), (len(self.rows), len(self.pre)))

    def separate(self, cut: Float64) -> int:
        """Add cycles of which less than one edge is cut; return how many."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import dijkstra

        length = (
            np.maximum(cut, 0) + 1e-7
        )  # of an edge: a cycle shorter than 1 is violated
        graph = csr_array((length, (self.pre, self.post)), (self.size, self.size))
        back, before = dijkstra(graph, return_predecessors=True, limit=1.0)
        around = cut + back[self.post, self.pre]
        short = np.flatnonzero(around < 1 - 1e-4)
        uses = np.zeros(len(cut), int)
        added = 0
        for number in short[np.argsort(around[short], kind="stable")].tolist():
            if uses[number] >= USES:
                continue
            cycle = self.close(number, before)
            if cut[cycle].sum() < 1 - NEAR and self.add(cycle):
                uses[cycle] += 1
                added += 1
            if added >= CUTS:
                break
        return added

    def close(self, number: int, before: Any) -> list[int]:
        """The shortest cycle through an edge."""
        cycle, node, goal = [number], int(self.pre[number]), int(self.post[number])
        while node != goal:
            step = int(before[goal, node])
            cycle.append(self.edge[step, node])
            node = step
        return cycle


def minimum(
    pre: Int32,
    post: Int32,
    weight: Int64,
    tie: Int64,
    size: int,
    *,
    fixed: Bool | None = None,
    rounds: int = 100,
    nodes: int = 200,
) -> Minimum | None:
    """The feedback arc set of least weight of one strongly connected component.

    Args:
        pre, post: (E,) rows in [0, size), no self-loops, no pair twice.
        weight: (E,) from 0 to 2**24; tie: (E,) from 0 to 2**20, see `ties`.
        fixed: (E,) edges that may not be cut; no cycle consists of them alone. Nothing
            is proved then.
        rounds: linear and integer programs solved at most; nodes: of each integer one.

    Returns:
        None where the budget ended before a feedback arc set was found.
    """
    if not len(pre):
        return Minimum(np.zeros(0, bool), 0, True)
    if int(weight.max()) > LARGEST:
        return None
    cost = weight * float(2**WEIGHT_SHIFT) + tie / float(2**TIE_SHIFT)
    most = np.ones(len(pre)) if fixed is None else (~fixed).astype(np.float64)
    problem = Problem(pre, post, weight, cost, most, size)
    if not problem.rows:
        problem.separate(np.zeros(len(pre)))
    cut, dual, left = relaxed(problem, rounds)
    if cut is None:
        return None
    bound = packed(problem, dual) if fixed is None else 0
    if fractional(cut):
        cut = integral(problem, left, nodes)
    if cut is None:
        return None
    chosen = cut > 0.5
    lost = int(weight[chosen].sum())
    return Minimum(chosen, min(bound, lost), bound >= lost and fixed is None)


def fractional(cut: Float64) -> int:
    """How many edges are cut in part."""
    return int(((cut > NEAR) & (cut < 1 - NEAR)).sum())


def relaxed(problem: Problem, rounds: int) -> tuple[Float64 | None, Float64, int]:
    """Solve the linear program to the end; also its dual, a number a cycle."""
    from scipy.optimize import linprog

    for spent in range(rounds):
        matrix = problem.matrix()
        ones = np.ones(len(problem.rows))
        bounds = np.stack([np.zeros(len(problem.most)), problem.most], 1)
        found = linprog(
            problem.cost, A_ub=-matrix, b_ub=-ones, bounds=bounds, method="highs"
        )
        if found.x is None or fractional(found.x) > FRACTIONAL * len(found.x):
            break
        if not problem.separate(found.x):
            return found.x, -found.ineqlin.marginals, rounds - spent - 1
    return None, np.zeros(0), 0


def integral(problem: Problem, rounds: int, nodes: int) -> Float64 | None:
    """Solve as an integer program, adding cycles as before."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    for _ in range(rounds):
        found = milp(
            problem.cost,
            constraints=LinearConstraint(problem.matrix(), lb=1),
            integrality=np.ones(len(problem.cost)),
            bounds=Bounds(0, problem.most),
            options={"mip_rel_gap": 0, "node_limit": nodes},
        )
        if found.status != 0 or found.x is None:
            return None
        cut: Float64 = np.round(found.x)
        if not problem.separate(cut):
            return cut
    return None


def packed(problem: Problem, dual: Float64) -> int:
    """The least weight that a packing of cycles proves, in integers.

    Multipliers are rounded down to parts of a unit and lowered until no edge carries
    more than its weight; what is left is a proof whatever the solver did.
    """
    rows = problem.rows[: len(dual)]
    exactly = np.maximum(dual, 0) / 2**WEIGHT_SHIFT * PARTS
    share = np.floor(exactly + 1e-3).astype(np.int64)
    edge = np.array([number for row in rows for number in row], np.int64)
    cycle = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    load = np.zeros(len(problem.weight), np.int64)
    np.add.at(load, edge, share[cycle])
    room = problem.weight * PARTS - load
    for number in np.flatnonzero(room < 0).tolist():
        for place in cycle[edge == number].tolist():
            if room[number] >= 0:
                break
            less = min(int(share[place]), int(-room[number]))
            share[place] -= less
            room[list(rows[place])] += less
    return -(-int(share.sum()) // PARTS)


def ties(names: Sequence[str], pre: Int32, post: Int32) -> Int64:
    """(E,) 20 bits of SHA-256(pre NUL post): which of many minima is taken."""
    found = np.empty(len(pre), np.int64)
    for number, (u, v) in enumerate(zip(pre.tolist(), post.tolist(), strict=True)):
        digest = hashlib.sha256(f"{names[u]}\0{names[v]}".encode()).digest()
        found[number] = int.from_bytes(digest[:4], "big") >> (32 - TIE_BITS)
    return found
