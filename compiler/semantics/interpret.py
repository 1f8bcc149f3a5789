"""The interpreter: values and gradients of a model, one synapse at a time, in float64.

    m = merge over inputs u of g * x[u]     a sensory neuron's own input joins, gain 1
    x = activation(unit(norm(m)) + current)
    x = alive * (current where held, else x)

Nothing is done by hand unless asked: current is 0, alive 1, and none is held.

Everything is a dict by neuron name or by synapse, everything is written out. This is the
definition that Order, Plan and the generated module are held against; it is meant to be
read, not to be fast.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Float64
from ..options import Options
from .activations import activation, normalise, normalise_back
from .merges import merge_of
from .registry import semantics_of
from .semantics import Semantics
from .strengths import Strengths
from .units import unit_of
from .wiring import Gain, Read, Wiring, grouped

State = dict[str, Float64]  # (batch, D) of each neuron


@dataclass
class Parameters:
    """Values or gradients.

    Attributes:
        gain: a number a synapse.
        of: by name of the parameter, an array a neuron: (D,) or one number a bias,
            (D, D) a weight.
    """

    gain: dict[Gain, float] = field(default_factory=dict)
    of: dict[str, dict[str, Float64]] = field(default_factory=dict)

    def own(self, neuron: str) -> dict[str, Float64]:
        """A neuron's own parameters, by name."""
        return {name: values[neuron] for name, values in self.of.items()}


@dataclass(frozen=True)
class Hands:
    """What is done to neurons by hand, alike in each step.

    Attributes:
        current: (batch, D), added before the activation; where a neuron is held, its state.
        alive: (batch, 1), a factor of its state.
        held: (batch, 1), 0 or 1.
    """

    current: State
    alive: State
    held: State

    @classmethod
    def idle(cls, neurons: Sequence[str], batch: int, features: int) -> Hands:
        """Nothing is done."""
        zero, one = np.zeros((batch, 1)), np.ones((batch, 1))
        none = np.zeros((batch, features))
        return cls(
            dict.fromkeys(neurons, none),
            dict.fromkeys(neurons, one),
            dict.fromkeys(neurons, zero),
        )

    def state(self, neuron: str, free: Float64) -> Float64:
        """A neuron's state but for `alive`; `free` is the one it has if not held."""
        held = self.held[neuron]
        return held * self.current[neuron] + (1 - held) * free


@dataclass
class Result:
    """Outputs (T, batch, M, D), the states of each step, and gradients where asked."""

    outputs: Float64
    states: list[State]
    gradient: Parameters | None = None
    input_gradient: Float64 | None = None  # (T, batch, S, D)
    start_gradient: State | None = None
    current_gradient: State | None = None
    alive_gradient: State | None = None


@dataclass(frozen=True)
class Network:
    """A wiring under options: who reads what through which gain, and how it joins."""

    wiring: Wiring
    options: Options
    semantics: Semantics
    reads: Mapping[str, list[Read]]
    hands: Hands

    def strength(self, parameters: Parameters, gain: Gain) -> float:
        """The factor of one synapse."""
        if not merge_of(self.options).gains:
            return 1.0
        return Strengths(self.wiring, self.options).of(gain, parameters.gain[gain])


def interpret(
    wiring: Wiring,
    options: Options,
    parameters: Parameters,
    inputs: Float64,
    start: State | None = None,
    cotangent: Float64 | None = None,
    hands: Hands | None = None,
) -> Result:
    """Run the network for T steps, and backward through them.

    Args:
        inputs: (T, batch, S, D) in the order of wiring.sensory; T is 1 without a state.
        start: the states before the first step, (batch, D) a neuron; None: zeros.
        cotangent: (T, batch, M, D), the gradient of the loss in the outputs.
        hands: what is done by hand; None: nothing.
    """
    semantics = semantics_of(options)
    reads = grouped(wiring.fire, semantics.reads(wiring, options))
    steps, batch, _, features = inputs.shape
    hands = hands or Hands.idle(wiring.fire, batch, features)
    net = Network(wiring, options, semantics, reads, hands)
    rest = np.zeros((batch, features))
    before: State = start if start is not None else dict.fromkeys(wiring.fire, rest)
    states: list[State] = [before]
    tapes: list[dict[str, Tape]] = []
    for step in range(steps):
        given = {n: inputs[step, :, place] for place, n in enumerate(wiring.sensory)}
        now, tape = fire(net, parameters, given, states[-1])
        states.append(now)
        tapes.append(tape)
    outputs = np.stack(
        [np.stack([now.get(n, rest) for n in wiring.motor], 1) for now in states[1:]]
    )
    result = Result(outputs, states[1:])
    if cotangent is not None:
        unwind(net, parameters, states, tapes, cotangent, inputs.shape, result)
    return result


@dataclass
class Tape:
    """What one neuron's step backward needs."""

    factors: list[Float64]  # what was merged: own input first, then the inputs in order
    merged: Float64
    normed: Float64
    argument: Float64  # of the activation
    active: Float64
    free: Float64  # its next state, but for what is done by hand
    given: bool  # whether its own input was merged


