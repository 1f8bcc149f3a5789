"""Other ways to compute what a generated module computes, for forms.py.

A peer is made of an imported generated module, of which it reads the tables. It has the
parameters of the generated class, by name and in order, so that both can be compared.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from common import load
from support.paths import TESTS
from torch import Tensor, nn

import elegansc

TABLES = (  # that the landed page reads
    *("OPTIONS", "FEATURES", "LEVELS", "UNUSED"),
    *("SENSORY", "MOTOR", "CHEMICAL", "ELECTRICAL"),
)


class Missing(Exception):
    """A peer that cannot be had here, and why."""


class Wired(nn.Module):
    """Parameters, and the synapses by rows: from the inputs on, a row is a live neuron.

    A column is a sample, of linear units a sample and feature.
    """

    def __init__(self, tables: ModuleType) -> None:
        super().__init__()
        row = {neuron: index for index, neuron in enumerate(tables.NEURONS)}
        self.features = getattr(tables, "FEATURES", 1)
        self.wide = tables.OPTIONS.get("unit") == "linear"
        self.neurons, self.live = len(tables.NEURONS), len(tables.LIVE)
        self.gain = nn.Parameter(torch.empty(len(tables.SYNAPSES)))
        width = [self.features] if self.wide else []
        self.bias = nn.Parameter(torch.empty(self.live, *width))
        if self.wide:
            self.weight = nn.Parameter(torch.empty(self.live, *width, *width))
        self.sensory = torch.tensor([row[neuron] for neuron in tables.SENSORY])
        self.motor = torch.tensor([row[neuron] for neuron in tables.MOTOR])
        to = torch.tensor([row[neuron] for neuron, _, _ in tables.SYNAPSES])
        by = torch.tensor([row[source] for _, source, _ in tables.SYNAPSES])
        self.order = torch.argsort(to * self.neurons + by, stable=True)
        self.to, self.by = to[self.order], by[self.order]  # by receiver, then sender
        self.first = torch.searchsorted(self.to, torch.arange(self.live + 1))
        self.sizes = [len(level) for level in tables.LEVELS]
        ends = list(itertools.accumulate(self.sizes, initial=0))
        self.spans = list(itertools.pairwise(ends))  # rows of each level
        self.counts = [int(self.first[b] - self.first[a]) for a, b in self.spans]

    def rows(self, inputs: Tensor) -> Tensor:
        """(batch, S[, D]) as (S, columns)."""
        return inputs.transpose(0, 1).flatten(1) if self.wide else inputs.t()

    def drive(self, inputs: Tensor) -> Tensor:
        """What every live neuron has before its synapses, (live, columns)."""
        rows = self.rows(inputs)
        drive = rows.new_zeros(self.neurons, rows.shape[1])
        drive = drive.index_add(0, self.sensory, rows)[: self.live]
        return drive if self.wide else drive + self.bias.unsqueeze(1)

    def outputs(self, state: Tensor) -> Tensor:
        """The motor neurons of (live, columns), as (batch, M[, D])."""
        rest = state.new_zeros(self.neurons - self.live, state.shape[1])
        rows = torch.cat([state, rest]).index_select(0, self.motor)
        if self.wide:
            rows = rows.view(len(rows), -1, self.features)
        return rows.transpose(0, 1).contiguous()

    def fire(self, total: Tensor, *unit: Tensor) -> Tensor:
        """The states of a level."""
        if unit:
            bias, weight = unit
            total = total.reshape(len(total), -1, self.features)
            total = torch.baddbmm(bias, total, weight).flatten(1)
        return torch.tanh(total)


class Gather(Wired):
    """A level at a time: gather its inputs, times gains, index_add."""

    def __init__(self, tables: ModuleType) -> None:
        super().__init__(tables)
        starts = [low for low, _ in self.spans]
        to = zip(self.to.split(self.counts), starts, strict=True)
        self.receivers = [rows - low for rows, low in to]  # within their level
        self.senders = [rows.clone() for rows in self.by.split(self.counts)]

    def pull(self, level: int, state: Tensor, gains: Tensor, total: Tensor) -> Tensor:
        """The total of a level, with what its synapses bring."""
        read = state.index_select(0, self.senders[level])
        return total.index_add(0, self.receivers[level], gains * read)

    def forward(self, inputs: Tensor) -> Tensor:
        """Motor outputs."""
        gains = self.gain.index_select(0, self.order).unsqueeze(1).split(self.counts)
        units: Any = [()] * len(self.sizes)
        if self.wide:
            biases = self.bias.unsqueeze(1).split(self.sizes)
            units = list(zip(biases, self.weight.mT.split(self.sizes), strict=True))
        state = inputs.new_empty(0)
        for level, total in enumerate(self.drive(inputs).split(self.sizes)):
            if self.counts[level]:
                total = self.pull(level, state, gains[level], total)
            fired = self.fire(total, *units[level])
            state = torch.cat([state, fired]) if level else fired
        return self.outputs(state)


class Loop(Wired):
    """RandWire's loop (Xie et al. 2019): a node at a time, its inputs added one by one."""

    def __init__(self, tables: ModuleType) -> None:
        super().__init__(tables)
        counts = self.first.diff().tolist()
        parts = zip(self.by.split(counts), self.order.split(counts), strict=True)
        self.inputs = [list(zip(b.tolist(), g.tolist(), strict=True)) for b, g in parts]
        self.sensor = {row: place for place, row in enumerate(self.sensory.tolist())}

    def forward(self, inputs: Tensor) -> Tensor:
        """Motor outputs."""
        rows, gains, biases = self.rows(inputs), self.gain.unbind(), self.bias.unbind()
        matrices = self.weight.mT.unbind() if self.wide else ()
        fired: list[Tensor] = []
        for row, sources in enumerate(self.inputs):
            total = rows.new_zeros(rows.shape[1])
            if row in self.sensor:
                total = rows[self.sensor[row]]
            for source, gain in sources:
                total = total + gains[gain] * fired[source]
            if self.wide:
                total = total.view(-1, self.features)
                total = torch.addmm(biases[row], total, matrices[row]).flatten()
            else:
                total = total + biases[row]
            fired.append(torch.tanh(total))
        return self.outputs(torch.stack(fired))


