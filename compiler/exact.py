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
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from .graph import components
from .ir import Bool, Float64, Int32, Int64

TIE_BITS = 20  # of SHA-256, an edge
WEIGHT_SHIFT, TIE_SHIFT = 14, 16  # cost = weight * 2**14 + tie / 2**16
FLIP_SHIFT, TIE_ONLY = 20, 2.0**-11  # where a flip from an older order has its price
LARGEST = 2**24  # weight that the cost still resolves in float64
PARTS = 10**6  # of a unit of weight, in which the packing is counted
NEAR = 1e-6
SLACK = 0.9  # a cycle of which more is cut than this beyond one is let go
USES = 6  # cycles added through one edge a round
CUTS = 4000  # cycles added a round; in large graphs a quarter of the edges
LARGE = 20_000  # cycles beyond which the interior point method is the faster
MOST = 120_000  # cycles of a linear program that is still solved
# Of the edges cut in part: beyond this no integer program ends. Worms stay under 0.12; a
# random graph of 300 nodes and 2,400 edges passes it in the third round.
FRACTIONAL = 0.25
FEW = 400  # edges of a component whose integer program is always tried


@dataclass(frozen=True)
class Minimum:
    """A feedback arc set and what is proved of it.

    Attributes:
        cut: (E,) the edges that run backward; None where the budget ended before.
        bound: no feedback arc set weighs less, in the weights' unit.
        proved: whether `cut` weighs just that.
        packing: (cycle, parts) pairs: the edges of a directed cycle in its order, and how
            much of it is packed, in millionths of a unit of weight. No edge carries more
            than its weight; together they are the bound, rounded up.
        cycles: all that were constrained, as edges; a later solve may begin with them.
        unique: no other set weighs as much, tie-break and all.
    """

    cut: Bool | None
    bound: int
    proved: bool
    packing: tuple[tuple[tuple[int, ...], int], ...] = ()
    cycles: tuple[tuple[int, ...], ...] = ()
    unique: bool = True


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

    def forget(self, slack: Bool) -> None:
        """Drop the cycles marked: their constraints do not bind."""
        idle = {self.rows[place] for place in np.flatnonzero(slack).tolist()}
        self.rows = [row for row in self.rows if row not in idle]
        self.seen -= idle

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

        rows = self.tangled(cut)
        if not len(rows):
            return 0
        pre, post = self.pre[rows], self.post[rows]
        start, place = np.unique(post, return_inverse=True)
        # the length of an edge: a cycle shorter than 1 is violated
        length = np.maximum(cut[rows], 0) + 1e-7
        graph = csr_array((length, (pre, post)), (self.size, self.size))
        back, before = dijkstra(
            graph, indices=start, return_predecessors=True, limit=1.0
        )
        row = np.full(self.size, -1)
        row[start] = np.arange(len(start))
        around = cut[rows] + back[place.reshape(-1), pre]
        short = np.flatnonzero(around < 1 - 1e-4)
        uses, share = [0] * len(cut), cut.tolist()
        added = 0
        short = short[np.argsort(around[short], kind="stable")]
        for number in rows[short].tolist():
            if uses[number] >= USES:
                continue
            cycle = self.close(number, before[row[self.post[number]]])
            if sum(share[edge] for edge in cycle) < 1 - NEAR and self.add(cycle):
                for edge in cycle:
                    uses[edge] += 1
                added += 1
            if added >= max(CUTS, len(cut) // 4):
                break
        return added

    def tangled(self, cut: Float64) -> Int64:
        """Edges on cycles none of whose edges is cut whole."""
        rows: Int64 = np.flatnonzero(cut < 1 - NEAR)
        pre, post = self.pre[rows], self.post[rows]
        number = components(pre, post, self.size)
        inside: Bool = number[pre] == number[post]
        return rows[inside]

    def halves(self) -> Float64:
        """(E,) what of the cycles of two is cut at least cost: no edge lies on two.

        No constraint but theirs is known at first, and this solves the linear program.
        """
        cut = np.zeros(len(self.pre))
        for row in self.rows:
            if len(row) == 2:
                cut[
                    min(row, key=lambda edge: (not self.most[edge], self.cost[edge]))
                ] = 1
        return cut

    def price(self, cut: Bool) -> float:
        """What a set costs, tie-break and all."""
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


def minimum(
    pre: Int32,
    post: Int32,
    weight: Int64,
    tie: Int64,
    second: Int64,
    size: int,
    *,
    flip: Float64 | None = None,
    fixed: Bool | None = None,
    known: Iterable[Sequence[int]] = (),
    rounds: int = 100,
    nodes: int = 200,
) -> Minimum:
    """The feedback arc set of least weight of one strongly connected component.

    Args:
        pre, post: (E,) rows in [0, size), no self-loops, no pair twice.
        weight: (E,) from 0 to 2**24; tie: (E,) from 0 to 2**20, see `ties`.
        second: (E,) another hash, from 0 to 2**20, by which it is seen whether the first
            left but one set.
        flip: (E,) added to the price of cutting an edge, in units of weight; of a size
            below 2**-11 it only breaks ties.
        fixed: (E,) edges that may not be cut; no cycle consists of them alone.
        known: cycles to begin with, as edges.
        rounds: linear and integer programs solved at most; nodes: of each integer one.
    """
    if not len(pre):
        return Minimum(np.zeros(0, bool), 0, True)
    if int(weight.max()) > LARGEST:
        return Minimum(None, 0, False)
    most = np.ones(len(pre)) if fixed is None else (~fixed).astype(np.float64)
    problem = Problem(pre, post, weight, costs(weight, tie, flip), most, size)
    pairs = len(problem.rows)
    for cycle in known:
        problem.add(cycle)
    if len(problem.seen) == pairs:
        problem.separate(problem.halves())
    relaxed = relax(problem, rounds)
    if relaxed is None:
        return Minimum(None, 0, False)
    packing = packed(problem, relaxed) if not_sticky(flip) else ()
    bound = -(-sum(parts for _, parts in packing) // PARTS)
    cut, unique = (
        settle(problem, relaxed, second, nodes) if relaxed.ended else (None, False)
    )
    if cut is None:
        return Minimum(None, bound, False, packing, tuple(problem.rows))
    lost = int(weight[cut].sum())
    proved = bound >= lost and not_sticky(flip)
    return Minimum(cut, min(bound, lost), proved, packing, tuple(problem.rows), unique)


def costs(weight: Int64, tie: Int64, flip: Float64 | None) -> Float64:
    """What cutting each edge costs: its weight, far below it the tie-break."""
    if flip is None:
        return weight * float(2**WEIGHT_SHIFT) + tie / float(2**TIE_SHIFT)
    return (weight + flip) * float(2**WEIGHT_SHIFT) + tie / float(2**FLIP_SHIFT)


def not_sticky(flip: Float64 | None) -> bool:
    """Whether the price is still the weight, so that the dual bounds it."""
    return flip is None or float(np.abs(flip).max(initial=0)) <= TIE_ONLY


def fractional(cut: Float64) -> int:
    """How many edges are cut in part."""
    return int(((cut > NEAR) & (cut < 1 - NEAR)).sum())


@dataclass(frozen=True)
class Relaxed:
    """A solution of the linear program.

    Attributes:
        cut: (E,) from 0 to 1; dual: (cycles,) of `rows`; value: what it costs.
        dear: (E,) what cutting an edge that is whole costs at least; cheap: what keeping
            an edge that is cut does.
        ended: no cycle is violated; rounds: how many are left.
    """

    cut: Float64
    dual: Float64
    rows: tuple[tuple[int, ...], ...]
    value: float
    dear: Float64
    cheap: Float64
    ended: bool
    rounds: int


def relax(problem: Problem, rounds: int) -> Relaxed | None:
    """Solve the linear program, adding the cycles that it violates, to the end."""
    from scipy.optimize import linprog

    last: Relaxed | None = None
    for spent in range(rounds):
        if len(problem.rows) > MOST:
            break
        matrix = problem.matrix()
        ones = np.ones(len(problem.rows))
        method = "highs" if len(ones) <= LARGE else "highs-ipm"
        bounds = np.stack([np.zeros(len(problem.most)), problem.most], 1)
        found = linprog(
            problem.cost,
            A_ub=-matrix,
            b_ub=-ones,
            bounds=bounds,
            method=method,
            options={"presolve": len(ones) > LARGE},
        )
        if found.x is None:
            break
        last = Relaxed(
            found.x,
            -found.ineqlin.marginals,
            tuple(problem.rows),
            float(found.fun),
            found.lower.marginals,
            -found.upper.marginals,
            False,
            rounds - spent - 1,
        )
        parted = fractional(found.x) > FRACTIONAL * len(found.x)
        if parted and len(found.x) > FEW:
            break
        slack = matrix @ found.x > 1 + SLACK
        if not problem.separate(found.x):
            return replace(last, ended=True)
        problem.forget(slack)
    return last


def settle(
    problem: Problem, relaxed: Relaxed, second: Int64, nodes: int
) -> tuple[Bool | None, bool]:
    """The edges cut, and whether no other set costs as little.

    After a first set is found, it is looked for with another hash, far below the first,
    and once more with that turned round: only a tie of the first can feel the difference.
    """
    if fractional(relaxed.cut):
        whole = (relaxed.cut < NEAR) | (relaxed.cut > 1 - NEAR)
        near = np.round(relaxed.cut)
        low, high = np.where(whole, near, 0.0), np.where(whole, near, problem.most)
        cut = integral(problem, problem.cost, low, high, relaxed.rounds, nodes)
    else:
        cut = relaxed.cut > 0.5
    finer = second / float(2 ** (TIE_BITS + TIE_SHIFT + 1))
    found = [] if cut is None else [cut]
    for cost in (problem.cost + finer, problem.cost - finer):
        upper = min(map(problem.price, found), default=np.inf)
        low, high = narrowed(problem, relaxed, upper)
        other = integral(problem, cost, low, high, relaxed.rounds, nodes)
        if other is None:
            return (best(problem, found, second) if found else None), False
        found.append(other)
    return best(problem, found, second), bool((found[-1] == found[-2]).all())


def best(problem: Problem, found: list[Bool], second: Int64) -> Bool:
    """The cheapest set; of a tie the one of the lesser second hash."""
    return min(found, key=lambda cut: (problem.price(cut), int(second[cut].sum())))


def narrowed(
    problem: Problem, relaxed: Relaxed, upper: float
) -> tuple[Float64, Float64]:
    """(E,), (E,) bounds that every set as cheap as `upper` keeps: by reduced costs."""
    room = upper - relaxed.value + 1.0
    low = np.where(relaxed.cheap > room, problem.most, 0.0)
    high = np.where(relaxed.dear > room, 0.0, problem.most)
    return low, high


def integral(
    problem: Problem,
    cost: Float64,
    low: Float64,
    high: Float64,
    rounds: int,
    nodes: int,
) -> Bool | None:
    """Solve as an integer program, adding cycles as before.

    The linear program comes first: where the cost alone leaves a corner that is whole,
    that is the answer, sooner.
    """
    whole = True
    for _ in range(max(rounds, 1)):
        part = reduced(problem, low, high)
        found = part.linear(cost) if whole else None
        whole = found is not None and not fractional(found)
        if not whole:
            found = part.integer(cost, nodes)
        if found is None:
            return None
        if not problem.separate(found):
            return found > 0.5
    return None


@dataclass(frozen=True)
class Part:
    """What bounds leave open of a problem.

    Attributes:
        matrix: (cycles, open) of those that no settled edge cuts.
        open: (open,) edges; most: (open,) as of a problem; cut: (E,) those settled.
    """

    matrix: Any
    open: Int64
    most: Float64
    cut: Float64

    def linear(self, cost: Float64) -> Float64 | None:
        """(E,) the corner of least cost; None where the solver fails."""
        from scipy.optimize import linprog

        if not len(self.open):
            return self.cut
        found = linprog(
            cost[self.open],
            A_ub=-self.matrix,
            b_ub=-np.ones(self.matrix.shape[0]),
            bounds=np.stack([np.zeros(len(self.open)), self.most], 1),
            method="highs",
            options={"presolve": False},
        )
        return None if found.x is None else self.filled(found.x)

    def integer(self, cost: Float64, nodes: int) -> Float64 | None:
        """(E,) whole numbers of least cost; None where the budget ends before."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        if not len(self.open):
            return self.cut
        found = milp(
            cost[self.open],
            constraints=LinearConstraint(self.matrix, lb=1),
            integrality=np.ones(len(self.open)),
            bounds=Bounds(0, self.most),
            options={"mip_rel_gap": 0, "node_limit": nodes},
        )
        if found.status != 0 or found.x is None:
            return None
        return self.filled(np.round(found.x))

    def filled(self, some: Float64) -> Float64:
        """(E,) of the edges that are open, (open,), and those settled."""
        cut = self.cut.copy()
        cut[self.open] = some
        return cut


def reduced(problem: Problem, low: Float64, high: Float64) -> Part:
    """The edges between whose bounds there is room, and the cycles still to cut."""
    room = np.flatnonzero(low < high)
    matrix = problem.matrix()
    uncut = np.flatnonzero(matrix @ low < 1)
    return Part(matrix[uncut][:, room], room, high[room], low)


def packed(
    problem: Problem, relaxed: Relaxed
) -> tuple[tuple[tuple[int, ...], int], ...]:
    """A packing of cycles, in integers, that no edge carries beyond its weight.

    Multipliers are rounded down to parts of a unit and lowered until that holds; what is
    left is a proof whatever the solver did.
    """
    rows = relaxed.rows
    exactly = np.maximum(relaxed.dual, 0) / 2**WEIGHT_SHIFT * PARTS
    share = np.floor(exactly + 1e-3).astype(np.int64)
    edge = np.array([number for row in rows for number in row], np.int64)
    cycle = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    load = np.zeros(len(problem.weight), np.int64)
    np.add.at(load, edge, share[cycle])
    room = np.where(problem.most > 0, problem.weight * PARTS - load, 0)
    for number in np.flatnonzero(room < 0).tolist():
        for place in cycle[edge == number].tolist():
            if room[number] >= 0:
                break
            less = min(int(share[place]), int(-room[number]))
            share[place] -= less
            room[list(rows[place])] += less
    used = np.flatnonzero(share > 0).tolist()
    return tuple((problem.around(rows[place]), int(share[place])) for place in used)


def ties(
    names: Sequence[str],
    pre: Int32,
    post: Int32,
    *,
    seed: int = 0,
    bits: int = TIE_BITS,
) -> tuple[Int64, Int64]:
    """(E,), (E,): two hashes of SHA-256(pre NUL post), which of many minima is taken."""
    first, second = np.empty(len(pre), np.int64), np.empty(len(pre), np.int64)
    salt = f"{seed}\0" if seed else ""
    for number, (u, v) in enumerate(zip(pre.tolist(), post.tolist(), strict=True)):
        digest = hashlib.sha256(f"{salt}{names[u]}\0{names[v]}".encode()).digest()
        first[number] = int.from_bytes(digest[:4], "big") >> (32 - bits)
        second[number] = int.from_bytes(digest[4:8], "big") >> (32 - TIE_BITS)
    return first, second
