"""The status command: whether models are fresh, out of date, or edited by hand."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import click

from ..arguments.layout import layout_of
from ..errors import CompilerError, InputError, VerifyError
from .exit_codes import complain
from .flags import layout_options

if TYPE_CHECKING:
    from ..comparison.status import Status
    from ..readers.reader import Layout


@click.command("status")
@click.argument("models", nargs=-1, required=True)
@click.option("--against", help="The source, to tell whether the model is out of date.")
@click.option("--skip-others", is_flag=True, help="Pass over files that are not ours.")
@click.option("--strict", is_flag=True, help="Exit 1 if one is of an older form, too.")
@click.option("--json", "as_json", is_flag=True, help="As JSON, a line a model.")
@layout_options
def status_command(
    models: tuple[str, ...],
    against: str | None,
    skip_others: bool,
    strict: bool,
    as_json: bool,
    **given: object,
) -> None:
    """Whether each of MODELS is fresh, out of date, or edited by hand; edits are shown.

    A bundled source is found by its label. Exit 1 if one is out of date, was edited, or
    can not be read; the others are looked at all the same.
    """
    from ..comparison.status import FRESH, UNSURE
    from ..module.forms import OLDER

    layout, good = layout_of(given), True
    for model in models:
        if skip_others and is_other(model):
            continue
        found = print_status(model, against, as_json, layout)
        older = found.form == OLDER
        good &= found.word in (FRESH, UNSURE) and not (strict and older)
    sys.exit(0 if good else 1)


def print_status(
    path: str, against: str | None, as_json: bool, layout: Layout
) -> Status:
    """Print the status of one model."""
    from ..comparison import status

    try:
        found = status.status(path, against, layout)
    except VerifyError:
        raise
    except CompilerError as error:
        found = status.Status(path, status.UNREADABLE, str(error))
        if not as_json:
            complain(str(error))
            return found
    for line in [json.dumps(found.as_json())] if as_json else found.lines():
        click.echo(line)
    return found


def is_other(path: str) -> bool:
    """Whether a file is no generated model; an empty one is none."""
    from ..files import read_bytes
    from ..module.header import is_generated

    if not os.path.isfile(path):
        return False
    try:
        return not os.path.getsize(path) or not is_generated(read_bytes(path))
    except InputError:
        return False
