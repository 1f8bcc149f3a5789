"""Compressed files: .gz, .bz2, .xz, .zst around any other container, up to a size.

Edges pack to a tenth of their size or so; what unpacks to a hundred times its size, and to
more than anyone notices, is zeros.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import BinaryIO

from ...errors import InputError
from ...files import LIMIT

FREE = 64 * 2**20  # bytes that a file of any size may unpack to
RATIO = 100  # to which a byte of a larger one may
STEP = 2**20


def zstandard(file: BinaryIO) -> BinaryIO:
    """The bytes in a .zst file; Python has its reader from 3.14 on."""
    try:
        from compression import zstd  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        from backports import zstd  # type: ignore[no-redef,unused-ignore]
    found: BinaryIO = zstd.ZstdFile(file)
    return found


def gzipped(file: BinaryIO) -> BinaryIO:
    """The bytes in a .gz file."""
    import gzip

    return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]


def bzipped(file: BinaryIO) -> BinaryIO:
    """The bytes in a .bz2 file."""
    import bz2

    return bz2.BZ2File(file)  # type: ignore[return-value]


def xzipped(file: BinaryIO) -> BinaryIO:
    """The bytes in an .xz file, within a bounded dictionary."""
    import lzma

    return lzma.LZMAFile(file)  # type: ignore[return-value]


PACKERS: Mapping[bytes, tuple[str, Callable[[BinaryIO], BinaryIO]]] = {
    b"\x1f\x8b": ("gzip", gzipped),
    b"BZh": ("bzip2", bzipped),
    b"\xfd7zXZ\0": ("xz", xzipped),
    b"\x28\xb5\x2f\xfd": ("zstd", zstandard),
}


def room(size: int) -> int:
    """How many bytes a compressed file of as many bytes may unpack to."""
    return min(LIMIT, max(FREE, RATIO * size))


def unpacked(data: bytes, label: str, most: int = 0) -> tuple[bytes, str]:
    """The bytes within a compressed file, and how it is compressed; "" if it is not.

    Args:
        most: bytes that are unpacked; 0: as many as `room` gives.

    Raises:
        InputError: it is cut short or damaged, holds more than it may, or holds another
            compressed file.
    """
    for mark, (name, opened) in PACKERS.items():
        if data.startswith(mark):
            found = read_all(opened, data, label, name, most or room(len(data)))
            if any(found.startswith(other) for other in PACKERS):
                hint = "unpack it once yourself"
                raise InputError(label, "a compressed file in a compressed file", hint)
            return found, name
    return data, ""


def read_all(
    opened: Callable[[BinaryIO], BinaryIO],
    data: bytes,
    label: str,
    name: str,
    most: int,
) -> bytes:
    """All bytes within, unless they are too many."""
    found = io.BytesIO()
    try:
        file = opened(io.BytesIO(data))
        while part := file.read(STEP):
            if found.tell() + len(part) > most:
                raise too_large(label, name, most)
            found.write(part)
    except ModuleNotFoundError:
        hint = "pip install backports.zstd, or unpack it with unzstd"
        raise InputError(label, "zstd: its reader is not installed", hint) from None
    except InputError:
        raise
    except Exception as error:  # each library raises its own, of no common class
        seen = f"{name}: cut short or damaged ({error})"
        raise InputError(label, seen, "copy or download it again") from None
    if not found.tell():
        raise InputError(label, f"{name}: nothing is in it", "give one row a synapse")
    return found.getvalue()


def too_large(label: str, name: str, most: int) -> InputError:
    """The error for what is larger than anyone means once it is unpacked."""
    seen = f"{name}: more than {most // 2**20:,} MiB once unpacked"
    return InputError(label, seen, "unpack it yourself, if it is what it says it is")
