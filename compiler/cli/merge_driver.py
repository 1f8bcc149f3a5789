"""The merge-driver command, which git calls for a model that both sides changed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import CompilerError, visible
from .exit_codes import complain
from .help import Command
from .values import FILE

if TYPE_CHECKING:
    from ..merging.merge import Merged

CONFLICTS_SHOWN = 10


@click.command(
    "merge-driver",
    cls=Command,
    examples=["elegansc merge-driver base.py ours.py theirs.py"],
)
@click.argument("base", type=FILE)
@click.argument("ours", type=FILE)
@click.argument("theirs", type=FILE)
@click.argument("size", type=click.IntRange(1, 1000), default=7)
@click.argument("path", default="")
def merge_driver_command(
    base: str, ours: str, theirs: str, size: int, path: str
) -> None:
    """Merge two changes of a model into OURS; git-setup lets git call it.

    BASE, OURS and THEIRS are three versions of a model. Tables, options, class and label are
    merged by name, and the model is emitted again near the order of OURS; the source is not
    read: merge it as text, then elegansc status compares both. What both sides changed
    differently is a conflict: it is marked in the file with SIZE characters, nothing is
    guessed, and the exit code is 1. Where a version was edited by hand, or none can be made
    of the merge, git's own merge is left, with exit code 1. PATH is for messages. Files that
    are no models are merged as git merges them.
    """
    from ..files import replace
    from ..git.plain import plain_merge
    from ..module.header import is_generated

    files = Path(base), Path(ours), Path(theirs)
    texts = [file.read_bytes() for file in files]
    found, ok = None, not any(map(is_generated, texts))
    if not ok:
        found = merged(texts, path or ours, size)
    if found is not None:
        replace(files[1], found.data)
        ok = not found.conflicts
    else:
        data, clean = plain_merge(*files, size)
        replace(files[1], data)
        ok = ok and clean
    sys.exit(0 if ok else 1)


def merged(texts: list[bytes], path: str, size: int) -> Merged | None:
    """The merge by tables, its conflicts told; None where there can be none, and why."""
    from ..merging.merge import merge

    git = "git merged its text alone: merge its source, then compile it again with --force"
    try:
        base, ours, theirs = texts
        found = merge(base, ours, theirs, path, size)
    except CompilerError as error:
        complain(f"{error}\n  {git}")
        return None
    except Exception as error:  # whatever it is: git has its own merge
        complain(f"elegansc: our bug: {path}: {type(error).__name__}: {error}\n  {git}")
        return None
    lines = found.conflicts
    for line in lines[:CONFLICTS_SHOWN]:
        click.echo(f"{visible(path)}: {line}", err=True)
    if len(lines) > CONFLICTS_SHOWN:
        click.echo(f"... and {len(lines) - CONFLICTS_SHOWN:,} more", err=True)
    if lines:
        hint = "settle its source; elegansc compile -o this file --force makes it anew"
        click.echo(f"  {hint}", err=True)
    return found
