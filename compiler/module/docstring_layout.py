"""The layout of a docstring: title, facts in two columns, command, source."""

from __future__ import annotations

import shlex
import textwrap
from collections.abc import Iterable, Iterator

from .. import catalog
from ..ir.stages import Read, Source
from ..names import STEP, class_name, plain
from ..options import Options
from ..readers.asked import flags

WIDTH = 88
INDENT = 16
NAMES = 12  # that a line of the docstring lists before it counts the rest


def laid_out(
    label: str,
    name: str,
    kind: str,
    facts: Iterable[tuple[str, list[str]]],
    made_by: str,
) -> list[str]:
    """The lines of a docstring.

    Args:
        kind: of network; ends the title.
        facts: (title, sentences) of each, in order.
        made_by: the command.
    """
    entry = catalog.find(label)
    graph = f"the C. elegans connectome {label}" if entry else f"the connectome {label}"
    lines = [f"{name}: {graph}{kind}.", ""]
    for title, sentences in facts:
        lines += row(title, sentences)
    lines += ["", *wrap(f"Made by: {made_by}", 0)]
    return lines + (wrap(f"Source: {entry.citation}", 0) if entry else [])


def row(title: str, sentences: list[str]) -> Iterator[str]:
    """The lines of a fact: title, then sentences, in two columns."""
    first = True
    for sentence in sentences:
        for line in wrap(sentence, INDENT):
            yield f"    {title:<12}{line.strip()}" if first else line
            first = False


def wrap(text: str, indent: int) -> list[str]:
    """Lines of at most 88 columns, a word never broken."""
    pad = " " * indent
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=pad,
        subsequent_indent=pad,
        break_long_words=False,
        break_on_hyphens=False,
    )


def listed(found: list[str]) -> str:
    """Names on one line, the first dozen, the rest counted."""
    shown = ", ".join(map(plain, found[:NAMES]))
    more = len(found) - NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown


def made_by(source: Source, name: str, options: Options) -> str:
    """The command that rebuilds the model; of a bisection step, the models beside it."""
    if source.label.startswith(STEP):
        return f"elegansc bisect, a step between {source.label.removeprefix(STEP)}"
    return command(source.label, name, options, source.read)


def command(label: str, name: str, options: Options, read: Read) -> str:
    """The command line that makes this module, of what the file records."""
    words = ["elegansc", "compile", label]
    if name != class_name(label):
        words += ["--name", name]
    for option, value in {**flags(read), **options.changed()}.items():
        if value is False:
            words.append(f"--no-{option}")
        elif value is True:
            words.append(f"--{option}")
        elif isinstance(value, list):
            words += [word for each in value for word in (f"--{option}", each)]
        else:
            words += [f"--{option}", str(value)]
    return " ".join(shlex.quote(word) for word in words)
