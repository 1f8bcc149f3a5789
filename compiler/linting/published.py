"""Findings against varshney2011, of which many files are copies: names and counts.

Source: Varshney et al., PLoS Computational Biology 7 (2011); the graph that ships with
Elegans-AI has its wiring, with the names of half of the cells one place further.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from .. import catalog
from ..ir.accounts import Finding
from ..ir.stages import CHEMICAL, Connectome
from ..names import amount, unpadded
from ..readers.findings import find
from .cells import some

ALIKE = 0.95  # part of the pairs that two counts of one animal share
LESS = 0.9  # part of the weight below which polyadic rows are missing
FEW = 200  # pairs: a smaller graph is no copy of a whole animal

Pairs = Mapping[tuple[str, str], float]


def published_findings(connectome: Connectome) -> Iterator[Finding]:
    """Whether a graph has the wiring of varshney2011, with other names or smaller counts."""
    mine = pairs_of(connectome)
    if len(mine) < FEW or "AVAL" not in connectome.cells.name:
        return
    whole = varshney()
    most = max(len(mine), len(whole))
    shared = len(mine.keys() & whole.keys()) >= ALIKE * most
    degrees, others = degrees_of(mine), degrees_of(whole)
    if not shared and Counter(degrees.values()) != Counter(others.values()):
        return
    if not shared:
        moved = [cell for cell in sorted(degrees) if degrees[cell] != others.get(cell)]
        seen = f"the wiring of varshney2011, with other names for {len(moved):,} cells or more"
        yield find("EC508", f"{seen}: {some(moved)}")
    total, all_of_it = sum(mine.values()), sum(whole.values())
    if total < LESS * all_of_it:
        seen = f"the pairs of varshney2011, which counts {amount(all_of_it)} synapses"
        yield find("EC507", f"{seen}; here are {amount(total)}")


def pairs_of(connectome: Connectome) -> Pairs:
    """The weight of each chemical pair of different cells, by names without padding."""
    edges, name = connectome.synapses, tuple(map(unpadded, connectome.cells.name))
    rows = np.flatnonzero((connectome.kind == CHEMICAL) & (edges.pre != edges.post))
    found: dict[tuple[str, str], float] = {}
    columns = (edges.pre[rows], edges.post[rows], edges.weight[rows])
    for a, b, weight in zip(*(column.tolist() for column in columns), strict=True):
        found[name[a], name[b]] = found.get((name[a], name[b]), 0.0) + weight
    return found


def varshney() -> Pairs:
    """The chemical pairs of varshney2011 between neurons."""
    entry, known = catalog.find("varshney2011"), catalog.cells()
    assert entry is not None
    found: dict[tuple[str, str], float] = {}
    for line in catalog.read(entry).decode("ascii").splitlines()[1:]:
        pre, post, kind, count = line.split(",")
        neurons = all(n in known and known[n].kind == "neuron" for n in (pre, post))
        if kind == "chemical" and pre != post and neurons:
            found[pre, post] = found.get((pre, post), 0.0) + float(count)
    return found


def degrees_of(pairs: Pairs) -> dict[str, tuple[int, int]]:
    """(receivers, senders) of each cell."""
    out, into = Counter(pre for pre, _ in pairs), Counter(post for _, post in pairs)
    return {cell: (out[cell], into[cell]) for cell in out.keys() | into.keys()}
