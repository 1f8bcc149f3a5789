"""The roles that options name: a table of cells, bundled or a file, and patterns of names."""

from __future__ import annotations

from dataclasses import replace

from .. import catalog
from ..errors import InputError, Mistake
from ..files import read_bytes
from ..ir.stages import (
    MUSCLE,
    NEURON,
    OTHER,
    CellFact,
    CellTable,
)
from ..names import plain, plural
from ..options import Options, base
from .book import shown
from .cell_rows import OPTION, CellRows, columns_of_roles, table_of_cells, wishes
from .cleaning import clean
from .roles import ROLES, role_of

KINDS = {"neuron": NEURON, "muscle": MUSCLE, "other": OTHER}


def cell_table(options: Options) -> CellTable | None:
    """The table of cells that the options ask for; None: roles by structure."""
    if options.cells:
        hint = "give a row for each cell: name,role"
        data = read_bytes(options.cells, empty=hint)
        return read_cells(data, options.cells, options.cells_columns)
    if options.roles_table == "structure":
        return None
    several = options.roles_table == "several"
    facts = {}
    for cell in catalog.cells().values():
        role = sum(ROLES[word] for word in (cell.roles if several else cell.role))
        facts[cell.name] = CellFact(role, cell.transmitter, KINDS[cell.kind])
    return CellTable(facts, options.roles_table, muscle=catalog.is_muscle)


def expand(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns with each `@file` replaced by the lines of that file."""
    found: list[str] = []
    for pattern in patterns:
        if pattern.startswith("@"):
            data = read_bytes(pattern[1:], empty="give a name or a pattern a line")
            text = data.decode("utf-8-sig", "replace")
            found += [line.strip() for line in text.splitlines() if line.strip()]
        else:
            found.append(pattern)
    return tuple(found)


def read_cells(data: bytes, label: str, columns: str = "") -> CellTable:
    """Read the table; with columns of names and roles, of any container.

    Args:
        columns: which they are, as --cells-columns says it; found by their titles if "".

    Raises:
        InputError: no such columns, an unknown role, a name twice.
        UsageError: `columns` is not written as it should be.
    """
    table = table_of_cells(data, label, wishes(columns))
    facts: dict[str, CellFact] = {}
    mistakes: list[Mistake] = []
    for at, row in table.rows:
        if not any(cell.strip() for cell in row):
            continue
        cell, found = fact_in(row, table)
        if isinstance(found, tuple):
            mistakes.append(Mistake(at, *found))
        elif cell in facts:
            seen = f"{plain(cell)} stands there twice"
            hint = f"keep one row a cell, or name another column: {OPTION} name=COLUMN"
            mistakes.append(Mistake(at, seen, hint))
        else:
            facts[cell] = found
    if mistakes:
        if others := other_roles(table):
            hint = f"{mistakes[0].hint}\n  other columns of roles: {others}"
            mistakes[0] = replace(mistakes[0], hint=hint)
        raise InputError.of(mistakes)
    if not facts:
        raise InputError(label, "no cell in it", "one row a cell: name,role")
    return CellTable(facts, base(label), given=True, columns=table.named)


def fact_in(row: list[str], table: CellRows) -> tuple[str, CellFact | tuple[str, str]]:
    """The name of a row's cell, and what the row says of it, or (what is wrong, hint)."""
    places = table.places
    if len(row) <= max(places["name"], places.get("role", 0)):
        seen = f"{plural(len(row), 'cell')}, the header has {len(table.titles)}"
        return "", (seen, "give every cell a name and a role")
    cell, role, kind, transmitter = (
        held(row, places.get(key, -1))
        for key in ("name", "role", "kind", "transmitter")
    )
    bits, sort = role_of(role), KINDS.get(kind.lower() or "neuron")
    if bits is None or sort is None:
        hint = "use sensory, inter, motor, joined by +; kinds neuron, muscle, other"
        if bits is None:
            hint += f"; or name another column: {OPTION} role=COLUMN"
        word = role if bits is None else kind
        return "", (f"unknown role or kind {plain(word)}", hint)
    if not cell:
        return "", ("no name", "give every cell a name")
    return clean(cell), CellFact(bits, transmitter, sort)


def other_roles(table: CellRows) -> str:
    """The other columns whose cells are all words for roles; "" for none."""
    if "role" not in table.places or not table.titles:
        return ""
    others = columns_of_roles(table.titles, [row for _, row in table.rows])
    taken = table.titles[table.places["role"]]
    return shown([title for title in others if title != taken])


def held(row: list[str], column: int) -> str:
    """A cell of a row, stripped; "" where there is none."""
    return row[column].strip() if 0 <= column < len(row) else ""
