"""Parquet and Feather files by pyarrow: only the columns that are used are read.

How many rows a file has stands in it: it is looked at before any of them is read. Ids stay
whole numbers; they never pass through a float.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

from ...arrays import Float64, Int64
from ...errors import InputError
from ..book import Book, Coded, Columns, Sheet
from ..reader import Layout
from .arrow_columns import as_numbers, in_common_words, in_words, texts, whole_numbers
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
    except (InputError, GeneratorExit, NameError):
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

    def __init__(self, label: str, schema: Any, count: int, size: int) -> None:
        self.label, self.total, self.schema = label, count, schema
        self.titles = [str(title) for title in schema.names]
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

    def is_text(self, place: int) -> bool:
        import pyarrow as pa

        kind = self.schema.field(place).type
        return not (pa.types.is_integer(kind) or pa.types.is_floating(kind))

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
            taken = whole_numbers(rows)
            return {p: in_words(column.take(taken)) for p, column in columns.items()}


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
        super().__init__(label, self.file.schema_arrow, meta.num_rows, len(data))

    def batches(self, size: int) -> Iterator[Any]:
        yield from self.file.iter_batches(batch_size=size)

    def column(self, title: str, words: bool) -> Any:
        import pyarrow as pa
        from pyarrow import parquet

        kind = self.schema.field(self.schema.get_field_index(title)).type
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
        super().__init__(label, schema, rows, len(data))

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
