"""What a compiled model means: values and gradients, one synapse at a time, in float64.

    m = merge over inputs u of g * x[u]     a sensory neuron's own input joins, gain 1
    x = activation(unit(norm(m)))

Everything is a dict by neuron name or by synapse, everything is written out. This is the
definition that Order, Plan and the generated module are held against; it is meant to be
read, not to be fast.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Float64
from ..ir.stages import MOTOR, SENSORY, Order, Plan
from ..options import Options
from .activations import activate, derivative, normalise, normalise_back

Gain = tuple[str, str, str]  # (neuron, input, kind); kind as in SYNAPSES of a module
Link = tuple[str, str, str]  # a synapse by name, in whichever order neurons fire
State = dict[str, Float64]  # (batch, D) of each neuron


@dataclass(frozen=True)
class Wiring:
    """A graph in names, the live part only, in an order in which neurons can fire.

    Attributes:
        inputs: of each neuron, the (input, gain) it reads now.
        delayed: of each neuron, the (input, gain) it reads of the step before.
    """

    fire: tuple[str, ...]
    sensory: tuple[str, ...]  # every neuron of the role, sorted by name
    motor: tuple[str, ...]
    inputs: Mapping[str, tuple[tuple[str, Gain], ...]]
    delayed: Mapping[str, tuple[tuple[str, Gain], ...]]


@dataclass
class Parameters:
    """Values or gradients: a number a gain; (D,) or one number a bias; (D, D) a weight."""

    gain: dict[Gain, float] = field(default_factory=dict)
    bias: dict[str, Float64] = field(default_factory=dict)
    weight: dict[str, Float64] = field(default_factory=dict)


@dataclass
class Result:
    """Outputs (T, batch, M, D), the states of each step, and gradients where asked."""

    outputs: Float64
    states: list[State]
    gradient: Parameters | None = None
    input_gradient: Float64 | None = None  # (T, batch, S, D)
    start_gradient: State | None = None


def wiring(graph: Order | Plan, feedback: str) -> Wiring:
    """Read a graph as names: what fires after what, and which gain is which."""
    name, live = graph.cells.name, graph.live
    inputs: dict[str, list[tuple[str, Gain]]] = {n: [] for n in name}
    delayed: dict[str, list[tuple[str, Gain]]] = {n: [] for n in name}
    for kind, edges in (("chemical", graph.forward), ("feedback", graph.feedback)):
        table = inputs if kind == "chemical" else delayed
        for u, v in zip(edges.pre.tolist(), edges.post.tolist(), strict=True):
            if live[u] and live[v]:
                table[name[v]].append((name[u], (name[v], name[u], kind)))
    ends = zip(
        graph.junctions.left.tolist(), graph.junctions.right.tolist(), strict=True
    )
    for u, v in ends:
        if live[u] and live[v]:
            gain = (name[v], name[u], "electrical")
            inputs[name[v]].append((name[u], gain))
            delayed[name[u]].append((name[v], gain))  # the other way: a step late
    within = graph.lateral
    for u, v in zip(within.left.tolist(), within.right.tolist(), strict=True):
        if live[u] and live[v]:
            gain = (name[v], name[u], "lateral")
            delayed[name[v]].append((name[u], gain))
            delayed[name[u]].append((name[v], gain))
    role = graph.cells.role.tolist()
    return Wiring(
        tuple(n for n, alive in zip(name, live.tolist(), strict=True) if alive),
        tuple(sorted(n for n, r in zip(name, role, strict=True) if r & SENSORY)),
        tuple(sorted(n for n, r in zip(name, role, strict=True) if r & MOTOR)),
        {n: tuple(found) for n, found in inputs.items()},
        (
            {n: tuple(found) for n, found in delayed.items()}
            if feedback == "delay"
            else {}
        ),
    )


def interpret(
    net: Wiring,
    options: Options,
    parameters: Parameters,
    inputs: Float64,
    start: State | None = None,
    cotangent: Float64 | None = None,
) -> Result:
    """Run the network for T steps, and backward through them.

    Args:
        inputs: (T, batch, S, D) in the order of net.sensory; T is 1 for `drop`.
        start: the states before the first step, (batch, D) a neuron; None: zeros.
        cotangent: (T, batch, M, D), the gradient of the loss in the outputs.
    """
    steps, batch, _, features = inputs.shape
    rest = np.zeros((batch, features))
    before: State = start if start is not None else dict.fromkeys(net.fire, rest)
    states: list[State] = [before]
    tapes: list[dict[str, Tape]] = []
    for step in range(steps):
        given = {n: inputs[step, :, place] for place, n in enumerate(net.sensory)}
        now, tape = fire(net, options, parameters, given, states[-1])
        states.append(now)
        tapes.append(tape)
    outputs = np.stack(
        [np.stack([now.get(n, rest) for n in net.motor], 1) for now in states[1:]]
    )
    result = Result(outputs, states[1:])
    if cotangent is not None:
        unwind(net, options, parameters, states, tapes, cotangent, inputs.shape, result)
    return result


@dataclass
class Tape:
    """What one neuron's step backward needs."""

    factors: list[Float64]  # what was merged: own input first, then the inputs in order
    merged: Float64
    normed: Float64
    argument: Float64  # of the activation
    own: bool  # whether its own input was merged


