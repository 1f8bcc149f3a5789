"""Names in drawings: on one line, cut, and their width in the font."""

from __future__ import annotations

import unicodedata

from ..exporting.graphml import allowed

LONGEST = 12  # characters of a name in a picture
SUBSTITUTE = "\N{WHITE SQUARE}"
# Advance widths of DejaVu Sans in ems, near enough: narrow, then capitals; others 0.62.
WIDTHS = {
    **dict.fromkeys(" .,:;|!'iIjlftr()[]-\N{MIDDLE DOT}\N{NO-BREAK SPACE}", 0.37),
    **dict.fromkeys("mMwW@%", 0.95),
}
CAPITAL, OTHER, FULL = 0.68, 0.6, 1.0


def short_name(name: str, longest: int = LONGEST) -> str:
    """A name on one line: unprintable characters replaced, long names cut."""
    cut = (
        name
        if len(name) <= longest
        else name[: longest - 1] + "\N{HORIZONTAL ELLIPSIS}"
    )
    return "".join(c if c.isprintable() else SUBSTITUTE for c in cut)


def breadth(text: str) -> float:
    """The width of a text, in ems."""
    return sum(map(advance, text))


def advance(character: str) -> float:
    """The width of a character, in ems."""
    if character in WIDTHS:
        return WIDTHS[character]
    if unicodedata.east_asian_width(character) in ("W", "F"):
        return FULL
    return CAPITAL if character.isupper() else OTHER


def well_formed(name: str) -> str:
    """A name with characters that XML or UTF-8 can not represent replaced."""
    return "".join(c if allowed(ord(c)) else "\N{REPLACEMENT CHARACTER}" for c in name)
