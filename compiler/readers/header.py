"""The header of a text: which line names its columns, and what stands above it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .columns import NUMBER, by_name, cells_of, looks_like_header, numeric
from .delimited import COMMENTS, DELIMITERS, BadRecord, records, trimmed
from .form import Sample
from .reader import Layout

TITLES = 10  # lines above the header, at most
SEPARATOR = re.compile(r"\s*\"?sep=(.)\"?\s*", re.IGNORECASE)  # as Excel writes it


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a text.

    Attributes:
        names: of the columns; None: there is no header.
        own: whether it is split as the rows are.
        rows: how many rows it takes, those above it among them.
        titles: rows above it.
    """

    names: tuple[str, ...] | None
    own: bool = True
    rows: int = 0
    titles: int = 0


def split(
    lines: Sequence[str], delimiter: str, first: int
) -> list[tuple[int, list[str]]]:
    """The rows of a sample with their lines, as far as they can be split."""
    rows: list[tuple[int, list[str]]] = []
    try:
        for line, row in records(iter(lines), delimiter):
            if cells := trimmed(row):
                rows.append((line + first - 1, cells))
    except BadRecord:  # the sample may end inside quotes; reading all of it will tell
        pass
    return rows


def heading(
    sample: Sample,
    rows: Sequence[tuple[int, list[str]]],
    delimiter: str,
    layout: Layout,
) -> Header:
    """The header of a sample."""
    if layout.header is False:
        return Header(None)
    for comment in reversed(sample.comments):
        for character in (delimiter, *DELIMITERS):
            names = names_in(comment.lstrip("".join(COMMENTS) + " "), character)
            if names_both(names, layout):
                return Header(names, character == delimiter)
    if not rows:
        return Header(None)
    first, width = tuple(rows[0][1]), len(rows[1][1]) if len(rows) > 1 else 0
    if names_both(first, layout):
        return Header(first, rows=1)
    for character in DELIMITERS:
        names = names_in(sample.lines[0], character)
        if len(names) == width and names_both(names, layout):
            return Header(names, own=False, rows=1)
    cells = [row for _, row in rows]
    for place, row in enumerate(cells[1 : TITLES + 1], 1):
        known = names_both(row, layout) and is_below_titles(cells, place, layout)
        if known or labels_columns(cells, place):
            return Header(tuple(row), rows=place + 1, titles=place)
    if layout.header or looks_like_header(cells):
        return Header(first, rows=1)
    return Header(None)


def labels_columns(rows: Sequence[list[str]], place: int) -> bool:
    """Whether a row labels the columns of a matrix below it, and what is above are titles.

    Its corner is empty; every row below is as long, and every one above shorter.
    """
    corner, *labels = rows[place]
    if corner or len(labels) < 2 or len({*labels} - {""}) < len(labels):
        return False
    return (
        not any(map(NUMBER.fullmatch, labels))
        and max(map(len, rows[:place])) < len(rows[place])
        and {len(other) for other in rows[place + 1 :]} == {len(rows[place])}
    )


def is_below_titles(rows: Sequence[list[str]], place: int, layout: Layout) -> bool:
    """Whether what stands above a row that names both ends are titles, and no rows.

    They are shorter, or have gaps, or no number where a column holds numbers below it;
    and the names of the ends stand nowhere else.
    """
    row, above, below = rows[place], rows[:place], rows[place + 1 :]
    if max(map(len, above)) < len(row):
        return True
    found = by_name(row)
    ends = {row[found[role]] for role in ("pre", "post") if role in found}
    ends |= {layout.columns.get(role, "") for role in ("pre", "post")} & {*row}
    if any(map(NUMBER.fullmatch, row)) or any(
        not ends.isdisjoint(other) for other in (*above, *below)
    ):
        return False
    filled = sum(map(bool, row))
    if all(sum(map(bool, other)) < filled for other in above):
        return True
    return any(
        numeric(below, column)
        and not any(map(NUMBER.fullmatch, cells_of(above, column)))
        for column in range(len(row))
    )


def is_short(names: Sequence[str], rows: Sequence[list[str]]) -> bool:
    """Whether a header lacks the name of the first column, as R writes it: row names.

    Args:
        names: of one column less than the rows have.
    """
    first = [row[0] for row in rows if row]
    if len(set(first)) < len(first):
        return False
    running = [str(number) for number in range(1, len(first) + 1)]
    place = by_name(names).get("weight")
    shifted = (
        place is not None and numeric(rows, place + 1) and not numeric(rows, place)
    )
    return first == running or shifted


def separator(comments: Sequence[str]) -> str:
    """The delimiter that the first line says, as Excel writes it: `sep=;`; "" for none."""
    told = SEPARATOR.fullmatch(comments[0]) if comments else None
    return told[1] if told else ""


def names_in(line: str, delimiter: str) -> tuple[str, ...]:
    """The cells of one line."""
    rows = split([line], delimiter, 1)
    return tuple(rows[0][1]) if rows else ()


def names_both(names: Sequence[str], layout: Layout) -> bool:
    """Whether a row names the columns pre and post, by our words or the user's."""
    found = by_name(names)
    asked = [layout.columns.get(role, "") for role in ("pre", "post")]
    if all(map(NUMBER.fullmatch, names)):  # cells, of which a place is no title
        return False
    if any(asked) and not any(name in names for name in asked):
        return {"pre", "post"} <= found.keys() and all(
            not name or name.isdecimal() for name in asked
        )
    return all(
        (name and name in names) or role in found
        for role, name in zip(("pre", "post"), asked, strict=True)
    )
