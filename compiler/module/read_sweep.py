"""Read a module of `--lowering published`: its circuit, by `ast` alone.

The table SWEEP is not read: it follows from the circuit, and is made again from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..ir.stages import Circuit, Junctions, Source
from ..options import Options
from .header import Header, is_generated, read_header
from .literals import parsed
from .read import (
    PUBLISHED,
    check_types,
    classes_of,
    options_of,
    tables_in,
    unit_of,
)
from .restore import cells_of, columns, synapses
from .tables import Tables

NEEDED = ("OPTIONS", "UNUSED", "SENSORY", "MOTOR", "CHEMICAL", "ELECTRICAL")


@dataclass(frozen=True, slots=True)
class SweepModel:
    """A generated module of a sweep as data."""

    header: Header
    name: str  # of the class
    options: Options
    circuit: Circuit


def is_sweep(data: bytes) -> bool:
    """Whether these are the bytes of a module of `--lowering published`."""
    return is_generated(data) and PUBLISHED in data


def read_sweep(data: bytes, label: str) -> SweepModel:
    """Read a module's header, class name, options and circuit.

    Raises:
        InputError: not ours, or damaged; with the line and the table.
    """
    head = read_header(data, label)
    tree = parsed(data, label)
    found = tables_in(tree, label, NEEDED)
    tables = check_types(found, label)
    options = options_of(tables, found, label)
    if options.lowering != "published":
        raise InputError(label, "OPTIONS has no lowering published", "compile it again")
    name = classes_of(tree, label, options)
    unit = options.weight_unit or unit_of(head.label)
    circuit = circuit_of(tables, Source(head.label, unit))
    return SweepModel(head, name, options, circuit)


def circuit_of(tables: Tables, source: Source) -> Circuit:
    """The circuit that tables hold; its cells are all that any of them names."""
    named = {*tables.unused, *tables.sensory, *tables.motor}
    for nest in (tables.chemical, tables.electrical):
        named |= {*nest, *(name for row in nest.values() for name in row)}
    name = tuple(sorted(named))
    row = {neuron: index for index, neuron in enumerate(name)}
    edges = synapses(tables.chemical, tables.sign, row)
    left, right, weight = columns(tables.electrical, row)
    size = len(left)
    ends = Junctions(
        np.minimum(left, right),
        np.maximum(left, right),
        weight,
        np.zeros(size, np.int32),
        np.zeros(size, np.int8),
    )
    return Circuit(
        source,
        cells_of(name, tables),
        edges.take(np.lexsort((edges.post, edges.pre))),
        ends.take(np.lexsort((ends.right, ends.left))),
    )
