"""What a leaky network means: values and gradients through time, one synapse at a time.

Float64 numpy; the matrix of a step is made junction by junction and solved, never inverted,
and the adjoint is written out. With G the conductance of a junction between living neurons,

    (|tau| / h + 1 + sum G) y - sum G * y of the others
        = |tau| / h * x + bias + current + sum gain * act(x of the input)

of a neuron that is free, and y = current of one that is held; its next state is y times how
alive it is. `alive` also multiplies what passes at both ends of a synapse or junction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64
from ..options import Options
from .activations import activation
from .registry import semantics_of
from .strengths import Strengths
from .wiring import Wiring

Strength = Mapping[tuple[str, str], float]  # by the two names of a table's entry


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters by name: of (neuron, input), of (neuron, partner), of a neuron."""

    gain: Strength
    conductance: Strength
    bias: Mapping[str, float]
    tau: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Run:
    """What a network is given.

    Attributes:
        inputs: (batch, T, S); start: (batch, N).
        current: (batch, T, N), beside the inputs.
        alive, held: (N,).
        cotangent: (batch, T, M), of the outputs.
    """

    inputs: Float64
    start: Float64
    current: Float64
    alive: Float64
    held: Float64
    cotangent: Float64


@dataclass(frozen=True, slots=True)
class Result:
    """States (batch, T, N), and the gradients of everything that was given, by name."""

    states: Float64
    gradient: Mapping[str, Float64]


class Network:
    """A network by rows: N neurons, in the order of states.

    Attributes:
        synapses: (neuron, input, strength); junctions: (one, other, conductance).
        slopes: of each strength, by its gain; weights: of each conductance.
        leak: (N,) |tau| over the time of a step.
    """

    def __init__(self, wiring: Wiring, options: Options, given: Parameters) -> None:
        semantics = semantics_of(options)
        row = {neuron: place for place, neuron in enumerate(wiring.fire)}
        gains, of = semantics.synapses(wiring), Strengths(wiring, options)
        self.gains = [(v, u) for v, u, _ in gains]
        self.ends = [(v, u) for v, u, _ in semantics.junctions(wiring)]
        self.slopes = [of.slope(gain, given.gain[gain[:2]]) for gain in gains]
        self.synapses = [
            (row[gain[0]], row[gain[1]], of.of(gain, given.gain[gain[:2]]))
            for gain in gains
        ]
        junctions = semantics.junctions(wiring)
        self.weights = [of.weight(junction) for junction in junctions]
        self.junctions = [
            (row[v], row[u], given.conductance[v, u] * weight)
            for (v, u), weight in zip(self.ends, self.weights, strict=True)
        ]
        self.bias = np.array([given.bias[n] for n in wiring.fire])
        self.tau = np.array([given.tau[n] for n in wiring.fire])
        self.time = options.dt / options.substeps
        self.leak = abs(self.tau) / self.time
        self.sensory = [row[n] for n in wiring.sensory]
        self.motor = [row[n] for n in wiring.motor]
        self.act = activation(options.activation)
        self.substeps = options.substeps

    def matrix(self, alive: Float64, held: Float64) -> Float64:
        """(N, N): what a step solves, an equation a row."""
        size = len(self.bias)
        found = np.zeros((size, size))
        for v in range(size):
            found[v, v] = (1 - held[v]) * (self.leak[v] + 1) + held[v]
        for one, other, conductance in self.junctions:
            passed = abs(conductance) * alive[one] * alive[other]
            for v, u in ((one, other), (other, one)):
                found[v, v] += (1 - held[v]) * passed
                found[v, u] -= (1 - held[v]) * passed
        return found

    def sums(
        self, x: Float64, drive: Float64, alive: Float64, held: Float64
    ) -> Float64:
        """(batch, N): the right side of a step from x, of inputs and currents `drive`."""
        found = drive.copy()
        for v in range(len(self.bias)):
            found[:, v] += (1 - held[v]) * (self.leak[v] * x[:, v] + self.bias[v])
        for v, u, gain in self.synapses:
            passed = gain * alive[v] * alive[u] * (1 - held[v])
            found[:, v] += passed * self.act.function(x[:, u])
        return found


