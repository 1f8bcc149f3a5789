"""Tables of cells: the rows of each in a file of any container, and the columns to read."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputError, Location, UsageError
from .book import Book, Part, Sheet, Text, name_of, shown
from .decoding import decoded
from .delimited import COMMENTS
from .header import SEPARATOR
from .property_graph import PropertyGraph, names_of
from .reader import Layout
from .roles import role_of

TITLES = 10  # rows above the header, at most
NAMES = (
    *("name", "cell", "neuron", "cell_name", "cell name", "cellname", "root_id"),
    *("pt_root_id", "bodyid", "body_id", "id"),
)
ROLE_TITLES = ("role", "roles", "type", "super_class", "superclass", "cook2019")
TRANSMITTERS = (
    *("transmitter", "neurotransmitter", "neurotransmitters"),
    *("nt_type", "top_nt"),
)
TITLED = {
    "name": NAMES,
    "role": ROLE_TITLES,
    "transmitter": TRANSMITTERS,
    "kind": ("kind",),
}  # what a column may hold, and what it may be called, best first
NEXT = re.compile(rf",(?=(?:{'|'.join(TITLED)})=)")  # a title may hold a comma itself
OPTION = "--cells-columns"

Row = tuple[Location, list[str]]


@dataclass(frozen=True, slots=True)
class CellRows:
    """A table of cells.

    Attributes:
        titles: of its columns; () where it has none.
        places: name, role, transmitter, kind -> position from 0, for those that are there.
        rows: where a row stands, and its cells.
    """

    titles: tuple[str, ...]
    places: Mapping[str, int]
    rows: Sequence[Row]

    @property
    def named(self) -> dict[str, str]:
        """The title of the column by what it holds, its place where it has none."""
        titles = self.titles or ("",) * (1 + max(self.places.values()))
        return {
            key: titles[place] or f"column {place + 1}"
            for key, place in self.places.items()
        }


def wishes(text: str) -> dict[str, str]:
    """The titles or places from 1 by what their columns hold, of `name=root_id,role=flow`.

    Raises:
        UsageError: it is not written so.
    """
    found: dict[str, str] = {}
    for part in filter(None, NEXT.split(text)):
        key, equals, title = part.partition("=")
        if not equals or key.strip() not in TITLED:
            seen = f"{OPTION} {part!r}"
            raise UsageError(f"{seen}: write name=A,role=B,transmitter=C,kind=D")
        found[key.strip()] = title
    return found


def table_of_cells(data: bytes, label: str, wish: Mapping[str, str]) -> CellRows:
    """The table of cells in a file of any container.

    Args:
        wish: as `wishes` gives it; role="" for a table without roles.

    Raises:
        InputError: no part of the file is such a table, or several are.
    """
    book = book_of(data, label)
    parts = [(part, list(rows_of(part, label))) for part in book.parts]
    found = [
        (part, table)
        for part, rows in parts
        if (table := with_columns(rows, wish)) is not None
    ]
    if not found:
        raise no_table(book, label, parts[0][1] if len(parts) == 1 else [])
    (_, first), *others = found
    if any(table.titles != first.titles for _, table in others):
        names = shown([name_of(part) for part, _ in found])
        seen = f"{book.format} with several {book.part}s of cells: {names}"
        raise InputError(label, seen, f"save one as CSV, or name its columns: {OPTION}")
    rows = [row for _, table in found for row in table.rows]
    return CellRows(first.titles, first.places, rows)


def book_of(data: bytes, label: str) -> Book:
    """The parts of a file of any container, compressed or not."""
    from .containers.compressed import unpacked
    from .containers.registry import container_of

    data, _ = unpacked(data, label)
    return container_of(data).read(data, label, Layout())


def rows_of(part: Part, label: str) -> Iterator[Row]:
    """The rows of a sheet, a text or the nodes of a graph; none of a matrix."""
    if isinstance(part, Sheet):
        for place, cells in enumerate(part.rows):
            yield part.at(label, place), list(cells)
    elif isinstance(part, Text):
        yield from rows_of_text(part, label)
    elif isinstance(part, PropertyGraph):
        names, _ = names_of(part, "")
        keys = {key for node in part.nodes.values() for key in node.data}
        titles = sorted(keys - {"name"})
        yield Location(label), ["name", "id", *titles]
        for key, node in part.nodes.items():
            data = {**part.defaults, **node.data}
            cells = [data.get(title, "") for title in titles]
            yield part.node_at(label, node.line), [names[key], key, *cells]


def rows_of_text(text: Text, label: str) -> Iterator[Row]:
    """The rows of delimited text, below the comments at its start.

    Raises:
        InputError: it is no text, or csv cannot split it.
    """
    lines = io.StringIO(decoded(text.data, label), newline="")
    above, first, said = 0, "", ""
    for first in lines:
        told = SEPARATOR.fullmatch(first)
        said = told[1] if told else said
        if not told and first.strip() and not first.lstrip().startswith(COMMENTS):
            break
        above += 1
    delimiter = said or max(",\t;|", key=first.count)
    lines.seek(lines.tell() - len(first))
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        for row in rows:
            at = Location(label, rows.line_num + above, text=delimiter.join(row))
            yield at, row
    except csv.Error as error:
        at = Location(label, rows.line_num + above)
        raise InputError(at, f"no table: {error}", "is a quote not closed?") from None


def with_columns(rows: Sequence[Row], wish: Mapping[str, str]) -> CellRows | None:
    """The rows below the titles of a name and a role; None where nothing says them.

    With places for titles there need be no header.
    """
    for place, (_, row) in enumerate(rows[: TITLES + 1]):
        titles = tuple(cell.strip() for cell in row)
        found = columns_in(titles, wish)
        if complete(found, wish):
            by_place = all(title.isdecimal() for title in wish.values())
            headed = not (wish and by_place) or is_header(titles, found)
            titles = titles if headed else ()
            return CellRows(titles, found, rows[place + headed :])
    return None


def columns_in(titles: Sequence[str], wish: Mapping[str, str]) -> dict[str, int]:
    """The positions of the columns by what they hold, as far as there are any."""
    words = [title.lower() for title in titles]
    found: dict[str, int] = {}
    for key, known in TITLED.items():
        title = wish.get(key)
        if title is None:
            place = next((words.index(word) for word in known if word in words), -1)
        elif title in titles:
            place = titles.index(title)
        else:
            place = int(title) - 1 if title.isdecimal() else -1
        if 0 <= place < len(titles):
            found[key] = place
    return found


def complete(found: Mapping[str, int], wish: Mapping[str, str]) -> bool:
    """Whether columns hold a name, a role, and all that was asked for by title."""
    wanted = {"name", "role", *wish} - {key for key, title in wish.items() if not title}
    return wanted <= found.keys()


def is_header(titles: Sequence[str], found: Mapping[str, int]) -> bool:
    """Whether a row names columns: its role is no role's word."""
    role = titles[found["role"]] if "role" in found else ""
    return not role or role_of(role) is None


def no_table(book: Book, label: str, rows: Sequence[Row]) -> InputError:
    """The error for a file without columns of names and roles."""
    seen = "no columns name and role"
    if not rows:
        names = shown([name_of(part) for part in book.parts])
        hint = "give a table with a header: name,role[,transmitter]"
        return InputError(label, f"{book.format}: no table of cells in {names}", hint)
    at, titles = rows[0]
    hint = "give it a header: name,role[,transmitter], or name its columns: "
    hint += f"{OPTION} name=COLUMN,role=COLUMN"
    if others := shown(columns_of_roles(titles, [row for _, row in rows[1:]])):
        hint += f"\n  words for roles stand in {others}"
    return InputError(at, f"{seen}: the columns are {shown(titles)}", hint)


def columns_of_roles(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The titles of the columns whose cells are words for roles, and not all empty."""
    found = []
    for place, title in enumerate(titles):
        words = {row[place].strip() for row in rows if place < len(row)} - {""}
        bits = [role_of(word) for word in words]
        if None not in bits and any(bits):
            found.append(title.strip() or f"column {place + 1}")
    return found
