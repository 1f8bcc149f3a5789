"""Delimited text whose lines all have as many cells: whole columns by numpy.

Delimiters and line ends are found a block at a time; the bytes of a cell are compared as
integers. Whatever else stands in a text, quotes or lines of another width, only its rows tell.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from ..arrays import Float64, Int32, Int64, UInt8, UInt64
from .book import ByColumn, Coded
from .form import Form
from .progress import log_bytes
from .word_table import PIECE, WordTable

BLOCK = 4 * 2**20  # bytes that are taken apart at once
LONGEST_LINE = 2**17 - 1  # bytes; csv refuses longer cells
LONGEST_CELL = 256  # bytes of a cell that is read
MASKS = np.array([(1 << 8 * size) - 1 for size in range(PIECE + 1)], np.uint64)


class Uneven(Exception):
    """A text that only its rows tell."""


class Block(NamedTuple):
    """Some lines.

    Attributes:
        row: the number of its first row.
        data: its bytes, and zeros behind them.
        ends: (R, C) where the cells of its R rows end.
    """

    row: int
    data: UInt8
    ends: Int64


class EvenText(ByColumn):
    """A text of rows of one width, without quotes."""

    def __init__(self, data: bytes, form: Form, start: int) -> None:
        self.data, self.start = data, start  # where the first row begins
        self.delimiter, self.width = ord(form.delimiter), form.width

    def blocks(self) -> Iterator[Block]:
        """The lines from the first row on.

        Raises:
            Uneven: some have more or fewer cells.
        """
        row, start, size = 0, self.start, len(self.data)
        whole = np.frombuffer(self.data, np.uint8)
        while start < size:
            stop = min(start + BLOCK, size)
            end = self.data.rfind(b"\n", start, stop) + 1 if stop < size else size
            if not end:
                raise Uneven
            bare = end == size and self.data[-1:] != b"\n"
            data = np.zeros(end - start + bare + LONGEST_CELL + PIECE, np.uint8)
            data[: end - start] = whole[start:end]
            if bare:
                data[end - start] = 10
            ends = self.taken_apart(data[: end - start + bare])
            yield Block(row, data, ends)
            log_bytes(start, end, size)
            row, start = row + len(ends), end

    def taken_apart(self, data: UInt8) -> Int64:
        """(R, C) where the cells end."""
        newline = data == 10
        ends = np.flatnonzero(newline | (data == self.delimiter))
        if len(ends) % self.width:
            raise Uneven
        table: Int64 = ends.reshape(-1, self.width)
        last = table[:, -1]
        if not newline[last].all() or np.count_nonzero(newline) != len(last):
            raise Uneven
        if np.diff(last, prepend=-1).max() > LONGEST_LINE:
            raise Uneven
        return table

    def columns(
        self,
        coded: Collection[int],
        numbers: Mapping[int, Callable[[str], float]],
        ends: Collection[int] = (),
    ) -> tuple[dict[int, Coded], dict[int, Float64]]:
        tables = {place: WordTable() for place in coded}
        tables |= dict.fromkeys(ends, WordTable())
        codes: dict[int, list[Int32]] = {place: [] for place in coded}
        values: dict[int, list[Float64]] = {place: [] for place in numbers}
        for block in self.blocks():
            for place, table in tables.items():
                codes[place].append(table.codes(pieces(block, place)))
            for place, number in numbers.items():
                values[place].append(as_numbers(pieces(block, place), number))
        words = {table: table.texts() for table in tables.values()}
        return (
            {p: Coded(joined(codes[p]), words[table]) for p, table in tables.items()},
            {p: np.concatenate([np.zeros(0), *found]) for p, found in values.items()},
        )

    def some(self, places: Collection[int], rows: Int64) -> dict[int, Coded]:
        tables = {place: WordTable() for place in places}
        codes: dict[int, list[Int32]] = {place: [] for place in places}
        done = 0
        for block in self.blocks():
            if done == len(rows):
                break
            stop = np.searchsorted(rows, block.row + len(block.ends))
            chosen = rows[done:stop] - block.row
            for place, table in tables.items() if len(chosen) else ():
                codes[place].append(table.codes(pieces(block, place, chosen)))
            done = int(stop)
        return {p: Coded(joined(codes[p]), tables[p].texts()) for p in tables}


def even_text(data: bytes, form: Form, encoding: str) -> EvenText | None:
    """The text by columns; None where it is plain that only its rows tell."""
    if encoding != "utf-8" or form.commented:
        return None
    last = max(*form.places.values(), *form.wanted, len(form.header or ()) - 1)
    if last >= form.width:
        return None
    if form.delimiter in ' "' or not form.delimiter.isascii() or b'"' in data:
        return None
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return None
    start = 0
    for _ in range(form.start - 1):
        start = data.find(b"\n", start) + 1
        if not start:
            return None
    return EvenText(data, form, start)


def pieces(block: Block, place: int, rows: Int64 | None = None) -> list[UInt64]:
    """The cells of a column by their pieces of 8 bytes.

    Raises:
        Uneven: one is too long.
    """
    end = block.ends[:, place]
    start = block.ends[:, place - 1] + 1
    if not place:
        start = np.r_[0, block.ends[:-1, -1] + 1]
    if rows is not None:
        start, end = start[rows], end[rows]
    size = end - start
    longest, shortest = int(size.max()), int(size.min())
    if longest > LONGEST_CELL:
        raise Uneven
    view = np.ndarray((len(block.data) - PIECE + 1,), "<u8", block.data, strides=(1,))
    found = []
    for byte in range(0, max(longest, 1), PIECE):
        piece = view[start + byte].astype(np.uint64, copy=False)
        if shortest < byte + PIECE:
            piece &= MASKS[np.clip(size - byte, 0, PIECE)]
        found.append(piece)
    return found


def as_numbers(cells: list[UInt64], number: Callable[[str], float]) -> Float64:
    """(E,) the numbers of cells."""
    table = WordTable()
    codes = table.codes(cells)
    found: Float64 = np.array(list(map(number, table.texts())), np.float64)[codes]
    return found


def joined(parts: Sequence[Int32]) -> Int32:
    """Part after part of a column."""
    return np.concatenate([np.zeros(0, np.int32), *parts])
