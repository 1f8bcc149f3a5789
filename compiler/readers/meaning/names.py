"""The names of the rows and columns of a matrix, from a file of their own."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from ...errors import InputError
from ...files import read_bytes
from ..book import Sheet, Text
from ..columns import NUMBER
from ..containers.compressed import unpacked
from ..containers.registry import container_of
from ..decoding import decoded
from ..delimited import plain_word
from ..reader import Layout

TITLES = ("name", "cellname", "neuronname", "neuron", "cell", "label", "region", "id")
HINT = "a name a line, or number and name, in the order of the matrix"


def read_names(path: str) -> tuple[str, ...]:
    """The names in a file: a name a line, or number and name, or a column of names.

    Raises:
        InputError: no such file, or no names in it.
    """
    data, _ = unpacked(read_bytes(path, empty=HINT), path)
    book = container_of(data).read(data, path, Layout())
    part = book.parts[0]
    if isinstance(part, Text):
        rows = split(part.data, path)
    elif isinstance(part, Sheet):
        rows = [[cell.strip() for cell in row] for row in part.rows]
    else:
        raise InputError(path, f"{book.format}: no list of names", HINT)
    rows = [row for row in rows if any(row)]
    names = names_in(rows)
    if not names:
        raise InputError(path, "no names", HINT)
    return names


def split(data: bytes, path: str) -> list[list[str]]:
    """The cells of each line of a text."""
    text = decoded(data, path)
    first = text.split("\n", 1)[0]
    delimiter = next((mark for mark in "\t,;" if mark in first), "\t")
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise InputError(path, f"no list of names: {error}", HINT) from None
    return [[cell.strip() for cell in row] for row in rows]


def names_in(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The names in rows: of the column that is called so, else of the first of words."""
    if not rows:
        return ()
    words = [plain_word(cell) for cell in rows[0]]
    titled = [words.index(word) for word in TITLES if word in words]
    body = rows[1:] if titled else rows
    width = max(map(len, body), default=0)
    columns = [
        [row[at] if at < len(row) else "" for row in body] for at in range(width)
    ]
    if not titled and width == 1:
        return tuple(columns[0])
    numbered = [at for at in range(width) if counts(columns[at])]
    texts = [at for at in range(width) if not numeric(columns[at])]
    place = titled[0] if titled else next(iter(texts), 0)
    order = range(len(body))
    if numbered and numbered[0] != place:
        order = sorted(order, key=lambda row: int(columns[numbered[0]][row]))  # type: ignore[assignment]
    return tuple(columns[place][row] for row in order)


def numeric(column: Sequence[str]) -> bool:
    """Whether all cells are numbers."""
    return all(NUMBER.fullmatch(cell) for cell in column)


def counts(column: Sequence[str]) -> bool:
    """Whether the cells are the numbers from 0, or from 1, each once."""
    if not all(cell.isdecimal() for cell in column):
        return False
    found = sorted(map(int, column))
    return found in (list(range(len(found))), list(range(1, len(found) + 1)))
