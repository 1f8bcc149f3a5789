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
    within_quotes = form.delimiter == "," and not form.apart
    decimal = form.decimal or POINT * within_quotes
    return number_in(text, decimal, apart=form.apart)


def number_in(text: str, decimal: str, *, apart: bool) -> float:
    """A weight by what stands before its fraction; nan where a text holds none.

    Args:
        apart: cells are stored one by one: one without a comma may be a number.
    """
    if decimal == COMMA and ("," in text or not apart):
        if not BY_COMMA.fullmatch(text):
            return weight_of("")
        return weight_of(text.replace(".", "").replace(",", "."))
    if decimal == COMMA and EITHER.fullmatch(text):  # a number, or thousands?
        return weight_of("")
    if decimal == POINT and GROUPED.fullmatch(text):
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
            told = told_by(cell)
            if told in (POINT, COMMA):
                return told
            unsure = unsure or ((line, cell) if told else None)
    if unsure is None:
        return ""
    line, cell = unsure
    raise undecided(Location(label, line), cell, "a text split by semicolon")


def decimal_of_cells(cells: Iterable[str], layout: Layout, at: Location) -> str:
    """The same of cells that are stored one by one: a number in them has a point.

    Raises:
        InputError: nothing tells whether 1,200 is 1.2 or 1200.
    """
    if layout.decimal:
        return layout.decimal
    unsure = ""
    for cell in map(str.strip, cells):
        told = told_by(cell)
        if told == "either" and "." in cell:  # a number of three decimals tells nothing
            continue
        if told in (POINT, COMMA):
            return told
        unsure = unsure or cell * bool(told)
    if not unsure:
        return ""
    raise undecided(at, unsure, "cells of text")


def told_by(cell: str) -> str:
    """What a cell tells: POINT, COMMA, "either" or ""."""
    if EITHER.fullmatch(cell):
        return "either"
    if GROUPED.fullmatch(cell):  # 1,200,000
        return POINT
    if cell.count(".") > 1 or ("," in cell and TELLS_COMMA.fullmatch(cell)):
        return COMMA if BY_COMMA.fullmatch(cell) else ""
    return POINT if "." in cell else ""


def undecided(at: Location, cell: str, where: str) -> InputError:
    """The error for a cell that can be read in two ways."""
    digits = re.split("[.,]", cell)
    fraction, whole = f"{float('.'.join(digits)):g}", "".join(digits)
    comma, point = (fraction, whole) if "," in cell else (whole, fraction)
    return InputError(
        at,
        f"weight {plain(cell)} in {where}: {fraction} or {whole}?",
        f"--decimal point reads {cell} as {point}, --decimal comma as {comma}",
    )
