"""Tables and rows as delimited text, which is then read as a file is: one meaning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import numpy as np

from ...arguments.values import as_text
from ...errors import InputError, Location, Mistake
from ...exporting.delimited import cell
from ...ir.accounts import TextForm
from ...ir.stages import Connectome
from ...readers.parse import parse
from ...readers.reader import Layout
from .kinds import is_arrow, is_pandas, is_polars, is_records
from .wishes import check_wishes

TITLES = ("pre", "post", "weight", "kind")  # of rows, in this order
WISHES = ("columns", "kind", "where", "kinds", "decimal")
HINT = "give (pre, post), (pre, post, weight) or (pre, post, weight, kind)"


def read_table(table: Any, label: str, layout: Layout) -> Connectome:
    """A table of pandas, polars, pyarrow or numpy; its titles mean what a header does.

    Titles that are numbers are none: columns are found by what is in them.
    """
    titles, columns = columns_of(table)
    if not titles:
        raise InputError(label, "a table without columns", HINT)
    header = not all(isinstance(title, int) for title in titles)
    format = f"a table of {type(table).__module__.partition('.')[0]}"
    rows = zip(*map(texts, columns), strict=True)
    return read_rows(
        [as_text(title) for title in titles],
        rows,
        label,
        layout,
        header=header,
        format=format,
    )


def columns_of(table: Any) -> tuple[list[object], list[list[object]]]:
    """The titles of a table, and the cells below each; levels of an index go first."""
    if is_records(table):
        titles = table.dtype.names
        return list(titles), [table[title].tolist() for title in titles]
    if is_arrow(table):
        return list(table.column_names), [found.to_pylist() for found in table.columns]
    if is_polars(table):
        return list(table.columns), [found.to_list() for found in table.iter_columns()]
    if table.index.nlevels > 1 and all(table.index.names):
        table = table.reset_index()
    count = len(table.columns)
    return list(table.columns), [table.iloc[:, at].tolist() for at in range(count)]


def texts(cells: Sequence[object]) -> list[str]:
    """The cells of a column as those of comma-separated text.

    Millions are of one type: an integer needs no quotes, and a text is quoted once.
    """
    kinds = set(map(type, cells))
    if kinds == {int}:
        return list(map(str, cells))
    if kinds == {str}:
        quoted = {text: cell(text) for text in cast(Iterable[str], set(cells))}
        return [quoted[text] for text in cast(Iterable[str], cells)]
    return [cell(as_text(value)) for value in cells]


def is_table(value: object) -> bool:
    """Whether a value is a table of a library that is imported."""
    kinds = (is_pandas, is_polars, is_arrow, is_records)
    return any(found(value) for found in kinds)


def read_iterable(found: Iterable[Any], label: str, layout: Layout) -> Connectome:
    """Rows (pre, post[, weight[, kind]]), or mappings by title.

    A row without a weight counts 1; one without a kind is chemical.
    """
    rows = list(found)
    if not rows:
        raise InputError(label, "no rows", HINT)
    if all(isinstance(row, Mapping) for row in rows):
        titles = list(dict.fromkeys(key for row in rows for key in row))
        cells = zip(
            *(texts([row.get(title) for row in rows]) for title in titles), strict=True
        )
        return read_rows(list(map(as_text, titles)), cells, label, layout)
    lists = [row_of(row, place, label) for place, row in enumerate(rows, 1)]
    width = max(map(len, lists))
    defaults = ("", "", "1", "chemical")
    filled = ([*map(cell, row), *defaults[len(row) : width]] for row in lists)
    return read_rows(list(TITLES[:width]), filled, label, layout)


def row_of(row: object, place: int, label: str) -> list[str]:
    """The cells of a row as text.

    Raises:
        InputError: it is no row of two to four values.
    """
    at = Location(label, place)
    if isinstance(row, str | bytes | Mapping) or not isinstance(row, Iterable):
        raise InputError(at, f"a row of type {type(row).__name__}", HINT)
    cells = list(map(as_text, row))
    if not 2 <= len(cells) <= len(TITLES):
        raise InputError(at, f"a row of {len(cells)} values", HINT)
    return cells


def read_rows(
    titles: list[str],
    rows: Iterable[Sequence[str]],
    label: str,
    layout: Layout,
    *,
    header: bool = True,
    format: str = "rows",
) -> Connectome:
    """Rows of cells of comma-separated text, which is read; places count rows from 1.

    Args:
        header: whether the titles are any; format: as the report names it.

    Raises:
        UsageError: the layout says what a table has not.
    """
    check_wishes(layout, label, "a table", WISHES)
    text = "\n".join(
        [*[",".join(map(cell, titles))] * header, *map(",".join, rows), ""]
    )
    said = replace(layout, delimiter="comma", header=header, encoding="utf-8")
    try:
        found = parse(encoded(text, label), label, layout=said)
    except InputError as error:
        raise InputError.of(
            [raised(found, header) for found in error.mistakes]
        ) from None
    found = described(found, format)
    lines = found.synapses.line - np.int32(header)
    return replace(found, synapses=replace(found.synapses, line=lines))


def encoded(text: str, label: str) -> bytes:
    """A text as UTF-8.

    Raises:
        InputError: it holds half a character.
    """
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        seen = f"half a character, U+{ord(text[error.start]):04X}"
        raise InputError(label, seen, "remove it") from None


def described(found: Connectome, format: str) -> Connectome:
    """The connectome with what it came in, instead of the delimiter, in its account."""
    account = found.history.parse
    assert account is not None
    if not isinstance(account.form, TextForm):
        return found
    form = replace(account.form, delimiter=format, encoding=None)
    history = replace(found.history, parse=replace(account, form=form))
    return replace(found, history=history)


def raised(mistake: Mistake, header: bool) -> Mistake:
    """The mistake, in a row that is counted without the header."""
    at = mistake.at
    return replace(mistake, at=replace(at, line=max(0, at.line - header)))
