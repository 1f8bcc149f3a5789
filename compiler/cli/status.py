"""The status command: whether models are fresh, out of date, or edited by hand."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from ..arguments.layout import layout_of
from ..errors import CompilerError, VerifyError
from .exit_codes import complain
from .flags import layout_options

if TYPE_CHECKING:
    from ..readers.reader import Layout


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

    A bundled source is found by its label. Exit 1 if one is out of date, was edited, or
    can not be read; the others are looked at all the same.
    """
    layout, good = layout_of(given), True
    for model in models:
        good &= print_status(model, against, skip_others, as_json, layout)
    sys.exit(0 if good else 1)


def print_status(
    path: str, against: str | None, skip_others: bool, as_json: bool, layout: Layout
) -> bool:
    """Print the status of one model; whether it is fresh or unknown."""
    from ..comparison import status

    try:
        if skip_others and is_other(path):
            return True
        found = status.status(path, against, layout)
    except VerifyError:
        raise
    except CompilerError as error:
        found = status.Status(path, status.UNREADABLE, str(error))
        if not as_json:
            complain(str(error))
            return False
    for line in [json.dumps(found.as_json())] if as_json else found.lines():
        click.echo(line)
    return found.word in (status.FRESH, status.UNSURE)


def is_other(path: str) -> bool:
    """Whether a file is no generated model; an empty one is none."""
    from ..files import read_bytes
    from ..module.header import is_generated

    empty = os.path.isfile(path) and not os.path.getsize(path)
    return empty or not is_generated(read_bytes(path))
