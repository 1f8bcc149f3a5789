"""The git-diff command, which git calls for each file that changed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import click

from ..errors import CompilerError, visible
from .diff import paint
from .exit_codes import complain


@click.command("git-diff", hidden=True)
@click.argument("name")
@click.argument("old", required=False)
@click.argument("old_hex", required=False)
@click.argument("old_mode", required=False)
@click.argument("new", required=False)
@click.argument("new_hex", required=False)
@click.argument("new_mode", required=False)
@click.argument("renamed", nargs=-1)
def git_diff_command(
    name: str,
    old: str | None,
    new: str | None,
    old_mode: str | None,
    new_mode: str | None,
    renamed: tuple[str, ...],
    **_: object,
) -> None:
    """What git calls for a file: NAME, the old file, the new file."""
    from ..git.plain import plain_diff

    if old is None or new is None:  # an unmerged path has a name alone
        click.echo(f"{visible(name)} is unmerged: compile its source again")
        return
    for line in file_changes(name, old_mode, new_mode, renamed):
        click.echo(line)
    lines = None if os.devnull in (old, new) else named_changes(name, old, new)
    for line in lines or ():
        click.echo(line)
    if lines is None or not is_complete(old, new, lines):
        sys.stdout.flush()
        sys.stdout.buffer.write(plain_diff(name, old, new))
        sys.stdout.buffer.flush()
        say_beside(name, old, new)


def say_beside(name: str, *paths: str) -> None:
    """Say where the tables of a module are compared of which git gives the page alone."""
    from ..ir.artifact import beside_of
    from ..module.beside import is_filed

    texts = [Path(path).read_bytes() for path in paths if path != os.devnull]
    if any(map(is_filed, texts)):
        beside, path = visible(beside_of(name)), visible(name)
        hint = f"elegansc diff HEAD:{path} {path} names the changes"
        click.echo(f"its tables stand in {beside}, which git compares apart; {hint}")


def file_changes(
    name: str, old_mode: str | None, new_mode: str | None, renamed: tuple[str, ...]
) -> Iterator[str]:
    """Lines of changes of the file itself: its mode, its name."""
    modes = {old_mode, new_mode}
    if len(modes) == 2 and "." not in modes:
        yield f"{visible(name)}: mode {old_mode} -> {new_mode}"
    for text in renamed[1:]:
        yield from (visible(line) for line in text.splitlines())


def named_changes(name: str, old: str, new: str) -> list[str] | None:
    """The changes by name; None if a file can not be read; empty if there are none."""
    from ..comparison import changes
    from ..comparison import text as changes_text
    from ..comparison.version import read_version, version_of_tables
    from ..module.plan_arrays import is_tables
    from ..options import Options
    from ..readers.reader import Layout

    all_cells = Options(keep="all")
    try:
        both = [
            (
                version_of_tables(path, label)
                if is_tables(Path(path).read_bytes())
                else replace(
                    read_version(path, all_cells, Layout(), label="x"), label=label
                )
            )
            for path, label in ((old, f"a/{name}"), (new, f"b/{name}"))
        ]
        found = changes.compare(*both)
    except CompilerError:
        return None
    except Exception as error:
        hint = "the plain diff is shown; please report it"
        complain(f"elegansc: our bug: {name}: {type(error).__name__}: {error}; {hint}")
        return None
    if not found or found.signs.known[0] != found.signs.known[1]:  # lines say it better
        return []
    details = [
        line.replace(" (--verbose)", "")
        for line in changes_text.details(found, paint=paint)
    ]
    more = "git diff --no-ext-diff shows every line"
    return [*changes_text.summary(found), *details, "", more]


def is_complete(old: str, new: str, lines: list[str]) -> bool:
    """Whether the named changes are all: no model was edited by hand."""
    from ..comparison.listing import is_unedited

    return bool(lines) and is_unedited(old) and is_unedited(new)
