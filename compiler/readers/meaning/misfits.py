"""Matrices that do not fit together: rows of several lengths, names that disagree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from difflib import SequenceMatcher

from ...errors import InputError, Mistake
from ...ir.accounts import Finding
from ...names import plain, plural, unpadded
from ..book import Sheet, shown
from ..delimited import plain_word
from ..findings import find
from .cell_values import text_or_number
from .matrix import Frame, Matrix, named, padded

SHIFTED = 6  # names from which on a shift by one is no chain of neurons


def check_grid(sheet: Sheet, frame: Frame, label: str) -> None:
    """Raise InputError for rows of several lengths, and numbers below no name."""
    if wrong := ragged(sheet, frame, label) or beside(sheet, frame, label):
        raise InputError.of(wrong)


def check_names(matrix: Matrix, label: str) -> tuple[Finding, ...]:
    """What to know of senders and receivers that are not the same cells.

    Raises:
        InputError: names that agree but for a few, which look misspelt or shifted.
    """
    rows, columns = matrix.senders, matrix.receivers
    known, others = set(rows), set(columns)
    alone = [name for name in rows if name not in others]
    apart = [name for name in columns if name not in known]
    if not alone or not apart:
        return ()
    seen = f"{shown(alone, 4)} only {verb(alone, 'send')}, "
    seen += f"{shown(apart, 4)} only {verb(apart, 'receive')}"
    if len(rows) == len(columns) and is_slip(rows, columns, alone, apart):
        seen = (
            f"a matrix of {len(rows):,} x {len(columns):,} whose names disagree: {seen}"
        )
        hint = (
            "spell each name alike; a cell that only sends or receives has a row and a "
        )
        raise InputError(
            label, seen, f"{hint}column all the same, one of them of zeros"
        )
    return (find("EC310", seen),)


def verb(names: Sequence[str], word: str) -> str:
    """A verb after some names."""
    return word if len(names) > 1 else f"{word}s"


def is_slip(
    rows: Sequence[str],
    columns: Sequence[str],
    alone: Sequence[str],
    apart: Sequence[str],
) -> bool:
    """Whether names that do not agree look like a slip of who wrote them.

    They differ in their case, blanks or padding alone; or all but one, or most, agree, and
    the others stand in the same places, or all are shifted by one.

    Args:
        rows, columns: of one length; alone, apart: those of them that are not in the other.
    """
    if {*map(spelling, alone)} & {*map(spelling, apart)}:
        return True
    if len(alone) > 1 and 2 * len(alone) >= len(rows):
        return False
    if rows[1:] == columns[:-1] or rows[:-1] == columns[1:]:
        return len(rows) >= SHIFTED
    match = SequenceMatcher(None, rows, columns, autojunk=False)
    return any(
        what == "replace" and end - start == stop - begin
        for what, start, end, begin, stop in match.get_opcodes()
    )


def spelling(name: str) -> str:
    """A name without what is misspelt most: case, blanks, signs, padding."""
    return unpadded(plain_word(name).upper())


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
