"""Sort topologically: dag -> order, which also directs every gap junction.

By list scheduling every junction has an earlier and a later end, and conducts that way.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import Int64
from ..errors import VerifyError
from ..graph import longest_path, total
from ..ir.order_accounts import Sorted
from ..ir.stages import Dag, Order
from ..ordering.list_schedule import list_schedule


def topological_sort(dag: Dag) -> Order:
    """Renumber the neurons so that every forward synapse and every junction rises."""
    size = len(dag.cells)
    level = levels_of(dag, size)
    original = np.lexsort((np.arange(size), level)).astype(np.int32)
    row = np.empty(size, np.int32)
    row[original] = np.arange(size, dtype=np.int32)
    forward = dag.forward.renumbered(row)
    floor = longest_path(forward.pre, forward.post, size)
    account = Sorted(
        levels=int(level.max(initial=-1)) + 1,
        chemical_levels=int(floor.max(initial=-1)) + 1,
        junctions=len(dag.junctions),
        junction_weight=total(dag.junctions.weight),
    )
    return Order(
        dag.source,
        dag.cells.take(original),
        forward,
        dag.feedback.renumbered(row),
        dag.junctions.rising(row),
        dag.optimality,
        original,
        np.ones(size, bool),
        replace(dag.history, topological_sort=account),
        dag.lateral.rising(row),
    )


def levels_of(dag: Dag, size: int) -> Int64:
    """(size,) the level on which each neuron fires; partners of a junction differ."""
    free = dag.junctions.forced == 0
    fixed, loose = dag.junctions.take(~free), dag.junctions.take(free)
    turned = fixed.forced < 0
    pre = np.concatenate([dag.forward.pre, np.where(turned, fixed.right, fixed.left)])
    post = np.concatenate([dag.forward.post, np.where(turned, fixed.left, fixed.right)])
    level = list_schedule(pre, post, loose.left, loose.right, size)
    if (level < 0).any():
        raise VerifyError("topological_sort: a cycle is left in the forward synapses")
    return level
