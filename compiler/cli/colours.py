"""Colours on a terminal, for reports, errors, statuses and findings; NO_COLOR turns them off."""

from __future__ import annotations

import os
import re

import click

WORDS = {  # colour of the first word of a line of a report
    "warning": "yellow",
    "guess": "yellow",
    "wrote": "green",
    "unchanged": "green",
}
STATUSES = {
    "fresh": "green",
    "unchanged": "green",
    "updated": "green",
    "as it was written": "yellow",
    "would change": "yellow",
    "out of date": "red",
    "edited by hand": "red",
    "unreadable": "red",
}
SEVERITIES = {"warning": "yellow", "note": "cyan"}
CARETS = r" *\^~*"
WIDTH = 10  # of the first word of a report, with the blanks behind it


def wanted() -> bool | None:
    """Whether there are to be colours; None: where the stream is a terminal.

    NO_COLOR and FORCE_COLOR are said by the environment; the first has the last word.
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return True if os.environ.get("FORCE_COLOR") else None


def tell(line: str) -> None:
    """Print a line of a report on stderr."""
    word = line[:WIDTH].rstrip()
    if word and not line[:1].isspace() and line[WIDTH - 1 : WIDTH] in ("", " "):
        colour = WORDS.get(word, "cyan")
        line = click.style(word, fg=colour) + line[len(word) :]
    click.echo(line, err=True)


def echo_error(message: str) -> None:
    """Print an error on stderr: its place and what is underlined in colour."""
    lines = map(error_line, message.split("\n"))
    click.echo("\n".join(lines), err=True, color=wanted())


def error_line(line: str) -> str:
    """A line of an error, painted."""
    if re.fullmatch(CARETS, line):
        return click.style(line, fg="red", bold=True)
    place, colon, seen = line.partition(": ")
    if not colon or line[:1].isspace():
        return line
    return click.style(place, fg="red", bold=True) + colon + seen


def status_line(line: str, word: str) -> str:
    """A line that tells the status of a file, its word painted."""
    painted = click.style(word, fg=STATUSES.get(word, "cyan"))
    return line.replace(f": {word}", f": {painted}", 1)


def finding_line(path: str, code: str, severity: str, message: str) -> str:
    """The line of a finding, its code and severity painted."""
    colour = SEVERITIES[severity]
    head = click.style(f"{code} {severity}", fg=colour)
    return f"{path}: {head}: {message}"
