"""Positions of cells: a table of names and coordinates, of any container.

A file of the worm neuro atlas is read as it is, too: names in a comment, then a row of
coordinates for each.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .. import catalog
from ..arrays import Float64
from ..errors import InputError, Location, Mistake
from ..files import read_bytes
from ..names import plain, plural, some, unpadded
from ..options import base
from .book import Sheet, Text, shown
from .cell_rows import NAMES, Row, book_of, rows_of
from .cleaning import clean
from .decoding import decoded

HINT = "give a table with a header: name,x,y,z[,compartment]"
NUMBERS = (
    "write a number with a decimal point for each axis; leave all empty if unknown"
)
AXES, COMPARTMENT = ("x", "y", "z"), "compartment"
TITLE = re.compile(
    r"(?:(?:soma|cell|pos|position|coord|coordinate)[ _.-]?)?([xyz])"
    r"(?:[ _.-]?(?:pos|position|coord|coordinate|soma|[nuµ]m|mm|px|voxels?))?"
    r"(?: ?[(\[].*[)\]])?",
    re.IGNORECASE,
)
MOST = 1e100  # of a coordinate: the squares of larger ones overflow
NOWHERE = frozenset(("", "nan", "na", "n/a", "null", "none", "<na>"))
ELSEWHERE, PHARYNX = "elsewhere", "pharynx"
PHARYNGEAL = frozenset(
    (
        "I1",
        "I2",
        "I3",
        "I4",
        "I5",
        "I6",
        "M1",
        "M2",
        "M3",
        "M4",
        "M5",
        "MC",
        "MI",
        "NSM",
    )
)  # classes of the neurons of the pharynx


@dataclass(frozen=True, slots=True)
class Positions:
    """Where cells lie.

    Attributes:
        label: the last part of the file's path.
        digest: SHA-256 of its bytes, hex.
        axes: number of coordinates, 2 or 3.
        points: coordinates by the cell's name, in the unit of the file; () for a cell
            without any.
        compartment: by the cell's name; empty: the file has no such column.
    """

    label: str
    digest: str
    axes: int
    points: Mapping[str, tuple[float, ...]]
    compartment: Mapping[str, str] = field(default_factory=dict)

    def of(self, names: Sequence[str], label: str) -> Placed:
        """The positions of neurons.

        Args:
            label: of the graph, for messages.

        Raises:
            InputError: fewer than two of them have one.
        """
        alias = {unpadded(name): name for name in reversed(list(self.points))}
        known = [
            name if name in self.points else alias.get(unpadded(name), "")
            for name in names
        ]
        nowhere = (math.nan,) * self.axes
        points = [self.points.get(own) or nowhere for own in known]
        missing = tuple(
            name
            for name, point in zip(names, points, strict=True)
            if math.isnan(point[0])
        )
        if len(names) - len(missing) < 2:
            found = len(names) - len(missing)
            seen = f"positions of {plural(found, 'neuron')} of {label}"
            hint = f"it names {some(list(self.points))}; the graph {some(list(names))}"
            raise InputError(self.label, seen, hint)
        pairs = list(zip(names, known, strict=True))
        return Placed(
            np.array(points, np.float64),
            tuple(self.part(name, own) for name, own in pairs),
            missing,
            tuple(name for name, own in pairs if own and own != name),
        )

    def part(self, name: str, own: str) -> str:
        """The compartment of a neuron: that of the file, or pharynx or elsewhere."""
        if self.compartment:
            return self.compartment.get(own, "")
        cell = catalog.class_of(unpadded(name))
        return PHARYNX if cell in PHARYNGEAL else ELSEWHERE


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """The positions of the neurons of a graph.

    Attributes:
        points: (N, 2) or (N, 3) coordinates, NaN where there are none.
        parts: the compartment of each.
        missing: names without a position.
        renamed: names that the file pads otherwise: VA01 for VA1.
    """

    points: Float64
    parts: tuple[str, ...]
    missing: tuple[str, ...]
    renamed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """The places from 0 of the columns of a table of positions.

    Attributes:
        axes: of x, y and, if there is one, z.
        width: number of all columns.
        compartment: -1: there is none.
    """

    name: int
    axes: tuple[int, ...]
    width: int
    compartment: int = -1


def read_positions(path: str) -> Positions:
    """Read a file of positions.

    Raises:
        InputError: no columns of names and coordinates, a coordinate that is no number,
            a cell twice; all mistakes at once.
    """
    data = read_bytes(path, empty=HINT)
    rows, columns = table(data, path)
    points: dict[str, tuple[float, ...]] = {}
    parts: dict[str, str] = {}
    mistakes: list[Mistake] = []
    for at, row in rows:
        name = clean(cell(row, columns.name))
        point = point_of([cell(row, place) for place in columns.axes])
        if len(row) > columns.width:
            seen = f"{len(row)} cells, the first row has {columns.width}"
            mistakes.append(Mistake(at, seen, HINT))
        elif isinstance(point, str):
            mistakes.append(Mistake(at, f"{plain(name)}: {point}", NUMBERS))
        elif not name:
            mistakes.append(Mistake(at, "a position without a name", "name the cell"))
        elif points.get(name, point) != point:
            seen = f"{plain(name)} stands there twice, at two places"
            mistakes.append(Mistake(at, seen, "keep one row a cell"))
        else:
            points[name] = point
            parts.setdefault(name, cell(row, columns.compartment))
    if mistakes:
        raise InputError.of(mistakes)
    if not any(points.values()):
        raise InputError(path, "no position in it", HINT)
    told = parts if columns.compartment >= 0 else {}
    digest = hashlib.sha256(data).hexdigest()
    return Positions(base(path), digest, len(columns.axes), points, told)


def cell(row: Sequence[str], place: int) -> str:
    """A cell of a row, stripped; "" where there is none."""
    return row[place].strip() if 0 <= place < len(row) else ""


def point_of(cells: Sequence[str]) -> tuple[float, ...] | str:
    """The coordinates in cells, () where all are empty; or what is wrong with them."""
    if all(cell.lower() in NOWHERE for cell in cells):
        return ()
    found = []
    for axis, text in zip(AXES, cells, strict=False):
        try:
            value = float(text.replace("_", "?"))
        except ValueError:
            value = math.nan
        if not abs(value) <= MOST:
            return f"{axis} is {plain(text)}, no number" if text else f"{axis} is empty"
        found.append(value)
    return tuple(found)


def table(data: bytes, label: str) -> tuple[list[Row], Columns]:
    """The rows of the first part of a file that is a table of positions.

    Raises:
        InputError: there is none.
    """
    book = book_of(data, label)
    first: Row = (Location(label), [])
    for part in book.parts:
        if isinstance(part, Text) and (named := named_above(part, label)):
            return named, without_titles(len(named[0][1]))
        if not isinstance(part, Sheet | Text):
            continue
        rows = [spaced(row) for row in rows_of(part, label) if "".join(row[1]).strip()]
        if rows and (columns := columns_of(rows[0][1])):
            return rows[bool(titled(rows[0][1])) :], columns
        first = rows[0] if rows and not first[1] else first
    at, cells = first
    seen = f"the first row is {shown(cells)}" if cells else f"{book.format}, no table"
    raise InputError(at, f"no columns name, x, y, z: {seen}", HINT)


def spaced(row: Row) -> Row:
    """A row whose only cell holds several words, split at blanks."""
    at, cells = row
    return (at, cells[0].split()) if len(cells) == 1 else row


def columns_of(cells: Sequence[str]) -> Columns | None:
    """The columns by their titles or, without titles, name first, then 2 or 3 numbers."""
    words = [cell.strip().lower() for cell in cells]
    found = titled(cells)
    name = next((words.index(word) for word in (*NAMES, "") if word in words), -1)
    if "x" in found and "y" in found and name >= 0:
        place = tuple(found[axis] for axis in AXES if axis in found)
        part = words.index(COMPARTMENT) if COMPARTMENT in words else -1
        return Columns(name, place, len(cells), part)
    bare = 3 <= len(words) <= 4 and isinstance(point_of(words[1:]), tuple)
    return without_titles(len(words)) if bare else None


def without_titles(width: int) -> Columns:
    """A column of names, then one for each axis."""
    return Columns(0, tuple(range(1, width)), width)


def titled(cells: Sequence[str]) -> dict[str, int]:
    """The places of the columns of x, y and z, by their titles."""
    found: dict[str, int] = {}
    for place, title in enumerate(cells):
        if match := TITLE.fullmatch(title.strip()):
            found.setdefault(match[1].lower(), place)
    return found


def named_above(text: Text, label: str) -> list[Row]:
    """The rows of a file whose first line is a comment with all names; else none."""
    head, *lines = decoded(text.data, label).splitlines()
    names = head.lstrip("#").split()
    rows = [(at, line) for at, line in enumerate(lines, 2) if line.strip()]
    if not head.startswith("#") or not rows or len(names) < 2:
        return []
    points = [re.split(r"[,;\s]+", line.strip()) for _, line in rows]
    if not 2 <= len(points[0]) <= 3 or isinstance(point_of(points[0]), str):
        return []  # each row names its cell
    if len(names) != len(rows):
        seen = (
            f"{plural(len(names), 'name')} in line 1, {plural(len(rows), 'row')} below"
        )
        raise InputError(label, seen, "give coordinates for each name, in their order")
    return [
        (Location(label, at, text=line), [name, *point])
        for (at, line), name, point in zip(rows, names, points, strict=True)
    ]
