"""What an order loses, and what may be said of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import Bool
from ..graph import total, walks
from ..ir.stages import MOTOR, SENSORY, Circuit, Optimality, Past
from ..names import plain
from .problem import Fold, Net, protected
from .solve import Found, least, names_in_order


def optimality_of(
    cycles: str, found: Found, net: Net, fold: Fold, scale: int, whole: bool
) -> Optimality:
    """What the order may be called; nothing is proved of weights that were rounded."""
    order = names_in_order(net, found.back)
    if cycles == "ratio":
        return Optimality("ratio", order=order, scale=scale)
    if cycles == "fast" or (found.sifted and not found.bound):
        return Optimality("sift", order=order, scale=scale)
    bound = least(found, net, fold) / scale if whole else None
    sides = tuple((((u, v), lost * 10**6),) for u, v, lost in fold.pairs if lost)
    packing = (*found.packing, *sides) if whole else ()
    method = "exact+sift" if found.sifted else "exact"
    return Optimality(method, bound, packing, order, scale)


def report(
    circuit: Circuit,
    sent: Bool,
    loop: Bool,
    net: Net,
    optimality: Optimality,
    scale: int,
) -> dict[str, Any]:
    """What runs backward, self-loops apart, and what that does to the animal."""
    edges, role = circuit.chemical, circuit.cells.role
    size = len(circuit.cells)
    back = sent & ~loop
    key = edges.pre.astype(np.int64) * size + edges.post
    other = edges.post[back].astype(np.int64) * size + edges.pre[back]
    kept = walks(
        edges.pre,
        edges.post,
        edges.weight,
        ~sent,
        role & SENSORY > 0,
        role & MOTOR > 0,
    )
    sizes = np.bincount(net.component)
    return {
        "method": optimality.method,
        "bound": optimality.bound,
        "scale": scale,
        "components": int((sizes > 1).sum()),
        "largest": int(sizes.max(initial=0)),
        "synapses": int(back.sum()),
        "weight": total(edges.weight[back]),
        "halves": int(np.isin(other, key[~sent]).sum()),
        "walks": [round(share, 4) for share in kept],
        "of_synapses": int((~loop).sum()),
        "of_weight": total(edges.weight[~loop]),
        "self_loops": int(loop.sum()),
    }


def flips(circuit: Circuit, sent: Bool, past: Past) -> int:
    """How many synapses of both versions changed between forward and backward."""
    name, edges = circuit.cells.name, circuit.chemical
    ends = zip(edges.pre.tolist(), edges.post.tolist(), sent.tolist(), strict=True)
    return sum(past.back.get((name[u], name[v]), back) != back for u, v, back in ends)


def unprotected(circuit: Circuit, sent: Bool, protect: tuple[str, ...]) -> list[str]:
    """The synapses that run backward although they were to be protected."""
    name, edges = circuit.cells.name, circuit.chemical
    rows = np.flatnonzero(protected(name, edges.pre, edges.post, protect) & sent)
    ends = zip(edges.pre[rows].tolist(), edges.post[rows].tolist(), strict=True)
    return [f"{plain(name[u])} -> {plain(name[v])}" for u, v in ends]


def unmatched(circuit: Circuit, protect: tuple[str, ...]) -> list[str]:
    """The patterns that no synapse matches."""
    name, edges = circuit.cells.name, circuit.chemical
    return [
        p for p in protect if not protected(name, edges.pre, edges.post, (p,)).any()
    ]
