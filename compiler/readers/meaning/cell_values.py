"""The cells of a matrix: text, a number, or nothing."""

from __future__ import annotations

import numpy as np

from ..columns import NUMBER
from ..delimited import weight_of

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

    def __missing__(self, cell: str) -> float:
        word = cell.strip()
        value = 0.0 if word.lower() in NOTHING else weight_of(word)
        if len(self) < REMEMBERED:
            self[cell] = value
        return value


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
