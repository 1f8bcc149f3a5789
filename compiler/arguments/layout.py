"""The Layout that named values ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ..errors import UsageError
from .values import as_text, file, flag, shown, text

if TYPE_CHECKING:
    from ..readers.reader import File, Layout

LAYOUT = (
    *("columns", "delimiter", "header", "encoding", "kind"),
    *("where", "kinds", "decimal", "sheet", "names", "transpose"),
    *("polyadic", "electrical"),
)
FILES = ("names", "electrical")  # of them, those that name a file
# A name may hold a comma itself.
NEXT = re.compile(r",(?=(?:pre|post|weight|kind|chemical|electrical|name)=)")


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
        for name in ("delimiter", "encoding", "kind", "decimal")
        if name in found
    }
    if values.get("decimal") not in (None, "comma", "point"):
        raise UsageError(f"--decimal {values['decimal']}: use comma or point")
    header = flag(found["header"], "--header") if "header" in found else None
    return Layout(
        columns=columns_of(found.get("columns", "")),
        header=header,
        where=where_of(found.get("where", ())),
        kinds=kinds_of(found.get("kinds", "")),
        sheets=words_of(found.get("sheet", ()), "--sheet"),
        names=names_of(found["names"]) if "names" in found else None,
        names_file=names_file(found.get("names")),
        transpose=flag(found.get("transpose", False), "--transpose"),
        polyadic=flag(found.get("polyadic", False), "--polyadic"),
        electrical=beside(found.get("electrical", "")),
        **values,
    )


def where_of(value: object) -> dict[str, tuple[str, ...]]:
    """The values of a column by its name: of `4=N2U`, of several such, or of a mapping."""
    if isinstance(value, Mapping):
        return {
            column(name, "--where"): tuple(
                map(cell, cells if isinstance(cells, list | tuple) else [cells])
            )
            for name, cells in value.items()
        }
    if not isinstance(value, str | list | tuple):
        raise UsageError(f"--where {shown(value)}: write COLUMN=VALUE")
    wanted: dict[str, tuple[str, ...]] = {}
    for part in [value] if isinstance(value, str) else value:
        name, equals, wish = text(part, "--where").partition("=")
        if not equals:
            raise UsageError(f"--where {part!r}: write COLUMN=VALUE")
        wanted[name] = (*wanted.get(name, ()), wish)
    return wanted


def kinds_of(value: object) -> dict[str, str]:
    """The kind by its word in the file: of `0=chemical,1=electrical`, or of a mapping."""
    if isinstance(value, Mapping):
        pairs = {cell(word): text(kind, "--kinds") for word, kind in value.items()}
    else:
        parts = [part.partition("=") for part in text(value, "--kinds").split(",")]
        pairs = {word.strip(): kind.strip() for word, _, kind in parts if word or kind}
    for word, kind in pairs.items():
        if kind not in ("chemical", "electrical"):
            raise UsageError(f"--kinds {word}={kind}: use chemical or electrical")
    return pairs


def cell(value: object) -> str:
    """A cell's text."""
    if isinstance(value, str | int | float):
        return str(value)
    raise UsageError(f"{shown(value)}: use a text or a number")


def words_of(value: object, option: str) -> tuple[str, ...]:
    """One text, or several."""
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple):
        raise UsageError(f"{option} {shown(value)}: use a text, or several")
    return tuple(text(part, option) for part in value)


def names_of(value: object) -> tuple[str, ...]:
    """The names of the rows of a matrix: those of a file, or several values."""
    from ..readers.meaning.names import read_names

    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return tuple(as_text(name).strip() for name in value)
    return read_names(file(value, "--names"))


def names_file(value: object) -> str:
    """The path of a file of names; "" where there is none, or it is stdin."""
    given = isinstance(value, str | bytes) or hasattr(value, "__fspath__")
    path = file(value, "--names") if given else ""
    return "" if path == "-" else path


def beside(value: object) -> File | None:
    """The file of gap junctions, read; None for no path."""
    from ..readers.junction_file import read_beside

    path = file(value, "--electrical")
    return read_beside(path) if path else None


def columns_of(value: object) -> dict[str, str]:
    """The columns by what they hold: of a text `pre=A,weight=3`, or of a mapping."""
    if isinstance(value, Mapping):
        return {
            text(key, "--columns"): column(name, "--columns")
            for key, name in value.items()
        }
    columns: dict[str, str] = {}
    for part in filter(None, NEXT.split(text(value, "--columns"))):
        key, equals, name = part.partition("=")
        if not equals:
            seen = f"--columns {part!r}"
            raise UsageError(f"{seen}: write pre=A,post=B,weight=C,kind=D")
        columns[key.strip()] = name
    return columns


def column(value: object, option: str) -> str:
    """A column's name, or its place from 1."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str):
        return value
    raise UsageError(f"{option} {shown(value)}: use a name, or a place from 1")
