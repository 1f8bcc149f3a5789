"""Break cycles: circuit -> dag, by an order that runs against little weight.

Finding the least weight is the minimum feedback arc set problem. Here: the order of the
ratio (out - in) / (out + in), then sifting, both in integers. An order found so is never
called a minimum.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InputError
from ..graph import Sift, components, ratio_rank, total
from ..ir import Bool, Circuit, Dag, Float64, Int32, Int64, Proof, Synapses

DIGITS = 10**6  # fractional weights are rounded to this many parts of a unit
LIMIT = 2**61  # that sums of weights stay under, in int64


def break_cycles(circuit: Circuit, *, cycles: str = "auto") -> Dag:
    """Send every chemical synapse backward that runs against the order inside a cycle.

    Args:
        cycles: "ratio" (the ratio order alone: shallow), "fast" (then sifted: less
            weight runs backward); "auto" is "fast".

    Source: Eades, Lin, Smyth, "A fast and effective heuristic for the feedback arc set
    problem", Information Processing Letters 47 (1993), for the ratio as a key.
    """
    edges = circuit.chemical
    component = components(edges.pre, edges.post, len(circuit.cells))
    cyclic = component[edges.pre] == component[edges.post]
    weight, scale = integers(edges.weight, circuit.source.label)
    rank = find_order(edges, weight, cyclic, len(circuit.cells), sift=cycles != "ratio")
    back = cyclic & (rank[edges.pre] >= rank[edges.post])
    method = "ratio" if cycles == "ratio" else "sift"
    facts = report(edges, back, component, method, scale)
    return Dag(
        circuit.source,
        circuit.cells,
        edges.take(~back),
        edges.take(back),
        circuit.junctions,
        Proof(method),
        {**circuit.history, "break_cycles": facts},
    )


def integers(weight: Float64, label: str) -> tuple[Int64, int]:
    """Weights as int64, scaled where they are fractions, and the scale.

    Raises:
        InputError: their sum leaves the range of int64.
    """
    whole = bool((weight == np.trunc(weight)).all())
    scale = 1 if whole else DIGITS
    if float(weight.sum()) * scale >= LIMIT:
        hint = "divide all weights by a constant"
        raise InputError(label, "the weights add up to more than 2**61", hint)
    return np.rint(weight * scale).astype(np.int64), scale


def find_order(
    edges: Synapses, weight: Int64, cyclic: Bool, size: int, *, sift: bool
) -> Int32:
    """(size,) rank of each neuron; only what lies in a cycle counts."""
    proper = cyclic & (edges.pre != edges.post)
    pre, post, cost = edges.pre[proper], edges.post[proper], weight[proper]
    rank = ratio_rank(pre, post, cost, size)
    return Sift(pre, post, cost, size).improve(rank) if sift else rank


def report(
    edges: Synapses, back: Bool, component: Int32, method: str, scale: int
) -> dict[str, Any]:
    """What runs backward, self-loops apart, and how large the cycles are."""
    loop = edges.pre == edges.post
    sizes = np.bincount(component)
    return {
        "method": method,
        "scale": scale,
        "components": int((sizes > 1).sum()),
        "largest": int(sizes.max(initial=0)),
        "synapses": int((back & ~loop).sum()),
        "weight": total(edges.weight[back & ~loop]),
        "of_synapses": int((~loop).sum()),
        "of_weight": total(edges.weight[~loop]),
        "self_loops": int(loop.sum()),
    }
