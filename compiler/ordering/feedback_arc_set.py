"""Feedback arc sets: arcs whose reversal breaks every cycle, of least cost or of little.

Each strongly connected component is solved exactly, with a proof, or, where that is too
large or not asked for, by the ratio order (out - in) / (out + in), sifted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Int32, Int64
from ..graph import longest_path, ratio_rank
from ..ir.optimality import Component
from . import exact
from .exact import LARGEST
from .instance import Instance, Symmetry
from .reciprocal import reciprocal_pairs
from .sift import Sift

TRIED, NODES = 300_000, 6000  # edges and nodes beyond which not even "exact" tries
SOLVED = {
    "brief": 5000,
    "auto": 5000,
    "exact": TRIED,
}  # edges of a component that is solved exactly
# Of integer programs, see `Effort`. Worms take 4,000; a random twin of one may take hours.
EFFORT = {"brief": 1000, "auto": 20_000, "exact": 10**8}
PROTECTED_COST = 2**60  # upper limit of the summed costs of protected arcs


@dataclass(frozen=True)
class FeedbackArcSet:
    """A feedback arc set of an instance, and its lower bound.

    Invariants: the arcs that are proper and not in `back` have no cycle; no arc of `back`
    is improper; the cost of `back` is at least `bound`.

    Attributes:
        back: (E,) the arcs of the set: they run backward.
        exact: (E,) arcs of components that were solved to the optimum.
        sifted: whether a component was left to the heuristic.
        bound: sum of the lower bounds of the components, in the instance's costs.
        unique: whether each solved component has one optimum under the tie-break.
        packing: by component, the packed cycles that prove the bound.
        known: constrained cycles, as (pre, post) pairs of nodes.
        certified: whether `packing` proves the bound; else an integer program does.
        spent: whether the budget of an exact search ended before.
    """

    back: Bool
    exact: Bool
    sifted: bool
    bound: int
    unique: bool = True
    packing: tuple[Component, ...] = ()
    known: tuple[tuple[tuple[int, int], ...], ...] = ()
    certified: bool = True
    spent: bool = False


def feedback_arc_set(
    instance: Instance,
    cycles: str,
    *,
    start: Int32 | None = None,
    known: FeedbackArcSet | None = None,
    proof: bool = True,
) -> FeedbackArcSet:
    """Break every cycle: exactly where asked for and possible, else by sifting.

    Args:
        cycles: "auto", "exact", "fast", "ratio"; or "brief": auto with less effort.
        start: (N,) ranks to sift from, instead of the ratio order.
        known: an earlier result on this instance, whose cycles are constrained at once.
        proof: whether to prove the bound, and that the optimum is unique.
    """
    nothing = np.zeros(len(instance.pre), bool)
    found = FeedbackArcSet(nothing, nothing, False, 0)
    if cycles in SOLVED:
        found = solve_components(
            instance, cycles, known.known if known else (), proof=proof
        )
    rest = instance.cyclic & ~found.exact
    if not rest.any():
        return found
    # all components are sifted, as by "fast": no order of a component may lose more
    rank = heuristic_rank(
        instance, instance.cyclic, sift=cycles != "ratio", start=start
    )
    against = instance.cyclic & (rank[instance.pre] >= rank[instance.post])
    back = rest & without_idle(instance, against)
    back = without_idle(instance, found.back | back)
    return replace(found, back=back, sifted=True)


def without_idle(instance: Instance, back: Bool) -> Bool:
    """(E,) a feedback arc set without the arcs that close no cycle.

    A sifted order may send such arcs backward. Those that rise in the levels run forward
    together without a cycle, and add no level; then those within a level by row.
    """
    while True:
        kept = instance.proper & ~back
        level = longest_path(
            instance.pre[kept], instance.post[kept], len(instance.names)
        )
        one, two = level[instance.pre], level[instance.post]
        idle = back & instance.proper
        free = idle & (one < two)
        if not free.any():
            free = idle & (one == two) & (instance.pre < instance.post)
        if not free.any():
            return back
        back = back & ~free


def solve_components(
    instance: Instance,
    cycles: str,
    known: tuple[tuple[tuple[int, int], ...], ...] = (),
    *,
    proof: bool = True,
) -> FeedbackArcSet:
    """The optimum of every strongly connected component that `cycles` solves, and a bound.

    The bound of a component that is not solved is at least that of its reciprocal pairs.
    """
    back, solved = np.zeros(len(instance.pre), bool), np.zeros(len(instance.pre), bool)
    bound, unique, certified, spent = 0, True, True, False
    packing: list[Component] = []
    constrained: list[tuple[tuple[int, int], ...]] = []
    for rows in components_of(instance):
        nodes = np.unique(instance.pre[rows])
        pairs = pairs_packed(instance, rows)
        if len(rows) > SOLVED[cycles] or len(nodes) > NODES:
            bound += pairs[0]
            packing += [pairs[1]] if pairs[1] else []
            certified = certified and bool(pairs[1] or not pairs[0])
            continue
        ends = list(
            zip(instance.pre[rows].tolist(), instance.post[rows].tolist(), strict=True)
        )
        found = minimum_of(
            instance, rows, nodes, ends, known, EFFORT[cycles], proof=proof
        )
        constrained += [tuple(ends[e] for e in cycle) for cycle in found.cycles]
        packed = found.bound, tuple(
            (tuple(instance.names[ends[e][0]] for e in cycle), parts)
            for cycle, parts in found.packing
        )
        least, part = max(packed, pairs, key=lambda known: known[0])
        packing += [part] if part else []
        spent = spent or found.spent
        if found.cut is not None:
            back[rows[found.cut]] = True
            solved[rows] = True
            unique = unique and found.unique
            if found.least:
                lost = int(instance.weight[rows[found.cut]].sum())
                certified, least = certified and least >= lost, lost
        bound += least
    return FeedbackArcSet(
        back,
        solved,
        False,
        bound,
        unique,
        tuple(packing),
        tuple(constrained),
        certified,
        spent,
    )


def components_of(instance: Instance) -> Iterator[Int64]:
    """The arcs of each strongly connected component of more than one node, as rows."""
    rows = np.flatnonzero(instance.cyclic)
    number = instance.component[instance.pre[rows]]
    rows = rows[np.argsort(number, kind="stable")]
    ends = np.flatnonzero(np.diff(np.sort(number))) + 1
    yield from np.split(rows, ends) if len(rows) else ()


def pairs_packed(instance: Instance, rows: Int64) -> tuple[int, Component]:
    """(lower bound of the reciprocal pairs of a component, their cycles as a packing).

    Of more than TRIED arcs the packing is left empty: it would fill the memory.
    """
    one, two, least = reciprocal_pairs(instance, rows)
    bound = int(least.sum())
    if len(rows) > TRIED:
        return bound, ()
    name, pre = instance.names, instance.pre
    columns = (pre[one].tolist(), pre[two].tolist(), least.tolist())
    return bound, tuple(
        ((name[u], name[v]), cost * exact.PARTS)
        for u, v, cost in zip(*columns, strict=True)
        if cost
    )


def minimum_of(
    instance: Instance,
    rows: Int64,
    nodes: Int32,
    ends: list[tuple[int, int]],
    known: tuple[tuple[tuple[int, int], ...], ...],
    effort: int,
    *,
    proof: bool,
) -> exact.Minimum:
    """The optimum of one component.

    Args:
        rows: its arcs; ends: their (pre, post); nodes: ascending.
        known: cycles to begin with, as (pre, post) pairs; effort: see `Effort`.
    """
    pre, post = instance.pre[rows], instance.post[rows]
    first, second = exact.ties(instance.names, pre, post, seed=instance.seed)
    edge = {pair: local for local, pair in enumerate(ends)}
    change, fixed = instance.change_cost, instance.fixed[rows]
    return exact.minimum(
        np.searchsorted(nodes, pre).astype(np.int32),
        np.searchsorted(nodes, post).astype(np.int32),
        instance.weight[rows],
        first,
        second,
        len(nodes),
        change_cost=None if change is None else change[rows],
        fixed=fixed if fixed.any() else None,
        known=[[edge[p] for p in c] for c in known if all(p in edge for p in c)],
        effort=effort,
        proof=proof,
    )


def heuristic_rank(
    instance: Instance, among: Bool, *, sift: bool = True, start: Int32 | None = None
) -> Int32:
    """(N,) ranks by the ratio order or by sifting, of the arcs that `among` (E,) marks.

    Protected arcs run forward.
    """
    size = len(instance.names)
    pre, post, cost = instance.pre[among], instance.post[among], instance.weight[among]
    kept = instance.fixed[among]
    if kept.any():
        most = int(cost.sum()) + 1
        cost = np.where(kept, min(most, PROTECTED_COST // int(kept.sum())), cost)
    if start is not None:
        return Sift(pre, post, cost, size).improve(start)
    rank = ratio_rank(pre, post, cost, size)
    return Sift(pre, post, cost, size).search(rank) if sift else rank


def lower_bound(found: FeedbackArcSet, instance: Instance, symmetry: Symmetry) -> int:
    """Lower bound on the cost of every order, with the arcs that have to run backward."""
    against = int(instance.weight[instance.against_blocks].sum())
    return found.bound + symmetry.lost + against


def names_in_order(instance: Instance, back: Bool) -> tuple[str, ...]:
    """The nodes in an order in which everything but `back` (E,) runs forward."""
    kept = instance.proper & ~back
    level = longest_path(instance.pre[kept], instance.post[kept], len(instance.names))
    rows = np.lexsort((np.arange(len(level)), level))
    return tuple(instance.names[row] for row in rows.tolist())


def resolve_protected(instance: Instance) -> Instance:
    """The instance with the fewest protected arcs unprotected that leave them acyclic.

    Of those fewest the ones that let the least weight run backward in all.
    """
    alone = instance.fixed & instance.proper
    free = replace(instance, fixed=np.zeros(len(instance.pre), bool), change_cost=None)
    gone = instance.fixed & ~instance.proper
    if alone.any() and replace(free, proper=alone).cyclic.any():
        most = min(int(instance.weight.sum()) + 1, LARGEST // 2)
        whole = replace(free, weight=instance.weight + most * alone)
        gone = gone | (feedback_arc_set(whole, "auto").back & alone)
    return replace(instance, fixed=instance.fixed & ~gone)
