"""Columns of Arrow as words and numbers.

Nothing here calls a function of pyarrow that imports pandas: that takes longer than a million
rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Bool, Float64, Int32, Int64
from ..book import Coded, text_of


def whole_numbers(numbers: Int64) -> Any:
    """Numbers as an array of Arrow."""
    import pyarrow as pa

    buffer = pa.py_buffer(np.ascontiguousarray(numbers, np.int64))
    return pa.Array.from_buffers(pa.int64(), len(numbers), [None, buffer])


def in_common_words(columns: Mapping[int, Any]) -> dict[int, Coded]:
    """Columns, numbered alike where they are of one type."""
    import pyarrow as pa

    if len({column.type for column in columns.values()}) != 1:
        return {place: in_words(column) for place, column in columns.items()}
    runs = {place: Runs.of(column) for place, column in columns.items()}
    kind = next(iter(columns.values())).type
    chunks = [chunk for run in runs.values() for chunk in run.cells.chunks]
    codes, words = in_words(pa.chunked_array(chunks, kind))
    ends = np.cumsum([len(run.cells) for run in runs.values()])[:-1]
    parts = zip(runs.items(), np.split(codes, ends), strict=True)
    return {place: Coded(run.spread(part), words) for (place, run), part in parts}


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """A column with one cell for equal ones that stand together, as senders mostly do.

    Attributes:
        cells: one of each run, or all; length: (R,) of the runs; None: of one cell each.
    """

    cells: Any
    length: Int64 | None = None

    @classmethod
    def of(cls, column: Any) -> Runs:
        """The runs of a column, where they are of whole numbers and few."""
        import pyarrow as pa

        if column.type != pa.int64() or column.null_count or not len(column):
            return cls(column)
        cells = as_array(column)
        start = np.flatnonzero(np.diff(cells, prepend=~cells[0]))
        if 2 * len(start) > len(cells):
            return cls(column)
        some = pa.chunked_array([whole_numbers(cells[start])])
        return cls(some, np.diff(start, append=len(cells)).astype(np.int64))

    def spread(self, codes: Int32) -> Int32:
        """The codes of the runs, one a cell."""
        return codes if self.length is None else np.repeat(codes, self.length)


def in_words(column: Any) -> Coded:
    """The words of a column."""
    found = column if is_coded(column) else in_one(column).dictionary_encode()
    found = joined(found.unify_dictionaries())
    if not len(column):
        return Coded(np.zeros(0, np.int32), [])
    words = texts(found.dictionary)
    if not found.null_count:
        return Coded(as_array(found.indices).astype(np.int32, copy=False), words)
    codes = np.where(there(found.indices), as_array(found.indices), len(words))
    return Coded(codes.astype(np.int32), [*words, ""])


def as_numbers(column: Any, number: Callable[[str], float]) -> Float64:
    """The numbers of a column; of words, as they are read."""
    import pyarrow as pa

    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        column = column.cast(pa.float64(), safe=False)
        return column.to_numpy() if column.null_count else as_array(column)
    codes, words = in_words(column)
    found: Float64 = np.array(list(map(number, words)), np.float64)[codes]
    return found


def is_coded(column: Any) -> bool:
    """Whether a column is a dictionary and numbers into it."""
    import pyarrow as pa

    return bool(pa.types.is_dictionary(column.type))


def texts(column: Any) -> list[str]:
    """The cells of a column as text; "" where there is none."""
    import pyarrow as pa

    if is_coded(column):
        column = column.dictionary_decode()
    if pa.types.is_integer(column.type):
        return [cell or "" for cell in column.cast(pa.string()).to_pylist()]
    if pa.types.is_string(column.type):
        return ["" if cell is None else cell.strip() for cell in column.to_pylist()]
    return ["" if cell is None else plain_text(cell) for cell in column.to_pylist()]


def plain_text(cell: Any) -> str:
    """A cell as the text that CSV would have; of a decimal without a fraction a number."""
    if isinstance(cell, bytes):
        return cell.decode("utf-8", "replace").strip()
    if type(cell).__name__ == "Decimal" and cell == cell.to_integral_value():
        return str(int(cell))
    return text_of(cell)


def joined(column: Any) -> Any:
    """The chunks of a column as one."""
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def in_one(column: Any) -> Any:
    """A column, of numbers in one chunk: to unify many dictionaries takes long."""
    import pyarrow as pa

    whole = pa.types.is_integer(column.type) and column.num_chunks > 1
    return pa.chunked_array([column.combine_chunks()]) if whole else column


def there(column: Any) -> Bool:
    """(E,) whether a cell of an array with nulls holds anything."""
    bits = np.frombuffer(column.buffers()[0], np.uint8)
    valid = np.unpackbits(bits, bitorder="little")[column.offset :][: len(column)]
    return valid.astype(bool)


def as_array(column: Any) -> NDArray[Any]:
    """The numbers of a column, any number where one is null."""
    found = joined(column) if hasattr(column, "chunks") else column
    kind = np.dtype(found.type.to_pandas_dtype())
    place = found.offset * kind.itemsize
    return np.frombuffer(found.buffers()[1], kind, len(found), place)
