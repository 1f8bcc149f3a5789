"""What the containers of arrays share: how large they may be, and which texts name them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, overload

import numpy as np

from ...errors import InputError
from ...names import plain
from ..book import Array, Part, Sheet, text_of

MOST_CELLS = 20_000_000  # numbers of the matrices of a file
MOST_NAMES = 300_000  # rows or columns of one
MOST_BYTES = 8 * MOST_CELLS  # of the rows or texts of a file
WIDE = 16  # columns of a list of edges, at most


def check_size(
    label: str, name: str, shape: Sequence[int], count: int, room: int = MOST_CELLS
) -> None:
    """Raise InputError if an array is larger than anyone means, before it is read.

    Args:
        count: its numbers; the entries of a sparse one.
        room: how many may be read.
    """
    size = f"{plain(name)}: {' x '.join(f'{side:,}' for side in shape)}"
    if count > room:
        seen = f"{size}, {count:,} numbers: more than {MOST_CELLS:,}"
        hint = "give it as a sparse matrix or as an edge list"
        raise InputError(label, seen, hint)
    if not 0 <= min(shape) <= max(shape) <= MOST_NAMES:
        seen = f"{size}: more than {MOST_NAMES:,} rows or columns"
        raise InputError(label, seen, "give it as an edge list")


def check_bytes(
    label: str, name: str, count: int, size: int, room: int = MOST_BYTES
) -> None:
    """Raise InputError for rows or texts of more bytes than anyone means.

    Args:
        count: of them; size: bytes of each.
        room: how many bytes may be read.
    """
    if count * size > room:
        seen = (
            f"{plain(name)}: {count:,} times {size:,} bytes: more than {MOST_BYTES:,}"
        )
        raise InputError(label, seen, "leave out what edges do not need")


def sparse_of(index: Any, starts: Any, data: Any, shape: tuple[int, int]) -> Any:
    """A matrix whose columns are compressed, as scipy.sparse, its indices checked.

    Args:
        index: (E,) rows; starts: (C + 1,) where each column begins in them.

    Raises:
        ValueError: they do not fit the shape.
    """
    from scipy import sparse

    starts = starts.astype(np.int64)
    count = int(starts[-1]) if len(starts) else 0
    fits = (
        len(starts) == shape[1] + 1 and starts[0] == 0 and (np.diff(starts) >= 0).all()
    )
    if not fits or count > min(len(index), len(data)):
        raise ValueError("the columns of a sparse matrix do not fit its size")
    row = index[:count].astype(np.int64)
    if count and not 0 <= row.min() <= row.max() < shape[0]:
        raise ValueError("a row of a sparse matrix lies outside it")
    column = np.repeat(np.arange(shape[1]), np.diff(starts))
    found = sparse.coo_array((data[:count].astype(np.float64), (row, column)), shape)
    return found.tocsr()


def with_names(
    arrays: Sequence[Array], names: Mapping[str, Sequence[str]], label: str
) -> tuple[Part, ...]:
    """The arrays, each with the names of the file that fit it.

    Args:
        names: texts by the name of their variable; those name a matrix that are as many
            as its rows, all of them different.

    Raises:
        InputError: an infinite number.
    """
    fitting = {
        len(texts): (name, tuple(text.strip() for text in texts))
        for name, texts in reversed(list(names.items()))
        if texts and all(texts) and len(set(texts)) == len(texts)
    }
    return tuple(
        part_of(replace(array, values=finite(array, label)), fitting)
        for array in arrays
    )


def finite(array: Array, label: str) -> Any:
    """The numbers of an array; what is not a number is no edge."""
    data = array.values if isinstance(array.values, np.ndarray) else array.values.data
    if data.dtype.kind != "f" or np.isfinite(data).all():
        return array.values
    if np.isinf(data).any():
        seen = f"{plain(array.name)}: an infinite number is no weight"
        raise InputError(label, seen.removeprefix(": "), "write finite numbers")
    if isinstance(array.values, np.ndarray):
        return np.nan_to_num(data)
    found = array.values.copy()
    found.data = np.nan_to_num(data)
    return found


def part_of(array: Array, fitting: Mapping[int, tuple[str, tuple[str, ...]]]) -> Part:
    """A square matrix with its names; a narrow table of numbers as a sheet."""
    high, wide = array.values.shape
    if high == wide and high in fitting and array.rows is None:
        name, texts = fitting[high]
        return replace(array, rows=texts, columns=texts, note=f"names: {plain(name)}")
    if high != wide and wide <= WIDE and not hasattr(array.values, "tocsr"):
        return Sheet(array.name, NumberRows(array.values), grid=False)
    return array


class NumberRows(Sequence[Sequence[str]]):
    """The rows of a table of numbers as text, written as they are asked for."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __len__(self) -> int:
        return len(self.values)

    @overload
    def __getitem__(self, place: int) -> Sequence[str]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Sequence[str]]: ...

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return NumberRows(self.values[place])
        return [text_of(value) for value in self.values[place].tolist()]
