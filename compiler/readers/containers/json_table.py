"""Tables and matrices in JSON: records, columns, lists of lists, with names or without.

Sources: pandas.DataFrame.to_json in its orientations; NemaNode (Witvliet et al., Nature
596, 2021); wormneuroatlas; owmeta.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeGuard

import numpy as np

from ...errors import InputError, Location
from ..book import Array, Book, Sheet
from ..columns import by_name
from ..delimited import plain_word
from ..reader import Layout
from .json_graph import word

NAMES = {
    "names",
    "neurons",
    "cells",
    "nodes",
    "labels",
    "ids",
    "neuronids",
    "cellnames",
}
INDEX = ("index", "rows")  # the names of rows, beside those of columns
COLUMNS = 10_000  # of a list of lists that is no matrix
NEMANODE = {"pre", "post", "typ", "syn"}
TYPES = {0: "chemical", 2: "electrical"}  # of NemaNode
OWMETA = ("name", "kind", "iri", "role", "receptors", "transmitter", "text", "color")


def table_of(value: Any, label: str, layout: Layout) -> Book | None:
    """The tables of records, of columns, or of rows below the names of columns."""
    if is_records(value):
        return Book(records_format(value), "table", (records("", value),))
    if not isinstance(value, dict):
        return None
    columns, rows = value.get("columns"), value.get("data")
    if texts(columns) and grid(rows) and has_ends(columns):
        return Book(
            "JSON of columns and data", "table", (sheet("data", columns, rows),)
        )
    if has_ends(list(value)) and (by_row := columnar(value)):
        return Book("JSON of columns", "table", (sheet("", list(value), by_row),))
    tables = {key: found for key, found in value.items() if is_records(found)}
    if not tables:
        return None
    parts = tuple(records(key, found) for key, found in tables.items())
    return Book(records_format(next(iter(tables.values()))), "table", parts)


def is_records(value: Any) -> bool:
    """Whether a value is a list of objects."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(found, dict) for found in value)
    )


def records_format(found: Sequence[Mapping[str, Any]]) -> str:
    """How messages name a list of objects."""
    if found[0].keys() >= NEMANODE:
        return "NemaNode JSON (a weight counts the entries of syn)"
    return "JSON records"


def records(name: str, found: Sequence[Mapping[str, Any]]) -> Sheet:
    """A list of objects as a table: a column a key."""
    keys = list(dict.fromkeys(key for record in found for key in record))
    if found[0].keys() >= NEMANODE:
        rows = [nemanode(record, keys) for record in found]
        keys = ["synapses" if key == "syn" else key for key in keys]
    else:
        rows = [[word(record.get(key)) for key in keys] for record in found]
    return indexed(name, [keys, *rows])


def nemanode(record: Mapping[str, Any], keys: Sequence[str]) -> list[str]:
    """A record whose typ is a word, and whose syn is the number of its synapses."""
    known = dict(record)
    known["typ"] = TYPES.get(record.get("typ", -1), record.get("typ"))
    if isinstance(record.get("syn"), list):
        known["syn"] = len(record["syn"])
    return [word(known.get(key)) for key in keys]


def sheet(name: str, columns: Sequence[Any], rows: Sequence[Sequence[Any]]) -> Sheet:
    """Rows below the names of their columns."""
    return indexed(name, [list(map(word, columns)), *([*map(word, r)] for r in rows)])


def indexed(name: str, rows: list[list[str]]) -> Sheet:
    """A table whose first row names the columns; the others count from 0 in messages."""
    return Sheet(name, rows, first=0, grid=False, titled=True, indexed=True)


