"""MatrixMarket files: a size line, then the entries of a matrix, sparse or dense.

Source: Boisvert, Pozo, Remington, "The Matrix Market Exchange Formats", NIST IR 5935.
"""

from __future__ import annotations

import io
import re
from typing import Any

import numpy as np

from ...errors import InputError, Location
from ...names import plain
from ..book import Array, Book
from ..reader import Layout
from .arrays import check_size, with_names
from .container import Container

MARK = b"%%matrixmarket"
FORMS = ("coordinate", "array")
FIELDS = ("real", "double", "integer", "pattern")
TURNED = ("general", "symmetric")
LEAST = 4  # bytes of an entry: "1 1" and the end of the line


def read_matrix_market(data: bytes, label: str, layout: Layout) -> Book:
    """Read the matrix; `symmetric` entries stand both ways.

    Raises:
        InputError: the header, the size or an entry is wrong.
    """
    words = form, field, turn = header(data, label)
    size, at, line = size_line(data, label)
    if len(size) != (3 if form == "coordinate" else 2):
        raise wrong(
            label, line, f"a size of {len(size)} numbers", "rows columns entries"
        )
    high, wide = size[:2]
    count = size[2] if form == "coordinate" else high * wide
    check_size(label, "the matrix", (high, wide), count)
    if turn == "symmetric" and high != wide:
        raise wrong(label, line, "a symmetric matrix that is not square")
    if form == "coordinate":
        found = numbers(data[at:], label, line, 2 if field == "pattern" else 3, count)
        values = sparse(found, (high, wide), label, line, turn)
    else:
        count = high * (high + 1) // 2 if turn == "symmetric" else count
        found = numbers(data[at:], label, line, 1, count)
        values = dense(found[:, 0], (high, wide), turn)
    note = "symmetric: each entry both ways" if turn == "symmetric" else ""
    array = Array("", values, note=note)
    parts = with_names((array,), {}, label)
    return Book(f"MatrixMarket ({' '.join(words)})", "matrix", parts)


MATRIX_MARKET = Container(
    "MatrixMarket",
    lambda head: head[: len(MARK)].lower() == MARK,
    read_matrix_market,
)


def wrong(label: str, line: int, seen: str, hint: str = "") -> InputError:
    """The error at a line."""
    return InputError(Location(label, line), f"MatrixMarket: {seen}", hint)


def header(data: bytes, label: str) -> tuple[str, str, str]:
    """Form, field and symmetry of the first line."""
    found = data.split(b"\n", 1)[0].decode("latin-1").lower().split()[1:]
    known = (("matrix",), FORMS, FIELDS, TURNED)
    if len(found) != len(known):
        raise wrong(label, 1, "a header cut short", "matrix coordinate real general")
    for word, words in zip(found, known, strict=True):
        if word not in words:
            raise wrong(
                label, 1, f"{plain(word)} is not read", f"use {' or '.join(words)}"
            )
    return found[1], found[2], found[3]


def size_line(data: bytes, label: str) -> tuple[list[int], int, int]:
    """The numbers of the size line, where the entries begin, and its line."""
    at, line = data.find(b"\n") + 1, 1
    while at:
        line += 1
        end = data.find(b"\n", at)
        text = data[at : end if end >= 0 else len(data)].strip()
        if text and not text.startswith(b"%"):
            words = text.split()
            if not all(re.fullmatch(rb"\d{1,18}", word) for word in words):
                break
            return list(map(int, words)), end + 1 if end >= 0 else len(data), line
        at = end + 1
    raise wrong(label, line, "no size line", "rows columns entries, below the comments")


def numbers(data: bytes, label: str, line: int, wide: int, count: int) -> Any:
    """(count, wide) the numbers of the entries."""
    seen = f"{count:,} entries by the size line"
    if count * LEAST // (1 if wide > 1 else 2) > len(data) + LEAST:
        raise wrong(label, line, f"{seen}, but fewer are there", "copy it again")
    if not count and not data.strip():
        return np.empty((0, wide))
    try:
        found = np.loadtxt(io.BytesIO(data), comments="%", ndmin=2)
    except ValueError as error:
        told = str(error).split(";")[0]
        raise wrong(label, line, f"an entry below is wrong: {told}") from None
    if len(found) != count:
        raise wrong(label, line, f"{seen}, {len(found):,} are there", "copy it again")
    if found.shape[1] != wide:
        raise wrong(label, line, f"entries of {found.shape[1]} numbers, not {wide}")
    return found


def sparse(found: Any, shape: tuple[int, int], label: str, line: int, turn: str) -> Any:
    """The matrix of coordinates from 1."""
    from scipy import sparse as scipy_sparse

    ends = found[:, :2]
    inside = (ends >= 1) & (ends <= shape) & (ends == np.floor(ends))
    if not inside.all():
        place = int(np.flatnonzero(~inside.all(axis=1))[0])
        raise wrong(label, line, f"entry {place + 1:,} lies outside the matrix")
    row, column = ends.astype(np.int64).T - 1
    value = found[:, 2] if found.shape[1] > 2 else np.ones(len(found))
    if turn == "symmetric":
        off = row != column
        row, column = np.r_[row, column[off]], np.r_[column, row[off]]
        value = np.r_[value, value[off]]
    return scipy_sparse.coo_array((value, (row, column)), shape)


def dense(found: Any, shape: tuple[int, int], turn: str) -> Any:
    """The matrix of numbers column by column; of a symmetric one the lower half."""
    if turn == "general":
        return found.reshape(shape[::-1]).T
    upper = np.zeros(shape)
    upper[np.triu_indices(shape[0])] = found
    return upper + np.triu(upper, 1).T
