"""Names that mean one cell in another spelling."""

from __future__ import annotations

import re


def renames(lost: list[str], added: list[str]) -> tuple[tuple[str, str], ...]:
    """(old, new) names that differ only in case, padding zeros or separators."""
    by_key: dict[str, list[str]] = {}
    for name in added:
        by_key.setdefault(spelling_key(name), []).append(name)
    olds: dict[str, list[str]] = {}
    for name in lost:
        olds.setdefault(spelling_key(name), []).append(name)
    return tuple(
        (names[0], by_key[word][0])
        for word, names in olds.items()
        if len(names) == 1 and len(by_key.get(word, ())) == 1
    )


def spelling_key(name: str) -> str:
    """A name without case, padding zeros and separators.

    A separator between digits stays, as a slash: 1-10 is not 11-0.
    """
    split = re.sub(r"(?<=\d)[\s_\-.]+(?=\d)", "/", name)
    bare = re.sub(r"[\s_\-.]+", "", split).casefold()
    return re.sub(r"(?<!\d)0+(?=\d)", "", bare)
