"""Find the layout of a text from its content, never from its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from ..errors import InputError, Location, UsageError
from .columns import NUMBER, by_content, by_name, looks_like_header
from .delimited import (
    COMMENTS,
    DELIMITERS,
    ROLES,
    BadRecord,
    delimiter_of,
    plain_word,
    records,
    stream,
    trimmed,
)
from .form import Form, MatrixFound, Sample, matrix, seen_columns, unrecognised
from .kinds import with_kinds
from .reader import Layout

SAMPLE = 256  # lines that are looked at

# How Python begins; the last one: what a generated model holds below its header.
PYTHON = re.compile(
    r"import [\w.]+(?: as \w+)?(?:, ?[\w.]+(?: as \w+)?)*\s*"
    r"|from [\w.]+ import [(*\w].*\s*"
    r'|"""\w+: the (?:C\. elegans )?connectome [^"]*'
)


def sniff(data: bytes, label: str, layout: Layout) -> tuple[Form, Sample]:
    """Find delimiter, header and columns.

    Raises:
        InputError: nothing says which columns are pre and post.
        MatrixFound: it is a matrix.
        UsageError: an option of the layout names nothing.
    """
    sample = sampled(data, label, layout.encoding)
    refuse_python(sample, label, layout)
    delimiters = [delimiter_of(layout.delimiter)] if layout.delimiter else DELIMITERS
    forms = [attempt(sample, delimiter, layout) for delimiter in delimiters]
    best = max(forms, key=lambda form: form.score)
    form = settled(best, layout)
    if not form.known and matrix(form):
        raise MatrixFound(form, sample)
    if not form.known:
        raise unrecognised(form, label, sample)
    return choosing(form, layout), sample


def settled(form: Form, layout: Layout) -> Form:
    """A form after the user's wishes, with the words of its kinds.

    Raises:
        UsageError: a wish names no role or no column, or two name the same.
    """
    return with_kinds(replace(form, places=chosen(form, layout)), layout)


def choosing(form: Form, layout: Layout) -> Form:
    """A form with the rows to read, by the cells of a column.

    Raises:
        UsageError: --where names no column.
    """
    wanted = {
        place_of(f"--where {name}={values[0]}", name, form): frozenset(values)
        for name, values in layout.where.items()
    }
    return replace(form, wanted=wanted)


def sampled(data: bytes, label: str, encoding: str) -> Sample:
    """Set the comments apart from the first rows."""
    comments: list[str] = []
    lines = stream(data, encoding)
    start = 0
    for start, line in enumerate(lines, 1):
        if line.lstrip(" \t").startswith(COMMENTS):
            comments.append(line.strip())
        elif line.strip():
            return Sample(tuple(comments), (line, *islice(lines, SAMPLE)), start)
    if not comments:
        raise InputError(label, "only blank lines", "give one row for each synapse")
    raise InputError(label, "only comments", "give one row for each synapse")


def refuse_python(sample: Sample, label: str, layout: Layout) -> None:
    """Raise InputError for Python, unless the user says which column is which.

    `import torch` would be a synapse from `import` onto `torch`.
    """
    if layout.columns or not PYTHON.fullmatch(sample.lines[0]):
        return
    at = Location(label, sample.start, text=sample.lines[0].rstrip("\r\n"))
    seen = "Python, and no module that elegansc generated: their first line is missing"
    hint = "give an edge list, or compile its source again"
    raise InputError(at, seen, hint)


def attempt(sample: Sample, delimiter: str, layout: Layout) -> Form:
    """The form of the sample under one delimiter."""
    rows = split(sample.lines, delimiter, sample.start)
    header, own, used = heading(sample, rows, delimiter, layout)
    body = [row for _, row in rows[used:]]
    start = sample.start
    if used:
        lines_after = [line for line, _ in rows[1:]]
        start = lines_after[0] if lines_after else sample.start + used
    widths = Counter(map(len, body or ([list(header)] if header else [])))
    width, count = max(
        widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0)
    )
    places = by_name(header) if header else by_content(body, width)
    places |= wished(header or (), width, layout)
    width = len(header) if header and own else width
    return Form(
        delimiter, header, start, places, width, count / max(1, len(body)), own, body
    )


def wished(names: Sequence[str], width: int, layout: Layout) -> dict[str, int]:
    """The columns that --columns names, as far as this form has them."""
    places = {}
    for role, name in layout.columns.items():
        if name in names:
            places[role] = names.index(name)
        elif name.isdecimal() and 1 <= int(name) <= width:
            places[role] = int(name) - 1
    return places


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
) -> tuple[tuple[str, ...] | None, bool, int]:
    """The header, whether it is split as the rows are, and how many rows it takes."""
    if layout.header is False:
        return None, True, 0
    for comment in reversed(sample.comments):
        for character in (delimiter, *DELIMITERS):
            names = names_in(comment.lstrip("".join(COMMENTS) + " "), character)
            if names_both(names, layout):
                return names, character == delimiter, 0
    if not rows:
        return None, True, 0
    first, width = tuple(rows[0][1]), len(rows[1][1]) if len(rows) > 1 else 0
    if names_both(first, layout):
        return first, True, 1
    for character in DELIMITERS:
        names = names_in(sample.lines[0], character)
        if len(names) == width and names_both(names, layout):
            return names, False, 1
    if layout.header or looks_like_header([row for _, row in rows]):
        return first, True, 1
    return None, True, 0


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
        name in names or role in found
        for role, name in zip(("pre", "post"), asked, strict=True)
    )


def chosen(form: Form, layout: Layout) -> dict[str, int]:
    """The columns of a form after the user's wishes.

    Raises:
        UsageError: a wish names no role or no column, or two name the same.
    """
    places = dict(form.places)
    for role, name in layout.columns.items():
        if role not in ROLES:
            known = ", ".join(ROLES)
            raise UsageError(f"--columns {role}={name}: use one of {known}")
        places.pop(role, None)
        if name or role in ("pre", "post"):
            places[role] = place_of(f"--columns {role}={name}", name, form)
    for role, place in list(places.items()):  # a wish takes a column from a guess
        rivals = [other for other in places if places[other] == place]
        if len(rivals) > 1 and role not in layout.columns:
            del places[role]
        elif all(other in layout.columns for other in rivals) and len(rivals) > 1:
            raise UsageError(f"--columns: {' and '.join(rivals)} name one column")
    return places


def place_of(asked: str, name: str, form: Form) -> int:
    """The position from 0 of a column that the user names, or counts from 1.

    Raises:
        UsageError: there is none; it begins with `asked`, the option.
    """
    names = form.header or ()
    if name in names:
        return names.index(name)
    words = [plain_word(known) for known in names]
    if name.isdecimal() and 1 <= int(name) <= max(form.width, len(names)):
        return int(name) - 1
    if plain_word(name) and plain_word(name) in words:
        return words.index(plain_word(name))
    raise UsageError(f"{asked}: no such column; {seen_columns(form)}")
