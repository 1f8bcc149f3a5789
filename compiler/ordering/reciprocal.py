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
    size = len(instance.names)
    key, opposite = pre * size + post, post * size + pre
    order = np.argsort(key)
    place = np.searchsorted(key, opposite, sorter=order)
    other = order[np.minimum(place, len(order) - 1)] if len(order) else order
    paired = (key[other] == opposite) & (pre < post)
    one, two = rows[paired], rows[other[paired]]
    weight, fixed = instance.weight, instance.fixed
    least = np.minimum(weight[one], weight[two])
    least = np.where(fixed[one], weight[two], np.where(fixed[two], weight[one], least))
    return one, two, least
