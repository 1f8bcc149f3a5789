"""The command line: one group, a file a command.

Data goes to stdout, reports to stderr. Exit 0; 1 the input; 2 the command line; 70 our bug.
Commands import what they need when they run, so that `--help` stays fast.
"""

from __future__ import annotations

import click

from .. import __version__
from .bisect import bisect_command
from .compile import compile_command
from .connectomes import connectomes_command
from .diff import diff_command
from .draw import draw_command
from .exit_codes import Commands
from .explain import explain_command
from .export import export_command
from .git_diff import git_diff_command
from .git_setup import git_setup_command
from .lab import lab_command
from .lint import lint_command
from .merge_driver import merge_driver_command
from .order import order_command
from .progress import show_progress
from .rewire import rewire_command
from .status import status_command
from .textconv import textconv_command
from .transplant import transplant_command
from .update import update_command
from .verify import verify_command


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="elegansc")
def cli() -> None:
    """Compile a connectome into a PyTorch module that reads like hand-written code."""
    show_progress()


for command in (
    compile_command,
    verify_command,
    explain_command,
    order_command,
    diff_command,
    export_command,
    lint_command,
    status_command,
    update_command,
    git_setup_command,
    git_diff_command,
    textconv_command,
    merge_driver_command,
    transplant_command,
    draw_command,
    bisect_command,
    rewire_command,
    lab_command,
    connectomes_command,
):
    cli.add_command(command)
