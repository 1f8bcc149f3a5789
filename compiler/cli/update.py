"""The update command: make models again as they were made."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from ..errors import CompilerError, InputError, UsageError, VerifyError, visible
from .colours import status_line
from .exit_codes import complain
from .flags import explicit, layout_options, model_options
from .help import Command
from .values import MODEL, SOURCE


@click.command(
    "update",
    cls=Command,
    examples=["elegansc update worm.py", "elegansc update --check"],
)
@click.argument("models", nargs=-1, type=MODEL)
@click.option("--against", type=SOURCE, help="The source, before all others.")
@click.option(
    "--name", metavar="NAME", default="", help="Name of the class; default: as it is."
)
@click.option(
    "--label",
    metavar="NAME",
    default="",
    help="Label of the source; default: as it is.",
)
@click.option(
    "--no-like",
    "no_like",
    is_flag=True,
    help="Solve anew: not near the order that stands.",
)
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 if one would change."
)
@click.option("--skip-others", is_flag=True, help="Pass over files that are not ours.")
@click.option("--force", is_flag=True, help="Replace a file that was edited by hand.")
@click.option("-q", "--quiet", is_flag=True, help="No report.")
@model_options()
@layout_options
def update_command(
    models: tuple[str, ...],
    against: str | None,
    no_like: bool,
    check: bool,
    skip_others: bool,
    force: bool,
    quiet: bool,
    **given: Any,
) -> None:
    """Make MODELS again from their sources, with the options that stand in them.

    Default: the models of [tool.elegansc] in pyproject.toml. An option given here comes
    before pyproject.toml, and that before the file. A model stays near its own order. One
    whose source is not at hand is written from its own tables, in today's form. With
    --skip-others, files that are no models stand for the models that come from them.
    """
    said = {name: given[name] for name in explicit() if name in given}
    if no_like and ({"like", "stick"} & {*said}):
        raise UsageError("--no-like: does not go with --like, --stick")
    good = True
    for path in models_of(models, skip_others):
        try:
            good &= updated(path, said, against, not no_like, check, force, quiet)
        except VerifyError:
            raise
        except CompilerError as error:
            complain(str(error))
            good = False
    sys.exit(0 if good else 1)


def updated(
    path: str,
    given: dict[str, Any],
    against: str | None,
    near: bool,
    check: bool,
    force: bool,
    quiet: bool,
) -> bool:
    """Update one model and say so; False where --check finds that it would change."""
    from ..projects.update import update

    found = update(path, given=given, against=against, near=near, force=force)
    if not check:
        found.write(force=force)
    word = (
        "unchanged" if found.files is None else "would change" if check else "updated"
    )
    if not quiet:
        line = f"{visible(path)}: {word}, {visible(found.why)}"
        click.echo(status_line(line, word), err=True)
        for warning in warnings_of(found.artifact):
            click.echo(f"  warning: {visible(warning)}", err=True)
    return not check or found.files is None


def warnings_of(artifact: Any) -> list[str]:
    """The warnings of a compile."""
    from ..report.compile import report
    from ..report.words import warned

    if artifact is None:
        return []
    lines = report(artifact.history, artifact.label, artifact.unit, state=False)
    return warned(lines)


def configured() -> list[str]:
    """The models of the project above the working directory.

    Raises:
        UsageError: there are none.
    """
    from ..projects.configuration import project_above

    found = project_above(".")
    if not found.models:
        hint = 'name models, or list them in pyproject.toml: [tool.elegansc.models."model.py"]'
        raise UsageError(f"no models: {hint}")
    return found.paths


def models_of(paths: tuple[str, ...], skip_others: bool) -> list[str]:
    """The models named, or those of the project.

    Args:
        skip_others: files that are no models stand for the models that come from them.
    """
    from ..projects.affected import affected

    others = [path for path in paths if is_other(path)] if skip_others else []
    ours = [path for path in paths or configured() if path not in others]
    seen = {os.path.realpath(path) for path in ours}
    return ours + [
        path for path in affected(others) if os.path.realpath(path) not in seen
    ]


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
