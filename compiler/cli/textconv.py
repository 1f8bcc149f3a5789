"""The textconv command, which git calls: a file as sorted lines."""

from __future__ import annotations

import sys

import click

from .exit_codes import complain


@click.command("textconv", hidden=True)
@click.argument("path")
def textconv_command(path: str) -> None:
    """A model or connectome as sorted lines, for git."""
    from ..comparison.listing import textconv

    data, bug = textconv(path)
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
    if bug:
        hint = "the file is shown as it is; please report it"
        complain(f"elegansc: our bug: {path}: {bug}; {hint}")
