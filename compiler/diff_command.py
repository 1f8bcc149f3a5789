"""The commands that compare: diff, status."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import click

from .errors import CompilerError, visible
from .flags import layout_of, layout_options, model_options, options_of
from .options import Options

COLOURS = {"+": "green", "-": "red", "~": "yellow"}
TROUBLE = 2


@click.command("diff")
@click.argument("old")
@click.argument("new")
@click.option(
    "--threshold",
    type=click.FloatRange(0),
    default=0.0,
    help="Hide changes of less weight, and say how many.",
)
@click.option("--fold", is_flag=True, help="Left and right partners as one, by class.")
@click.option("--json", "as_json", is_flag=True, help="All of it as JSON.")
@click.option("--markdown", is_flag=True, help="For a pull request.")
@click.option("--exit-code", is_flag=True, help="Exit 1 if they differ.")
@click.option("--summary", "short", is_flag=True, help="The summary alone.")
@click.option(
    "--verbose", is_flag=True, help="Every change, not the largest of each kind."
)
@click.option("--color/--no-color", default=None, help="Default: on a terminal.")
@model_options
@layout_options
def diff_command(
    old: str,
    new: str,
    threshold: float,
    fold: bool,
    as_json: bool,
    markdown: bool,
    exit_code: bool,
    short: bool,
    verbose: bool,
    color: bool | None,
    **given: object,
) -> None:
    """What changed from OLD to NEW: connectome files, bundled names or generated models.

    Exit 0; 1 with --exit-code if they differ; 2 if one of them can not be read.
    """
    from . import changes, changes_text

    options, layout = options_of(given), layout_of(given)
    try:
        asked = options if options != Options() else None
        sides = changes.both(old, new, asked, layout)
    except CompilerError as error:
        click.echo("\n".join(map(visible, str(error).split("\n"))), err=True)
        sys.exit(TROUBLE)
    found = changes.compare(*sides, threshold=threshold, fold=fold)
    if as_json:
        lines: Iterator[str] = iter([json.dumps(changes_text.as_json(found), indent=2)])
    elif markdown:
        lines = changes_text.markdown(found, verbose=verbose)
    else:
        lines = text(found, short, verbose)
    for line in lines:
        click.echo(line, color=color)
    if exit_code and found:
        sys.exit(1)


def text(found: object, short: bool, verbose: bool) -> Iterator[str]:
    """The summary in words, then the details in colour."""
    from . import changes, changes_text

    assert isinstance(found, changes.Changes)
    yield from changes_text.summary(found)
    if not found:
        yield "no difference"
    elif not short:
        yield from changes_text.details(found, verbose=verbose, paint=paint)


def paint(text: str, sign: str) -> str:
    """A line in the colour of its sign; click drops it where there is no terminal."""
    return click.style(text, fg=COLOURS.get(sign))


@click.command("status")
@click.argument("models", nargs=-1, required=True)
@click.option("--against", help="The source, to tell whether the model is out of date.")
@click.option("--skip-others", is_flag=True, help="Pass over files that are not ours.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, a line a model.")
@layout_options
def status_command(
    models: tuple[str, ...],
    against: str | None,
    skip_others: bool,
    as_json: bool,
    **given: object,
) -> None:
    """Whether each of MODELS is fresh, out of date, or edited by hand; edits are shown.

    A bundled source is found by its label. Exit 1 if one is out of date or was edited.
    """
    from . import status
    from .parse import read_bytes
    from .readers.model import is_model

    layout, bad = layout_of(given), False
    for model in models:
        if skip_others and not is_model(read_bytes(model)):
            continue
        found = status.status(model, against, layout)
        bad = bad or found.word in (status.STALE, status.EDITED)
        for line in [json.dumps(found.as_json())] if as_json else found.lines():
            click.echo(line)
    sys.exit(1 if bad else 0)
