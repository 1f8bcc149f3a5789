"""Values of arguments and options, as a help page calls them and a shell completes them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    Base = click.ParamType[str]
else:
    Base = click.ParamType


class Text(Base):
    """A text of which nothing is known but its name in a help page.

    Args:
        name: in small letters; a help page has it in capitals.
        completes: "file" or "dir", if a shell completes such a path; else "".
    """

    def __init__(self, name: str, completes: str = "") -> None:
        self.name, self.completes = name, completes

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Leave paths to the shell."""
        from click.shell_completion import CompletionItem

        if not self.completes:
            return []
        return [CompletionItem(incomplete, type=self.completes)]


class Bundled(Text):
    """The name of a bundled connectome."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The bundled names that begin so."""
        from click.shell_completion import CompletionItem

        from ..catalog import entries

        names = (entry.name for entry in entries())
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class Source(Bundled):
    """A file, or the name of a bundled connectome."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """The bundled names that begin so, files beside them; without names, the shell's files."""
        from click.shell_completion import CompletionItem

        names = super().shell_complete(ctx, param, incomplete)
        if not names:
            return [CompletionItem(incomplete, type="file")]
        files = (name for name in os.listdir() if name.startswith(incomplete))
        beside = sorted(name for name in files if not name.startswith("."))
        return [*names, *map(CompletionItem, beside)]


FILE = Text("file", "file")
FOLDER = Text("dir", "dir")
DATA = Text("data", "file")
MODEL = Text("model", "file")
BUNDLED = Bundled("name")
SOURCE = Source("source")
WORDS = Text("words")
