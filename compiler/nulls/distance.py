"""Degrees and distances kept: the null model of a brain whose neurons lie where they lie."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import Int64
from ..errors import InputError
from ..ir.stages import Circuit
from ..readers.positions import Positions
from .nearby import Nearby
from .pairs import (
    DISTANCE,
    Null,
    Pairs,
    Wired,
    check_mixed,
    coupled,
    pairs_of,
    swap_counts,
    wire,
)
from .random import RandomIntegers
from .wiring import swapped

BINS = 30  # of distance, each of as many pairs of neurons
LARGEST = 5_000  # neurons: bins of all pairs are held
RECEIVER, SENDER, BOTH = 0, 1, 2  # kinds of ends


def degree_distance(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Swap ends of synapses and junctions as `degree` does, within bins of distance.

    The number of one-way pairs, of reciprocal pairs and of junctions in each bin of
    distance stays, within a compartment and across. A junction keeps its bin, a neuron its
    output weights: nearer outputs get those that nearer outputs had.
    """
    size = len(circuit.cells)
    old, ends = pairs_of(circuit.chemical, size), coupled(circuit.junctions)
    assert null.positions is not None  # `null_of` asks for them
    bins = bins_of(circuit, null.positions)
    near = Nearby(bins)
    kind = np.where(np.repeat(old.both, 2) == 1, BOTH, RECEIVER)
    kind[(kind == RECEIVER) & (old.synapse >= 0)] = SENDER
    every, one = np.ones(len(kind), bool), np.ones(len(ends) // 2, np.int64)
    found = swapped(old.neuron, every, kind, 1 + old.both, size, random, near)
    every, kind = np.ones(len(ends), bool), np.zeros(len(ends), np.int64)
    gap = swapped(ends, every, kind, one, size, random, near)
    check_mixed(circuit, null, found, gap)
    neuron = old.neuron[found.end]
    synapse = by_distance(old, neuron, bins)
    return wire(circuit, neuron, synapse, ends[gap.end], swap_counts(found, gap))


def by_distance(old: Pairs, neuron: Int64, bins: Int64) -> Int64:
    """(2P,) the synapse that starts at each end: a sender's, in the order of its bins.

    Those of one-way and of reciprocal pairs stay apart.

    Args:
        neuron: (2P,) new row of the neuron at each end.
    """
    leaves = np.flatnonzero(old.synapse >= 0)
    both = np.repeat(old.both, 2)[leaves]
    synapse = old.synapse.copy()
    before, after = (
        leaves[np.lexsort((bins[at[leaves], at[leaves ^ 1]], both, at[leaves]))]
        for at in (old.neuron, neuron)
    )
    synapse[after] = old.synapse[before]
    return synapse


def bins_of(circuit: Circuit, positions: Positions) -> Int64:
    """(N, N) the bin of each pair of neurons: of its distance, and of its compartments.

    2 b + 1 within a compartment, 2 b across, of bin b of distance; BINS is the bin of
    pairs without a distance, since one of the two has no position.

    Raises:
        InputError: fewer than two neurons have a position, or there are too many neurons.
    """
    names, label = circuit.cells.name, circuit.source.label
    if len(names) > LARGEST:
        seen = f"{DISTANCE}: {len(names):,} neurons; it compares the distances of all"
        raise InputError(label, seen, f"--only takes a part, up to {LARGEST:,} neurons")
    found = positions.of(names, label)
    square = np.zeros((len(names), len(names)))
    for axis in found.points.T:  # one after the other: the same sums on every machine
        square += (axis[:, None] - axis) ** 2
    known = ~np.isnan(square)
    every = np.sort(square[np.triu(known, 1)])
    edges = every[np.arange(1, BINS) * len(every) // BINS]
    bins = np.where(known, np.searchsorted(edges, square, side="right"), BINS)
    part = np.unique(found.parts, return_inverse=True)[1]
    both: Int64 = 2 * bins + (part[:, None] == part)
    return both


def placed(circuit: Circuit, positions: Positions) -> dict[str, Any]:
    """What is known of the positions of a circuit, for a report."""
    found = positions.of(circuit.cells.name, circuit.source.label)
    parts = sorted(set(found.parts))
    return {
        "file": positions.label,
        "digest": positions.digest,
        "axes": positions.axes,
        "bins": BINS,
        "placed": len(found.parts) - len(found.missing),
        "missing": list(found.missing),
        "renamed": list(found.renamed),
        "compartments": {part: found.parts.count(part) for part in parts},
    }
