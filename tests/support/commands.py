"""All commands of the command line, those of groups too."""

from __future__ import annotations

from collections.abc import Iterator

import click

from elegansc.cli.main import HIDDEN, cli


def commands(
    group: click.Group = cli, words: str = ""
) -> Iterator[tuple[str, click.Command]]:
    """(words that call it, command), without the commands that git calls."""
    for name, command in group.commands.items():
        if name in HIDDEN:
            continue
        called = f"{words} {name}".strip()
        yield called, command
        if isinstance(command, click.Group):
            yield from commands(command, called)


def flags_of(command: click.Command) -> frozenset[str]:
    """The long flags that a command takes."""
    options = (each for each in command.params if isinstance(each, click.Option))
    return frozenset(
        flag
        for option in options
        for flag in (*option.opts, *option.secondary_opts)
        if flag.startswith("--")
    )
