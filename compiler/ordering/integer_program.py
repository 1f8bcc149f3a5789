"""The integer program: the set of least cost, and whether it is unique.

Edges that reduced costs do not fix are solved again, as a linear program while its vertices
are integral, else as an integer program.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Bool, Float64, Int64
from .cycle_constraints import NEAR, CycleConstraints, fractional
from .linear_program import Relaxed

TIE_BITS = 20  # of SHA-256, an edge
TIE_SHIFT = 16  # a tie costs tie / 2**16
SEARCH = logging.getLogger("elegansc.search")  # silent where nobody listens
NODES = 200  # of branch and bound, in one integer program


@dataclass
class Effort:
    """The budget of the integer programs of a component: equal on any machine.

    Attributes:
        left: nodes of branch and bound, each counted by the edges of its program.
    """

    left: int

    def nodes(self, edges: int) -> int:
        """How many nodes of a program of so many edges are left."""
        return min(NODES, self.left // edges)

    def spend(self, nodes: int, edges: int) -> None:
        """Take off the nodes of a program, its root among them."""
        self.left -= max(1, nodes) * edges


def solve_integer(
    constraints: CycleConstraints, relaxed: Relaxed, second: Int64, effort: Effort
) -> tuple[Bool | None, bool]:
    """(E,) the edges cut, and whether the optimum is unique.

    Uniqueness: solve again with a second tie-break added, far below the first, then with
    it subtracted. If both give the same set, the optimum is unique.
    """
    if fractional(relaxed.cut):
        whole = (relaxed.cut < NEAR) | (relaxed.cut > 1 - NEAR)
        near = np.round(relaxed.cut)
        low, high = np.where(whole, near, 0.0), np.where(whole, near, constraints.most)
        cut = integral(constraints, constraints.cost, low, high, relaxed.rounds, effort)
    else:
        cut = relaxed.cut > 0.5
    finer = second / float(2 ** (TIE_BITS + TIE_SHIFT + 1))
    found = [] if cut is None else [cut]
    for cost in (constraints.cost + finer, constraints.cost - finer):
        upper = min(map(constraints.price, found), default=np.inf)
        low, high = narrowed(constraints, relaxed, upper)
        other = integral(constraints, cost, low, high, relaxed.rounds, effort)
        if other is None:
            return (best(constraints, found, second) if found else None), False
        found.append(other)
    return best(constraints, found, second), bool((found[-1] == found[-2]).all())


def best(constraints: CycleConstraints, found: list[Bool], second: Int64) -> Bool:
    """The set of least cost; of equals the one of the lesser second hash."""
    return min(found, key=lambda cut: (constraints.price(cut), int(second[cut].sum())))


def narrowed(
    constraints: CycleConstraints, relaxed: Relaxed, upper: float
) -> tuple[Float64, Float64]:
    """(E,), (E,) bounds that every set of cost `upper` or less keeps, by reduced costs."""
    room = upper - relaxed.value + 1.0
    low = np.where(relaxed.upper_cost > room, constraints.most, 0.0)
    high = np.where(relaxed.lower_cost > room, 0.0, constraints.most)
    return low, high


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
        found = part.linear(cost) if whole else None
        whole = found is not None and not fractional(found)
        if not whole:
            found = part.integer(cost, effort)
        if found is None:
            return None
        if not constraints.separate(found):
            return found > 0.5
    return None


@dataclass(frozen=True)
class Restriction:
    """The constraints restricted to the edges that bounds do not fix.

    Attributes:
        matrix: (cycles, open) of the cycles that no fixed edge cuts.
        open: (open,) edges that are free; most: (open,) their upper bounds.
        cut: (E,) the fixed edges.
    """

    matrix: Any
    open: Int64
    most: Float64
    cut: Float64

    def linear(self, cost: Float64) -> Float64 | None:
        """(E,) the vertex of least cost; None where the solver fails."""
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

    def integer(self, cost: Float64, effort: Effort) -> Float64 | None:
        """(E,) the integral solution of least cost; None where the budget ends before."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        if not len(self.open):
            return self.cut
        nodes = effort.nodes(len(self.open))
        if not nodes:
            return None
        seen = "an integer program over %d synapses, of up to %d nodes"
        SEARCH.info(seen, len(self.open), nodes)
        found = milp(
            cost[self.open],
            constraints=LinearConstraint(self.matrix, lb=1),
            integrality=np.ones(len(self.open)),
            bounds=Bounds(0, self.most),
            options={"mip_rel_gap": 0, "node_limit": nodes},
        )
        effort.spend(int(found.mip_node_count or 0), len(self.open))
        if found.status != 0 or found.x is None:
            return None
        return self.filled(np.round(found.x))

    def filled(self, some: Float64) -> Float64:
        """(E,) a solution of the open edges (open,), joined with the fixed ones."""
        cut = self.cut.copy()
        cut[self.open] = some
        return cut


def restricted(
    constraints: CycleConstraints, low: Float64, high: Float64
) -> Restriction:
    """The restriction to the edges with room between their bounds, and to uncut cycles."""
    room = np.flatnonzero(low < high)
    matrix = constraints.matrix()
    uncut = np.flatnonzero(matrix @ low < 1)
    return Restriction(matrix[uncut][:, room], room, high[room], low)
