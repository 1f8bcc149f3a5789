"""Polyadic synapses: a cell that names several receivers, such as `AVAL,AVAR`."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from ..errors import UsageError
from ..ir.stages import CHEMICAL
from ..names import plain, plural
from .findings import find
from .reader import EdgeList

BETWEEN = re.compile(r"\s*[,;|]\s*")  # the receivers of one synapse


def receivers(name: str) -> tuple[str, ...]:
    """The receivers that a cell names."""
    return tuple(part.strip() for part in BETWEEN.split(name) if part.strip())


def with_receivers(edges: EdgeList, label: str) -> EdgeList:
    """The edges with a chemical row for each receiver of a cell, of the row's weight.

    Raises:
        UsageError: no cell names several.
    """
    parts = [receivers(name) for name in edges.names]
    named = zip(edges.names, parts, strict=True)
    several = np.array([bool(part) and part != (name,) for name, part in named], bool)
    split = several[edges.post] & (edges.kind == CHEMICAL)
    if not split.any():
        seen = f"--polyadic: no receiver in {label} names several cells"
        raise UsageError(f"{seen}, parted by , ; or |")
    number = {name: place for place, name in enumerate(edges.names)}
    torn = np.unique(edges.post[split]).tolist()
    found = {n: [number.setdefault(p, len(number)) for p in parts[n]] for n in torn}
    size = np.ones(len(edges.names), np.int64)
    size[torn] = [len(found[n]) for n in torn]
    count = np.where(split, size[edges.post], 1)
    rows = np.repeat(np.arange(len(edges.pre)), count)
    post = edges.post[rows]
    post[split[rows]] = [n for end in edges.post[split].tolist() for n in found[end]]
    new = len(number) - len(edges.names)
    wide = replace(
        edges,
        names=tuple(number),
        pre=edges.pre[rows],
        post=post,
        weight=edges.weight[rows],
        kind=edges.kind[rows],
        line=edges.line[rows],
        role=np.append(edges.role, np.zeros(new, np.uint8)),
        transmitter=(*edges.transmitter, *[""] * new),
    )
    told = f"{plural(int(split.sum()), 'row')} of several receivers read as {int(count[split].sum()):,}"
    example = plain(edges.names[torn[0]])
    message = f"{told}, each of the row's weight: {example}"
    finding = find("EC306", message)
    return without(replace(wide, findings=(*edges.findings, finding)), torn)


def without(edges: EdgeList, names: list[int]) -> EdgeList:
    """The edges without those of some cells that stand in no row."""
    used = np.concatenate([edges.pre, edges.post])
    gone = np.setdiff1d(np.array(names, np.int32), used)
    kept = np.setdiff1d(np.arange(len(edges.names), dtype=np.int32), gone)
    target = np.full(len(edges.names), -1, np.int32)
    target[kept] = np.arange(len(kept), dtype=np.int32)
    return replace(
        edges,
        names=tuple(edges.names[n] for n in kept.tolist()),
        pre=target[edges.pre],
        post=target[edges.post],
        role=edges.role[kept],
        transmitter=tuple(edges.transmitter[n] for n in kept.tolist()),
    )