def interpret_leaky(
    wiring: Wiring, options: Options, parameters: Parameters, run: Run
) -> Result:
    """Values and gradients of a run."""
    net = Network(wiring, options, parameters)
    matrix = net.matrix(run.alive, run.held)
    states, solved = forward(net, run, matrix)
    found, back = Adjoint(net, run, matrix), np.zeros_like(run.start)
    for step in reversed(range(len(solved))):
        time, inner = divmod(step, net.substeps)
        if inner == net.substeps - 1:  # the state that is seen
            back[:, net.motor] += run.cotangent[:, time]
        back = found.step(states[step], solved[step], back, time)
    return Result(seen(net, states), {**found.gradient, "start": back})


def forward(
    net: Network, run: Run, matrix: Float64
) -> tuple[list[Float64], list[Float64]]:
    """(states, from the start on; what each step solved for), (batch, N) each."""
    states, solved = [run.start], []
    for drive in drives(net, run):
        sums = net.sums(states[-1], drive, run.alive, run.held)
        solved.append(np.asarray(np.linalg.solve(matrix, sums.T).T, np.float64))
        states.append(solved[-1] * run.alive)
    return states, solved


def seen(net: Network, states: list[Float64]) -> Float64:
    """(batch, T, N): of all states those at the end of each input's time."""
    return np.stack(states[net.substeps :: net.substeps], 1)


def drives(net: Network, run: Run) -> Iterator[Float64]:
    """(batch, N) of each step: what comes from outside."""
    for time in range(run.inputs.shape[1]):
        drive = run.current[:, time].copy()
        for place, row in enumerate(net.sensory):
            drive[:, row] += run.inputs[:, time, place]
        for _ in range(net.substeps):
            yield drive


class Adjoint:
    """The gradients of a run, gathered step by step, the last first."""

    def __init__(self, net: Network, run: Run, matrix: Float64) -> None:
        self.net, self.run, self.matrix = net, run, matrix
        self.gradient = {
            "gain": np.zeros(len(net.synapses)),
            "conductance": np.zeros(len(net.junctions)),
            "bias": np.zeros(len(net.bias)),
            "tau": np.zeros(len(net.bias)),
            "inputs": np.zeros_like(run.inputs),
            "current": np.zeros_like(run.current),
            "alive": np.zeros_like(run.alive),
        }

    def step(self, x: Float64, y: Float64, slope: Float64, time: int) -> Float64:
        """The gradient of the state before, (batch, N).

        Args:
            x, y: (batch, N) the state before, and what the step solved for.
            slope: (batch, N) the gradient of the state after.
        """
        net, run, found = self.net, self.run, self.gradient
        found["alive"] += (slope * y).sum(0)
        lam = np.linalg.solve(self.matrix.T, (slope * run.alive).T).T
        free = lam * (1 - run.held)
        found["current"][:, time] += lam
        found["inputs"][:, time] += lam[:, net.sensory]
        found["bias"] += free.sum(0)
        found["tau"] += np.sign(net.tau) / net.time * (free * (x - y)).sum(0)
        before = net.leak * free
        self.through_synapses(x, free, before)
        self.through_junctions(y, free)
        return before

    def through_synapses(self, x: Float64, free: Float64, before: Float64) -> None:
        """Gains, ends of synapses, and what their inputs' states before owe to them."""
        net, alive, found = self.net, self.run.alive, self.gradient
        for place, (v, u, gain) in enumerate(net.synapses):
            each = (free[:, v] * net.act.function(x[:, u])).sum()
            found["gain"][place] += net.slopes[place] * each * alive[v] * alive[u]
            found["alive"][v] += each * gain * alive[u]
            found["alive"][u] += each * gain * alive[v]
            passed = gain * alive[v] * alive[u]
            before[:, u] += passed * net.act.slope(x[:, u]) * free[:, v]

    def through_junctions(self, y: Float64, free: Float64) -> None:
        """Conductances and ends of gap junctions."""
        net, alive, found = self.net, self.run.alive, self.gradient
        for place, (one, other, conductance) in enumerate(net.junctions):
            apart = (free[:, one] - free[:, other]) * (y[:, one] - y[:, other])
            each, size = -apart.sum(), abs(conductance)
            found["conductance"][place] += (
                net.weights[place] * np.sign(conductance) * each
            ) * (alive[one] * alive[other])
            found["alive"][one] += each * size * alive[other]
            found["alive"][other] += each * size * alive[one]
