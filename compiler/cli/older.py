"""The note on models of an older form, which are taken by their tables."""

from __future__ import annotations

import click

from ..errors import visible


def say_older(*paths: str) -> None:
    """Say on stderr which models an older elegansc wrote."""
    from ..files import read_bytes
    from ..module.forms import OLDER, UPDATE, form
    from ..module.header import AGAIN
    from ..module.read import read_module
    from ..sources import emitted

    for path in dict.fromkeys(paths):
        module = read_module(read_bytes(path, empty=AGAIN), path)
        if form(module.header, emitted(module)) == OLDER:
            seen = f"{visible(path)}: {OLDER}, taken by its tables: {UPDATE}"
            click.echo(seen, err=True)
