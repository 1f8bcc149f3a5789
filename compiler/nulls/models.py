"""The null models: random wirings of a circuit.

Random pairs replace the pairs of the circuit one for one. So the numbers of one-way and
of reciprocal pairs stay, weights keep their signs, and the two weights of a reciprocal
pair stay together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

import numpy as np

from ..arrays import Int64
from ..errors import InputError
from ..ir.stages import Circuit
from ..names import plural
from .distance import degree_distance
from .pairs import (
    DISTANCE,
    Null,
    Wired,
    check_mixed,
    coupled,
    pairs_of,
    swap_counts,
    wire,
)
from .random import RandomIntegers
from .sides import degree_sides
from .wiring import (
    Pair,
    exactly,
    filled,
    moved,
    preferred,
    scattered,
    small_world,
    swapped,
)


def drawn(
    circuit: Circuit,
    pairs: list[Pair],
    random: RandomIntegers,
    facts: Mapping[str, int | float],
) -> Wired:
    """Put synapses on the given pairs, junctions on uniformly random pairs."""
    size = len(circuit.cells)
    old = pairs_of(circuit.chemical, size)
    neuron = scattered(pairs, size, random)
    junctions = filled([], len(circuit.junctions), size, random)
    ends = scattered(junctions, size, random)
    return wire(circuit, neuron, old.synapse, ends, facts)


def fitted(
    circuit: Circuit,
    pairs: list[Pair],
    random: RandomIntegers,
    facts: Mapping[str, int | float],
) -> Wired:
    """Cut or fill up the pairs to the number of the circuit, then put synapses on them."""
    count = pairs_in(circuit)
    many = {
        "trimmed": max(0, len(pairs) - count),
        "filled": max(0, count - len(pairs)),
    }
    pairs = exactly(pairs, count, len(circuit.cells), random)
    return drawn(circuit, pairs, random, {**facts, **many})


def pairs_in(circuit: Circuit) -> int:
    """Number of pairs that synapses join."""
    return len(pairs_of(circuit.chemical, len(circuit.cells)).both)


def er(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Erdos-Renyi G(n, m): the same number of pairs, uniformly random."""
    pairs = filled([], pairs_in(circuit), len(circuit.cells), random)
    return drawn(circuit, pairs, random, {})


def ws(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Watts-Strogatz: a ring of about the same number of pairs, randomly rewired."""
    size, count = len(circuit.cells), pairs_in(circuit)
    near = min((2 * count + size) // (2 * size), (size - 1) // 2)
    if near < 1:
        seen = f"ws: {plural(count, 'pair')} of {plural(size, 'neuron')} make no ring"
        hint = "it takes half as many pairs as neurons, and 3 neurons; er takes any"
        raise InputError(circuit.source.label, seen, hint)
    pairs = small_world(size, near, null.share, random)
    return fitted(circuit, pairs, random, {"ring": 2 * near, "rewire_p": null.share})


def ba(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Barabasi-Albert: links per neuron chosen to give about the same number of pairs."""
    size, count = len(circuit.cells), pairs_in(circuit)
    most = (size // 2) * (size - size // 2)
    if size < 3 or 2 * count < size - 1 or count > most:
        seen = f"ba: {plural(count, 'pair')} of {plural(size, 'neuron')}"
        hint = f"it takes 3 neurons and, of {size:,}, {size // 2:,} to {most:,} pairs"
        raise InputError(circuit.source.label, seen, f"{hint}; er takes any")
    links = min(
        range(1, size // 2 + 1), key=lambda links: abs(links * (size - links) - count)
    )
    return fitted(circuit, preferred(size, links, random), random, {"links": links})


def degree(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Swap the receivers of one-way synapses, the ends of reciprocal pairs, of junctions.

    A weight and its sign stay with the sender.
    """
    size, role = len(circuit.cells), circuit.cells.role.astype(np.int64)
    old, ends = pairs_of(circuit.chemical, size), coupled(circuit.junctions)
    blocks = null.model == "role-degree"
    both = np.repeat(old.both, 2)
    free = (both == 1) | (old.synapse < 0)
    kind = 64 * both + (kinds(role[old.neuron]) if blocks else 0)
    found = swapped(old.neuron, free, kind, 1 + old.both, size, random)
    kind = kinds(role[ends]) if blocks else np.zeros(len(ends), np.int64)
    every = np.ones(len(ends), bool)
    gap = swapped(ends, every, kind, np.ones(len(ends) // 2, np.int64), size, random)
    check_mixed(circuit, null, found, gap)
    neuron, synapse = old.neuron[found.end], old.synapse[found.end]
    return wire(circuit, neuron, synapse, ends[gap.end], swap_counts(found, gap))


def kinds(role: Int64) -> Int64:
    """(2P,) a number for the roles of each end and of its opposite end."""
    other: Int64 = role[np.arange(len(role)) ^ 1]
    return 8 * role + other


def partial(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Move a share of all ends of pairs to random neurons.

    Source: `rewire_edges(p)` of igraph, which the authors' code calls, moves each end with
    probability p; here exactly that share of the ends moves, and no pair is doubled.
    """
    size = len(circuit.cells)
    old, ends = pairs_of(circuit.chemical, size), coupled(circuit.junctions)
    moves, couple_moves = (part(null.share, len(some)) for some in (old.neuron, ends))
    if not moves + couple_moves:
        count = len(old.neuron) + len(ends)
        seen = f"{null.name}: less than half of one of {plural(count, 'end')} of pairs"
        raise InputError(circuit.source.label, seen, "take a larger P")
    neuron = moved(old.neuron, moves, size, random)
    ends = moved(ends, couple_moves, size, random)
    counts = {"ends_moved": moves, "junction_ends_moved": couple_moves}
    return wire(circuit, neuron, old.synapse, ends, counts)


def part(share: float, count: int) -> int:
    """A share of a count, rounded half up, exactly."""
    return int(Fraction(share) * count + Fraction(1, 2))


def shuffle_roles(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Permute the neurons over the wiring."""
    if len(set(circuit.cells.role.tolist())) < 2:
        seen = "shuffle-roles: all neurons have one role"
        hint = "give --inputs, --outputs or --cells; or take another null"
        raise InputError(circuit.source.label, seen, hint)
    edges, ends = circuit.chemical, circuit.junctions
    who = random.order(len(circuit.cells))
    return Wired(who[edges.pre], who[edges.post], who[ends.left], who[ends.right])


def shuffle_weights(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Permute the weights, with their signs, over the synapses, and over the junctions.

    Self-loops keep theirs.
    """
    edges, ends = circuit.chemical, circuit.junctions
    proper = np.flatnonzero(edges.pre != edges.post)
    if len({*edges.weight[proper].tolist()}) < 2:
        seen = "shuffle-weights: all synapses weigh the same"
        raise InputError(circuit.source.label, seen, "take another null")
    at = np.arange(len(edges))
    at[proper] = proper[random.order(len(proper))]
    over = random.order(len(ends))
    pre, post = edges.pre[at].astype(np.int64), edges.post[at].astype(np.int64)
    left, right = ends.left[over].astype(np.int64), ends.right[over].astype(np.int64)
    return Wired(pre, post, left, right)


WIRE: Mapping[str, Callable[[Circuit, Null, RandomIntegers], Wired]] = {
    "er": er,
    "ws": ws,
    "ba": ba,
    "degree": degree,
    "role-degree": degree,
    DISTANCE: degree_distance,
    "partial": partial,
    "degree-sides": degree_sides,
    "shuffle-weights": shuffle_weights,
    "shuffle-roles": shuffle_roles,
}
