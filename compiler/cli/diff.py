"""The diff command: the changes between two connectomes or models."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..arguments.layout import layout_of
from ..arguments.options import options_of
from ..errors import CompilerError, VerifyError, visible
from ..options import Options
from .exit_codes import complain
from .flags import GRAPH, ORDER, layout_options, model_options
from .help import Command
from .values import FILE, SOURCE

if TYPE_CHECKING:
    from ..comparison.changes import Changes

COLOURS = {"+": "green", "-": "red", "~": "yellow"}
TROUBLE = 2


@click.command(
    "diff",
    cls=Command,
    examples=[
        "elegansc diff witvliet2021-1 witvliet2021-8 --summary",
        "elegansc diff HEAD~1:worm.py worm.py",
    ],
)
@click.argument("old", type=SOURCE)
@click.argument("new", type=SOURCE)
@click.option(
    "--threshold",
    type=click.FloatRange(0),
    metavar="WEIGHT",
    default=0.0,
    help="Hide changes of less weight, and say how many.",
)
@click.option(
    "--fold", is_flag=True, help="Left and right partners as one: cells by class."
)
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON.")
@click.option("--markdown", is_flag=True, help="Print Markdown for a pull request.")
@click.option(
    "--html",
    type=FILE,
    help="Write it as one page here too; -: to standard output alone.",
)
@click.option("--force", is_flag=True, help="Replace a file that is no such page.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if they differ.")
@click.option("--summary", "short", is_flag=True, help="Print the summary alone.")
@click.option(
    "--verbose", is_flag=True, help="List every change, not the largest of each kind."
)
@click.option(
    "--color/--no-color", default=None, help="Colours; default: on a terminal."
)
@model_options(
    GRAPH,
    ORDER,
    also=(
        "features",
        "unit",
        "merge",
        "norm",
        "activation",
        "feedback",
        "signs",
    ),
)
@layout_options
def diff_command(
    old: str,
    new: str,
    threshold: float,
    fold: bool,
    as_json: bool,
    markdown: bool,
    html: str | None,
    force: bool,
    exit_code: bool,
    short: bool,
    verbose: bool,
    color: bool | None,
    **given: object,
) -> None:
    """What changed from OLD to NEW: connectome files, bundled names or generated models.

    A file may be REVISION:PATH of git, as in `git show`: HEAD~1:model.py, HEAD:./here.py.

    Exit 0; 1 with --exit-code if they differ; 2 if one of them can not be read.
    """
    from ..comparison import changes
    from ..comparison.html import PAGE
    from ..comparison.json_report import as_json as plain_data
    from ..comparison.markdown import markdown as as_markdown
    from ..comparison.version import read_versions
    from ..files import allow
    from ..interface.diff import Difference
    from ..readers.junction_file import without_reading

    options, layout = options_of(given), layout_of(given)
    try:
        if html is not None and html != "-":
            allow(Path(html), force=force, source=(old, new), kind=PAGE)
        asked = options if without_reading(options) != Options() else None
        versions = read_versions(old, new, asked, layout)
        found = changes.compare(*versions, threshold=threshold, fold=fold)
        if html is not None:
            put_page(found, html)
    except VerifyError:
        raise
    except CompilerError as error:
        complain(str(error))
        sys.exit(TROUBLE)
    if html == "-":
        lines: Iterator[str] = iter([])
    elif as_json:
        lines = iter([json.dumps(plain_data(found), indent=2)])
    elif markdown:
        lines = as_markdown(found, verbose=verbose)
    else:
        lines = Difference(found).lines(short=short, verbose=verbose, paint=paint)
    for line in lines:
        click.echo(line, color=color)
    if exit_code and found:
        sys.exit(1)


def put_page(found: Changes, path: str) -> None:
    """Write the page to a file or to stdout."""
    from ..comparison.html import page
    from ..files import replace

    if path == "-":
        click.echo(page(found), nl=False)
        return
    written = replace(Path(path), page(found).encode("ascii"))
    click.echo(f"{'wrote' if written else 'unchanged'} {visible(path)}", err=True)


def paint(text: str, sign: str) -> str:
    """A line in the colour of its sign; click drops the colour off a terminal."""
    return click.style(text, fg=COLOURS.get(sign))
