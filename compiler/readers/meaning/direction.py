"""Who sends in a matrix: what the titles around it say, and titles that contradict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...errors import InputError, Location
from ...names import literal
from .sides import BOTH, OTHER, TAKES, corner_of, sentence_of, title_of

MOST_TITLES = 3  # different texts of a line of titles; more are names of groups
CUT = 60  # characters of a title that a message shows


@dataclass(frozen=True, slots=True)
class Said:
    """A title that says who sends.

    Attributes:
        title: as it stands there.
        rows: SENDS or TAKES, what rows do by it; BOTH: the same as columns.
    """

    title: str
    rows: str


@dataclass(frozen=True, slots=True)
class Direction:
    """Who sends in a matrix.

    Attributes:
        across: columns send.
        why: which title says so, for the report; "": none does.
    """

    across: bool = False
    why: str = ""


def direction_of(
    said: Sequence[Said], at: Location | str, *, transpose: bool
) -> Direction:
    """Who sends by titles; rows where none says it, columns where the user does.

    Raises:
        InputError: titles that contradict each other, and the user says nothing.
    """
    if transpose:
        return Direction(True)
    if not said:
        return Direction()
    first = said[0]
    others = [other for other in said if other.rows != first.rows]
    if first.rows == BOTH or others:
        seen = "; ".join(map(sentence, [first, *others[:1]]))
        hint = "correct the titles; --transpose reads columns as senders"
        raise InputError(at, f"a matrix whose titles contradict: {seen}", hint)
    return Direction(first.rows == TAKES, f"{quoted(first.title)} says so")


def sentence(said: Said) -> str:
    """What a title says, for a message."""
    what = "the same of rows and columns"
    if said.rows != BOTH:
        what = f"that {'columns' if said.rows == TAKES else 'rows'} send"
    return f"{quoted(said.title)} says {what}"


def quoted(title: str) -> str:
    """A title for a message, in quotes; a long one cut."""
    text = " ".join(title.split())
    text = text if len(text) <= CUT else f"{text[: CUT - 3]}..."
    return f'"{text}"' if text.isprintable() else literal(text)


def said_around(
    cells: Sequence[Sequence[str]], row: int, column: int, notes: Sequence[str] = ()
) -> tuple[Said, ...]:
    """What the titles around a matrix say: its corner, above it and beside it.

    Args:
        cells: of the sheet, rows of one length.
        row, column: of the labels, from 0; -1: there are none.
        notes: comments, of which sentences are read.
    """
    found = [*in_corner(cells, row, column), *above(cells, row, column)]
    found += beside(cells, row, column)
    found += [Said(note, said) for note in notes if (said := sentence_of(note))]
    return tuple(dict.fromkeys(found))


def in_corner(cells: Sequence[Sequence[str]], row: int, column: int) -> Iterator[Said]:
    """What the corner says, and a title of the rows' labels below it."""
    if row < 0 or column < 0:
        return
    title = cells[row][column]
    if names_labels(cells, row, column):
        yield Said(title, OTHER[title_of(title)])
        yield Said(cells[row + 1][column], title_of(cells[row + 1][column]))
    elif said := corner_of(title):
        yield Said(title, said)


def names_labels(cells: Sequence[Sequence[str]], row: int, column: int) -> bool:
    """Whether a row below the labels is a title of those of rows: as pandas writes both.

    The corner is then that of the columns.
    """
    if row < 0 or column < 0 or row + 1 >= len(cells):
        return False
    titles = [title_of(cells[place][column]) for place in (row, row + 1)]
    alone = not any(cell.strip() for cell in cells[row + 1][column + 1 :])
    return alone and "" not in titles


def above(cells: Sequence[Sequence[str]], row: int, column: int) -> Iterator[Said]:
    """What the lines above the labels of columns say."""
    corner, right = list[str](), list[str]()
    for line in cells[: max(0, row)]:
        texts = list(dict.fromkeys(cell for cell in line if cell.strip()))
        if said := sentence_of(joined := ", ".join(texts)):
            yield Said(joined, said)
        elif len(texts) <= MOST_TITLES:
            edge = max(0, column)
            corner += [cell for cell in line[edge : edge + 1] if title_of(cell)]
            right += [cell for cell in line[edge + 1 :] if title_of(cell)]
    for title in dict.fromkeys(
        corner
    ):  # over the labels of rows, or all over the matrix
        of_rows = any(title_of(other) != title_of(title) for other in right)
        yield Said(title, title_of(title) if of_rows else OTHER[title_of(title)])
    for title in dict.fromkeys(right):
        yield Said(title, OTHER[title_of(title)])


def beside(cells: Sequence[Sequence[str]], row: int, column: int) -> Iterator[Said]:
    """What the columns before the labels of rows say."""
    for place in range(max(0, column)):
        texts = dict.fromkeys(line[place] for line in cells[max(0, row + 1) :])
        titles = [text for text in texts if text.strip()]
        for title in titles if len(titles) <= MOST_TITLES else ():
            if said := sentence_of(title) or title_of(title):
                yield Said(title, said)
