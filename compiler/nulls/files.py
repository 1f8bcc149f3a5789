"""Random twins as files: an edge list each, one table of cells, a report."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..catalog import UNKNOWN_UNIT
from ..ir.invariants import check
from ..ir.stages import Cells, Circuit
from ..ir.text import digest, role
from ..names import number
from ..options import Options
from ..passes.merge_electrical import merge_electrical
from ..passes.select_cells import select_cells
from ..readers.cells import read_cells
from ..readers.parse import parse
from .invariants import counted
from .models import Null
from .twins import KEEPS, Twin, twins

SCHEMA = 1  # of the report
CELLS = "cells.csv"
REPORT = "rewired.json"
EDGES = ("pre", "post", "kind", "weight")
QUOTED = re.compile(r'[,"\r\n]')

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rewired:
    """The files of random twins.

    Attributes:
        files: bytes by file name, the report last.
        report: its content.
    """

    files: Mapping[str, bytes]
    report: Mapping[str, Any]


def rewire(
    circuit: Circuit,
    null: Null,
    *,
    seed: int = 0,
    count: int = 1,
    options: Options | None = None,
) -> Rewired:
    """Make `count` random twins of a circuit.

    Args:
        options: of the circuit, for the report.

    Raises:
        InputError: the null model has no twin of this circuit.
    """
    files = {CELLS: cell_table(circuit.cells)}
    made = []
    for index, twin in enumerate(twins(circuit, null, seed=seed, count=count), 1):
        name = f"{null.name.replace(':', '-')}-{index}.csv"
        files[name] = edge_list(twin.circuit)
        check_read(twin.circuit, files[name], files[CELLS])
        made.append(described(name, null, seed, index, twin))
    report = {
        "schema": SCHEMA,
        "command": "rewire",
        "source": {
            "label": circuit.source.label,
            "digest": digest(circuit),
            "counted": counted(circuit, circuit),
        },
        "options": (options or Options()).changed(),
        "unit": circuit.source.unit,
        "cells": CELLS,
        "compile": shlex.join(compiling("FILE", circuit.source.unit)),
        "files": made,
    }
    files[REPORT] = (json.dumps(report, indent=2) + "\n").encode()
    return Rewired(files, report)


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
    return csv([EDGES, *chemical(circuit), *electrical(circuit)])


def chemical(circuit: Circuit) -> Iterator[Row]:
    """The rows of the synapses, sorted; an isolated neuron has a row of weight 0.

    Weights are signed. If some signs are known, an unknown one is written as two rows of
    half the weight and opposite signs.
    """
    name, edges = circuit.cells.name, circuit.chemical
    known = bool(edges.sign.any())
    columns = (edges.pre, edges.post, edges.weight, edges.sign)
    found = [*zip(*(column.tolist() for column in columns), strict=True)]
    found += [(row, row, 0.0, 1) for row in isolated(circuit)]
    for pre, post, weight, sign in sorted(found, key=lambda row: row[:2]):
        parts = [weight / 2, -weight / 2] if known and not sign else [weight]
        for part in parts:
            signed = -part if sign < 0 else part
            yield name[pre], name[post], "chemical", number(signed)


def isolated(circuit: Circuit) -> list[int]:
    """The isolated neurons: on no synapse, no self-loop, no junction."""
    edges, ends = circuit.chemical, circuit.junctions
    joined = np.concatenate([edges.pre, edges.post, ends.left, ends.right])
    found: list[int] = np.setdiff1d(np.arange(len(circuit.cells)), joined).tolist()
    return found


def electrical(circuit: Circuit) -> Iterator[Row]:
    """The rows of the junctions, one a pair."""
    name, ends, sign = circuit.cells.name, circuit.junctions, circuit.chemical.sign
    if len(sign) and (sign > 0).all():
        # A file tells signs only where one is negative. A cell coupled to itself does
        # nothing else.
        yield name[0], name[0], "electrical", "-1"
    columns = (ends.left, ends.right, ends.weight)
    for a, b, weight in zip(*(column.tolist() for column in columns), strict=True):
        yield name[a], name[b], "electrical", number(weight)


def csv(rows: Iterable[Row]) -> bytes:
    """Rows as CSV; the module csv quotes a carriage return in some Pythons alone."""
    return "".join(",".join(map(cell, row)) + "\n" for row in rows).encode()


def cell(text: str) -> str:
    """One cell, quoted where it must be."""
    if not QUOTED.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'
