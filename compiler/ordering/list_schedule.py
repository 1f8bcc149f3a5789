"""List scheduling: levels on which nodes fire, the two ends of a junction on different ones.

Level by level: of the nodes whose inputs have all fired, those with the longest path still
ahead go first, and a node waits a level if a partner of one of its junctions fires on this
one. So every junction has an earlier and a later end; hardly a level is added.

Source: critical-path list scheduling, after Graham, "Bounds on multiprocessing timing
anomalies", SIAM Journal on Applied Mathematics 17 (1969).
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from ..arrays import Bool, Int32, Int64
from ..graph import Neighbours, longest_path


def list_schedule(
    pre: Int32, post: Int32, left: Int32, right: Int32, size: int
) -> Int64:
    """(size,) the level on which each node fires; -1 at and below a cycle.

    Args:
        pre, post: (A,) arcs and directed junctions: they rise.
        left, right: (J,) junctions of free direction: their ends fire on different levels.
    """
    ahead = longest_path(post, pre, size)
    edges = Neighbours(pre, post, size)
    waiting = np.bincount(post, minlength=size)
    partners = coupled(left, right)
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
    return level


def choose(ready: list[int], partners: dict[int, list[int]]) -> Bool:
    """Which of the ready nodes fire: greedily, none beside its junction partner."""
    firing: set[int] = set()
    fires = np.ones(len(ready), bool)
    for place, node in enumerate(ready):
        if firing.isdisjoint(partners.get(node, ())):
            firing.add(node)
        else:
            fires[place] = False
    return fires


def coupled(left: Int32, right: Int32) -> dict[int, list[int]]:
    """The junction partners of each node."""
    partners: dict[int, list[int]] = defaultdict(list)
    for one, two in zip(left.tolist(), right.tolist(), strict=True):
        partners[one].append(two)
        partners[two].append(one)
    return dict(partners)
