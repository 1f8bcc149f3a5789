"""The graphs of a comparison as files: edge lists and models of worm and twins.

All are compiled from an edge list and one table of cells, under one class name and with
the same options, so that two models differ in their wiring alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ...catalog import UNKNOWN_UNIT
from ...errors import InputError
from ...files import replace as put
from ...ir.stages import Circuit
from ...ir.text import digest
from ...module.emit import INLINE
from ...module.read import read_module
from ...nulls.files import CELLS, cell_table, edge_list
from ...nulls.pairs import DISTANCE
from ...nulls.twins import null_of, twins
from ...options import Options
from ...pipeline import circuit_of, compile_source
from ...readers.junction_file import recorded
from ...readers.reader import Layout
from ..protocol.protocol import WORM, Task

NAME = "Worm"  # of every class

# Options that select the graph within the source; an edge list needs none of them.
SELECTING = (
    "cells_columns",
    "electrical",
    "polyadic",
    "roles_table",
    "inputs",
    "outputs",
    "only",
    "without",
    "keep",
    "junctions",
    "min_weight",
    "undirected",
)


@dataclass(frozen=True, slots=True)
class GraphFiles:
    """The files of one graph.

    Attributes:
        name: `worm`, `er-1`.
        edges: path of its edge list, beside the table of cells.
        model: path of its module.
        digest: of the circuit.
        options: that compile it.
    """

    name: str
    edges: Path
    model: Path
    digest: str
    options: Options

    @property
    def key(self) -> str:
        """What decides the bytes of its module; tasks that differ in training share them."""
        return json.dumps([self.name, self.digest, self.options.changed()])


def graphs(task: Task, folder: Path) -> dict[str, GraphFiles]:
    """Write the edge lists of worm and twins of a task.

    Raises:
        InputError: the source has a mistake, a twin is impossible, or a file can not be
            written.
    """
    layout = recorded(task.options, Layout())
    circuit = circuit_of(task.source, label="", options=task.options, layout=layout)
    place = folder / task.name
    for name in ("graphs", "models"):
        try:
            (place / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(str(place), f"cannot be made: {error.strerror}") from None
    cells = place / "graphs" / CELLS
    put(cells, cell_table(circuit.cells))
    options = compiling(task.options, circuit, cells)
    found = {}
    for name, one in circuits(task, circuit):
        edges = place / "graphs" / f"{name}.csv"
        put(edges, edge_list(one))
        model = place / "models" / f"{name}.py"
        found[name] = GraphFiles(name, edges, model, digest(one), options)
    return found


def circuits(task: Task, circuit: Circuit) -> Iterator[tuple[str, Circuit]]:
    """(name, circuit) of the worm, then of the twins of every generator."""
    yield WORM, circuit
    for arm in task.arms:
        if arm.random:
            positions = task.positions if arm.name == DISTANCE else ""
            null = null_of(arm.name, positions=positions)
            made = twins(circuit, null, seed=task.twin_seed, count=arm.graphs)
            for index, twin in enumerate(made, 1):
                yield graph_name(arm.name, index), twin.circuit


def graph_name(arm: str, graph: int) -> str:
    """`er-1`; the worm's for controls, which use its model."""
    return f"{arm}-{graph}" if graph else WORM


def compiling(options: Options, circuit: Circuit, cells: Path) -> Options:
    """The options that compile an edge list of the circuit."""
    default: dict[str, Any] = {
        f.name: f.default for f in fields(Options) if f.name in SELECTING
    }
    unit = "" if circuit.source.unit == UNKNOWN_UNIT else circuit.source.unit
    large = len(circuit.chemical) + len(circuit.junctions) > INLINE
    tables = "inline" if large else options.tables  # a job carries one file
    found = replace(options, **default, cells=str(cells), weight_unit=unit)
    return replace(found, tables=tables)


def compiled(graph: GraphFiles) -> bool:
    """Whether the model file is of this graph and these options; the worker checks it."""
    try:
        data = graph.model.read_bytes()
        model = read_module(data, str(graph.model))
    except (OSError, InputError):
        return False
    same = model.options.changed() == graph.options.changed()
    return same and model.header.source == graph.digest and model.name == NAME


def compile_graph(graph: GraphFiles) -> str:
    """Compile one graph to its model file; returns its name."""
    artifact = compile_source(
        str(graph.edges), name=NAME, label=graph.name, options=graph.options
    )
    put(graph.model, artifact.page)
    return graph.name


def module_bytes(found: Mapping[str, GraphFiles]) -> dict[str, bytes]:
    """The bytes of every model, by name."""
    return {name: graph.model.read_bytes() for name, graph in found.items()}
