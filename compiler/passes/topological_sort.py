"""Sort topologically: dag -> order, which also directs every gap junction.

List scheduling, level by level: of the neurons whose inputs have all fired, those with
the longest path still ahead go first, and a neuron waits a level if a partner of one of
its junctions fires on this one. So every junction has an earlier and a later end, and
conducts that way; hardly a level is added.

Source: critical-path list scheduling, after Graham, "Bounds on multiprocessing timing
anomalies", SIAM Journal on Applied Mathematics 17 (1969).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import numpy as np

from ..arrays import Bool, Int64
from ..errors import VerifyError
from ..graph import Neighbours, longest_path, total
from ..ir.order_accounts import Sorted
from ..ir.stages import Dag, Junctions, Order


def topological_sort(dag: Dag) -> Order:
    """Renumber the neurons so that every forward synapse and every junction rises."""
    size = len(dag.cells)
    level = list_schedule(dag, size)
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


def list_schedule(dag: Dag, size: int) -> Int64:
    """(size,) the level on which each neuron fires; partners of a junction differ."""
    free = dag.junctions.forced == 0
    fixed = dag.junctions.take(~free)
    turned = fixed.forced < 0
    pre = np.concatenate([dag.forward.pre, np.where(turned, fixed.right, fixed.left)])
    post = np.concatenate([dag.forward.post, np.where(turned, fixed.left, fixed.right)])
    ahead = longest_path(post, pre, size)
    edges = Neighbours(pre, post, size)
    waiting = np.bincount(post, minlength=size)
    partners = coupled(dag.junctions.take(free))
    level = np.full(size, -1, np.int64)
    ready, now = np.flatnonzero(waiting == 0), 0
    while len(ready):
        ready = ready[np.lexsort((ready, -ahead[ready]))]
        fires = choose(ready.tolist(), partners)
        fired, rest = ready[fires], ready[~fires]
        level[fired] = now
        heads, count = np.unique(edges.head[edges.of(fired)], return_counts=True)
        waiting[heads] -= count
        ready, now = np.concatenate([rest, heads[waiting[heads] == 0]]), now + 1
    if (level < 0).any():
        raise VerifyError("topological_sort: a cycle is left in the forward synapses")
    return level


def choose(ready: list[int], partners: dict[int, list[int]]) -> Bool:
    """Which of the ready neurons fire: greedily, none beside its junction partner."""
    firing: set[int] = set()
    fires = np.ones(len(ready), bool)
    for place, neuron in enumerate(ready):
        if firing.isdisjoint(partners.get(neuron, ())):
            firing.add(neuron)
        else:
            fires[place] = False
    return fires


def coupled(junctions: Junctions) -> dict[int, list[int]]:
    """The junction partners of each neuron."""
    partners: dict[int, list[int]] = defaultdict(list)
    for left, right in zip(
        junctions.left.tolist(), junctions.right.tolist(), strict=True
    ):
        partners[left].append(right)
        partners[right].append(left)
    return dict(partners)
