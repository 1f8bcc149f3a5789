"""Open what a caller from Python gives: a path, a connectome, or an object in memory."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ...arguments.values import file, shown
from ...catalog import UNKNOWN_UNIT
from ...errors import InputError, UsageError
from ...files import limited
from ...ir.invariants import check_invariants
from ...ir.stages import Connectome, Source
from ...names import label_of
from ...readers.parse import connectome_of
from ...readers.reader import Layout
from ...sources import RELABEL, Opened, free_label, open_source, read_source
from .graphs import graph_edges
from .kinds import READABLE, is_graph, is_numbers, is_pandas, is_sparse
from .matrices import is_adjacency, matrix_edges
from .tables import encoded, is_table, read_iterable, read_table

UNNAMED = "graph"  # the label of an object that has none


def opened(
    value: object, layout: Layout, *, name: str, label: str = "", hint: str = RELABEL
) -> Opened:
    """A connectome or a generated model, whatever it comes in.

    Args:
        value: see `kinds.Input`.
        label: stands for it in the output; "": that of a file or connectome, else UNNAMED.
        name: of the argument, for messages.
        hint: what to do if it is called like a bundled connectome.

    Raises:
        InputError: what is wrong with it. UsageError: it is nothing that can be read, or
            the layout does not fit it.
    """
    if isinstance(value, str | os.PathLike):
        return open_source(source_of(value, name), layout, label=label, hint=hint)
    if isinstance(value, Connectome):
        if label:
            source = replace(value.source, label=free_label(label, hint))
            value = replace(value, source=source)
        check_invariants(value)
        return value
    label = free_label(label or called(value), hint)
    found = read_object(value, layout, label, name)
    if not isinstance(found, Connectome):
        return replace(found, label=label)
    check_invariants(found)
    read = found.source.read if is_file(value) else ()  # an object's names are its own
    return replace(found, source=Source(label, UNKNOWN_UNIT, read))


def is_file(value: object) -> bool:
    """Whether it is the bytes of a file, or an open one."""
    reads = callable(getattr(value, "read", None))
    return reads or isinstance(value, bytes | bytearray | memoryview)


def read_object(value: Any, layout: Layout, label: str, name: str) -> Opened:
    """What an object in memory holds."""
    if isinstance(value, bytes | bytearray | memoryview):
        return read_bytes(bytes(value), label, layout)
    if is_graph(value):
        return connectome_of(graph_edges(value, label, layout), label, layout=layout)
    if (
        is_sparse(value)
        or is_numbers(value)
        or (is_pandas(value) and is_adjacency(value))
    ):
        return connectome_of(matrix_edges(value, label, layout), label, layout=layout)
    if is_table(value):
        return read_table(value, label, layout)
    if callable(getattr(value, "read", None)):
        return read_file(value, label, layout)
    if isinstance(value, Iterable) and not isinstance(value, Mapping):
        return read_iterable(value, label, layout)
    raise UsageError(f"{name} {shown(value)}: use {READABLE}")


def read_file(value: Any, label: str, layout: Layout) -> Opened:
    """The rest of a file that is open, binary or text."""
    if isinstance(value.read(0), str):
        value = io.BytesIO(encoded(value.read(), label))
        layout = replace(layout, encoding="utf-8")
    return read_bytes(limited(value, label), label, layout)


def read_bytes(data: bytes, label: str, layout: Layout) -> Opened:
    """The bytes of a file of any format, or of a generated model."""
    if not data:
        raise InputError(label, "no bytes", "give one row for each synapse")
    return read_source(data, label, layout)


def called(value: object) -> str:
    """The label of an object: of an open file its base name."""
    name = getattr(value, "name", None)
    if callable(getattr(value, "read", None)) and isinstance(name, str):
        return label_of(os.path.basename(name))[:100]
    return UNNAMED


def source_of(path: object, name: str) -> str:
    """A source as the command line takes it.

    Args:
        path: a text, or a path object, which is never a bundled name.
        name: of the argument, for messages.
    """
    found = file(path, name)
    bare = not isinstance(path, str) and not os.path.dirname(found)
    return os.path.join(os.curdir, found) if bare else found


def origin_of(value: object, name: str) -> str:
    """The path or name of a source; "" of an object."""
    return source_of(value, name) if isinstance(value, str | os.PathLike) else ""
