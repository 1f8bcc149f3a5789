"""Cells that are left out: who they are, and what to do to keep them."""

from __future__ import annotations

from collections.abc import Sequence

from ..arrays import Bool
from ..ir.role_words import REMEDY, table_of
from ..ir.stages import CellTable
from .known import is_muscle


def unlisted(table: CellTable, cells: Sequence[str], proper: Bool) -> tuple[str, ...]:
    """The cells left out since a table does not list them; muscles by name are known.

    Args:
        proper: (N,) those that are kept by their kind.
    """
    return tuple(
        name
        for name, stays in zip(cells, proper.tolist(), strict=True)
        if not (stays or name in table.facts or is_muscle(table, name))
    )


def remedies(
    roles: str,
    cells: Sequence[str],
    proper: Bool,
    kept: Bool,
    unknown: Sequence[str],
) -> dict[str, str]:
    """What to do about each cell that is not kept, by its name.

    Args:
        roles, unknown: see `Selected`.
        proper, kept: (N,) those that are kept by their kind, and after --only, --without.
    """
    found, strange = {}, frozenset(unknown)
    columns = (cells, proper.tolist(), kept.tolist())
    for name, stays, taken in zip(*columns, strict=True):
        if name in strange:
            found[name] = f"the table {table_of(roles)} does not know it: {REMEDY}"
        elif not stays:
            found[name] = "it is no neuron: --keep all keeps it"
        elif not taken:
            found[name] = "--only or --without says so"
    return found
