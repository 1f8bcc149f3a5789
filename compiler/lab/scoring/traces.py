"""Recorded traces: a table with a neuron's name over each column, or a matrix of HDF5."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from ...arrays import Float64
from ...errors import InputError, Location, Mistake
from ...files import read_bytes
from ...names import plain, plural
from ...options import base
from ...readers.book import Sheet, Text, shown
from ...readers.cell_rows import Row, book_of, rows_of
from ...readers.cleaning import clean
from ...readers.containers.hdf5 import is_hdf5, read_numbers

HINT = "give a table with a neuron's name over each column, a sample a row"
LABELS = "give a table with a header: trace,label; traces count from 1"
TIMES = ("time", "t", "seconds", "s", "time_s", "time (s)", "sample", "frame", "volume")
NOTHING = frozenset(("", "nan", "na", "n/a", "null", "none"))  # measured in a cell
COLUMNS = ("trace", "label")


@dataclass(frozen=True, slots=True, eq=False)
class Traces:
    """A recording as its file has it.

    Attributes:
        label: the last part of the file's path; digest: SHA-256 of its bytes, hex.
        names: (C,) of each trace; "" where nobody knows whose it is.
        values: (T, C) samples; NaN: not measured.
        time: how its samples go, in words.
        dataset: of an HDF5 file, or "".
        labels: label and digest of the table of names, or nothing.
    """

    label: str
    digest: str
    names: tuple[str, ...]
    values: Float64
    time: str
    dataset: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)


def read_traces(
    path: str, *, dataset: str = "", labels: str = "", across: bool = False
) -> Traces:
    """Read a recording.

    Args:
        dataset: of an HDF5 file; "": the only matrix in it.
        labels: path of a table of names, for a matrix, which has none.
        across: samples go along a row, a trace a row.

    Raises:
        InputError: no table of numbers under names, or a trace with two names.
    """
    data = read_bytes(path, empty=HINT)
    digest = hashlib.sha256(data).hexdigest()
    if not is_hdf5(data[:4096]):
        for option, given in (("--dataset", dataset), ("--labels", labels)):
            if given:
                raise InputError(path, f"{option}: is of an HDF5 file alone", HINT)
        names, values, time = of_table(data, path, across)
        return Traces(base(path), digest, names, values, time)
    name, values = read_numbers(data, path, dataset)
    if np.isinf(values).any():
        seen = f"{plain(name)}: {np.isinf(values).sum():,} of its numbers are infinite"
        raise InputError(path, seen, "write NaN where nothing was measured")
    axis, values = ("second", values.T) if across else ("first", values)
    if not labels:
        seen = f"{plain(name)}: nothing says whose {plural(values.shape[1], 'trace')}"
        raise InputError(path, seen, f"--labels FILE: {LABELS}")
    turn = "--time down?" if across else "--time across?"
    names, told = read_labels(labels, values.shape[1], turn)
    time = f"{plural(len(values), 'sample')} along the {axis} axis of {plain(name)}"
    return Traces(base(path), digest, names, values, time, name, told)


def of_table(
    data: bytes, path: str, across: bool
) -> tuple[tuple[str, ...], Float64, str]:
    """Names, samples, and how time goes, of a table."""
    rows = [row for row in first_table(data, path) if any(map(str.strip, row[1]))]
    width = len(rows[0][1]) if rows else 0
    for at, row in rows:
        if len(row) != width:
            seen = f"{plural(len(row), 'cell')}, the first row has {width:,}"
            raise InputError(at, seen, HINT)
    grid = [row for _, row in rows]
    places = [at for at, _ in rows]
    if across:
        grid = [list(column) for column in zip(*grid, strict=True)]
        places = [Location(path, spot=f"column {k + 1}") for k in range(len(grid))]
    titles = [cell.strip() for cell in grid[0]] if grid else []
    if len(grid) < 2 or all(map(is_number, titles)):
        seen = f"no names over the columns: {shown(titles)}" if titles else "no table"
        turn = "" if across else "; --time across, if each row is a neuron"
        raise InputError(path, seen, HINT + turn)
    values = numbers_in(grid[1:], places[1:], titles)
    way = "along the rows" if across else "down the rows"
    time = f"{plural(len(values), 'sample')} {way}"
    if titles[0].lower() in TIMES:
        check_times(values[:, 0], places[1:], titles[0])
        step = float(np.median(np.diff(values[:, 0]))) if len(values) > 1 else 0.0
        time += f", {step:.3g} of {plain(titles[0])} apart in the median"
        titles, values = titles[1:], values[:, 1:]
    return tuple(map(clean, titles)), values, time


def first_table(data: bytes, path: str) -> Iterator[Row]:
    """The rows of the first table of a file.

    Raises:
        InputError: it has none.
    """
    book = book_of(data, path)
    for part in book.parts:
        if isinstance(part, Sheet | Text):
            return rows_of(part, path)
    raise InputError(path, f"{book.format} without a table", HINT)


def is_number(cell: str) -> bool:
    """Whether a cell holds a number or nothing, and so no name."""
    try:
        return math.isfinite(float(cell or 0))
    except ValueError:
        return False


def numbers_in(
    grid: Sequence[Sequence[str]], places: Sequence[Location], titles: Sequence[str]
) -> Float64:
    """The numbers of cells, NaN where nothing is.

    Raises:
        InputError: a cell holds another word, or no finite number.
    """
    mistakes: list[Mistake] = []
    values = np.full((len(grid), len(titles)), math.nan)
    for k, (at, row) in enumerate(zip(places, grid, strict=True)):
        for c, cell in enumerate(map(str.strip, row)):
            if cell.lower() in NOTHING:
                continue
            with suppress(ValueError):
                values[k, c] = float(cell)
            if not math.isfinite(values[k, c]):
                seen = f"{plain(titles[c])} is {plain(cell)}: no finite number"
                mistakes.append(Mistake(at, seen, "leave the cell empty if unknown"))
    if mistakes:
        raise InputError.of(mistakes)
    return values


def check_times(times: Float64, places: Sequence[Location], title: str) -> None:
    """Raise InputError unless times ascend."""
    for k in np.flatnonzero(~(np.diff(times) > 0)).tolist():
        seen = f"{plain(title)} is {times[k + 1]:g} after {times[k]:g}"
        raise InputError(places[k + 1], seen, "sort the samples by time")


def read_labels(
    path: str, count: int, turn: str
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The name of each trace of a matrix, "" for none, and label and digest of the table.

    Args:
        count: of the traces; turn: an option that may be meant, if there are fewer.

    Raises:
        InputError: no such table, a trace that is none, or one with two names.
    """
    data = read_bytes(path, empty=LABELS)
    rows = [row for row in first_table(data, path) if any(map(str.strip, row[1]))]
    titles = [cell.strip().lower() for cell in rows[0][1]] if rows else []
    if not all(title in titles for title in COLUMNS):
        raise InputError(path, f"no labels: the columns are {shown(titles)}", LABELS)
    names: dict[int, str] = {}
    mistakes: list[Mistake] = []
    for at, row in rows[1:]:
        number, name = (
            row[k].strip() if (k := titles.index(title)) < len(row) else ""
            for title in COLUMNS
        )
        place = int(number) if number.isdecimal() else 0
        if not 1 <= place <= count:
            seen = f"trace {plain(number)}, of {count:,}"
            raise InputError(at, seen, f"traces count from 1; is it {turn}")
        if names.setdefault(place, clean(name)) != clean(name):
            seen = f"trace {place}: is {plain(names[place])} and {plain(name)}"
            mistakes.append(Mistake(at, seen, "keep one row a trace"))
    if mistakes:
        raise InputError.of(mistakes)
    told = {"label": base(path), "digest": hashlib.sha256(data).hexdigest()}
    return tuple(names.get(place, "") for place in range(1, count + 1)), told
