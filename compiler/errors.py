"""Errors: what a person reads when something is wrong, and whose fault it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

SHOWN = 10  # mistakes of one stage that are printed; the others are counted
WIDTH = 72  # characters of the offending line that are printed


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text: what an editor can jump to.

    Attributes:
        label: the file as the user named it.
        line: line number from 1, or 0 for the file as a whole.
        column: column from 1, or 0 for the line as a whole.
        length: characters to underline, from `column`.
        text: the line itself.
    """

    label: str
    line: int = 0
    column: int = 0
    length: int = 0
    text: str = ""

    def __str__(self) -> str:
        parts = [self.label, *(str(part) for part in (self.line, self.column) if part)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing wrong in the input: the place, what was seen, what to do."""

    at: Location
    seen: str
    hint: str = ""

    def __str__(self) -> str:
        lines = [f"{self.at}: {self.seen}"]
        if self.at.text:
            lines += excerpt(self.at)
        if self.hint:
            lines.append(f"  {self.hint}")
        return "\n".join(lines)


class CompilerError(Exception):
    """Base of all errors that elegansc raises on purpose."""


class InputError(CompilerError):
    """The input is wrong: its author can repair it (exit 1).

    Args:
        at: the place, or the label of the file.
        seen: what was found there.
        hint: what to do.
    """

    def __init__(self, at: Location | str, seen: str, hint: str = "") -> None:
        place = Location(at) if isinstance(at, str) else at
        self.mistakes: tuple[Mistake, ...] = (Mistake(place, seen, hint),)
        super().__init__(str(self.mistakes[0]))

    def __reduce__(self) -> tuple[Any, ...]:
        """As it goes from one process to another: `args` are not what made it."""
        return InputError.of, (self.mistakes,)

    @classmethod
    def of(cls, mistakes: Iterable[Mistake]) -> InputError:
        """All mistakes of a stage as one error; ten are shown, the rest counted."""
        found = tuple(mistakes)
        error = cls(found[0].at, found[0].seen, found[0].hint)
        error.mistakes = found
        shown = [str(mistake) for mistake in found[:SHOWN]]
        if len(found) > SHOWN:
            shown.append(f"... and {len(found) - SHOWN:,} more")
        error.args = ("\n".join(shown),)
        return error


class UsageError(CompilerError):
    """Options that contradict each other or name nothing (exit 2)."""


class VerifyError(CompilerError):
    """An invariant of an IR does not hold: our bug (exit 70)."""


def excerpt(at: Location) -> list[str]:
    """The line with its column underlined, cut to a screen's width."""
    first = max(0, at.column - 1 - WIDTH // 2)
    text = visible(at.text[first : first + WIDTH])
    if not at.column:
        return [f"  {text}"]
    before = visible(at.text[first : at.column - 1])
    length = max(1, min(at.length, WIDTH - (at.column - 1 - first)))
    return [f"  {text}", "  " + " " * len(before) + "^" + "~" * (length - 1)]


def visible(text: str) -> str:
    """The text with every character that could confuse a terminal replaced."""
    return "".join(
        character if character.isprintable() else "\N{WHITE SQUARE}"
        for character in text.replace("\t", " ")
    )
