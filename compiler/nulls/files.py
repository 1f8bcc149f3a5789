"""Random twins as files: an edge list each, one table of cells, a report."""

from __future__ import annotations

import json
import logging
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..catalog import UNKNOWN_UNIT
from ..exporting.canonical import canonical, unmerged
from ..exporting.delimited import csv, write_delimited
from ..ir.invariants import check
from ..ir.stages import Cells, Circuit
from ..ir.text import digest, role
from ..options import Options
from ..passes.merge_electrical import merge_electrical
from ..passes.select_cells import select_cells
from ..readers.cells import read_cells
from ..readers.parse import parse
from .distance import placed
from .invariants import counted
from .pairs import Null
from .twins import KEEPS, Twin, twins

SCHEMA = 1  # of the report
CELLS = "cells.csv"
REPORT = "rewired.json"
TWINS = logging.getLogger("elegansc.twins")  # silent where nobody listens


@dataclass(frozen=True, slots=True)
class Rewired:
    """The files of random twins.

    Attributes:
        files: bytes by file name, the report last.
        report: its content.
    """

    files: Mapping[str, bytes]
    report: Mapping[str, Any]


def drawn(
    circuit: Circuit,
    null: Null,
    *,
    seed: int = 0,
    count: int = 1,
    options: Options | None = None,
) -> Iterator[Rewired]:
    """`count` random twins of a circuit, one after another.

    Args:
        options: of the circuit, for the report.

    Yields:
        The file of one twin, the cells, and the report of all twins up to it.

    Raises:
        InputError: the null model has no twin of this circuit.
    """
    cells, report = cell_table(circuit.cells), about(circuit, null, options)
    TWINS.info("%d of %d are drawn", 0, count)
    for index, twin in enumerate(twins(circuit, null, seed=seed, count=count), 1):
        name, edges = file_of(null, index), edge_list(twin.circuit)
        check_read(twin.circuit, edges, cells)
        made = [*report["files"], described(name, null, seed, index, twin)]
        report = {**report, "files": made}
        text = json.dumps(report, indent=2) + "\n"
        yield Rewired({CELLS: cells, name: edges, REPORT: text.encode()}, report)
        TWINS.info("%d of %d are drawn", index, count)


def rewire(
    circuit: Circuit,
    null: Null,
    *,
    seed: int = 0,
    count: int = 1,
    options: Options | None = None,
) -> Rewired:
    """Random twins of a circuit, all at once; arguments and errors as of `drawn`."""
    files: dict[str, bytes] = {}
    report: Mapping[str, Any] = {}
    for found in drawn(circuit, null, seed=seed, count=count, options=options):
        files |= found.files
        report = found.report
    return Rewired({**files, REPORT: files.pop(REPORT)}, report)


def file_of(null: Null, index: int) -> str:
    """The name of the file of a twin."""
    return f"{null.name.replace(':', '-')}-{index}.csv"


def about(circuit: Circuit, null: Null, options: Options | None) -> dict[str, Any]:
    """The report of no twin yet."""
    positions = {}
    if null.positions is not None:
        positions = {"positions": placed(circuit, null.positions)}
    return {
        "schema": SCHEMA,
        "command": "rewire",
        "source": {
            "label": circuit.source.label,
            "digest": digest(circuit),
            "counted": counted(circuit, circuit),
        },
        "options": (options or Options()).changed(),
        "unit": circuit.source.unit,
        **positions,
        "cells": CELLS,
        "compile": shlex.join(compiling("FILE", circuit.source.unit)),
        "files": [],
    }


def described(
    name: str, null: Null, seed: int, index: int, twin: Twin
) -> dict[str, Any]:
    """The entry of a twin in the report."""
    return {
        "file": name,
        "null": null.name,
        "seed": seed,
        "index": index,
        "digest": digest(twin.circuit),
        "keeps": list(KEEPS[null.model]),
        "counted": dict(twin.counted),
    }


def compiling(file: str, unit: str, cells: str = CELLS) -> list[str]:
    """The words of the command that compiles a twin."""
    words = ["elegansc", "compile", file, "--cells", cells]
    return words if unit == UNKNOWN_UNIT else [*words, "--weight-unit", unit]


def check_read(twin: Circuit, edges: bytes, cells: bytes) -> None:
    """Raise a VerifyError unless reading the files gives the twin."""
    table = read_cells(cells, CELLS)
    read = merge_electrical(select_cells(parse(edges, "twin"), table=table))
    check(digest(read) == digest(twin), "the files of a twin are read as it is")


def cell_table(cells: Cells) -> bytes:
    """The table of cells: name, role and, if any is known, transmitter."""
    known = any(cells.transmitter)
    head = ("name", "role", "transmitter") if known else ("name", "role")
    bits = [role(bits) if bits else "" for bits in cells.role.tolist()]
    rows = zip(cells.name, bits, cells.transmitter, strict=True)
    return csv([head, *(row[: len(head)] for row in rows)])


def edge_list(circuit: Circuit) -> bytes:
    """The edge list of a circuit, in the format of the bundled connectomes."""
    cells = replace(
        circuit.cells,
        role=np.zeros(len(circuit.cells), np.uint8),
        transmitter=("",) * len(circuit.cells),
    )  # they stand in CELLS
    return write_delimited(canonical(unmerged(replace(circuit, cells=cells))))
