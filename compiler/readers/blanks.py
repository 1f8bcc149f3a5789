"""Names that are blank below a name: what is left of merged cells in a table."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Bool, Int32
from ..errors import InputError, Location
from ..ir.accounts import Finding
from .findings import find

REMEDY = (
    "fill them down in the sheet (pandas: reset_index() before saving, or "
    "merge_cells=False)"
)


def blank_below(
    names: Sequence[str], pre: Int32, post: Int32, line: Int32, label: str
) -> tuple[Finding, ...]:
    """Rows whose one end is blank below rows that name it, as below a merged cell.

    Args:
        line: where each row stands.

    Raises:
        InputError: more rows are blank there than not.
    """
    empty = np.fromiter((name == "" for name in names), bool, len(names))
    if not empty.any():
        return ()
    new = np.ones(len(line), bool)
    new[1:] = line[1:] != line[:-1]  # rows of two counts are two edges
    pre, post, line = pre[new], post[new], line[new]
    ends = {"pre": (pre, post), "post": (post, pre)}
    for side, (own, other) in ends.items():
        blank: Bool = empty[own]
        unknown = (empty[other] & ~blank).any()  # here and there, in both columns
        again = (other[1:] == other[:-1]) & blank[1:] & ~empty[other][1:]
        if unknown or (side == "post" and again.any()) or not looks_merged(own, blank):
            continue
        count = int(blank.sum())
        seen = (
            f"{count:,} of {len(own):,} rows have no {side}, below rows that have one"
        )
        if 2 * count > len(own):
            at = Location(label, int(line[blank.argmax()]))
            hint = f"{REMEDY}, or write nan where nobody knows the cell"
            raise InputError(at, f"{seen}: cells below a merged cell?", hint)
        return (find("EC210", f"{seen}: cells below a merged cell? They are left out"),)
    return ()


def looks_merged(column: Int32, blank: Bool) -> bool:
    """Whether a tenth of a column is blank, the first row is not, and each name begins a group.

    A column in which names are missing here and there repeats the others.
    """
    count, named = int(blank.sum()), column[~blank]
    if count < 2 or 10 * count < len(column) or blank[0]:
        return False
    again = (column[1:] == column[:-1]) & ~blank[1:]
    return not again.any() and 10 * len(np.unique(named)) >= 9 * len(named)
