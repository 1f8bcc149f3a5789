"""What may be asked, as tables of Markdown: from Options and the flags of `compile`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import Field, fields
from typing import Any

import click

from elegansc.arguments.layout import LAYOUT
from elegansc.cli.compile import compile_command
from elegansc.options import CHOICES, Options, dashed
from elegansc.options.metadata import HEADINGS

from .formats import prose, table

TITLES = ("option", "values, the default first", "what it decides")


def options() -> str:
    """Every option of a model by its group: its values, and what it decides."""
    return "\n\n".join(groups())


def groups() -> Iterator[str]:
    """A heading and a table for each group."""
    for group, heading in HEADINGS.items():
        rows = [row(option) for option in listed(group)]
        if rows:
            yield f"### {heading}\n\n{table(TITLES, rows)}"


def listed(group: str) -> list[Field[Any]]:
    """The options of a group that a table shows: not how a file is read, nor of one value."""
    return [
        option
        for option in fields(Options)
        if option.metadata["group"] == group
        and option.name not in LAYOUT
        and len(CHOICES.get(option.name, "ab")) > 1
    ]


def row(option: Field[Any]) -> list[str]:
    """The row of one option."""
    flag = f"`--{dashed(option.name)}`"
    if option.default is True:
        flag += f" `--no-{dashed(option.name)}`"
    return [flag, choices(option), prose(option.metadata["help"])]


def choices(option: Field[Any]) -> str:
    """The values of an option, its default first."""
    if option.name in CHOICES:
        return ", ".join(CHOICES[option.name])
    if isinstance(option.default, bool):
        return "on, off" if option.default else "off, on"
    metavar = f"`{option.metadata['metavar']}`"
    if isinstance(option.default, int | float):
        return f"{option.default:g}, {metavar}"
    return metavar


def layout() -> str:
    """Every option that says how a file is read."""
    found = {found.name: found for found in compile_command.params}
    rows = []
    for name in LAYOUT:
        option = found[name]
        assert isinstance(option, click.Option)
        flags = " ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))
        rows.append([flags, values(option), prose(option.help or "")])
    return table(("option", "value", "what it says"), rows)


def values(option: click.Option) -> str:
    """What goes in."""
    if isinstance(option.type, click.Choice):
        return ", ".join(map(str, option.type.choices))
    return "" if option.is_flag else f"`{option.metavar or option.type.name.upper()}`"
