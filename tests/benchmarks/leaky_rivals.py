"""Other ways to step a worm through time, for leaky.py.

Each is a function inputs (batch, T, S) -> states or outputs, with its parameters and the
number of times that T is what is asked: those that take minutes run one step of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from peers import Missing
from torch import Tensor, nn


@dataclass(frozen=True)
class Rival:
    """A way to compute, ready to run."""

    call: Callable[[Tensor], Tensor]
    parameters: list[Any]
    steps: int | None = None  # that it is run for; None: for all

    def run(self, inputs: Tensor) -> Tensor:
        """A training step without its optimizer."""
        for parameter in self.parameters:
            parameter.grad = None
        outputs = self.call(inputs[:, : self.steps])
        outputs.square().mean().backward()
        return outputs.detach()


class Matrices:
    """The wiring and the parameters of a network as dense matrices (source, neuron)."""

    def __init__(self, module: ModuleType, net: Any) -> None:
        size, row = len(module.NEURONS), net.rows
        self.size, self.sensory, self.motor = size, net.sensory, net.motor
        self.dt = module.DT
        to, by = (row(list(names)) for names in zip(*module.SYNAPSES, strict=True))
        one, other = (row(list(names)) for names in zip(*module.JUNCTIONS, strict=True))
        weight, coupled = torch.zeros(2, size, size, dtype=net.bias.dtype)
        weight[by, to] = net.gain.detach()
        coupled[one, other] = coupled[other, one] = net.conductance.detach()
        self.mask = torch.zeros(size, size)
        self.mask[by, to] = 1
        self.joined = (coupled != 0).float()
        self.weight, self.coupled = nn.Parameter(weight), nn.Parameter(coupled)
        self.bias = nn.Parameter(net.bias.detach().clone())
        self.tau = nn.Parameter(net.tau.detach().clone())
        self.given = nn.Parameter(torch.randn(len(module.SENSORY), size))

    def start(self, inputs: Tensor) -> Tensor:
        """Zeros, (batch, N)."""
        return inputs.new_zeros(inputs.shape[0], self.size)

    def slope(self, inputs: Tensor) -> Callable[[Any, Tensor], Tensor]:
        """dx/dt of the leaky equation; time counts steps of dt."""
        weight = self.weight * self.mask
        coupled = self.coupled.abs() * self.joined
        pull = coupled - torch.diag(coupled.sum(0))
        last = inputs.shape[1] - 1

        def slope(time: Any, x: Tensor) -> Tensor:
            now = inputs[:, min(int(time), last)]
            drive = self.start(inputs).index_copy(1, self.sensory, now)
            flow = self.bias - x + torch.tanh(x) @ weight + x @ pull + drive
            return self.dt * flow / self.tau

        return slope


def masked(matrices: Matrices) -> Rival:
    """A dense recurrent network, masked in each step."""

    def call(inputs: Tensor) -> Tensor:
        x, states = matrices.start(inputs), []
        for now in inputs.unbind(1):
            sums = x @ (matrices.weight * matrices.mask)
            x = torch.tanh(sums + now @ matrices.given + matrices.bias)
            states.append(x)
        return torch.stack(states, 1)

    return Rival(call, [matrices.weight, matrices.given, matrices.bias])


def rk4(matrices: Matrices) -> Rival:
    """The same equation through torchdiffeq, the fourth-order rule at our steps."""
    try:
        from torchdiffeq import odeint
    except ImportError as error:
        raise Missing("torchdiffeq is not installed") from error

    def call(inputs: Tensor) -> Tensor:
        times = torch.arange(inputs.shape[1] + 1.0)
        found: Tensor = odeint(
            *(matrices.slope(inputs), matrices.start(inputs), times),
            method="rk4",
            options={"perturb": True},  # inputs jump from step to step
        )
        return found[1:].transpose(0, 1)

    every = [matrices.weight, matrices.coupled, matrices.bias, matrices.tau]
    return Rival(call, every)


def ltc(module: ModuleType, net: Any) -> Rival:
    """A liquid network of ncps on the chemical wiring, one step."""
    try:
        import ncps.torch
        import ncps.wirings
    except ImportError as error:
        raise Missing("ncps is not installed") from error
    row = {name: place for place, name in enumerate(module.NEURONS)}
    sensory = net.sensory.tolist()

    class Worm(ncps.wirings.Wiring):  # type: ignore[misc]
        """The worm's synapses; each input reaches its sensory neuron."""

        def __init__(self) -> None:
            super().__init__(len(row))
            self.set_output_dim(len(module.MOTOR))
            for neuron, source in module.SYNAPSES:
                self.add_synapse(row[source], row[neuron], 1)

        def build(self, width: int) -> None:
            super().build(width)
            for place in range(width):
                self.add_sensory_synapse(place, sensory[place], 1)

    liquid = ncps.torch.LTC(len(sensory), Worm(), batch_first=True)
    return Rival(lambda inputs: liquid(inputs)[0], list(liquid.parameters()), 1)


def loop(module: ModuleType, net: Any) -> Rival:
    """A Python loop over synapses and junctions, one step of explicit Euler."""
    row = {name: place for place, name in enumerate(module.NEURONS)}
    gain, conductance, bias, tau = (
        nn.Parameter(part.detach().clone()) for part in net.parameters()
    )

    def call(inputs: Tensor) -> Tensor:
        x = list(torch.zeros(len(row), inputs.shape[0]))
        flow = [bias[place] - each for place, each in enumerate(x)]
        for place, neuron in enumerate(module.SENSORY):
            flow[row[neuron]] = flow[row[neuron]] + inputs[:, 0, place]
        for key, (neuron, source) in enumerate(module.SYNAPSES):
            sent = gain[key] * torch.tanh(x[row[source]])
            flow[row[neuron]] = flow[row[neuron]] + sent
        for key, (one, other) in enumerate(module.JUNCTIONS):
            passed = conductance[key].abs() * (x[row[other]] - x[row[one]])
            flow[row[one]] = flow[row[one]] + passed
            flow[row[other]] = flow[row[other]] - passed
        moved = [a + module.DT * f / t for a, f, t in zip(x, flow, tau, strict=True)]
        return torch.stack(moved, -1).unsqueeze(1)

    return Rival(call, [gain, conductance, bias, tau], 1)
