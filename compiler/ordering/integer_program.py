"""From cuts in part to whole ones: the set of least cost, and whether it is the only one.

What reduced costs leave open is solved again, as a linear program while its corners are
whole, else as an integer program.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Bool, Float64, Int64
from .cycle_constraints import NEAR, Problem, fractional
from .linear_program import Relaxed

TIE_BITS = 20  # of SHA-256, an edge
TIE_SHIFT = 16  # a tie costs tie / 2**16


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