def fire(
    net: Wiring, options: Options, parameters: Parameters, given: State, before: State
) -> tuple[State, dict[str, Tape]]:
    """One step: every neuron in turn."""
    now: State = {}
    tape: dict[str, Tape] = {}
    batch, features = next(iter(before.values())).shape
    for neuron in net.fire:
        factors = [given[neuron]] if neuron in given else []
        for source, gain in read(net, options, neuron):
            factors.append(strength(options, parameters, gain) * now[source])
        for source, gain in net.delayed.get(neuron, ()):
            factors.append(strength(options, parameters, gain) * before[source])
        if options.merge == "product":
            merged = np.ones((batch, features))
            for factor in factors:
                merged = merged * factor
        else:
            merged = np.zeros((batch, features))
            for factor in factors:
                merged = merged + factor
        normed = normalise(merged) if options.norm == "layer" else merged
        argument = normed + parameters.bias[neuron]
        if options.unit == "linear":
            argument = normed @ parameters.weight[neuron].T + parameters.bias[neuron]
        now[neuron] = activate(options.activation, argument)
        tape[neuron] = Tape(factors, merged, normed, argument, neuron in given)
    return now, tape


def read(net: Wiring, options: Options, neuron: str) -> list[tuple[str, Gain]]:
    """What a neuron reads now; a product takes each input neuron once."""
    found = net.inputs[neuron]
    if options.merge != "product":
        return list(found)
    return list({source: (source, gain) for source, gain in found}.values())


def strength(options: Options, parameters: Parameters, gain: Gain) -> float:
    """The factor of one synapse."""
    if options.merge == "product":
        return 1.0
    value = parameters.gain[gain]
    return 1 / (1 + math.exp(-value)) if options.merge == "gated" else value


def unwind(
    net: Wiring,
    options: Options,
    parameters: Parameters,
    states: Sequence[State],
    tapes: Sequence[dict[str, Tape]],
    cotangent: Float64,
    shape: tuple[int, ...],
    result: Result,
) -> None:
    """The chain rule, from the last neuron of the last step to the first of the first."""
    steps, batch, _, features = shape
    grad = Parameters(
        dict.fromkeys(parameters.gain, 0.0),
        {n: np.zeros_like(b) for n, b in parameters.bias.items()},
        {n: np.zeros_like(w) for n, w in parameters.weight.items()},
    )
    into = np.zeros(shape)
    late: State = {n: np.zeros((batch, features)) for n in net.fire}
    for step in reversed(range(steps)):
        now, before = states[step + 1], states[step]
        slope: State = {n: late[n].copy() for n in net.fire}  # dloss / dx
        late = {n: np.zeros((batch, features)) for n in net.fire}
        for place, neuron in enumerate(net.motor):
            if neuron in slope:
                slope[neuron] = slope[neuron] + cotangent[step, :, place]
        for neuron in reversed(net.fire):
            tape = tapes[step][neuron]
            d = slope[neuron] * derivative(options.activation, tape.argument)
            grad.bias[neuron] = grad.bias[neuron] + like(d, grad.bias[neuron])
            if options.unit == "linear":
                grad.weight[neuron] = grad.weight[neuron] + d.T @ tape.normed
                d = d @ parameters.weight[neuron]
            if options.norm == "layer":
                d = normalise_back(tape.merged, d)
            shares = split(options, tape.factors, d)
            if tape.own:
                into[step, :, net.sensory.index(neuron)] = shares.pop(0)
            for source, gain in read(net, options, neuron):
                share = shares.pop(0)
                slope[source] = (
                    slope[source] + strength(options, parameters, gain) * share
                )
                add_gain(options, parameters, grad, gain, share, now[source])
            for source, gain in net.delayed.get(neuron, ()):
                share = shares.pop(0)
                late[source] = (
                    late[source] + strength(options, parameters, gain) * share
                )
                add_gain(options, parameters, grad, gain, share, before[source])
    result.gradient, result.input_gradient, result.start_gradient = grad, into, late


def add_gain(
    options: Options,
    parameters: Parameters,
    grad: Parameters,
    gain: Gain,
    share: Float64,
    source: Float64,
) -> None:
    """The gradient of one synapse's gain."""
    if options.merge == "product":
        return
    through = float((share * source).sum())
    if options.merge == "gated":
        gate = strength(options, parameters, gain)
        through *= gate * (1 - gate)
    grad.gain[gain] += through


def split(options: Options, factors: list[Float64], d: Float64) -> list[Float64]:
    """The gradient of each thing merged: for a product, times all the others."""
    if options.merge != "product":
        return [d] * len(factors)
    shares = []
    for place in range(len(factors)):
        share = d
        for other, factor in enumerate(factors):
            if other != place:
                share = share * factor
        shares.append(share)
    return shares


def like(d: Float64, bias: Float64) -> Float64:
    """Sum a gradient over the batch, and over features for a bias of one number."""
    return d.sum(0) if bias.shape else np.asarray(d.sum())


def link(gain: Gain) -> Link:
    """A gain's synapse: the same both ways if a junction, and whether early or late."""
    neuron, source, kind = gain
    if kind in ("electrical", "lateral"):
        return min(neuron, source), max(neuron, source), "electrical"
    return neuron, source, "chemical"
