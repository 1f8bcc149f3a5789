"""A packing of cycles alone: a lower bound on every feedback arc set, without the set.

It is the dual of the linear program over cut edges, solved until no cycle can raise the
bound. No integer program follows, so a random graph takes seconds where its minimum takes hours.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..arrays import Int64
from ..ir.optimality import Component
from . import exact
from .cycle_constraints import CycleConstraints
from .feedback_arc_set import components_of, pairs_packed
from .instance import Instance
from .packing_program import solve_packing

ROUNDS = 100  # linear programs of a component
LARGEST = 20_000  # edges of a component whose linear programs are solved


@dataclass(frozen=True)
class Packing:
    """Packed cycles of an instance.

    Attributes:
        bound: no feedback arc set weighs less, arcs that may not run forward apart.
        components: by component, the cycles that prove it.
        converged: whether no packing proves a larger bound.
    """

    bound: int
    components: tuple[Component, ...]
    converged: bool


def pack_cycles(instance: Instance) -> Packing:
    """Pack directed cycles of every component until no arc has room for more.

    Of a component of more than LARGEST arcs, or of larger weights than the solver
    resolves, only the reciprocal pairs are packed.
    """
    bound, converged, found = 0, True, []
    for rows in components_of(instance):
        pairs, paired = pairs_packed(instance, rows)
        packed, cycles, ended = component_packed(instance, rows)
        converged = converged and ended
        better = packed > pairs
        bound += packed if better else pairs
        part = cycles if better else paired
        found += [part] if part else []
    return Packing(bound, tuple(found), converged)


def component_packed(instance: Instance, rows: Int64) -> tuple[int, Component, bool]:
    """(lower bound of a component, its cycles, whether the linear program converged).

    Args:
        rows: the arcs of the component.
    """
    weight, fixed = instance.weight[rows], instance.fixed[rows]
    if len(rows) > LARGEST or int(weight.max()) > exact.LARGEST:
        return 0, (), False
    nodes, ends = np.unique(instance.pre[rows]), (
        instance.pre[rows],
        instance.post[rows],
    )
    pre, post = (np.searchsorted(nodes, end).astype(np.int32) for end in ends)
    cost = exact.costs(weight, np.zeros(len(rows), np.int64), None)
    most = (~fixed).astype(np.float64)
    constraints = CycleConstraints(pre, post, weight, cost, most, len(nodes))
    constraints.begin(())
    relaxed = solve_packing(constraints, ROUNDS)
    if relaxed is None:
        return 0, (), False
    packing = exact.packed(constraints, relaxed)
    bound = -(-sum(parts for _, parts in packing) // exact.PARTS)
    names, tail = instance.names, ends[0]
    cycles = tuple(
        (tuple(names[tail[edge]] for edge in cycle), parts) for cycle, parts in packing
    )
    return bound, cycles, relaxed.ended
