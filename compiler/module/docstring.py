"""The docstring of a generated module, which reads like a paper's appendix.

It says nothing that is not in the tables, the options and the label, so that it can be
written again from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

import numpy as np

from ..graph import total
from ..ir.stages import MOTOR, SENSORY, Plan
from ..names import amount, plural
from ..options import Options, base
from ..ordering.problem import block_of, prices
from .docstring_layout import laid_out, listed, made_by


def docstring(plan: Plan, options: Options, name: str) -> list[str]:
    """The lines between the quotes: title, facts, command, source."""
    kind = "recurrent" if options.feedback == "delay" else "feed-forward"
    label = plan.source.label
    made = made_by(label, name, options)
    return laid_out(label, name, f" as a {kind} network", facts(plan, options), made)


def facts(plan: Plan, options: Options) -> Iterator[tuple[str, list[str]]]:
    """(title, sentences) of each fact, in order."""
    role = plan.cells.role
    sensory, motor = role & SENSORY > 0, role & MOTOR > 0
    size, live = len(plan.cells), int(plan.live.sum())
    depth = len(plan.level_start) - 1
    at = f"{size:,} in" if live == size else f"{size:,}, {live:,} of them in"
    both = f" ({(sensory & motor).sum():,} both)" if (sensory & motor).any() else ""
    between = size - int((sensory | motor).sum())
    yield (
        "neurons",
        [
            f"{at} {plural(depth, 'level')}: {sensory.sum():,} sensory, "
            f"{motor.sum():,} motor{both}, {between:,} between"
        ],
    )
    tail = "" if options.features == 1 else f", {options.features}"
    yield "input", [f"(batch, {sensory.sum()}{tail}): SENSORY"]
    yield "output", [f"(batch, {motor.sum()}{tail}): MOTOR"]
    yield "state", rule(options)
    if options.task != "none":
        yield "task", task(options)
    yield "parameters", parameters(plan, options)
    yield from junctions(plan, options)
    yield from feedback(plan, options)
    yield from unused(plan)


def rule(options: Options) -> list[str]:
    """What a neuron computes, in words and formulas."""
    act = "" if options.activation == "identity" else options.activation
    if options.merge == "product":
        merge = [
            "m = product of x over the input neurons; sensory neurons multiply their input"
        ]
    else:
        gain = "sigmoid(gain)" if options.merge == "gated" else "gain"
        merge = [
            f"m = sum of {gain} * x over the inputs; sensory neurons add their input"
        ]
    m = "m"
    if options.norm == "layer":
        merge.append(
            f"n = m less its mean over its deviation, over the {options.features} numbers"
        )
        m = "n"
    unit = f"W {m} + b" if options.unit == "linear" else f"{m} + b"
    formula = f"x = {act}({unit})" if act else f"x = {unit}"
    if options.features > 1:
        formula += f", {options.features} numbers a neuron"
    late = []
    if options.feedback == "delay":
        late = [
            "what runs backward, and a junction from its later to its earlier level,",
            "reads the step before",
        ]
    return [*merge, formula, *late]


READOUTS = {
    "attention": "attention over the motor neurons, by the encoder's vector",
    "mean": "the mean of the motor neurons",
    "concat": "the motor neurons side by side",
}
TASKS = {
    "cifar10": [
        "ElegansNetM1, classes of CIFAR-10, after model M1 of ElegansNet, whose",
        "encoder is not public: this one is ours",
    ],
    "mnist": [
        "ElegansNetM2, an autoencoder of binarised MNIST, after model M2 of ElegansNet"
    ],
}


def task(options: Options) -> list[str]:
    """What stands around the network, in words."""
    return [*TASKS[options.task], f"read-out: {READOUTS[options.readout]}"]


def parameters(plan: Plan, options: Options) -> list[str]:
    """How many, and of what."""
    live = int(plan.live.sum())
    d = options.features
    gains, words = 0, []
    if options.merge != "product":
        chemical, coupled = conducting(plan, options)
        gains = chemical + coupled
        words.append(
            f"gains of {plural(chemical, 'synapse')} and {plural(coupled, 'gap junction')}"
        )
    each = 1
    if options.unit == "linear":
        each = d * (d + 1)
        words += [f"{live:,} matrices W of {d} x {d}", f"{live:,} vectors b"]
    else:
        words.append("1 bias" if live == 1 else f"{live:,} biases b")
    return [f"{gains + live * each:,}: {', '.join(words)}"]


def conducting(plan: Plan, options: Options) -> tuple[int, int]:
    """(synapses, junctions) between neurons of LEVELS that the module computes."""
    live, ends = plan.live, plan.junctions
    synapses, junctions = plan.forward.among(live), ends.among(live)
    if options.feedback == "delay":
        synapses += plan.feedback.among(live)
        junctions += plan.lateral.among(live)
    return synapses, junctions


def junctions(plan: Plan, options: Options) -> Iterator[tuple[str, list[str]]]:
    """How gap junctions conduct."""
    delay = options.feedback == "delay"
    if delay:
        way = "each conducts both ways with one gain: now to the later level, a step late back"
    else:
        way = "each used in one direction only here: to the later level"
    count = len(plan.junctions)
    sentences = [f"{count:,}, {way}"] if count else []
    if len(plan.lateral):
        within = total(plan.lateral.weight)
        share = f"{amount(within)} of {amount(within + total(plan.junctions.weight))}"
        how = "read a step late both ways, with one gain" if delay else "given up"
        sentences.append(
            f"{share} {plan.source.unit} of gap junctions, in {len(plan.lateral):,}, {how}: "
            "both neurons share a level: LATERAL"
        )
    if sentences:
        yield "junctions", sentences


def feedback(plan: Plan, options: Options) -> Iterator[tuple[str, list[str]]]:
    """What runs backward, self-loops apart, and what is known of the minimum."""
    back, unit = plan.feedback, plan.source.unit
    loop = back.pre == back.post
    late = "read of the step before" if options.feedback == "delay" else "not computed"
    lost = total(back.weight[~loop])
    whole = lost + total(plan.forward.weight)
    if lost:
        share = f"{100 * lost / whole:.1f} %"
        pairs = plural(int((~loop).sum()), "pair")
        sentences = [
            f"{amount(lost)} of {amount(whole)} {unit} ({share}), in {pairs}, {late}: FEEDBACK",
            standing(plan, options),
        ]
        yield "backward", sentences
    if loop.any():
        heavy = amount(total(back.weight[loop]))
        yield "self-loops", [f"{loop.sum():,}, {heavy} {unit}, {late}: FEEDBACK"]


def standing(plan: Plan, options: Options) -> str:
    """How the loss stands to the least possible one; never a bare `minimum`."""
    bound, back = plan.optimality.bound, plan.feedback
    proper = back.pre != back.post
    block = block_of(plan.cells.role)
    price = prices(block, back.pre, back.post, back.weight, options.roles)
    lost = total(price[proper])
    under = constraint(options.roles, options.symmetric, bool(options.protect))
    if bound is None:
        return (
            "the least possible is not known: this order is not proved to be a minimum"
        )
    if bound >= lost or isclose(bound, lost, rel_tol=5e-16):  # a sum of decimals
        return f"the minimum{under} is {amount(bound)} (proved)"
    if options.max_levels:
        more = f"in at most {plural(options.max_levels, 'level')}"
        if options.keep_alive and options.feedback == "drop":
            more += ", with every neuron that can be on a path from a sensor to a motor"
    elif options.stick:
        more = f"near {base(options.like)}"
    else:
        more = "with every neuron that can be on a path from a sensor to a motor"
    if plan.optimality.method == "exact":
        return f"the minimum{under} is {amount(bound)} (proved); {amount(lost)} {more}"
    return f"no order{under} loses less than {amount(bound)} (proved)"


def constraint(roles: str, symmetric: bool, protected: bool) -> str:
    """What a minimum is one under, in words."""
    words = []
    if roles == "blocks":
        words.append("with sensory before inter before motor")
    if roles == "prefer":
        words.append("with sensory -> inter -> motor counted double")
    if symmetric:
        words.append("with partners side by side")
    if protected:
        words.append("with --protect")
    return " " + ", ".join(words) if words else ""


def unused(plan: Plan) -> Iterator[tuple[str, list[str]]]:
    """Who is on no path, and what it takes along."""
    live = plan.live
    gone = np.flatnonzero(~live)
    if not len(gone):
        return
    edges, pairs = (plan.forward, plan.feedback), (plan.junctions, plan.lateral)
    dead = sum(len(table) - table.among(live) for table in edges)
    coupled = sum(len(table) - table.among(live) for table in pairs)
    yield (
        "unused",
        [
            f"{plural(len(gone), 'neuron')} on no path from a sensor to a motor: UNUSED; state 0, "
            f"{plural(dead, 'synapse')} and {plural(coupled, 'gap junction')} without gains"
        ],
    )
    role, name = plan.cells.role, plan.cells.name
    for bit, word in ((SENSORY, "sensory, input ignored"), (MOTOR, "motor, output 0")):
        ends = [name[r] for r in gone.tolist() if role[r] & bit]
        if ends:
            yield "", [f"{word}: {listed(ends)}"]
