"""The lab figure command: judge a comparison by its protocol, and draw it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import InputError, visible
from .colours import tell
from .help import Command
from .values import FILE, FOLDER

if TYPE_CHECKING:
    from ..lab.judging.groups import Results
    from ..lab.judging.judge import Judged
    from ..lab.protocol.protocol import Protocol


@click.command(
    "figure",
    cls=Command,
    examples=[
        "elegansc lab figure runs/results.jsonl --protocol protocol.toml -o figure"
    ],
)
@click.argument("results", type=FILE)
@click.option(
    "--protocol", required=True, type=FILE, help="The protocol they were run by."
)
@click.option(
    "-o", "--output", required=True, type=FOLDER, help="The folder to write to."
)
@click.option(
    "--note",
    default="",
    metavar="WORDS",
    help="Stands in the README under what was run: on which machine, say.",
)
@click.option("--force", is_flag=True, help="Replace files that are there.")
@click.option("--json", "as_json", is_flag=True, help="Print verdict.json too.")
@click.option("-q", "--quiet", is_flag=True, help="No report.")
def figure_command(
    results: str,
    protocol: str,
    output: str,
    note: str,
    force: bool,
    as_json: bool,
    quiet: bool,
) -> None:
    """Judge RESULTS, the runs of a comparison, by its protocol, and draw them.

    DIR gets figure2 (validation metric against epochs, as in the paper) and graphs (the
    test metric of every graph), each as png and svg, README.md with tables, verdict and
    what the run cannot tell, and verdict.json with all arms, graphs and tests. Results that are not complete are judged as far as
    they go, and it is said.
    """
    from ..files import OTHER, write_folder
    from ..lab.judging.judge import judge
    from ..lab.judging.report import report
    from ..lab.pages.comparison_page import page
    from ..lab.pages.figure import pictures
    from ..lab.pages.verdict import readme
    from ..lab.protocol.reading import read_protocol
    from ..lab.running.results import read

    rules = read_protocol(protocol)
    if not Path(results).is_file():
        raise InputError(results, "no such file", "elegansc lab compare makes it")
    lines, _ = read(Path(results), rules.digest)
    judged = judge(rules, lines)
    found = report(rules, judged)
    text = json.dumps(found, indent=2, allow_nan=False) + "\n"
    write = readme if rules.schema == 1 else page
    files = {
        **pictures(rules, lines, judged),
        "README.md": write(rules, lines, judged, note).encode(),
        "verdict.json": text.encode(),
    }
    read_from = (results, protocol)
    written = write_folder(
        Path(output), files, kind=OTHER, force=force, source=read_from
    )
    if as_json:
        click.echo(text, nl=False)
    if not quiet:
        say(output, rules, lines, judged, bool(written))


def say(
    output: str,
    rules: Protocol,
    lines: Results,
    judged: tuple[Judged, ...],
    written: bool,
) -> None:
    """Print what the run cannot tell and the verdict, on stderr."""
    from ..lab.pages.doubts import doubts
    from ..lab.pages.findings import findings
    from ..lab.pages.sentences import verdict
    from ..report.words import wrote

    if rules.schema == 1:
        told = [*doubts(rules, lines, judged), *verdict(rules, judged)]
    else:
        told = [*findings(rules, judged)]
    for sentence in told:
        click.echo(visible(sentence), err=True)
    tell(wrote(visible(output), written))
