"""The linear program over cut edges alone: a bound, where no integer program follows.

Of a random graph the solution is fractional and many are optimal, so the shortest cycles
that one of them violates say little. Therefore each is repaired: cycles that it violates
are added and their edges cut further, until none is violated. A repaired solution is one
of all cycle constraints, so it costs no less than the optimum; once the bound, rounded up
to a whole unit of weight, is above that, no further cycle can raise it.
"""

from __future__ import annotations

from dataclasses import replace
from math import ceil

import numpy as np

from ..arrays import Float64
from .cycle_constraints import NEAR, TINY, CycleConstraints
from .exact import WEIGHT_SHIFT
from .linear_program import MOST, SLACK, Relaxed

REPAIRS = 7  # separations of one solution
SIMPLEX = 1000  # cycles up to which the simplex method is the faster
UNIT = 2.0**WEIGHT_SHIFT  # cost of a unit of weight
RISE = 1 + 1e-9  # factor of a value above which it rose
SURE = 1 - 1e-9  # factor of a cost that is surely below


def solve_packing(constraints: CycleConstraints, rounds: int) -> Relaxed | None:
    """Solve it until no cycle can raise the bound in whole units; None: it failed.

    Args:
        constraints: of costs without a tie-break; gets the cycles that are violated.
        rounds: linear programs solved at most.

    Returns:
        The last solution; `ended`: no packing of cycles proves a larger bound.
    """
    last: Relaxed | None = None
    best, upper = 0.0, np.inf
    for spent in range(rounds):
        if len(constraints.cycles) > MOST:
            break
        found = solved(constraints, rounds - spent - 1)
        if found is None:
            break
        last = found
        slack = constraints.matrix() @ last.cut > 1 + SLACK
        upper, added = repair(constraints, last.cut, upper)
        goal = UNIT * ceil(last.value / UNIT - NEAR)
        if not added or upper <= goal * SURE:
            return replace(last, ended=True)
        if last.value > best * RISE:  # dropped on a plateau, they may come again
            constraints.forget(slack)
        best = max(best, last.value)
    return last


def solved(constraints: CycleConstraints, rounds: int) -> Relaxed | None:
    """The linear program of the constraints known; None: it failed.

    Args:
        rounds: number left, for the solution.
    """
    from scipy.optimize import linprog

    ones = np.ones(len(constraints.cycles))
    found = linprog(
        constraints.cost,
        A_ub=-constraints.matrix(),
        b_ub=-ones,
        bounds=np.stack([np.zeros(len(constraints.most)), constraints.most], 1),
        method="highs" if len(ones) <= SIMPLEX else "highs-ipm",
        options={"presolve": True},
    )
    if found.x is None:
        return None
    return Relaxed(
        np.maximum(found.x, 0),
        -found.ineqlin.marginals,
        tuple(constraints.cycles),
        float(found.fun),
        found.lower.marginals,
        -found.upper.marginals,
        False,
        rounds,
    )


def repair(
    constraints: CycleConstraints, cut: Float64, upper: float
) -> tuple[float, int]:
    """Cut more until no cycle is violated, constraining those that are.

    Args:
        cut: (E,) from 0 to 1.
        upper: cost of the best cut known that violates no cycle.

    Returns:
        The same, this one counted; the number of cycles added.
    """
    added = 0
    for _ in range(REPAIRS):
        short = constraints.shortest_cycles(cut)
        upper = min(upper, cost_of_scaled(constraints, cut, short.least))
        new = constraints.add_violated(cut, short)
        if not new:
            break
        added += new
        cut = cut_further(constraints, cut, constraints.cycles[-new:])
    return upper, added


def cost_of_scaled(constraints: CycleConstraints, cut: Float64, least: float) -> float:
    """Cost of a cut, scaled so that it violates no cycle; infinite where no scale does.

    Args:
        least: length of the shortest cycle, each edge TINY longer than its cut.
    """
    if not constraints.most.all():
        least -= TINY * constraints.size  # edges that may not be cut add no length
    if least <= 0:
        return float(np.inf)
    scaled = np.minimum((cut + TINY) / least, constraints.most)
    return float(scaled @ constraints.cost)


def cut_further(
    constraints: CycleConstraints, cut: Float64, cycles: list[tuple[int, ...]]
) -> Float64:
    """(E,) the cut, raised along the cycles in turn until each is cut once.

    The edges of a cycle share the rise in inverse proportion to their costs.
    """
    ease = (constraints.most / np.maximum(constraints.cost, 1.0)).tolist()
    share = cut.tolist()
    for cycle in cycles:
        missing = 1 - sum(share[edge] for edge in cycle)
        if missing > 0:
            rise = missing / sum(ease[edge] for edge in cycle)
            for edge in cycle:
                share[edge] += rise * ease[edge]
    return np.array(share)
