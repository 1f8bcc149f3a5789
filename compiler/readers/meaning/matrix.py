"""A matrix of weights: whose labels stand where, who sends, and the edges in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Bool, Float64
from ...errors import InputError
from ...ir.accounts import Finding, PartForm
from ..book import Array, Sheet, shown
from ..columns import NUMBER
from ..findings import find
from ..reader import EdgeList, Layout
from .cell_values import text_or_number, weights_in
from .direction import direction_of, names_labels, said_around
from .totals import is_total, left_out, part, without_totals

MATRIX = "matrix of"  # how the report begins to say what was read
LABELLED = 12  # rows and columns in which labels and titles are looked for


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the labels of a matrix stand in a sheet, from 0; -1: there are none.

    Attributes:
        row: of the labels of columns; column: of the labels of rows.
    """

    row: int
    column: int


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """Weights between named cells.

    Attributes:
        senders, receivers: (S,), (R,) names.
        values: (S, R) weights, 0 where there is no edge.
        line: (S,) or (R,) the number of the row where each stands, from 1.
        by_sender: `line` counts senders: rows send.
        form: how it was read; for the report.
        findings: what a person should know of it.
    """

    senders: tuple[str, ...]
    receivers: tuple[str, ...]
    values: Float64
    first: int
    by_sender: bool
    form: PartForm
    findings: tuple[Finding, ...] = ()


def cell_kinds(sheet: Sheet) -> tuple[Bool, Bool]:
    """(R, C) which cells hold text, which a number."""
    width = max(map(len, sheet.rows), default=0)
    text = np.zeros((len(sheet.rows), width), bool)
    number = np.zeros_like(text)
    known: dict[str, tuple[bool, bool]] = {"": (False, False)}
    for place, row in enumerate(sheet.rows):
        for column, cell in enumerate(row):
            if cell:
                kind = known.get(cell)
                if kind is None:
                    kind = known[cell] = text_or_number(cell)
                text[place, column], number[place, column] = kind
    return text, number


def frame_of(sheet: Sheet) -> Frame | None:
    """The labels of a matrix, or None where a sheet holds none.

    Of the leading rows and columns the one of most words is that of the labels. Between
    what is labelled nearly all cells must be numbers.
    """
    text, number = cell_kinds(sheet)
    if not text.size:
        return None
    row = labels_in(sheet, text, number)
    column = labels_in(turned(sheet), text.T, number.T)
    if row < 0 and column < 0 and numeric_labels(sheet):
        row = column = 0
        text[0] = text[:, 0] = False
    cells = padded(sheet)
    frame = Frame(row, column)
    inside = np.ix_(
        named(cells, frame, of_rows=True), named(cells, frame, of_rows=False)
    )
    words, numbers = int(text[inside].sum()), int(number[inside].sum())
    high, wide = text[inside].shape
    if not numbers or words > numbers / 20 or min(high, wide) < 2:
        return None
    if (row < 0 or column < 0) and high != wide:
        return None  # a table of numbers
    if (row < 0) != (column < 0) and high < LABELLED:
        return None  # a table of few rows
    return frame


def padded(sheet: Sheet) -> list[list[str]]:
    """The rows, all as long as the longest."""
    width = max(map(len, sheet.rows), default=0)
    return [[*row, *[""] * (width - len(row))] for row in sheet.rows]


def turned(sheet: Sheet) -> Sheet:
    """The sheet with rows for columns."""
    return Sheet(sheet.name, list(zip(*padded(sheet), strict=True)))


def labels_in(sheet: Sheet, text: Bool, number: Bool) -> int:
    """The one of the leading lines that has most different words; -1: none has any.

    A line of which most are numbers is no line of labels; of two with as many words it is
    the one of fewer numbers.
    """
    best, most, least = -1, 1, 0
    for place in range(min(LABELLED, len(text))):
        if int(text[place].sum()) <= int(number[place].sum()):
            continue
        words = len(
            {
                cell
                for cell, is_text in zip(sheet.rows[place], text[place], strict=False)
                if is_text
            }
        )
        numbers = int(number[place].sum())
        if words >= most + (best < 0) and (words > most or numbers <= least):
            best, most, least = place, words, numbers
    return best


def numeric_labels(sheet: Sheet) -> bool:
    """Whether the first row and the first column hold the same distinct ids."""
    first = [cell.strip() for cell in sheet.rows[0]]
    side = [row[0].strip() if row else "" for row in sheet.rows]
    ids = first[1:]
    same = len(first) > 2 and ids == side[1 : len(first)] and len(set(ids)) == len(ids)
    return same and (first[0] in ("", "0") or not NUMBER.fullmatch(first[0]))


