"""Random simple graphs: distinct pairs of rows in [0, size). Knows no circuit.

Ends 2k and 2k + 1 of an array of ends belong to pair k.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import Bool, Int64
from ..graph import group
from .nearby import BATCH, Nearby
from .random import RandomIntegers

Pair = tuple[int, int]

SWAPS = 10  # least number for each edge
TRIES = 1000  # largest number for each edge
FEW, DRAWS = 64, 1000  # most ends that are permuted at once; most attempts at that


@dataclass(frozen=True, slots=True, eq=False)
class Swapped:
    """The result of swapping ends of pairs.

    Attributes:
        end: (2P,) the original place of the end that is now at each place.
        swaps, tries: number of swaps made and tried.
        wanted: number of swaps to make; 0 where no two ends can be swapped.
    """

    end: Int64
    swaps: int
    tries: int
    wanted: int


def key(a: int, b: int, size: int) -> int:
    """One number for a pair, in either order."""
    return a * size + b if a < b else b * size + a


def keys(neuron: Int64, size: int) -> Int64:
    """(P,) the key of each pair of an array of ends."""
    a, b = neuron[0::2], neuron[1::2]
    found: Int64 = np.minimum(a, b) * size + np.maximum(a, b)
    return found


def filled(
    pairs: list[Pair], count: int, size: int, random: RandomIntegers
) -> list[Pair]:
    """Add random pairs up to `count`; from no pairs this gives G(n, m).

    Source: Erdos, Renyi, "On random graphs I", Publ Math Debrecen 6:290, 1959.
    """
    found = list(pairs)
    joined = {key(a, b, size) for a, b in found}
    while len(found) < count:
        a, b = random.below(size), random.below(size)
        if a != b and key(a, b, size) not in joined:
            joined.add(key(a, b, size))
            found.append((a, b))
    return found


def exactly(
    pairs: list[Pair], count: int, size: int, random: RandomIntegers
) -> list[Pair]:
    """Remove or add random pairs, to `count`."""
    kept = random.order(len(pairs))[:count].tolist()
    return filled([pairs[place] for place in kept], count, size, random)


def small_world(
    size: int, near: int, chance: float, random: RandomIntegers
) -> list[Pair]:
    """A ring, each neuron joined to `near` on either side, then randomly rewired.

    Source: Watts, Strogatz, "Collective dynamics of 'small-world' networks",
    Nature 393:440, 1998.
    """
    pairs = [(u, (u + far) % size) for far in range(1, near + 1) for u in range(size)]
    joined = {key(u, v, size) for u, v in pairs}
    degree = [2 * near] * size
    level = int(chance * 2**64)
    for place, (u, v) in enumerate(pairs):
        if next(random.numbers) >= level or degree[u] == size - 1:
            continue
        w = random.below(size)
        while w == u or key(u, w, size) in joined:
            w = random.below(size)
        joined.remove(key(u, v, size))
        joined.add(key(u, w, size))
        degree[v] -= 1
        degree[w] += 1
        pairs[place] = (u, w)
    return pairs


def preferred(size: int, links: int, random: RandomIntegers) -> list[Pair]:
    """A star of links + 1 neurons, grown by preferential attachment of `links` pairs each.

    Source: Barabasi, Albert, "Emergence of scaling in random networks",
    Science 286:509, 1999.
    """
    pairs = [(0, leaf) for leaf in range(1, links + 1)]
    urn = [end for pair in pairs for end in pair]
    for new in range(links + 1, size):
        chosen: dict[int, None] = {}  # in order, as no set is
        while len(chosen) < links:
            chosen[urn[random.below(len(urn))]] = None
        pairs += [(new, old) for old in chosen]
        urn += [*chosen, *[new] * links]
    return pairs


def scattered(pairs: list[Pair], size: int, random: RandomIntegers) -> Int64:
    """(2P,) ends of the pairs, in random order and direction, rows permuted."""
    ends = np.array(pairs, np.int64).reshape(-1, 2)
    ends = random.order(size)[ends[random.order(len(ends))]]
    turned = random.coins(len(ends))
    ends[turned] = ends[turned, ::-1]
    return ends.ravel()


def moved(neuron: Int64, count: int, size: int, random: RandomIntegers) -> Int64:
    """(2P,) ends after `count` random ones moved to random neurons."""
    chosen = random.order(len(neuron))[:count].tolist()
    at, moving = neuron.tolist(), set(chosen)
    joined = set(keys(neuron, size).tolist())
    for place in dict.fromkeys(end - end % 2 for end in chosen):
        a, b = at[place], at[place + 1]
        joined.remove(key(a, b, size))
        while True:  # where the pair was there is always room
            a = random.below(size) if place in moving else a
            b = random.below(size) if place + 1 in moving else b
            if a != b and key(a, b, size) not in joined:
                break
        joined.add(key(a, b, size))
        at[place], at[place + 1] = a, b
    return np.array(at, np.int64)


def swapped(
    neuron: Int64,
    free: Bool,
    kind: Int64,
    edges: Int64,
    size: int,
    random: RandomIntegers,
    near: Nearby | None = None,
) -> Swapped:
    """Degree-preserving rewiring: swap random ends between pairs, again and again.

    Two ends of one kind trade places unless that gives a self-loop, a double pair or a pair
    of another bin. Each try is as likely as its reverse, so the chain converges to the
    uniform distribution over the graphs within reach. To stop at a swap would bias it, so as
    many tries follow after enough swaps. In tiny graphs not all are within reach (no swap
    reverses a ring of three): few ends of one bin are permuted.

    Args:
        neuron: (2P,) row of the neuron at each end.
        free: (2P,) whether an end may be swapped.
        kind: (2P,) only ends of one kind are swapped.
        edges: (P,) number of edges that a pair counts as.
        near: the bins of pairs of neurons; None: all are of one bin.

    Source: Maslov, Sneppen, "Specificity and stability in topology of protein networks",
    Science 296:910, 2002; reciprocal pairs apart, Milo et al., "Network motifs",
    Science 298:824, 2002.
    """
    place, first, count = trading(neuron, free, kind)
    live = int(edges[np.unique(place // 2)].sum())
    swaps, tries, wanted, limit = 0, 0, SWAPS * live, TRIES * live
    end, joined = np.arange(len(neuron)), set(keys(neuron, size).tolist())
    # the neuron and the end at each place, and the place of each end
    at, ends, where = neuron.tolist(), end.tolist(), end.tolist()
    drawn = near.trades(neuron, place, kind, (at, where), random) if near else None
    bins = near.of if near else None
    for p, q in drawn or trades(place, first, count, random):
        if tries == limit:
            break
        tries += 1
        a, b, c, d = at[p ^ 1], at[p], at[q ^ 1], at[q]
        if a == d or b == c or (bins and bins[c][b] != bins[c][d]):
            continue
        ad = a * size + d if a < d else d * size + a
        cb = c * size + b if c < b else b * size + c
        if ad in joined or cb in joined:  # they are too where nothing would change
            continue
        joined.difference_update((key(a, b, size), key(c, d, size)))
        joined.update((ad, cb))
        at[p], at[q] = d, b
        ends[p], ends[q] = ends[q], ends[p]
        where[ends[p]], where[ends[q]] = p, q
        swaps += 1
        if swaps == wanted:
            limit = 2 * tries
    end = np.array(ends, np.int64)
    if swaps and len(place) <= FEW and not near:
        end = permuted(end, neuron, place, first, random)
    return Swapped(end, swaps, tries, wanted)


def permuted(
    end: Int64, neuron: Int64, place: Int64, first: Int64, random: RandomIntegers
) -> Int64:
    """Permute the ends of each kind until the graph is simple: a uniform sample.

    After too many attempts, the ends stay as they are.

    Source: Bollobas, "A probabilistic proof of an asymptotic formula for the number of
    labelled regular graphs", European J Combin 1:311, 1980.
    """
    found = end.copy()
    for _ in range(DRAWS):
        order = random.order(len(place))
        found[place] = end[place[order[np.argsort(first[order], kind="stable")]]]
        if simple(neuron[found]):
            return found
    return end


def simple(neuron: Int64) -> bool:
    """Whether a graph has no self-loop and no double pair."""
    pairs = neuron.reshape(-1, 2)
    distinct = np.unique(np.sort(pairs), axis=0)
    return len(distinct) == len(pairs) and bool((pairs[:, 0] != pairs[:, 1]).all())


def trades(
    place: Int64, first: Int64, count: Int64, random: RandomIntegers
) -> Iterator[tuple[int, int]]:
    """Endless random pairs of places of one kind."""
    while len(place):
        one = random.each(np.full(BATCH, len(place)))
        other = first[one] + random.each(count[one])
        yield from zip(place[one].tolist(), place[other].tolist(), strict=True)


def trading(neuron: Int64, free: Bool, kind: Int64) -> tuple[Int64, Int64, Int64]:
    """The ends that can be swapped, by kind.

    A kind is left out if all its ends, or all their opposite ends, are of one neuron: no
    swap changes anything there.

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
