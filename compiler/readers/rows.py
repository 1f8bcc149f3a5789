"""Rows of cells as columns of edges."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Float64, Int32, UInt8
from ..errors import UsageError
from ..ir.accounts import TextForm
from ..ir.stages import CHEMICAL
from .blame import any_wrong, misfit, wrong_name
from .book import Coded
from .decimals import number_of
from .delimited import (
    BOTH_WAYS,
    COMMENTS,
    COUNTS,
    DELIMITERS,
    UNKNOWN,
    layout_kind,
)
from .form import Form, Sample
from .kinds import kind_in
from .reader import EdgeList, Layout

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


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """What stands in the rows, as parallel columns.

    Attributes:
        names: in the order in which they first stand there.
        pre, post: numbers of names.
        weight: in the source's unit, nan for none; None where the file has no such column.
        kind: CHEMICAL, ELECTRICAL, REPEATED or UNKNOWN; None likewise.
        line: the first line of the row, from 1.
        ragged: lines of rows with too few or too many cells.
        blank: rows without any cell; comments: lines between the rows that are none.
        beside: columns without a role that were read with them, by their positions.
    """

    names: tuple[str, ...]
    pre: Int32
    post: Int32
    weight: Float64 | None
    kind: UInt8 | None
    line: Int32
    ragged: Sequence[int] = ()
    blank: int = 0
    comments: int = 0
    beside: Mapping[int, Coded] = field(default_factory=dict)


@dataclass(slots=True)
class Growing:
    """The columns of `Rows` while rows are read; without weight or kind they stay empty."""

    pre: array[int] = field(default_factory=lambda: array("i"))
    post: array[int] = field(default_factory=lambda: array("i"))
    weight: array[float] = field(default_factory=lambda: array("d"))
    kind: array[int] = field(default_factory=lambda: array("B"))
    line: array[int] = field(default_factory=lambda: array("i"))
    ragged: list[int] = field(default_factory=list)
    blank: int = 0
    comments: int = 0

    def grown(self, names: tuple[str, ...]) -> Rows:
        """The columns as numpy arrays."""
        return Rows(
            names=names,
            pre=np.frombuffer(self.pre, np.int32),
            post=np.frombuffer(self.post, np.int32),
            weight=np.frombuffer(self.weight, np.float64) if self.weight else None,
            kind=np.frombuffer(self.kind, np.uint8) if self.kind else None,
            line=np.frombuffer(self.line, np.int32),
            ragged=self.ragged,
            blank=self.blank,
            comments=self.comments,
        )


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


def collected(found: Iterable[tuple[int, list[str]]], form: Form) -> Rows:
    """Append every row to the columns: the one loop that runs for each of them."""
    rows, places, names = Growing(), form.places, Names()
    width = form.width if max(places.values()) < form.width else -1  # none is certain
    weights, kinds = Weights(form), Kinds(form.kinds)
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
    return rows.grown(tuple(names.known))


def as_edges(rows: Rows, kind: int, form: TextForm) -> EdgeList:
    """The columns, filled in where the file has none.

    Args:
        kind: of all rows where the file has no such column.
    """
    size = len(rows.pre)
    return EdgeList(
        names=rows.names,
        pre=rows.pre,
        post=rows.post,
        weight=np.ones(size) if rows.weight is None else rows.weight,
        kind=np.full(size, kind, np.uint8) if rows.kind is None else rows.kind,
        line=rows.line,
        role=np.zeros(len(rows.names), np.uint8),
        transmitter=("",) * len(rows.names),
        form=form,
    )


def wrong_lines(edges: EdgeList, rows: Rows) -> list[int]:
    """The lines of all rows that cannot be used, ascending."""
    wrong = np.isnan(edges.weight) | (edges.kind == UNKNOWN)
    if any_wrong(edges.names):
        names = [bool(name and wrong_name(name)) for name in edges.names]
        bad = np.array(names, bool)
        wrong |= bad[edges.pre] | bad[edges.post]
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
