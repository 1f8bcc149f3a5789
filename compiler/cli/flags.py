"""Options as flags of the command line: names, help, types."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import Field, fields
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from ..arguments.layout import LAYOUT
from ..options import CHOICES, FILES, Options, dashed
from ..options.metadata import HEADINGS
from .help import Option
from .values import FILE, WORDS

F = TypeVar("F", bound=Callable[..., Any])

SCHEMA = 1  # of every JSON report


GRAPH, ORDER = "graph", "order"  # groups of options


def model_options(
    *groups: str, also: Collection[str] = (), but: Collection[str] = ()
) -> Callable[[F], F]:
    """Add the fields of Options that change something for a command, in order.

    Args:
        groups: keys of HEADINGS, added whole; none: all.
        also, but: names of single fields of other groups, and of fields left out.
    """
    names = [
        each.name
        for each in fields(Options)
        if (not groups or each.metadata["group"] in groups or each.name in also)
        and each.name not in (*but, *LAYOUT)  # layout_options adds these
    ]

    def add(command: F) -> F:
        for each in reversed(fields(Options)):
            if each.name in names:
                command = model_option(each)(command)
        return command

    return add


def model_option(option: Field[Any]) -> Callable[[F], F]:
    """The option of the command line for one field of Options."""
    name, default, told = option.name, option.default, option.metadata
    settings: dict[str, Any] = {"help": told["help"], "metavar": told["metavar"]}
    settings |= {"default": default, "show_default": bool(default)}
    flag = f"--{dashed(name)}"
    if name in CHOICES:
        settings["type"] = click.Choice(CHOICES[name])
        settings["hidden"] = len(CHOICES[name]) == 1  # older command lines have it
    elif isinstance(default, bool):
        settings |= {"is_flag": True, "show_default": False}
        flag += f"/--no-{dashed(name)}" if default else ""
    elif isinstance(default, tuple):
        settings |= {"multiple": True, "callback": joined}
    elif isinstance(default, str):
        settings["type"] = FILE if name in FILES else WORDS
    else:
        settings["type"] = type(default)
    heading = HEADINGS[told["group"]]
    return click.option(flag, name, cls=Option, heading=heading, **settings)


def joined(_: click.Context, option: click.Parameter, value: tuple[str, ...]) -> str:
    """All patterns of an option that is given several times, comma separated."""
    return ",".join(value)


def together(
    _: click.Context, option: click.Parameter, value: tuple[str, ...]
) -> str | None:
    """The parts of an option that may be given at once or one by one; None: not given."""
    return ",".join(value) if value else None


def is_of_models(flag: str) -> bool:
    """Whether some command has an option of this flag that says how a model is made."""
    names = {*LAYOUT, *(each.name for each in fields(Options))}
    return flag.removeprefix("--").removeprefix("no-").replace("-", "_") in names


def reading(*flags: str, **settings: Any) -> Callable[[F], F]:
    """An option of how a file is read: a field of Layout."""
    return click.option(*flags, cls=Option, heading=HEADINGS["reading"], **settings)


# How to read a file, where its content does not tell: the fields of Layout.
LAYOUT_FLAGS: tuple[Callable[..., Any], ...] = (
    reading(
        "--kind",
        type=click.Choice(["chemical", "electrical"]),
        help="Kind of all rows, where no column says.",
    ),
    reading(
        "--kinds",
        multiple=True,
        callback=together,
        metavar="WORD=KIND,...",
        help="Words of the kind column: 0=chemical,1=electrical.",
    ),
    reading(
        "--where",
        multiple=True,
        metavar="COLUMN=VALUE",
        help="Read only the rows that have it; repeatable.",
    ),
    reading(
        "--decimal",
        type=click.Choice(["comma", "point"]),
        help="What stands before the fraction of a weight: 1,5 or 1.5.",
    ),
    reading(
        "--encoding",
        metavar="NAME",
        default="utf-8",
        show_default=True,
        help="Encoding of the text: utf-8, latin-1, ...",
    ),
    reading(
        "--header/--no-header",
        "header",
        default=None,
        help="Whether the first line is a header.",
    ),
    reading(
        "--transpose",
        is_flag=True,
        default=None,
        help="In a matrix the columns are the senders.",
    ),
    reading("--names", type=FILE, help="Names of a matrix's rows, a line each."),
    reading(
        "--sheet",
        multiple=True,
        metavar="NAME[=KIND]",
        help="Sheet, table or variable to read; repeatable.",
    ),
    *(
        reading(
            f"--{name}",
            **({"type": FILE} if name in FILES else {"is_flag": True, "default": None}),
            help=Options.__dataclass_fields__[name].metadata["help"],
        )
        for name in ("polyadic", "electrical")
    ),
    reading(
        "--delimiter", metavar="CHARACTER", help="comma, tab, space, or one character."
    ),
    reading(
        "--columns",
        multiple=True,
        callback=together,
        metavar="KEY=COLUMN,...",
        help="pre=A,post=B,weight=C,kind=D: names, or places from 1; "
        "chemical=A,electrical=B: counts of each kind.",
    ),
)


def layout_options(command: F) -> F:
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
