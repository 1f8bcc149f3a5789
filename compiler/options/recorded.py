"""Options as a module records them: files without their folders, values of their types."""

from __future__ import annotations

from typing import Any

from ..errors import UsageError
from ..names import label_of


def fitting(name: str, value: Any, default: Any) -> Any:
    """A recorded value, of the type of the option's default.

    Raises:
        UsageError: it is of another type.
    """
    wanted = type(default)
    if wanted is tuple and isinstance(value, list):
        value = tuple(map(str, value))
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted:
        raise UsageError(f"option {name!r}: {value!r} is no {wanted.__name__}")
    return value


def base(path: str) -> str:
    """The last part of a path, as a label."""
    return label_of(path.replace("\\", "/").rsplit("/", 1)[-1])


def without_folder(pattern: str) -> str:
    """`@lists/sensors.txt` -> `@sensors.txt`; other patterns as they are."""
    return "@" + base(pattern[1:]) if pattern.startswith("@") else pattern
