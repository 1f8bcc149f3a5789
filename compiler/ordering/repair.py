"""Repair an order that silences neurons, in any number of levels."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Int8, Int64
from ..graph import reached
from .all_orders import SMALL, best_orders
from .descent import descend
from .feedback_arc_set import FeedbackArcSet, feedback_arc_set, without_idle
from .junction_directions import JunctionDirections
from .keep_alive import Arcs, Kept, dead_names, keep_alive
from .problem import Problem


@dataclass(frozen=True)
class Repaired:
    """A feedback arc set after its repair, with directions of the junctions.

    Attributes:
        back: (arcs,) those that run backward; the others and the junctions have no cycle.
        way: (J,) +1: the junction conducts left -> right, -1: right -> left, 0: free, or
            both ends share one of few levels.
        brought_back: arcs forced forward to bring neurons back; None: nobody was to be.
        given_up: names of the neurons that are left on no path; too_dear: whether
            the cap is the reason.
        few_price: cost of the levels before the repair, in integers; None: any number of
            levels.
    """

    back: Bool
    way: Int8
    brought_back: int | None = None
    given_up: tuple[str, ...] | None = None
    few_price: int | None = None
    too_dear: bool = False


def repair(problem: Problem, found: FeedbackArcSet) -> Repaired:
    """Bring silenced neurons back, in any number of levels."""
    block, (left, right) = problem.instance.block, problem.nodes_of_junctions
    way = np.sign(block[right] - block[left]).astype(np.int8)
    if problem.cap is None:
        return Repaired(found.back, way)
    return kept_alive(problem, found, problem.cap, way)


def kept_alive(
    problem: Problem, found: FeedbackArcSet, cap: int, way: Int8
) -> Repaired:
    """Bring back the neurons that the order silences, for at most `cap` an arc.

    Args:
        way: (J,) directions that blocks ask for; those that were forced go before.
    """
    instance = problem.near
    proper = np.flatnonzero(instance.proper)
    arcs, key = arcs_of(problem, proper)
    kept = np.zeros(len(arcs.pre), bool)
    kept[: len(proper)] = ~found.back[proper]

    def resolve(arcs: Arcs, forced: Bool) -> Bool | None:
        return solved_again(problem, found, arcs, forced)

    nothing = np.zeros(len(kept), bool)
    result = Kept(kept, nothing, dead_names(arcs, arcs.wanted(), kept))
    if len(arcs.names) > SMALL:
        result = keep_alive(arcs, kept, cap, None if found.sifted else resolve)
    if instance.change_cost is None and not np.ptp(instance.block):
        result = descend(arcs, result)
    if found.sifted:  # a cut may have taken more than it had to
        result = replace(result, kept=with_idle_kept(problem, arcs, result))
    cost = arcs.weight.astype(np.float64)
    if instance.change_cost is not None:
        cost[: len(proper)] += instance.change_cost[proper]
    most = cap if problem.options.alive_cap else None
    result = best_orders(arcs, result, kept, cost, most, instance.seed)
    kept = result.kept
    back = np.zeros(len(instance.pre), bool)
    back[proper[~kept[: len(proper)]]] = True
    along = conducted(problem, set(key[kept[len(proper) :]].tolist()))
    way = np.where(along != 0, along, way).astype(np.int8)
    forced = int(result.forced.sum())
    return Repaired(back, way, forced, result.given_up, too_dear=result.too_dear)


def solved_again(
    problem: Problem, found: FeedbackArcSet, arcs: Arcs, forced: Bool
) -> Bool | None:
    """(A,) arcs that an optimum with the forced arcs keeps; None: it was not solved."""
    instance = problem.near
    count = int(instance.proper.sum())
    used = np.flatnonzero((np.arange(len(forced)) < count) | forced)
    change_cost = None
    if instance.change_cost is not None:
        none = np.zeros(len(forced) - count)
        change_cost = np.concatenate([instance.change_cost[instance.proper], none])
    part = replace(
        instance,
        pre=arcs.pre[used],
        post=arcs.post[used],
        weight=arcs.weight[used],
        proper=np.ones(len(used), bool),
        fixed=(forced | arcs.fixed)[used],
        change_cost=None if change_cost is None else change_cost[used],
    )
    solved = feedback_arc_set(part, "auto", known=found, proof=False)
    if solved.sifted:
        return None
    stays = np.zeros(len(forced), bool)
    stays[used[~solved.back]] = True
    return stays


def with_idle_kept(problem: Problem, arcs: Arcs, result: Kept) -> Bool:
    """(A,) the arcs kept, and the synapses beside them that close no cycle."""
    among = np.arange(len(result.kept)) < int(problem.near.proper.sum())
    whole = replace(
        problem.near,
        pre=arcs.pre,
        post=arcs.post,
        weight=arcs.weight,
        proper=among | result.kept,
        fixed=arcs.fixed,
        change_cost=None,
    )
    kept: Bool = result.kept | (among & ~without_idle(whole, ~result.kept))
    return kept


def conducted(problem: Problem, conducting: set[int]) -> Int8:
    """(J,) directions of junctions, from the kept ones as pre * nodes + post; 0: neither."""
    size = len(problem.instance.names)
    left, right = problem.nodes_of_junctions
    rising, sinking = (
        [int(u) * size + int(v) in conducting for u, v in zip(*ends, strict=True)]
        for ends in ((left, right), (right, left))
    )
    return np.array(rising, np.int8) - np.array(sinking, np.int8)


def directed(problem: Problem, rises: Bool, way: Int8) -> Int8:
    """(J,) directions, with those of junctions whose ends end on different levels.

    A level assignment has gaps. Where neurons fire as soon as they can, and only those on
    a path, fewer ends share a level.

    Args:
        rises: (arcs,) those that run forward.
        way: (J,) directions in the assignment; 0: the ends share a level there.
    """
    everyone = np.ones(len(problem.instance.names), bool)
    joined = directions(problem, rises, way).among(everyone)
    return joined.among(live_nodes(problem, joined)).way


def directions(problem: Problem, rises: Bool, way: Int8) -> JunctionDirections:
    """The arcs that rise (arcs,), and the junctions with the directions `way` (J,)."""
    instance = problem.instance
    left, right = problem.nodes_of_junctions
    pre, post = instance.pre[rises], instance.post[rises]
    return JunctionDirections(len(instance.names), pre, post, left, right, way)


def live_nodes(problem: Problem, joined: JunctionDirections) -> Bool:
    """(N,) the nodes on a path from a sensor to a motor."""
    pre, post = joined.conducting()
    if problem.delayed:
        instance, (left, right) = problem.instance, problem.nodes_of_junctions
        pre = np.concatenate([instance.pre, left, right])
        post = np.concatenate([instance.post, right, left])
    sensory, motor = problem.roles_of_nodes
    return reached(pre, post, sensory) & reached(post, pre, motor)


def arcs_of(problem: Problem, proper: Int64) -> tuple[Arcs, Int64]:
    """Proper arcs, then each direction of a junction that is no such arc as well.

    Returns:
        the arcs; of each that is a junction, pre * nodes + post.
    """
    instance, size = problem.near, len(problem.instance.names)
    left, right = problem.nodes_of_junctions
    pre, post = np.concatenate([left, right]), np.concatenate([right, left])
    may = (pre != post) & (instance.block[pre] <= instance.block[post])
    key = np.unique(pre[may].astype(np.int64) * size + post[may])
    synapse = instance.pre[proper].astype(np.int64) * size + instance.post[proper]
    key = key[~np.isin(key, synapse)]
    sensory, motor = problem.roles_of_nodes
    none = np.zeros(len(key), np.int64)
    arcs = Arcs(
        np.concatenate([instance.pre[proper], (key // size).astype(np.int32)]),
        np.concatenate([instance.post[proper], (key % size).astype(np.int32)]),
        np.concatenate([instance.weight[proper], none]),
        sensory,
        motor,
        instance.names,
        np.concatenate([instance.fixed[proper], none > 0]),
        np.concatenate([np.zeros(len(proper), bool), none == 0]),
    )
    return arcs, key
