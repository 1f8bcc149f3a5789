"""The commands that git calls, and the one that tells it to."""

from __future__ import annotations

import os
import sys

import click

from .errors import CompilerError, visible


@click.command("git-setup")
@click.argument("patterns", nargs=-1)
@click.option("--undo", is_flag=True, help="Take it out again.")
def git_setup_command(patterns: tuple[str, ...], undo: bool) -> None:
    """Let git diff and git log -p show what changed in models and connectomes.

    PATTERNS are as in .gitattributes; default: every generated model that git tracks. Set
    for this repository alone; nothing that is committed changes.
    """
    from . import git

    if undo:
        git.undo()
        click.echo("git shows plain diffs again", err=True)
        return
    for pattern in git.setup(patterns):
        click.echo(f"elegansc shows the diffs of {visible(pattern)}", err=True)


@click.command("textconv", hidden=True)
@click.argument("path")
def textconv_command(path: str) -> None:
    """A model or connectome as sorted lines, for git."""
    from . import git

    for line in git.textconv(path):
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()


@click.command("git-diff", hidden=True)
@click.argument("name")
@click.argument("old")
@click.argument("old_hex", required=False)
@click.argument("old_mode", required=False)
@click.argument("new", required=False)
@click.argument("new_hex", required=False)
@click.argument("new_mode", required=False)
@click.argument("rest", nargs=-1)
def git_diff_command(name: str, old: str, new: str | None, **_: object) -> None:
    """What git calls for a file: NAME, the old file, the new file."""
    from . import changes, changes_text, git
    from .diff_command import paint
    from .parse import Layout

    if new is None:  # an unmerged path has a name alone
        click.echo(f"{visible(name)} is unmerged: compile its source again")
        return
    if os.devnull in (old, new):
        click.echo(git.plain_diff(name, old, new), nl=False)
        return
    try:
        sides = [
            changes.relabelled(changes.side(path, None, Layout(), label="x"), label)
            for path, label in ((old, f"a/{name}"), (new, f"b/{name}"))
        ]
    except CompilerError:
        click.echo(git.plain_diff(name, old, new), nl=False)
        return
    found = changes.compare(*sides)
    for line in changes_text.summary(found):
        click.echo(line)
    for line in changes_text.details(found, paint=paint):
        click.echo(line)
