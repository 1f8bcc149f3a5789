"""The bisect command: find the changes that moved the number of a command."""

from __future__ import annotations

import json
import math
import signal
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..arguments.layout import layout_of
from ..arguments.options import options_of
from ..errors import CompilerError, visible
from ..options import OF_TIME
from .exit_codes import INTERRUPTED
from .flags import layout_options, model_options
from .help import Command
from .values import SOURCE

if TYPE_CHECKING:
    from ..bisection.intermediate import Ends, Step
    from ..bisection.search import Bisection


def not_nan(_: click.Context, option: click.Parameter, value: float | None) -> Any:
    """The value of an option, which must not be nan."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number", param=option)
    return value


@click.command(
    "bisect",
    cls=Command,
    examples=["elegansc bisect old.csv new.csv -- python train.py {}"],
)
@click.argument("old", type=SOURCE)
@click.argument("new", type=SOURCE)
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
@click.option(
    "--by",
    type=click.Choice(["class", "role", "neuron"]),
    default="class",
    show_default=True,
    help="What the synapses of a hunk have in common: class, roles or name of the target.",
)
@click.option(
    "--share",
    type=click.FloatRange(0, 1, min_open=True),
    metavar="P",
    default=0.5,
    show_default=True,
    callback=not_nan,
    help="Look for hunks that alone move the number by this share of the difference.",
)
@click.option(
    "--tolerance",
    type=click.FloatRange(0),
    metavar="X",
    callback=not_nan,
    help="A difference that is none; default: as far as runs of one model lie apart.",
)
@click.option(
    "--repeat",
    type=click.IntRange(1),
    metavar="N",
    default=1,
    show_default=True,
    help="Run so often on each model and take the median.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    callback=not_nan,
    help="The most that one run may take.",
)
@click.option(
    "--steps",
    type=click.IntRange(2),
    metavar="N",
    default=100,
    show_default=True,
    help="Stop after so many models.",
)
@click.option(
    "--keep-models",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the model of every step in this folder.",
)
@click.option(
    "--name", metavar="NAME", default="", help="Name of the class, in every step."
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print JSON; the steps go to standard error.",
)
@click.option("--verbose", is_flag=True, help="List all hunks, and all their changes.")
@model_options(but=["lowering", "dynamics", *OF_TIME, "tie_tau"])
@layout_options
def bisect_command(old: str, new: str, command: tuple[str, ...], **given: Any) -> None:
    """Which changes from OLD to NEW moved the number that COMMAND prints?

    OLD and NEW are connectome files, bundled names or generated models. Their difference
    is split into hunks; models with some of the hunks applied are compiled and measured
    until a small group is found that alone moves the number.

    COMMAND runs without a shell; {} in it is the path of a model, which is also in
    ELEGANSC_MODEL, and comes last if there is no {}. ELEGANSC_RUN counts the runs of one
    model from 0: a seed. The last line of its stdout must be a number. It may exit 125 to
    say that a model tells nothing; any other failure ends the search.

    Exit 0; 1 the input or COMMAND; 2 the command line; 130 interrupted.
    """
    from ..bisection import hunk_text, intermediate, report, search
    from ..bisection.hunks import difference
    from ..bisection.measure import Command

    ends = intermediate.read_ends(
        old, new, options_of(given), layout_of(given), given["name"]
    )
    found = difference(*ends.circuits, by=given["by"])
    say(report.heading(ends, found, given["by"]), err=given["as_json"])
    if given["verbose"]:
        every = (hunk_text.titled(found, place) for place in sorted(found.all))
        say(every, err=given["as_json"])

    def on_step(step: Step) -> None:
        say([report.step_line(bisection, step)], err=given["as_json"])

    keep = intermediate.models_folder(given["folder"]) if given["folder"] else None
    runs = Command(command, given["repeat"], given["timeout"])
    limits = given["share"], given["tolerance"], given["steps"]
    with interruptible(), temporary() as folder:
        made = intermediate.IntermediateModels(ends, found, runs, folder, keep)
        bisection = search.Bisection(found, made.step, on_step, *limits)
        try:
            bisection.run()
        except KeyboardInterrupt:
            pass
        except CompilerError:
            if bisection.steps:
                print_report(bisection, ends, given)
            raise
    print_report(bisection, ends, given)
    sys.exit(INTERRUPTED if bisection.outcome == search.INTERRUPTED else 0)


@contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first SIGINT, SIGTERM or SIGHUP into KeyboardInterrupt; ignore further ones.

    So nothing interrupts the cleanup. Signals that are ignored already (nohup) stay so.
    """
    before = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        if signal.getsignal(number) not in (signal.SIG_IGN, None)
    }

    def stop(*_: object) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in before:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def temporary() -> Iterator[Path]:
    """A temporary folder, removed at the end."""
    with tempfile.TemporaryDirectory(
        prefix="elegansc-bisect-", ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def print_report(bisection: Bisection, ends: Ends, given: dict[str, Any]) -> None:
    """Print the report, on stdout."""
    from ..bisection import report

    if given["as_json"]:
        found = report.as_json(bisection, ends, given["by"])
        click.echo(json.dumps(found, indent=2))
    else:
        say(report.summary(bisection, verbose=given["verbose"]))


def say(lines: Iterable[str], *, err: bool = False) -> None:
    """Print lines as they come, control characters escaped."""
    for line in lines:
        click.echo(visible(line), err=err)
