"""Type cells: circuit -> circuit, its cells with types by a table or by the worm's names."""

from __future__ import annotations

from dataclasses import replace

from .. import catalog
from ..ir.sign_account import Typed
from ..ir.stages import Circuit
from ..names import plain, unpadded
from ..readers.types import TypeTable

CLASSES = "classes of C. elegans"


def type_cells(circuit: Circuit, *, by: TypeTable | None) -> Circuit:
    """Give neurons their types; one of which nothing tells a type is a type of its own.

    Args:
        by: a table; None: the classes of C. elegans neurons, by their names.
    """
    names = circuit.cells.name
    if by is None:
        found = tuple(class_of(name) for name in names)
    else:
        bare = {unpadded(name): word for name, word in by.told.items()}
        found = tuple(by.told.get(n, bare.get(unpadded(n), "")) for n in names)
    here = {*names, *map(unpadded, names)}
    told = by.told if by else {}
    account = Typed(
        f"column {plain(by.column)} of {by.label}" if by else CLASSES,
        len({word for word in found if word}),
        sum(map(bool, found)),
        tuple(plain(n) for n, word in zip(names, found, strict=True) if not word),
        tuple(plain(n) for n in told if n not in here and unpadded(n) not in here),
    )
    history = replace(circuit.history, type_cells=account)
    cells = replace(circuit.cells, type=found)
    return replace(circuit, cells=cells, history=history)


def class_of(name: str) -> str:
    """The class of a C. elegans cell; "" of other cells."""
    cell = catalog.cells().get(name)
    return "" if cell is None else cell.cell_class
