"""Restore the stages of the compiler: a plan from tables, circuit and dag from a plan."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from ..arrays import Int32
from ..ir.optimality import Optimality
from ..ir.stages import (
    INTER,
    MOTOR,
    NEURON,
    SENSORY,
    Cells,
    Circuit,
    Dag,
    Junctions,
    Plan,
    Source,
    Synapses,
)
from ..semantics.wiring import Nested
from .tables import Tables


def plan_of(tables: Tables, source: Source) -> Plan:
    """The plan that tables were made of. They must have passed `check_names`."""
    live = [name for level in tables.levels for name in level]
    name = tuple(live + tables.unused)
    row = {neuron: index for index, neuron in enumerate(name)}
    cells = cells_of(name, tables)
    start = np.cumsum([0, *map(len, tables.levels)], dtype=np.int32)
    rows = np.arange(len(name), dtype=np.int32)
    bound = tables.cycles.get("bound")
    known = float(bound) if isinstance(bound, int | float) else None
    optimality = Optimality(str(tables.cycles.get("method", "given")), known)
    return Plan(
        source,
        cells,
        synapses(tables.chemical, tables.sign, row),
        synapses(tables.feedback, tables.sign, row),
        junctions(tables.electrical, row).renumbered(rows),
        optimality,
        start,
        lateral=junctions(tables.lateral, row).rising(rows),
    )


def circuit_of(tables: Tables, source: Source) -> Circuit:
    """The circuit that tables hold; its cells are all that any of them names."""
    named = {*tables.neurons, *tables.unused, *tables.sensory, *tables.motor}
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


def cells_of(name: tuple[str, ...], tables: Tables) -> Cells:
    """Cells of these names, with role and transmitter as the tables say."""
    sensory, motor = set(tables.sensory), set(tables.motor)
    word = {cell: word for word, found in tables.transmitter.items() for cell in found}
    kind = {cell: word for word, found in tables.types.items() for cell in found}
    role = [(SENSORY * (n in sensory) | MOTOR * (n in motor)) or INTER for n in name]
    return Cells(
        name,
        np.array(role, np.uint8),
        tuple(word.get(neuron, "") for neuron in name),
        np.full(len(name), NEURON, np.uint8),
        tuple(kind.get(neuron, "") for neuron in name) if kind else (),
    )


def synapses(
    table: Nested, sign: dict[str, dict[str, int]], row: dict[str, int]
) -> Synapses:
    """A nested table as synapses, sorted by (post, pre)."""
    pre, post, weight = columns(table, row)
    known = [sign.get(v, {}).get(u, 0) for v, inputs in table.items() for u in inputs]
    edges = Synapses(
        pre, post, weight, np.array(known, np.int8), np.zeros(len(pre), np.int32)
    )
    return edges.renumbered(np.arange(len(row), dtype=np.int32))


def junctions(table: Nested, row: dict[str, int]) -> Junctions:
    """A nested table as junctions."""
    left, right, weight = columns(table, row)
    size = len(left)
    line, forced = np.zeros(size, np.int32), np.zeros(size, np.int8)
    return Junctions(left, right, weight, line, forced)


def columns(table: Nested, row: dict[str, int]) -> tuple[Any, Any, Any]:
    """(pre, post, weight) of a nested table."""
    flat = [
        (row[u], row[v], w) for v, inputs in table.items() for u, w in inputs.items()
    ]
    pre, post, weight = zip(*flat, strict=True) if flat else ((), (), ())
    return (
        np.array(pre, np.int32),
        np.array(post, np.int32),
        np.array(weight, np.float64),
    )


def unplanned(plan: Plan) -> tuple[Circuit, Dag]:
    """The circuit and the broken cycles that a plan was made of, cells sorted by name."""
    order = np.argsort(np.array(plan.cells.name, object), kind="stable")
    row = np.empty(len(order), np.int32)
    row[order] = np.arange(len(order), dtype=np.int32)
    cells = plan.cells.take(order)

    def sorted_again(edges: Synapses) -> Synapses:
        moved = replace(edges, pre=row[edges.pre], post=row[edges.post])
        return moved.take(np.lexsort((moved.post, moved.pre)))

    both = {
        name: np.concatenate(
            [getattr(plan.forward, name), getattr(plan.feedback, name)]
        )
        for name in ("pre", "post", "weight", "sign", "line")
    }
    up = row[plan.junctions.left] < row[plan.junctions.right]
    way = np.where(up, 1, -1).astype(np.int8)
    rising = by_name(replace(plan.junctions, forced=way), row)
    lateral = by_name(plan.lateral, row)
    every = by_name(together(rising, lateral), np.arange(len(row), dtype=np.int32))
    circuit = Circuit(plan.source, cells, sorted_again(Synapses(**both)), every)
    ahead, behind = sorted_again(plan.forward), sorted_again(plan.feedback)
    dag = Dag(
        plan.source, cells, ahead, behind, rising, plan.optimality, lateral=lateral
    )
    return circuit, dag


def by_name(junctions: Junctions, row: Int32) -> Junctions:
    """Between neurons with new rows, as a circuit has them: sorted by (left, right)."""
    ends = junctions.rising(row)
    return ends.take(np.lexsort((ends.right, ends.left)))


def together(one: Junctions, other: Junctions) -> Junctions:
    """The rows of both tables of junctions."""
    names = [column.name for column in fields(Junctions)]
    pairs = {name: [getattr(one, name), getattr(other, name)] for name in names}
    return Junctions(**{name: np.concatenate(pair) for name, pair in pairs.items()})
