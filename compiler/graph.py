"""Kernels on bare arrays: components, reachability, longest paths, sums, best places.

Rows are int32, weights int64 or float64. Nothing here knows a neuron.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .arrays import Bool, Float64, Int32, Int64

EXACT = 2**53  # float64 holds every integer up to here
FRONTS = 64  # of a search that looks at every edge once a front


def group(*keys: NDArray[np.integer]) -> tuple[Int64, Int64]:
    """Sort rows by keys (the first counts most) and find where each group starts.

    Returns:
        (order, start): (E,) a stable sorting permutation; (G,) first row of each
        group of equal keys, as a place in `order`.
    """
    order = np.lexsort(keys[::-1])
    if not len(order):
        return order, order
    changed = np.zeros(len(order), bool)
    changed[0] = True
    for key in keys:
        sorted_key = key[order]
        changed[1:] |= sorted_key[1:] != sorted_key[:-1]
    return order, np.flatnonzero(changed)


def sums(values: Float64, start: Int64) -> Float64:
    """Sum of each group, the same in whatever order its rows stand.

    Integers are added as such; other values by `math.fsum`, which rounds once.
    """
    if not len(start):
        return np.zeros(0)
    if (values == np.trunc(values)).all() and float(np.abs(values).sum()) < EXACT:
        return np.add.reduceat(values, start)
    ends = [*start[1:].tolist(), len(values)]
    pairs = zip(start.tolist(), ends, strict=True)
    return np.array([math.fsum(values[first:last].tolist()) for first, last in pairs])


def total(values: Float64) -> float:
    """Sum of all values, the same in whatever order they stand."""
    return math.fsum(values.tolist())


class Neighbours:
    """The edges that leave each node, as slices of one array (CSR).

    Args:
        tail, head: (E,) rows in [0, size).
    """

    def __init__(self, tail: Int32, head: Int32, size: int) -> None:
        self.edge = np.argsort(tail, kind="stable")
        self.head = head[self.edge]
        count = np.bincount(tail, minlength=size) if len(tail) else np.zeros(size, int)
        self.start = np.concatenate([[0], np.cumsum(count)])

    def of(self, nodes: NDArray[np.integer]) -> Int64:
        """Places in `head` (and `edge`) of all edges that leave the given nodes."""
        first, last = self.start[nodes], self.start[nodes + 1]
        length = last - first
        if not length.sum():
            return np.zeros(0, np.int64)
        ends = np.cumsum(length)
        shift = np.repeat(first - (ends - length), length)
        places: Int64 = np.arange(ends[-1]) + shift
        return places


def components(pre: Int32, post: Int32, size: int) -> Int32:
    """(size,) number of each node's strongly connected component."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(pre), np.int8)
    matrix = csr_array((ones, (pre, post)), (size, size))
    found: Int32 = connected_components(matrix, directed=True, connection="strong")[1]
    return found


def reached(pre: Int32, post: Int32, start: Bool) -> Bool:
    """(N,) the nodes that a path from `start` (N,) leads to, `start` itself among them."""
    seen = start.copy()
    for _ in range(FRONTS):
        new = post[seen[pre] & ~seen[post]]
        if not len(new):
            return seen
        seen[new] = True
    return reached_far(pre, post, seen)


def reached_far(pre: Int32, post: Int32, start: Bool) -> Bool:
    """`reached` by paths of any length: each edge is looked at once."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    size = len(start)
    begin = np.flatnonzero(start).astype(np.int32)
    tail = np.concatenate([pre, np.full(len(begin), size, np.int32)])  # one before all
    head = np.concatenate([post, begin])
    matrix = csr_array((np.ones(len(tail)), (tail, head)), (size + 1, size + 1))
    seen = np.zeros(size + 1, bool)
    seen[breadth_first_order(matrix, size, return_predecessors=False)] = True
    return seen[:size]


def fronts(pre: Int32, post: Int32, size: int) -> Iterator[Int64]:
    """Nodes whose inputs have all been yielded before, front by front, ascending.

    A node at or below a cycle is never yielded.

    Source: Kahn, "Topological sorting of large networks", CACM 5(11), 1962.
    """
    edges = Neighbours(pre, post, size)
    waiting = np.bincount(post, minlength=size)
    front = np.flatnonzero(waiting == 0)
    while len(front):
        yield front
        heads, count = np.unique(edges.head[edges.of(front)], return_counts=True)
        waiting[heads] -= count
        front = heads[waiting[heads] == 0]


def longest_path(pre: Int32, post: Int32, size: int) -> Int32:
    """Length of the longest path that ends at each node, in edges.

    Args:
        pre, post: (E,) rows in [0, size); repeated edges count once.

    Returns:
        (size,) int32; 0 at the roots, -1 at and below a cycle.
    """
    depth = np.full(size, -1, np.int32)
    for level, front in enumerate(fronts(pre, post, size)):
        depth[front] = level
    return depth


def ratio_rank(pre: Int32, post: Int32, weight: Int64, size: int) -> Int32:
    """(size,) rank by (out - in) / (out + in), the largest first; ties by row.

    Integers only: ratios are compared as out / (out + in) in 2**-40.
    """
    out = np.zeros(size, np.int64)
    into = np.zeros(size, np.int64)
    np.add.at(out, pre, weight)
    np.add.at(into, post, weight)
    share = ratio(out, out + into)
    return ranks(-share)


def ratio(part: Int64, whole: Int64) -> Int64:
    """floor(2**40 part / whole) in integers that cannot overflow; 2**39 for 0 / 0."""
    result = np.zeros(len(part), np.int64)
    rest, base = part.copy(), np.maximum(whole, 1)
    for _ in range(40):  # long division, a bit a step
        rest = rest * 2
        bit = rest >= base
        result = result * 2 + bit
        rest -= np.where(bit, base, 0)
    result[part == whole] = 2**40
    result[whole == 0] = 2**39
    return result


def ranks(label: Int64) -> Int32:
    """(N,) place of each node in ascending order of its label; ties by row."""
    place = np.empty(len(label), np.int32)
    place[np.argsort(label, kind="stable")] = np.arange(len(label), dtype=np.int32)
    return place


def backward(rank: Int32, pre: Int32, post: Int32, weight: Int64) -> int:
    """Weight of the edges that run against a rank."""
    return int(weight[rank[pre] >= rank[post]].sum())


HOPS = (1, 2, 3, 4, 5)


def walks(
    pre: Int32, post: Int32, weight: Float64, kept: Bool, start: Bool, end: Bool
) -> list[float]:
    """Share of the walk weight from `start` (N,) to `end` (N,) that is kept, by hops.

    A hop weighs the share that an edge has of all input of its head, self-loops apart; a
    walk the product of its hops. `kept` (E,) marks the edges that are.
    """
    from scipy.sparse import csr_array

    size = len(start)
    proper = pre != post
    pre, post, weight, kept = pre[proper], post[proper], weight[proper], kept[proper]
    share = weight / np.maximum(np.bincount(post, weight, size), 1e-300)[post]

    def after(mask: Bool) -> Iterator[float]:
        matrix = csr_array((share[mask], (post[mask], pre[mask])), (size, size))
        state: Float64 = start.astype(np.float64)
        for _ in HOPS:
            state = matrix @ state
            yield float(state[end].sum())

    pairs = zip(after(np.ones(len(pre), bool)), after(kept), strict=True)
    return [some / every if every else 1.0 for every, some in pairs]


def scatter(value: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A well-mixed 64-bit hash of each value.

    Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators",
    OOPSLA 2014 (SplitMix64).
    """
    mixed = value + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))
