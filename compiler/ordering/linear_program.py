"""The linear program over cut edges, cycles added as it violates them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Float64
from .cycle_constraints import Problem, fractional

SLACK = 0.9  # a cycle of which more is cut than this beyond one is let go
LARGE = 20_000  # cycles beyond which the interior point method is the faster
MOST = 120_000  # cycles of a linear program that is still solved
# Of the edges cut in part: beyond this no integer program ends. Worms stay under 0.12; a
# random graph of 300 nodes and 2,400 edges passes it in the third round.
FRACTIONAL = 0.25
FEW = 400  # edges of a component whose integer program is always tried


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
