"""Break cycles: circuit -> dag, by an order that runs against little weight.

Finding the least weight is the minimum feedback arc set problem. Each strongly connected
component is solved exactly, with a proof, or, where that is too large or not asked for, by
the order of the ratio (out - in) / (out + in), sifted. What was not proved is never called
a minimum. All in integers, so that the set is the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from .. import exact
from ..errors import InputError
from ..graph import Sift, components, ratio_rank, total
from ..ir import (
    MOTOR,
    SENSORY,
    Bool,
    Circuit,
    Dag,
    Float64,
    Int8,
    Int32,
    Int64,
    Proof,
    Synapses,
)
from ..keep_alive import Arcs, keep_alive

DIGITS = 10**6  # fractional weights are rounded to this many parts of a unit
LIMIT = 2**61  # that sums of weights stay under, in int64
REVIVED = (
    10_000  # edges of a graph in which neurons are kept alive: cuts take minutes beyond
)
SOLVED = 5000  # edges of a component that "auto" solves exactly


def break_cycles(
    circuit: Circuit,
    *,
    cycles: str = "auto",
    alive: bool = True,
    alive_cap: float = 0.0,
) -> Dag:
    """Send backward the synapses that run against the order inside a cycle.

    Args:
        cycles: "exact" (the minimum, proved), "fast" (ratio order, sifted), "ratio" (the
            ratio order alone: shallow); "auto" is exact for components of at most 5,000
            edges, else fast.
        alive: keep a neuron on a path from a sensor to a motor that lies on one in the
            cyclic graph, junctions both ways.
        alive_cap: the most that keeping one arc may cost, in the source's unit; 0: 20
            times the least weight, or 0.2 % of the whole if that is more.

    Source: Eades, Lin, Smyth, "A fast and effective heuristic for the feedback arc set
    problem", Information Processing Letters 47 (1993), for the ratio as a key.
    """
    edges = circuit.chemical
    loop = edges.pre == edges.post
    weight, scale, whole = integers(edges.weight, circuit.source.label)
    graph = Graph(circuit.cells.name, edges.pre, edges.post, weight, ~loop)
    found = order_of(graph, cycles)
    proof = proof_of(cycles, found, scale, whole)
    back, forced = found.back, np.zeros(len(circuit.junctions), np.int8)
    facts: dict[str, Any] = {"alive": alive, "least": total(edges.weight[back])}
    if alive and len(edges) > REVIVED:
        facts["alive"] = False
        facts["too_large_to_revive"] = True
    elif alive:
        cap = price_cap(weight, scale, alive_cap)
        back, forced, more = revive(circuit, graph, found, cap)
        facts |= more
    back = back | loop
    facts |= report(edges, back, graph, proof, scale)
    return Dag(
        circuit.source,
        circuit.cells,
        edges.take(~back),
        edges.take(back),
        replace(circuit.junctions, forced=forced),
        proof,
        {**circuit.history, "break_cycles": facts},
    )


@dataclass(frozen=True)
class Graph:
    """Arcs with integer weights, of which some may be cut."""

    names: tuple[str, ...]
    pre: Int32
    post: Int32
    weight: Int64
    proper: Bool  # (E,) no self-loop
    fixed: Bool | None = None  # (E,) must stay

    @cached_property
    def component(self) -> Int32:
        """(N,) strongly connected component of each neuron."""
        return components(self.pre, self.post, len(self.names))

    @cached_property
    def cyclic(self) -> Bool:
        """(E,) on a cycle, self-loops apart."""
        inside: Bool = self.component[self.pre] == self.component[self.post]
        return self.proper & inside


@dataclass(frozen=True)
class Found:
    """What runs backward, and what is known of it."""

    back: Bool  # (E,)
    exact: Bool  # (E,) in a component that was solved
    sifted: bool  # some component was not
    bound: int  # no order loses less


def order_of(graph: Graph, cycles: str) -> Found:
    """Break every cycle: exactly where asked for and possible, else by sifting."""
    size = len(graph.names)
    found = Found(
        np.zeros(len(graph.pre), bool), np.zeros(len(graph.pre), bool), False, 0
    )
    if cycles in ("auto", "exact"):
        found = solve(graph, SOLVED if cycles == "auto" else len(graph.pre))
    rest = graph.cyclic & ~found.exact
    if not rest.any():
        return found
    rank = find_order(graph, rest, size, sift=cycles != "ratio")
    against = rest & (rank[graph.pre] >= rank[graph.post])
    return replace(found, back=found.back | against, sifted=True)


def solve(graph: Graph, most: int) -> Found:
    """Solve every component of at most `most` edges."""
    names = graph.names
    back, solved = np.zeros(len(graph.pre), bool), np.zeros(len(graph.pre), bool)
    bound = 0
    for number in np.unique(graph.component[graph.pre[graph.cyclic]]).tolist():
        rows = np.flatnonzero(graph.cyclic & (graph.component[graph.pre] == number))
        if len(rows) > most:
            continue
        nodes = np.flatnonzero(graph.component == number)
        place = np.full(len(names), -1, np.int32)
        place[nodes] = np.arange(len(nodes), dtype=np.int32)
        pre, post = graph.pre[rows], graph.post[rows]
        found = exact.minimum(
            place[pre],
            place[post],
            graph.weight[rows],
            exact.ties(names, pre, post),
            len(nodes),
            fixed=None if graph.fixed is None else graph.fixed[rows],
        )
        if found is not None and (found.proved or graph.fixed is not None):
            back[rows[found.cut]] = True
            solved[rows] = True
            bound += found.bound
    return Found(back, solved, False, bound)


def revive(
    circuit: Circuit, graph: Graph, found: Found, cap: int
) -> tuple[Bool, Int8, dict[str, Any]]:
    """Bring back the neurons that the order silences.

    Returns:
        (E,) what runs backward now; (J,) directions that junctions must take; facts.
    """
    proper = np.flatnonzero(graph.proper)
    arcs, junction, way = arcs_of(circuit, graph, proper)
    kept = np.zeros(len(arcs.pre), bool)
    kept[: len(proper)] = ~found.back[proper]

    def again(arcs: Arcs, forced: Bool) -> Bool | None:
        """The least weight with the forced arcs kept."""
        used = np.flatnonzero((np.arange(len(forced)) < len(proper)) | forced)
        ends = (arcs.pre[used], arcs.post[used], arcs.weight[used])
        whole = np.ones(len(used), bool)
        solved = solve(Graph(arcs.names, *ends, whole, forced[used]), SOLVED)
        if (solved.exact != Graph(arcs.names, *ends, whole).cyclic).any():
            return None
        stays = np.zeros(len(forced), bool)
        stays[used[~solved.back]] = True
        return stays

    result = keep_alive(arcs, kept, cap, None if found.sifted else again)
    back = np.zeros(len(graph.pre), bool)
    back[proper[~result.kept[: len(proper)]]] = True
    forced = np.zeros(len(circuit.junctions), np.int8)
    conducting = result.kept[len(proper) :]
    forced[junction[conducting]] = way[conducting]
    brought = result.forced.sum()
    return (
        back,
        forced,
        {"brought_back": int(brought), "given_up": list(result.given_up)},
    )


def arcs_of(circuit: Circuit, graph: Graph, proper: Int64) -> tuple[Arcs, Int32, Int8]:
    """Synapses, then each direction of a junction that is no synapse as well.

    Returns:
        the arcs; of each that is a junction, its row, and +1 for left -> right.
    """
    left, right = circuit.junctions.left, circuit.junctions.right
    size, count = len(graph.names), len(left)
    pre, post = np.concatenate([left, right]), np.concatenate([right, left])
    row = np.concatenate([np.arange(count), np.arange(count)]).astype(np.int32)
    way = np.repeat(np.array([1, -1], np.int8), count)
    synapse = graph.pre[proper].astype(np.int64) * size + graph.post[proper]
    new = ~np.isin(pre.astype(np.int64) * size + post, synapse)
    role = circuit.cells.role
    arcs = Arcs(
        np.concatenate([graph.pre[proper], pre[new]]),
        np.concatenate([graph.post[proper], post[new]]),
        np.concatenate([graph.weight[proper], np.zeros(int(new.sum()), np.int64)]),
        role & SENSORY > 0,
        role & MOTOR > 0,
        graph.names,
    )
    return arcs, row[new], way[new]


def price_cap(weight: Int64, scale: int, cap: float) -> int:
    """The most that keeping one arc may cost, in integers."""
    if cap:
        return int(cap * scale)
    least = int(weight[weight > 0].min(initial=LIMIT)) if len(weight) else 0
    return max(20 * min(least, LIMIT // 32), int(weight.sum()) // 500)


def proof_of(cycles: str, found: Found, scale: int, whole: bool) -> Proof:
    """What the order may be called; nothing is proved of weights that were rounded."""
    if cycles == "ratio":
        return Proof("ratio")
    if cycles == "fast" or (found.sifted and not found.exact.any()):
        return Proof("sift")
    bound = found.bound / scale if whole else None
    return Proof("exact+sift" if found.sifted else "exact", bound)


def integers(weight: Float64, label: str) -> tuple[Int64, int, bool]:
    """Weights as int64, scaled where they are fractions; the scale; whether exactly so.

    Raises:
        InputError: their sum leaves the range of int64.
    """
    scale = 1 if (weight == np.trunc(weight)).all() else DIGITS
    if float(weight.sum()) * scale >= LIMIT:
        hint = "divide all weights by a constant"
        raise InputError(label, "the weights add up to more than 2**61", hint)
    scaled = np.rint(weight * scale)
    return scaled.astype(np.int64), scale, bool((scaled == weight * scale).all())


def find_order(graph: Graph, among: Bool, size: int, *, sift: bool) -> Int32:
    """(size,) rank of each neuron; only the given arcs count."""
    pre, post, cost = graph.pre[among], graph.post[among], graph.weight[among]
    rank = ratio_rank(pre, post, cost, size)
    return Sift(pre, post, cost, size).improve(rank) if sift else rank


def report(
    edges: Synapses, back: Bool, graph: Graph, proof: Proof, scale: int
) -> dict[str, Any]:
    """What runs backward, self-loops apart, and how large the cycles are."""
    loop = ~graph.proper
    sizes = np.bincount(graph.component)
    return {
        "method": proof.method,
        "bound": proof.bound,
        "scale": scale,
        "components": int((sizes > 1).sum()),
        "largest": int(sizes.max(initial=0)),
        "synapses": int((back & ~loop).sum()),
        "weight": total(edges.weight[back & ~loop]),
        "of_synapses": int((~loop).sum()),
        "of_weight": total(edges.weight[~loop]),
        "self_loops": int(loop.sum()),
    }
