"""MATLAB 5 files: their matrices, dense and sparse, and the names in cells of text.

What a variable is, and how large, stands in its first bytes: it is looked at before anything
is unpacked. Structs, objects and functions are not read. scipy's reader is not used: a damaged sparse
matrix ends its process.

Source: "MAT-File Format", The MathWorks, level 5.
"""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import InputError
from ..book import Array, Book
from ..reader import Layout
from .arrays import MOST_CELLS, MOST_NAMES, check_size, sparse_of, with_names
from .container import Container

HEADER = 128  # bytes before the first variable
MATRIX, PACKED = 14, 15  # types of elements
CELL, CHAR, SPARSE = 1, 4, 5  # classes of variables; numbers are 6 to 15
COMPLEX = 0x800  # a flag beside the class
FRONT = 512  # bytes in which a variable says what it is
NAMES_SIZE = 64 * 2**20  # bytes of a variable that holds names
CODECS = {
    1: "latin-1",
    2: "latin-1",
    4: "utf-16",
    16: "utf-8",
    17: "utf-16",
    18: "utf-32",
}
NUMBERS = dict(zip((*range(1, 8), 9, 12, 13), "bBhHiIfdqQ", strict=True))
DAMAGED = "a MATLAB file that is cut short or damaged"


@dataclass(frozen=True, slots=True)
class Variable:
    """What a variable says of itself.

    Attributes:
        sort: its class; nonzero: entries of a sparse one, at most.
        body: where its data begin in the element.
    """

    name: str
    sort: int
    shape: tuple[int, ...]
    nonzero: int
    body: int

    @property
    def numeric(self) -> bool:
        """Whether it is a matrix of numbers."""
        return (self.sort == SPARSE or 6 <= self.sort <= 15) and len(self.shape) == 2


class Elements:
    """The elements of a file, in its order of bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.order = ">" if data[126:128] == b"MI" else "<"

    def tag(self, data: bytes, at: int) -> tuple[int, int, int, int]:
        """(type, size, where the data begin, where the next element begins)."""
        word, size = struct.unpack_from(f"{self.order}II", data, at)
        if word >> 16:
            return word & 0xFFFF, word >> 16, at + 4, at + 8
        return word, size, at + 8, at + 8 + size + -size % 8

    def variables(self) -> Iterator[tuple[Variable, int, int, int]]:
        """Each variable, and its element: (variable, type, first byte, size)."""
        at = HEADER
        while at < len(self.data):
            word, size = struct.unpack_from(f"{self.order}II", self.data, at)
            at += 8
            if at + size > len(self.data) or word not in (MATRIX, PACKED):
                raise ValueError("an element is cut short")
            yield self.front(self.unpacked(word, at, size, FRONT)), word, at, size
            at += size

    def unpacked(self, word: int, at: int, size: int, most: int) -> bytes:
        """The first bytes of an element, its own tag too."""
        if word == MATRIX:
            return self.data[at - 8 : at + min(size, most)]
        return zlib.decompressobj().decompress(self.data[at : at + size], most)

    def front(self, element: bytes) -> Variable:
        """What an element of a matrix says of itself."""
        kind, _, at, _ = self.tag(element, 0)
        _, _, flags, at = self.tag(element, at)
        _, size, dims, at = self.tag(element, at)
        _, length, name, at = self.tag(element, at)
        if kind != MATRIX or not 8 <= size <= 128:
            raise ValueError("no matrix")
        sort, nonzero = struct.unpack_from(f"{self.order}II", element, flags)
        shape = struct.unpack_from(f"{self.order}{size // 4}i", element, dims)
        text = element[name : name + length].decode("latin-1")
        known = 0 if sort & COMPLEX else sort & 0xFF
        return Variable(text, known, shape, nonzero, at)

    def column(self, element: bytes, at: int) -> tuple[Any, int]:
        """The numbers of an element within a variable, and where the next begins."""
        word, size, start, after = self.tag(element, at)
        dtype = np.dtype(self.order + NUMBERS[word])
        if start + size > len(element):
            raise ValueError("numbers are missing")
        return np.frombuffer(element, dtype, size // dtype.itemsize, start), after

    def values(self, element: bytes, variable: Variable) -> Any:
        """(R, C) numbers: float64, or a matrix of scipy.sparse."""
        high, wide = variable.shape
        if variable.sort != SPARSE:
            found, _ = self.column(element, variable.body)
            return found.reshape((wide, high)).T.astype(np.float64)
        row, at = self.column(element, variable.body)
        starts, at = self.column(element, at)
        data, _ = self.column(element, at)
        return sparse_of(row, starts, data, (high, wide))

    def texts(self, element: bytes, variable: Variable) -> list[str]:
        """The texts of a variable: of its cells, or of the rows of its characters."""
        at = variable.body
        if variable.sort == CHAR:
            word, size, start, _ = self.tag(element, at)
            codec = CODECS[word]
            if codec in ("utf-16", "utf-32"):
                codec += "-le" if self.order == "<" else "-be"
            text = element[start : start + size].decode(codec)
            rows = variable.shape[0]
            return [text[row::rows].strip() for row in range(rows)]
        found = []
        for _ in range(math.prod(variable.shape)):
            _, size, start, after = self.tag(element, at)
            part = element[start - 8 : start + size]
            held = self.front(part) if size else None
            if held is None or held.sort != CHAR or held.shape[0] > 1:
                return []
            found.append("".join(self.texts(part, held)))
            at = after
        return found


def read_matlab(data: bytes, label: str, layout: Layout) -> Book:
    """Read every matrix of a MATLAB 5 file; cells of text that fit its size name its rows.

    Raises:
        InputError: it is cut short or damaged, or a variable is larger than anyone means.
    """
    elements = Elements(data)
    arrays: list[Array] = []
    names: dict[str, Sequence[str]] = {}
    room = MOST_CELLS
    try:
        for variable, word, at, size in elements.variables():
            count = math.prod(variable.shape)
            if variable.numeric:
                check_numbers(variable, label, room)
                sparse = variable.sort == SPARSE
                room -= variable.nonzero if sparse else count
                most = 128 + 24 * (variable.nonzero if sparse else count)
                most += 8 * variable.shape[1] + len(variable.name)
                element = elements.unpacked(word, at, size, most)
                values = elements.values(element, variable)
                arrays.append(Array(variable.name, values))
            elif variable.sort in (CELL, CHAR) and count <= MOST_NAMES * 64:
                element = elements.unpacked(word, at, size, NAMES_SIZE)
                names[variable.name] = elements.texts(element, variable)
    except InputError:
        raise
    except (ValueError, LookupError, struct.error, zlib.error) as error:
        seen = f"{DAMAGED} ({error})"
        raise InputError(label, seen, "copy or download it again") from None
    return Book("a MATLAB file", "variable", with_names(arrays, names, label))


def check_numbers(variable: Variable, label: str, room: int) -> None:
    """Raise InputError if a matrix is larger than the room that is left."""
    sparse = variable.sort == SPARSE
    count = variable.nonzero if sparse else math.prod(variable.shape)
    check_size(label, variable.name, variable.shape, count, room)


MATLAB = Container("MATLAB", lambda head: head.startswith(b"MATLAB 5.0"), read_matlab)
