"""Compressed files: .gz, .bz2, .xz, .zst around any other container, up to a size."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import BinaryIO

from ...errors import InputError

MOST = (
    512 * 2**20
)  # bytes that are unpacked; more is refused before it fills the memory
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


def unpacked(data: bytes, label: str) -> tuple[bytes, str]:
    """The bytes within a compressed file, and how it is compressed; "" if it is not.

    Raises:
        InputError: it is cut short or damaged, holds more than MOST, or holds another
            compressed file.
    """
    for mark, (name, opened) in PACKERS.items():
        if data.startswith(mark):
            found = read_all(opened, data, label, name)
            if any(found.startswith(other) for other in PACKERS):
                hint = "unpack it once yourself"
                raise InputError(label, "a compressed file in a compressed file", hint)
            return found, name
    return data, ""


def read_all(
    opened: Callable[[BinaryIO], BinaryIO], data: bytes, label: str, name: str
) -> bytes:
    """All bytes within, unless they are too many."""
    parts, size = [], 0
    try:
        file = opened(io.BytesIO(data))
        while part := file.read(STEP):
            size += len(part)
            if size > MOST:
                raise too_large(label, name)
            parts.append(part)
    except ModuleNotFoundError:
        hint = "pip install backports.zstd, or unpack it with unzstd"
        raise InputError(label, "zstd: its reader is not installed", hint) from None
    except InputError:
        raise
    except Exception as error:  # each library raises its own, of no common class
        seen = f"{name}: cut short or damaged ({error})"
        raise InputError(label, seen, "copy or download it again") from None
    if not size:
        raise InputError(label, f"{name}: nothing is in it", "give one row a synapse")
    return b"".join(parts)


def too_large(label: str, name: str) -> InputError:
    """The error for what is larger than anyone means once it is unpacked."""
    seen = f"{name}: more than {MOST // 2**20} MiB once unpacked"
    return InputError(label, seen, "unpack it yourself, if it is what it says it is")
