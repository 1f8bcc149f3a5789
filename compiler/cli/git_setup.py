"""The git-setup command: tell git to compare models and connectomes with elegansc."""

from __future__ import annotations

import click

from ..errors import visible
from .help import Command


@click.command(
    "git-setup",
    cls=Command,
    examples=[
        "elegansc git-setup",
        "elegansc git-setup models/*.py",
        "elegansc git-setup --undo",
    ],
)
@click.argument("patterns", nargs=-1)
@click.option("--undo", is_flag=True, help="Take it out again.")
def git_setup_command(patterns: tuple[str, ...], undo: bool) -> None:
    """Let git diff and git log -p show what changed in models, and git merge merge them.

    PATTERNS are as in .gitattributes; default: every generated model that git tracks. Set
    for this repository alone; nothing that is committed changes. Models (*.py) are merged
    by their tables, see elegansc merge-driver --help.
    """
    from ..comparison import git

    if undo:
        git.undo()
        click.echo("git shows plain diffs again", err=True)
        return
    for pattern, merges in git.setup(patterns):
        also = " and merges it" if merges else ""
        click.echo(f"elegansc shows the diffs of {visible(pattern)}{also}", err=True)
