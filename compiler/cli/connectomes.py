"""The connectomes command: the bundled connectomes, and all facts of one."""

from __future__ import annotations

import click

from ..errors import InputError
from .help import Command, Sections
from .values import BUNDLED

SECTIONS = {"Commands": {"show": "All facts of one connectome"}}


@click.group(
    "connectomes", cls=Sections, sections=SECTIONS, invoke_without_command=True
)
@click.pass_context
def connectomes_command(ctx: click.Context) -> None:
    """List the bundled connectomes."""
    from .. import catalog

    if ctx.invoked_subcommand is None:
        click.echo(catalog.listing())


@connectomes_command.command(
    "show", cls=Command, examples=["elegansc connectomes show cook2019"]
)
@click.argument("name", type=BUNDLED)
def show_command(name: str) -> None:
    """Say all of one bundled connectome: origin, licence, citation, counts, digest."""
    from .. import catalog

    entry = catalog.find(name)
    if entry is None:
        near = catalog.suggest(name)
        hint = f"did you mean {near}?" if near else "elegansc connectomes lists them"
        raise InputError(name, "no bundled connectome of this name", hint)
    click.echo(catalog.describe(entry))
