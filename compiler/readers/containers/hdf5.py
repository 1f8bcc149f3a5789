"""HDF5 files by h5py, those of MATLAB 7.3 too: matrices, sparse ones, and names.

Only what stands in the file itself is read: no link leads to another file, no data lie
outside, and sizes are looked at before anything is unpacked.

Source: The HDF Group, "HDF5 file format", 3.0; how MATLAB uses it: MATLAB_class,
MATLAB_sparse, cells as references.
"""

from __future__ import annotations

import io
import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from ...errors import InputError
from ...names import plain
from ..book import Array, Book, Sheet, text_of
from ..columns import by_name
from ..reader import Layout
from .arrays import (
    MOST_BYTES,
    MOST_CELLS,
    MOST_NAMES,
    check_bytes,
    check_size,
    sparse_of,
    with_names,
)
from .container import Container

MAGIC = b"\x89HDF\r\n\x1a\n"
STARTS = (0, 512, 1024, 2048)  # where it may stand; MATLAB's header has 512 bytes
MOST_OBJECTS = 10_000


def is_hdf5(head: bytes) -> bool:
    """Whether a file that begins so is HDF5."""
    return any(head[start : start + 8] == MAGIC for start in STARTS)


def read_hdf5(data: bytes, label: str, layout: Layout) -> Book:
    """Read the matrices of a file, and the texts that name their rows.

    Raises:
        InputError: h5py is missing; the file is damaged or larger than anyone means.
    """
    with opened(data, label) as (file, format, matlab):
        return Reader(label, matlab).book(file, format)


def read_numbers(data: bytes, label: str, name: str = "") -> tuple[str, Any]:
    """The name of a matrix of a file and its (R, C) numbers, NaN where they are.

    Args:
        name: of its dataset; "": the only one.

    Raises:
        InputError: it has no such matrix, or several and no name is given; as `read_hdf5`.
    """
    with opened(data, label) as (file, format, matlab):
        every = {path: found for path, found in objects(file) if is_matrix(found)}
        asked = [name] if name else list(every)
        if len(asked) != 1 or asked[0] not in every:
            seen = f"no matrix {plain(name)}" if name else f"{len(every)} matrices"
            raise InputError(label, f"{format}: {seen}", sizes(every))
        (chosen,) = asked
        values = Reader(label, matlab).numbers(every[chosen], chosen)
        return chosen, (values.T if matlab else values).astype(np.float64)


def sizes(every: Mapping[str, Any]) -> str:
    """The names of matrices and their sizes, as a hint."""
    told = [
        f"{plain(name)}, {' x '.join(map(str, found.shape))}"
        for name, found in every.items()
    ]
    return f"--dataset takes one of: {'; '.join(told)}" if told else "it holds none"


@contextmanager
def opened(data: bytes, label: str) -> Iterator[tuple[Any, str, bool]]:
    """A file, what messages call it, and whether it is MATLAB's.

    Raises:
        InputError: h5py is missing; the file is damaged, as far as it is read.
    """
    matlab = data.startswith(b"MATLAB")
    format = "a MATLAB 7.3 file" if matlab else "an HDF5 file"
    try:
        import h5py

        with h5py.File(io.BytesIO(data), "r") as file:
            yield file, format, matlab
    except ImportError:
        seen = f"{format}: h5py, which reads it, is not installed"
        raise InputError(label, seen, "pip install h5py") from None
    except InputError:
        raise
    except Exception as error:  # h5py raises OSError, RuntimeError, KeyError and others
        seen = f"{format} that is cut short or damaged ({error})"
        raise InputError(label, seen, "copy it again, or save it again") from None


HDF5 = Container("HDF5", is_hdf5, read_hdf5)