def read_matrix(sheet: Sheet, frame: Frame, label: str, layout: Layout) -> Matrix:
    """The weights of a sheet between its labels.

    Raises:
        InputError: labels that repeat, cells that hold no number, names that do not fit.
    """
    cells = padded(sheet)
    rows = named(cells, frame, of_rows=True)
    columns = named(cells, frame, of_rows=False)
    values = weights_in(sheet, rows, columns, label, layout)
    row_names = tuple(cells[row][frame.column].strip() for row in rows)
    column_names = tuple(cells[frame.row][column].strip() for column in columns)
    if frame.column < 0:
        row_names = column_names if frame.row >= 0 else ()
    if frame.row < 0:
        column_names = row_names
    told = direction_of(
        said_around(cells, frame.row, frame.column, sheet.notes),
        sheet.at(label, max(0, frame.row), frame.column),
        transpose=layout.transpose,
    )
    array = Array(sheet.name, values, row_names or None, column_names or None, told.why)
    found = matrix_of(array, label, layout.names, transpose=told.across)
    unnamed = (
        len(cells)
        - frame.row
        - 1
        - names_labels(cells, frame.row, frame.column)
        - len(rows)
    )
    return replace(
        found,
        first=sheet.first + (rows[0] if rows else 0) + found.first - 1,
        form=replace(found.form, left_out=unnamed),
        findings=(*left_out(totals_of(cells, frame)), *found.findings),
    )


def named(cells: Sequence[Sequence[str]], frame: Frame, *, of_rows: bool) -> list[int]:
    """The rows, or the columns, that have a label and are no totals; all without labels."""
    start, count = (
        (frame.row + 1, len(cells)) if of_rows else (frame.column + 1, len(cells[0]))
    )
    if (frame.column if of_rows else frame.row) < 0:
        return list(range(start, count))
    labels = [
        cells[place][frame.column] if of_rows else cells[frame.row][place]
        for place in range(start, count)
    ]
    titled = of_rows and names_labels(cells, frame.row, frame.column)
    return [
        place
        for place, label in enumerate(labels[titled:], start + titled)
        if label.strip() and not is_total(label)
    ]


def totals_of(cells: Sequence[Sequence[str]], frame: Frame) -> list[str]:
    """The labels that are words of totals."""
    if frame.row < 0 or frame.column < 0:
        return []
    down = [row[frame.column] for row in cells[frame.row + 1 :]]
    return [
        name
        for name in (*down, *cells[frame.row][frame.column + 1 :])
        if is_total(name)
    ]


def matrix_of(
    array: Array, label: str, names: tuple[str, ...] | None, *, transpose: bool = False
) -> Matrix:
    """The weights of an array between its names, or between cells that are numbered.

    Raises:
        InputError: names that repeat, or that do not fit its size.
    """
    values = array.values
    high, wide = values.shape
    rows, columns = array.rows, array.columns
    guessed = ""
    if names is not None and (rows is None or columns is None):
        if not high == wide == len(names):
            seen = (
                f"a matrix of {high:,} rows and {wide:,} columns, {len(names):,} names"
            )
            raise InputError(label, seen, "give the names of this matrix with --names")
        rows = columns = names
    if rows is None or columns is None:
        if high != wide:
            seen = f"a matrix of {high:,} rows and {wide:,} columns without names"
            raise InputError(label, seen, "names tell which row is which column")
        rows = columns = tuple(str(place) for place in range(1, high + 1))
        guessed = f"no names: cells are 1 to {high:,} (--names FILE)"
    first, findings = 1, tuple(find("EC305", guess) for guess in (guessed,) if guess)
    if array.rows is not None and array.columns is not None:
        kept = without_totals(values, rows, columns)
        if (len(kept.rows), len(kept.columns)) != (high, wide):
            values = part(values, kept.rows, kept.columns)
            rows = tuple(rows[place] for place in kept.rows)
            columns = tuple(columns[place] for place in kept.columns)
            first += kept.rows[0]
        findings += kept.findings
    check_distinct(rows, columns, label)
    what = f"{MATRIX} {len(rows):,} x {len(columns):,}, "
    what += "columns send" if transpose else "rows send"
    what += f"; {array.note}" if array.note else ""
    form = PartForm(array.name, what, {}, guessed=guessed)
    if transpose:
        return Matrix(columns, rows, values.T, first, False, form, findings)
    return Matrix(rows, columns, values, first, True, form, findings)


def check_distinct(rows: Sequence[str], columns: Sequence[str], label: str) -> None:
    """Raise InputError for rows, or columns, of one name."""
    for side, found in (("rows", rows), ("columns", columns)):
        twice = [name for name, count in Counter(found).items() if count > 1]
        if twice:
            seen = f"{side} of one name: {shown(twice, 4)}"
            raise InputError(label, seen, "give every cell a name of its own")


def is_of_matrix(edges: EdgeList) -> bool:
    """Whether the edges of a part are those of a matrix."""
    return isinstance(edges.form, PartForm) and edges.form.what.startswith(MATRIX)


def size(frame: Frame, sheet: Sheet) -> str:
    """The size of a matrix, for a message."""
    cells = padded(sheet)
    high = len(named(cells, frame, of_rows=True))
    return f"a matrix of {high:,} x {len(named(cells, frame, of_rows=False)):,}"