class Chain(nn.Module):
    """A plain MLP of as many levels and multiply-adds; a function of its own."""

    def __init__(self, tables: ModuleType) -> None:
        super().__init__()
        features, depth = getattr(tables, "FEATURES", 1), len(tables.LEVELS)
        products = len(tables.SYNAPSES) * features
        if tables.OPTIONS.get("unit") == "linear":
            products += len(tables.LIVE) * features**2
        self.width = max(1, round(math.sqrt(products / depth)))
        size = (depth, self.width, self.width)
        self.weight = nn.Parameter(torch.randn(size) / math.sqrt(self.width))
        self.bias = nn.Parameter(torch.zeros(depth, self.width))

    def forward(self, inputs: Tensor) -> Tensor:
        """The states of the last level, (batch, width)."""
        state = inputs.flatten(1)[:, : self.width]
        state = nn.functional.pad(state, (0, self.width - state.shape[1]))
        for weight, bias in zip(self.weight.unbind(), self.bias.unbind(), strict=True):
            state = torch.tanh(torch.addmm(bias, state, weight))
        return state


def page(tables: ModuleType) -> nn.Module:
    """The generated class, as this elegansc writes it."""
    return tables.Worm()  # type: ignore[no-any-return]


def landed(tables: ModuleType) -> nn.Module:
    """The generated class as of 48c9d90, over these tables; a model of then is kept."""
    path = TESTS / "older" / f"{tables.OPTIONS.get('unit', 'scalar')}.py"
    text = path.read_text()
    module = load(
        {path.name: path.read_bytes()}
    )  # what stands above its tables, and its class
    vars(module).update({name: getattr(tables, name, 1) for name in TABLES})
    exec(compile(text[text.index("\nLIVE = ") :], str(path), "exec"), vars(module))
    return page(module)


def native(tables: ModuleType) -> nn.Module:
    """The generated class, swept by C."""
    return elegansc.native(page(tables))


class Bare(nn.Module):
    """The C functions of elegansc.native alone, on buffers made beforehand."""

    def __init__(self, tables: ModuleType) -> None:
        super().__init__()
        swept: Any = native(tables)
        self.gain, self.bias = swept.gain, swept.bias
        self.weight = getattr(swept, "weight", None)
        self.sweeper = swept.sweeper
        if not self.sweeper.ready(torch.float32):
            raise Missing("there is no C sweep here")
        self.engine = self.sweeper.engines[torch.device("cpu"), torch.float32]
        self.known: dict[Any, Any] = {}

    def buffers(self, inputs: Tensor) -> Any:
        """What both functions write to, and their argument."""
        key = inputs.data_ptr(), inputs.shape, torch.get_num_threads()
        if key not in self.known:
            sweeper, count = self.sweeper, inputs.shape[0]
            outputs = inputs.new_empty((count, *sweeper.output_shapes[True]))
            kept = inputs.new_empty(sweeper.kept_size(count * sweeper.features))
            sums = inputs.new_empty(sweeper.parameters)
            given = inputs, None, self.gain, self.bias, self.weight
            argument = self.engine.argument(True, *given)
            self.known[key] = inputs, outputs, kept, sums, argument
        return self.known[key]

    def forward(self, inputs: Tensor) -> Tensor:
        """Motor outputs."""
        _, outputs, _, _, argument = self.buffers(inputs)
        library = self.engine.library
        library.forward(argument, None, outputs.data_ptr())
        return outputs  # type: ignore[no-any-return]

    def step(self, inputs: Tensor) -> Tensor:
        """Motor outputs, and the gradients of the parameters."""
        _, outputs, kept, sums, argument = self.buffers(inputs)
        library = self.engine.library
        grad = slope(outputs.shape).data_ptr()
        library.forward(argument, kept.data_ptr(), outputs.data_ptr())
        library.backward(argument, kept.data_ptr(), grad, None, None, sums.data_ptr())
        found = self.sweeper.split(sums)
        self.gain.grad, self.bias.grad = found[:2]
        if self.weight is not None:
            self.weight.grad = found[2]
        return outputs  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Kind:
    """How a form is made, and what can be asked of it."""

    make: Callable[[ModuleType], Any]
    compiles: bool = True  # by torch.compile
    trains: bool = True
    same: bool = True  # computes what the page does
    step: Callable[[Any, Tensor], Tensor] | None = None  # else by backward()


FORMS = {
    "landed": Kind(landed),
    "page": Kind(page),
    "native": Kind(native),
    "bare": Kind(Bare, compiles=False, step=Bare.step),
    "gather": Kind(Gather),
    "loop": Kind(Loop, compiles=False),
    "chain": Kind(Chain, same=False),
}


@functools.cache
def slope(shape: torch.Size) -> Tensor:
    """Gradients of the outputs in a step, no two alike."""
    return torch.linspace(-1, 1, shape.numel()).view(shape)
