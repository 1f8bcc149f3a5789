"""Read delimited text: its rows as columns of edges."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from ..errors import InputError, Location, UsageError
from ..ir.accounts import TextForm
from ..ir.stages import CHEMICAL
from ..names import plural
from .blame import misfit, mistakes, records_of, unsplit, wrong_name
from .cell_columns import in_rows, with_cell_columns
from .choice import none_wanted, wanted
from .decimals import decimal_of, number_of
from .decoding import decodable
from .delimited import (
    BOTH_WAYS,
    COMMENTS,
    COUNTS,
    DELIMITERS,
    UNKNOWN,
    BadRecord,
    layout_kind,
    stream,
)
from .directions import both_ways
from .findings import find
from .form import Form, Sample
from .ids import with_ids
from .kinds import kind_in
from .pairs import weighed
from .reader import EdgeList, Layout
from .refusals import refuse, refuse_list
from .sniff import sniff
from .unread import unread

MARKED = ("# ", "% ")  # how a comment of as many cells as a row begins
REMEMBERED = 100_000  # different weights; volumes are all different


class KindTold(UsageError):
    """The kind is said of a file that tells it itself."""


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

    def __init__(self, form: Form) -> None:
        self.form = form  # how the numbers of the file are written

    def __missing__(self, cell: str) -> float:
        value = number_of(cell, self.form)
        if len(self) < REMEMBERED:
            self[cell] = value
        return value


class Kinds(dict[str, int]):
    """Cell -> kind; learns what it is asked."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self.words = words  # of this file, beside ours

    def __missing__(self, cell: str) -> int:
        self[cell] = value = kind_in(cell, self.words)
        return value


