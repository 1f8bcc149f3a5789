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
from .exit_codes import Commands
from .progress import show_progress

COMMANDS = (
    "compile",
    "verify",
    "explain",
    "order",
    "diff",
    "export",
    "lint",
    "status",
    "update",
    "git-setup",
    "git-diff",
    "textconv",
    "merge-driver",
    "transplant",
    "draw",
    "bisect",
    "rewire",
    "lab",
    "connectomes",
)


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


@click.group(
    cls=Commands,
    commands=Files(),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, prog_name="elegansc")
def cli() -> None:
    """Compile a connectome into a PyTorch module that reads like hand-written code."""
    show_progress()
