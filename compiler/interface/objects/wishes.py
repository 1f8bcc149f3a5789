"""What of a layout fits an object in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields

from ...errors import UsageError
from ...readers.reader import Layout

OPTIONS = {"sheets": "sheet"}  # fields whose options have another name


def check_wishes(
    layout: Layout, label: str, format: str, used: Collection[str]
) -> None:
    """Raise UsageError for a wish that means nothing for an object of this format.

    Args:
        used: the fields of Layout that mean something, beside `electrical` and `polyadic`.
    """
    free = Layout()
    for wish in fields(Layout):
        name = wish.name
        if name not in (*used, "electrical", "polyadic") and getattr(
            layout, name
        ) != getattr(free, name):
            option = OPTIONS.get(name, name)
            raise UsageError(f"--{option}: {label} is {format}, which has none")
