"""Schedule levels: order -> plan. A neuron fires as soon as its inputs have."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..graph import longest_path, total
from ..ir.order_accounts import Scheduled
from ..ir.stages import Order, Plan


def schedule_levels(order: Order) -> Plan:
    """Sort live neurons by (level, name), all others behind them by name.

    Level = longest path, of forward synapses and junctions between live neurons.
    """
    size = len(order.cells)
    live = order.live
    pre = np.concatenate([order.forward.pre, order.junctions.left])
    post = np.concatenate([order.forward.post, order.junctions.right])
    inside = live[pre] & live[post]
    level = longest_path(pre[inside], post[inside], size)
    depth = int(level[live].max()) + 1
    level = np.where(live, level, depth)
    by_name = np.argsort(np.array(order.cells.name, object), kind="stable")
    rows = by_name[np.argsort(level[by_name], kind="stable")]
    row = np.empty(size, np.int32)
    row[rows] = np.arange(size, dtype=np.int32)
    start = np.searchsorted(level[rows], np.arange(depth + 1)).astype(np.int32)
    account = Scheduled(
        levels=depth,
        widest=int(np.diff(start).max()),
        neurons=int(start[-1]),
        synapses=order.forward.among(live),
        feedback=order.feedback.among(live),
        junctions=order.junctions.among(live),
        junction_weight=total(order.junctions.weight),
    )
    return Plan(
        order.source,
        order.cells.take(rows),
        order.forward.renumbered(row),
        order.feedback.renumbered(row),
        order.junctions.renumbered(row),
        order.optimality,
        start,
        replace(order.history, schedule_levels=account),
        order.lateral.rising(row),
    )
