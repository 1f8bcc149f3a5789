"""Two matrices of the same cells: which is chemical and which electrical."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..book import Array, Part, Sheet, name_of
from .matrix import frame_of

ALONE = r"(?<![a-z])(?:gaps?|gj|ej)(?![a-z])"  # no part of a word such as Singapore
GAP = re.compile(rf"{ALONE}|gap.?j|electric|junction", re.IGNORECASE)
CHEM = re.compile(r"chem", re.IGNORECASE)


def kind_by_name(name: str) -> str:
    """The kind that the name of a part says; "" where it says none, or both."""
    gap, chem = GAP.search(name), CHEM.search(name)
    if gap and chem:
        return ""
    return "electrical" if gap else "chemical" * bool(chem)


def couple(parts: Sequence[Part]) -> list[tuple[Part, str]]:
    """Two matrices of which one is chemical and one electrical, each with its kind.

    Their names say it; else of two arrays of the same names the one that is symmetric is
    electrical. [] for any others.
    """
    kinds = [kind_by_name(name_of(part)) for part in parts]
    if sorted(kinds) == ["chemical", "electrical"] and all(map(is_matrix, parts)):
        return list(zip(parts, kinds, strict=True))
    arrays = [part for part in parts if isinstance(part, Array)]
    if any(kinds) or len(arrays) != 2 or not same_cells(*arrays):
        return []
    equal = [symmetric(array.values) for array in arrays]
    if sum(equal) != 1:
        return []
    return [
        (told(array, "symmetric"), "electrical") if one else (array, "chemical")
        for array, one in zip(arrays, equal, strict=True)
    ]


def told(array: Array, why: str) -> Array:
    """An array with one more note."""
    return replace(array, note=f"{array.note}; {why}" if array.note else why)


def is_matrix(part: Part) -> bool:
    """Whether a part is a matrix."""
    if isinstance(part, Sheet):
        return frame_of(part) is not None
    return isinstance(part, Array)


def same_cells(one: Array, other: Array) -> bool:
    """Whether two arrays are of the same size and names."""
    ends = (one.values.shape, one.rows, one.columns)
    return ends == (other.values.shape, other.rows, other.columns)


def symmetric(values: object) -> bool:
    """Whether a matrix, dense or sparse, equals itself transposed."""
    if isinstance(values, np.ndarray):
        return values.shape[0] == values.shape[1] and bool((values == values.T).all())
    return bool((values != values.T).nnz == 0)  # type: ignore[attr-defined]
