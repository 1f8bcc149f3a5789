"""What a person asked of how a source is read, as a model records it in its table READ."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..ir.stages import Read
from .reader import Layout

WRITTEN = ("pre", "post", "weight", "kind")  # columns, as people write them
PAIRS = ("columns", "kinds")  # of which a command line joins the pairs by commas


def asked(layout: Layout) -> Read:
    """What a layout asks for beside the defaults: (option, value), in the options' order.

    Their pairs have an order of their own. `polyadic` and `electrical` stand among a model's options.
    """
    plain = Layout()
    where = {
        f"{column}={cell}" for column, cells in layout.where.items() for cell in cells
    }
    names = layout.names or ()
    values: dict[str, Any] = {
        "columns": paired(layout.columns),
        "delimiter": layout.delimiter,
        "header": layout.header,
        "encoding": None if layout.encoding == plain.encoding else layout.encoding,
        "kind": layout.kind,
        "where": tuple(sorted(where)),
        "kinds": paired(layout.kinds),
        "decimal": layout.decimal,
        "sheet": layout.sheets,
        "names": os.path.basename(layout.names_file) or names,
        "transpose": layout.transpose or None,
    }
    return tuple(
        (key, value) for key, value in values.items() if value not in (None, ())
    )


def paired(found: Mapping[str, str]) -> tuple[str, ...]:
    """Each key with its value: as people write columns, then by name."""
    keys = (*(key for key in WRITTEN if key in found), *sorted({*found} - {*WRITTEN}))
    return tuple(f"{key}={found[key]}" for key in keys)


def fits(option: str, value: Any) -> bool:
    """Whether a literal is what a table READ may say of an option."""
    texts = isinstance(value, list) and all(isinstance(text, str) for text in value)
    match option:
        case "columns" | "where" | "kinds":
            return texts and all("=" in text for text in value)
        case "sheet":
            return texts
        case "names":
            return texts or isinstance(value, str)
        case "header" | "transpose":
            return isinstance(value, bool)
        case "delimiter" | "encoding" | "kind" | "decimal":
            return isinstance(value, str)
    return False


def wishes(read: Read) -> dict[str, Any]:
    """What a model records, as values of the options: `columns` and such by their keys."""
    values: dict[str, Any] = dict(read)
    for option, split in (("columns", str.partition), ("kinds", str.rpartition)):
        if option in values:
            pairs = [split(pair, "=") for pair in values[option]]
            values[option] = {key: value for key, _, value in pairs}
    if "where" in values:
        cells: dict[str, list[str]] = {}
        for column, _, cell in (pair.partition("=") for pair in values["where"]):
            cells.setdefault(column, []).append(cell)
        values["where"] = cells
    return values


def as_table(read: Read) -> dict[str, bool | str | list[str]]:
    """What a model records, as its table READ has it."""
    return {
        option: list(value) if isinstance(value, tuple) else value
        for option, value in read
    }


def flags(read: Read) -> dict[str, bool | str | list[str]]:
    """What a model records, as a command line has it."""
    return {
        option: (
            ",".join(value) if isinstance(value, list) and option in PAIRS else value
        )
        for option, value in as_table(read).items()
    }


def as_asked(layout: Layout, read: Read) -> Layout:
    """A layout, where it asks for nothing, as a model records; no file of names is opened."""
    values = wishes(read)
    values["sheets"] = values.pop("sheet", ())
    values["where"] = {key: tuple(v) for key, v in values.get("where", {}).items()}
    if isinstance(values.get("names"), str):
        del values["names"]
    plain = Layout()
    return replace(
        layout,
        **{
            key: value
            for key, value in values.items()
            if getattr(layout, key) == getattr(plain, key)
        },
    )
