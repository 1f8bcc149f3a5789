"""Read the rows of a delimited text into columns."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Float64, Int32, UInt8
from ..errors import InputError
from .blame import misfit, mistakes, records_of, unsplit, wrong_name
from .delimited import UNKNOWN, BadRecord, Layout, kind_of, weight_of
from .sniff import Form

REMEMBERED = 100_000  # different weights; volumes are all different


class Names(dict[str, int]):
    """Cell as it stands in the file -> number of its name; learns what it is asked."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def __missing__(self, cell: str) -> int:
        number = self.known.setdefault(cell.strip(), len(self.known))
        self[cell] = number
        return number


class Weights(dict[str, float]):
    """Cell -> number, nan where it holds none; learns what it is asked, up to a size."""

    def __missing__(self, cell: str) -> float:
        value = weight_of(cell)
        if len(self) < REMEMBERED:
            self[cell] = value
        return value


class Kinds(dict[str, int]):
    """Cell -> kind; learns what it is asked."""

    def __missing__(self, cell: str) -> int:
        self[cell] = value = kind_of(cell)
        return value


@dataclass(slots=True)
class Rows:
    """What stands in the rows, as parallel columns while they are read.

    Attributes:
        names: number of each name, in the order in which they first stand there.
        pre, post: numbers of names.
        weight: in the source's unit; empty where the file has no such column.
        kind: CHEMICAL, ELECTRICAL, REPEATED or UNKNOWN; empty likewise.
        line: the first line of the row, from 1.
        ragged: lines of rows with too few or too many cells.
        blank: rows without any cell.
    """

    names: Names = field(default_factory=Names)
    pre: array[int] = field(default_factory=lambda: array("i"))
    post: array[int] = field(default_factory=lambda: array("i"))
    weight: array[float] = field(default_factory=lambda: array("d"))
    kind: array[int] = field(default_factory=lambda: array("B"))
    line: array[int] = field(default_factory=lambda: array("i"))
    ragged: list[int] = field(default_factory=list)
    blank: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The rows of a file as columns of equal length, all of them sound."""

    names: tuple[str, ...]  # in the order in which they first stand there
    pre: Int32
    post: Int32
    weight: Float64
    kind: UInt8  # CHEMICAL, ELECTRICAL or REPEATED
    line: Int32
    blank: int


def read_rows(data: bytes, label: str, layout: Layout, form: Form, kind: int) -> Table:
    """Read every row; `kind` is that of all rows where the file has no such column.

    Raises:
        InputError: all that is wrong with the rows.
    """
    try:
        rows = collected(records_of(data, layout, form), form)
    except BadRecord as error:
        raise unsplit(error, data, label, layout, form) from None
    table = as_table(rows, kind)
    wrong = wrong_lines(table, rows)
    if wrong:
        raise InputError.of(mistakes(wrong, data, label, layout, form))
    if not len(table.pre):
        hint = "give one row for each synapse below it"
        raise InputError(label, "a header and no rows", hint)
    return table


def collected(found: Iterator[tuple[int, list[str]]], form: Form) -> Rows:
    """Append every row to the columns: the one loop that runs for each of them."""
    rows, places, width = Rows(), form.places, form.width
    names, weights, kinds = rows.names, Weights(), Kinds()
    pre, post = places["pre"], places["post"]
    weight, kind = places.get("weight"), places.get("kind")
    add_pre, add_post, add_line = rows.pre.append, rows.post.append, rows.line.append
    add_weight, add_kind = rows.weight.append, rows.kind.append
    for line, row in found:
        if len(row) != width or not row[pre]:
            if not any(map(str.strip, row)):
                rows.blank += 1
                continue
            if misfit(row, form):
                rows.ragged.append(line)
                continue
        add_pre(names[row[pre]])
        add_post(names[row[post]])
        add_line(line)
        if weight is not None:
            add_weight(weights[row[weight]])
        if kind is not None:
            add_kind(kinds[row[kind]])
    return rows


def as_table(rows: Rows, kind: int) -> Table:
    """The columns as numpy arrays; what the file has not is filled in."""
    size = len(rows.pre)
    filled = bool(rows.weight), bool(rows.kind)
    return Table(
        names=tuple(rows.names.known),
        pre=np.frombuffer(rows.pre, np.int32),
        post=np.frombuffer(rows.post, np.int32),
        weight=np.frombuffer(rows.weight, np.float64) if filled[0] else np.ones(size),
        kind=(
            np.frombuffer(rows.kind, np.uint8)
            if filled[1]
            else np.full(size, kind, np.uint8)
        ),
        line=np.frombuffer(rows.line, np.int32),
        blank=rows.blank,
    )


def wrong_lines(table: Table, rows: Rows) -> list[int]:
    """The lines of all rows that cannot be used, ascending."""
    bad_name = np.array([bool(wrong_name(name)) for name in table.names], bool)
    wrong = np.isnan(table.weight) | (table.kind == UNKNOWN)
    if bad_name.any():
        wrong |= bad_name[table.pre] | bad_name[table.post]
    return sorted([*rows.ragged, *table.line[wrong].tolist()])
