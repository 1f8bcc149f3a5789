"""Types of cells: a table of names and types, of any container."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputError, Location, Mistake
from ..files import read_bytes
from ..names import plain
from ..options import Options, base
from .book import Sheet, Text, shown
from .cell_rows import NAMES, Row, book_of, rows_of, table_of_cells, wishes
from .cleaning import clean

HINT = "give a table with a header: name,type"
TITLES = ("type", "cell_type", "cell type", "celltype", "primary_type", "cell_class")


@dataclass(frozen=True, slots=True)
class TypeTable:
    """The types of a table.

    Attributes:
        label: the last part of the file's path.
        column: the title of the column of types.
        told: name -> type.
    """

    label: str
    column: str
    told: Mapping[str, str]


def types_by(options: Options) -> TypeTable | None:
    """The table of types that options give: --types, else a column of --cells, if any."""
    if options.types:
        return read_types(options.types)
    if not options.cells:
        return None
    data = read_bytes(options.cells, empty=HINT)
    table = table_of_cells(data, options.cells, wishes(options.cells_columns))
    free = [
        "" if place in table.places.values() else title
        for place, title in enumerate(table.titles)
    ]
    column = place_of(TITLES, free)
    if column < 0:
        return None
    places = table.places["name"], column
    return table_from(options.cells, table.titles[column], table.rows, places)


def read_types(path: str) -> TypeTable:
    """Read a table of types; a cell without one has none.

    Raises:
        InputError: no columns of names and types, a name twice; all mistakes at once.
    """
    first: Row = (Location(path), [])
    for part in book_of(read_bytes(path, empty=HINT), path).parts:
        if not isinstance(part, Sheet | Text):
            continue
        rows = [row for row in rows_of(part, path) if "".join(row[1]).strip()]
        for (_, titles), *below in ([rows] if rows else []):
            places = place_of(NAMES, titles), place_of(TITLES, titles)
            if min(places) >= 0:
                return table_from(path, titles[places[1]].strip(), below, places)
        first = rows[0] if rows and not first[1] else first
    at, cells = first
    seen = f"the first row is {shown(cells)}" if cells else "no table of rows"
    raise InputError(at, f"no columns name and type: {seen}", HINT)


def place_of(words: Sequence[str], titles: Sequence[str]) -> int:
    """The position of the column whose title is the first of these words; -1: none."""
    plainly = [title.strip().lower() for title in titles]
    return next((plainly.index(word) for word in words if word in plainly), -1)


def table_from(
    path: str, column: str, rows: Sequence[Row], places: tuple[int, int]
) -> TypeTable:
    """The table of rows, of which two columns are read; errors as of `read_types`."""
    told: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for at, name, word in pairs(rows, places):
        if name in told:
            seen = (
                f"{plain(name)} stands there twice: {plain(told[name])}, {plain(word)}"
            )
            mistakes.append(Mistake(at, seen, "keep one row a cell"))
        else:
            told[name] = word
    if mistakes:
        raise InputError.of(mistakes)
    known = {name: word for name, word in told.items() if word}
    if not known:
        raise InputError(path, f"no type in its column {plain(column)}", HINT)
    return TypeTable(base(path), column, known)


def pairs(
    rows: Sequence[Row], places: tuple[int, int]
) -> Iterator[tuple[Location, str, str]]:
    """(where it stands, name, type) of each row that has a name."""
    for at, row in rows:
        name, word = (
            row[place].strip() if place < len(row) else "" for place in places
        )
        if name:
            yield at, clean(name), clean(word)
