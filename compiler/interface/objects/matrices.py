"""A matrix of weights, of numpy, scipy.sparse or pandas: rows send to columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ...arguments.values import as_text
from ...errors import InputError
from ...ir.stages import LARGEST_WEIGHT
from ...names import plain
from ...readers.blame import wrong_name
from ...readers.book import Array, Book
from ...readers.meaning.direction import Said, direction_of
from ...readers.meaning.sides import OTHER, title_of
from ...readers.meaning.understand import understood
from ...readers.reader import EdgeList, Layout
from .kinds import is_pandas
from .wishes import check_wishes

HINT = (
    "a matrix has a row and a column for each cell; edges in an array: array.tolist()"
)


def matrix_edges(value: Any, label: str, layout: Layout) -> EdgeList:
    """The entries of a matrix that are not 0.

    The cells are those of `layout.names`, of the titles of a table, else 1 to N.

    Raises:
        InputError: it is no square of finite numbers, or names do not fit it.
        UsageError: the layout says what a matrix has not.
    """
    names, numbers, why = None, value, ""
    if is_pandas(value):
        check_wishes(layout, label, "a table with names", ("kind", "transpose"))
        names, numbers = titles_of(value), value.to_numpy()
        said = said_by(value.index.name, value.columns.name)
        told = direction_of(said, label, transpose=layout.transpose)
        layout, why = replace(layout, transpose=told.across), told.why
    check_wishes(layout, label, "a matrix", ("kind", "names", "transpose"))
    shape = numbers.shape
    if len(shape) != 2 or shape[0] != shape[1] or numbers.dtype.kind not in "biuf":
        seen = f"an array of shape {tuple(numbers.shape)} and type {numbers.dtype}"
        raise InputError(label, seen, HINT)
    check_weights(numbers, label)
    check_cells(layout.names or names or (), label)
    array = Array("", numbers, names, names, why)
    return understood(Book("a matrix", "array", (array,)), label, layout)


def check_weights(numbers: Any, label: str) -> None:
    """Raise InputError for a weight that is not finite or too large."""
    data = numbers if isinstance(numbers, np.ndarray) else numbers.tocoo().data
    bad = ~(np.abs(data.astype(np.float64)) <= LARGEST_WEIGHT)
    if bad.any():
        seen = f"weight {data[bad][0]} is not a finite number up to {LARGEST_WEIGHT:g}"
        raise InputError(label, seen, "write 0 where there is no synapse")


def check_cells(names: Sequence[str], label: str) -> None:
    """Raise InputError for a name that can not be a neuron's."""
    for name in names:
        if why := wrong_name(name):
            raise InputError(label, f"{why}: {plain(name)}", "give it another name")


def titles_of(table: Any) -> tuple[str, ...]:
    """The names of the rows of a table that is a matrix."""
    return tuple(as_text(name).strip() for name in table.index)


def said_by(index: object, columns: object) -> tuple[Said, ...]:
    """What the names of a table's index and columns say of who sends."""
    rows, across = (
        as_text(name) if name is not None else "" for name in (index, columns)
    )
    found = [Said(rows, title_of(rows))] if title_of(rows) else []
    if said := title_of(across):
        found.append(Said(across, OTHER[said]))
    return tuple(found)


def is_adjacency(table: Any) -> bool:
    """Whether a table of pandas is a matrix: the same names down and across."""
    titles = list(table.columns)
    numbered = all(isinstance(title, int) for title in titles)
    same = len(titles) > 1 and list(table.index) == titles and not numbered
    return same and all(dtype.kind in "biuf" for dtype in table.dtypes)
