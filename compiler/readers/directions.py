"""Rows without a direction, as two."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..ir.stages import CHEMICAL
from ..names import plural
from .delimited import BOTH_WAYS
from .findings import find
from .reader import EdgeList


def both_ways(edges: EdgeList) -> EdgeList:
    """The edges with every row that has no direction as two, one each way."""
    back = np.flatnonzero((edges.kind == BOTH_WAYS) & (edges.pre != edges.post))
    if not (edges.kind == BOTH_WAYS).any():
        return edges
    order = np.argsort(np.r_[np.arange(len(edges.pre)), back], kind="stable")
    rows = np.r_[np.arange(len(edges.pre)), back][order]
    turned = order >= len(edges.pre)
    kind = np.where(edges.kind == BOTH_WAYS, CHEMICAL, edges.kind).astype(np.uint8)
    said = f"{plural(len(back), 'undirected row')} read both ways"
    return replace(
        edges,
        pre=np.where(turned, edges.post[rows], edges.pre[rows]).astype(np.int32),
        post=np.where(turned, edges.pre[rows], edges.post[rows]).astype(np.int32),
        weight=edges.weight[rows],
        kind=kind[rows],
        line=edges.line[rows],
        findings=(*edges.findings, find("EC304", said)),
    )
