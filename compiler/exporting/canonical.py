"""The canonical rows of a graph: one an ordered pair and kind, sorted by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..arrays import Bool, Float64, Int32, UInt8
from ..graph import group, sums
from ..ir.stages import (
    CHEMICAL,
    ELECTRICAL,
    Circuit,
    Connectome,
    Synapses,
)


def canonical(connectome: Connectome) -> Connectome:
    """Add up the rows of each ordered pair and kind, and sort them: chemical ones first.

    Rows of one pair whose signs differ stay apart: their sum would name one sign. A
    junction is listed once or twice, as it was.
    """
    edges, kind = connectome.synapses, connectome.kind
    order = np.lexsort((edges.weight, -edges.sign, edges.post, edges.pre, kind))
    edges, kind = edges.take(order), kind[order]
    _, start = group(kind, edges.pre, edges.post)
    size = np.diff(np.append(start, len(edges)))
    first = np.repeat(edges.sign[start], size)
    mixed = np.zeros(len(edges), bool)
    mixed[edges.sign != first] = True
    if mixed.any():
        pair = np.repeat(np.arange(len(start)), size)
        apart: Bool = np.isin(pair, pair[mixed])
        start = np.union1d(start, np.flatnonzero(apart))
    merged = replace(edges.take(start), weight=sums(edges.weight, start))
    return replace(connectome, synapses=unlined(merged), kind=sealed(kind[start]))


def unmerged(circuit: Circuit) -> Connectome:
    """The rows that become this circuit when they are read.

    If some signs are known, a synapse of unknown sign is two rows of half the weight and
    opposite signs. If all are positive, a cell coupled to itself carries a negative sign:
    a file tells signs only where one is negative, and such a junction does nothing else.
    """
    chemical, ends = circuit.chemical, circuit.junctions
    known = bool(chemical.sign.any())
    torn = known & (chemical.sign == 0)
    weight = np.where(torn, chemical.weight / 2, chemical.weight)
    sign = np.where(torn, 1, chemical.sign)
    carrier = np.zeros(int(known and bool((chemical.sign > 0).all())), np.int32)
    parts: list[tuple[Int32, Int32, Float64, NDArray[np.integer]]] = [
        (chemical.pre, chemical.post, weight, sign),
        (chemical.pre[torn], chemical.post[torn], weight[torn], -sign[torn]),
        (carrier, carrier, np.ones(len(carrier)), carrier - 1),
        (ends.left, ends.right, ends.weight, np.full(len(ends), int(known))),
    ]
    pre, post, weight, sign = (
        np.concatenate(part) for part in zip(*parts, strict=True)
    )
    kind = np.full(len(pre), ELECTRICAL, np.uint8)
    kind[: len(chemical) + int(torn.sum())] = CHEMICAL
    lines = np.zeros(len(pre), np.int32)
    edges = Synapses(pre, post, weight, sign.astype(np.int8), lines)
    return Connectome(circuit.source, circuit.cells, edges, sealed(kind))


def isolated(connectome: Connectome) -> Int32:
    """The rows of the cells that stand in no synapse and no junction."""
    edges = connectome.synapses
    joined = np.concatenate([edges.pre, edges.post])
    return np.setdiff1d(np.arange(len(connectome.cells), dtype=np.int32), joined)


def signed(edges: Synapses) -> Float64:
    """(E,) weights, negative where the sign is."""
    return np.where(edges.sign < 0, -edges.weight, edges.weight)


def unlined(edges: Synapses) -> Synapses:
    """The rows without their lines: they stand in no file yet."""
    return replace(edges, line=np.zeros(len(edges), np.int32))


def sealed(kind: UInt8) -> UInt8:
    """The column, never to be changed."""
    kind.setflags(write=False)
    return kind
