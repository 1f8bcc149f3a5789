"""The minimum weighted feedback arc set, exactly, with a proof.

A linear program over "this edge is cut", one constraint a directed cycle: of its edges
at least one is cut. There are too many cycles to write down, so they are added as the
solution violates them. If the last solution is fractional, the same constraints go on as
an integer program. The dual of the linear program is a packing of cycles that no edge
carries beyond its weight: its size is a bound below every feedback arc set.

Many sets are minimal. A tie-break, a hash of each edge's names, is added to the cost far
below one unit of weight, so that one of them is the answer whatever the solver.

Source: Baharev, Schichl, Neumaier, Achterberg, "An exact method for the minimum feedback
arc set constraints", ACM Journal of Experimental Algorithmics 26 (2021), for the lazy cuts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Bool, Float64, Int32, Int64
from .cycle_constraints import CycleConstraints
from .integer_program import TIE_BITS, TIE_SHIFT, solve_integer
from .linear_program import Relaxed, relax
from .restriction import Effort

WEIGHT_SHIFT = 14  # cost = weight * 2**14 + tie / 2**16
CHANGE_SHIFT = (
    20  # with costs of change, cost = (weight + change) * 2**14 + tie / 2**20
)
TIE_ONLY = 2.0**-11  # cost of change up to which it only breaks ties
LARGEST = 2**24  # weight that the cost still resolves in float64
PARTS = 10**6  # of a unit of weight, in which the packing is counted


@dataclass(frozen=True)
class Minimum:
    """A feedback arc set and its lower bound.

    Attributes:
        cut: (E,) edges of the set; None where the budget ended before.
        bound: no feedback arc set weighs less, in the weights' unit.
        proved: whether `cut` weighs just that.
        least: whether the integer program proves that no set weighs less than `cut`, be
            the bound of the packing lower or not.
        spent: whether the budget ended before.
        packing: (cycle, parts) pairs: the edges of a directed cycle in its order, and how
            much of it is packed, in millionths of a unit of weight. No edge carries more
            than its weight; together they are the bound, rounded up.
        cycles: constrained cycles, as edges; a later solve may begin with them.
        unique: whether no other set costs as little, the tie-break counted.
    """

    cut: Bool | None
    bound: int
    proved: bool
    packing: tuple[tuple[tuple[int, ...], int], ...] = ()
    cycles: tuple[tuple[int, ...], ...] = ()
    unique: bool = True
    least: bool = False
    spent: bool = False


def minimum(
    pre: Int32,
    post: Int32,
    weight: Int64,
    tie: Int64,
    second: Int64,
    size: int,
    *,
    change_cost: Float64 | None = None,
    fixed: Bool | None = None,
    known: Iterable[Sequence[int]] = (),
    rounds: int = 100,
    effort: int = 10**8,
    proof: bool = True,
) -> Minimum:
    """The feedback arc set of least weight of one strongly connected component.

    Args:
        pre, post: (E,) rows in [0, size), no self-loops, no pair twice.
        weight: (E,) from 0 to 2**24; tie: (E,) from 0 to 2**20, see `ties`.
        second: (E,) another hash, from 0 to 2**20, for the check that the optimum is
            unique.
        change_cost: (E,) added to the price of cutting an edge, in units of weight; of a size
            below 2**-11 it only breaks ties.
        fixed: (E,) edges that may not be cut; no cycle consists of them alone.
        known: cycles to begin with, as edges.
        rounds: linear and integer programs solved at most; effort: see `Effort`.
        proof: whether to prove the bound, and that the optimum is unique.
    """
    if not len(pre):
        return Minimum(np.zeros(0, bool), 0, True, least=True)
    if int(weight.max()) > LARGEST:
        return Minimum(None, 0, False)
    cost = costs(weight, tie, change_cost)
    most = np.ones(len(pre)) if fixed is None else (~fixed).astype(np.float64)
    constraints = CycleConstraints(pre, post, weight, cost, most, size)
    constraints.begin(known)
    relaxed = relax(constraints, rounds)
    if relaxed is None:
        return Minimum(None, 0, False, spent=True)
    counts = proof and cost_is_weight(change_cost)
    packing = packed(constraints, relaxed) if counts else ()
    bound = -(-sum(parts for _, parts in packing) // PARTS)
    cut, unique = (
        solve_integer(constraints, relaxed, second, Effort(effort), both=proof)
        if relaxed.ended
        else (None, False)
    )
    if cut is None:
        cycles = tuple(constraints.cycles)
        return Minimum(None, bound, False, packing, cycles, spent=not relaxed.parted)
    lost = int(weight[cut].sum())
    proved = bound >= lost and cost_is_weight(change_cost)
    least = proved or tie_total(constraints) < 2**WEIGHT_SHIFT
    return Minimum(
        cut,
        min(bound, lost),
        proved,
        packing,
        tuple(constraints.cycles),
        unique,
        least and cost_is_weight(change_cost),
    )


def costs(weight: Int64, tie: Int64, change_cost: Float64 | None) -> Float64:
    """(E,) cost of cutting each edge: its weight, far below it the tie-break."""
    if change_cost is None:
        return weight * float(2**WEIGHT_SHIFT) + tie / float(2**TIE_SHIFT)
    return (weight + change_cost) * float(2**WEIGHT_SHIFT) + tie / float(
        2**CHANGE_SHIFT
    )


def tie_total(constraints: CycleConstraints) -> float:
    """The most that tie-breaks add to the cost of a set that cuts no arc for nothing.

    Such a set holds one arc of each reciprocal pair. Below the cost of a unit of weight,
    the set of least cost is one of least weight.
    """
    tie = np.abs(constraints.cost - constraints.weight * float(2**WEIGHT_SHIFT))
    total = float(tie.sum()) + 1.0  # of the second hash
    for pair in (row for row in constraints.cycles if len(row) == 2):
        total -= float(min(tie[pair[0]], tie[pair[1]]))
    return total


def cost_is_weight(change_cost: Float64 | None) -> bool:
    """Whether costs of change only break ties, so that the dual bounds the weight."""
    return change_cost is None or float(np.abs(change_cost).max(initial=0)) <= TIE_ONLY


def packed(
    constraints: CycleConstraints, relaxed: Relaxed
) -> tuple[tuple[tuple[int, ...], int], ...]:
    """A packing of cycles, in integers, that no edge carries beyond its weight.

    Multipliers are rounded down to parts of a unit and lowered until that holds; what is
    left is a proof whatever the solver did.
    """
    rows = relaxed.cycles
    exactly = np.maximum(relaxed.dual, 0) / 2**WEIGHT_SHIFT * PARTS
    share = np.floor(exactly + 1e-3).astype(np.int64)
    edge = np.array([number for row in rows for number in row], np.int64)
    cycle = np.repeat(np.arange(len(rows)), [len(row) for row in rows])
    load = np.zeros(len(constraints.weight), np.int64)
    np.add.at(load, edge, share[cycle])
    room = np.where(constraints.most > 0, constraints.weight * PARTS - load, 0)
    for number in np.flatnonzero(room < 0).tolist():
        for place in cycle[edge == number].tolist():
            if room[number] >= 0:
                break
            less = min(int(share[place]), int(-room[number]))
            share[place] -= less
            room[list(rows[place])] += less
    used = np.flatnonzero(share > 0).tolist()
    return tuple((constraints.around(rows[place]), int(share[place])) for place in used)


def ties(
    names: Sequence[str],
    pre: Int32,
    post: Int32,
    *,
    seed: int = 0,
    bits: int = TIE_BITS,
) -> tuple[Int64, Int64]:
    """(E,), (E,): two hashes of SHA-256(pre NUL post), which decide among many optima."""
    first, second = np.empty(len(pre), np.int64), np.empty(len(pre), np.int64)
    salt = f"{seed}\0" if seed else ""
    for number, (u, v) in enumerate(zip(pre.tolist(), post.tolist(), strict=True)):
        digest = hashlib.sha256(f"{salt}{names[u]}\0{names[v]}".encode()).digest()
        first[number] = int.from_bytes(digest[:4], "big") >> (32 - bits)
        second[number] = int.from_bytes(digest[4:8], "big") >> (32 - TIE_BITS)
    return first, second
