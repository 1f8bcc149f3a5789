"""Tables as text: the Python literals of a generated module, a line a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..ir.stages import Plan
from ..names import literal, number
from ..options import Options, Value
from ..readers.asked import as_table
from ..semantics.semantics import Words
from ..semantics.wiring import Nested
from .signature import signature
from .tables import Tables, cycles_of


@dataclass(frozen=True, slots=True)
class Table:
    """One literal of a generated module, a line a row."""

    name: str
    type: str
    note: str
    ends: str  # "{}" or "[]"
    rows: tuple[str, ...]
    literal: str = ""  # the whole of it, where it has no rows


def table_texts(tables: Tables, unit: str, words: Words) -> Iterator[Table]:
    """The tables in the order of the module."""
    yield options_text(tables.options)
    yield from read_text(tables.read)
    yield cycles_text(tables.cycles)
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
    counted = tables.options.get("init") == "counts"
    yield from cell_texts(tables.sensory, tables.motor, tables.transmitter, counted)
    yield from type_text(tables.types)
    yield from synapse_texts(tables, unit, words)
    if tables.sign or counted:
        yield sign_text(tables.sign)


def array_texts(plan: Plan, options: Options, digest: str) -> Iterator[Table]:
    """The tables of a module whose graph stands in a file beside it, of a digest."""
    yield options_text(options.changed())
    yield from read_text(as_table(plan.source.read))
    yield cycles_text(cycles_of(plan))
    note = "SHA-256 of the file of this name in .safetensors: all other tables."
    yield Table("DIGEST", "str", note, "", (), literal(digest))
    note = "SHA-256 of options, neurons and synapses in use: it signs checkpoints."
    signed = literal(signature(plan, options))
    yield Table("SIGNATURE", "str", note, "", (), signed)


def cycles_text(cycles: Mapping[str, float | str]) -> Table:
    """The table of how the order was found."""
    note = "How the order was found that decides what runs backward."
    return mapping("CYCLES", "dict[str, float | str]", note, cycles)


def options_text(changed: Mapping[str, Value]) -> Table:
    """The table of the options that are not at their defaults."""
    return mapping(
        "OPTIONS",
        "dict[str, int | float | str | list[str]]",
        "What was asked of elegansc beside its defaults.",
        changed,
    )


def read_text(read: Mapping[str, bool | str | list[str]]) -> Iterator[Table]:
    """The table of how the source was read, where someone said it."""
    if read:
        yield mapping(
            "READ",
            "dict[str, bool | str | list[str]]",
            "How the source was to be read, beside what its content says.",
            read,
        )


def cell_texts(
    sensory: list[str],
    motor: list[str],
    transmitter: Mapping[str, list[str]],
    counted: bool = False,
) -> Iterator[Table]:
    """The tables of roles, and of transmitters where one is known.

    Args:
        counted: start gains are looked up in it, known or not.
    """
    yield named("SENSORY", "The neurons that take the input, in its order.", sensory)
    yield named("MOTOR", "The neurons that give the output, in its order.", motor)
    if transmitter or counted:
        yield mapping(
            "TRANSMITTER",
            "dict[str, list[str]]",
            "What neurons release, where known.",
            transmitter,
        )


def type_text(types: Mapping[str, list[str]]) -> Iterator[Table]:
    """The table of types, where neurons are told apart by them."""
    if types:
        note = "Types of neurons, where known; another is a type of its own."
        yield mapping("TYPES", "dict[str, list[str]]", note, types)


def synapse_texts(tables: Tables, unit: str, words: Words) -> Iterator[Table]:
    """The tables of synapses and junctions; LATERAL where levels are few."""
    kind = nested_type(
        tables.chemical, tables.electrical, tables.feedback, tables.lateral
    )
    yield chemical_text(kind, unit, tables.chemical)
    note = f"Gap junctions, {words.junction_note}, neuron: {{input: {unit}}}."
    yield nested("ELECTRICAL", kind, note, tables.electrical)
    note = f"Chemical synapses that run backward, {words.backward}, neuron: {{input: {unit}}}."
    yield nested("FEEDBACK", kind, note, tables.feedback)
    if tables.lateral:
        note = f"Gap junctions within a level, {words.within_note}, neuron: {{input: {unit}}}."
        yield nested("LATERAL", kind, note, tables.lateral)


def chemical_text(kind: str, unit: str, table: Nested) -> Table:
    """The table of the chemical synapses that are computed now."""
    note = f"Chemical synapses, neuron: {{input: {unit}}}."
    return nested("CHEMICAL", kind, note, table)


def sign_text(table: Mapping[str, Mapping[str, int]]) -> Table:
    """The table of known signs."""
    note = "Signs of chemical synapses, where known."
    return nested("SIGN", "dict[str, dict[str, int]]", note, table)


def mapping(
    name: str, kind: str, note: str, found: Mapping[str, Value | list[str]]
) -> Table:
    """A dict of plain values or lists of names, an entry a line."""
    rows = (f"{literal(key)}: {value(content)}" for key, content in found.items())
    return Table(name, kind, note, "{}", tuple(rows))


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


def nested_type(*nests: Nested) -> str:
    """The type of tables of synapses: of `int` if every weight is whole."""
    rows = (row for nest in nests for row in nest.values())
    whole = all(weight == int(weight) for row in rows for weight in row.values())
    return f"dict[str, dict[str, {'int' if whole else 'float'}]]"


def value(content: Value | list[str]) -> str:
    """A Python literal of an option's value or a list of names."""
    if isinstance(content, str):
        return literal(content)
    if isinstance(content, list):
        return f"[{', '.join(map(literal, content))}]"
    return repr(content) if isinstance(content, bool) else number(content)
