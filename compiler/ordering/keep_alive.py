"""Keep alive: bring back the neurons that an order of least cost silences, cheaply.

A neuron that lies on a path from a sensor to a motor in the cyclic graph, junctions both
ways, should lie on one in the acyclic graph. While one does not, an arc that would bring
it back is kept: a synapse that runs backward, or one direction of a junction. To keep
a -> b, every kept path from b to a must be cut: its price is the minimum cut, less the
weight of the arc itself. The cheapest arc is taken first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..arrays import Bool, Int32, Int64
from ..graph import reached

OFFERS = 20_000  # arcs priced at a step; more, and only one neuron's few heaviest are
FEW = 8
BITS = 22  # of the whole weight, as capacities: 500 times that fits int32


@dataclass(frozen=True)
class Arcs:
    """Arcs that may conduct forward: proper synapses, then junctions in both directions.

    Attributes:
        pre, post, weight: (A,); a direction of a junction weighs 0.
        sensory, motor: (N,) roles.
        names: (N,) of the nodes. fixed: (A,) arcs that may not be cut.
        junction: (A,) directions of junctions.
    """

    pre: Int32
    post: Int32
    weight: Int64
    sensory: Bool
    motor: Bool
    names: tuple[str, ...]
    fixed: Bool
    junction: Bool

    def wanted(self) -> Bool:
        """(N,) nodes on a path from a sensor to a motor if all arcs could be kept."""
        from_sensor, to_motor = self.live(np.ones(len(self.pre), bool))
        return from_sensor & to_motor

    def live(self, kept: Bool) -> tuple[Bool, Bool]:
        """(N,), (N,): nodes that a sensor reaches, and nodes that reach a motor."""
        pre, post = self.pre[kept], self.post[kept]
        return reached(pre, post, self.sensory), reached(post, pre, self.motor)


@dataclass(frozen=True)
class Kept:
    """Arcs that run forward after a repair.

    Invariant: they have no cycle.

    Attributes:
        kept: (A,) the arcs.
        forced: (A,) those kept to bring a neuron back.
        given_up: names of the neurons that are left on no path.
        too_dear: whether the cap is the reason.
    """

    kept: Bool
    forced: Bool
    given_up: tuple[str, ...]
    too_dear: bool = False


Resolve = Callable[[Arcs, Bool], Bool | None]


def keep_alive(arcs: Arcs, kept: Bool, cap: int, resolve: Resolve | None) -> Kept:
    """Bring neurons back for at most `cap` an arc: of all tries the one with most alive.

    Args:
        kept: (A,) the acyclic arcs of an order, no junction among them.
        resolve: solves for the least weight again with the forced arcs kept; the arcs
            that stay, or None where it can not. None: the repair stands as it is.
    """
    wanted = arcs.wanted()
    nothing = np.zeros(len(kept), bool)
    best = state = Kept(kept, nothing, dead_names(arcs, wanted, kept))
    for _ in range(4):
        state = repair(arcs, state, wanted, cap)
        best = better(arcs, best, state)
        again = resolve(arcs, state.forced) if resolve and state.forced.any() else None
        if again is None:
            return best
        dead, alive = dead_names(arcs, wanted, again), len(best.given_up)
        state = replace(state, kept=again, given_up=dead)
        best = better(arcs, best, state)
        if len(dead) <= alive:
            return best
    return best


def better(arcs: Arcs, old: Kept, new: Kept) -> Kept:
    """The one that leaves fewer neurons silent, then the one that loses less."""
    one, two = ((len(each.given_up), loss(arcs, each.kept)) for each in (old, new))
    return new if two <= one else old


def loss(arcs: Arcs, kept: Bool) -> int:
    """Weight of the arcs that are not kept."""
    return int(arcs.weight[~kept].sum())


def silent(arcs: Arcs, wanted: Bool, kept: Bool) -> int:
    """Number of the wanted nodes (N,) on no path of kept arcs (A,)."""
    from_sensor, to_motor = arcs.live(kept)
    return int((wanted & ~(from_sensor & to_motor)).sum())


def dead_names(arcs: Arcs, wanted: Bool, kept: Bool) -> tuple[str, ...]:
    """Names of the wanted nodes (N,) on no path of kept arcs (A,)."""
    from_sensor, to_motor = arcs.live(kept)
    rows = np.flatnonzero(wanted & ~(from_sensor & to_motor)).tolist()
    return tuple(arcs.names[row] for row in rows)


def repair(arcs: Arcs, state: Kept, wanted: Bool, cap: int) -> Kept:
    """Keep the cheapest arc and cut the paths against it, until no arc helps within the cap."""
    kept, forced = state.kept.copy(), state.forced.copy()
    while True:
        from_sensor, to_motor = arcs.live(kept)
        dead = wanted & ~(from_sensor & to_motor)
        if not dead.any():
            return Kept(kept, forced, ())
        offer = cheapest(
            arcs, kept, forced, np.flatnonzero(dead), from_sensor, to_motor
        )
        if offer is None or offer.price > cap:
            names = tuple(arcs.names[row] for row in np.flatnonzero(dead).tolist())
            return Kept(kept, forced, names, too_dear=offer is not None)
        side = (
            offer.near
        )  # nodes that the arc's head still reaches after the minimum cut
        kept &= ~(side[arcs.pre] & ~side[arcs.post])
        kept[offer.arc] = forced[offer.arc] = True


@dataclass(frozen=True)
class Offer:
    """An arc that could be kept, and its price."""

    price: int
    arc: int
    near: Bool  # (N,) the head's side of the minimum cut


def cheapest(
    arcs: Arcs, kept: Bool, forced: Bool, dead: Int64, from_sensor: Bool, to_motor: Bool
) -> Offer | None:
    """The arc of least price, ties by name; the first that costs nothing is taken."""
    best: Offer | None = None
    graph = FlowNetwork(arcs, kept, forced)
    priced: dict[int, Offer | None] = {}
    rows, many = dead.tolist(), False
    offered: Iterable[list[int]] = (
        candidates(arcs, kept, row, from_sensor, to_motor) for row in rows
    )
    if len(rows) * int((~kept).sum()) > OFFERS:
        offered = list(offered)
        many = sum(map(len, offered)) > OFFERS
    for found in offered:
        for arc in sorted(heaviest(arcs, found) if many else found, key=graph.least):
            if arc not in priced:
                priced[arc] = graph.price(arc, best.price if best else None)
            offer = priced[arc]
            if offer and (best is None or key(arcs, offer) < key(arcs, best)):
                best = offer
        if best is not None and (many or best.price <= 0):
            break
    return best


def heaviest(arcs: Arcs, found: list[int]) -> list[int]:
    """The heaviest few of the arcs."""
    return sorted(found, key=lambda arc: (-int(arcs.weight[arc]), arc))[:FEW]


def key(arcs: Arcs, offer: Offer) -> tuple[int, str, str, int]:
    """Key of an offer: its price, then the names of its ends."""
    names, arc = arcs.names, offer.arc
    return offer.price, names[arcs.pre[arc]], names[arcs.post[arc]], arc


def candidates(
    arcs: Arcs, kept: Bool, row: int, from_sensor: Bool, to_motor: Bool
) -> list[int]:
    """Arcs from nodes that a sensor reaches into the ancestors of a node, or mirrored."""
    only = np.zeros(len(from_sensor), bool)
    only[row] = True
    pre, post = arcs.pre, arcs.post
    if not from_sensor[row]:
        above = reached(post[kept], pre[kept], only)
        useful = ~kept & above[post] & from_sensor[pre]
    else:
        below = reached(pre[kept], post[kept], only)
        useful = ~kept & below[pre] & to_motor[post]
    found: list[int] = np.flatnonzero(useful).tolist()
    return found


class FlowNetwork:
    """Flow network of the kept arcs: weights as capacities whose sum fits int32."""

    def __init__(self, arcs: Arcs, kept: Bool, forced: Bool) -> None:
        from scipy.sparse import csr_matrix

        size = len(arcs.names)
        shift = max(0, int(arcs.weight.sum()).bit_length() - BITS)
        capacity = np.maximum(arcs.weight >> shift, arcs.weight > 0)
        forced = forced | arcs.fixed
        self.arcs, self.kept, self.forced = arcs, kept, forced
        self.exact = not shift
        capacity = np.where(forced, 2 ** (BITS + 1), capacity)[kept].astype(np.int32)
        ends = (arcs.pre[kept], arcs.post[kept])
        self.matrix: Any = csr_matrix((capacity, ends), (size, size))
        self.columns: Any = self.matrix.tocsc()

    def least(self, arc: int) -> int:
        """Lower bound of the price of an arc: by the paths of one or two arcs against it."""
        tail, head = int(self.arcs.pre[arc]), int(self.arcs.post[arc])
        leaving, entering = np.zeros((2, len(self.arcs.names)), np.int64)
        for into, matrix, row in (
            (leaving, self.matrix, head),
            (entering, self.columns, tail),
        ):
            some = slice(*matrix.indptr[row : row + 2])
            into[matrix.indices[some]] = matrix.data[some]
        flow = leaving[tail] + np.minimum(leaving, entering).sum()
        return int(flow - self.arcs.weight[arc])

    def price(self, arc: int, most: int | None = None) -> Offer | None:
        """Price of keeping an arc: the minimum cut from its head to its tail, less its weight.

        None where a forced arc would have to be cut, or where it is certain that the price
        is above `most`.
        """
        from scipy.sparse.csgraph import breadth_first_order, maximum_flow

        arcs, limit = self.arcs, most if self.exact else None
        if limit is not None and self.least(arc) > limit:
            return None
        tail, head = int(arcs.pre[arc]), int(arcs.post[arc])
        found = maximum_flow(self.matrix, head, tail)
        if limit is not None and int(found.flow_value) - int(arcs.weight[arc]) > limit:
            return None
        rest = self.matrix - found.flow
        rest.data[rest.data < 0] = 0
        rest.eliminate_zeros()
        near = np.zeros(len(arcs.names), bool)
        near[breadth_first_order(rest, head, return_predecessors=False)] = True
        across = self.kept & near[arcs.pre] & ~near[arcs.post]
        if near[tail] or (across & self.forced).any():
            return None
        return Offer(int(arcs.weight[across].sum() - arcs.weight[arc]), arc, near)
