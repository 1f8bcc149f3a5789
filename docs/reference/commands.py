"""The help of every command, as a page of Markdown."""

from __future__ import annotations

from collections.abc import Iterator

import click

from elegansc.cli.help import Sections
from elegansc.cli.main import SECTIONS, cli

WIDTH = 86  # characters of a line of help: as many as fit beside the menu


def commands() -> str:
    """Every command in its section; those that git calls are left out."""
    return "\n\n".join(sections())


def sections() -> Iterator[str]:
    """Headings and helps, in the order of `elegansc --help`."""
    settings = {**cli.context_settings, "terminal_width": WIDTH}
    top = click.Context(cli, info_name="elegansc", **settings)
    for title, names in SECTIONS.items():
        yield f"## {title}"
        for name, summary in names.items():
            command = cli.get_command(top, name)
            assert command is not None
            yield from pages(command, top, name, summary)


def pages(
    command: click.Command, parent: click.Context, name: str, summary: str
) -> Iterator[str]:
    """The help of a command, and of the commands below it."""
    context = click.Context(
        command, parent=parent, info_name=name, terminal_width=WIDTH
    )
    with context:
        text = command.get_help(context)
    yield f"### {context.command_path}\n\n{summary}.\n\n```text\n{text}\n```"
    if isinstance(command, Sections):
        for below in command.sections.values():
            for word, said in below.items():
                yield from pages(command.commands[word], context, word, said)
