"""Tables: a plan as Python literals, and literals as a plan again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from ..arrays import Int32
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
    Proof,
    Source,
    Synapses,
)
from ..names import literal, number
from ..options import Options, Value

Nested = dict[str, dict[str, float]]  # neuron -> input -> weight


@dataclass(frozen=True, slots=True)
class Table:
    """One literal of a generated module, a line a row."""

    name: str
    type: str
    note: str
    ends: str  # "{}" or "[]"
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """What a generated module holds, as Python values."""

    options: dict[str, Value]
    cycles: dict[str, float | str]
    levels: list[list[str]]
    unused: list[str]
    sensory: list[str]
    motor: list[str]
    chemical: Nested
    electrical: Nested
    feedback: Nested
    sign: dict[str, dict[str, int]]
    transmitter: dict[str, list[str]]
    lateral: Nested = field(default_factory=dict)


def tables_of(plan: Plan, options: Options) -> Tables:
    """A plan by name: every neuron, synapse and junction of the graph is in it."""
    name = plan.cells.name
    start = plan.level_start.tolist()
    cycles: dict[str, float | str] = {"method": plan.proof.method}
    if plan.proof.bound is not None:
        cycles["bound"] = plan.proof.bound
    transmitter: dict[str, list[str]] = {}
    for cell, word in sorted(zip(name, plan.cells.transmitter, strict=True)):
        if word:
            transmitter.setdefault(word, []).append(cell)
    junctions, within = plan.junctions, plan.lateral
    return Tables(
        options.changed(),
        cycles,
        [list(name[first:last]) for first, last in zip(start, start[1:], strict=False)],
        list(name[start[-1] :]),
        with_role(plan.cells, SENSORY),
        with_role(plan.cells, MOTOR),
        nest(name, plan.forward.pre, plan.forward.post, plan.forward.weight),
        nest(name, junctions.left, junctions.right, junctions.weight),
        nest(name, plan.feedback.pre, plan.feedback.post, plan.feedback.weight),
        signs(plan),
        dict(sorted(transmitter.items())),
        nest(name, within.left, within.right, within.weight),
    )


def with_role(cells: Cells, bit: int) -> list[str]:
    """Names of the cells of a role, sorted."""
    return sorted(
        n for n, role in zip(cells.name, cells.role.tolist(), strict=True) if role & bit
    )


def nest(
    name: tuple[str, ...], pre: Any, post: Any, value: Any
) -> dict[str, dict[str, Any]]:
    """neuron -> input -> value, both sorted by name."""
    columns = (post.tolist(), pre.tolist(), value.tolist())
    rows = sorted((name[b], name[a], v) for b, a, v in zip(*columns, strict=True))
    table: dict[str, dict[str, Any]] = {}
    for neuron, source, held in rows:
        table.setdefault(neuron, {})[source] = held
    return table


def signs(plan: Plan) -> dict[str, dict[str, int]]:
    """The signs that are known, of forward and feedback synapses."""
    found: dict[str, dict[str, int]] = {}
    for edges in (plan.forward, plan.feedback):
        known = edges.take(edges.sign != 0)
        for neuron, row in nest(
            plan.cells.name, known.pre, known.post, known.sign
        ).items():
            found.setdefault(neuron, {}).update(row)
    return {neuron: dict(sorted(row.items())) for neuron, row in sorted(found.items())}


def literals(tables: Tables, unit: str) -> Iterator[Table]:
    """The tables in the order of the module."""
    delayed = tables.options.get("feedback") == "delay"
    late = "read of the step before" if delayed else "not computed"
    way = (
        "read now from the earlier level, a step late from the later"
        if delayed
        else "each used in one direction"
    )
    weighed = (tables.chemical, tables.electrical, tables.feedback, tables.lateral)
    kind = kind_of(*weighed)
    edges = f"dict[str, dict[str, {kind}]]"
    yield Table(
        "OPTIONS",
        "dict[str, int | float | str | list[str]]",
        "What was asked of elegansc beside its defaults.",
        "{}",
        tuple(f"{literal(k)}: {value(v)}" for k, v in tables.options.items()),
    )
    yield Table(
        "CYCLES",
        "dict[str, float | str]",
        "How the order was found that decides what runs backward.",
        "{}",
        tuple(f"{literal(k)}: {value(v)}" for k, v in tables.cycles.items()),
    )
    yield Table(
        "LEVELS",
        "list[list[str]]",
        "One level a line: a neuron takes inputs only from the lines above its own.",
        "[]",
        tuple(value(level) for level in tables.levels),
    )
    yield named(
        "UNUSED",
        "Neurons on no path from a sensor to a motor: state 0, synapses without gains.",
        tables.unused,
    )
    yield named(
        "SENSORY", "The neurons that take the input, in its order.", tables.sensory
    )
    yield named(
        "MOTOR", "The neurons that give the output, in its order.", tables.motor
    )
    if tables.transmitter:
        yield Table(
            "TRANSMITTER",
            "dict[str, list[str]]",
            "What neurons release, where known.",
            "{}",
            tuple(f"{literal(k)}: {value(v)}" for k, v in tables.transmitter.items()),
        )
    yield nested(
        "CHEMICAL",
        edges,
        f"Chemical synapses, neuron: {{input: {unit}}}.",
        tables.chemical,
    )
    yield nested(
        "ELECTRICAL",
        edges,
        f"Gap junctions, {way}, neuron: {{input: {unit}}}.",
        tables.electrical,
    )
    yield nested(
        "FEEDBACK",
        edges,
        f"Chemical synapses that run backward, {late}, neuron: {{input: {unit}}}.",
        tables.feedback,
    )
    if tables.lateral:
        both = f"{late} both ways" if delayed else late
        yield nested(
            "LATERAL",
            edges,
            f"Gap junctions within a level, {both}, neuron: {{input: {unit}}}.",
            tables.lateral,
        )
    if tables.sign or tables.options.get("init") == "counts":
        yield nested(
            "SIGN",
            "dict[str, dict[str, int]]",
            "Signs of chemical synapses, where known.",
            tables.sign,
        )


def named(name: str, note: str, rows: list[str]) -> Table:
    """A table of names, one a line."""
    return Table(name, "list[str]", note, "[]", tuple(map(literal, rows)))


def nested(
    name: str, kind: str, note: str, table: Mapping[str, Mapping[str, float]]
) -> Table:
    """A table of synapses, a neuron a line."""
    rows = [
        f"{literal(neuron)}: {{{', '.join(f'{literal(k)}: {number(v)}' for k, v in row.items())}}}"
        for neuron, row in table.items()
    ]
    return Table(name, kind, note, "{}", tuple(rows))


def kind_of(*nests: Nested) -> str:
    """`int` if every weight is whole."""
    weights = (
        weight for nest in nests for row in nest.values() for weight in row.values()
    )
    return "int" if all(weight == int(weight) for weight in weights) else "float"


def value(held: Value | list[str]) -> str:
    """A Python literal of an option's value or a list of names."""
    if isinstance(held, str):
        return literal(held)
    if isinstance(held, list):
        return f"[{', '.join(map(literal, held))}]"
    return repr(held) if isinstance(held, bool) else number(held)


