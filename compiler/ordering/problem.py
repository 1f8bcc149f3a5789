"""What an order of the neurons is judged by: synapses, what each costs, what is settled.

Options change the problem, not the way it is solved: a price may be doubled, a synapse may
have to run backward (blocks) or forward (protected), left and right partners may be one.
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


@dataclass(frozen=True)
class Net:
    """Arcs between nodes, each with the price of sending it backward.

    Attributes:
        names: (N,) of the nodes; of partners the first.
        pre, post, weight: (E,) no pair twice; weight is the price.
        proper: (E,) may run either way: no self-loop, not against the blocks.
        fixed: (E,) never sent backward.
        block: (N,) 0 sensory, 1 between, 2 motor; all 1 where blocks do not count.
        flip: (E,) added to the price, in units of weight; None: nothing.
        seed: of the tie-break.
    """

    names: tuple[str, ...]
    pre: Int32
    post: Int32
    weight: Int64
    proper: Bool
    fixed: Bool
    block: Int8
    flip: Float64 | None = None
    seed: int = 0

    @cached_property
    def component(self) -> Int32:
        """(N,) strongly connected component of each node."""
        return components(
            self.pre[self.proper], self.post[self.proper], len(self.names)
        )

    @cached_property
    def cyclic(self) -> Bool:
        """(E,) proper, and on a cycle."""
        inside: Bool = self.component[self.pre] == self.component[self.post]
        return self.proper & inside


@dataclass(frozen=True)
class Fold:
    """Which node and arc of a net each neuron and synapse belongs to.

    Attributes:
        node: (neurons,) of the net.
        arc: (synapses,) of the net.
        within: (synapses,) against its heavier twin between two partners: runs backward.
        lost: weight of those.
    """

    node: Int32
    arc: Int64
    within: Bool
    lost: int = 0
    pairs: tuple[tuple[str, str, int], ...] = field(default=())  # partners, weight cut

    def back(self, found: Bool) -> Bool:
        """(synapses,) what runs backward, of the net's arcs (E,) that do."""
        spread: Bool = found[self.arc] | self.within
        return spread


def net_of(
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
) -> tuple[Net, Fold]:
    """The problem that options make of a graph.

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
    net = Net(
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
        return folded(net)
    everyone = np.arange(len(names), dtype=np.int32)
    return net, Fold(everyone, np.arange(len(pre)), np.zeros(len(pre), bool))


def block_of(role: UInt8) -> Int8:
    """(N,) 0 sensory, 2 motor, 1 what is neither or both."""
    sensory, motor = (role & SENSORY > 0), (role & MOTOR > 0)
    return (1 - (sensory & ~motor) + (motor & ~sensory)).astype(np.int8)


Weight = TypeVar("Weight", Int64, Float64)


def prices(block: Int8, pre: Int32, post: Int32, weight: Weight, roles: str) -> Weight:
    """(E,) what each synapse costs that runs backward."""
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


def folded(net: Net) -> tuple[Net, Fold]:
    """Left and right partners as one node, parallel arcs as one."""
    left = partners(net.names)
    alike = net.block == net.block[left]  # blocks come before partners
    left = np.where(alike, left, np.arange(len(left), dtype=np.int32))
    first, inverse = np.unique(left, return_inverse=True)
    node: Int32 = inverse.reshape(-1).astype(np.int32)
    size = len(first)
    key = node[net.pre].astype(np.int64) * size + node[net.post]
    pairs, arc = np.unique(key, return_inverse=True)
    arc = arc.reshape(-1)
    price = np.zeros(len(pairs), np.int64)
    np.add.at(price, arc, net.weight)
    fixed = np.zeros(len(pairs), bool)
    np.logical_or.at(fixed, arc, net.fixed)
    pre, post = (pairs // size).astype(np.int32), (pairs % size).astype(np.int32)
    block = net.block[first]
    proper = (pre != post) & (block[pre] <= block[post])
    names = tuple(net.names[row] for row in first.tolist())
    whole = Net(names, pre, post, price, proper, fixed, block, seed=net.seed)
    within, cut = sides(net, node)
    return whole, Fold(node, arc, within, sum(lost for *_, lost in cut), cut)


def sides(net: Net, node: Int32) -> tuple[Bool, tuple[tuple[str, str, int], ...]]:
    """(E,) the lighter of the two arcs between partners; (left, right, weight) of each."""
    rows = np.flatnonzero((node[net.pre] == node[net.post]) & (net.pre != net.post))
    arc = {(int(net.pre[r]), int(net.post[r])): int(r) for r in rows.tolist()}
    within, cut = np.zeros(len(net.pre), bool), []
    for (u, v), one in sorted(arc.items()):
        two = arc.get((v, u))
        if two is None or u > v:
            continue
        lighter = min(
            (one, two), key=lambda r: (bool(net.fixed[r]), int(net.weight[r]), r)
        )
        within[lighter] = True
        cut.append((net.names[u], net.names[v], int(net.weight[lighter])))
    return within, tuple(cut)


def flipped(net: Net, past: Mapping[tuple[str, str], bool], price: float) -> Net:
    """The net with a price on changing what an older order did.

    Args:
        past: (pre, post) -> whether it ran backward there.
    """
    ends = zip(net.pre.tolist(), net.post.tolist(), strict=True)
    way = [past.get((net.names[u], net.names[v])) for u, v in ends]
    sign = np.array([0 if w is None else (-1 if w else 1) for w in way], np.float64)
    return replace(net, flip=sign * price)
