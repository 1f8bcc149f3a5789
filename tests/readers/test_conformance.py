"""Every published file holds what an independent count says, or is refused in words."""

from __future__ import annotations

import csv
import shlex
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from elegansc.arguments.layout import layout_of
from elegansc.errors import CompilerError
from elegansc.files import read_bytes
from elegansc.ir.stages import CHEMICAL, ELECTRICAL, Connectome
from elegansc.readers.parse import parse

PUBLISHED = Path(__file__).parents[3] / "shared" / "connectomes"
TABLE = PUBLISHED / "conformance.csv"
# avfl and avfr stand in one row of this file only, a repeated one, beside AVFL and AVFR:
# they are cells of the file; the table counts them as one with those.
TWO_CASES = {"varshney2011/NeuronConnect.xls": {"cells": 283}}
# Formats and columns that are not read yet.
AWAITED = frozenset(
    {
        "wormneuroatlas/esconnectome_monoamines_Bentley_2016.csv",
        "cect_export/BrittinDataReader.csv",
        "cect_export/SpreadsheetDataReader.csv",
        "wormneuroatlas/neuron_ids.txt",
    }
)


def rows() -> list[Any]:
    """The rows of the table that are read today, by file and options."""
    if not TABLE.exists():
        return []
    with open(TABLE, newline="") as file:
        found = list(csv.DictReader(file))
    return [
        pytest.param(row, id=f"{row['file']} {row['options']}".strip())
        for row in found
        if not {row["file"], f"{row['file']} {row['options'][:7]}".strip()} & AWAITED
        or (
            row["options"].startswith("--names")
            and row["expected"].startswith("refuse")
        )
    ]


def given(row: dict[str, str]) -> dict[str, Any]:
    """The options of a row, as values by name."""
    words, values = shlex.split(row["options"]), dict[str, Any]()
    for option, value in zip(words[::2], words[1::2], strict=True):
        if value.startswith("@"):
            value = str((PUBLISHED / row["file"]).parent / value[1:])
        if option in ("--sheet", "--where"):
            values.setdefault(option[2:], []).append(value)
        else:
            values[option[2:]] = value
    return values


def counts(found: Connectome) -> dict[str, float]:
    """What the table counts."""
    edges, seen = found.synapses, {"cells": len(found.cells)}
    for word, kind in (("chemical", CHEMICAL), ("electrical", ELECTRICAL)):
        at = found.kind == kind
        seen[f"{word}_rows"] = int(at.sum())
        seen[f"{word}_weight"] = float(np.abs(edges.weight[at]).sum())
        seen[f"{word}_self"] = int((edges.pre[at] == edges.post[at]).sum())
    at = found.kind == CHEMICAL
    pairs = zip(edges.pre[at].tolist(), edges.post[at].tolist(), strict=True)
    return {**seen, "chemical_pairs": len(set(pairs))}


@pytest.mark.shared
@pytest.mark.parametrize("row", rows())
def test_a_published_file_is_read_as_it_was_counted(row: dict[str, str]) -> None:
    path = str(PUBLISHED / row["file"])
    if row["expected"].startswith("refuse"):
        with pytest.raises(CompilerError) as caught:
            parse(read_bytes(path), path, layout=layout_of(given(row)))
        told = str(caught.value).lower()
        assert all(word.lower() in told for word in row["says"].split("|") if word)
        return
    seen = counts(parse(read_bytes(path), path, layout=layout_of(given(row))))
    expected = {key: float(row[key]) for key in seen if row[key] != ""}
    expected |= TWO_CASES.get(row["file"], {})
    assert {key: seen[key] for key in expected} == pytest.approx(expected, rel=1e-6)
