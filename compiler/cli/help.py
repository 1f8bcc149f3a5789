"""Help pages: options under headings, commands in sections, examples at the end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

OWN, OUTPUT = "Options", "Output"
OF_OUTPUT = (  # the options of every command that stand under OUTPUT
    *("output", "label", "name", "as_json", "markdown", "html", "color"),
    *("force", "quiet", "verbose"),
)
RANGE = r"(?P<least>[\d.]+)<=?x<=?(?P<most>[\d.]+)|x>=?(?P<only>[\d.]+)"


class Option(click.Option):
    """An option that stands under a heading of its own."""

    def __init__(self, *args: Any, heading: str, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.heading = heading


class Command(click.Command):
    """A command whose help has headings and examples.

    Args:
        examples: command lines, each shown as it is typed; lines that begin with a blank
            go on with the one above.
        own: the heading of the options that stand under no other.
    """

    def __init__(
        self, *args: Any, examples: Iterable[str], own: str = OWN, **settings: Any
    ) -> None:
        self.examples, self.own = tuple(examples), own
        epilog = "\n".join(
            ["\b", "Examples:", *(f"  {each}" for each in self.examples)]
        )
        super().__init__(*args, **{"epilog": epilog, **settings})

    def format_options(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the options, a section a heading."""
        from ..options.metadata import HEADINGS

        headings = (self.own, *HEADINGS.values(), OUTPUT)
        found: dict[str, list[tuple[str, str]]] = {name: [] for name in headings}
        for each in self.get_params(ctx):
            record = each.get_help_record(ctx)
            if record is not None and isinstance(each, click.Option):
                row = record[0], re.sub(RANGE, in_words, record[1])
                found[self.heading_of(each)].append(row)
        for heading, rows in found.items():
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def heading_of(self, option: click.Option) -> str:
        """The heading that an option stands under."""
        if isinstance(option, Option):
            return option.heading
        of_output = option.name in OF_OUTPUT or "--help" in option.opts
        return OUTPUT if of_output else self.own

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples, none of them wrapped."""
        with formatter.section("Examples"):
            for each in self.examples:
                formatter.write(f"{'':{formatter.current_indent}}{each}\n")


def in_words(found: re.Match[str]) -> str:
    """The range of a number in words."""
    if found["only"]:
        return f"from {found['only']}"
    return f"from {found['least']} to {found['most']}"


class Sections(click.Group):
    """A group whose help lists its commands in sections, without loading them.

    Args:
        sections: title -> command -> its summary; hidden commands are in none.
    """

    def __init__(
        self,
        *args: Any,
        sections: Mapping[str, Mapping[str, str]] | None = None,
        **settings: Any,
    ) -> None:
        super().__init__(*args, **settings)
        self.sections = sections or {}

    def format_commands(
        self, ctx: click.Context, formatter: click.HelpFormatter
    ) -> None:
        """Write the commands, a section a title, their summaries whole."""
        for title, commands in self.sections.items():
            with formatter.section(title):
                formatter.write_dl(list(commands.items()))

    def shell_complete(
        self, ctx: click.Context, incomplete: str
    ) -> list[CompletionItem]:
        """The commands and options that begin so."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=summary)
            for commands in self.sections.values()
            for name, summary in commands.items()
            if name.startswith(incomplete)
        ]
        return [*found, *click.Command.shell_complete(self, ctx, incomplete)]
