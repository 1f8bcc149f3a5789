"""Options as flags of the command line: names, help, types."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import click
from click.core import ParameterSource

from ..arguments.layout import LAYOUT
from ..options import CHOICES, Options, dashed

SCHEMA = 1  # of every JSON report


def model_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add every field of Options as an option, in order."""
    for option in reversed(fields(Options)):
        name, default = option.name, option.default
        if name in LAYOUT:
            continue  # layout_options adds it
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
                "callback": joined,
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


def joined(_: click.Context, option: click.Parameter, value: tuple[str, ...]) -> str:
    """All patterns of an option that is given several times, comma separated."""
    return ",".join(value)


# How to read a file, where its content does not tell: the fields of Layout.
LAYOUT_FLAGS = (
    click.option(
        "--kind",
        type=click.Choice(["chemical", "electrical"]),
        help="Kind of all rows, where no column says.",
    ),
    click.option(
        "--kinds",
        metavar="WORD=KIND,...",
        help="Words of the kind column: 0=chemical,1=electrical.",
    ),
    click.option(
        "--where",
        multiple=True,
        metavar="COLUMN=VALUE",
        help="Read only the rows that have it; repeatable.",
    ),
    click.option(
        "--decimal",
        type=click.Choice(["comma", "point"]),
        help="Before the fraction of a weight: 1,5 or 1.5.",
    ),
    click.option("--encoding", default="utf-8", show_default=True, help="Of the text."),
    click.option(
        "--header/--no-header",
        "header",
        default=None,
        help="Whether the first line is a header.",
    ),
    click.option(
        "--transpose", is_flag=True, default=None, help="Columns of a matrix send."
    ),
    click.option(
        "--names", metavar="FILE", help="Names of a matrix's rows, a line each."
    ),
    click.option(
        "--sheet",
        multiple=True,
        metavar="NAME[=KIND]",
        help="Sheet, table or variable to read; repeatable.",
    ),
    click.option(
        "--polyadic",
        is_flag=True,
        default=None,
        help="A cell may name several receivers, AVAL,AVAR: each has the row's weight.",
    ),
    click.option(
        "--electrical",
        metavar="FILE",
        help="Gap junctions beside SOURCE, read by the same options.",
    ),
    click.option("--delimiter", help="comma, tab, space, or one character."),
    click.option(
        "--columns",
        help="pre=A,post=B,weight=C,kind=D: names, or places from 1; "
        "chemical=A,electrical=B: counts of each kind.",
    ),
)


def layout_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of Layout: how to read a text file, where its content does not tell."""
    for option in LAYOUT_FLAGS:
        command = option(command)
    return command


def explicit() -> frozenset[str]:
    """Names of the parameters of the running command that its command line gives."""
    context = click.get_current_context()
    return frozenset(
        name
        for name in context.params
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE
    )
