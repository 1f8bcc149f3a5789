"""Texts of other formats that would be read as edges: named and refused."""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import InputError, Location
from .form import Form, Sample

TRIPLES = "give an edge list with the columns pre, post, weight"


def refuse_foreign(data: bytes, sample: Sample, label: str) -> None:
    """Raise InputError for LGL and METIS."""
    at = Location(label, sample.start, text=sample.lines[0].rstrip("\r\n"))
    lines = [*sample.comments, *(line.strip() for line in sample.lines)]
    if is_lgl([line for line in lines if line]):
        raise InputError(at, "LGL: each line of # names who sends", TRIPLES)
    rows = [line.split() for line in sample.lines if not line.startswith("%")]
    if is_metis(data, rows):
        seen = "METIS: a line of sizes, then the neighbours of each cell"
        raise InputError(at, seen, TRIPLES)


def is_lgl(lines: Sequence[str]) -> bool:
    """Whether `# a` stands above lines of one name each, with a weight or without."""
    heads = [place for place, line in enumerate(lines) if line.startswith("# ")]
    if len(heads) < 2 or heads[0] != 0 or heads == [*range(len(heads))]:
        return False
    rest = [line.split() for line in lines if not line.startswith("# ")]
    alone = all(len(lines[place].split()) == 2 for place in heads)
    return alone and all(
        len(row) == 1 or (len(row) == 2 and is_number(row[1])) for row in rest
    )


def is_metis(data: bytes, rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first line says how many lines follow and how many edges they hold."""
    if not rows or not 2 <= len(rows[0]) <= 4 or not all(map(str.isdecimal, rows[0])):
        return False
    cells, edges = map(int, rows[0][:2])
    weighted = len(rows[0]) > 2 and rows[0][2].endswith("1")
    if not cells or abs(data.count(b"\n") - cells) > len(rows[0]) + 256:
        return False
    lines = [line.split() for line in data.decode("latin-1").splitlines()]
    lines = [line for line in lines if not line or not line[0].startswith("%")]
    body = lines[1:] if len(lines) <= cells + 1 else lines[len(lines) - cells :]
    if len(body) != cells or not all(word.isdecimal() for row in body for word in row):
        return False
    if len({len(row) for row in body}) == 1 and len(body[0]) == len(rows[0]):
        return False
    return sum(map(len, body)) == 2 * edges * (2 if weighted else 1)


def refuse_adjacency(form: Form, at: Location) -> None:
    """Raise InputError for lines of a cell and all its receivers: `a b c`, `b c`, `c`.

    The lines are of many widths, none begins like another, and many cells begin one.
    """
    rows = [row for row in form.rows if row]
    first = [row[0] for row in rows]
    if form.header or len(rows) < 3 or len({len(row) for row in rows}) < 3:
        return
    others = {cell for row in rows for cell in row[1:]}
    if len(set(first)) == len(first) and 2 * len(others & set(first)) >= len(others):
        seen = "an adjacency list: a cell and all its receivers a line"
        raise InputError(at, seen, f"{TRIPLES}: a row for each receiver")


def is_number(word: str) -> bool:
    """Whether a word is a number."""
    try:
        float(word)
    except ValueError:
        return False
    return True