def fire(
    net: Network, parameters: Parameters, given: State, before: State
) -> tuple[State, dict[str, Tape]]:
    """One step: every neuron in turn."""
    now: State = {}
    tape: dict[str, Tape] = {}
    options = net.options
    for neuron in net.wiring.fire:
        factors = [given[neuron]] if neuron in given else []
        for read in net.reads[neuron]:
            state = before if read.late else now
            factors.append(net.strength(parameters, read.gain) * state[read.source])
        merged = merge_of(options).join(factors, before[neuron])
        normed = normalise(merged) if options.norm == "layer" else merged
        own = parameters.own(neuron)
        argument = unit_of(options).argument(normed, own) + net.hands.current[neuron]
        active = activation(options.activation).function(argument)
        free = net.semantics.update(active, before[neuron], own)
        now[neuron] = net.hands.alive[neuron] * net.hands.state(neuron, free)
        tape[neuron] = Tape(
            factors, merged, normed, argument, active, free, neuron in given
        )
    return now, tape


def unwind(
    net: Network,
    parameters: Parameters,
    states: Sequence[State],
    tapes: Sequence[dict[str, Tape]],
    cotangent: Float64,
    shape: tuple[int, ...],
    result: Result,
) -> None:
    """The chain rule, from the last neuron of the last step to the first of the first."""
    steps, batch, _, features = shape
    wiring, rest = net.wiring, np.zeros((batch, features))
    grad = Parameters(
        dict.fromkeys(parameters.gain, 0.0),
        {
            name: {neuron: np.zeros_like(value) for neuron, value in values.items()}
            for name, values in parameters.of.items()
        },
    )
    into = np.zeros(shape)
    result.current_gradient = dict.fromkeys(wiring.fire, rest)
    result.alive_gradient = dict.fromkeys(wiring.fire, rest[:, :1])
    late: State = dict.fromkeys(wiring.fire, rest)
    for step in reversed(range(steps)):
        slope, late = late, dict.fromkeys(wiring.fire, rest)  # dloss / dx: now, before
        for place, neuron in enumerate(wiring.motor):
            if neuron in slope:
                slope[neuron] = slope[neuron] + cotangent[step, :, place]
        for neuron in reversed(wiring.fire):
            tape = tapes[step][neuron]
            d = unhanded(net, result, neuron, tape, slope[neuron])
            d, kept = through(
                net, parameters, grad, result, neuron, tape, states[step], d
            )
            late[neuron] = late[neuron] + kept
            shares = merge_of(net.options).split(tape.factors, d)
            if tape.given:
                into[step, :, wiring.sensory.index(neuron)] = shares.pop(0)
            for read, share in zip(net.reads[neuron], shares, strict=True):
                sent = late if read.late else slope
                state = states[step] if read.late else states[step + 1]
                strength = net.strength(parameters, read.gain)
                sent[read.source] = sent[read.source] + strength * share
                add_gain(net, parameters, grad, read.gain, share, state[read.source])
    result.gradient, result.input_gradient, result.start_gradient = grad, into, late


def unhanded(
    net: Network, result: Result, neuron: str, tape: Tape, d: Float64
) -> Float64:
    """The gradient of a neuron's state as it would be if nothing were done by hand.

    Those of `alive`, and of `current` where it is held, are added to `result`.
    """
    alive, held = net.hands.alive[neuron], net.hands.held[neuron]
    state = net.hands.state(neuron, tape.free)
    add(result.alive_gradient, neuron, (d * state).sum(1, keepdims=True))
    add(result.current_gradient, neuron, d * alive * held)
    return d * alive * (1 - held)


def add(gradient: State | None, neuron: str, part: Float64) -> None:
    """Add to the gradient of one neuron."""
    if gradient is not None:
        gradient[neuron] = gradient[neuron] + part


def through(
    net: Network,
    parameters: Parameters,
    grad: Parameters,
    result: Result,
    neuron: str,
    tape: Tape,
    before: State,
    d: Float64,
) -> tuple[Float64, Float64]:
    """The gradients of a neuron's merged inputs and of its state before.

    Those of its own parameters are added to `grad`, that of `current` to `result`.
    """
    options, own = net.options, parameters.own(neuron)
    d, kept, first = net.semantics.update_back(d, tape.active, before[neuron], own)
    d = d * activation(options.activation).slope(tape.argument)
    add(result.current_gradient, neuron, d)
    d, second = unit_of(options).back(tape.normed, own, d)
    for name, part in (*first.items(), *second.items()):
        grad.of[name][neuron] = grad.of[name][neuron] + part
    if options.norm == "layer":
        d = normalise_back(tape.merged, d)
    return d, kept


def add_gain(
    net: Network,
    parameters: Parameters,
    grad: Parameters,
    gain: Gain,
    share: Float64,
    source: Float64,
) -> None:
    """The gradient of one synapse's gain."""
    if gain in parameters.gain:
        strengths = Strengths(net.wiring, net.options)
        slope = strengths.slope(gain, parameters.gain[gain])
        grad.gain[gain] += slope * float((share * source).sum())
