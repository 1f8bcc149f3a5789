"""Matrices that do not fit together: rows of several lengths, names that disagree."""

from __future__ import annotations

from collections import Counter

from ...errors import InputError, Mistake
from ...names import plain, plural
from ..book import Sheet, shown
from .cell_values import text_or_number
from .matrix import Frame, Matrix, named, padded


def check_grid(sheet: Sheet, frame: Frame, label: str) -> None:
    """Raise InputError for rows of several lengths, and numbers below no name."""
    if wrong := ragged(sheet, frame, label) or beside(sheet, frame, label):
        raise InputError.of(wrong)


def check_names(matrix: Matrix, label: str) -> None:
    """Raise InputError for as many senders as receivers that are not of the same names."""
    rows, columns = matrix.senders, matrix.receivers
    if len(rows) != len(columns) or set(rows) == set(columns):
        return
    alone, others = sorted({*rows} - {*columns}), sorted({*columns} - {*rows})
    seen = f"a matrix of {len(rows):,} x {len(columns):,} whose names disagree: "
    seen += f"{shown(alone, 4)} only send, {shown(others, 4)} only receive"
    hint = "spell each name alike; of cells that only send or receive give an edge list"
    raise InputError(label, seen, hint)


def ragged(sheet: Sheet, frame: Frame, label: str) -> list[Mistake]:
    """The rows of a text that have more or fewer cells than most rows below the labels."""
    if sheet.grid:
        return []
    rows = [len(row) for row in sheet.rows[frame.row + 1 :]]
    ((most, _),) = Counter(rows).most_common(1)
    return [
        Mistake(
            sheet.at(label, place),
            f"a row of {plural(count, 'cell')}, others have {most:,}",
            "give each row of a matrix as many cells",
        )
        for place, count in enumerate(rows, frame.row + 1)
        if count != most
    ]


def beside(sheet: Sheet, frame: Frame, label: str) -> list[Mistake]:
    """The numbers of named rows that stand in columns without a name."""
    if frame.row < 0 or frame.column < 0:
        return []
    cells = padded(sheet)
    bare = [
        column
        for column in range(frame.column + 1, len(cells[0]))
        if not cells[frame.row][column].strip()
    ]
    return [
        Mistake(
            sheet.at(label, row, column),
            f"{plain(cells[row][column])} stands in a column without a name",
            "name the column, or clear it",
        )
        for row in named(cells, frame, of_rows=True)
        for column in bare
        if text_or_number(cells[row][column])[1]
    ]
