"""Whether bytes are text, and of which encoding: what decodes all of them."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from dataclasses import replace

from ..errors import InputError, Location, UsageError
from .delimited import DELIMITERS
from .reader import Layout

BLOCK = 2**20  # bytes of a line that are looked at together
MOST_CELLS = 300_000  # in them
MARKED = tuple(map(str.encode, DELIMITERS))
MARKS: Mapping[bytes, str] = {  # byte order marks, the longer ones first
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def decodable(data: bytes, label: str, layout: Layout) -> tuple[bytes, Layout]:
    """The data and layout with an encoding that is sure to decode all of it.

    Raises:
        InputError: no text, or of another encoding.
        UsageError: no such encoding.
    """
    try:
        encoding = codecs.lookup(layout.encoding).name
    except (LookupError, ValueError):
        raise UsageError(f"--encoding {layout.encoding}: no such encoding") from None
    mark = next((name for start, name in MARKS.items() if data.startswith(start)), "")
    if mark and (encoding.startswith(mark) or encoding == "utf-8"):
        encoding = mark  # utf-16-le would keep the mark as a character
    elif mark:
        raise InputError(label, f"{mark.upper()} text", f"use --encoding {mark}")
    elif encoding in ("utf-16", "utf-32"):
        encoding += "-le"
    if encoding in ("utf-8", "utf-8-sig"):
        data, encoding = data.removeprefix(codecs.BOM_UTF8), "utf-8"
    if b"\0" in data and not encoding.startswith(("utf-16", "utf-32")):
        raise with_nul(data, label)
    check_decodes(data, label, encoding)
    check_lines(data, label)
    return data, replace(layout, encoding=encoding)


def decoded(data: bytes, label: str) -> str:
    """The text of a small table: UTF-8, or what its byte order mark says.

    Raises:
        InputError: it is none.
    """
    marked = (name for start, name in MARKS.items() if data.startswith(start))
    encoding = next(marked, "utf-8")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode(encoding)
    except UnicodeDecodeError as error:
        seen = f"not {encoding.upper()} at byte {error.start}"
        raise InputError(label, seen, "save it as UTF-8") from None


def check_lines(data: bytes, label: str) -> None:
    """Raise InputError for a line of more cells than anyone means, before it is split."""
    for start in range(0, len(data) - BLOCK + 1, BLOCK):
        block = start, start + BLOCK
        if data.find(b"\n", *block) >= 0 or data.find(b"\r", *block) >= 0:
            continue
        if max(data.count(mark, *block) for mark in MARKED) > MOST_CELLS:
            at = Location(label, data.count(b"\n", 0, start) + 1)
            seen = f"a line of more than {MOST_CELLS:,} cells"
            hint = "give one row for each synapse, each on its line"
            raise InputError(at, seen, hint)


def with_nul(data: bytes, label: str) -> InputError:
    """The error for text that holds the byte 0."""
    at = Location(label, data.count(b"\n", 0, data.index(b"\0")) + 1)
    sparse = data[:4096]
    if 3 * sparse.count(b"\0") > len(sparse):
        hint = "use --encoding utf-16-le, or utf-16-be"
        return InputError(at, "NUL bytes: UTF-16 text without its mark?", hint)
    return InputError(at, "a NUL byte: not text", "give an edge list as text")


def check_decodes(data: bytes, label: str, encoding: str) -> None:
    """Raise InputError at the first byte that is no character of the encoding."""
    if encoding == "utf-8" and data.isascii():
        return
    try:
        data.decode(encoding)
    except UnicodeDecodeError as error:
        start = data.rfind(b"\n", 0, error.start) + 1
        line = data[start:].split(b"\n", 1)[0].rstrip(b"\r")
        text = line.decode(encoding, "replace")
        column = len(data[start : error.start].decode(encoding, "replace")) + 1
        at = Location(label, data.count(b"\n", 0, start) + 1, column, 1, text)
        seen = f"byte 0x{data[error.start]:02x} is not {encoding.upper()}"
        hint = "say how the file is encoded, such as --encoding latin-1"
        raise InputError(at, seen, hint) from None
    except LookupError:
        raise UsageError(f"--encoding {encoding}: not an encoding of text") from None
