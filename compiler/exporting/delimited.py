"""A graph as comma-separated text, as spreadsheets, pandas and R read it."""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np

from ..ir.stages import Connectome
from ..names import number
from .columns import columns

# What is quoted: what parts cells and rows, and a sign that begins a comment.
QUOTED = re.compile(r'[,"\r\n]|\A[#%]')


def write_delimited(connectome: Connectome) -> bytes:
    """A header, and a row for each synapse and junction."""
    found = columns(connectome, cell)
    value, place = np.unique(np.array(found["weight"]), return_inverse=True)
    texts = [number(weight) for weight in value.tolist()]
    found["weight"] = [texts[at] for at in place.tolist()]
    rows = zip(*found.values(), strict=True)
    return "\n".join([",".join(found), *map(",".join, rows), ""]).encode()


def csv(rows: Iterable[Iterable[str]]) -> bytes:
    """Rows as CSV; the module csv quotes a carriage return in some Pythons alone."""
    return "".join(",".join(map(cell, row)) + "\n" for row in rows).encode()


def cell(text: str) -> str:
    """One cell, quoted where it must be."""
    if not QUOTED.search(text):
        return text
    return '"' + text.replace('"', '""') + '"'
