"""Options as flags of the command line: names, help, parsing."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..options import CHOICES, Options, dashed

if TYPE_CHECKING:
    from ..readers.reader import Layout

SCHEMA = 1  # of every JSON report


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add every field of Options as an option, in order."""
    for option in reversed(fields(Options)):
        name, default = option.name, option.default
        settings: dict[str, Any] = {
            "help": option.metadata["help"],
            "default": default,
            "show_default": bool(default),
        }
        if name in CHOICES:
            settings["type"] = click.Choice(CHOICES[name])
        elif isinstance(default, bool):
            settings = {
                "help": option.metadata["help"],
                "is_flag": True,
                "default": default,
            }
        elif isinstance(default, tuple):
            settings = {
                "help": option.metadata["help"],
                "multiple": True,
                "metavar": "PATTERNS",
            }
        elif isinstance(default, int):
            settings["type"] = int
        elif isinstance(default, float):
            settings["type"] = float
        flag = f"--{dashed(name)}"
        if default is True:
            flag += f"/--no-{dashed(name)}"
        command = click.option(flag, name, **settings)(command)
    return command


def layout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of Layout: how to read a text file, where its content does not tell."""
    for option in (
        click.option(
            "--kind",
            type=click.Choice(["chemical", "electrical"]),
            help="Kind of all rows, where no column says.",
        ),
        click.option(
            "--encoding", default="utf-8", show_default=True, help="Of the text."
        ),
        click.option(
            "--header/--no-header",
            "header",
            default=None,
            help="Whether the first line is a header.",
        ),
        click.option("--delimiter", help="comma, tab, space, or one character."),
        click.option(
            "--columns", help="pre=A,post=B,weight=C,kind=D: names, or places from 1."
        ),
    ):
        command = option(command)
    return command


def options_of(given: dict[str, Any]) -> Options:
    """The Options of the command line; a comma separates patterns."""
    values = {option.name: given[option.name] for option in fields(Options)}
    for name in ("inputs", "outputs", "only", "without", "protect"):
        words = [word.strip() for value in values[name] for word in value.split(",")]
        values[name] = tuple(word for word in words if word)
    return Options(**values)


def layout_of(given: dict[str, Any]) -> Layout:
    """The Layout of the command line."""
    from ..readers.reader import Layout

    columns: dict[str, str] = {}
    if given["columns"]:
        parts = re.split(r",(?=(?:pre|post|weight|kind)=)", given["columns"])
        for part in parts:
            key, equals, value = part.partition("=")
            if not equals:
                raise UsageError(
                    f"--columns {part!r}: write pre=A,post=B,weight=C,kind=D"
                )
            columns[key.strip()] = value
    return Layout(
        columns=columns,
        delimiter=given["delimiter"],
        header=given["header"],
        encoding=given["encoding"],
        kind=given["kind"],
    )
