"""The lab command: train task models, compare, judge; a subcommand a file."""

from __future__ import annotations

import click

from .help import Sections
from .lab_compare import compare_command
from .lab_figure import figure_command
from .lab_pilot import pilot_command
from .lab_replay import replay_command
from .lab_score import score_command
from .lab_table import table_command
from .lab_train import train_command

SECTIONS = {
    "Commands": {
        "train": "Train one model on a task",
        "compare": "Train a connectome and its random twins",
        "table": "Train the rows of a table, and write it",
        "pilot": "Plan a comparison by the variances of a pilot",
        "figure": "Judge a comparison and draw it",
        "score": "Hold a leaky model against measured responses",
        "replay": "Replay a recorded animal in a leaky model",
    }
}


@click.group("lab", cls=Sections, sections=SECTIONS)
def lab_command() -> None:
    """Train models on a task, and compare a connectome with its random twins."""


COMMANDS = (
    train_command,
    compare_command,
    table_command,
    pilot_command,
    figure_command,
    score_command,
    replay_command,
)
for command in COMMANDS:
    lab_command.add_command(command)
