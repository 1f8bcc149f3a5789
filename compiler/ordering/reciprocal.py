"""Reciprocal pairs: of two opposite arcs every order sends one backward."""

from __future__ import annotations

import numpy as np

from ..arrays import Int64
from .instance import Instance


def reciprocal_pairs(instance: Instance, rows: Int64) -> tuple[Int64, Int64, Int64]:
    """(P,), (P,) the two arcs of each reciprocal pair among `rows`; (P,) the lesser cost.

    The cost of a pair with a protected arc is that of the other one. No arc stands in two
    pairs, so that the costs add up to a lower bound on the cost of every order.
    """
    pre, post = (ends[rows].astype(np.int64) for ends in (instance.pre, instance.post))
    pair = np.minimum(pre, post) * len(instance.names) + np.maximum(pre, post)
    order = np.argsort(pair, kind="stable")
    twice = (
        pair[order[1:]] == pair[order[:-1]]
    )  # no arc stands twice: two opposite ones
    first, second = order[:-1][twice], order[1:][twice]
    up = pre[first] < post[first]
    rising, falling = np.where(up, first, second), np.where(up, second, first)
    by_row = np.argsort(rising)
    one, two = rows[rising[by_row]], rows[falling[by_row]]
    weight, fixed = instance.weight, instance.fixed
    least = np.minimum(weight[one], weight[two])
    least = np.where(fixed[one], weight[two], np.where(fixed[two], weight[one], least))
    return one, two, least
