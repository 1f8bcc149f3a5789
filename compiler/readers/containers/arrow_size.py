"""How large the batches of a Feather file say that they are, none of them unpacked.

Source: Apache Arrow, format/Message.fbs: Message.header, DictionaryBatch.data,
RecordBatch.length, RecordBatch.buffers, RecordBatch.compression; format/Columnar.md: a
compressed buffer begins with its size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Any

LENGTH, BUFFERS, COMPRESSION = 0, 2, 3  # fields of a RecordBatch


def announced(messages: Iterable[Any]) -> tuple[int, int]:
    """(rows, bytes) of a Feather file; of bytes those that are unpacked.

    Args:
        messages: all of it, as pyarrow gives them.
    """
    rows = size = 0
    for message in messages:
        if message.type not in ("record batch", "dictionary"):
            continue
        data = memoryview(message.metadata)
        header = pointed(data, field_at(data, struct.unpack_from("<I", data)[0], 2))
        if message.type == "dictionary":
            header = pointed(data, field_at(data, header, 1))
        else:
            at = field_at(data, header, LENGTH)
            rows += struct.unpack_from("<q", data, at)[0] if at else 0
        if field_at(data, header, COMPRESSION):
            size += unpacked_size(data, header, memoryview(message.body))
    return rows, size


def unpacked_size(data: memoryview, batch: int, body: memoryview) -> int:
    """The bytes of the buffers of a batch once they are unpacked."""
    vector = pointed(data, field_at(data, batch, BUFFERS))
    (count,) = struct.unpack_from("<I", data, vector)
    size = 0
    for place in range(count):
        start, length = struct.unpack_from("<qq", data, vector + 4 + 16 * place)
        if length:
            (whole,) = struct.unpack_from("<q", body, start)
            size += length if whole == -1 else whole
    return size


def pointed(data: memoryview, at: int) -> int:
    """Where the table or vector begins to which a field points."""
    (offset,) = struct.unpack_from("<I", data, at)
    return at + int(offset)


def field_at(data: memoryview, table: int, number: int) -> int:
    """Where a field of a table of FlatBuffers stands; 0: it has none."""
    (back,) = struct.unpack_from("<i", data, table)
    (size,) = struct.unpack_from("<H", data, table - back)
    if 4 + 2 * number >= size:
        return 0
    (offset,) = struct.unpack_from("<H", data, table - back + 4 + 2 * number)
    return table + offset if offset else 0
