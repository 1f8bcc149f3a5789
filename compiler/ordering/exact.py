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
from dataclasses import dataclass

import numpy as np

from ..arrays import Bool, Float64, Int32, Int64
from .cycle_constraints import Problem
from .integer_program import TIE_BITS, TIE_SHIFT, settle
from .linear_program import Relaxed, relax

WEIGHT_SHIFT = 14  # cost = weight * 2**14 + tie / 2**16
FLIP_SHIFT, TIE_ONLY = 20, 2.0**-11  # where a flip from an older order has its price
LARGEST = 2**24  # weight that the cost still resolves in float64
PARTS = 10**6  # of a unit of weight, in which the packing is counted


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
