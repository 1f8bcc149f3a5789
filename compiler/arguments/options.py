"""The Options that named values ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import Field, fields
from typing import Any

from ..options import FILES, Options, dashed
from .layout import column
from .values import file, flag, patterns, real, text, whole

OPTIONS = tuple(option.name for option in fields(Options))


def options_of(given: Mapping[str, object]) -> Options:
    """The Options among named values; other names are left to others.

    Args:
        given: value by the field's name: of its type, or the text that the command line
            takes; None, or no value: the default.

    Raises:
        UsageError: a value of another type, out of range, or at odds with another.
    """
    values: dict[str, Any] = {
        option.name: settled(option, given[option.name])
        for option in fields(Options)
        if given.get(option.name) is not None
    }
    return Options(**values)


def settled(
    option: Field[Any], value: object
) -> bool | int | float | str | tuple[str, ...]:
    """The value of one option, of the type of its default."""
    name = f"--{dashed(option.name)}"
    match option.default:
        case bool():
            return flag(value, name)
        case int():
            return whole(value, name)
        case float():
            return real(value, name)
        case tuple():
            return patterns(value, name)
    if isinstance(value, Mapping) and option.name == "cells_columns":
        return ",".join(f"{key}={column(title, name)}" for key, title in value.items())
    return file(value, name) if option.name in FILES else text(value, name)
