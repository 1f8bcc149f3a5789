"""The lab command: train task models, compare, judge; a subcommand a file."""

from __future__ import annotations

import click

from .lab_compare import compare_command
from .lab_figure import figure_command
from .lab_train import train_command


@click.group("lab")
def lab_command() -> None:
    """Train task models, compare a connectome with its random twins."""


for command in (train_command, compare_command, figure_command):
    lab_command.add_command(command)
