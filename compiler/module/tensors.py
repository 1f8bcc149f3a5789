"""Arrays as the bytes of a .safetensors file, and back: one order, no metadata.

A file has one form alone: what differs from it by a byte is refused, so that no length and
no offset of a header is ever believed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Array = NDArray[Any]
DTYPES = {"F64": "<f8", "I32": "<i4", "I8": "|i1", "U8": "|u1"}
LONGEST = 65_536  # bytes of a header


def packed(arrays: Mapping[str, Array]) -> bytes:
    """The file of some arrays of one dimension, each of a type of DTYPES."""
    parts = [array.astype(DTYPES[word(array)]).tobytes() for array in arrays.values()]
    sizes = {name: (word(array), len(array)) for name, array in arrays.items()}
    return b"".join([header(sizes), *parts])


def word(array: Array) -> str:
    """What a header calls the type of an array."""
    return next(w for w, dtype in DTYPES.items() if np.dtype(dtype) == array.dtype)


def header(sizes: Mapping[str, tuple[str, int]]) -> bytes:
    """The bytes before the arrays: their length, then name, type and place of each.

    Args:
        sizes: by name, the word of its type and the number of its elements.
    """
    found, end = {}, 0
    for name, (dtype, count) in sizes.items():
        first, end = end, end + count * np.dtype(DTYPES[dtype]).itemsize
        found[name] = {"dtype": dtype, "shape": [count], "data_offsets": [first, end]}
    text = json.dumps(found, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text


def unpacked(data: bytes, path: str) -> dict[str, Array]:
    """The arrays of a file that `packed` wrote, by name, in its order; read only.

    Raises:
        InputError: it is none, or was cut short.
    """
    sizes = announced(data)
    if sizes is None:
        raise InputError(path, "not a file of tables that elegansc wrote", HINT)
    found: dict[str, Array] = {}
    place = len(header(sizes))
    for name, (dtype, count) in sizes.items():
        kind = np.dtype(DTYPES[dtype])
        if place + count * kind.itemsize > len(data):
            raise InputError(path, "a file of tables that was cut short", HINT)
        found[name] = np.frombuffer(data, kind, count, place)
        place += count * kind.itemsize
    if place != len(data):
        raise InputError(path, "a file of tables with more behind them", HINT)
    return found


def announced(data: bytes) -> dict[str, tuple[str, int]] | None:
    """Type and number of elements of each array of a file; None: its header is not ours."""
    size = int.from_bytes(data[:8], "little")
    if len(data) < 8 or size > LONGEST:
        return None
    try:
        found = json.loads(data[8 : 8 + size])
        sizes = {
            name: (entry["dtype"], *map(int, entry["shape"]))
            for name, entry in found.items()
        }
        return sizes if header(sizes) == data[: 8 + size] else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


HINT = "compile the model again"  # what to do with a damaged file