def plan_of(tables: Tables, source: Source) -> Plan:
    """The plan that tables were made of. They must have passed `readers.model.check`."""
    live = [name for level in tables.levels for name in level]
    name = tuple(live + tables.unused)
    row = {neuron: index for index, neuron in enumerate(name)}
    cells = cells_of(name, tables)
    start = np.cumsum([0, *map(len, tables.levels)], dtype=np.int32)
    rows = np.arange(len(name), dtype=np.int32)
    bound = tables.cycles.get("bound")
    known = float(bound) if isinstance(bound, int | float) else None
    proof = Proof(str(tables.cycles.get("method", "given")), known)
    return Plan(
        source,
        cells,
        synapses(tables.chemical, tables.sign, row),
        synapses(tables.feedback, tables.sign, row),
        junctions(tables.electrical, row).renumbered(rows),
        proof,
        start,
        lateral=junctions(tables.lateral, row).rising(rows),
    )


def cells_of(name: tuple[str, ...], tables: Tables) -> Cells:
    """Cells of these names, with role and transmitter as the tables say."""
    sensory, motor = set(tables.sensory), set(tables.motor)
    word = {cell: word for word, found in tables.transmitter.items() for cell in found}
    role = [(SENSORY * (n in sensory) | MOTOR * (n in motor)) or INTER for n in name]
    return Cells(
        name,
        np.array(role, np.uint8),
        tuple(word.get(neuron, "") for neuron in name),
        np.full(len(name), NEURON, np.uint8),
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
    dag = Dag(plan.source, cells, ahead, behind, rising, plan.proof, lateral=lateral)
    return circuit, dag


def by_name(junctions: Junctions, row: Int32) -> Junctions:
    """Between neurons with new rows, as a circuit has them: sorted by (left, right)."""
    ends = junctions.rising(row)
    return ends.take(np.lexsort((ends.right, ends.left)))


def together(one: Junctions, other: Junctions) -> Junctions:
    """The rows of both."""
    names = [column.name for column in fields(Junctions)]
    pairs = {name: [getattr(one, name), getattr(other, name)] for name in names}
    return Junctions(**{name: np.concatenate(pair) for name, pair in pairs.items()})


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
