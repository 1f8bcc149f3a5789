"""Branch on edges that are cut in part, until the linear program is integral in every part.

On a worm that takes one branching or two, where an integer program takes many times longer.
"""

from __future__ import annotations

import numpy as np

from ..arrays import Float64
from .cycle_constraints import CycleConstraints, fractional
from .linear_program import Relaxed, is_simple
from .restriction import narrowed, restricted

MOST = 12  # linear programs; where they do not suffice, nothing is branched
Bounds = tuple[Float64, Float64]  # (E,), (E,)


def branches(
    constraints: CycleConstraints, relaxed: Relaxed, upper: float
) -> list[Bounds]:
    """Parts of the sets of edges; every set of cost `upper` or less is in one of them.

    Within each part the vertex of least cost is integral, or it is the only part.
    """
    whole = narrowed(constraints, relaxed, upper)
    if not fractional(relaxed.cut) or np.isinf(upper):
        return [whole]
    parts: list[Bounds] = []
    waiting = [whole]
    if is_simple(relaxed.cut):  # its vertex is at hand
        waiting = halves(*whole, widest(constraints, relaxed.cut))
    for _ in range(MOST):
        low, high = waiting.pop()
        vertex = restricted(constraints, low, high).linear(constraints.cost)
        if vertex is not None and vertex.value <= upper + 1.0:
            less, most = narrowed(constraints, vertex, upper)
            low, high = np.maximum(low, less), np.minimum(high, most)
            if fractional(vertex.cut):
                waiting += halves(low, high, widest(constraints, vertex.cut))
            else:
                parts.append((low, high))
        if not waiting:
            return parts or [whole]
    return [whole]


def widest(constraints: CycleConstraints, cut: Float64) -> int:
    """The edge that is cut in part for the largest share of its cost."""
    return int(np.argmax(np.minimum(cut, 1 - cut) * constraints.cost))


def halves(low: Float64, high: Float64, edge: int) -> list[Bounds]:
    """The part in which an edge is cut, and the one in which it is not."""
    kept, cut = high.copy(), low.copy()
    kept[edge], cut[edge] = 0.0, high[edge]
    return [(cut, high), (low, kept)]
