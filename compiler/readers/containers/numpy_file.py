"""NumPy's files: .npy, .npz, and the sparse .npz of scipy. Never their pickles.

Source: NumPy, "NEP 1: a simple file format for NumPy arrays"; scipy.sparse.save_npz.
"""

from __future__ import annotations

import ast
import math
import re
import struct
from collections.abc import Mapping
from typing import Any

import numpy as np

from ...errors import InputError
from ...names import plain
from ..book import Array, Book, Part, Sheet, text_of
from ..reader import Layout
from .arrays import check_bytes, check_size, sparse_of, with_names
from .container import Container
from .members import members_of

MAGIC = b"\x93NUMPY"
PLACE = re.compile(r" on line \d+|: <.*? object at \w+>")
LONGEST = 10_000  # bytes of a header
SPARSE = {"format", "shape", "data"}


def is_npz(head: bytes) -> bool:
    """Whether a ZIP file that begins so holds arrays: its first member says so."""
    length = int.from_bytes(head[26:28], "little")
    return head.startswith(b"PK\x03\x04") and head[30 : 30 + length].endswith(b".npy")


def read_npy(data: bytes, label: str, layout: Layout) -> Book:
    """Read the array of an .npy file.

    Raises:
        InputError: it is damaged or too large, or holds Python objects.
    """
    return Book("a NumPy array", "array", parts({"": array_in(data, label, "")}, label))


def read_npz(data: bytes, label: str, layout: Layout) -> Book:
    """Read the arrays of an .npz file: its matrices, and the texts that name their rows.

    Raises:
        InputError: as of `read_npy`.
    """
    arrays = {
        name.removesuffix(".npy"): array_in(member, label, name)
        for name, member in members_of(data, label).items()
        if name.endswith(".npy")
    }
    if arrays.keys() >= SPARSE:
        arrays = {"": sparse_array(arrays, label)}
    return Book("a NumPy .npz file", "array", parts(arrays, label))


NPY = Container("NumPy .npy", lambda head: head.startswith(MAGIC), read_npy)
NPZ = Container("NumPy .npz", is_npz, read_npz)


def array_in(data: bytes, label: str, name: str) -> Any:
    """The array in the bytes of an .npy file; a view of them."""
    where = f"{plain(name)}: " if name else ""
    try:
        wide = data[6] > 1  # versions 2 and 3 have a longer count
        (length,) = struct.unpack_from("<I" if wide else "<H", data, 8)
        start = (12 if wide else 10) + length
        if not data.startswith(MAGIC) or length > LONGEST:
            raise ValueError("no header")
        header = ast.literal_eval(data[start - length : start].decode("utf-8").strip())
        dtype = np.dtype(descriptor(header["descr"]))
        shape, order = header["shape"], "F" if header["fortran_order"] else "C"
        if not all(type(side) is int and 0 <= side < 2**32 for side in shape):
            raise ValueError("a size that no array has")
        count, called = math.prod(shape), name or "the array"
        if not dtype.hasobject:
            check_size(label, called, shape or (1,), count)
            if dtype.kind not in "biuf":
                check_bytes(label, called, count, dtype.itemsize)
            found = np.frombuffer(data, dtype, count, start)
            return found.reshape(shape, order=order)  # type: ignore[call-overload]
    except InputError:
        raise
    except (Exception, RecursionError) as error:  # of a header that is no header
        why = (
            "no header" if isinstance(error, SyntaxError) else PLACE.sub("", str(error))
        )
        seen = f"{where}a NumPy array that is cut short or damaged ({why})"
        raise InputError(label, seen, "copy it again, or save it again") from None
    seen = f"{where}an array of Python objects: pickles are never read"
    hint = "save numbers (array.astype(float)) and names as text (array.astype(str))"
    raise InputError(label, seen, hint)


def descriptor(found: Any) -> Any:
    """A type as NumPy takes it; of columns: (name, type) each."""
    if isinstance(found, list):
        return [(str(name), descriptor(kind), *more) for name, kind, *more in found]
    if not isinstance(found, str):
        raise ValueError("no type")
    return found


def sparse_array(arrays: Mapping[str, Any], label: str) -> Any:
    """The matrix that scipy.sparse saved as several arrays."""
    form = np.asarray(arrays["format"]).astype(str).item()
    if form not in ("csr", "csc", "coo"):
        seen, hint = (
            f"a sparse matrix as {plain(form)}",
            "save it as csr: matrix.tocsr()",
        )
        raise InputError(label, seen, hint)
    try:
        high, wide = (int(side) for side in arrays["shape"])
        check_size(label, "the matrix", (high, wide), len(arrays["data"]))
        if form == "coo":
            order = np.argsort(arrays["col"], kind="stable")
            starts = np.searchsorted(arrays["col"][order], np.arange(wide + 1))
            return sparse_of(
                *(arrays["row"][order], starts, arrays["data"][order]), (high, wide)
            )
        ends = arrays["indices"], arrays["indptr"], arrays["data"]
        if form == "csc":
            return sparse_of(*ends, (high, wide))
        return sparse_of(*ends, (wide, high)).T
    except (LookupError, ValueError, TypeError) as error:
        seen = f"a sparse matrix that is damaged ({error})"
        raise InputError(label, seen, "save it again") from None


def parts(arrays: Mapping[str, Any], label: str) -> tuple[Part, ...]:
    """Matrices of numbers, columns as sheets; texts name rows."""
    matrices = []
    names: dict[str, list[str]] = {}
    sheets = []
    for name, found in arrays.items():
        if found.dtype.names and found.ndim == 1:
            rows = [[text_of(plain_value(v)) for v in row.tolist()] for row in found]
            sheets.append(Sheet(name, [found.dtype.names, *rows], 0, False, True))
        elif found.dtype.kind in "biuf" and found.ndim == 2:
            matrices.append(Array(name, found))
        elif found.dtype.kind in "US" and found.ndim == 1:
            names[name] = [text_of(plain_value(value)) for value in found.tolist()]
    return (*with_names(matrices, names, label), *sheets)


def plain_value(value: Any) -> Any:
    """A value of a column; bytes as the text they are."""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
