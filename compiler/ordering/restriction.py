"""The integer program restricted to the edges that bounds leave open."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Float64, Int64
from .cycle_constraints import CycleConstraints
from .linear_program import Relaxed

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


@dataclass(frozen=True)
class Vertex:
    """A solution of the linear program within bounds.

    Attributes:
        cut: (E,) from 0 to 1; value: its cost.
        lower_cost, upper_cost: (E,) reduced costs at the lower and at the upper bound; 0
            where bounds fix an edge.
    """

    cut: Float64
    value: float
    lower_cost: Float64
    upper_cost: Float64


def narrowed(
    constraints: CycleConstraints, relaxed: Relaxed | Vertex, upper: float
) -> tuple[Float64, Float64]:
    """(E,), (E,) bounds that every set of cost `upper` or less keeps, by reduced costs."""
    room = upper - relaxed.value + 1.0
    low = np.where(relaxed.upper_cost > room, constraints.most, 0.0)
    high = np.where(relaxed.lower_cost > room, 0.0, constraints.most)
    return low, high


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

    def linear(self, cost: Float64) -> Vertex | None:
        """The vertex of least cost; None where there is none, or the solver fails."""
        from scipy.optimize import linprog

        nothing = np.zeros(len(cost))
        if not len(self.open):
            return Vertex(self.cut, float(cost @ self.cut), nothing, nothing)
        found = linprog(
            cost[self.open],
            A_ub=-self.matrix,
            b_ub=-np.ones(self.matrix.shape[0]),
            bounds=np.stack([np.zeros(len(self.open)), self.most], 1),
            method="highs",
            options={"presolve": False},
        )
        if found.x is None:
            return None
        cut = self.filled(found.x)
        lower, upper = nothing.copy(), nothing.copy()
        lower[self.open], upper[self.open] = (
            found.lower.marginals,
            -found.upper.marginals,
        )
        return Vertex(cut, float(cost @ cut), lower, upper)

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
