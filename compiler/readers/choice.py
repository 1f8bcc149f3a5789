"""The choice of rows by --where."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import UsageError
from .form import Form
from .reader import Layout


def wanted(
    found: Iterator[tuple[int, list[str]]], form: Form
) -> Iterator[tuple[int, list[str]]]:
    """The records that --where chooses, and those too short to tell."""
    if not form.wanted:
        return found
    last = max(form.wanted)
    return (
        (line, row)
        for line, row in found
        if len(row) <= last
        or all(row[place].strip() in cells for place, cells in form.wanted.items())
    )


def none_wanted(layout: Layout) -> UsageError:
    """The error for a choice of rows that chooses none."""
    asked = " ".join(
        f"--where {name}={value}"
        for name, values in layout.where.items()
        for value in values
    )
    return UsageError(f"{asked}: no row has it")
