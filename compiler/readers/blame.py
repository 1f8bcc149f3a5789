"""The mistakes in the rows of a delimited text: place, reason, remedy."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

from ..errors import InputError, Location, Mistake
from ..ir.stages import LARGEST_WEIGHT
from ..names import plain, plural
from .decimals import WEIGHTS, number_of
from .delimited import (
    COUNTS,
    DELIMITERS,
    UNKNOWN,
    BadRecord,
    kind_of,
    plain_word,
    records,
    spans,
    stream,
    weight_of,
)
from .form import Form
from .kinds import EXCITATORY, kind_in
from .reader import Layout

LONGEST = 100_000  # characters of a name
DETAILED = 1_000  # wrong rows that are described; the others are only counted
# No name holds a control character other than tab, LF and CR, or half a character.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def records_of(
    data: bytes, layout: Layout, form: Form
) -> Iterator[tuple[int, list[str]]]:
    """The records from the first row on."""
    return records(stream(data, layout.encoding), form.delimiter, form.start)


def misfit(row: list[str], form: Form) -> str:
    """Why a row of unusual length cannot be read; "" if it can.

    Empty cells at the end that no one needs may be there or not: spreadsheets drop them.
    """
    needed = 1 + max(p for role, p in form.places.items() if role not in COUNTS)
    if len(row) < needed:
        role = next(role for role, p in form.places.items() if p == needed - 1)
        what = f"{plural(len(row), 'cell')}, but the {role} stands in column {needed}"
        return f"a row of {what}"
    extra = [cell.strip() for cell in row[form.width :]]
    if any(extra):
        others = "the header has" if form.header else "others have"
        return f"a row of {plural(len(row), 'cell')}, where {others} {form.width}"
    return ""


def wrong_name(name: str) -> str:
    """Why a name cannot be one; "" if it can."""
    if not name:
        return "no name"
    if len(name) > LONGEST:
        return f"a name of {len(name):,} characters"
    if bad := FORBIDDEN.search(name):
        return f"the control character U+{ord(bad[0]):04X} in a name"
    return ""


def any_wrong(names: Sequence[str]) -> bool:
    """Whether any name cannot be one, all of them looked at together."""
    return (
        FORBIDDEN.search("".join(names)) is not None
        or max(map(len, names), default=0) > LONGEST
    )


def mistakes(
    wrong: list[int], data: bytes, label: str, layout: Layout, form: Form
) -> list[Mistake]:
    """Read the file again and describe every row that stands on a wrong line."""
    detailed = set(wrong[:DETAILED])
    texts = lines_of(data, layout.encoding, detailed)
    found = []
    for line, row in records_of(data, layout, form):
        if line in detailed:
            for place, seen, hint in diagnose(row, form):
                at = locate(texts[line], label, line, place, form.delimiter)
                found.append(Mistake(at, seen, hint))
    others = [Mistake(Location(label, line), "unread") for line in wrong[DETAILED:]]
    return found + others


def lines_of(data: bytes, encoding: str, wanted: set[int]) -> Mapping[int, str]:
    """The text of the given lines."""
    lines = enumerate(stream(data, encoding), 1)
    return {line: text.rstrip("\r\n") for line, text in lines if line in wanted}


def locate(text: str, label: str, line: int, place: int, delimiter: str) -> Location:
    """Where a cell stands; the line as a whole if its row spans several lines."""
    cells = spans(text, delimiter)
    if not 0 <= place < len(cells):
        return Location(label, line, text=text)
    return Location(label, line, *cells[place], text)


def diagnose(row: list[str], form: Form) -> Iterator[tuple[int, str, str]]:
    """All that is wrong with a row: (place or -1, what was seen, what to do)."""
    if why := misfit(row, form):
        place = form.width if len(row) > form.width else -1
        split = DELIMITERS.get(form.delimiter, form.delimiter)
        hint = f"split by {split}: quote a cell that holds one, or use --delimiter"
        yield place, why, hint
        return
    for role, place in sorted(form.places.items(), key=lambda item: item[1]):
        cell = row[place].strip() if place < len(row) else ""
        known = (
            kind_in(cell, form.kinds) != UNKNOWN
            if role in ("kind", "direction")
            else role in WEIGHTS and not math.isnan(number_of(cell, form))
        )
        if known:
            continue
        if trouble := TROUBLES[role](cell):
            yield (place, *trouble)
        elif role in WEIGHTS and cell:
            seen = f"weight {plain(cell)} has a decimal point, where a comma is one"
            hint = "write it like the others, or use --decimal point"
            yield place, seen, hint


def name_trouble(cell: str) -> tuple[str, str] | None:
    """What is wrong with a name, and what to do; a row without one is left out."""
    why = wrong_name(cell)
    if not why or not cell:
        return None
    if len(cell) > LONGEST:
        return why, f"a name has at most {LONGEST:,}: is a quote not closed?"
    return why, "remove it, or say how the file is encoded, such as --encoding cp1252"


def weight_trouble(cell: str) -> tuple[str, str] | None:
    """What is wrong with a weight, and what to do."""
    if not math.isnan(weight_of(cell)):
        return None
    if not cell:
        return "no weight", "write a number, or remove the row"
    if re.fullmatch(r"[-+]?\d+,\d+", cell):
        return (
            f"weight {cell!r} has a comma",
            "write 1.5 or 1500, or say what it is: --decimal comma reads 1,5, --decimal point 1,500",
        )
    seen = plain(cell)
    if is_large(cell):
        most = f"larger than {LARGEST_WEIGHT:g}"
        return f"weight {seen} is {most}", "divide all weights by a constant"
    return f"weight {seen} is not a finite number", "write a number such as 3 or 0.5"


def is_large(cell: str) -> bool:
    """Whether a cell that holds no weight holds a finite number all the same."""
    try:
        return math.isfinite(float(cell)) and "_" not in cell
    except ValueError:
        return False


def kind_trouble(cell: str) -> tuple[str, str] | None:
    """What is wrong with a kind, and what to do."""
    if plain_word(cell) == EXCITATORY:
        hint = f"--kinds {plain(cell)}=electrical or --kinds {plain(cell)}=chemical says it"
        return f"synapse kind {plain(cell)}: electrical or excitatory?", hint
    if kind_of(cell) != UNKNOWN:
        return None
    hint = (
        f"use chemical or electrical; --kinds {plain(cell)}=chemical says what it is, "
        "--columns kind=... names the column, --columns kind= leaves it out"
    )
    return f"unknown synapse kind {plain(cell)}", hint


def count_trouble(cell: str) -> tuple[str, str] | None:
    """What is wrong with a count of synapses of one kind; an empty cell is 0."""
    return weight_trouble(cell) if cell else None


TROUBLES = {
    "pre": name_trouble,
    "post": name_trouble,
    "weight": weight_trouble,
    "kind": kind_trouble,
    "direction": kind_trouble,
    "chemical": count_trouble,
    "electrical": count_trouble,
}


def unsplit(
    error: BadRecord, data: bytes, label: str, layout: Layout, form: Form
) -> InputError:
    """The error for a record that csv cannot split into cells."""
    text = lines_of(data, layout.encoding, {error.line}).get(error.line, "")
    quoted = spans(text, form.delimiter)
    place = next(
        (at for at, (column, _) in enumerate(quoted) if text[column - 1] == '"'), -1
    )
    opened = 'close it, or write "" for a quote within quotes'
    if "limit" in error.reason and place < 0:
        at = Location(label, error.line, text=text)
        hint = f"a name has at most {LONGEST:,}: is this delimited text?"
        return InputError(at, "a cell of more than 131,072 characters", hint)
    at = locate(text, label, error.line, place, form.delimiter)
    if "expected after" in error.reason:
        return InputError(at, "text after a closing quote", opened)
    return InputError(at, "a quote that is never closed", opened)
