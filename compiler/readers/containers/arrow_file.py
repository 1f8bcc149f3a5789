"""Parquet and Feather files by pyarrow: only the columns that are used are read.

How many rows a file has stands in it: it is looked at before any of them is read. Ids stay
whole numbers; they never pass through a float.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

import numpy as np

from ...arrays import Float64, Int64
from ...errors import InputError
from ..book import Book, Coded, Columns, Sheet, text_of
from ..reader import Layout
from .arrow_size import announced
from .compressed import room
from .container import Container

PARQUET, FEATHER = "a Parquet file", "a Feather file"
FREE_ROWS = 1_000_000  # rows that a file of any size may have; else a row takes a byte
BEGIN = 8  # bytes of a Feather file before its first message
BATCH = 65_536  # rows that are text at a time
HINT = "copy it again, or save it again"


def read_parquet(data: bytes, label: str, layout: Layout) -> Book:
    """Read a Parquet file.

    Raises:
        InputError: pyarrow is missing; the file is damaged, or has more rows than fit.
    """
    with told(label, PARQUET):
        return book(ParquetRows(data, label), PARQUET)


def read_feather(data: bytes, label: str, layout: Layout) -> Book:
    """Read a Feather file, version 2; as of `read_parquet`."""
    with told(label, FEATHER):
        return book(FeatherRows(data, label), FEATHER)


PARQUET_FILES = Container("Parquet", lambda head: head[:4] == b"PAR1", read_parquet)
FEATHER_FILES = Container("Feather", lambda head: head[:6] == b"ARROW1", read_feather)


def book(rows: ArrowRows, format: str) -> Book:
    """The book of a table."""
    return Book(format, "table", (Sheet("", rows, 0, grid=False, titled=True),))


@contextmanager
def told(label: str, format: str) -> Iterator[None]:
    """Turn pyarrow's errors into ours."""
    try:
        yield
    except ImportError:
        seen = f"{format}: pyarrow, which reads it, is not installed"
        raise InputError(label, seen, "pip install pyarrow") from None
    except (InputError, GeneratorExit):
        raise
    except Exception as error:  # pyarrow raises ValueError, OSError, KeyError, its own
        seen = f"{format} that is cut short or damaged ({str(error).splitlines()[0]})"
        raise InputError(label, seen, HINT) from None


def check_room(label: str, format: str, size: int, packed: int) -> None:
    """Raise InputError for more bytes than a file of as many may unpack to."""
    if size > room(packed):
        seen = f"{format} of {size:,} bytes in {packed:,}"
        raise InputError(label, seen, "leave out what edges do not need")


class ArrowRows(Columns):
    """The rows of a table of Arrow: its titles, then the rows as text when asked for."""

    format = ""

    def __init__(
        self, label: str, titles: Sequence[str], count: int, size: int
    ) -> None:
        self.label, self.total = label, count
        self.titles = [str(title) for title in titles]
        if count > max(FREE_ROWS, size):
            seen = f"{self.format} of {count:,} rows in {size:,} bytes"
            raise InputError(label, seen, "save its pairs once each, with a weight")
        if len(set(self.titles)) < len(self.titles):
            seen = f"{self.format} with two columns of one name"
            raise InputError(label, seen, "rename one")
        self.head: list[list[str]] = []

    def batches(self, size: int) -> Iterator[Any]:
        """The rows as batches of Arrow, each of `size` rows at most."""
        raise NotImplementedError

    def column(self, title: str, words: bool) -> Any:
        """One column of all rows; `words`: as a dictionary, where it is of texts."""
        raise NotImplementedError

    def __len__(self) -> int:
        return self.total + 1

    def __iter__(self) -> Iterator[list[str]]:
        yield self.titles
        with told(self.label, self.format):
            for batch in self.batches(BATCH):
                columns = [texts(column) for column in batch.columns]
                yield from map(list, zip(*columns, strict=True))

    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            if stop > len(self.head):
                self.head = self.first(stop)
            return self.head[start:stop:step]
        if place < len(self.head):
            return self.head[place]
        return next(islice(self, place, None))

    def first(self, count: int) -> list[list[str]]:
        """The titles and the first rows, as text."""
        with told(self.label, self.format):
            batch = next(self.batches(max(1, count)), None)
            columns = [texts(c.slice(0, count)) for c in batch.columns] if batch else []
        return [self.titles, *map(list, zip(*columns, strict=True))][:count]

    def columns(
        self,
        coded: Collection[int],
        numbers: Mapping[int, Callable[[str], float]],
        ends: Collection[int] = (),
    ) -> tuple[dict[int, Coded], dict[int, Float64]]:
        with told(self.label, self.format):
            columns = {p: self.column(self.titles[p], words=True) for p in coded}
            words = in_common_words({place: columns.pop(place) for place in ends})
            words |= {place: in_words(column) for place, column in columns.items()}
            return words, {
                place: as_numbers(self.column(self.titles[place], words=True), number)
                for place, number in numbers.items()
            }

    def some(self, places: Collection[int], rows: Int64) -> dict[int, Coded]:
        with told(self.label, self.format):
            columns = {p: self.column(self.titles[p], words=True) for p in places}
            return {p: in_words(column.take(rows)) for p, column in columns.items()}


