"""Parse: the bytes of a file -> connectome. Exactly its rows, nothing mended."""

from __future__ import annotations

import codecs
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from .errors import InputError, Location, UsageError
from .ir import (
    CHEMICAL,
    ELECTRICAL,
    NEURON,
    Bool,
    Cells,
    Connectome,
    Float64,
    Int32,
    Source,
    Synapses,
)
from .names import label_of, plural
from .readers.delimited import DELIMITERS, REPEATED, UNKNOWN, Layout, kind_of
from .readers.graphml import Graph, is_graphml, read_graphml
from .readers.rows import Table, read_rows
from .readers.sniff import Form, Sample, sniff

__all__ = ["Layout", "parse", "read_bytes"]

LIMIT = 4 * 2**30  # bytes of a file

# How files that are no text begin, and what to do with them.
SIGNATURES: Mapping[bytes, tuple[str, str]] = {
    b"PK\x03\x04": ("a ZIP or XLSX file", "save the sheet as CSV"),
    b"\xd0\xcf\x11\xe0": ("an XLS file", "save the sheet as CSV"),
    b"\x1f\x8b": ("a gzip file", "unpack it with gunzip"),
    b"\x89PNG": ("a PNG picture", "give an edge list"),
    b"\xff\xd8\xff": ("a JPEG picture", "give an edge list"),
    b"%PDF": ("a PDF file", "give an edge list"),
    b"SQLite format 3": ("an SQLite database", "export its synapses as CSV"),
    b"\x89HDF": ("an HDF5 file", "export its synapses as CSV"),
    b"MATLAB 5.0": ("a MATLAB file", "export its synapses as CSV"),
    b"PAR1": ("a Parquet file", "export it as CSV"),
    b"<?xml": ("an XML file that is no GraphML", "export its edges as CSV"),
}
JSON = re.compile(rb'\s*(\{\s*"|\[\s*[\[{])')  # how an object or a list of lists begins
MARKS: Mapping[bytes, str] = {  # byte order marks, the longer ones first
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read_bytes(path: str, *, empty: str = "give one row for each synapse") -> bytes:
    """The bytes of a file, or of standard input if the path is "-".

    Args:
        empty: what to do if it is empty.

    Raises:
        InputError: it is missing, a directory, unreadable, empty or over LIMIT.
    """
    try:
        if path == "-":
            if sys.stdin is None:
                raise InputError("-", "standard input is closed", "give a file")
            data = limited(sys.stdin.buffer, "standard input")
        elif os.path.isdir(path):
            raise InputError(path, "a directory", "name one of the files in it")
        else:
            with open(path, "rb") as file:
                data = limited(file, path)
    except FileNotFoundError:
        raise InputError(path, "no such file", "look at the path") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(path, f"unreadable: {why}", "look at the path") from None
    if not data:
        raise InputError(path, "an empty file", empty)
    return data


def limited(file: BinaryIO, label: str) -> bytes:
    """All bytes of a file unless it is larger than anyone means."""
    data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        hint = "take out what is not needed: columns, weak synapses"
        raise InputError(label, f"more than {LIMIT // 2**30} GiB", hint)
    return data


def parse(
    data: bytes,
    label: str,
    *,
    layout: Layout = Layout(),  # noqa: B008
    unit: str = "units of weight",
) -> Connectome:
    """Read delimited text, of whatever layout, or GraphML, as the rows that stand in it.

    Args:
        data: the bytes of the file.
        label: the file as the user named it; for messages.
        layout: what the user says of the layout; the rest is found from the content.
        unit: what the weights count, plural.

    Returns:
        Cells by name; synapses in file order, without rows of weight 0 and without
        those that repeat another from the receiver's side.

    Raises:
        InputError: what is wrong with the file, all of it.
        UsageError: an option of the layout names nothing.
    """
    data = data.removeprefix(codecs.BOM_UTF8) if is_graphml(data[3:]) else data
    graph = None
    if is_graphml(data):
        graph = read_graphml(data, label, layout, kind_said(layout))
        table, form_facts = graph.table, dict(graph.facts)
    else:
        data, layout = decodable(data, label, layout)
        form, sample = sniff(data, label, layout)
        kind = kind_without_column(layout, form)
        table = read_rows(data, label, layout, form, kind)
        form_facts = described(form, sample, layout, table.blank)
    kept = (table.kind != REPEATED) & (table.weight != 0)
    if not kept.any():
        raise InputError(
            label,
            f"no synapse is left of {plural(len(kept), 'row')}",
            "all weigh 0, or repeat another row from the receiver's side",
        )
    cells, number = sorted_cells(table.names, graph)
    synapses = Synapses(
        pre=number[table.pre[kept]],
        post=number[table.post[kept]],
        weight=np.abs(table.weight[kept]),
        sign=signs(table.weight)[kept],
        line=table.line[kept],
    )
    facts = counted(table, kept) | form_facts
    source = Source(label_of(re.split(r"[/\\]", label)[-1]), unit)
    kinds = table.kind[kept]
    kinds.setflags(write=False)
    return Connectome(source, cells, synapses, kinds, {"parse": facts})


def decodable(data: bytes, label: str, layout: Layout) -> tuple[bytes, Layout]:
    """The data and layout with an encoding that is sure to decode all of it.

    Raises:
        InputError: no text, or of another encoding.
        UsageError: no such encoding.
    """
    refuse_other_formats(data, label)
    try:
        encoding = codecs.lookup(layout.encoding).name
    except (LookupError, ValueError):
        raise UsageError(f"--encoding {layout.encoding}: no such encoding") from None
    mark = next((name for start, name in MARKS.items() if data.startswith(start)), "")
    if mark and encoding.startswith(mark):
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
    return data, replace(layout, encoding=encoding)


def refuse_other_formats(data: bytes, label: str) -> None:
    """Raise InputError for what is nothing, or plainly no delimited text."""
    if not data:
        raise InputError(label, "an empty file", "give one row for each synapse")
    for signature, (what, hint) in SIGNATURES.items():
        if data.startswith(signature):
            raise InputError(label, f"{what}: not delimited text", hint)
    if JSON.match(data):
        raise InputError(label, "JSON: not delimited text", "export its edges as CSV")


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


def kind_said(layout: Layout) -> int:
    """The kind that the user says all rows have."""
    if layout.kind is None:
        return CHEMICAL
    kind = kind_of(layout.kind)
    if kind in (UNKNOWN, REPEATED):
        raise UsageError(f"--kind {layout.kind}: use chemical or electrical")
    return kind


def kind_without_column(layout: Layout, form: Form) -> int:
    """The kind of all rows of a file that does not tell it."""
    kind = kind_said(layout)
    if layout.kind and "kind" in form.places:
        column = form.title(form.places["kind"])
        raise UsageError(
            f"--kind {layout.kind}: the file tells it, in {column!r}; "
            "leave --kind out, or leave the column out with --columns kind="
        )
    return kind


def sorted_cells(
    names: tuple[str, ...], graph: Graph | None = None
) -> tuple[Cells, Int32]:
    """Cells by name, and the row there of each of the given names.

    Args:
        graph: where the file says the cells' roles and transmitters.
    """
    order = sorted(range(len(names)), key=names.__getitem__)
    number = np.empty(len(names), np.int32)
    number[order] = np.arange(len(names), dtype=np.int32)
    cells = Cells(
        name=tuple(names[row] for row in order),
        role=graph.role[order] if graph else np.zeros(len(names), np.uint8),
        transmitter=tuple(graph.transmitter[row] if graph else "" for row in order),
        kind=np.full(len(names), NEURON, np.uint8),
    )
    return cells, number


def signs(weight: Float64) -> np.typing.NDArray[np.int8]:
    """-1 and +1 where any weight is negative, else 0: the file tells no signs."""
    negative = weight < 0
    if not negative.any():
        return np.zeros(len(weight), np.int8)
    return np.where(negative, -1, 1).astype(np.int8)


def counted(table: Table, kept: Bool) -> dict[str, Any]:
    """How many rows there are of what, and what they weigh."""
    weight = np.abs(table.weight)

    def total(rows: Bool) -> dict[str, float]:
        return {"rows": int(rows.sum()), "weight": float(weight[rows].sum())}

    repeated = table.kind == REPEATED
    return {
        "rows": len(weight),
        "cells": len(table.names),
        "chemical": total(kept & (table.kind == CHEMICAL)),
        "electrical": total(kept & (table.kind == ELECTRICAL)),
        "repeated": total(repeated),
        "zero": int((~repeated & (weight == 0)).sum()),
        "negative": int((kept & (table.weight < 0)).sum()),
        "self_loops": int((kept & (table.pre == table.post)).sum()),
    }


def described(form: Form, sample: Sample, layout: Layout, blank: int) -> dict[str, Any]:
    """How the file is laid out."""
    header = form.header or ()
    taken = set(form.places.values())
    return {
        "delimiter": DELIMITERS.get(form.delimiter, form.delimiter),
        "header": form.header is not None,
        "encoding": layout.encoding,
        "columns": {role: form.title(place) for role, place in form.places.items()},
        "ignored": tuple(
            form.title(place)
            for place in range(max(form.width, len(header)))
            if place not in taken
        ),
        "comments": len(sample.comments),
        "blank": blank,
    }
