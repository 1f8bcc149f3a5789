"""Patterns of names against cells: each must match one, or it is said why it does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Bool
from ..errors import UsageError
from ..names import matches, plain, some
from .known import folded


@dataclass(frozen=True, slots=True)
class Absent:
    """Names of the file that no cell has.

    Attributes:
        renamed: new name by the name in the file.
        left_out: what to do about a cell that was left out, by its name.
    """

    renamed: Mapping[str, str] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)


def matching(
    cells: Sequence[str], patterns: tuple[str, ...], option: str, absent: Absent
) -> Bool:
    """(N,) whether a cell matches one of the patterns.

    Args:
        option: that the patterns are of, for messages.

    Raises:
        UsageError: a pattern matches no cell.
    """
    for pattern in patterns:
        if not any(matches(name, (pattern,)) for name in cells):
            why = unmatched(cells, pattern, absent)
            raise UsageError(f"{option} {plain(pattern)}: {why}")
    return np.array([matches(name, patterns) for name in cells], bool)


def unmatched(cells: Sequence[str], pattern: str, absent: Absent) -> str:
    """Why a pattern matches no cell: renamed, left out, or nearly another's name."""
    old, out = (
        [name for name in found if matches(name, (pattern,))]
        for found in (absent.renamed, absent.left_out)
    )
    if old:
        return f"the file's {plain(old[0])} is {plain(absent.renamed[old[0]])} here"
    if out:
        left = f"{some(out)} of the file {'was' if len(out) == 1 else 'were'} left out"
        return f"{left}; {absent.left_out[out[0]]}"
    alike = [name for name in cells if folded(name) == folded(pattern)]
    hint = f"; did you mean {plain(alike[0])}?" if alike else ""
    return f"no cell has such a name{hint}"
