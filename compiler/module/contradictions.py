"""Contradictions between the tables of a generated module: table, line, neurons."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from ..errors import InputError, Location
from ..names import plain
from .literals import lines_of, literals, parsed
from .tables import Tables

Place = tuple[str, str, str]  # table, neuron, input; no input in LEVELS


def contradiction(data: bytes, label: str, tables: Tables) -> InputError | None:
    """The first contradiction between pairs of neurons as an error; None: there is none.

    Args:
        data: of the module; tables: as read from it.
    """
    for (table, neuron, source), seen in contradictions(tables):
        node = literals(parsed(data, label), label, {table})[table].node
        at = Location(label, line_of(node, neuron, source))
        return InputError(at, f"{table}: {seen}", "compile its source again")
    return None


def line_of(node: ast.expr, neuron: str, source: str) -> int:
    """The line of a neuron's input; of the neuron where `source` is empty."""
    if isinstance(node, ast.Dict):
        for key, inputs in zip(node.keys, node.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == neuron:
                return lines_of(source, inputs)[0]
    return lines_of(neuron, node)[0]


def contradictions(tables: Tables) -> Iterator[tuple[Place, str]]:
    """(place, message) of each contradiction, table by table."""
    yield from doubled(tables)
    level = {name: k for k, names in enumerate(tables.levels) for name in names}
    before: dict[str, set[int]] = {}
    for table, held in (
        ("CHEMICAL", tables.chemical),
        ("ELECTRICAL", tables.electrical),
    ):
        for neuron, inputs in held.items():
            for source in inputs:
                if neuron not in level or source not in level:
                    continue
                before.setdefault(neuron, set()).add(level[source])
                if level[source] >= level[neuron]:
                    seen = f"{plain(source)} is in no level before {plain(neuron)}"
                    yield (table, neuron, source), seen
    for neuron, inputs in tables.lateral.items():
        for source in inputs:
            if neuron in level and source in level and level[neuron] != level[source]:
                seen = f"{plain(source)} and {plain(neuron)} are in different levels"
                yield ("LATERAL", neuron, source), seen
    for neuron, k in level.items():
        if k > 0 and k - 1 not in before.get(neuron, set()):
            seen = f"{plain(neuron)} takes nothing from the level before its own"
            yield ("LEVELS", neuron, ""), seen


def doubled(tables: Tables) -> Iterator[tuple[Place, str]]:
    """Pairs in two tables, and signs of pairs that are no synapse."""
    yield from coupled_twice(tables)
    for neuron, inputs in tables.feedback.items():
        for source in inputs:
            if source in tables.chemical.get(neuron, {}):
                seen = f"{plain(source)} -> {plain(neuron)} stands in CHEMICAL too"
                yield ("FEEDBACK", neuron, source), seen
    typed: dict[str, str] = {}
    for word, neurons in tables.types.items():
        for neuron in neurons:
            if typed.setdefault(neuron, word) != word or neurons.count(neuron) > 1:
                yield ("TYPES", neuron, ""), f"{plain(neuron)} stands there twice"
    for neuron, signs in tables.sign.items():
        known = {**tables.chemical.get(neuron, {}), **tables.feedback.get(neuron, {})}
        for source in signs:
            if source not in known:
                seen = f"{plain(source)} -> {plain(neuron)} is no synapse"
                yield ("SIGN", neuron, source), seen


def coupled_twice(tables: Tables) -> Iterator[tuple[Place, str]]:
    """Junctions that stand twice, in one table or two, and those of a neuron with itself."""
    coupled = set()
    for table, held in (
        ("ELECTRICAL", tables.electrical),
        ("LATERAL", tables.lateral),
    ):
        for neuron, inputs in held.items():
            for source in inputs:
                pair = frozenset((neuron, source))
                if len(pair) == 1:
                    seen = f"{plain(neuron)} is coupled with itself"
                    yield (table, neuron, source), seen
                if pair in coupled:
                    seen = f"{plain(source)} and {plain(neuron)} are coupled twice"
                    yield (table, neuron, source), seen
                coupled.add(pair)
