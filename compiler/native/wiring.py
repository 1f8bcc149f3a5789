"""The wiring of a generated module as the arrays that the C sweep reads."""

from __future__ import annotations

from dataclasses import dataclass, fields
from types import ModuleType
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Arrays:
    """Rows are places in LIVE; -1: a neuron on no path.

    Attributes:
        first, source, order: by row the places of its synapses, their inputs, and which of
            the gains each has.
        late_first, late_source, late_order: the same of what is read of the step before.
        sensor, motor, all: the row of each of SENSORY, MOTOR and NEURONS.
        width: how many neurons the state of the step before has; 0: there is none.
    """

    first: Tensor
    source: Tensor
    order: Tensor
    late_first: Tensor
    late_source: Tensor
    late_order: Tensor
    sensor: Tensor
    motor: Tensor
    all: Tensor
    width: int


def packed(arrays: Arrays) -> list[Tensor]:
    """The arrays as an operator takes them."""
    return [getattr(arrays, field.name) for field in fields(Arrays)[:-1]]


def unpacked(found: list[Tensor], width: int) -> Arrays:
    """The arrays that an operator was given."""
    return Arrays(*found, width)


def arrays_of(tables: ModuleType) -> Arrays:
    """The arrays of a module's tables, by name."""
    names: Any = vars(tables)
    row = {neuron: place for place, neuron in enumerate(names["LIVE"])}
    late = names.get("DELAYED")
    now = names["SYNAPSES"] if late is None else names["NOW"]
    reads = [
        (row[neuron], row[source], gain) for gain, (neuron, source, _) in enumerate(now)
    ]
    before = [(row[to], row[by], gain) for to, by, gain in late or ()]

    def rows(neurons: list[str]) -> Tensor:
        found = [row.get(neuron, -1) for neuron in neurons]
        return torch.tensor(found, dtype=torch.int32)

    return Arrays(
        *compressed(reads, len(row)),
        *compressed(before, len(row)),
        rows(names["SENSORY"]),
        rows(names["MOTOR"]),
        rows(names["NEURONS"]),
        0 if late is None else len(names["NEURONS"]),
    )


def compressed(
    reads: list[tuple[int, int, int]], rows: int
) -> tuple[Tensor, Tensor, Tensor]:
    """(row, input, gain) in the order of rows: where each row begins, inputs, gains."""
    reads = sorted(reads)
    table = torch.tensor(reads, dtype=torch.long).reshape(-1, 3)
    count = torch.bincount(table[:, 0], minlength=rows)
    first = torch.cat([count.new_zeros(1), count.cumsum(0)])
    return first, table[:, 1].to(torch.int32), table[:, 2].contiguous()
