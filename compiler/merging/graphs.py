"""The three-way merge of graphs by name: neurons, synapses, junctions, signs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ..ir.stages import MOTOR, SENSORY
from ..names import amount, plain
from .graph import Cell, Graph
from .three_way import Both, three_way

Three = tuple[Graph, Graph, Graph]  # base, ours, theirs
ROLES = {0: "inter", SENSORY: "sensory", MOTOR: "motor", SENSORY | MOTOR: "both"}
SIGNS = {1: "", 0: ", of no one sign", -1: ", negative"}


def merge_graphs(three: Three, given: int) -> tuple[Graph, Graph, list[str]]:
    """(the merge with our values, with theirs, a line for each conflict).

    Args:
        three: base, ours, theirs.
        given: bits of the roles that options name: they do not follow from the structure.
    """
    base, ours, theirs = three
    chemical = three_way(base.chemical, ours.chemical, theirs.chemical)
    junctions = three_way(base.junctions, ours.junctions, theirs.junctions)
    cells = three_way(base.cells, ours.cells, theirs.cells)
    signed = ours.signed if base.signed == theirs.signed else theirs.signed
    first, second = (
        Graph(
            present(cell, three, {*edges, *ends}),
            edges,
            ends,
            signed or any(sign != 1 for _, sign in edges.values()),
        )
        for cell, edges, ends in (
            (cells.ours, chemical.ours, junctions.ours),
            (cells.theirs, chemical.theirs, junctions.theirs),
        )
    )
    lines = [
        *told(chemical, " -> ", synapse),
        *told(junctions, " - ", amount),
        *told(cells, "", cell),
    ]
    second, more = doubtful(three, first, second, given)
    return first, second, [*lines, *more]


def present(
    cells: Mapping[str, Cell], three: Three, pairs: Iterable[tuple[str, str]]
) -> dict[str, Cell]:
    """The cells, and those that one side removed while the other has a synapse of them."""
    found = dict(cells)
    for name in sorted({name for pair in pairs for name in pair} - set(cells)):
        found[name] = next(
            side.cells[name] for side in three[::-1] if name in side.cells
        )
    return found


def doubtful(
    three: Three, first: Graph, second: Graph, given: int
) -> tuple[Graph, list[str]]:
    """What the tables do not tell, as their variant has it, and a line for each.

    A neuron without any synapse left may stand in the source all the same; a role that all
    three graphs have by their structure may follow from it, or stand in a table of cells.
    """
    cells, lines = dict(second.cells), []
    joined = [side.joined for side in three]
    for name in sorted({*first.cells} & {*cells} - first.joined - second.joined):
        had = [
            name in of
            for of, side in zip(joined, three, strict=True)
            if name in side.cells
        ]
        if all(had):
            del cells[name]
            lines.append(
                f"{plain(name)}: no synapse is left; the source tells if it stays"
            )
    for bit in (SENSORY, MOTOR):
        if bit & given or any(
            side.by_structure(bit) != side.having(bit) for side in three
        ):
            continue
        for name in sorted(first.by_structure(bit) ^ first.having(bit)):
            if name in cells and cells[name] == first.cells[name]:
                bits, transmitter = cells[name]
                cells[name] = (bits ^ bit, transmitter)
                now = f"{ROLES[bits]} or, by its synapses, {ROLES[bits ^ bit]}"
                lines.append(f"{plain(name)}: {now}; the source tells which")
    return Graph(cells, second.chemical, second.junctions, second.signed), lines


def told(
    both: Both[Any, Any], between: str, shown: Callable[[Any], str]
) -> Iterator[str]:
    """A line for each conflict: `AVAL -> AVAR: 3 here, 5 there, 2 before`."""
    for key, values in both.conflicts.items():
        name = between.join(map(plain, key)) if isinstance(key, tuple) else plain(key)
        was, one, other = ("gone" if v is None else shown(v) for v in values)
        before = "new" if values[0] is None else f"{was} before"
        yield f"{name}: {one} here, {other} there, {before}"


def synapse(value: tuple[float, int]) -> str:
    """A weight and its sign."""
    return f"{amount(value[0])}{SIGNS[value[1]]}"


def cell(value: Cell) -> str:
    """A role and a transmitter."""
    return " ".join(filter(None, (ROLES[value[0]], value[1] and plain(value[1]))))
