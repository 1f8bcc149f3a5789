"""The integer program: the set of least cost, and whether it is unique.

Edges that reduced costs do not fix are solved again, in the parts that a few branchings
leave: as a linear program while its vertices are integral, else as an integer program.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Bool, Float64, Int64
from .branching import branches
from .cycle_constraints import NEAR, CycleConstraints, fractional
from .linear_program import Relaxed
from .restriction import Effort, restricted

TIE_BITS = 20  # of SHA-256, an edge
TIE_SHIFT = 16  # a tie costs tie / 2**16


def solve_integer(
    constraints: CycleConstraints,
    relaxed: Relaxed,
    second: Int64,
    effort: Effort,
    *,
    both: bool = True,
) -> tuple[Bool | None, bool]:
    """(E,) the edges cut, and whether it is proved that the optimum is unique.

    Uniqueness: solve again with a second tie-break added, far below the first, then with
    it subtracted. If both give the same set, the optimum is unique.

    Args:
        both: whether to subtract it too; without, nothing is proved of uniqueness, and the
            set is the same.
    """
    if fractional(relaxed.cut):
        whole = (relaxed.cut < NEAR) | (relaxed.cut > 1 - NEAR)
        near = np.round(relaxed.cut)
        low, high = np.where(whole, near, 0.0), np.where(whole, near, constraints.most)
        cut = integral(constraints, constraints.cost, low, high, relaxed.rounds, effort)
    else:
        cut = relaxed.cut > 0.5
    finer = second / float(2 ** (TIE_BITS + TIE_SHIFT + 1))
    upper = np.inf if cut is None else constraints.price(cut)
    parts = branches(constraints, relaxed, upper)
    found = [] if cut is None else [cut]
    signs = (1, -1) if both else (1,)
    for cost in [constraints.cost + sign * finer for sign in signs]:
        others = [
            integral(constraints, cost, low, high, relaxed.rounds, effort)
            for low, high in parts
        ]
        solved = [other for other in others if other is not None]
        if len(solved) < len(others):
            return (best(constraints, found, second) if found else None), False
        found.append(min(solved, key=lambda other: float(cost[other].sum())))
    unique = both and bool((found[-1] == found[-2]).all())
    return best(constraints, found, second), unique


def best(constraints: CycleConstraints, found: list[Bool], second: Int64) -> Bool:
    """The set of least cost; of equals the one of the lesser second hash."""
    return min(found, key=lambda cut: (constraints.price(cut), int(second[cut].sum())))


def integral(
    constraints: CycleConstraints,
    cost: Float64,
    low: Float64,
    high: Float64,
    rounds: int,
    effort: Effort,
) -> Bool | None:
    """(E,) an optimal set, violated cycles added; None where a solver gives up.

    The linear program comes first: where its vertex is integral, it is the optimum.
    """
    whole = True
    for _ in range(max(rounds, 1)):
        part = restricted(constraints, low, high)
        vertex = part.linear(cost) if whole else None
        whole = vertex is not None and not fractional(vertex.cut)
        found = vertex.cut if vertex and whole else part.integer(cost, effort)
        if found is None:
            return None
        if not constraints.separate(found):
            return found > 0.5
    return None
