"""Feedback arc sets: arcs whose reversal breaks every cycle, of least cost or of little.

Each strongly connected component is solved exactly, with a proof, or, where that is too
large or not asked for, by the ratio order (out - in) / (out + in), sifted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Int32
from ..graph import longest_path, ratio_rank
from ..ir.optimality import Component
from . import exact
from .exact import LARGEST
from .instance import Instance, Symmetry
from .sift import Sift

SOLVED = 5000  # edges of a component that "auto" solves exactly
TRIED, NODES = 300_000, 6000  # edges and nodes beyond which not even "exact" tries
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
    """

    back: Bool
    exact: Bool
    sifted: bool
    bound: int
    unique: bool = True
    packing: tuple[Component, ...] = ()
    known: tuple[tuple[tuple[int, int], ...], ...] = ()


def feedback_arc_set(
    instance: Instance,
    cycles: str,
    *,
    start: Int32 | None = None,
    known: FeedbackArcSet | None = None,
) -> FeedbackArcSet:
    """Break every cycle: exactly where asked for and possible, else by sifting.

    Args:
        cycles: "auto", "exact", "fast" or "ratio".
        start: (N,) ranks to sift from, instead of the ratio order.
        known: an earlier result on this instance, whose cycles are constrained at once.
    """
    nothing = np.zeros(len(instance.pre), bool)
    found = FeedbackArcSet(nothing, nothing, False, 0)
    if cycles in ("auto", "exact"):
        most = SOLVED if cycles == "auto" else TRIED
        found = solve_components(instance, most, known.known if known else ())
    rest = instance.cyclic & ~found.exact
    if not rest.any():
        return found
    rank = heuristic_rank(instance, rest, sift=cycles != "ratio", start=start)
    against = rest & (rank[instance.pre] >= rank[instance.post])
    back = without_idle(instance, found.back | against)
    return replace(found, back=back, sifted=True)


def without_idle(instance: Instance, back: Bool) -> Bool:
    """(E,) a feedback arc set without the arcs that close no cycle.

    A sifted order may send such arcs backward. Those that rise in the levels run forward
    together without a cycle, and add no level.
    """
    while True:
        kept = instance.proper & ~back
        level = longest_path(
            instance.pre[kept], instance.post[kept], len(instance.names)
        )
        free = back & instance.proper & (level[instance.pre] < level[instance.post])
        if not free.any():
            return back
        back = back & ~free


def solve_components(
    instance: Instance, most: int, known: tuple[tuple[tuple[int, int], ...], ...] = ()
) -> FeedbackArcSet:
    """The optimum of every strongly connected component of at most `most` edges."""
    back, solved = np.zeros(len(instance.pre), bool), np.zeros(len(instance.pre), bool)
    bound, unique = 0, True
    packing: list[Component] = []
    cycles: list[tuple[tuple[int, int], ...]] = []
    first, second = exact.ties(
        instance.names, instance.pre, instance.post, seed=instance.seed
    )
    for number in np.unique(instance.component[instance.pre[instance.cyclic]]).tolist():
        rows = np.flatnonzero(
            instance.cyclic & (instance.component[instance.pre] == number)
        )
        if len(rows) > most:
            continue
        nodes = np.flatnonzero(instance.component == number)
        if len(nodes) > NODES:
            continue
        place = np.full(len(instance.names), -1, np.int32)
        place[nodes] = np.arange(len(nodes), dtype=np.int32)
        pre, post = instance.pre[rows], instance.post[rows]
        ends = list(zip(pre.tolist(), post.tolist(), strict=True))
        edge = {pair: local for local, pair in enumerate(ends)}
        found = exact.minimum(
            place[pre],
            place[post],
            instance.weight[rows],
            first[rows],
            second[rows],
            len(nodes),
            change_cost=(
                None if instance.change_cost is None else instance.change_cost[rows]
            ),
            fixed=instance.fixed[rows] if instance.fixed[rows].any() else None,
            known=[[edge[p] for p in c] for c in known if all(p in edge for p in c)],
        )
        bound += found.bound
        cycles += [tuple(ends[e] for e in cycle) for cycle in found.cycles]
        if found.packing:
            packing.append(
                tuple(
                    (tuple(instance.names[ends[e][0]] for e in cycle), parts)
                    for cycle, parts in found.packing
                )
            )
        if found.cut is not None:
            back[rows[found.cut]] = True
            solved[rows] = True
            unique = unique and found.unique
    return FeedbackArcSet(
        back, solved, False, bound, unique, tuple(packing), tuple(cycles)
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
