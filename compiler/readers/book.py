"""What a container holds: sheets of cells, arrays of numbers, or a graph.

A container (`containers/`) says what stands in a file and where; what it means is for
`meaning/` to say, the same for every container.
"""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from ..arrays import Float64, Int32, Int64
from ..errors import Location
from ..ir.accounts import Finding
from ..names import plain
from .property_graph import PropertyGraph


class Coded(NamedTuple):
    """A column of cells: (E,) the place of each in its different words, and those."""

    codes: Int32
    words: list[str]

    @classmethod
    def of(cls, cells: Iterable[str]) -> Coded:
        """The cells of a list."""
        known: dict[str, int] = {}
        codes = [known.setdefault(cell, len(known)) for cell in cells]
        return cls(np.array(codes, np.int32), list(known))

    def stripped(self) -> Coded:
        """The same cells without blanks around them, and no word that no cell has."""
        known: dict[str, int] = {}
        used = np.zeros(len(self.words), bool)
        used[self.codes] = True
        number = np.zeros(len(self.words), np.int32)
        for code in np.flatnonzero(used).tolist():
            number[code] = known.setdefault(self.words[code].strip(), len(known))
        if list(known) == self.words:
            return self
        return Coded(number[self.codes], list(known))


class ByColumn(ABC):
    """A table of which whole columns are read, without a Python call a row."""

    @abstractmethod
    def columns(
        self,
        coded: Collection[int],
        numbers: Mapping[int, Callable[[str], float]],
        ends: Collection[int] = (),
    ) -> tuple[dict[int, Coded], dict[int, Float64]]:
        """Columns by their places, those of the titles left out.

        Args:
            coded: places of columns of words; numbers: of numbers, each with what reads
                a number from a word: nan where it holds none.
            ends: places among `coded` whose columns are numbered alike, if that is less
                work: they share one list of words.
        """

    @abstractmethod
    def some(self, places: Collection[int], rows: Int64) -> dict[int, Coded]:
        """The cells of some rows, ascending from 0, in columns by their places."""

    def is_text(self, place: int) -> bool:
        """Whether a column may hold anything but numbers."""
        return True

    def coded(self, place: int) -> Coded:
        """The words of one column."""
        return self.columns([place], {})[0][place]


class Columns(ByColumn, Sequence[Sequence[str]]):
    """The rows of a table that is stored by columns, its titles the first of them."""


class Mended(Sequence[Sequence[str]]):
    """Rows that were changed when they were read, with what is to be said of that."""

    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A grid of cells: a sheet of a workbook, a table of a database, a text.

    Attributes:
        name: as the container calls it; "" where the container holds one only.
        rows: the cells as text, "" where there is nothing; rows may end early.
        first: the number of the first row, from 1.
        grid: cells go by letter and number, as in a spreadsheet.
        titled: the first row names the columns: the container itself says so.
        indexed: rows below the title go by place, from 0, in `name`: `links[42]`.
        cell_facts: role and transmitter -> their words by the cell's name, of another
            table; fact_titles: the title of its column by what it holds.
        notes: the comments above it.
    """

    name: str
    rows: Sequence[Sequence[str]]
    first: int = 1
    grid: bool = True
    titled: bool = False
    indexed: bool = False
    cell_facts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fact_titles: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What a person should know of the rows, once they are read."""
        return self.rows.findings if isinstance(self.rows, Mended) else ()

    def at(self, label: str, row: int, column: int = -1) -> Location:
        """Where a cell stands, or a row; both from 0."""
        if self.indexed:
            return Location(label, spot=f"{self.name}[{row - self.titled}]")
        number = self.first + row
        if not self.grid:
            where = f"{self.name} row {number}" if self.name else ""
            return Location(label, 0 if where else number, spot=where)
        spot = f"{letters(column)}{number}" if column >= 0 else str(number)
        return Location(label, spot=f"{self.name}!{spot}" if self.name else spot)


@dataclass(frozen=True, slots=True, eq=False)
class Array:
    """A matrix of numbers: a variable of MATLAB or NumPy, a list of lists.

    Attributes:
        name: as the container calls it.
        values: (R, C) numbers, dense or of scipy.sparse.
        rows, columns: (R,), (C,) the names of its cells; None: the file gives none.
        note: what the report says of it beside its size; "" for nothing.
    """

    name: str
    values: Any
    rows: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Delimited text, undecoded: it is read a line at a time.

    Attributes:
        names: of its cells by the ids that stand in it; named_by: where they stand.
    """

    name: str
    data: bytes
    names: Mapping[str, str] = field(default_factory=dict)
    named_by: str = ""


Part = Sheet | Array | Text | PropertyGraph


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """The parts of a file.

    Attributes:
        format: as messages name it, with its article: "an XLSX workbook".
        part: what a part of it is called: "sheet", "table", "variable".
    """

    format: str
    part: str
    parts: tuple[Part, ...]


def name_of(part: Part) -> str:
    """The name of a part in its container."""
    return part.format if isinstance(part, PropertyGraph) else part.name


def text_of(cell: Any) -> str:
    """A cell as the text that CSV would have: 3.0 is 3."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 2**53 else repr(cell)
    if isinstance(cell, datetime.datetime | datetime.date | datetime.time):
        return cell.isoformat()
    return str(cell).strip()


def letters(column: int) -> str:
    """A column as spreadsheets name it, from 0: A, B, … Z, AA."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def shown(names: Sequence[str], most: int = 12) -> str:
    """Names for a message."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(plain(name) for name in names[:most]) + more
