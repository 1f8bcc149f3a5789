"""A circuit as pairs of ends, and the new ends that a null model gives them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Int64
from ..errors import InputError
from ..ir.stages import Circuit, Junctions, Synapses
from ..names import number
from ..readers.positions import Positions
from .wiring import SWAPS, Swapped

DISTANCE = "degree-distance"  # the null model that asks for positions
LESS = {"role-degree": "roles", DISTANCE: "distances", "degree-sides": "sides"}


@dataclass(frozen=True, slots=True)
class Null:
    """A null model.

    Attributes:
        model: a key of WIRE.
        share: for partial, the share of ends to move; for ws, the probability to rewire a
            pair of the ring.
        positions: of cells, for degree-distance.
    """

    model: str
    share: float = 0.0
    positions: Positions | None = None

    @property
    def name(self) -> str:
        """The name on the command line: `degree`, `partial:0.1`."""
        tail = f":{number(self.share)}" if self.model == "partial" else ""
        return self.model + tail


@dataclass(frozen=True, slots=True, eq=False)
class Wired:
    """New ends of all synapses and junctions, in the row order of the circuit."""

    pre: Int64
    post: Int64
    left: Int64
    right: Int64
    facts: Mapping[str, int | float] = field(default_factory=dict)


# A circuit as pairs of ends: ends 2k and 2k + 1 belong to pair k.


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The pairs of neurons that synapses join, without self-loops.

    Attributes:
        neuron: (2P,) row of the neuron at each end.
        synapse: (2P,) row of the synapse that starts at an end; -1: none.
    """

    neuron: Int64
    synapse: Int64

    @property
    def both(self) -> Int64:
        """(P,) 1 for a reciprocal pair; 0 for a one-way pair, whose end 2k sends."""
        found: Int64 = (self.synapse[1::2] >= 0).astype(np.int64)
        return found


def pairs_of(edges: Synapses, size: int) -> Pairs:
    """The pairs of synapses, in the order of the first row of each."""
    pre, post = edges.pre.astype(np.int64), edges.post.astype(np.int64)
    key, back = pre * size + post, post * size + pre
    at = np.minimum(np.searchsorted(key, back), max(len(key) - 1, 0))
    mate = np.where(key[at] == back, at, -1)
    first = np.flatnonzero((pre != post) & ((mate < 0) | (pre < post)))
    return Pairs(
        np.stack([pre[first], post[first]], 1).ravel(),
        np.stack([first, mate[first]], 1).ravel(),
    )


def coupled(ends: Junctions) -> Int64:
    """(2J,) row of the neuron at each end of the junctions."""
    return np.stack([ends.left, ends.right], 1).astype(np.int64).ravel()


def wire(
    circuit: Circuit,
    neuron: Int64,
    synapse: Int64,
    coupled: Int64,
    facts: Mapping[str, int | float],
) -> Wired:
    """Turn new ends of pairs into ends of synapses; self-loops stay."""
    edges = circuit.chemical
    pre, post = edges.pre.astype(np.int64), edges.post.astype(np.int64)
    leaves = np.flatnonzero(synapse >= 0)
    pre[synapse[leaves]] = neuron[leaves]
    post[synapse[leaves]] = neuron[leaves ^ 1]
    return Wired(pre, post, coupled[0::2], coupled[1::2], facts)


def check_mixed(circuit: Circuit, null: Null, *swaps: Swapped) -> None:
    """Raise an InputError unless enough swaps were made."""
    label = circuit.source.label
    hint = "er and partial:P ask less of a graph"
    if null.model in LESS:
        hint = f"degree asks less of a graph: it lets {LESS[null.model]} mix"
    if not any(swap.swaps for swap in swaps):
        seen = (
            f"{null.name}: no two synapses can trade ends without joining a pair twice"
        )
        raise InputError(label, seen, hint)
    for swap in swaps:
        if 0 < swap.swaps < swap.wanted:
            seen = f"{null.name}: {swap.swaps:,} swaps in {swap.tries:,} tries"
            few = f"{seen}, fewer than {SWAPS} for each edge"
            raise InputError(label, few, hint)


def swap_counts(found: Swapped, gap: Swapped) -> dict[str, int | float]:
    """Swaps made and tried of synapses, and of junctions, for the report."""
    return {
        "swaps": found.swaps,
        "tries": found.tries,
        "junction_swaps": gap.swaps,
        "junction_tries": gap.tries,
    }
