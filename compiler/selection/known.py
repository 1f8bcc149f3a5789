"""Names of cells against a table: whether it is of these cells, and which are nearly in it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..ir.stages import CellTable
from ..names import unpadded

# Names that other animals have, too: DA1 and VA1 of a fly, M1 and V1 of a mouse.
COMMON = re.compile(r"[A-Z]{1,2}[0-9]")
APART = re.compile(r"[\s_.-]+")  # what a person puts between the parts of a name
ZEROS = re.compile(r"(?<=[a-z])0+(?=[1-9])")


def is_of(table: CellTable, cells: Sequence[str]) -> bool:
    """Whether a table describes these cells.

    It does if the user gave it; else if it lists more than half of those that are no
    muscles, and one of them by a name that only C. elegans has.
    """
    if table.given:
        return True
    neurons = [name for name in cells if not is_muscle(table, name)]
    known = [name for name in neurons if unpadded(name) in table.facts]
    telling = any(not COMMON.fullmatch(name) for name in known)
    return telling and 2 * len(known) > len(neurons)


def is_muscle(table: CellTable, name: str) -> bool:
    """Whether a cell that the table does not list is a muscle by its name."""
    named = table.muscle is not None and table.muscle(name)
    return named and name not in table.facts


def alike(
    table: CellTable | None, used: CellTable | None, cells: Sequence[str]
) -> dict[str, str]:
    """The name of a table by each name that differs by case, spaces, `_-.` or zeros.

    Args:
        table: of cells; used: the same if it was used. One that was not counts where it
            would describe the cells if their names were written as it writes them.
    """
    if table is None:
        return {}
    listed: dict[str, str] = {}
    for name in sorted(table.facts):
        listed.setdefault(folded(name), name)
    found = {
        name: listed[folded(name)]
        for name in sorted(cells)
        if folded(name) in listed
        and not {name, unpadded(name)} & table.facts.keys()
        and not is_muscle(table, name)
    }
    if used is None and not is_of(table, [found.get(name, name) for name in cells]):
        return {}
    return found


def folded(name: str) -> str:
    """A name without what people write in several ways: `VA 01`, `va1` and `VA_1` are one."""
    return ZEROS.sub("", APART.sub("", name).casefold())
