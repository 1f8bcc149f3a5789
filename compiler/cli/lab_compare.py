"""The lab compare command: train all models that a protocol names."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click

from ..errors import visible
from .colours import tell
from .help import Command
from .lab_flags import check_installed, data_option, resources_of, resources_options
from .values import FILE, FOLDER

if TYPE_CHECKING:
    from ..lab.running.compare import Done, Watch

LAB = logging.getLogger("elegansc.lab")  # silent where nobody listens


@click.command(
    "compare",
    cls=Command,
    examples=[
        "elegansc lab compare protocol.toml --data images -o runs --smoke",
        "elegansc lab compare protocol.toml --data torchvision:images -o runs --jobs 8",
    ],
)
@click.argument("protocol", type=FILE)
@data_option
@click.option(
    "-o",
    "--output",
    required=True,
    type=FOLDER,
    help="Gets results.jsonl, edge lists and models; what is there is gone on with.",
)
@resources_options
@click.option(
    "--one-seed", is_flag=True, help="Run an old protocol that tests one seed a graph."
)
@click.option("--smoke", is_flag=True, help="Try all of it, shrunk to a minute.")
@click.option("--verbose", is_flag=True, help="Print a line a run.")
@click.option("-q", "--quiet", is_flag=True, help="No report, no progress.")
def compare_command(
    protocol: str,
    data: str,
    output: str,
    one_seed: bool,
    smoke: bool,
    verbose: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Train all that PROTOCOL names: a connectome, its random twins, the controls.

    Killed at any point, the same command goes on and loses no finished run.
    """
    check_installed()
    from ..lab.protocol.reading import read_protocol
    from ..lab.protocol.seeds import check_seeds
    from ..lab.running.compare import compare, shrunk

    plan = read_protocol(protocol)
    if not one_seed:
        check_seeds(plan)
    plan = shrunk(plan) if smoke else plan
    watch = watching(verbose)
    done = compare(plan, data, Path(output), resources_of(**given), watch=watch)
    if not quiet:
        say_done(done)


def say_done(done: Done) -> None:
    """Print how many runs there are."""
    nan = f", {done.nan} of them nan" if done.nan else ""
    click.echo(
        f"wrote     {visible(str(done.path))}: {done.runs:,} runs, {done.made:,} of "
        f"them now{nan}",
        err=True,
    )


def watching(verbose: bool) -> Watch:
    """What shows progress, and a line a run where it is verbose."""

    def watch(title: str, count: int, items: Iterable[Any]) -> Iterator[Any]:
        for item in counted(title, count, items):
            if verbose and isinstance(item, dict):
                tell(one_line(item))
            yield item

    return watch


def counted(
    title: str, count: int, items: Iterable[Any], log: logging.Logger = LAB
) -> Iterator[Any]:
    """The items; how many are done and how long the rest takes is said as they pass."""
    begin = monotonic()
    log.info("%d %s to go", count, title)
    for done, item in enumerate(items, 1):
        yield item
        left = timedelta(seconds=round((monotonic() - begin) / done * (count - done)))
        log.info("%d of %d %s done, %s to go", done, count, title, left)


def one_line(line: dict[str, Any]) -> str:
    """The line of a finished run."""
    from ..lab.running.results import run_of

    scores = ", ".join(f"{key} {value:.4f}" for key, value in line["test"].items())
    return f"run       {run_of(line).text}: {scores or line['status']}, {line['seconds']:.1f} s"
