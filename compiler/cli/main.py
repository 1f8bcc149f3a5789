"""The command line: one group, a file a command.

Data goes to stdout, talk to stderr. Exit 0; 1 the input; 2 the command line; 70 our bug.
Commands import what they need when they run, so that `--help` stays fast.
"""

from __future__ import annotations

import click

from .. import __version__
from ..errors import InputError
from .bisect import bisect_command
from .compile import compile_command
from .diff import diff_command, status_command
from .draw import draw_command
from .exit_codes import Commands
from .explain import explain_command, order_command
from .git import git_diff_command, git_setup_command, textconv_command
from .lab import lab_command
from .rewire import rewire_command
from .transplant import transplant_command
from .verify import verify_command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="elegansc")
def cli() -> None:
    """Compile a connectome into a PyTorch module that reads like hand-written code."""


for command in (
    compile_command,
    verify_command,
    explain_command,
    order_command,
    diff_command,
    status_command,
    git_setup_command,
    git_diff_command,
    textconv_command,
    transplant_command,
    draw_command,
    bisect_command,
    rewire_command,
    lab_command,
):
    cli.add_command(command)


@cli.group("connectomes", invoke_without_command=True)
@click.pass_context
def connectomes(ctx: click.Context) -> None:
    """List the bundled connectomes."""
    from .. import catalog

    if ctx.invoked_subcommand is None:
        click.echo(catalog.listing())


@connectomes.command("show")
@click.argument("name")
def show_command(name: str) -> None:
    """Say all of one bundled connectome: origin, licence, citation, counts, digest."""
    from .. import catalog

    entry = catalog.find(name)
    if entry is None:
        near = catalog.suggest(name)
        hint = f"did you mean {near}?" if near else "elegansc connectomes lists them"
        raise InputError(name, "no bundled connectome of this name", hint)
    click.echo(catalog.describe(entry))
