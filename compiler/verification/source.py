"""Hold a generated module against its source, edge by edge."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .. import names
from ..errors import InputError
from ..ir.stages import Circuit, Connectome, Junctions, Plan, Synapses
from ..ir.trace import Trace
from ..module.read import CircuitModel, Model
from ..options import names_file
from ..pipeline import to_circuit
from ..projects.places import found
from ..readers.junction_file import recorded
from ..readers.reader import Layout
from ..sources import UNLABELLED, open_source
from .check import Check


@dataclass(frozen=True, slots=True)
class Against:
    """A source to hold a module against, and how to read it."""

    path: str
    layout: Layout
    cells: str = ""  # path of the table of cells, if the module was made with one


def compare(model: Model | CircuitModel, against: Against) -> Check:
    """Parse the source again with the module's own options; compare edge multisets."""
    options = replace(model.options, cells=against.cells or model.options.cells)
    if names_file("signs", options.signs):  # by its label, beside the model or above
        options = replace(
            options, signs=found(options.signs, model.path) or options.signs
        )
    if options.types:
        options = replace(
            options, types=found(options.types, model.path) or options.types
        )
    layout = recorded(options, against.layout)
    source = open_source(against.path, layout, hint=UNLABELLED)
    if not isinstance(source, Connectome):
        raise InputError(against.path, "a generated module", "give its source")
    circuit, label = to_circuit(source, options, Trace()), source.source.label
    old = edges_of_circuit(circuit)
    if isinstance(model, Model):
        new = edges_of_plan(model.plan)
    else:
        new = edges_of_circuit(model.circuit)
    gone, added = sorted(old - new), sorted(new - old)
    if not gone and not added:
        return Check("against", True, f"{len(old):,} edges and roles as in {label}")
    first = (gone or added)[0]
    side = "the source only" if gone else "the module only"
    word = " ".join(names.plain(str(part)) for part in first)
    return Check(
        "against",
        False,
        f"{len(gone):,} only in {label}, {len(added):,} only in the module; in {side}: {word}",
    )


Edge = tuple[str, ...]


def edges_of_circuit(circuit: Circuit) -> set[Edge]:
    """Every chemical pair and junction by name and weight, and every role."""
    name = circuit.cells.name
    return {
        *chemical(name, circuit.chemical),
        *electrical(name, circuit.junctions),
        *roles(circuit),
    }


def edges_of_plan(plan: Plan) -> set[Edge]:
    """The same of a plan."""
    name = plan.cells.name
    return {
        *chemical(name, plan.forward),
        *chemical(name, plan.feedback),
        *electrical(name, plan.junctions),
        *electrical(name, plan.lateral),
        *roles(plan),
    }


def chemical(name: tuple[str, ...], edges: Synapses) -> Iterator[Edge]:
    """(chemical, pre, post, weight, sign) of each synapse."""
    columns = (edges.pre, edges.post, edges.weight, edges.sign)
    for pre, post, weight, sign in zip(*(c.tolist() for c in columns), strict=True):
        yield "chemical", name[pre], name[post], names.number(weight), str(sign)


def electrical(name: tuple[str, ...], edges: Junctions) -> Iterator[Edge]:
    """(electrical, one, other, weight) of each junction, the ends by name."""
    columns = (edges.left.tolist(), edges.right.tolist(), edges.weight.tolist())
    for left, right, weight in zip(*columns, strict=True):
        one, two = sorted((name[left], name[right]))
        yield "electrical", one, two, names.number(weight)


def roles(graph: Circuit | Plan) -> Iterator[Edge]:
    """(role, name, sensory, motor, transmitter, type) of each neuron."""
    cells = graph.cells
    types = cells.type or ("",) * len(cells)
    columns = (cells.name, cells.role.tolist(), cells.transmitter, types)
    for name, role, transmitter, word in zip(*columns, strict=True):
        yield "role", name, str(role & 1), str(role & 4), transmitter, word
