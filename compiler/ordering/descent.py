"""Move single nodes of an order that keeps neurons alive to where it loses less.

A repair forces arcs, and the optimum with them may no longer need them all: nodes are moved
one by one to where the arcs that run backward weigh less, as long as nobody is silenced.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..arrays import Bool, Int64
from ..graph import longest_path
from .keep_alive import Arcs, Kept, loss, silent

MOST = 2_000  # nodes: their weights are a matrix
TRIES = 4_000  # moves of which is looked at who they silence


def descend(arcs: Arcs, state: Kept) -> Kept:
    """The repair after all moves that lose less; itself where there are none."""
    size = len(arcs.names)
    if size > MOST or not state.forced.any():
        return state
    wanted, mute = arcs.wanted(), len(state.given_up)
    depth = longest_path(arcs.pre[state.kept], arcs.post[state.kept], size)
    order = np.lexsort((np.arange(size), depth)).tolist()
    moved = Descent(arcs, wanted, order).run()
    kept = rising(arcs, moved)
    fewer = kept & (~arcs.junction | state.forced)
    if silent(arcs, wanted, fewer) <= mute:  # other junctions stay free
        kept = fewer
    if loss(arcs, kept) >= loss(arcs, state.kept) or silent(arcs, wanted, kept) > mute:
        return state
    return replace(state, kept=kept, forced=state.forced & kept)


def rising(arcs: Arcs, order: list[int]) -> Bool:
    """(A,) the arcs that run forward in an order."""
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    forward: Bool = place[arcs.pre] < place[arcs.post]
    return forward


class Descent:
    """An order and its moves."""

    def __init__(self, arcs: Arcs, wanted: Bool, order: list[int]) -> None:
        self.arcs, self.wanted, self.order = arcs, wanted, order
        self.weight = np.zeros((len(order), len(order)), np.int64)
        np.add.at(self.weight, (arcs.pre, arcs.post), arcs.weight)
        self.mute = silent(arcs, wanted, rising(arcs, order))
        self.tries = TRIES

    def run(self) -> list[int]:
        """The order after all moves that help."""
        moves = 1
        while moves and self.tries:
            moves = sum(map(self.move, list(self.order)))
        return self.order

    def move(self, node: int) -> bool:
        """Move a node to the best place that silences nobody; whether there is a better."""
        at = self.order.index(node)
        rest = self.order[:at] + self.order[at + 1 :]
        price = self.prices(node, np.array(rest, np.int64))
        for place in np.argsort(price, kind="stable").tolist():
            if price[place] >= price[at] or not self.tries:
                return False
            self.tries -= 1
            new = [*rest[:place], node, *rest[place:]]
            forward = rising(self.arcs, new)
            lost = (self.arcs.fixed & ~forward).any()
            if not lost and silent(self.arcs, self.wanted, forward) <= self.mute:
                self.order = new
                return True
        return False

    def prices(self, node: int, rest: Int64) -> Int64:
        """(N,) the weight of a node's arcs that run backward at each place among the rest."""
        to, into = self.weight[node, rest], self.weight[rest, node]
        before = np.concatenate([[0], np.cumsum(to)])
        after = np.concatenate([[0], np.cumsum(into[::-1])])[::-1]
        price: Int64 = before + after
        return price
