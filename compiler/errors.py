"""Errors of the input, of the options and of elegansc itself, with place and hint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

MISTAKES_SHOWN = 10  # of one stage; further ones are counted
WIDTH = 72  # characters of the offending line that are printed


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text, in the form that editors jump to.

    Attributes:
        label: the file as the user named it.
        line: line number from 1, or 0 for the file as a whole.
        column: column from 1, or 0 for the line as a whole.
        length: characters to underline, from `column`.
        text: the line itself.
        spot: where it stands in what has no lines: `Sheet1!D17`.
    """

    label: str
    line: int = 0
    column: int = 0
    length: int = 0
    text: str = ""
    spot: str = ""

    def __str__(self) -> str:
        place = (self.line, self.column, self.spot)
        parts = [self.label, *(str(part) for part in place if part)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in the input: place, what was seen, hint."""

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
    """Base class of all errors that elegansc raises on purpose."""


class InputError(CompilerError):
    """The input is wrong; its author can repair it (exit 1).

    Args:
        at: the place, or the label of the file.
        seen: the mistake.
        hint: a remedy.
    """

    def __init__(self, at: Location | str, seen: str, hint: str = "") -> None:
        place = Location(at) if isinstance(at, str) else at
        self.mistakes: tuple[Mistake, ...] = (Mistake(place, seen, hint),)
        super().__init__(str(self.mistakes[0]))

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by `mistakes`, as `args` do not rebuild the error."""
        return InputError.of, (self.mistakes,)

    @classmethod
    def of(cls, mistakes: Iterable[Mistake]) -> InputError:
        """All mistakes of a stage as one error; ten are listed, the rest counted."""
        found = tuple(mistakes)
        error = cls(found[0].at, found[0].seen, found[0].hint)
        error.mistakes = found
        shown = [str(mistake) for mistake in found[:MISTAKES_SHOWN]]
        if len(found) > MISTAKES_SHOWN:
            shown.append(f"... and {len(found) - MISTAKES_SHOWN:,} more")
        error.args = ("\n".join(shown),)
        return error


class UsageError(CompilerError):
    """Options that contradict each other or name nothing (exit 2)."""


class VerifyError(CompilerError):
    """An invariant of an IR does not hold: our bug (exit 70)."""


class CompilerWarning(UserWarning):
    """What a caller from Python may have meant otherwise; a command reports it."""


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
    """The text with every unprintable character replaced, safe for a terminal."""
    return "".join(
        character if character.isprintable() else "\N{WHITE SQUARE}"
        for character in text.replace("\t", " ")
    )
