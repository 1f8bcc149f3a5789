"""Findings in the rows: repeated, looped, of no weight, junctions that stand once."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Float64, Int64
from ..ir.accounts import Finding
from ..ir.stages import CHEMICAL, ELECTRICAL, Connectome
from ..names import plain, plural
from ..readers.findings import find

SHOWN = 4  # pairs that a finding names


def row_findings(connectome: Connectome) -> Iterator[Finding]:
    """The findings in the rows of a file."""
    account = connectome.history.parse
    yield from junction_findings(connectome)
    yield from twice(connectome)
    if account is not None:
        if account.self_loops:
            rows = plural(account.self_loops, "row")
            yield find("EC503", f"{rows} of a cell with itself")
        if account.zero:
            yield find("EC504", f"{plural(account.zero, 'row')} of weight 0: dropped")
        if account.repeated.rows:
            rows = plural(account.repeated.rows, "row")
            yield find("EC505", f"{rows} seen from the receiver: dropped")


def junction_findings(connectome: Connectome) -> Iterator[Finding]:
    """Gap junctions of which some stand once and some twice, or with two weights."""
    edges, size = connectome.synapses, len(connectome.cells)
    rows = np.flatnonzero((connectome.kind == ELECTRICAL) & (edges.pre != edges.post))
    if not len(rows):
        return
    pre, post = edges.pre[rows].astype(np.int64), edges.post[rows].astype(np.int64)
    along = summed(pre * size + post, edges.weight[rows])
    both = {key for key in along if (key % size) * size + key // size in along}
    alone = [key for key in along if key not in both]
    if both and alone:
        seen = plural(len(alone), "junction")
        names = named(connectome, sorted(alone))
        listed = f"{seen} listed from one end, {len(both) // 2:,} from both: {names}"
        yield find("EC501", listed)
    unequal = sorted(
        key
        for key in both
        if key // size < key % size
        and along[key] != along[(key % size) * size + key // size]
    )
    if unequal:
        seen = plural(len(unequal), "junction")
        yield find("EC502", f"{seen} of two weights: {named(connectome, unequal)}")


def summed(key: Int64, weight: Float64) -> dict[int, float]:
    """The weight of each key."""
    found, place = np.unique(key, return_inverse=True)
    total = np.bincount(place, weights=weight)
    return dict(zip(found.tolist(), total.tolist(), strict=True))


def named(connectome: Connectome, keys: list[int]) -> str:
    """The first pairs by name."""
    name, size = connectome.cells.name, len(connectome.cells)
    pairs = [
        f"{plain(name[key // size])}-{plain(name[key % size])}" for key in keys[:SHOWN]
    ]
    more = f" and {len(keys) - SHOWN:,} more" if len(keys) > SHOWN else ""
    return ", ".join(pairs) + more


def twice(connectome: Connectome) -> Iterator[Finding]:
    """Chemical pairs that several rows tell: they are added up."""
    edges, size = connectome.synapses, len(connectome.cells)
    rows = connectome.kind == CHEMICAL
    key = edges.pre[rows].astype(np.int64) * size + edges.post[rows]
    found, count = np.unique(key, return_counts=True)
    several = found[count > 1]
    if len(several):
        pairs = plural(len(several), "pair")
        names = named(connectome, several.tolist())
        yield find("EC506", f"{pairs} in several rows, added up: {names}")
