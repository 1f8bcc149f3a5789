"""The rows of a table that is stored by columns, without a Python call a row."""

from __future__ import annotations

from array import array
from typing import Any

import numpy as np

from ...arrays import Int32
from ..book import Columns
from ..delimited import COUNTS
from ..form import Form
from ..kinds import kind_in
from ..rows import Names, Rows


def by_columns(table: Columns, form: Form, first: int) -> Rows | None:
    """The columns of a table that have a role; None where only its rows tell.

    Args:
        first: the number of the first row of edges.
    """
    places = form.places
    if form.wanted or COUNTS.keys() & places.keys():
        return None
    weight = table.numbers(places["weight"]) if "weight" in places else None
    if "weight" in places and weight is None:
        return None
    rows = Rows()
    rows.pre = packed("i", numbered(*table.coded(places["pre"]), rows.names))
    rows.post = packed("i", numbered(*table.coded(places["post"]), rows.names))
    size = len(rows.pre)
    rows.line = packed("i", np.arange(first, first + size, dtype=np.int32))
    if weight is not None:
        rows.weight = packed("d", weight)
    if "kind" in places:
        codes, words = table.coded(places["kind"])
        kinds = np.array([kind_in(word, form.kinds) for word in words], np.uint8)
        rows.kind = packed("B", kinds[codes])
    return rows


def numbered(codes: Int32, words: list[str], names: Names) -> Int32:
    """The numbers of the names in a column."""
    number = np.array([names[word] for word in words], np.int32)
    found: Int32 = number[codes]
    return found


def packed(code: str, values: Any) -> Any:
    """A column as the array that grows elsewhere."""
    found = array(code)
    found.frombytes(np.ascontiguousarray(values).tobytes())
    return found