def columnar(value: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of columns, as lists or by the name of a row; none if they differ."""
    columns = list(value.values())
    if all(isinstance(found, dict) for found in columns):
        rows = list(columns[0])
        if any(list(found) != rows for found in columns):
            return []
        return list(zip(*(found.values() for found in columns), strict=True))
    if not all(isinstance(found, list) for found in columns):
        return []
    same = len({len(found) for found in columns}) == 1
    return list(zip(*columns, strict=True)) if same else []


def cells_of(value: Any, label: str, layout: Layout) -> Book | None:
    """The tables of cells that owmeta exports: lists of facts by the name of a cell."""
    if not isinstance(value, dict) or not isinstance(value.get("neuron_info"), dict):
        return None
    parts = []
    for kind in ("neuron", "muscle"):
        key = f"{kind}_info"
        found = value.get(key)
        if isinstance(found, dict) and all(isinstance(f, list) for f in found.values()):
            rows = [[name, kind, *facts] for name, facts in found.items()]
            parts.append(sheet(key, OWMETA, rows))
    return Book("owmeta JSON", "table", tuple(parts))


def arrays_of(value: Any, label: str, layout: Layout) -> Book | None:
    """The matrices of an object, with the names that stand beside them.

    A list called as a matrix with `_sign` gives the sign of each sender.
    """
    if not isinstance(value, dict):
        return None
    inner = {
        key: found
        for group in (value, *value.values())
        if isinstance(group, dict)
        for key, found in group.items()
        if grid(found) and numbers(found[0]) and (len(found) > 1)
    }
    arrays = [
        named(signed(array(key, found, label), value, label, layout), value)
        for key, found in inner.items()
    ]
    return Book("JSON of matrices", "matrix", tuple(arrays)) if arrays else None


def named(found: Array, value: Mapping[str, Any]) -> Array:
    """A matrix with the names of its rows and columns, if the file gives them."""
    high, wide = found.values.shape
    columns, rows = value.get("columns"), next(
        (value[key] for key in INDEX if key in value), None
    )
    if texts(columns) and len(columns) == wide:
        known = tuple(columns)
        if texts(rows) and len(rows) == high:
            return replace(found, rows=tuple(rows), columns=known)
        return replace(found, rows=known, columns=known) if high == wide else found
    for key, names in value.items():
        if plain_word(key) in NAMES and texts(names) and high == wide == len(names):
            return replace(found, rows=tuple(names), columns=tuple(names))
    return found


def signed(found: Array, value: Mapping[str, Any], label: str, layout: Layout) -> Array:
    """A matrix with the signs of its senders."""
    key = f"{found.name}_sign"
    if key not in value:
        return found
    sign = np.array(value[key] if numbers(value[key]) else [])
    high, wide = found.values.shape
    if (
        sign.shape != (wide if layout.transpose else high,)
        or not np.isin(sign, (-1, 0, 1)).all()
    ):
        seen = f"{key}: not -1, 0 or 1 for each of {high:,} cells"
        raise InputError(label, seen, "give a sign for each cell that sends")
    sign = np.where(sign < 0, -1.0, 1.0)
    across = sign if layout.transpose else sign[:, None]
    return replace(found, values=found.values * across)


def list_of(value: Any, label: str, layout: Layout) -> Book | None:
    """A list of lists: a matrix, or edges; a list of texts: names.

    Raises:
        InputError: three or fewer rows of as many numbers: they can be either.
    """
    if texts(value):
        names = Sheet("", [[name] for name in value], grid=False, indexed=True)
        return Book("a JSON list", "table", (names,))
    if not grid(value):
        return None
    wide = len(value[0])
    square = all(numbers(row) for row in value) and wide == len(value)
    if square and wide > 3:
        return Book("JSON matrix", "matrix", (array("", value, label),))
    if square and wide > 1:
        seen = f"{wide} rows of {wide} numbers: a matrix, or edges?"
        hint = 'write {"matrix": [...]}, or objects with pre, post and weight'
        raise InputError(label, seen, hint)
    if wide in (2, 3) and all(len(row) == wide for row in value):
        title = ["pre", "post", "weight"][:wide]
        return Book("JSON lists", "table", (sheet("", title, value),))
    if wide > COLUMNS:
        seen = f"a first row of {wide:,} values, {len(value):,} rows"
        raise InputError(label, seen, "a matrix has as many rows as columns")
    rows = [[word(cell) for cell in row] for row in value]
    lists = Sheet("", rows, first=1, grid=False, indexed=True)
    return Book("JSON lists", "table", (lists,))


def array(name: str, rows: Sequence[Sequence[Any]], label: str) -> Array:
    """A list of lists of numbers as a matrix; null is 0.

    Raises:
        InputError: rows of several lengths, what is no number.
    """
    wide = len(rows[0])
    values = np.zeros((len(rows), wide))
    for place, row in enumerate(rows):
        if len(row) != wide:
            seen = f"a row of {len(row):,}, the first has {wide:,}"
            raise InputError(Location(label, spot=f"{name}[{place}]"), seen)
        values[place] = list(weights(row, f"{name}[{place}]", label))
    return Array(name, values)


def weights(row: Sequence[Any], spot: str, label: str) -> Iterator[float]:
    """The numbers of a row."""
    for place, cell in enumerate(row):
        if cell is None or cell != cell:  # null, NaN
            yield 0.0
            continue
        try:
            value = float(cell) if numbers([cell]) else np.inf
        except OverflowError:
            value = np.inf
        if abs(value) == np.inf:
            at = Location(label, spot=f"{spot}[{place}]")
            raise InputError(at, "no finite number", "a weight is a number")
        yield value


def has_ends(titles: Sequence[Any]) -> bool:
    """Whether titles name both ends of edges."""
    return {"pre", "post"} <= by_name([word(title) for title in titles]).keys()


def grid(value: Any) -> TypeGuard[list[list[Any]]]:
    """Whether a value is a list of lists."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(row, list) for row in value)
    )


def texts(value: Any) -> TypeGuard[list[str]]:
    """Whether a value is a list of texts."""
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(cell, str) for cell in value)
    )


def numbers(value: Any) -> bool:
    """Whether a value is a list of numbers; null and NaN are among them."""
    return isinstance(value, list) and all(
        cell is None or type(cell) in (int, float) for cell in value
    )
