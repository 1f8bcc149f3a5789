"""A training step of the worm against RandWire's loop over nodes, same graph, same maths.

RandWire (Xie et al., "Exploring randomly wired neural networks for image recognition",
2019) keeps the outputs of its nodes in a dict and adds up a node's inputs one by one.
"""

from __future__ import annotations

import statistics
import sys
import time
from types import ModuleType
from typing import Any

import torch
from common import load, verdict, worm
from torch import Tensor, nn

import elegansc

COLUMNS = (1, 64, 1024)
BARS = {
    ("ratio", False): (45, 32, 8),
    ("ratio", True): (45, 32, 8),
    ("auto", True): (20, 16, 5.5),
}


class Loop(nn.Module):
    """The same network, a node at a time: a dict of outputs, a weight an input."""

    def __init__(self, module: ModuleType, net: Any) -> None:
        super().__init__()
        place = {neuron: row for row, neuron in enumerate(module.LIVE)}
        inputs: dict[str, list[tuple[str, int]]] = {n: [] for n in module.LIVE}
        for gain, (neuron, source, _) in enumerate(module.SYNAPSES):
            inputs[neuron].append((source, gain))
        self.nodes = [(n, place[n], inputs[n]) for n in module.LIVE]
        self.gains = nn.ParameterList(
            [
                nn.Parameter(net.gain.detach()[row].clone())
                for row in range(len(net.gain))
            ]
        )
        self.biases = nn.ParameterList(
            [
                nn.Parameter(net.bias.detach()[row].clone())
                for row in range(len(net.bias))
            ]
        )
        self.sensory = {neuron: row for row, neuron in enumerate(module.SENSORY)}
        self.motor = module.MOTOR

    def forward(self, inputs: Tensor) -> Tensor:
        """Motor outputs, (batch, M)."""
        state: dict[str, Tensor] = {}
        for neuron, row, sources in self.nodes:
            total = self.biases[row].expand(len(inputs))
            if neuron in self.sensory:
                total = total + inputs[:, self.sensory[neuron]]
            for source, gain in sources:
                total = total + self.gains[gain] * state[source]
            state[neuron] = torch.tanh(total)
        rest = inputs.new_zeros(len(inputs))
        return torch.stack([state.get(neuron, rest) for neuron in self.motor], 1)


def step(net: nn.Module, inputs: Tensor, times: int) -> float:
    """CPU seconds of one forward and backward."""
    start = time.process_time()
    for _ in range(times):
        net.zero_grad()
        net(inputs).sum().backward()
    return (time.process_time() - start) / times


def main() -> None:
    """Print a table for each order."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    torch.set_num_threads(1)
    torch.manual_seed(0)
    source = worm()
    for (cycles, alive), bars in BARS.items():
        artifact = elegansc.compile(
            source, cycles=cycles, keep_alive=alive, name="Worm"
        )
        module = load(next(iter(artifact.files.values())))
        ours = module.Worm()
        theirs = Loop(module, ours)
        print(f"--cycles {cycles}, keep alive {alive}: {ours.extra_repr()}")
        for columns, bar in zip(COLUMNS, bars, strict=True):
            inputs = torch.randn(columns, len(module.SENSORY))
            error = float((ours(inputs) - theirs(inputs)).detach().abs().max())
            assert error < 1e-5, error
            pairs = []
            for _ in range(rounds + 1):
                slow = step(theirs, inputs, 1)
                pairs.append((slow, step(ours, inputs, 10)))
            ratio = statistics.median(a / b for a, b in pairs[1:])
            a, b = (
                statistics.median(column) for column in zip(*pairs[1:], strict=True)
            )
            print(
                f"  {columns:5} columns  loop {a * 1e3:7.1f} ms  ours {b * 1e3:6.2f} ms  "
                f"{ratio:5.1f} x  bar {bar} x: {verdict(ratio >= bar)}  error {error:.0e}"
            )


if __name__ == "__main__":
    main()
