"""The linear program over cut edges, with lazy cycle constraints."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Float64
from .cycle_constraints import CycleConstraints, fractional

SLACK = 0.9  # excess over one at which a cycle constraint is dropped between rounds
IDLE = 0.1  # the same after the last round, before an integer program
LARGE = 20_000  # cycles beyond which the interior point method is the faster
MOST = 120_000  # cycles of a linear program that is still solved
# Of the edges cut in part: beyond this no integer program ends. Worms stay under 0.12; a
# random graph of 300 nodes and 2,400 edges passes it in the third round.
FRACTIONAL = 0.25
# Up to this share integer programs end far within their budget, whatever way leads there.
# Worms have 0.08 at most, twins that take long 0.1 and more.
SIMPLE = 0.09
FEW = 400  # edges of a component whose integer program is always tried


@dataclass(frozen=True)
class Relaxed:
    """A solution of the linear program.

    Attributes:
        cut: (E,) from 0 to 1; value: its cost.
        dual: (cycles,) multipliers of `cycles`.
        lower_cost, upper_cost: (E,) reduced costs at the lower and at the upper bound.
        ended: whether no cycle is violated; rounds: number left.
        parted: too much of the solution is fractional for an integer program to follow.
    """

    cut: Float64
    dual: Float64
    cycles: tuple[tuple[int, ...], ...]
    value: float
    lower_cost: Float64
    upper_cost: Float64
    ended: bool
    rounds: int
    parted: bool = False


def is_simple(cut: Float64) -> bool:
    """Whether few edges of a solution (E,) are cut in part."""
    return fractional(cut) <= SIMPLE * len(cut)


def relax(constraints: CycleConstraints, rounds: int) -> Relaxed | None:
    """Solve the linear program, adding violated cycles until none is left; None: it failed."""
    from scipy.optimize import linprog

    last: Relaxed | None = None
    for spent in range(rounds):
        if len(constraints.cycles) > MOST:
            break
        matrix = constraints.matrix()
        ones = np.ones(len(constraints.cycles))
        method = "highs" if len(ones) <= LARGE else "highs-ipm"
        bounds = np.stack([np.zeros(len(constraints.most)), constraints.most], 1)
        found = linprog(
            constraints.cost,
            A_ub=-matrix,
            b_ub=-ones,
            bounds=bounds,
            method=method,
            options={"presolve": len(ones) > LARGE},
        )
        if found.x is None:
            break
        value = float(found.fun)
        last = Relaxed(
            found.x,
            -found.ineqlin.marginals,
            tuple(constraints.cycles),
            value,
            found.lower.marginals,
            -found.upper.marginals,
            False,
            rounds - spent - 1,
        )
        parted = fractional(found.x) > FRACTIONAL * len(found.x)
        if parted and len(found.x) > FEW:
            return replace(last, parted=True)
        uses = matrix @ found.x
        if not constraints.separate(found.x):
            if is_simple(found.x):
                constraints.forget(uses > 1 + IDLE)
            return replace(last, ended=True)
        constraints.forget(uses > 1 + SLACK)
    return last
