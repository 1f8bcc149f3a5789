"""The textconv command, which git calls: a file as sorted lines."""

from __future__ import annotations

import sys

import click


@click.command("textconv", hidden=True)
@click.argument("path")
def textconv_command(path: str) -> None:
    """A model or connectome as sorted lines, for git."""
    from ..comparison.listing import textconv

    for line in textconv(path):
        sys.stdout.buffer.write(line)
    sys.stdout.buffer.flush()
