"""Find the layout of a text from its content, never from its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from ..errors import InputError, Location, UsageError
from .columns import by_content, by_name
from .delimited import (
    COMMENTS,
    DELIMITERS,
    ROLES,
    delimiter_of,
    plain_word,
    stream,
)
from .foreign import refuse_adjacency, refuse_foreign
from .form import (
    Form,
    MatrixFound,
    Sample,
    check_edge_list,
    check_matrix,
    matrix,
    seen_columns,
    unrecognised,
)
from .header import SEPARATOR, heading, is_short, separator, split
from .kinds import with_kinds
from .konect import with_header
from .reader import Layout

SAMPLE, SAMPLE_SIZE = 256, 8 * 2**20  # lines and characters that are looked at

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
    if not layout.columns:
        refuse_foreign(data, sample, label)
    said = layout.delimiter or separator(sample.comments)
    delimiters = [delimiter_of(said)] if said else DELIMITERS
    best = likeliest([attempt(sample, delimiter, layout) for delimiter in delimiters])
    at = Location(label, sample.start, text=sample.lines[0].rstrip("\r\n"))
    best = with_header(best, sample, at)
    if layout.kinds and not best.known and matrix(best):
        check_matrix(layout, label)
    form = settled(best, layout)
    nameless = form.header is None and (layout.names is not None or layout.transpose)
    if (nameless or not form.known) and matrix(form):
        raise MatrixFound(form, sample)
    if not layout.columns:
        refuse_adjacency(form, at)
    if not form.known:
        raise unrecognised(form, label, sample)
    check_edge_list(layout, label)
    return choosing(form, layout), sample


def likeliest(forms: Sequence[Form]) -> Form:
    """The form for which most speaks.

    Spaces stand in names: a delimiter that parts every line alike is before them, if it
    parts them more often, or if no row has as many words as the header.
    """
    best = max(forms, key=lambda form: form.score)
    if best.delimiter == " ":
        torn = max(map(len, best.rows), default=0) < best.width
        least = 0 if torn else best.width
        alike = [form for form in forms if form.alike and form.width > least]
        others = [form for form in alike if form is not best]
        return max(others, key=lambda form: form.score, default=best)
    return best


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
    if data.isspace():
        raise InputError(label, "only blank lines", "give one row for each synapse")
    comments: list[str] = []
    lines = stream(data, encoding)
    start = 0
    for start, line in enumerate(lines, 1):
        told = not comments and SEPARATOR.fullmatch(line)
        if told or line.lstrip(" \t").startswith(COMMENTS):
            comments.append(line.strip())
        elif line.strip():
            return Sample(tuple(comments), (line, *some(lines)), start)
    if not comments:
        raise InputError(label, "only blank lines", "give one row for each synapse")
    raise InputError(label, "only comments", "give one row for each synapse")


def some(lines: Iterator[str]) -> Iterator[str]:
    """The first lines, as many as are looked at."""
    size = 0
    for line in islice(lines, SAMPLE):
        yield line
        size += len(line)
        if size > SAMPLE_SIZE:
            return


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
    found = heading(sample, rows, delimiter, layout)
    header, own, used = found.names, found.own, found.rows
    body = [row for _, row in rows[used:]]
    start = sample.start
    if used:
        after = [line for line, _ in rows[used:]]
        start = after[0] if after else rows[used - 1][0] + 1
    widths = Counter(map(len, body or ([list(header)] if header else [])))
    width, count = max(
        widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0)
    )
    if header and own and width == len(header) + 1 and is_short(header, body):
        header = ("", *header)
    places = by_name(header) if header else by_content(body, width)
    places |= wished(header or (), width, layout)
    width = len(header) if header and own else width
    share = count / max(1, len(body))
    form = Form(delimiter, header, start, places, width, share, own, body)
    return replace(form, titles=found.titles)


def wished(names: Sequence[str], width: int, layout: Layout) -> dict[str, int]:
    """The columns that --columns names, as far as this form has them."""
    places = {}
    for role, name in layout.columns.items():
        if name in names:
            places[role] = names.index(name)
        elif name.isdecimal() and 1 <= int(name) <= width:
            places[role] = int(name) - 1
    return places


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
