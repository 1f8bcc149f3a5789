"""Mark live: order -> order, with the neurons off every sensor-to-motor path marked.

It stands behind `topological_sort`, since only then it is known which way a junction
conducts. Nothing is removed: the synapses stay, a marked neuron fires on no level.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..arrays import Bool
from ..errors import InputError
from ..graph import reached
from ..ir.order_accounts import Marked
from ..ir.stages import MOTOR, SENSORY, Order
from ..semantics.acyclic import ACYCLIC
from ..semantics.wiring import Way, arcs


def mark_live(
    order: Order, *, ways: Mapping[str, tuple[Way, ...]] = ACYCLIC.ways
) -> Order:
    """Mark as live the neurons that a sensor reaches and that reach a motor neuron.

    Args:
        ways: how each kind of synapse conducts, see `Semantics`.

    Raises:
        InputError: no path leads from any sensory to any motor neuron.
    """
    pre, post = arcs(order, ways)
    role = order.cells.role
    sensory, motor = role & SENSORY > 0, role & MOTOR > 0
    from_sensor, to_motor = reached(pre, post, sensory), reached(post, pre, motor)
    live: Bool = from_sensor & to_motor
    if not live.any():
        seen = f"no path leads from any of {sensory.sum():,} sensory neurons to any of {motor.sum():,} motor neurons"
        hint = "say which they are: --inputs PATTERNS, --outputs PATTERNS"
        raise InputError(order.source.label, seen, hint)
    name = np.array(order.cells.name, object)
    unreached, mute, dead_sensory, dead_motor = (
        tuple(sorted(name[rows].tolist()))
        for rows in (
            ~from_sensor,
            from_sensor & ~to_motor,
            sensory & ~live,
            motor & ~live,
        )
    )
    account = Marked(
        live=int(live.sum()),
        of=len(live),
        unreached=unreached,
        mute=mute,
        dead_sensory=dead_sensory,
        dead_motor=dead_motor,
    )
    return replace(order, live=live, history=replace(order.history, mark_live=account))
