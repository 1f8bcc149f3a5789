"""The lab table command: train the rows of tables, and write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import InputError, visible
from ..files import Kind
from .colours import tell
from .help import Command
from .lab_compare import say_done, watching
from .lab_flags import check_installed, json_option, resources_of, resources_options
from .values import DATA, FILE, FOLDER

if TYPE_CHECKING:
    from ..lab.protocol.protocol import Protocol

BEGINNING = 1000  # bytes in which a file of ours says so


def is_table(data: bytes) -> bool:
    """Whether these bytes are a README.md or table.json that the command made."""
    start = data[:BEGINNING]
    return start.startswith(b"# Tables 1 and 2") or b"elegansc lab table" in start


TABLE = Kind("a file that elegansc lab table made", is_table)


@click.command(
    "table",
    cls=Command,
    examples=[
        "elegansc lab table protocol.toml --data images -o tables",
        "elegansc lab table protocol.toml -o tables",
    ],
)
@click.argument("protocol", type=FILE)
@click.option(
    "--data",
    type=DATA,
    help="Images, as of lab compare: what is missing is trained. Without them nothing is.",
)
@click.option(
    "-o",
    "--output",
    required=True,
    type=FOLDER,
    help="Gets results.jsonl, table.json, README.md; what is there is gone on with.",
)
@resources_options
@click.option(
    "--note",
    default="",
    metavar="WORDS",
    help="Stands in the README under what was run: on which machine, say.",
)
@click.option("--smoke", is_flag=True, help="Try all of it, shrunk to a minute.")
@click.option("--verbose", is_flag=True, help="Print a line a run.")
@json_option
@click.option("-q", "--quiet", is_flag=True, help="No report, no progress.")
def table_command(
    protocol: str,
    data: str | None,
    output: str,
    note: str,
    smoke: bool,
    verbose: bool,
    as_json: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Train all rows that PROTOCOL names, and write tables 1 and 2.

    A row is an arm: a worm, its twins, a control in the network's place. README.md has a
    table a kind of task, score with interval, parameters, multiply-adds and seconds a step,
    and says first what it shows; table.json has the same numbers. The protocol tests
    nothing. Killed at any point, the same command goes on and loses no finished run.
    """
    from ..lab.protocol.one_table import check_table
    from ..lab.protocol.reading import read_protocol

    plan = read_protocol(protocol)
    check_table(plan)
    if smoke or data:
        check_installed()
        from ..lab.running.compare import compare, shrunk

        plan = shrunk(plan) if smoke else plan
    if data:
        watch = watching(verbose)
        done = compare(plan, data, Path(output), resources_of(**given), watch=watch)
        if not quiet:
            say_done(done)
    write_tables(plan, protocol, Path(output), note, as_json=as_json, quiet=quiet)


def write_tables(
    plan: Protocol, path: str, folder: Path, note: str, *, as_json: bool, quiet: bool
) -> None:
    """Write table.json and README.md of the results in a folder.

    Args:
        path: of the protocol, which is never written over.
    """
    from ..files import write_folder
    from ..lab.judging.tables import report, tables
    from ..lab.pages.table_page import heading, readme
    from ..lab.pages.table_sentences import shown
    from ..lab.running.results import read
    from ..report.words import wrote

    place = folder / "results.jsonl"
    if not place.is_file():
        raise InputError(str(place), "no such file", "give --data DIR, to train")
    lines, _ = read(place, plan.digest)
    found = tables(plan, lines)
    text = json.dumps(report(plan, found), indent=2, allow_nan=False) + "\n"
    page = readme(plan, lines, found, note)
    files = {"table.json": text.encode(), "README.md": page.encode()}
    sources = (path, str(place))
    written = write_folder(folder, files, kind=TABLE, source=sources)
    if as_json:
        click.echo(text, nl=False)
    if not quiet:
        for table in found:
            words = " ".join(shown(table)).replace("**", "")
            click.echo(visible(f"{heading(table)}: {words}"), err=True)
        tell(wrote(visible(str(folder / "README.md")), bool(written)))
