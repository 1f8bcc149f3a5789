"""Rows of a synapse as its receiver sees it: they repeat a row of the sender, or stand alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..ir.stages import CHEMICAL
from ..names import plain, plural
from .delimited import REPEATED
from .findings import find
from .reader import EdgeList

STRAY = (
    0.01  # of such rows; where as few repeat no other the file is whole but for them
)


def turned_round(edges: EdgeList) -> EdgeList:
    """The edges, those rows turned round that the receiver alone tells.

    A part of a table, of one neuron's rows, has its inputs in such rows only.
    """
    rows = np.flatnonzero(edges.kind == REPEATED)
    if not len(rows):
        return edges
    size = len(edges.names)
    sender, receiver = edges.post[rows].astype(np.int64), edges.pre[rows]
    sent = np.flatnonzero(edges.kind == CHEMICAL)
    known = edges.pre[sent].astype(np.int64) * size + edges.post[sent]
    alone = rows[~np.isin(sender * size + receiver, known)]
    if not len(alone):
        return edges
    ends = edges.names[edges.post[alone[0]]], edges.names[edges.pre[alone[0]]]
    seen = (
        f"{plural(len(alone), 'row')} seen from the receiver that no row of the sender "
        f"repeats: {plain(ends[0])} -> {plain(ends[1])}"
    )
    if len(alone) <= STRAY * len(rows):
        return replace(
            edges, findings=(*edges.findings, find("EC309", f"{seen}; left out"))
        )
    pre, post, kind = edges.pre.copy(), edges.post.copy(), edges.kind.copy()
    pre[alone], post[alone] = edges.post[alone], edges.pre[alone]
    kind[alone] = CHEMICAL
    found = find("EC309", f"{seen}; turned round")
    findings = (*edges.findings, found)
    return replace(edges, pre=pre, post=post, kind=kind, findings=findings)