def in_common_words(columns: Mapping[int, Any]) -> dict[int, Coded]:
    """Columns, numbered alike where they are of one type."""
    import pyarrow as pa

    if len({column.type for column in columns.values()}) != 1:
        return {place: in_words(column) for place, column in columns.items()}
    chunks = [chunk for column in columns.values() for chunk in column.chunks]
    codes, words = in_words(pa.chunked_array(chunks, next(iter(columns.values())).type))
    ends = np.cumsum([len(column) for column in columns.values()])[:-1]
    parts = np.split(codes, ends)
    return {p: Coded(part, words) for p, part in zip(columns, parts, strict=True)}


def in_words(column: Any) -> Coded:
    """The words of a column."""
    found = column if is_coded(column) else column.dictionary_encode()
    found = found.unify_dictionaries().combine_chunks()
    if not len(column):
        return Coded(np.zeros(0, np.int32), [])
    words = texts(found.dictionary)
    if not found.null_count:
        return Coded(found.indices.to_numpy().astype(np.int32, copy=False), words)
    codes = found.indices.fill_null(len(words)).to_numpy()
    return Coded(codes.astype(np.int32), [*words, ""])


def as_numbers(column: Any, number: Callable[[str], float]) -> Float64:
    """The numbers of a column; of words, as they are read."""
    import pyarrow as pa

    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        return np.asarray(column.cast(pa.float64(), safe=False).to_numpy(), np.float64)
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
        return column.cast(pa.string()).fill_null("").to_pylist()  # type: ignore[no-any-return]
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


class ParquetRows(ArrowRows):
    """The rows of a Parquet file."""

    format = PARQUET

    def __init__(self, data: bytes, label: str) -> None:
        import pyarrow as pa
        from pyarrow import parquet

        self.buffer = pa.BufferReader(data)
        self.file = parquet.ParquetFile(self.buffer)
        meta = self.file.metadata
        groups = map(meta.row_group, range(meta.num_row_groups))
        size = sum(group.total_byte_size for group in groups)
        check_room(label, self.format, size, len(data))
        super().__init__(label, self.file.schema_arrow.names, meta.num_rows, len(data))

    def batches(self, size: int) -> Iterator[Any]:
        yield from self.file.iter_batches(batch_size=size)

    def column(self, title: str, words: bool) -> Any:
        import pyarrow as pa
        from pyarrow import parquet

        place = self.file.schema_arrow.get_field_index(title)
        kind = self.file.schema_arrow.field(place).type
        if words and pa.types.is_string(kind):
            coded = parquet.ParquetFile(self.buffer, read_dictionary=[title])
            return coded.read(columns=[title]).column(0)
        return self.file.read(columns=[title]).column(0)


class FeatherRows(ArrowRows):
    """The rows of a Feather file: batches of Arrow one after another."""

    format = FEATHER

    def __init__(self, data: bytes, label: str) -> None:
        import pyarrow as pa

        self.buffer = pa.py_buffer(data)
        schema = pa.ipc.open_file(self.buffer).schema
        messages = pa.ipc.MessageReader.open_stream(self.buffer.slice(BEGIN))
        rows, size = announced(messages)
        check_room(label, self.format, size, len(data))
        super().__init__(label, schema.names, rows, len(data))

    def batches(self, size: int) -> Iterator[Any]:
        import pyarrow as pa

        file = pa.ipc.open_file(self.buffer)
        for place in range(file.num_record_batches):
            batch = file.get_batch(place)
            for start in range(0, batch.num_rows, size):
                yield batch.slice(start, size)

    def column(self, title: str, words: bool) -> Any:
        import pyarrow as pa

        place = self.titles.index(title)
        options = pa.ipc.IpcReadOptions(included_fields=[place])
        return pa.ipc.open_file(self.buffer, options=options).read_all().column(0)
