"""Graphs as plain values, to compare what was written with what is read."""

from __future__ import annotations

from elegansc.exporting.canonical import signed
from elegansc.ir.stages import Connectome


def told(found: Connectome) -> list[tuple[str, str, int, float]]:
    """Each row by name with its kind and its signed weight to the last digit, sorted."""
    edges, name = found.synapses, found.cells.name
    columns = (edges.pre, edges.post, found.kind, signed(edges))
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return sorted((name[a], name[b], kind, weight) for a, b, kind, weight in rows)


def cells(found: Connectome) -> list[tuple[str, int, str]]:
    """Name, role and transmitter of each cell."""
    table = found.cells
    return list(zip(table.name, table.role.tolist(), table.transmitter, strict=True))
