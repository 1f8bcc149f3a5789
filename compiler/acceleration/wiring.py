"""The wiring of a generated module as the arrays that a sweep reads."""

from __future__ import annotations

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
        fan_in = np.diff(self.first)
        check(len(fan_in) == self.rows and not self.first[0], "each row has a place")
        check(bool((fan_in >= 0).all()), "places of rows rise")
        reader = np.repeat(np.arange(self.rows), fan_in)
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
    delayed = names.get("DELAYED")
    now = reads_of(synapses if delayed is None else names["NOW"], neurons)
    now[:, 2] = np.arange(len(now))  # the gains of what is read late stand behind
    late = reads_of(() if delayed is None else delayed, neurons)
    late[:, 1] += len(live)
    reader, source, order = np.concatenate([now, late]).T
    by_row = np.lexsort((order, source, reader))
    sensory, motor = (rows_of(names, table) for table in ("SENSORY", "MOTOR"))
    rows = (sensory, motor, np.arange(len(neurons)))
    return Wiring(
        len(live),
        len(synapses),
        0 if delayed is None else len(neurons),
        np.searchsorted(reader[by_row], np.arange(len(live) + 1)).astype(np.int64),
        source[by_row].astype(np.int32),
        order[by_row].astype(np.int32),
        *(np.where(each < len(live), each, -1).astype(np.int32) for each in rows),
    )


def reads_of(table: Any, neurons: list[str]) -> Int64:
    """(reads, 3): the places in NEURONS of who reads and what is read, and the gain.

    Args:
        table: such rows as a tensor; or with names for places, and perhaps a kind as the
            third, for which 0 stands.
    """
    if not isinstance(table, list | tuple):
        found: Int64 = table.numpy().astype(np.int64)
        return found
    place = {neuron: k for k, neuron in enumerate(neurons)}
    rows = [
        (place[to], place[by], 0 if isinstance(third, str) else third)
        for to, by, third in table
    ]
    return np.array(rows, np.int64).reshape(-1, 3)


def rows_of(names: Any, table: str) -> Int64:
    """The place in NEURONS of each of SENSORY or MOTOR."""
    if "ARRAYS" in names:  # tables that lie beside the module
        found: Int64 = names["ARRAYS"][table.lower()].numpy().astype(np.int64)
        return found
    place = {neuron: k for k, neuron in enumerate(names["NEURONS"])}
    return np.array([place[neuron] for neuron in names[table]], np.int64)
