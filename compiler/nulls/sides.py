"""Left and right rewired alike: the null model of a brain of two like halves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Bool, Int64
from ..errors import InputError
from ..ir.stages import Circuit
from ..ordering.instance import partners
from .pairs import Null, Wired, check_mixed, coupled, pairs_of, swap_counts, wire
from .random import RandomIntegers
from .wiring import SWAPS, TRIES, Swapped, key, trades, trading

BOTH = -1  # sender of a pair that is joined both ways


def degree_sides(circuit: Circuit, null: Null, random: RandomIntegers) -> Wired:
    """Swap ends as `degree` does, on the left and on the right alike.

    A pair of neurons whose partners on the other side are joined in the same way trades
    ends together with that pair, and only with such; the others trade among themselves,
    and get no such pair.
    """
    size, mirror = len(circuit.cells), mirrors(circuit.cells.name)
    if (mirror == np.arange(size)).all():
        seen = f"{null.name}: no neuron has a partner on the other side"
        hint = "partners are named alike but for a last L and R; degree asks for none"
        raise InputError(circuit.source.label, seen, hint)
    old, ends = pairs_of(circuit.chemical, size), coupled(circuit.junctions)
    both = np.repeat(old.both, 2) == 1
    free = both | (old.synapse < 0)
    found = Sides(old.neuron, both, mirror).swapped(free, 1 + old.both, random)
    every = np.ones(len(ends), bool)
    one = np.ones(len(ends) // 2, np.int64)
    gap = Sides(ends, every, mirror).swapped(every, one, random)
    check_mixed(circuit, null, found, gap)
    neuron, synapse = old.neuron[found.end], old.synapse[found.end]
    return wire(circuit, neuron, synapse, ends[gap.end], swap_counts(found, gap))


def mirrors(names: Sequence[str]) -> Int64:
    """(N,) the row of each neuron's partner on the other side; its own where it has none."""
    left = partners(names).astype(np.int64)
    found = left.copy()
    right = np.flatnonzero(left != np.arange(len(left)))
    found[left[right]] = right
    return found


class Sides:
    """Pairs of ends, and which pair of the other side each is like.

    Attributes:
        at: the neuron at each place; end: the original place of the end there.
        both: (2P,) whether a pair is joined both ways; else its end 2k sends.
        other: the like place on the other side; -1 where there is none.
        joined: sender of each pair by its key; BOTH for both.
    """

    def __init__(self, neuron: Int64, both: Bool, mirror: Int64) -> None:
        self.neuron, self.at, self.both = neuron, neuron.tolist(), both.tolist()
        self.end, self.mirror = list(range(len(neuron))), mirror.tolist()
        self.size = len(mirror)
        self.joined: dict[int, int] = {}
        place: dict[tuple[int, int], int] = {}
        for k in range(0, len(self.at), 2):
            a, b = self.at[k], self.at[k + 1]
            self.joined[self.key(a, b)] = BOTH if self.both[k] else a
            place[a, b], place[b, a] = k, k + 1
        self.other = [-1] * len(self.at)
        for k, a in enumerate(self.at):
            b, sends = self.at[k ^ 1], not k & 1
            if self.alike(*((a, b) if sends else (b, a)), self.both[k]):
                self.other[k] = place[self.mirror[a], self.mirror[b]]

    def key(self, a: int, b: int) -> int:
        """One number for a pair, in either order."""
        return key(a, b, self.size)

    def alike(self, tail: int, head: int, both: bool) -> bool:
        """Whether another pair, that of the partners, is joined as this one is."""
        tail2, head2 = self.mirror[tail], self.mirror[head]
        there = self.key(tail2, head2)
        if there == self.key(tail, head):
            return False
        return self.joined.get(there) == (BOTH if both else tail2)

    def swapped(self, free: Bool, edges: Int64, random: RandomIntegers) -> Swapped:
        """Swap free ends again and again; counts and limits as of `wiring.swapped`.

        Args:
            free: (2P,) whether an end may be swapped; of one-way pairs the receiving one.
            edges: (P,) number of edges that a pair counts as.
        """
        like = np.array(self.other, np.int64) >= 0
        kind = 2 * np.array(self.both, np.int64) + like
        place, first, count = trading(self.neuron, free, kind)
        live = int(edges[np.unique(place // 2)].sum())
        swaps, tries, wanted, limit = 0, 0, SWAPS * live, TRIES * live
        enough = False
        for p, q in trades(place, first, count, random):
            if tries == limit:
                break
            tries += 1
            swaps += self.trade_alike(p, q) if self.other[p] >= 0 else self.trade(p, q)
            if swaps >= wanted and not enough:
                enough, limit = True, 2 * tries
        return Swapped(np.array(self.end, np.int64), swaps, tries, wanted)

    def trade(self, p: int, q: int) -> int:
        """Swap two ends, unless a pair would be doubled, or like one of the other side."""
        if not self.free((p, q)):
            return 0
        self.put(p, q)
        for place in (p, q):
            if self.alike(self.at[place ^ 1], self.at[place], self.both[place]):
                self.put(p, q)  # back
                return 0
        return 1

    def trade_alike(self, p: int, q: int) -> int:
        """Swap two ends and their like ends on the other side, or none."""
        p2, q2 = self.other[p], self.other[q]
        if p2 >> 1 == q >> 1 or not self.free((p, q), (p2, q2)):
            return 0
        self.put(p, q)
        self.put(p2, q2)
        return 2

    def free(self, *swaps: tuple[int, int]) -> bool:
        """Whether all swaps together give new pairs, each once, and no self-loop."""
        at, new = self.at, []
        for p, q in swaps:
            a, b, c, d = at[p ^ 1], at[p], at[q ^ 1], at[q]
            if a == d or b == c:
                return False
            new += [self.key(a, d), self.key(c, b)]
        return len({*new}) == len(new) and not any(each in self.joined for each in new)

    def put(self, p: int, q: int) -> None:
        """Swap the ends at two places."""
        at, end = self.at, self.end
        for place in (p, q):
            del self.joined[self.key(at[place ^ 1], at[place])]
        at[p], at[q] = at[q], at[p]
        end[p], end[q] = end[q], end[p]
        for place in (p, q):
            tail = BOTH if self.both[place] else at[place ^ 1]
            self.joined[self.key(at[place ^ 1], at[place])] = tail
