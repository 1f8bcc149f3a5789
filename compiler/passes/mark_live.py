"""Mark live: order -> order, with the neurons off every sensor-to-motor path marked.

It stands behind `topological_sort`, since only then it is known which way a junction
conducts. Nothing is removed: the synapses stay, a marked neuron fires on no level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from ..arrays import Bool, Int32
from ..errors import InputError
from ..graph import reached
from ..ir.order_accounts import Broken, Marked
from ..ir.role_words import nearly, origin, strangers
from ..ir.stages import MOTOR, SENSORY, Order
from ..names import plural
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
        raise no_path(order, sensory, motor)
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


def no_path(order: Order, sensory: Bool, motor: Bool) -> InputError:
    """Which of roles, order and left out cells leaves no path, and what to do.

    Args:
        sensory, motor: (N,) whether a neuron is one.
    """
    seen = f"no path leads from any of {sensory.sum():,} sensory neurons to any of {motor.sum():,} motor neurons"
    history = order.history
    hints = ["say which they are: --inputs PATTERNS, --outputs PATTERNS"]
    chosen = history.select_cells
    if (reached(*coupled(order), sensory) & motor).any():
        seen += ": the order cuts every path of the graph"
        hints = [*ways_out(history.break_cycles)]
    elif sensory.any() and motor.any():
        seen += ", whatever the order"
        if below := history.merge_electrical and history.merge_electrical.below:
            light = below.synapses + below.junctions
            hints += [f"--min-weight left out {plural(light, 'pair')}"] if light else []
    elif chosen:
        hints[0] = f"roles are {origin(chosen.roles)}; {hints[0]}"
    if chosen:
        hints += filter(None, [strangers(chosen.roles, chosen.unknown), nearly(chosen)])
    if history.parse:
        hints += (each.message for each in history.parse.findings if each.of_names)
    return InputError(order.source.label, seen, "\n  ".join(hints))


def coupled(order: Order) -> tuple[Int32, Int32]:
    """(pre, post) of every synapse and of every junction both ways, whatever the order."""
    pairs = (order.junctions, order.lateral)
    pre = [order.forward.pre, order.feedback.pre]
    post = [order.forward.post, order.feedback.post]
    for table in pairs:
        pre += [table.left, table.right]
        post += [table.right, table.left]
    return np.concatenate(pre), np.concatenate(post)


def ways_out(broken: Broken | None) -> Iterator[str]:
    """What to do about an order that cuts every path."""
    if broken is None:
        return
    if broken.max_levels:
        yield f"allow more than --max-levels {broken.max_levels}"
    if broken.too_large_to_revive:
        yield "the graph is too large to keep neurons alive"
    elif not broken.alive:
        yield "leave out --no-keep-alive"
    if broken.roles != "free":
        yield f"leave out --roles {broken.roles}"
    yield "keep a path forward with --protect 'PRE>POST', or read it late with --feedback delay"
