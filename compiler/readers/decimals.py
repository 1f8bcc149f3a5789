"""Numbers of a text: decimal point or comma, and thousands set apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..errors import InputError, Location
from ..names import plain
from .delimited import weight_of
from .form import Form
from .reader import Layout

POINT, COMMA = "point", "comma"
GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?")  # 1,200 or 1,200.5
EITHER = re.compile(r"[-+]?[1-9]\d{0,2}[.,]\d{3}")  # 1.200: with decimals or thousands
BY_COMMA = re.compile(
    r"[-+]?(?:[1-9]\d{0,2}(?:\.\d{3})+|\d*)(?:,\d*)?(?:e[-+]?\d+)?", re.I
)
TELLS_COMMA = re.compile(r"[-+]?[\d.]*,\d*")
WEIGHTS = ("weight", "chemical", "electrical")


def number_of(cell: str, form: Form) -> float:
    """A weight as the numbers of its file are written; nan where the cell holds none.

    Gephi, which says of each row whether it has a direction, leaves out weights of 1.
    """
    text = cell.strip()
    if not text and "direction" in form.places:
        return 1.0
    if form.decimal == COMMA:
        if not BY_COMMA.fullmatch(text):
            return weight_of("")
        return weight_of(text.replace(".", "").replace(",", "."))
    grouped = form.delimiter == "," or form.decimal == POINT  # a comma within quotes
    if grouped and GROUPED.fullmatch(text):
        return weight_of(text.replace(",", ""))
    return weight_of(text)


def decimal_of(
    records: Iterable[tuple[int, list[str]]], form: Form, layout: Layout, label: str
) -> str:
    """What stands before the fraction of a weight: POINT or COMMA; "" where nothing tells.

    Raises:
        InputError: nothing tells whether 1.200 is 1.2 or 1200.
    """
    if layout.decimal or form.delimiter != ";":
        return layout.decimal or ""
    places = [place for role, place in form.places.items() if role in WEIGHTS]
    unsure: tuple[int, str] | None = None
    for line, row in records if places else ():
        for place in places:
            cell = row[place].strip() if place < len(row) else ""
            if EITHER.fullmatch(cell):
                unsure = unsure or (line, cell)
            elif "," in cell and TELLS_COMMA.fullmatch(cell):
                return COMMA
            elif "." in cell:
                return POINT
    if unsure is None:
        return ""
    line, cell = unsure
    digits = re.split("[.,]", cell)
    raise InputError(
        Location(label, line),
        f"weight {plain(cell)} in a text split by semicolon: {float('.'.join(digits)):g} "
        f"or {''.join(digits)}?",
        "--decimal point reads 1.200 as 1.2, --decimal comma as 1200",
    )
