"""Mark live: order -> order, with the neurons off every sensor-to-motor path marked.

It stands behind `topological_sort`, since only then it is known which way a junction
conducts. Nothing is removed: the synapses stay, a marked neuron fires on no level.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import Bool, Int32
from ..errors import InputError
from ..graph import reached
from ..ir.stages import MOTOR, SENSORY, Order


def mark_live(order: Order, *, feedback: str = "drop") -> Order:
    """Mark as live what a sensor reaches and what reaches a motor neuron.

    Args:
        feedback: "drop": along forward synapses and directed junctions; "delay": along
            every synapse, and all junctions both ways.

    Raises:
        InputError: no path leads from any sensory to any motor neuron.
    """
    pre, post = arcs(order, feedback)
    role = order.cells.role
    sensory, motor = role & SENSORY > 0, role & MOTOR > 0
    told, tells = reached(pre, post, sensory), reached(post, pre, motor)
    live: Bool = told & tells
    if not live.any():
        seen = f"no path leads from any of {sensory.sum():,} sensory neurons to any of {motor.sum():,} motor neurons"
        hint = "say which they are: --inputs PATTERNS, --outputs PATTERNS"
        raise InputError(order.source.label, seen, hint)
    name = np.array(order.cells.name, object)
    facts = {
        "live": int(live.sum()),
        "of": len(live),
        "unreached": sorted(name[~told].tolist()),
        "mute": sorted(name[told & ~tells].tolist()),
        "dead_sensory": sorted(name[sensory & ~live].tolist()),
        "dead_motor": sorted(name[motor & ~live].tolist()),
    }
    return replace(order, live=live, history={**order.history, "prune": facts})


def arcs(order: Order, feedback: str) -> tuple[Int32, Int32]:
    """(pre, post) of everything that conducts."""
    left, right = order.junctions.left, order.junctions.right
    pre, post = [order.forward.pre, left], [order.forward.post, right]
    if feedback == "delay":
        within = order.lateral
        pre += [order.feedback.pre, right, within.left, within.right]
        post += [order.feedback.post, left, within.right, within.left]
    return np.concatenate(pre), np.concatenate(post)
