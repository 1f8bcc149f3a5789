"""The cells of a matrix: text, a number, or nothing."""

from __future__ import annotations

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