class Reader:
    """A reader of one file, with the room for numbers that is left."""

    def __init__(self, label: str, matlab: bool) -> None:
        self.label, self.matlab = label, matlab
        self.room, self.bytes = MOST_CELLS, MOST_BYTES

    def book(self, file: Any, format: str) -> Book:
        """The matrices, the tables and the names of a file."""
        arrays: list[Array] = []
        sheets: list[Sheet] = []
        names: dict[str, Sequence[str]] = {}
        columns: dict[str, dict[str, Any]] = defaultdict(dict)  # by their folder
        for name, found in objects(file):
            if is_column(found):
                folder, _, title = name.rpartition("/")
                columns[folder][title] = found
            if "MATLAB_sparse" in found.attrs:
                arrays.append(Array(name, self.sparse(found, name)))
            elif not hasattr(found, "shape") or not inside(found):
                continue
            elif found.dtype.names and len(found.shape) == 1:
                sheets.append(self.table(found, name))
            elif is_matrix(found):
                values = self.numbers(found, name)
                arrays.append(Array(name, values.T if self.matlab else values))
            elif texts := self.texts(found, file, name):
                names[name] = texts
        for folder, group in columns.items():
            sheets += self.side_by_side(folder, group)
        part = "variable" if self.matlab else "dataset"
        return Book(format, part, (*with_names(arrays, names, self.label), *sheets))

    def side_by_side(self, folder: str, columns: Mapping[str, Any]) -> Iterator[Sheet]:
        """The rows of datasets that are columns of one table: two of them name its ends."""
        ends = by_name(titles := list(columns))
        if not {"pre", "post"} <= ends.keys():
            return
        shape = columns[titles[ends["pre"]]].shape
        alike = {t: found for t, found in columns.items() if found.shape == shape}
        check_size(self.label, folder, shape, shape[0] * len(alike), self.room)
        self.room -= shape[0] * len(alike)
        for title, found in alike.items():
            self.check_bytes(found, title)
        cells = [map(plain_cell, found[()].tolist()) for found in alike.values()]
        rows = [list(alike), *map(list, zip(*cells, strict=True))]
        yield Sheet(folder or "columns", rows, 0, grid=False, titled=True)

    def numbers(self, found: Any, name: str) -> Any:
        """The numbers of a dataset, if there is room for them."""
        count = math.prod(found.shape)
        check_size(self.label, name, found.shape, count, self.room)
        self.room -= count
        return found[()]

    def sparse(self, group: Any, name: str) -> Any:
        """A sparse matrix of MATLAB: ir, jc and data; without entries only jc."""
        starts = self.numbers(group["jc"], name)
        high = int(group.attrs["MATLAB_sparse"])
        check_size(self.label, name, (high, len(starts) - 1), len(starts))
        if "ir" not in group:
            return sparse_of(
                *(np.zeros(0), starts, np.zeros(0)), (high, len(starts) - 1)
            )
        index, data = self.numbers(group["ir"], name), self.numbers(group["data"], name)
        return sparse_of(index, starts, data, (high, len(starts) - 1))

    def check_bytes(self, found: Any, name: str) -> None:
        """Raise InputError if there is no room for the bytes of a dataset."""
        count, size = math.prod(found.shape), found.dtype.itemsize
        check_bytes(self.label, name, count, size, self.bytes)
        self.bytes -= count * size

    def table(self, found: Any, name: str) -> Sheet:
        """The rows of a dataset of several columns, such as PyTables and pandas write."""
        count = found.shape[0] * len(found.dtype.names)
        check_size(self.label, name, found.shape, count, self.room)
        self.room -= count
        self.check_bytes(found, name)
        rows = [[plain_cell(cell) for cell in row.tolist()] for row in found[()]]
        return Sheet(name, [found.dtype.names, *rows], 0, grid=False, titled=True)

    def texts(self, found: Any, file: Any, name: str) -> list[str]:
        """The texts of a dataset: strings, or MATLAB's cells; [] where it has others."""
        import h5py

        if math.prod(found.shape) > MOST_NAMES:
            return []
        self.check_bytes(found, name)
        if h5py.check_string_dtype(found.dtype) or found.dtype.kind == "S":
            return [plain_cell(cell) for cell in found[()].ravel().tolist()]
        if h5py.check_ref_dtype(found.dtype) is not h5py.Reference:
            return []
        cells = [file[cell] for cell in found[()].ravel()]
        if not all(is_text(cell) and cell.size < 1000 for cell in cells):
            return []
        return ["".join(map(chr, cell[()].ravel().tolist())) for cell in cells]


def objects(file: Any) -> Iterator[tuple[str, Any]]:
    """The datasets of a file by name, sparse matrices too; each once, no link followed."""
    import h5py

    seen: set[Any] = set()
    groups = [("", file)]
    while groups:
        path, group = groups.pop(0)
        for name in group:
            if not isinstance(group.get(name, getlink=True), h5py.HardLink):
                continue
            found, whole = group[name], f"{path}{name}"
            place = h5py.h5o.get_info(found.id).addr
            if place in seen or name.startswith("#"):  # MATLAB's own
                continue
            seen.add(place)
            if len(seen) > MOST_OBJECTS:
                raise ValueError(f"more than {MOST_OBJECTS:,} objects")
            if isinstance(found, h5py.Group) and "MATLAB_sparse" not in found.attrs:
                groups.append((f"{whole}/", found))
            else:
                yield whole, found


def inside(found: Any) -> bool:
    """Whether the data of a dataset stand in the file itself."""
    return found.shape is not None and not found.external and not found.is_virtual


def is_column(found: Any) -> bool:
    """Whether an object is a line of numbers or texts in the file itself."""
    import h5py

    if not hasattr(found, "shape") or not inside(found) or len(found.shape) != 1:
        return False
    return found.dtype.kind in "iufS" or bool(h5py.check_string_dtype(found.dtype))


def is_matrix(found: Any) -> bool:
    """Whether an object is a matrix of numbers in the file itself."""
    if not hasattr(found, "shape") or not inside(found):
        return False
    numbers = found.dtype.kind in "biuf" and len(found.shape) == 2
    return numbers and not is_text(found)


def is_text(found: Any) -> bool:
    """Whether a dataset holds the characters of a text of MATLAB."""
    return bool(found.attrs.get("MATLAB_class", b"") == b"char")


def plain_cell(cell: Any) -> str:
    """A cell as text."""
    return cell.decode("utf-8", "replace") if isinstance(cell, bytes) else text_of(cell)
