"""The instance of the weighted feedback arc set problem that options make of a graph.

Options change the arcs and their costs, not the way they are solved: a cost may be doubled,
a synapse may have to run backward (blocks) or forward (protected), left and right partners
may be one node.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from ..arrays import Bool, Float64, Int8, Int32, Int64, UInt8
from ..graph import components
from ..ir.stages import MOTOR, SENSORY
from ..names import matches

TIE_COST = 2.0**-12  # contacts that a change costs where it only breaks ties


@dataclass(frozen=True)
class Instance:
    """A directed graph with the cost of sending each arc backward.

    Invariants: columns of one length, no ordered pair twice, costs not negative.

    Attributes:
        names: (N,) of the nodes; of partners the first.
        pre, post: (E,) nodes; weight: (E,) costs.
        proper: (E,) arcs that may run either way: no self-loop, not against the blocks.
        fixed: (E,) protected arcs: never sent backward.
        block: (N,) 0 sensory, 1 between, 2 motor; all 1 where blocks do not count.
        change_cost: (E,) added to the cost, in units of weight, for the distance from an
            older order; None: nothing.
        seed: of the tie-break.
    """

    names: tuple[str, ...]
    pre: Int32
    post: Int32
    weight: Int64
    proper: Bool
    fixed: Bool
    block: Int8
    change_cost: Float64 | None = None
    seed: int = 0

    @cached_property
    def component(self) -> Int32:
        """(N,) strongly connected component of each node."""
        return components(
            self.pre[self.proper], self.post[self.proper], len(self.names)
        )

    @cached_property
    def against_blocks(self) -> Bool:
        """(E,) arcs that have to run backward, self-loops apart."""
        against: Bool = ~self.proper & (self.pre != self.post)
        return against

    @cached_property
    def cyclic(self) -> Bool:
        """(E,) proper, and on a cycle."""
        inside: Bool = self.component[self.pre] == self.component[self.post]
        return self.proper & inside


@dataclass(frozen=True)
class Symmetry:
    """The node and the arc of an instance that stand for each neuron and synapse.

    The identity, unless left and right partners are one node.

    Attributes:
        node: (neurons,) nodes; arc: (synapses,) arcs of the instance.
        within: (synapses,) the lighter of two opposite synapses between partners: it runs
            backward; lost: their cost.
        pairs: (left, right, cost of the lighter synapse) of partners joined both ways.
    """

    node: Int32
    arc: Int64
    within: Bool
    lost: int = 0
    pairs: tuple[tuple[str, str, int], ...] = field(default=())

    def back(self, found: Bool) -> Bool:
        """(synapses,) those that run backward, from the arcs (E,) of the instance that do."""
        spread: Bool = found[self.arc] | self.within
        return spread


def instance_of(
    names: tuple[str, ...],
    role: UInt8,
    pre: Int32,
    post: Int32,
    weight: Int64,
    *,
    roles: str = "free",
    protect: tuple[str, ...] = (),
    symmetric: bool = False,
    seed: int = 0,
) -> tuple[Instance, Symmetry]:
    """The instance that options make of a graph, and what stands for its neurons.

    Args:
        roles: "prefer" doubles the price of sensory -> inter, sensory -> motor and
            inter -> motor; "blocks" sends everything backward that runs from a later to
            an earlier one of the three.
        protect: patterns "PRE>POST" of synapses that are never sent backward.
        symmetric: left and right partners (ADAL, ADAR) stand side by side.
    """
    block = block_of(role)
    price = prices(block, pre, post, weight, roles)
    if roles != "blocks":
        block = np.ones_like(block)
    fixed = protected(names, pre, post, protect)
    instance = Instance(
        names,
        pre,
        post,
        price,
        (pre != post) & (block[pre] <= block[post]),
        fixed,
        block,
        seed=seed,
    )
    if symmetric:
        return with_partners_joined(instance)
    everyone = np.arange(len(names), dtype=np.int32)
    return instance, Symmetry(everyone, np.arange(len(pre)), np.zeros(len(pre), bool))


def block_of(role: UInt8) -> Int8:
    """(N,) 0 sensory, 2 motor, 1 what is neither or both."""
    sensory, motor = (role & SENSORY > 0), (role & MOTOR > 0)
    return (1 - (sensory & ~motor) + (motor & ~sensory)).astype(np.int8)


Weight = TypeVar("Weight", Int64, Float64)


def prices(block: Int8, pre: Int32, post: Int32, weight: Weight, roles: str) -> Weight:
    """(E,) cost of sending each synapse backward."""
    twice = (block[pre] < block[post]) & (roles == "prefer")
    return weight + weight * twice


def protected(
    names: Sequence[str], pre: Int32, post: Int32, patterns: tuple[str, ...]
) -> Bool:
    """(E,) the synapses that a pattern "PRE>POST" names."""
    found = np.zeros(len(pre), bool)
    for pattern in patterns:
        one, _, two = pattern.partition(">")
        tail, head = (
            np.array([matches(name, (side.strip(),)) for name in names], bool)
            for side in (one, two)
        )
        found |= tail[pre] & head[post]
    found &= pre != post
    return found


def partners(names: Sequence[str]) -> Int32:
    """(N,) the row of each neuron's left partner; its own where it has none.

    Partners differ in a last L and R: ADAL and ADAR, IL2DL and IL2DR, X_L and X_R.
    """
    row = {name: place for place, name in enumerate(names)}
    return np.array(
        [
            row.get(name[:-1] + "L", place) if name.endswith("R") else place
            for place, name in enumerate(names)
        ],
        np.int32,
    )


def with_partners_joined(instance: Instance) -> tuple[Instance, Symmetry]:
    """Left and right partners as one node, parallel arcs as one."""
    left = partners(instance.names)
    alike = instance.block == instance.block[left]  # blocks come before partners
    left = np.where(alike, left, np.arange(len(left), dtype=np.int32))
    first, inverse = np.unique(left, return_inverse=True)
    node: Int32 = inverse.reshape(-1).astype(np.int32)
    size = len(first)
    key = node[instance.pre].astype(np.int64) * size + node[instance.post]
    pairs, arc = np.unique(key, return_inverse=True)
    arc = arc.reshape(-1)
    price = np.zeros(len(pairs), np.int64)
    np.add.at(price, arc, instance.weight)
    fixed = np.zeros(len(pairs), bool)
    np.logical_or.at(fixed, arc, instance.fixed)
    pre, post = (pairs // size).astype(np.int32), (pairs % size).astype(np.int32)
    block = instance.block[first]
    proper = (pre != post) & (block[pre] <= block[post])
    names = tuple(instance.names[row] for row in first.tolist())
    whole = Instance(names, pre, post, price, proper, fixed, block, seed=instance.seed)
    within, cut = lighter_halves(instance, node)
    return whole, Symmetry(node, arc, within, sum(lost for *_, lost in cut), cut)


def lighter_halves(
    instance: Instance, node: Int32
) -> tuple[Bool, tuple[tuple[str, str, int], ...]]:
    """(E,) the lighter of the two arcs between partners; (left, right, weight) of each."""
    rows = np.flatnonzero(
        (node[instance.pre] == node[instance.post]) & (instance.pre != instance.post)
    )
    arc = {(int(instance.pre[r]), int(instance.post[r])): int(r) for r in rows.tolist()}
    within, cut = np.zeros(len(instance.pre), bool), []
    for (u, v), one in sorted(arc.items()):
        two = arc.get((v, u))
        if two is None or u > v:
            continue
        lighter = min(
            (one, two),
            key=lambda r: (bool(instance.fixed[r]), int(instance.weight[r]), r),
        )
        within[lighter] = True
        cut.append(
            (instance.names[u], instance.names[v], int(instance.weight[lighter]))
        )
    return within, tuple(cut)


def with_change_cost(
    instance: Instance, past: Mapping[tuple[str, str], bool], price: float
) -> Instance:
    """The instance with a price on changing what an older order did.

    Args:
        past: (pre, post) -> whether it ran backward there.
    """
    ends = zip(instance.pre.tolist(), instance.post.tolist(), strict=True)
    way = [past.get((instance.names[u], instance.names[v])) for u, v in ends]
    sign = np.array([0 if w is None else (-1 if w else 1) for w in way], np.float64)
    return replace(instance, change_cost=sign * price)
