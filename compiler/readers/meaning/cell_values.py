"""The cells of a matrix: text, a number, or nothing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Float64
from ...errors import InputError, Mistake
from ...names import plain
from ..blame import weight_trouble
from ..book import Sheet
from ..columns import NUMBER
from ..decimals import decimal_of_cells, number_in
from ..reader import Layout

NOTHING = {"", "-", "nan", "na", "n/a", "null"}
REMEMBERED = 100_000  # different cells


def text_or_number(cell: str) -> tuple[bool, bool]:
    """Whether a cell is text, and whether it is a number."""
    word = cell.strip()
    if word.lower() in NOTHING:
        return False, False
    number = NUMBER.fullmatch(word) is not None
    return not number, number


class Weights(dict[str, float]):
    """Cell -> weight, 0 where there is none, nan where it holds another; learns some."""

    def __init__(self, decimal: str) -> None:
        self.decimal = decimal  # what stands before a fraction

    def __missing__(self, cell: str) -> float:
        word = cell.strip()
        none = word.lower() in NOTHING
        value = 0.0 if none else number_in(word, self.decimal, apart=True)
        if len(self) < REMEMBERED:
            self[cell] = value
        return value


def weights_in(
    sheet: Sheet,
    rows: Sequence[int],
    columns: Sequence[int],
    label: str,
    layout: Layout,
) -> Float64:
    """(R, C) the weights that stand in some rows and columns of a sheet.

    Raises:
        InputError: cells that hold none; nothing tells whether 1,200 is 1.2 or 1200.
    """
    cells = [
        [line[column] if column < len(line) else "" for column in columns]
        for line in map(sheet.rows.__getitem__, rows)
    ]
    marked = dict.fromkeys(cell for line in cells for cell in line if "," in cell)
    dotted = (cell for line in cells for cell in line if "." in cell)
    at = sheet.at(label, rows[0] if rows else 0)
    known = Weights(decimal_of_cells((*marked, *dotted) if marked else (), layout, at))
    values = np.array([[known[cell] for cell in line] for line in cells], np.float64)
    values = values.reshape(len(rows), len(columns))
    wrong = np.argwhere(np.isnan(values)).tolist()
    if wrong:
        raise InputError.of(
            [
                Mistake(sheet.at(label, rows[row], columns[column]), *trouble(word))
                for row, column in wrong
                for word in [cells[row][column].strip()]
            ]
        )
    return values


def trouble(word: str) -> tuple[str, str]:
    """What is wrong with a cell that holds no weight, and what to do."""
    told = weight_trouble(word)
    if told and "," in word:
        return told
    return f"{plain(word)} is no weight", "write a number"


def entries(values: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(row, column, weight) of what is not 0, row by row; of a dense or sparse matrix."""
    if isinstance(values, np.ndarray):
        row, column = np.nonzero(values)
        return row, column, values[row, column].astype(float)
    from scipy import sparse

    found = sparse.coo_array(values)
    order = np.lexsort((found.col, found.row))
    data = found.data[order].astype(float)
    kept = data != 0
    return found.row[order][kept], found.col[order][kept], data[kept]
