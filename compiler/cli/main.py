"""The command line: one group, a file a command.

Data goes to stdout, reports to stderr. Exit 0; 1 the input; 2 the command line; 70 our bug.
A command's file is imported when it is asked for, and it imports what it needs when it runs.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Iterator
from importlib import import_module

import click

from .. import __version__
from .colours import wanted
from .exit_codes import Commands

SECTIONS = {
    "Start here": {
        "connectomes": "List the bundled connectomes",
        "lint": "Find traps in a connectome's file",
        "compile": "Make a PyTorch module of a connectome",
        "explain": "Say what breaking the cycles costs",
        "draw": "Draw a connectome, or what changed",
        "verify": "Prove that a model computes its tables",
        "completion": "Let your shell complete names and options",
    },
    "Compare versions": {
        "diff": "Show what changed, by neuron and synapse",
        "status": "Say whether models are out of date",
        "update": "Make models again, as they were made",
        "transplant": "Carry trained parameters to a new model",
        "bisect": "Find the change that moved a number",
    },
    "Science": {
        "order": "Order all cells, least weight backward",
        "rewire": "Make random twins of a connectome",
        "feedback": "Weigh feedback against random twins",
        "export": "Write a connectome as a clean file",
        "lab": "Train models beside their random twins",
    },
    "Git": {
        "git-setup": "Let git diff and merge models by name",
        "merge-driver": "Merge two changes of a model, for git",
    },
}
HIDDEN = ("git-diff", "textconv")  # git calls them
COMMANDS = (*(name for names in SECTIONS.values() for name in names), *HIDDEN)


class Files(UserDict[str, click.Command]):
    """The commands by their names; `git-diff` is `git_diff_command` in git_diff.py."""

    def __missing__(self, name: str) -> click.Command:
        if name not in COMMANDS:
            raise KeyError(name)
        word = name.replace("-", "_")
        found = getattr(import_module(f".{word}", __package__), f"{word}_command")
        assert isinstance(found, click.Command)
        self.data[name] = found
        return found

    def __contains__(self, name: object) -> bool:
        return name in COMMANDS

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def say_version(ctx: click.Context, _: click.Parameter, asked: bool) -> None:
    """Print versions and exit, if they are asked for."""
    if not asked:
        return
    import platform

    from ..module.header import FORMAT

    python = platform.python_version()
    click.echo(f"elegansc {__version__}, writes format {FORMAT}, Python {python}")
    ctx.exit()


@click.group(
    cls=Commands,
    commands=Files(),
    sections=SECTIONS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=say_version,
    help="Print the version, the format of models and Python's version.",
)
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Compile a connectome into a PyTorch module that reads like hand-written code.

    \b
    To begin:
      elegansc compile witvliet2021-1 -o worm.py   a worm of ours, in a second
      elegansc verify worm.py                      runs it: needs torch
      elegansc lint my.csv                         then compile a file of yours
    """
    from .progress import show_progress

    ctx.color = wanted()
    show_progress(ctx.invoked_subcommand or "")
