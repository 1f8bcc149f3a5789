"""The wiring of a generated module as the arrays that the C sweep reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from ..arrays import Int32, Int64
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
    first: Int64
    source: Int32
    order: Int32
    sensory: Int32
    motor: Int32
    neurons: Int32

    def __post_init__(self) -> None:
        reader = np.repeat(np.arange(self.rows), np.diff(self.first))
        now = self.source < self.rows
        check(len(self.source) == len(self.order) == len(reader), "one length")
        check(bool((self.source < reader)[now].all()), "no row reads a later one")
        check(within(self.source, 0, self.rows + self.before), "what is read is there")
        check(within(self.order, 0, self.gains), "each read has a gain")
        for rows in (self.sensory, self.motor, self.neurons):
            check(within(rows, -1, self.rows), "rows are of neurons that fire, or -1")


def within(indices: Int32, least: int, end: int) -> bool:
    """Whether all indices are in [least, end)."""
    return not len(indices) or bool(indices.min() >= least and indices.max() < end)


def wiring_of(tables: ModuleType) -> Wiring:
    """The wiring of a generated Python module, by the names of its tables.

    Raises:
        VerifyError: a neuron reads a later one: the tables are none of ours.
    """
    names: Any = vars(tables)
    live, neurons, synapses = names["LIVE"], names["NEURONS"], names["SYNAPSES"]
    row = {neuron: place for place, neuron in enumerate(live)}
    late = {neuron: len(live) + place for place, neuron in enumerate(neurons)}
    delayed = names.get("DELAYED")
    now = synapses if delayed is None else names["NOW"]
    reads = [(row[to], row[by], gain) for gain, (to, by, _) in enumerate(now)]
    reads += [(row[to], late[by], gain) for to, by, gain in delayed or ()]
    reader, source, order = np.array(reads, np.int32).reshape(-1, 3).T
    by_row = np.lexsort((order, source, reader))
    return Wiring(
        len(live),
        len(synapses),
        0 if delayed is None else len(neurons),
        np.searchsorted(reader[by_row], np.arange(len(live) + 1)).astype(np.int64),
        source[by_row],
        order[by_row],
        rows_of(names["SENSORY"], row),
        rows_of(names["MOTOR"], row),
        rows_of(neurons, row),
    )


def rows_of(neurons: Iterable[str], row: dict[str, int]) -> Int32:
    """The row of each neuron, or -1."""
    return np.array([row.get(neuron, -1) for neuron in neurons], np.int32)
