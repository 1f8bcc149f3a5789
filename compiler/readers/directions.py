"""Rows that say whether they have a direction, as Gephi writes them: without one, as two."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from ..ir.accounts import Finding
from ..ir.stages import CHEMICAL
from ..names import plural
from .delimited import BOTH_WAYS
from .findings import find
from .form import Form
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


def without_weight(
    form: Form, records: Iterable[tuple[int, list[str]]]
) -> tuple[Finding, ...]:
    """How many rows leave out their weight.

    Args:
        records: (line, cells) of each row.
    """
    if not {"direction", "weight"} <= form.places.keys():
        return ()
    place = form.places["weight"]
    count = sum(not row[place].strip() for _, row in records if len(row) > place)
    seen = f"{plural(count, 'row')} without a weight: each counts 1"
    return (find("EC303", seen),) if count else ()