class Counts:
    """Columns of counts, a kind each: a row becomes an edge for every count in it."""

    def __init__(self, places: Mapping[str, int], weights: Weights) -> None:
        self.weights = weights
        self.places = [
            (places[role], kind) for role, kind in COUNTS.items() if role in places
        ]

    def of(self, row: list[str]) -> list[tuple[float, int]]:
        """Weight and kind of each count; 0, for the row, where all are 0 or empty."""
        cells = [
            (row[place] if place < len(row) else "", kind)
            for place, kind in self.places
        ]
        found = [
            (self.weights[cell] if cell.strip() else 0.0, kind) for cell, kind in cells
        ]
        return [pair for pair in found if pair[0] != 0] or found[:1]


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
        blank: rows without any cell; comments: lines between the rows that are none.
    """

    names: Names = field(default_factory=Names)
    pre: array[int] = field(default_factory=lambda: array("i"))
    post: array[int] = field(default_factory=lambda: array("i"))
    weight: array[float] = field(default_factory=lambda: array("d"))
    kind: array[int] = field(default_factory=lambda: array("B"))
    line: array[int] = field(default_factory=lambda: array("i"))
    ragged: list[int] = field(default_factory=list)
    blank: int = 0
    comments: int = 0


def read_delimited(data: bytes, label: str, layout: Layout) -> EdgeList:
    """Read delimited text, of whatever layout: a row an edge.

    Raises:
        InputError: what is wrong with the file, all of it.
        UsageError: an option of the layout names nothing.
    """
    data, layout = decodable(data, label, layout)
    form, sample = sniff(data, label, layout)
    first = sample.lines[0].rstrip("\r\n")
    refuse(form, Location(label, sample.start, text=first), layout)
    kind = kind_without_column(layout, form)

    def records() -> Iterator[tuple[int, list[str]]]:
        return wanted(records_of(data, layout, form), form)

    try:
        form, found = with_ids(form, layout, records)
        decimal = decimal_of(records(), form, layout, label)
        form = replace(form, decimal=decimal, commented=commented(data, layout))
        rows = collected(records(), form)
    except BadRecord as error:
        raise unsplit(error, data, label, layout, form) from None
    edges = as_edges(rows, kind, described(form, sample, layout, rows))
    if wrong := wrong_lines(edges, rows):
        raise InputError.of(mistakes(wrong, data, label, layout, form))
    if not len(edges.pre) and form.wanted:
        raise none_wanted(layout)
    if not len(edges.pre):
        hint = "give one row for each synapse below it"
        raise InputError(label, "a header and no rows", hint)
    edges = both_ways(edges)
    refuse_list(edges, form, layout, label)
    if form.titles:
        above = f"{plural(form.titles, 'line')} above the header left out"
        found = (*found, find("EC105", above))
    edges = with_cell_columns(
        edges,
        form,
        lambda places: in_rows(records(), places),
        lambda line: Location(label, line),
    )
    edges = replace(edges, findings=(*edges.findings, *found))
    edges, told = weighed(edges, form, layout, label, records())
    return replace(edges, findings=(*edges.findings, *unread(form, told)))


def commented(data: bytes, layout: Layout) -> frozenset[int]:
    """The lines that may be comments between the rows, from 1."""
    if not any(b"\n" + mark.encode() in data for mark in COMMENTS):
        return frozenset()
    lines = enumerate(stream(data, layout.encoding), 1)
    return frozenset(line for line, text in lines if text.lstrip().startswith(COMMENTS))


def kind_without_column(layout: Layout, form: Form) -> int:
    """The kind of all rows of a file that does not tell it."""
    kind = layout_kind(layout)
    told = [role for role in ("kind", *COUNTS) if role in form.places]
    if layout.kind and told:
        column = form.title(form.places[told[0]])
        raise KindTold(
            f"--kind {layout.kind}: the file tells it, in {column!r}; "
            "leave --kind out, or leave the column out with --columns kind="
        )
    return BOTH_WAYS if form.undirected and kind == CHEMICAL else kind


def collected(found: Iterator[tuple[int, list[str]]], form: Form) -> Rows:
    """Append every row to the columns: the one loop that runs for each of them."""
    rows, places, width = Rows(), form.places, form.width
    names, weights, kinds = rows.names, Weights(form), Kinds(form.kinds)
    counts, marked = Counts(places, weights), form.commented
    pre, post = places["pre"], places["post"]
    weight, kind = places.get("weight"), places.get("kind", places.get("direction"))
    add_pre, add_post, add_line = rows.pre.append, rows.post.append, rows.line.append
    add_weight, add_kind = rows.weight.append, rows.kind.append
    for line, row in found:
        if len(row) != width or not row[pre]:
            if not any(map(str.strip, row)):
                rows.blank += 1
                continue
            if line in marked and row[0].lstrip().startswith(COMMENTS):
                rows.comments += 1
                continue
            if misfit(row, form):
                rows.ragged.append(line)
                continue
        if line in marked and row[0].lstrip().startswith(MARKED):
            rows.comments += 1
            continue
        if counts.places:
            for value, sort in counts.of(row):
                add_pre(names[row[pre]])
                add_post(names[row[post]])
                add_line(line)
                add_weight(value)
                add_kind(sort)
            continue
        add_pre(names[row[pre]])
        add_post(names[row[post]])
        add_line(line)
        if weight is not None:
            add_weight(weights[row[weight]])
        if kind is not None:
            add_kind(kinds[row[kind]])
    return rows


def as_edges(rows: Rows, kind: int, form: TextForm) -> EdgeList:
    """The columns as numpy arrays, filled in where the file has none.

    Args:
        kind: of all rows where the file has no such column.
    """
    names, size = tuple(rows.names.known), len(rows.pre)
    filled = bool(rows.weight), bool(rows.kind)
    return EdgeList(
        names=names,
        pre=np.frombuffer(rows.pre, np.int32),
        post=np.frombuffer(rows.post, np.int32),
        weight=np.frombuffer(rows.weight, np.float64) if filled[0] else np.ones(size),
        kind=(
            np.frombuffer(rows.kind, np.uint8)
            if filled[1]
            else np.full(size, kind, np.uint8)
        ),
        line=np.frombuffer(rows.line, np.int32),
        role=np.zeros(len(names), np.uint8),
        transmitter=("",) * len(names),
        form=form,
    )


def wrong_lines(edges: EdgeList, rows: Rows) -> list[int]:
    """The lines of all rows that cannot be used, ascending."""
    bad_name = np.array([bool(name and wrong_name(name)) for name in edges.names], bool)
    wrong = np.isnan(edges.weight) | (edges.kind == UNKNOWN)
    if bad_name.any():
        wrong |= bad_name[edges.pre] | bad_name[edges.post]
    return sorted([*rows.ragged, *edges.line[wrong].tolist()])


def described(form: Form, sample: Sample, layout: Layout, rows: Rows) -> TextForm:
    """How the file is laid out."""
    header = form.header or ()
    taken = set(form.places.values())
    return TextForm(
        delimiter=DELIMITERS.get(form.delimiter, form.delimiter),
        header=form.header is not None,
        encoding=layout.encoding,
        columns={role: form.title(place) for role, place in form.places.items()},
        ignored=tuple(
            form.title(place)
            for place in range(max(form.width, len(header)))
            if place not in taken
        ),
        comments=len(sample.comments) + rows.comments,
        blank=rows.blank,
    )
