"""The wiring of a generated module as the arrays that the C sweep reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from ..ir.invariants import check


@dataclass(frozen=True, slots=True, eq=False)
class Wiring:
    """Who reads whom. A row is a place in LIVE; behind them stand the states of the step
    before, in the order of NEURONS.

    Attributes:
        rows, gains, before: numbers of neurons that fire, of gains, and of states of the step
            before: 0 where there is none.
        first, source, order: by row the place of its first read, (rows + 1,); by read the
            row that is read and the gain that it has.
        sensory, motor, neurons: the row of each of SENSORY, MOTOR and NEURONS; -1 of a neuron
            on no path.
    """

    rows: int
    gains: int
    before: int
    first: Tensor
    source: Tensor
    order: Tensor
    sensory: Tensor
    motor: Tensor
    neurons: Tensor

    def __post_init__(self) -> None:
        behind = self.rows + self.before
        fan_in = self.first.diff()
        reader = torch.repeat_interleave(torch.arange(self.rows), fan_in)
        now = self.source < self.rows
        check(bool((self.first[0] == 0) & (fan_in >= 0).all()), "reads out of order")
        check(len(self.source) == len(self.order) == int(self.first[-1]), "reads")
        check(bool((~now | (self.source < reader)).all()), "a read of a later row")
        check(within(self.source, 0, behind), "a source outside the rows")
        check(within(self.order, 0, self.gains), "a gain outside the gains")
        for rows in (self.sensory, self.motor, self.neurons):
            check(within(rows, -1, self.rows), "a row outside the rows")


def within(indices: Tensor, least: int, end: int) -> bool:
    """Whether all indices are in [least, end)."""
    return not len(indices) or bool(
        (indices.min() >= least) & (indices.max() < end)  # no table of booleans
    )


def wiring_of(tables: ModuleType) -> Wiring:
    """The wiring of a generated Python module, by the names of its tables.

    Raises:
        VerifyError: a synapse reads a later neuron: the tables are none of ours.
    """
    names: Any = vars(tables)
    live, neurons, synapses = names["LIVE"], names["NEURONS"], names["SYNAPSES"]
    row = {neuron: place for place, neuron in enumerate(live)}
    late = {neuron: len(live) + place for place, neuron in enumerate(neurons)}
    delayed = names.get("DELAYED")
    now = synapses if delayed is None else names["NOW"]
    reads = [(row[to], row[by], gain) for gain, (to, by, _) in enumerate(now)]
    reads += [(row[to], late[by], gain) for to, by, gain in delayed or ()]
    table = torch.tensor(sorted(reads), dtype=torch.int32).reshape(-1, 3)
    count = torch.bincount(table[:, 0], minlength=len(live))
    return Wiring(
        len(live),
        len(synapses),
        0 if delayed is None else len(neurons),
        torch.cat([count.new_zeros(1), count.cumsum(0)]),
        table[:, 1].contiguous(),
        table[:, 2].contiguous(),
        rows_of(names["SENSORY"], row),
        rows_of(names["MOTOR"], row),
        rows_of(neurons, row),
    )


def rows_of(neurons: Iterable[str], row: dict[str, int]) -> Tensor:
    """The row of each neuron, or -1."""
    return torch.tensor([row.get(n, -1) for n in neurons], dtype=torch.int32)
