"""Damaged files: what a reader does with one is one message, whatever is wrong with it."""

from __future__ import annotations

import random
from collections.abc import Iterator

from elegansc.arguments.layout import layout_of
from elegansc.errors import InputError
from elegansc.ir.stages import Connectome
from elegansc.readers.parse import parse

Edges = set[tuple[str, str, float]]


def read(data: bytes, label: str = "worm", **given: object) -> Connectome:
    """The connectome in the bytes of a file."""
    return parse(data, label, layout=layout_of(given))


def edges(found: Connectome, kind: int | None = None) -> Edges:
    """(pre, post, signed weight) of the synapses, or of those of one kind."""
    name, table = found.cells.name, found.synapses
    weight = (table.weight * (1 - 2 * (table.sign < 0))).tolist()
    rows = zip(table.pre, table.post, weight, found.kind, strict=True)
    return {(name[a], name[b], w) for a, b, w, k in rows if kind in (None, k)}


def cut(data: bytes) -> Iterator[bytes]:
    """A file, cut at every tenth of its length."""
    return (data[: len(data) * tenth // 10] for tenth in range(1, 10))


def changed(data: bytes, count: int = 60) -> Iterator[bytes]:
    """A file, a few bytes of it changed at random."""
    chance = random.Random(0)
    for _ in range(count):
        found = bytearray(data)
        for _ in range(3):
            found[chance.randrange(len(data))] = chance.randrange(256)
        yield bytes(found)


def is_read_or_told(data: bytes, **given: object) -> bool:
    """Whether a file is read, or refused in one message of ours."""
    try:
        read(data, **given)
    except InputError as error:
        return str(error).startswith("worm")
    return True


def is_told(data: bytes, **given: object) -> bool:
    """Whether a file is refused in one message of ours."""
    try:
        read(data, **given)
    except InputError as error:
        return str(error).startswith("worm")
    return False
