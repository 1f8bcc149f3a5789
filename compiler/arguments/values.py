"""Values of arguments: each of its type, or of the text that the command line takes."""

from __future__ import annotations

import difflib
import numbers
import os
from collections.abc import Iterable

from ..errors import UsageError, visible

NOTHING = ("NAType", "NaTType", "NoneType")  # types of values that stand for none
SHOWN = 60  # characters of a value in a message


def check_names(given: Iterable[str], known: Iterable[str]) -> None:
    """Raise UsageError for the first name that is none of the known ones."""
    known = sorted(known)
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name.replace("-", "_"), known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(known)}"
            raise UsageError(f"no option {name!r}: {hint}")


def shown(value: object) -> str:
    """A value in a message: text and numbers as they are, others by their type."""
    if isinstance(value, str | int | float):
        return visible(repr(value)[:SHOWN])
    return f"of type {type(value).__name__}"


def as_text(value: object) -> str:
    """A value in memory as a file would hold it: "" for none, the shortest digits."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if type(value).__name__ in NOTHING or value != value:
        return ""
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "ndim", None) == 0:  # a number of numpy
        return as_text(item())
    return repr(float(value)) if isinstance(value, float) else str(value)


def flag(value: object, name: str) -> bool:
    """True or False; UsageError of anything else."""
    if isinstance(value, bool):
        return value
    raise UsageError(f"{name} {shown(value)}: use True or False")


def whole(value: object, name: str) -> int:
    """An integer, or its digits; UsageError of anything else."""
    number = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if isinstance(value, str) or number:
        try:
            return int(value)  # type: ignore[call-overload, no-any-return]
        except ValueError:
            pass
    raise UsageError(f"{name} {shown(value)}: use a whole number")


def real(value: object, name: str) -> float:
    """A number, or its digits; UsageError of anything else."""
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if isinstance(value, str) or number:
        try:
            return float(value)  # type: ignore[arg-type]
        except (ValueError, OverflowError):
            pass
    raise UsageError(f"{name} {shown(value)}: use a number")


def text(value: object, name: str) -> str:
    """A text; UsageError of anything else."""
    if isinstance(value, str):
        return value
    raise UsageError(f"{name} {shown(value)}: use a text")


def patterns(value: object, name: str) -> tuple[str, ...]:
    """Patterns of names: one text, comma separated, or a list with a pattern an item."""
    if isinstance(value, str):
        return tuple(word for part in value.split(",") if (word := part.strip()))
    if isinstance(value, list | tuple):
        return tuple(text(item, name) for item in value)
    hint = "use a text such as 'ASE*,AVAL', or a list of patterns"
    raise UsageError(f"{name} {shown(value)}: {hint}")


def file(value: object, name: str) -> str:
    """The path of a file: a text, or an object that stands for a path.

    Raises:
        UsageError: something else.
    """
    if isinstance(value, os.PathLike):
        value = value.__fspath__()
    if isinstance(value, str):
        return value
    raise UsageError(f"{name} {shown(value)}: use the path of a file")
