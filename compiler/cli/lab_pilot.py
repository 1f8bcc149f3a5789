"""The lab pilot command: what a pilot's variances call for, before a protocol is written."""

from __future__ import annotations

import json
from pathlib import Path

import click

from ..errors import InputError, visible
from .help import Command
from .lab_flags import json_option, quiet_option
from .values import FILE

SHARE = click.FloatRange(0, 1, min_open=True, max_open=True)


@click.command(
    "pilot",
    cls=Command,
    examples=[
        "elegansc lab pilot pilot/results.jsonl --protocol pilot.toml --effect 0.02"
    ],
)
@click.argument("results", type=FILE)
@click.option(
    "--protocol", required=True, type=FILE, help="What the pilot was run by; no tests."
)
@click.option(
    "--effect",
    required=True,
    type=click.FloatRange(0, min_open=True),
    metavar="X",
    help="To be found: the worm less the mean of its twins, in the metric's unit.",
)
@click.option(
    "--power", type=SHARE, default=0.8, show_default=True, metavar="P", help="Wanted."
)
@click.option(
    "--tests",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    metavar="N",
    help="Tests of the family to come, which Holm corrects for.",
)
@json_option
@quiet_option
def pilot_command(
    results: str,
    protocol: str,
    effect: float,
    power: float,
    tests: int,
    as_json: bool,
    quiet: bool,
) -> None:
    """Say how many graphs and seeds a comparison needs, by RESULTS of a pilot.

    A pilot is a protocol without tests, which lab compare runs: some twins of each arm,
    two seeds or more. Its twins are spent, and the worm's trainings are not looked at.
    alpha and side are those of its file.
    """
    from ..lab.judging.judge import check
    from ..lab.judging.pilot import Wish, pilots, report
    from ..lab.pages.pilot_page import lines
    from ..lab.protocol.reading import read_protocol
    from ..lab.running.results import read

    rules = read_protocol(protocol)
    if any(task.tests for task in rules.tasks):
        hint = "write tests = []: what was tested can not plan its own test"
        raise InputError(protocol, "is no pilot: it has tests", hint)
    if not Path(results).is_file():
        raise InputError(results, "no such file", "elegansc lab compare makes it")
    found, _ = read(Path(results), rules.digest)
    check(rules, found)
    wish = Wish(effect, power, rules.alpha, rules.side, tests)
    arms = pilots(rules, found, wish)
    if as_json:
        click.echo(json.dumps(report(rules, wish, arms), indent=2, allow_nan=False))
    if not quiet:
        for line in lines(rules, wish, arms):
            click.echo(visible(line), err=True)
