"""Merge electrical synapses: connectome -> circuit, a row per pair.

A file lists a gap junction once or twice, the two rows equal or not; one junction comes
out. Chemical rows of one ordered pair add up. A chemical synapse and a junction between
the same two neurons stay two.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..arrays import Float64, Int8, Int64
from ..graph import group, sums, total
from ..ir.accounts import Amount, Below, Coupled, Merged, SelfLoops
from ..ir.stages import CHEMICAL, ELECTRICAL, Circuit, Connectome, Junctions, Synapses


def merge_electrical(
    connectome: Connectome,
    *,
    junctions: str = "max",
    undirected: bool = False,
    min_weight: float = 0.0,
) -> Circuit:
    """Fold the rows of the file into one row per chemical pair and per coupled pair.

    Args:
        junctions: weight of a junction with two weights: "max", "sum" or "mean".
        undirected: every chemical pair conducts both ways, with the larger weight.
        min_weight: pairs of less weight are dropped, and counted.
    """
    edges = connectome.synapses
    chemical = add_up(edges.take(connectome.kind == CHEMICAL))
    if undirected:
        chemical = mirror(chemical)
    coupled, rows = couple(edges.take(connectome.kind == ELECTRICAL), junctions)
    light = chemical.weight < min_weight
    faint = coupled.weight < min_weight
    below = Below(
        synapses=int(light.sum()),
        weight=total(chemical.weight[light]),
        junctions=int(faint.sum()),
        junction_weight=total(coupled.weight[faint]),
    )
    chemical, coupled = chemical.take(~light), coupled.take(~faint)
    loops = chemical.pre == chemical.post
    account = Merged(
        coupled=rows,
        below=below,
        synapses=int((~loops).sum()),
        weight=total(chemical.weight[~loops]),
        self_loops=SelfLoops(int(loops.sum()), total(chemical.weight[loops])),
        junctions=len(coupled),
        junction_weight=total(coupled.weight),
        both=both_kinds(chemical, coupled),
    )
    history = replace(connectome.history, merge_electrical=account)
    return Circuit(connectome.source, connectome.cells, chemical, coupled, history)


def add_up(edges: Synapses) -> Synapses:
    """One row per ordered pair: weights add up; signs that disagree become unknown."""
    order, start = group(edges.pre, edges.post)
    edges = edges.take(order)
    merged = edges.take(start)
    weight = sums(edges.weight, start)
    return replace(
        merged,
        weight=weight,
        sign=common(edges.sign, start),
        line=first_line(edges, start),
    )


def first_line(edges: Synapses, start: Int64) -> Any:
    """The earliest line of each group."""
    return np.minimum.reduceat(edges.line, start) if len(start) else edges.line[:0]


def common(sign: Int8, start: Int64) -> Int8:
    """The sign that a group agrees on, else 0."""
    if not len(start):
        return sign[:0]
    low, high = np.minimum.reduceat(sign, start), np.maximum.reduceat(sign, start)
    return np.where(low == high, low, 0).astype(np.int8)


def mirror(edges: Synapses) -> Synapses:
    """Each pair in both directions, with the larger of the two weights."""
    turned = replace(edges, pre=edges.post, post=edges.pre)
    columns = ("pre", "post", "weight", "sign", "line")
    both = Synapses(
        *(
            np.concatenate([getattr(edges, name), getattr(turned, name)])
            for name in columns
        )
    )
    order, start = group(both.pre, both.post)
    both = both.take(order)
    merged = both.take(start)
    weight = np.maximum.reduceat(both.weight, start) if len(start) else both.weight
    return replace(
        merged,
        weight=weight,
        sign=common(both.sign, start),
        line=first_line(both, start),
    )


def couple(edges: Synapses, rule: str) -> tuple[Junctions, Coupled]:
    """One junction per coupled pair; a cell coupled to itself conducts nothing."""
    alone = edges.pre == edges.post
    way = add_up(edges.take(~alone))  # one row per direction
    left, right = np.minimum(way.pre, way.post), np.maximum(way.pre, way.post)
    order, start = group(left, right)
    weight = way.weight[order]
    size = np.diff(np.append(start, len(order)))
    largest = np.maximum.reduceat(weight, start) if len(start) else weight
    smallest = np.minimum.reduceat(weight, start) if len(start) else weight
    account = Coupled(
        rows=len(edges),
        self_junctions=Amount(int(alone.sum()), total(edges.weight[alone])),
        one_sided=int((size == 1).sum()),
        unequal=int((largest != smallest).sum()),
        rule=rule,
    )
    line = np.minimum.reduceat(way.line[order], start) if len(start) else way.line
    junctions = Junctions(
        left[order][start],
        right[order][start],
        combine(rule, largest, smallest, size),
        line,
        np.zeros(len(start), np.int8),
    )
    return junctions, account


def combine(rule: str, largest: Float64, smallest: Float64, size: Int64) -> Float64:
    """The weight of a junction of which one or two directions are listed."""
    if rule == "max":
        return largest
    both = np.where(size == 2, largest + smallest, largest)
    return both if rule == "sum" else both / size


def both_kinds(chemical: Synapses, coupled: Junctions) -> int:
    """Coupled pairs that have a chemical synapse as well."""
    if not len(coupled):
        return 0
    ends = (chemical.pre, chemical.post, coupled.left, coupled.right)
    pre, post, left, right = (rows.astype(np.int64) for rows in ends)
    size = 1 + max(int(rows.max(initial=0)) for rows in ends)
    pairs = np.minimum(pre, post) * size + np.maximum(pre, post)
    both = np.isin(np.minimum(left, right) * size + np.maximum(left, right), pairs)
    return int(both.sum())
