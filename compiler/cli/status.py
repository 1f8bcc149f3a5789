"""The status command: whether models are fresh, out of date, or edited by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from ..arguments.layout import layout_of
from ..errors import CompilerError, VerifyError
from .colours import status_line
from .exit_codes import complain
from .flags import explicit, layout_options
from .help import Command
from .update import models_of
from .values import MODEL, SOURCE

if TYPE_CHECKING:
    from ..comparison.status import Status


@click.command(
    "status",
    cls=Command,
    examples=["elegansc status worm.py", "elegansc status worm.py --against worm.csv"],
)
@click.argument("models", nargs=-1, type=MODEL)
@click.option(
    "--against",
    type=SOURCE,
    help="The source, to tell whether the model is out of date.",
)
@click.option("--skip-others", is_flag=True, help="Pass over files that are not ours.")
@click.option("--strict", is_flag=True, help="Exit 1 if one is of an older form, too.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, a line a model.")
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

    Default: the models of [tool.elegansc] in pyproject.toml. The source is that of --against,
    of pyproject.toml, the file of the model's label beside it or above, or the bundled one.
    With --skip-others, files that are no models stand for the models that come from them.
    Exit 1 if one is out of date, was edited, or can not be read; the others are looked at
    all the same.
    """
    from ..comparison.status import FRESH
    from ..module.forms import OLDER

    layout_of(given)
    said, good = {name: given[name] for name in explicit() if name in given}, True
    for model in models_of(models, skip_others):
        found = print_status(model, against, as_json, said)
        older = found.form == OLDER
        good &= found.word == FRESH and not (strict and older)
    sys.exit(0 if good else 1)


def print_status(
    path: str, against: str | None, as_json: bool, given: Mapping[str, object]
) -> Status:
    """Print the status of one model."""
    from ..comparison import status

    try:
        found = status.status(path, against, given)
    except VerifyError:
        raise
    except CompilerError as error:
        found = status.Status(path, status.UNREADABLE, str(error))
        if not as_json:
            complain(str(error))
            return found
    if as_json:
        click.echo(json.dumps(found.as_json()))
        return found
    for line in found.lines():
        click.echo(status_line(line, found.word))
    return found
