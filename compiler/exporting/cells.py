"""Roles and transmitters of a table of cells, for a graph that is exported."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..errors import InputError
from ..ir.stages import CellFact, CellTable, Connectome


def with_facts(connectome: Connectome, table: CellTable) -> Connectome:
    """The connectome with roles and transmitters of a table, all cells kept.

    What the table does not say of a cell stays as the connectome has it.

    Raises:
        InputError: it lists none of the cells.
    """
    cells = connectome.cells
    if not table.facts.keys() & set(cells.name):
        hint = (
            "names are compared letter by letter; --cells-columns names other columns"
        )
        raise InputError(table.origin, f"no cell of {connectome.source.label}", hint)
    found = [table.facts.get(name, CellFact(0)) for name in cells.name]
    role = np.array([fact.role for fact in found], np.uint8)
    words = zip(found, cells.transmitter, strict=True)
    new = replace(
        cells,
        role=np.where(role > 0, role, cells.role).astype(np.uint8),
        transmitter=tuple(fact.transmitter or word for fact, word in words),
    )
    return replace(connectome, cells=new)
