"""Every order of a small component: most neurons alive, then the least loss.

A component is tried with all else at rest. Its nodes are bits: the nodes that a sensor
reaches in an order, and those that reach a motor, are two masks, found for all orders at
once, position by position.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from itertools import permutations

import numpy as np
from numpy.typing import NDArray

from ..arrays import Bool, Float64, Int32, Int64
from ..graph import components, reached
from .exact import ties
from .keep_alive import Arcs, Kept, dead_names, loss, silent

SMALL = 8  # nodes of a component whose orders are all tried: 40,320
ROUNDS = 4  # over all components: the best order of one depends on the others


@cache
def orders(size: int) -> NDArray[np.int8]:
    """(size!, size) the node at each position of every order."""
    found: NDArray[np.int8] = np.array(list(permutations(range(size))), np.int8)
    return found


def best_orders(
    arcs: Arcs, found: Kept, plain: Bool, cost: Float64, cap: int | None, seed: int
) -> Kept:
    """Replace the order of each component of at most SMALL nodes by the best of all.

    A graph of so many nodes is tried as a whole.

    Args:
        plain: (A,) the arcs that an order of least loss keeps.
        cost: (A,) of an arc that is not kept.
        cap: the most that a node on a path may cost; None: anything.
        seed: of the tie-break.
    """
    whole = len(arcs.names) <= SMALL
    if whole:
        parts = [np.arange(len(arcs.names))]
    else:
        number = components(arcs.pre, arcs.post, len(arcs.names))
        small = np.flatnonzero(
            (np.bincount(number) <= SMALL) & (np.bincount(number) > 1)
        )
        parts = [np.flatnonzero(number == each) for each in small.tolist()]
    wanted = arcs.wanted()
    for _ in range(1 if whole else ROUNDS):
        before = found
        for nodes in parts:
            part = Part(arcs, nodes, wanted, cost, seed)
            if whole or part.may_gain(found.kept, plain):
                found = part.improved(found, plain, cap)
        if found is before:
            break
    return found


@dataclass(frozen=True)
class Tried:
    """What each order of a component gives: (orders,) columns."""

    silent: Int64  # wanted nodes of the graph on no path
    cost: Float64  # of arcs that are not kept; infinite where a protected one is not
    tie: Int64


class Part:
    """A component among nodes at rest.

    Attributes:
        nodes: (K,) ascending; inner: (A,) arcs between them.
    """

    def __init__(
        self, arcs: Arcs, nodes: Int64, wanted: Bool, cost: Float64, seed: int
    ) -> None:
        self.arcs, self.nodes, self.wanted = arcs, nodes, wanted
        self.cost, self.seed = cost, seed
        self.member = np.zeros(len(arcs.names), bool)
        self.member[nodes] = True
        self.inner: Bool = self.member[arcs.pre] & self.member[arcs.post]
        self.place = np.zeros(len(arcs.names), np.int64)
        self.place[nodes] = np.arange(len(nodes))

    def may_gain(self, kept: Bool, plain: Bool) -> bool:
        """Whether somebody is silent, or the component loses more than it has to."""
        lost = loss(self.arcs, kept | ~self.inner) > loss(
            self.arcs, plain | ~self.inner
        )
        return lost or silent(self.arcs, self.wanted, kept) > 0

    def improved(self, found: Kept, plain: Bool, cap: int | None) -> Kept:
        """The arcs kept in the best order of all, unless those found are as good."""
        tried = self.tried(found.kept)
        least = tried.cost.min()
        cheapest = int(tried.silent[tried.cost == least].min())
        most = np.inf if cap is None else least + cap * (cheapest - tried.silent)
        within = np.flatnonzero(tried.cost <= most)
        keys = (tried.tie[within], tried.cost[within], tried.silent[within])
        best = int(within[np.lexsort(keys)[0]])
        dear = int(tried.silent.min()) < int(tried.silent[best])
        kept = self.needed(found.kept, self.rises(best))
        old = silent(self.arcs, self.wanted, found.kept), self.price(found.kept)
        new = int(tried.silent[best]), self.price(kept)
        if new == old or (new > old and cap is None):
            return replace(found, too_dear=dear) if dear != found.too_dear else found
        forced = (found.forced & ~self.inner) | (self.inner & kept & ~plain)
        gone = dead_names(self.arcs, self.wanted, kept)
        return Kept(kept, forced, gone, dear)

    def price(self, kept: Bool) -> float:
        """Cost of the arcs of the component that are not kept."""
        return float(self.cost[self.inner & ~kept].sum())

    def rises(self, order: int) -> Bool:
        """(A,) the arcs of the component that rise in an order, by its number."""
        rank = np.zeros(len(self.arcs.names), np.int64)
        rank[self.nodes[orders(len(self.nodes))[order]]] = np.arange(len(self.nodes))
        rising: Bool = self.inner & (rank[self.arcs.pre] < rank[self.arcs.post])
        return rising

    def needed(self, kept: Bool, rising: Bool) -> Bool:
        """(A,) the arcs kept: of the junctions that rise only those that keep someone alive."""
        kept = (kept & ~self.inner) | rising
        quiet = silent(self.arcs, self.wanted, kept)
        for arc in np.flatnonzero(rising & self.arcs.junction).tolist():
            kept[arc] = False
            kept[arc] = silent(self.arcs, self.wanted, kept) > quiet
        return kept

    def tried(self, kept: Bool) -> Tried:
        """All orders, with the arcs outside the component as they are."""
        arcs, order = self.arcs, orders(len(self.nodes))
        tail, head = self.place[arcs.pre], self.place[arcs.post]
        inner, size = np.flatnonzero(self.inner), len(self.nodes)
        into, out = np.zeros(size, np.int64), np.zeros(size, np.int64)
        np.bitwise_or.at(into, head[inner], 1 << tail[inner])
        np.bitwise_or.at(out, tail[inner], 1 << head[inner])
        cost = np.where(arcs.fixed, np.inf, self.cost)[inner]
        tie, _ = ties(arcs.names, arcs.pre[inner], arcs.post[inner], seed=self.seed)
        price = against(tail[inner], head[inner], cost, size)
        hashed = against(tail[inner], head[inner], tie, size)
        begin, end = self.borders(kept)
        fed, led = np.zeros(len(order), np.int64), np.zeros(len(order), np.int64)
        placed, total = fed.copy(), np.zeros(len(order))
        ties_of = fed.copy()
        for node in order.T:
            bit = 1 << node.astype(np.int64)
            total += price[node, placed]
            ties_of += hashed[node, placed]
            fed |= np.where(begin[node] | (into[node] & fed > 0), bit, 0)
            placed |= bit
        for node in order.T[::-1]:
            bit = 1 << node.astype(np.int64)
            led |= np.where(end[node] | (out[node] & led > 0), bit, 0)
        return Tried(self.silenced(kept, fed, led), total, ties_of)

    def borders(self, kept: Bool) -> tuple[Bool, Bool]:
        """(K,), (K,) nodes that a sensor reaches from outside, that reach a motor outside.

        Sensors, and motors, of the component are among them.
        """
        arcs = self.arcs
        outer = kept & ~self.member[arcs.pre] & ~self.member[arcs.post]
        pre, post = arcs.pre[outer], arcs.post[outer]
        begin = reached(pre, post, arcs.sensory & ~self.member)
        end = reached(post, pre, arcs.motor & ~self.member)
        enters = kept & ~self.member[arcs.pre] & begin[arcs.pre]
        leaves = kept & ~self.member[arcs.post] & end[arcs.post]
        fed, led = arcs.sensory.copy(), arcs.motor.copy()
        fed[arcs.post[enters]] = True
        led[arcs.pre[leaves]] = True
        return fed[self.nodes], led[self.nodes]

    def silenced(self, kept: Bool, fed: Int64, led: Int64) -> Int64:
        """(orders,) wanted nodes on no path, where masks `fed` and `led` are reached."""
        bits = np.packbits(self.wanted[self.nodes], bitorder="little")
        mask = int.from_bytes(bits.tobytes(), "little")
        inside = np.array(
            [(mask & ~each).bit_count() for each in range(1 << len(self.nodes))]
        )
        found: Int64 = inside[fed & led]
        if len(self.nodes) == len(self.arcs.names):
            return found
        arcs, whole = self.arcs, kept & ~self.inner
        pre, post = arcs.pre[whole], arcs.post[whole]
        outer = self.wanted & ~self.member
        ahead = self.spread(pre, post, arcs.sensory, fed)
        behind = self.spread(post, pre, arcs.motor, led)
        both = fed << len(self.nodes) | led
        code, place = np.unique(both, return_inverse=True)
        last = (1 << len(self.nodes)) - 1
        counts = [
            int((outer & ~(ahead[c >> len(self.nodes)] & behind[c & last])).sum())
            for c in code.tolist()
        ]
        found += np.array(counts)[place.reshape(-1)]
        return found

    def spread(
        self, pre: Int32, post: Int32, start: Bool, masks: Int64
    ) -> dict[int, Bool]:
        """By mask of nodes that are reached, the nodes (N,) reached outside."""
        found = {}
        for mask in np.unique(masks).tolist():
            begin = start & ~self.member
            chosen = [bool(mask >> bit & 1) for bit in range(len(self.nodes))]
            begin[self.nodes[chosen]] = True
            used = ~self.member[post]
            found[mask] = reached(pre[used], post[used], begin)
        return found


def against(
    tail: Int64, head: Int64, cost: NDArray[np.generic], size: int
) -> NDArray[np.generic]:
    """[node, mask]: cost of the arcs from a node to those of a mask, which stand before it."""
    table = np.zeros((size, 1 << size), cost.dtype)
    masks = np.arange(1 << size)
    for u, v, price in zip(tail.tolist(), head.tolist(), cost, strict=True):
        table[u] += np.where(masks >> v & 1, price, 0).astype(cost.dtype)
    return table
