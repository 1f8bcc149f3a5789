"""Lines of a report."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..names import plain

MOST_NAMES = 12  # names that one line lists


def line(word: str, sentence: str) -> str:
    """One line of the report."""
    return f"{word:<9} {sentence}"


def wrote(sentence: str, written: bool) -> str:
    """The line of an output: written, or left as it was for it holds these bytes."""
    return line("wrote" if written else "unchanged", sentence)


def warned(lines: Iterable[str]) -> list[str]:
    """The sentences of the lines of a report that warn."""
    word = line("warning", "")
    return [found.removeprefix(word) for found in lines if found.startswith(word)]


def listed(found: Sequence[str], verbose: bool, between: str = " ") -> str:
    """Names on one line; a dozen unless all were asked for."""
    shown = found if verbose else found[:MOST_NAMES]
    more = len(found) - len(shown)
    names = between.join(plain(name) if between == " " else name for name in shown)
    return f"{names} ... and {more:,} more (--verbose)" if more else names
