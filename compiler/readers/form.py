"""A form of delimited text: its delimiter, header and columns; the error where they are unknown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..errors import InputError, Location, UsageError
from ..names import plain
from .columns import numeric
from .delimited import DELIMITERS
from .reader import Layout

MOST_COLUMNS = 8  # columns that a message names


@dataclass(frozen=True, slots=True)
class Form:
    """One way to read a text.

    Attributes:
        delimiter: a key of DELIMITERS; a space stands for runs of spaces and tabs.
        header: the names of the columns, or None.
        start: the line on which the first row may begin, from 1.
        places: pre, post, weight, kind -> position from 0, for those that are there.
        width: cells of a row.
        share: part of the sampled rows that have this width.
        own: whether the header is split as the rows are.
        rows: the sampled rows, without the header.
        wanted: position of a column -> its cells in the rows that are read.
        kinds: words of this file's kind column beside ours -> kind.
        titles: rows above the header.
        decimal: point or comma, before the fraction of a weight; "" where nothing tells.
        undirected: whether the file says that its rows have no direction.
        commented: the lines that begin with a comment's sign; in quotes it is none.
        apart: the cells are stored one by one, as in a workbook; nothing delimits them.
    """

    delimiter: str
    header: tuple[str, ...] | None
    start: int
    places: Mapping[str, int]
    width: int
    share: float
    own: bool
    rows: Sequence[list[str]]
    wanted: Mapping[int, frozenset[str]] = field(default_factory=dict)
    kinds: Mapping[str, int] = field(default_factory=dict)
    titles: int = 0
    decimal: str = ""
    undirected: bool = False
    commented: frozenset[int] = frozenset()
    apart: bool = False

    @property
    def known(self) -> bool:
        """Whether the columns pre and post are known."""
        return {"pre", "post"} <= self.places.keys()

    @property
    def score(self) -> tuple[int, float, bool]:
        """The evidence for this form, comparable."""
        if not self.known or (not self.header and self.share < 0.5):
            return (0, self.share * (self.width > 1), self.own)
        quality = 3 if self.header else min(2, len(self.places) - 1)
        return (quality, self.share, self.own)

    @property
    def alike(self) -> bool:
        """Whether every row, the header among them, has the same number of cells, over 2."""
        return self.share == 1 and self.width > 2 and self.own

    def title(self, place: int) -> str:
        """The title of a column: its name in the header, or its position."""
        if self.header and place < len(self.header) and self.header[place]:
            return self.header[place]
        return f"column {place + 1}"


class MatrixFound(Exception):
    """A text that holds no edge list but a matrix: its form, and its first lines."""

    def __init__(self, form: Form, sample: Sample) -> None:
        self.form, self.sample = form, sample
        super().__init__("a matrix")


def check_edge_list(layout: Layout, label: str) -> None:
    """Raise UsageError for --transpose, unless it may be of a file beside it."""
    if layout.transpose and layout.electrical is None:
        raise UsageError(f"--transpose: of a matrix; {label} is an edge list")


def check_matrix(layout: Layout, label: str) -> None:
    """Raise UsageError for what only an edge list has, unless a file beside it may be one."""
    asked = {"columns": layout.columns, "where": layout.where, "kinds": layout.kinds}
    for option, is_asked in asked.items():
        if is_asked and layout.electrical is None:
            raise UsageError(f"--{option}: of an edge list; {label} is a matrix")


@dataclass(frozen=True, slots=True)
class Sample:
    """The first lines of a text.

    Attributes:
        comments: the lines before the first row that begin with a comment's sign.
        lines: the lines from the first row on.
        start: the number of the first of `lines`.
    """

    comments: tuple[str, ...]
    lines: tuple[str, ...]
    start: int


def seen_columns(form: Form) -> str:
    """The columns for a message: their names, or the first row."""
    cells = form.header or tuple(form.rows[0] if form.rows else ())
    shown = ", ".join(plain(cell) for cell in cells[:MOST_COLUMNS])
    more = (
        f" and {len(cells) - MOST_COLUMNS:,} more" if len(cells) > MOST_COLUMNS else ""
    )
    what = "columns" if form.header else "no header; the first row is"
    return f"{what} {shown}{more} (split by {DELIMITERS.get(form.delimiter, form.delimiter)})"


def unrecognised(form: Form, label: str, sample: Sample) -> InputError:
    """The error for a text whose columns pre and post are unknown."""
    at = Location(label, sample.start, text=sample.lines[0].rstrip("\r\n"))
    if not form.rows and len(at.text) > 131_072:
        seen = f"a first line of {len(at.text):,} characters that nothing splits"
        return InputError(at, seen, "give one row for each synapse, each on its line")
    missing = [role for role in ("pre", "post") if role not in form.places]
    hint = (
        "name them, or count them from 1: --columns pre=...,post=...,weight=... "
        "(and --no-header if the first line is a row)"
    )
    if beside := table_of_cells(form):
        hint += f"\n  or is it a table of cells? {beside}"
    seen = f"no column for {' and '.join(missing)}: {seen_columns(form)}"
    return InputError(at, seen, hint)


def table_of_cells(form: Form) -> str:
    """What a text without edges may be for, beside a connectome: "" if nothing tells.

    A row a cell: the first words of nearly all rows differ, or there are no others.
    """
    if form.width == 1:
        return (
            "--names FILE gives the names of a matrix, --cells FILE the roles of cells"
        )
    first = [row[0] for row in form.rows if row and row[0]]
    if len(first) < 3 or len(set(first)) < 0.9 * len(first):
        return ""
    return "--cells FILE gives the roles of cells, --names FILE the names of a matrix"


def matrix(form: Form) -> bool:
    """Whether a text is an adjacency matrix."""
    if form.width < 3 or not form.rows:
        return False
    if not all(numeric(form.rows, place) for place in range(1, form.width)):
        return False
    if form.header is None:
        return form.width > 10 or form.width == len(form.rows)
    first = {row[0] for row in form.rows}
    return not form.header[0] or bool(first & set(form.header[1:]))
