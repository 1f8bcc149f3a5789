"""Merged cells of a sheet of edges: what stands in one holds for each row that it spans."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ...ir.accounts import Finding
from ...names import plain, plural
from ..columns import NUMBER, by_name
from ..findings import find
from ..header import TITLES, names_both
from ..reader import Layout

Corners = tuple[tuple[int, int], tuple[int, int]]  # (row, column), from 0, of two cells


class Span(NamedTuple):
    """A merged cell of one column: its first and its last row, from 0."""

    first: int
    last: int
    column: int


def fill(
    rows: list[list[str]], merged: Iterable[Corners], name: str, layout: Layout
) -> tuple[Finding, ...]:
    """Fill the cells that a merged cell spans downward, below a header that names both ends.

    Cells that span columns stay as they are: over columns they are titles of groups. So
    do numbers other than ids: a count for several rows is not that of each.

    Args:
        rows: are changed; name: of the sheet.
    """
    spans = [
        Span(first, last, column)
        for (first, column), (last, right) in merged
        if column == right and first < last and first < len(rows)
    ]
    lower_titles(rows, spans, layout)
    header = header_of(rows, layout)
    if header < 0:
        return ()
    count = filled(rows, spans, header, ends_of(rows[header], layout))
    if not count:
        return ()
    seen = f"{plural(count, 'cell')} filled with what stands in the merged cell above"
    return (find("EC108", f"{seen}, in the sheet {plain(name)}"),)


def lower_titles(rows: list[list[str]], spans: Sequence[Span], layout: Layout) -> None:
    """Put titles that span the rows of a header into its last row, beside those of parts."""
    for place in range(min(TITLES, len(rows))):
        begun = [span for span in spans if span.first == place]
        if not begun:
            continue
        last = max(span.last for span in begun)
        if last >= min(TITLES, len(rows)):
            continue
        lowered = list(rows[last])
        for span in begun:
            lowered[span.column] = lowered[span.column] or rows[place][span.column]
        if names_both(lowered, layout):
            rows[last] = lowered
            for span in begun:
                rows[place][span.column] = ""
            return


def header_of(rows: Sequence[list[str]], layout: Layout) -> int:
    """The row that names both ends, by our words or the user's; -1: there is none."""
    for place, row in enumerate(rows[:TITLES]):
        if names_both(row, layout):
            return place
    if {"pre", "post"} <= layout.columns.keys() and layout.header is not False:
        return next((place for place, row in enumerate(rows) if any(row)), -1)
    return -1


def ends_of(titles: Sequence[str], layout: Layout) -> set[int]:
    """The columns of both ends, from 0."""
    places = by_name(titles)
    for role in ("pre", "post"):
        name = layout.columns.get(role, "")
        if name in titles and name:
            places[role] = titles.index(name)
        elif name.isdecimal():
            places[role] = int(name) - 1
    return {places[role] for role in ("pre", "post") if role in places}


def filled(
    rows: list[list[str]], spans: Iterable[Span], header: int, ends: set[int]
) -> int:
    """Fill empty cells of rows that hold anything: how many."""
    held = [any(row) for row in rows]
    done: dict[int, int] = {}  # column -> its last row that was looked at
    count = 0
    for span in sorted(spans):
        word = rows[span.first][span.column] if span.first > header else ""
        if not word or (span.column not in ends and NUMBER.fullmatch(word)):
            continue
        start = max(span.first, done.get(span.column, 0)) + 1
        stop = min(span.last + 1, len(rows))
        for row in range(start, stop):
            if held[row] and not rows[row][span.column]:
                rows[row][span.column] = word
                count += 1
        done[span.column] = max(done.get(span.column, 0), stop - 1)
    return count
