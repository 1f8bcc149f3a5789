"""The report of diff as Markdown, for a pull request."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from .changes import Changes
from .text import details, summary

OURS = re.compile(r"( -> | ~(?=[0-9]))")


def markdown(changes: Changes, *, verbose: bool = False) -> Iterator[str]:
    """The summary as a table, the details collapsed."""
    first, *rest = summary(changes)
    yield f"**{readable(first)}**"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for line in rest:
        word, _, text = line.partition(" ")
        yield f"| {word} | {readable(text.strip())} |"
    body = list(details(changes, verbose=verbose, least=2))
    if body:
        yield ""
        yield "<details><summary>Details</summary>"
        yield ""
        fence = "`" * max(3, 1 + longest(body))
        yield f"{fence}diff"
        for line in body:
            yield signed(line)
        yield fence
        yield ""
        yield "</details>"


def longest(lines: list[str]) -> int:
    """Length of the longest run of backticks."""
    runs = [
        run
        for line in lines
        for run in "".join(c if c == "`" else " " for c in line).split()
    ]
    return max(map(len, runs), default=0)


def signed(line: str) -> str:
    """A line with its sign in front, which a diff block colours."""
    mark = line[2:3] if line.startswith("  ") and line[2:3] in "+-~" else ""
    if mark == "~":
        return f"! {line[4:]}"
    return f"{mark} {line[4:]}" if mark else line


def readable(text: str) -> str:
    """Text with its marks escaped, but for our arrows and counts of changes (`~3`).

    Neither is a mark where it stands: an arrow is inside a line and opens nothing, and a
    tilde after a space ends no text that is struck out.
    """
    return "".join(
        part if place % 2 else escaped(part)
        for place, part in enumerate(OURS.split(text))
    )


def escaped(text: str) -> str:
    """Text with the marks of Markdown and HTML escaped."""
    found = html.escape(text, quote=False)
    for mark in "\\`*_{}[]#|~":
        found = found.replace(mark, f"\\{mark}")
    return found
