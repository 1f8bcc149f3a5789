"""Wire neurons at random: pairs of rows in [0, size), none of them twice.

Nothing here knows a circuit. Ends 2k and 2k + 1 of an array of ends are those of pair k.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import Bool, Int64
from ..graph import group
from .random import Dice

Pair = tuple[int, int]

SWAPS = 10  # for each edge, at least
TRIES = 1000  # for each edge, at most, to get there
BATCH = 4096  # tries drawn at a time
FEW, DRAWS = 64, 1000  # ends that are drawn all at once; how often at most


@dataclass(frozen=True, slots=True, eq=False)
class Swapped:
    """What swaps made of the ends of pairs.

    Attributes:
        end: (2P,) the end that stands at each place now.
        swaps, tries: how many were made, how many tried.
        wanted: how many were to be made; 0 where no two ends could ever be swapped.
    """

    end: Int64
    swaps: int
    tries: int
    wanted: int


def key(a: int, b: int, size: int) -> int:
    """One number for a pair, whichever end stands first."""
    return a * size + b if a < b else b * size + a


def keys(neuron: Int64, size: int) -> Int64:
    """(P,) the key of each pair of an array of ends."""
    a, b = neuron[0::2], neuron[1::2]
    found: Int64 = np.minimum(a, b) * size + np.maximum(a, b)
    return found


def filled(pairs: list[Pair], count: int, size: int, dice: Dice) -> list[Pair]:
    """The pairs and more of them, drawn at random, up to `count`; from none, G(n, m).

    Source: Erdos, Renyi, "On random graphs I", Publ Math Debrecen 6:290, 1959.
    """
    found = list(pairs)
    joined = {key(a, b, size) for a, b in found}
    while len(found) < count:
        a, b = dice.below(size), dice.below(size)
        if a != b and key(a, b, size) not in joined:
            joined.add(key(a, b, size))
            found.append((a, b))
    return found


def exactly(pairs: list[Pair], count: int, size: int, dice: Dice) -> list[Pair]:
    """`count` pairs: some taken away at random, or some added."""
    kept = dice.order(len(pairs))[:count].tolist()
    return filled([pairs[place] for place in kept], count, size, dice)


def small_world(size: int, near: int, chance: float, dice: Dice) -> list[Pair]:
    """A ring, each neuron joined to `near` on either side, then rewired by chance.

    Source: Watts, Strogatz, "Collective dynamics of 'small-world' networks",
    Nature 393:440, 1998.
    """
    pairs = [(u, (u + far) % size) for far in range(1, near + 1) for u in range(size)]
    joined = {key(u, v, size) for u, v in pairs}
    degree = [2 * near] * size
    level = int(chance * 2**64)
    for place, (u, v) in enumerate(pairs):
        if next(dice.numbers) >= level or degree[u] == size - 1:
            continue
        w = dice.below(size)
        while w == u or key(u, w, size) in joined:
            w = dice.below(size)
        joined.remove(key(u, v, size))
        joined.add(key(u, w, size))
        degree[v] -= 1
        degree[w] += 1
        pairs[place] = (u, w)
    return pairs


def preferred(size: int, links: int, dice: Dice) -> list[Pair]:
    """A star of links + 1 neurons; each new one joins `links` old ones, by their degree.

    Source: Barabasi, Albert, "Emergence of scaling in random networks",
    Science 286:509, 1999.
    """
    pairs = [(0, leaf) for leaf in range(1, links + 1)]
    urn = [end for pair in pairs for end in pair]
    for new in range(links + 1, size):
        chosen: dict[int, None] = {}  # in order, as no set is
        while len(chosen) < links:
            chosen[urn[dice.below(len(urn))]] = None
        pairs += [(new, old) for old in chosen]
        urn += [*chosen, *[new] * links]
    return pairs


def scattered(pairs: list[Pair], size: int, dice: Dice) -> Int64:
    """(2P,) ends of the pairs, in random order and direction, each row any neuron."""
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    ends = dice.order(size)[ends[dice.order(len(ends))]]
    turned = dice.coins(len(ends))
    ends[turned] = ends[turned, ::-1]
    return ends.ravel()


def moved(neuron: Int64, count: int, size: int, dice: Dice) -> Int64:
    """(2P,) ends after `count` of them, chosen at random, went to neurons at random."""
    chosen = dice.order(len(neuron))[:count].tolist()
    at, moving = neuron.tolist(), set(chosen)
    joined = set(keys(neuron, size).tolist())
    for place in dict.fromkeys(end - end % 2 for end in chosen):
        a, b = at[place], at[place + 1]
        joined.remove(key(a, b, size))
        while True:  # where the pair was there is always room
            a = dice.below(size) if place in moving else a
            b = dice.below(size) if place + 1 in moving else b
            if a != b and key(a, b, size) not in joined:
                break
        joined.add(key(a, b, size))
        at[place], at[place + 1] = a, b
    return np.array(at, np.int64)


def swapped(
    neuron: Int64, free: Bool, kind: Int64, edges: Int64, size: int, dice: Dice
) -> Swapped:
    """Swap ends between pairs at random, again and again: no degree changes.

    Two ends of one kind trade places unless a neuron would be joined with itself or a
    pair be joined twice. Every try is as likely as the one that undoes it, so all graphs
    that swaps lead to are as likely in the end. To stop at a swap would spoil that: so as
    many tries follow as it took to make enough. In tiny graphs swaps do not lead to all: of
    a ring of three, none turns it round. So where the ends are few, all are drawn at once.

    Args:
        neuron: (2P,) at each end.
        free: (2P,) whether an end may trade places.
        kind: (2P,) of each end.
        edges: (P,) how many edges a pair counts as.

    Source: Maslov, Sneppen, "Specificity and stability in topology of protein networks",
    Science 296:910, 2002; reciprocal pairs apart, Milo et al., "Network motifs",
    Science 298:824, 2002.
    """
    place, first, count = trading(neuron, free, kind)
    live = int(edges[np.unique(place // 2)].sum())
    swaps, tries, wanted, limit = 0, 0, SWAPS * live, TRIES * live
    end = np.arange(len(neuron))
    at, ends, joined = neuron.tolist(), end.tolist(), set(keys(neuron, size).tolist())
    for p, q in trades(place, first, count, dice):
        if tries == limit:
            break
        tries += 1
        a, b, c, d = at[p ^ 1], at[p], at[q ^ 1], at[q]
        if a == d or b == c:
            continue
        ad = a * size + d if a < d else d * size + a
        cb = c * size + b if c < b else b * size + c
        if ad in joined or cb in joined:  # they are too where nothing would change
            continue
        joined.remove(a * size + b if a < b else b * size + a)
        joined.remove(c * size + d if c < d else d * size + c)
        joined.add(ad)
        joined.add(cb)
        at[p], at[q] = d, b
        ends[p], ends[q] = ends[q], ends[p]
        swaps += 1
        if swaps == wanted:
            limit = 2 * tries
    end = np.array(ends, np.int64)
    if swaps and len(place) <= FEW:
        end = drawn_at_once(end, neuron, place, first, dice)
    return Swapped(end, swaps, tries, wanted)


def drawn_at_once(
    end: Int64, neuron: Int64, place: Int64, first: Int64, dice: Dice
) -> Int64:
    """The ends of each kind in random order, until they make a graph: all are as likely.

    If they never do, the ends as they are.

    Source: Bollobas, "A probabilistic proof of an asymptotic formula for the number of
    labelled regular graphs", European J Combin 1:311, 1980.
    """
    found = end.copy()
    for _ in range(DRAWS):
        order = dice.order(len(place))
        found[place] = end[place[order[np.argsort(first[order], kind="stable")]]]
        if simple(neuron[found]):
            return found
    return end


def simple(neuron: Int64) -> bool:
    """Whether no neuron is joined with itself and no pair joined twice."""
    pairs = neuron.reshape(-1, 2)
    distinct = np.unique(np.sort(pairs), axis=0)
    return len(distinct) == len(pairs) and bool((pairs[:, 0] != pairs[:, 1]).all())


def trades(
    place: Int64, first: Int64, count: Int64, dice: Dice
) -> Iterator[tuple[int, int]]:
    """Two places of one kind, again and again: the first any, the second any of its kind."""
    while len(place):
        one = dice.each(np.full(BATCH, len(place)))
        other = first[one] + dice.each(count[one])
        yield from zip(place[one].tolist(), place[other].tolist(), strict=True)


def trading(neuron: Int64, free: Bool, kind: Int64) -> tuple[Int64, Int64, Int64]:
    """The ends that may trade places, by kind.

    Kinds are left out of which all ends, or all other ends, are of one neuron: there no
    swap changes anything.

    Returns:
        (place, first, count): (T,) ends; where those of the same kind start among them,
        and how many they are.
    """
    ends = np.flatnonzero(free)
    order, start = group(kind[ends])
    ends = ends[order]
    length = np.diff(np.append(start, len(ends)))
    which = np.repeat(np.arange(len(start)), length)
    several = np.ones(len(start), bool)
    for column in (neuron[ends], neuron[ends ^ 1]):
        if len(start):
            low = np.minimum.reduceat(column, start)
            several &= low < np.maximum.reduceat(column, start)
    kept, length = several[which], length[several]
    start = np.cumsum(length) - length
    return ends[kept], np.repeat(start, length), np.repeat(length, length)
