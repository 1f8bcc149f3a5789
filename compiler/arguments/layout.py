"""The Layout that named values ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ..errors import UsageError
from .values import flag, shown, text

if TYPE_CHECKING:
    from ..readers.reader import Layout

LAYOUT = ("columns", "delimiter", "header", "encoding", "kind")
NEXT = re.compile(r",(?=(?:pre|post|weight|kind)=)")  # a name may hold a comma itself


def layout_of(given: Mapping[str, object]) -> Layout:
    """The Layout among named values; other names are left to others.

    Args:
        given: value by the field's name; None, or no value: found from the content.

    Raises:
        UsageError: a value of another type.
    """
    from ..readers.reader import Layout  # it imports numpy

    found = {name: value for name in LAYOUT if (value := given.get(name)) is not None}
    values = {
        name: text(found[name], f"--{name}")
        for name in ("delimiter", "encoding", "kind")
        if name in found
    }
    header = flag(found["header"], "--header") if "header" in found else None
    return Layout(columns=columns_of(found.get("columns", "")), header=header, **values)


def columns_of(value: object) -> dict[str, str]:
    """The columns by what they hold: of a text `pre=A,weight=3`, or of a mapping."""
    if isinstance(value, Mapping):
        return {text(key, "--columns"): column(name) for key, name in value.items()}
    columns: dict[str, str] = {}
    for part in filter(None, NEXT.split(text(value, "--columns"))):
        key, equals, name = part.partition("=")
        if not equals:
            seen = f"--columns {part!r}"
            raise UsageError(f"{seen}: write pre=A,post=B,weight=C,kind=D")
        columns[key.strip()] = name
    return columns


def column(value: object) -> str:
    """A column's name, or its place from 1."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return value
    raise UsageError(f"--columns {shown(value)}: use a name, or a place from 1")
