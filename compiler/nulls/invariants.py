"""The invariants of the null models: properties equal in a circuit and its twin."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..arrays import Bool, Float64, Int32, Int64
from ..graph import reached
from ..ir.invariants import check
from ..ir.stages import MOTOR, SENSORY, Circuit
from .sides import mirrors


@dataclass(frozen=True, eq=False)
class CircuitFacts:
    """A circuit with the arrays that several properties are computed from."""

    circuit: Circuit
    bins: Int64 | None = (
        None  # (N, N) of pairs of neurons, for `binned`, `coupled_bins`
    )

    @property
    def size(self) -> int:
        """Number of neurons."""
        return len(self.circuit.cells)

    @cached_property
    def proper(self) -> Bool:
        """(E,) whether a synapse is between two neurons, no self-loop."""
        found: Bool = self.circuit.chemical.pre != self.circuit.chemical.post
        return found

    @cached_property
    def pairs(self) -> tuple[Int64, Int64]:
        """Keys of the joined pairs, and the number of synapses of each, 1 or 2."""
        edges = self.circuit.chemical.take(self.proper)
        low, high = np.minimum(edges.pre, edges.post), np.maximum(edges.pre, edges.post)
        return np.unique(low.astype(np.int64) * self.size + high, return_counts=True)

    @property
    def arrows(self) -> Int64:
        """Keys of the synapses between two neurons, direction and all."""
        edges = self.circuit.chemical.take(self.proper)
        found: Int64 = edges.pre.astype(np.int64) * self.size + edges.post
        return found

    @property
    def couples(self) -> Int64:
        """Keys of the coupled pairs."""
        ends = self.circuit.junctions
        found: Int64 = ends.left.astype(np.int64) * self.size + ends.right
        return found


def everyone(seen: CircuitFacts) -> Any:
    """Names, roles, transmitters."""
    cells = seen.circuit.cells
    return cells.name, cells.role.tolist(), cells.transmitter


def reciprocal(seen: CircuitFacts) -> Int64:
    """Keys of the pairs with a synapse each way."""
    pairs, count = seen.pairs
    found: Int64 = pairs[count == 2]
    return found


def loops(seen: CircuitFacts) -> Any:
    """Neuron, weight and sign of the self-loops."""
    edges = seen.circuit.chemical.take(~seen.proper)
    return edges.pre.tolist(), edges.weight.tolist(), edges.sign.tolist()


def weights(seen: CircuitFacts) -> Any:
    """Weights and signs of the synapses, sorted."""
    edges = seen.circuit.chemical
    return sorted(zip(edges.weight.tolist(), edges.sign.tolist(), strict=True))


def loop_weights(seen: CircuitFacts) -> Any:
    """Weights and signs of the self-loops, sorted."""
    _, weight, sign = loops(seen)
    return sorted(zip(weight, sign, strict=True))


def inputs(seen: CircuitFacts) -> Any:
    """In-degree of each neuron."""
    return np.bincount(seen.circuit.chemical.post, minlength=seen.size).tolist()


def outputs(seen: CircuitFacts) -> Any:
    """Weights and signs of the output synapses of each neuron, hence its out-degree."""
    edges = seen.circuit.chemical
    order = np.lexsort((edges.sign, edges.weight, edges.pre))
    columns = (edges.pre, edges.weight, edges.sign)
    return [column[order].tolist() for column in columns]


def partners(keys: Int64, size: int) -> list[int]:
    """Number of pairs of each neuron."""
    ends = np.concatenate([keys // size, keys % size])
    found: list[int] = np.bincount(ends, minlength=size).tolist()
    return found


def weights_at(end: Int32, weight: Float64, size: int) -> list[list[float]]:
    """The weights at each neuron, sorted."""
    ordered = weight[np.lexsort((weight, end))]
    last = np.cumsum(np.bincount(end, minlength=size))
    return [part.tolist() for part in np.split(ordered, last[:-1])]


def places(seen: CircuitFacts) -> Any:
    """Degrees and weights of each neuron, without names, sorted."""
    edges = seen.circuit.chemical
    into = weights_at(edges.post, edges.weight, seen.size)
    out = weights_at(edges.pre, edges.weight, seen.size)
    both = partners(reciprocal(seen), seen.size)
    coupled = partners(seen.couples, seen.size)
    return sorted(zip(into, out, both, coupled, strict=True))


def blocks(seen: CircuitFacts) -> Any:
    """Number of one-way and reciprocal synapses by the roles of their ends."""
    role, edges = seen.circuit.cells.role, seen.circuit.chemical
    key = edges.pre.astype(np.int64) * seen.size + edges.post
    back = edges.post.astype(np.int64) * seen.size + edges.pre
    kinds = 64 * np.isin(key, back) + 8 * role[edges.pre].astype(int) + role[edges.post]
    return np.bincount(kinds, minlength=128).tolist()


def coupled_blocks(seen: CircuitFacts) -> Any:
    """Number of junctions by the roles of their ends."""
    role, ends = seen.circuit.cells.role.astype(int), seen.circuit.junctions
    low = np.minimum(role[ends.left], role[ends.right])
    high = np.maximum(role[ends.left], role[ends.right])
    return np.bincount(8 * low + high, minlength=64).tolist()


def binned(seen: CircuitFacts) -> Any:
    """Number of one-way and of reciprocal pairs in each bin."""
    assert seen.bins is not None
    pairs, count = seen.pairs
    bins = seen.bins[pairs // seen.size, pairs % seen.size]
    return [np.bincount(bins[count == many]).tolist() for many in (1, 2)]


def coupled_bins(seen: CircuitFacts) -> Any:
    """Bin and weight of the junctions, sorted."""
    assert seen.bins is not None
    ends = seen.circuit.junctions
    bins = seen.bins[ends.left, ends.right].tolist()
    return sorted(zip(bins, ends.weight.tolist(), strict=True))


def alike(seen: CircuitFacts) -> Any:
    """Number of pairs, one-way and reciprocal, whose partners are joined as they are."""
    mirror, arrows = mirrors(seen.circuit.cells.name), {*seen.arrows.tolist()}
    found = [0, 0]
    for arrow in arrows:
        u, v = divmod(arrow, seen.size)
        u2, v2 = int(mirror[u]), int(mirror[v])
        back = v * seen.size + u in arrows
        if {u2, v2} != {u, v} and u2 * seen.size + v2 in arrows:
            found[back] += (v2 * seen.size + u2 in arrows) == back
    return found


def coupled_alike(seen: CircuitFacts) -> Any:
    """Number of junctions whose partners have one, too."""
    mirror, size = mirrors(seen.circuit.cells.name), seen.size
    u, v = mirror[seen.couples // size], mirror[seen.couples % size]
    there = np.minimum(u, v) * size + np.maximum(u, v)
    same = np.isin(there, seen.couples) & (there != seen.couples)
    return int(same.sum())


FACTS: Mapping[str, Callable[[CircuitFacts], Any]] = {
    "names, roles and transmitters": everyone,
    "pairs joined by synapses": lambda seen: len(seen.pairs[0]),
    "reciprocal pairs": lambda seen: len(reciprocal(seen)),
    "self-loops": loops,
    "weights of self-loops": loop_weights,
    "weights and signs": weights,
    "junctions": lambda seen: len(seen.circuit.junctions),
    "junction weights": lambda seen: sorted(seen.circuit.junctions.weight.tolist()),
    "in-degree of each neuron": inputs,
    "output weights and signs of each neuron": outputs,
    "reciprocal partners of each neuron": lambda seen: partners(
        reciprocal(seen), seen.size
    ),
    "junctions of each neuron": lambda seen: partners(seen.couples, seen.size),
    "synapses by the roles of both ends": blocks,
    "junctions by the roles of both ends": coupled_blocks,
    "pairs that the other side has alike": alike,
    "junctions that the other side has alike": coupled_alike,
    "synapses, whatever they weigh": lambda seen: sorted(seen.arrows.tolist()),
    "pairs with a junction, whatever it weighs": lambda seen: sorted(
        seen.couples.tolist()
    ),
    "degrees and weights, whoever has them": places,
    "pairs by distance, within and across compartments": binned,
    "junction weights by distance, within and across compartments": coupled_bins,
}


def facts(
    circuit: Circuit, names: tuple[str, ...], bins: Int64 | None = None
) -> dict[str, Any]:
    """The named properties of a circuit; `bins` as in CircuitFacts."""
    seen = CircuitFacts(circuit, bins)
    return {name: FACTS[name](seen) for name in names}


def check_kept(
    twin: Circuit, wanted: Mapping[str, Any], bins: Int64 | None = None
) -> None:
    """Raise a VerifyError that names the first property that differs in the twin."""
    seen = CircuitFacts(twin, bins)
    for name, value in wanted.items():
        check(FACTS[name](seen) == value, f"a twin keeps: {name}")


def counted(circuit: Circuit, original: Circuit) -> dict[str, int | float]:
    """Counts of a twin, or of the original itself.

    `new_pairs` and `new_junctions` are not in the original; `on_path` neurons are on a
    path from a sensory to a motor neuron, before cycles are broken.
    """
    seen, before = CircuitFacts(circuit), CircuitFacts(original)
    pairs, both = seen.pairs[0], len(reciprocal(seen))
    return {
        "neurons": seen.size,
        "synapses": len(circuit.chemical),
        "pairs": len(pairs),
        "reciprocal": both,
        "reciprocity": share(both, len(pairs)),
        "self_loops": int((~seen.proper).sum()),
        "junctions": len(circuit.junctions),
        "new_pairs": len(np.setdiff1d(pairs, before.pairs[0])),
        "new_junctions": len(np.setdiff1d(seen.couples, before.couples)),
        "on_path": on_path(circuit),
    }


def left(twin: Circuit, original: Circuit) -> dict[str, int | float]:
    """Number and share of the original's edges that are in the twin, self-loops aside."""
    seen, before = CircuitFacts(twin), CircuitFacts(original)
    synapses = len(np.intersect1d(seen.arrows, before.arrows, assume_unique=True))
    junctions = len(np.intersect1d(seen.couples, before.couples, assume_unique=True))
    return {
        "synapses_left": synapses,
        "synapses_left_share": share(synapses, len(before.arrows)),
        "junctions_left": junctions,
        "junctions_left_share": share(junctions, len(before.couples)),
    }


def share(part: int, whole: int) -> float:
    """A share, to six places; 0 of nothing."""
    return round(part / whole, 6) if whole else 0.0


def on_path(circuit: Circuit) -> int:
    """Number of neurons on a path from a sensory to a motor neuron, cycles included."""
    edges, ends, role = circuit.chemical, circuit.junctions, circuit.cells.role
    pre = np.concatenate([edges.pre, ends.left, ends.right])
    post = np.concatenate([edges.post, ends.right, ends.left])
    after = reached(pre, post, role & SENSORY > 0)
    return int((after & reached(post, pre, role & MOTOR > 0)).sum())
