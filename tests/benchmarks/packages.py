"""Packages that run a graph as a network, as peers of forms.py; each is left out where it is absent.

4Ward, which converts a graph into a network as elegansc does, is on no package index.
"""

from __future__ import annotations

import importlib
import itertools
import math
from types import ModuleType
from typing import Any

import torch
from peers import FORMS, Gather, Kind, Missing, Wired
from torch import Tensor


def package(name: str) -> Any:
    """A package, or why not."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Missing(str(error)) from None


def message(_: Any, x_j: Tensor, gain: Tensor) -> Tensor:
    """What a synapse brings: its sender's state times its gain."""
    return gain * x_j


class Geometric(Gather):
    """torch-geometric's message passing, a level at a time."""

    def __init__(self, tables: ModuleType) -> None:
        super().__init__(tables)
        base = package("torch_geometric.nn").MessagePassing
        passing = type(
            "Passing", (base,), {"message": message}
        )  # it reads no local class
        self.passing: Any = passing(aggr="add")
        ends = zip(self.senders, self.receivers, strict=True)
        self.edges = [torch.stack(pair) for pair in ends]

    def pull(self, level: int, state: Tensor, gains: Tensor, total: Tensor) -> Tensor:
        """The total of a level, with what its synapses bring."""
        size = (len(state), len(total))
        return total + self.passing.propagate(  # type: ignore[no-any-return]
            self.edges[level], x=(state, None), gain=gains, size=size
        )


class Neat(Wired):
    """neat-python's network, which its exporter writes as JSON: a sample at a time, in Python."""

    def __init__(self, tables: ModuleType) -> None:
        super().__init__(tables)
        if self.wide:
            raise Missing("it has scalar units only")
        self.neat = package("neat")
        self.network: Any = None

    def built(self) -> Any:
        """The network of the parameters as they are; an input's key is negative."""
        gains, biases = self.gain.tolist(), self.bias.tolist()
        links: list[list[tuple[int, float]]] = [[] for _ in range(self.neurons)]
        for place, row in enumerate(self.sensory.tolist()):
            links[row].append((-1 - place, 1.0))
        edges = zip(
            self.to.tolist(), self.by.tolist(), self.order.tolist(), strict=True
        )
        for to, by, gain in edges:
            links[to].append((by, gains[gain]))
        nodes = [
            (row, math.tanh, sum, bias, 1.0, links[row])
            for row, bias in enumerate(biases)
        ]
        inputs = [-1 - place for place in range(len(self.sensory))]
        kind = self.neat.nn.FeedForwardNetwork
        return kind(inputs, self.motor.tolist(), nodes)

    def forward(self, inputs: Tensor) -> Tensor:
        """Motor outputs."""
        self.network = self.network or self.built()
        return torch.tensor([self.network.activate(row) for row in inputs.tolist()])


class Nir(Wired):
    """nirtorch's module of a graph: inputs and states are one vector, which levels add to."""

    def __init__(self, tables: ModuleType) -> None:
        super().__init__(tables)
        if self.wide:
            raise Missing("only its scalar units are written down here")
        self.nir, self.nirtorch = package("nir"), package("nirtorch")
        self.network: Any = None

    def built(self) -> Any:
        """The module of the parameters as they are."""
        sensors, size = len(self.sensory), len(self.sensory) + self.neurons
        pull = torch.zeros(self.neurons, size)  # from the vector to a neuron's sum
        pull[self.sensory, torch.arange(sensors)] = 1
        gains = self.gain.detach()[self.order]
        pull.index_put_((self.to, sensors + self.by), gains, accumulate=True)
        every, bias = torch.eye(size), self.bias.detach()
        nodes: dict[str, Any] = {
            "input": self.nir.Input({"input": (sensors,)}),
            "start": self.nir.Linear(every[:, :sensors].numpy()),
        }
        edges, state = [("input", "start")], "start"
        for level, (low, high) in enumerate(self.spans):
            rows, own = pull[low:high], bias[low:high]
            put = every[:, sensors + low : sensors + high]
            made = {
                f"sum{level}": self.nir.Affine(rows.numpy(), own.numpy()),
                f"fire{level}": self.nir.Threshold(own.numpy()),  # stands for tanh
                f"put{level}": self.nir.Linear(put.numpy()),
                f"after{level}": self.nir.Scale(torch.ones(size).numpy()),
            }
            nodes |= made
            edges += itertools.pairwise([state, *made])
            edges.append((state, f"after{level}"))
            state = f"after{level}"
        nodes["read"] = self.nir.Linear(every[sensors + self.motor].numpy())
        nodes["output"] = self.nir.Output({"output": (len(self.motor),)})
        edges += [(state, "read"), ("read", "output")]
        graph = self.nir.NIRGraph(nodes, edges, type_check=False)
        return self.nirtorch.nir_to_torch(graph, self.modules_of())

    def modules_of(self) -> dict[Any, Any]:
        """What nodes become; nirtorch itself leaves the biases of Affine as they were drawn."""

        def affine(node: Any) -> torch.nn.Linear:
            made = torch.nn.Linear(node.weight.shape[1], node.weight.shape[0])
            made.weight.data = torch.from_numpy(node.weight)
            made.bias.data = torch.from_numpy(node.bias)
            return made

        return {
            self.nir.Affine: affine,
            self.nir.Threshold: lambda _: torch.nn.Tanh(),
            self.nir.Scale: lambda _: torch.nn.Identity(),
        }

    def forward(self, inputs: Tensor) -> Tensor:
        """Motor outputs."""
        self.network = self.network or self.built()
        return self.network(inputs)[0]  # type: ignore[no-any-return]


FORMS["geometric"] = Kind(Geometric, compiles=False)
# These have parameters of their own: what they train is not the same network.
FORMS["neat"] = Kind(Neat, compiles=False, trains=False)
FORMS["nirtorch"] = Kind(Nir, compiles=False, trains=False)
