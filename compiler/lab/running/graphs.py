"""The graphs of a comparison as files: edge lists and models, the worm's and its twins'.

All are compiled by one way, from an edge list and one table of cells, under one name and
with the same options: two models differ in their wiring alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...files import replace as put
from ...ir.stages import Circuit
from ...ir.text import digest
from ...module.header import is_generated
from ...module.read import read_model
from ...nulls.files import CELLS, UNKNOWN_UNIT, cell_table, edge_list
from ...nulls.twins import null_of, twins
from ...options import Options
from ...pipeline import circuit_of, compile_source
from ...readers.parse import Layout
from ..protocol.protocol import WORM, Task

NAME = "Worm"  # of every class

# Options that say which graph is taken from the source: the edge list has it already.
TAKEN = (
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
class Graph:
    """A graph to compile.

    Attributes:
        name: `worm`, `er-1`.
        edges: its edge list; the table of cells lies beside it.
        model: where its module is written.
        digest: of the circuit.
        options: of the compile.
    """

    name: str
    edges: Path
    model: Path
    digest: str
    options: Options


def graphs(task: Task, folder: Path) -> dict[str, Graph]:
    """Write the edge lists of a task: the worm's, and its twins'.

    Raises:
        InputError: the source has a mistake, there is no such twin, or no room.
    """
    circuit = circuit_of(task.source, label="", options=task.options, layout=Layout())
    place = folder / task.name
    for name in ("graphs", "models"):
        try:
            (place / name).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(str(place), f"cannot be made: {error.strerror}") from None
    cells = place / "graphs" / CELLS
    put_once(cells, cell_table(circuit.cells))
    options = compiling(task.options, circuit, cells)
    found = {}
    for name, one in circuits(task, circuit):
        edges = place / "graphs" / f"{name}.csv"
        put_once(edges, edge_list(one))
        model = place / "models" / f"{name}.py"
        found[name] = Graph(name, edges, model, digest(one), options)
    return found


def circuits(task: Task, circuit: Circuit) -> Iterator[tuple[str, Circuit]]:
    """The worm, then the twins of every generator, by name."""
    yield WORM, circuit
    for arm in task.arms:
        if arm.random:
            made = twins(
                circuit, null_of(arm.name), seed=task.twin_seed, count=arm.graphs
            )
            for index, twin in enumerate(made, 1):
                yield graph_name(arm.name, index), twin.circuit


def graph_name(arm: str, graph: int) -> str:
    """`er-1`; controls stand on the worm."""
    return f"{arm}-{graph}" if graph else WORM


def compiling(options: Options, circuit: Circuit, cells: Path) -> Options:
    """The options that compile an edge list of the circuit."""
    default: dict[str, Any] = {
        f.name: f.default for f in fields(Options) if f.name in TAKEN
    }
    unit = "" if circuit.source.unit == UNKNOWN_UNIT else circuit.source.unit
    return replace(options, **default, cells=str(cells), weight_unit=unit)


def put_once(path: Path, data: bytes) -> None:
    """Write a file unless it holds just this."""
    if not path.is_file() or path.read_bytes() != data:
        put(path, data)


def compiled(graph: Graph) -> bool:
    """Whether a model of this graph and these options is there; it is proved when run."""
    try:
        data = graph.model.read_bytes()
        if not is_generated(data):
            return False
        model = read_model(data, str(graph.model))
    except (OSError, InputError):
        return False
    same = model.options.changed() == graph.options.changed()
    return same and model.header.source == graph.digest and model.name == NAME


def compile_graph(graph: Graph) -> str:
    """Compile one graph to its model; its name."""
    artifact = compile_source(
        str(graph.edges), name=NAME, label=graph.name, options=graph.options
    )
    put(graph.model, next(iter(artifact.files.values())))
    return graph.name


def sources(found: Mapping[str, Graph]) -> dict[str, bytes]:
    """The bytes of every model."""
    return {name: graph.model.read_bytes() for name, graph in found.items()}
