"""Find an order of a net that sends the least weight backward, or little of it.

Each strongly connected component is solved exactly, with a proof, or, where that is too
large or not asked for, by the ratio order (out - in) / (out + in), sifted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Int32
from ..graph import longest_path, ratio_rank
from ..ir.stages import Component
from . import exact
from .exact import LARGEST
from .problem import Fold, Net
from .sift import Sift

SOLVED = 5000  # edges of a component that "auto" solves exactly
TRIED, NODES = 300_000, 6000  # edges and nodes beyond which not even "exact" tries
DEAR = (
    2**60
)  # what a sum of prices stays under when a protected arc outweighs all others


@dataclass(frozen=True)
class Found:
    """What runs backward, and what is known of it.

    Attributes:
        back: (E,) arcs of the net, none of them improper.
        exact: (E,) in a component that was solved.
        sifted: some component was not.
        bound: no order loses less, in the net's prices.
        unique: the tie-break left but one set in every component solved.
        packing: by component, the cycles that prove the bound.
        known: cycles that were constrained, as (pre, post) pairs of nodes.
    """

    back: Bool
    exact: Bool
    sifted: bool
    bound: int
    unique: bool = True
    packing: tuple[Component, ...] = ()
    known: tuple[tuple[tuple[int, int], ...], ...] = ()


def order_of(
    net: Net, cycles: str, *, start: Int32 | None = None, known: Found | None = None
) -> Found:
    """Break every cycle: exactly where asked for and possible, else by sifting.

    Args:
        cycles: "auto", "exact", "fast" or "ratio".
        start: (N,) ranks to sift from, instead of the ratio order.
        known: an earlier result on this net, whose cycles are constrained at once.
    """
    nothing = np.zeros(len(net.pre), bool)
    found = Found(nothing, nothing, False, 0)
    if cycles in ("auto", "exact"):
        most = SOLVED if cycles == "auto" else TRIED
        found = solve(net, most, known.known if known else ())
    rest = net.cyclic & ~found.exact
    if not rest.any():
        return found
    rank = find_order(net, rest, sift=cycles != "ratio", start=start)
    against = rest & (rank[net.pre] >= rank[net.post])
    back = topped(net, found.back | against)
    return replace(found, back=back, sifted=True)


def topped(net: Net, back: Bool) -> Bool:
    """(E,) what still runs backward after all that rises in the levels is let forward.

    An order that was sifted may send arcs backward that close no cycle. None is made by
    letting those that rise run forward together, and no level is added.
    """
    while True:
        kept = net.proper & ~back
        level = longest_path(net.pre[kept], net.post[kept], len(net.names))
        free = back & net.proper & (level[net.pre] < level[net.post])
        if not free.any():
            return back
        back = back & ~free


def solve(
    net: Net, most: int, known: tuple[tuple[tuple[int, int], ...], ...] = ()
) -> Found:
    """Solve every component of at most `most` edges."""
    back, solved = np.zeros(len(net.pre), bool), np.zeros(len(net.pre), bool)
    bound, unique = 0, True
    packing: list[Component] = []
    cycles: list[tuple[tuple[int, int], ...]] = []
    first, second = exact.ties(net.names, net.pre, net.post, seed=net.seed)
    for number in np.unique(net.component[net.pre[net.cyclic]]).tolist():
        rows = np.flatnonzero(net.cyclic & (net.component[net.pre] == number))
        if len(rows) > most:
            continue
        nodes = np.flatnonzero(net.component == number)
        if len(nodes) > NODES:
            continue
        place = np.full(len(net.names), -1, np.int32)
        place[nodes] = np.arange(len(nodes), dtype=np.int32)
        pre, post = net.pre[rows], net.post[rows]
        ends = list(zip(pre.tolist(), post.tolist(), strict=True))
        edge = {pair: local for local, pair in enumerate(ends)}
        found = exact.minimum(
            place[pre],
            place[post],
            net.weight[rows],
            first[rows],
            second[rows],
            len(nodes),
            flip=None if net.flip is None else net.flip[rows],
            fixed=net.fixed[rows] if net.fixed[rows].any() else None,
            known=[[edge[p] for p in c] for c in known if all(p in edge for p in c)],
        )
        bound += found.bound
        cycles += [tuple(ends[e] for e in cycle) for cycle in found.cycles]
        if found.packing:
            packing.append(
                tuple(
                    (tuple(net.names[ends[e][0]] for e in cycle), parts)
                    for cycle, parts in found.packing
                )
            )
        if found.cut is not None:
            back[rows[found.cut]] = True
            solved[rows] = True
            unique = unique and found.unique
    return Found(back, solved, False, bound, unique, tuple(packing), tuple(cycles))


def find_order(
    net: Net, among: Bool, *, sift: bool = True, start: Int32 | None = None
) -> Int32:
    """(N,) rank of each node; only the given arcs count. Protected arcs run forward."""
    size = len(net.names)
    pre, post, cost = net.pre[among], net.post[among], net.weight[among]
    kept = net.fixed[among]
    if kept.any():
        dear = int(cost.sum()) + 1
        cost = np.where(kept, min(dear, DEAR // int(kept.sum())), cost)
    if start is not None:
        return Sift(pre, post, cost, size).improve(start)
    rank = ratio_rank(pre, post, cost, size)
    return Sift(pre, post, cost, size).search(rank) if sift else rank


def least(found: Found, net: Net, fold: Fold) -> int:
    """What no order loses less than, in prices: what has to run backward among it."""
    against = ~net.proper & (net.pre != net.post)
    return found.bound + fold.lost + int(net.weight[against].sum())


def names_in_order(net: Net, back: Bool) -> tuple[str, ...]:
    """The nodes in an order in which everything but `back` (E,) runs forward."""
    kept = net.proper & ~back
    level = longest_path(net.pre[kept], net.post[kept], len(net.names))
    rows = np.lexsort((np.arange(len(level)), level))
    return tuple(net.names[row] for row in rows.tolist())


def settle_protected(net: Net) -> Net:
    """Protect what can be: where protected arcs form cycles, the fewest are given up.

    Of those fewest the ones that let the least weight run backward in all.
    """
    alone = net.fixed & net.proper
    free = replace(net, fixed=np.zeros(len(net.pre), bool), flip=None)
    gone = net.fixed & ~net.proper
    if alone.any() and replace(free, proper=alone).cyclic.any():
        dear = min(int(net.weight.sum()) + 1, LARGEST // 2)
        whole = replace(free, weight=net.weight + dear * alone)
        gone = gone | (order_of(whole, "auto").back & alone)
    return replace(net, fixed=net.fixed & ~gone)
