"""Names that mean one cell: other spellings, left and right partners."""

from __future__ import annotations

import re

from .. import catalog


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


def class_of(name: str, fold: bool) -> str:
    """The class of a C. elegans cell; of others the name, without L or R if `fold`."""
    cell = catalog.cells().get(name)
    if cell is not None and cell.cell_class:
        return cell.cell_class if fold else cell.cell_class + cell.side
    return name[:-1] if fold and name[-1:] in ("L", "R") and len(name) > 1 else name
