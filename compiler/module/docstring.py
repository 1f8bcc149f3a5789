"""The docstring of a generated module, which reads like a paper's appendix.

It says nothing that is not in the tables, the options and the label, so that it can be
written again from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

import numpy as np

from ..graph import total
from ..ir.stages import MOTOR, SENSORY, Plan, Synapses
from ..names import amount, plural
from ..options import Options, base
from ..options.choices import ROUTED
from ..ordering.instance import block_of, prices
from ..semantics.merges import merge_of
from ..semantics.registry import semantics_of
from ..semantics.semantics import Parameter, Words
from ..semantics.units import unit_of
from .docstring_layout import laid_out, listed, made_by


def docstring(
    plan: Plan, options: Options, name: str, parameters: tuple[Parameter, ...]
) -> list[str]:
    """The lines between the quotes: title, facts, command, source.

    Args:
        parameters: of the module.
    """
    kind = f" as a {semantics_of(options).words.network} network"
    label = plan.source.label
    made = made_by(plan.source, name, options)
    return laid_out(label, name, kind, facts(plan, options, parameters), made)


def facts(
    plan: Plan, options: Options, parameters: tuple[Parameter, ...]
) -> Iterator[tuple[str, list[str]]]:
    """(title, sentences) of each fact, in order."""
    words = semantics_of(options).words
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
    yield "parameters", [counted(parameters)]
    if (
        options.init == "counts"
        and merge_of(options).gains
        and not merge_of(options).shut
    ):
        yield "start", [START]
    yield from signs(options, plan.forward, plan.feedback)
    yield from dale(options)
    yield from ties(options)
    yield from junctions(plan, words)
    yield from feedback(plan, options, words)
    yield from unused(plan)


def rule(options: Options) -> list[str]:
    """What a neuron computes, in words and formulas."""
    act = "" if options.activation == "identity" else options.activation
    merged, sentences = "m", [merge_of(options).words]
    if options.norm == "layer":
        sentences.append(
            f"n = m less its mean over its deviation, over the {options.features} numbers"
        )
        merged = "n"
    unit = unit_of(options).formula(merged)
    formula = f"x = {act}({unit})" if act else f"x = {unit}"
    if options.features > 1:
        formula += f", {options.features} numbers a neuron"
    return [*sentences, formula, *semantics_of(options).words.state]


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
    ROUTED: [
        "RoutedDigits, classes of MNIST: each sensory neuron gets its own component of the "
        "image, by a frozen layer that `elegansc lab` fills from the training images",
    ],
}


START = (
    "gains by counts; where the sign is known a weighted mean (junctions positive, synapses as "
    "in SIGN; not there, of GABA neurons negative, a guess), else drawn at the root of a share"
)


def task(options: Options) -> list[str]:
    """What stands around the network, in words."""
    routed = options.task == ROUTED
    readout = "one linear layer" if routed else READOUTS[options.readout]
    return [*TASKS[options.task], f"read-out: {readout}"]


def signs(options: Options, *tables: Synapses) -> Iterator[tuple[str, list[str]]]:
    """Where the signs of synapses are from, unless they are the source's."""
    if options.signs == "file":
        return
    if options.signs == "none":
        yield "signs", ["none: those of the source are not used"]
        return
    ways = [int((table.sign == way).sum()) for way in (1, -1) for table in tables]
    positive, negative = sum(ways[: len(tables)]), sum(ways[len(tables) :])
    free = sum(map(len, tables)) - positive - negative
    counts = f"{positive:,} positive, {negative:,} negative, {free:,} free"
    origin = f"from the table {base(options.signs)}"
    if options.signs == "transmitter":
        origin = (
            "a guess by the sender's transmitter: GABA negative, acetylcholine and "
            "glutamate positive"
        )
    yield "signs", [f"{counts}; {origin}"]


DALE = {
    "init": "gains start with the signs in SIGN; training may turn them",
    "clamped": "a synapse in SIGN has the strength SIGN * |gain|: its sign is fixed",
}


def dale(options: Options) -> Iterator[tuple[str, list[str]]]:
    """Whether gains keep the signs that are known, where that was asked."""
    if options.dale in DALE:
        yield "dale", [DALE[options.dale]]


TIES = {
    "side": "synapses and their mirror images of left and right (a last L or R in names)",
    "type": "synapses between the same types, and gap junctions alike: TYPES",
    "all": "all synapses, and all gap junctions: fixed by anatomy but for two numbers",
}


def ties(options: Options) -> Iterator[tuple[str, list[str]]]:
    """What shares a gain, and a time constant, where that was asked."""
    found = []
    if options.tie in TIES:
        found.append(
            f"{TIES[options.tie]} share a gain, which multiplies their weights"
        )
        found.append("it starts so that strengths add up to what they would alone")
    if options.tie_tau != "none":
        who = "neurons of one type" if options.tie_tau == "type" else "all neurons"
        found.append(f"{who} share a time constant")
    if found:
        yield "ties", found


def counted(parameters: tuple[Parameter, ...]) -> str:
    """How many numbers the parameters hold, and of what."""
    words = ", ".join(parameter.words for parameter in parameters)
    return f"{sum(parameter.size for parameter in parameters):,}: {words}"


def junctions(plan: Plan, words: Words) -> Iterator[tuple[str, list[str]]]:
    """How gap junctions conduct."""
    count = len(plan.junctions)
    sentences = [f"{count:,}, {words.junctions}"] if count else []
    if len(plan.lateral):
        within = total(plan.lateral.weight)
        share = f"{amount(within)} of {amount(within + total(plan.junctions.weight))}"
        sentences.append(
            f"{share} {plan.source.unit} of gap junctions, in {len(plan.lateral):,}, {words.within}: "
            "both neurons share a level: LATERAL"
        )
    if sentences:
        yield "junctions", sentences


def feedback(
    plan: Plan, options: Options, words: Words
) -> Iterator[tuple[str, list[str]]]:
    """What runs backward, self-loops apart, and what is known of the minimum."""
    back, unit = plan.feedback, plan.source.unit
    loop = back.pre == back.post
    lost = total(back.weight[~loop])
    whole = lost + total(plan.forward.weight)
    if lost:
        share = f"{100 * lost / whole:.1f} %"
        pairs = plural(int((~loop).sum()), "pair")
        sentences = [
            f"{amount(lost)} of {amount(whole)} {unit} ({share}), in {pairs}, {words.backward}: FEEDBACK",
            standing(plan, options),
        ]
        yield "backward", sentences
    if loop.any():
        heavy = amount(total(back.weight[loop]))
        yield "self-loops", [
            f"{loop.sum():,}, {heavy} {unit}, {words.backward}: FEEDBACK"
        ]


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
        if options.keep_alive and not options.late:
            more += ", with every neuron that can be on a path from a sensor to a motor"
    elif options.stick:
        more = f"near {base(options.like)}"
    else:
        more = "with every neuron that can be on a path from a sensor to a motor"
    if plan.optimality.method == "exact":
        return f"the minimum{under} is {amount(bound)} (proved); {amount(lost)} {more}"
    if plan.optimality.method == "exact+sift":
        return f"no order{under} loses less than {amount(bound)}; the least possible is not known"
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
