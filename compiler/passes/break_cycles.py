"""Break cycles: circuit -> dag, by an order that runs against little weight.

Finding the least weight is the minimum feedback arc set problem (`order`, `exact`). Then
neurons that the order silences are brought back (`keep_alive`). What was not proved is
never called a minimum. All in integers, so that the set is the same everywhere.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ..arrays import Bool, Int8
from ..errors import InputError
from ..graph import longest_path, ranks, total
from ..ir.stages import Circuit, Dag, Junctions, Optimality, Past
from ..ordering.integers import integers
from ..ordering.losses import flips, optimality_of, report, unmatched, unprotected
from ..ordering.problem import Fold, Net, block_of, flipped, net_of, prices
from ..ordering.repair import Task, flat, price_cap, revive, settled
from ..ordering.solve import Found, order_of, settle_protected

REVIVED = (
    10_000  # edges of a graph in which neurons are kept alive: cuts take minutes beyond
)
TIE = 2.0**-12  # contacts a flip from an older order costs where it only breaks ties


def break_cycles(
    circuit: Circuit,
    *,
    cycles: str = "auto",
    alive: bool = True,
    alive_cap: float = 0.0,
    roles: str = "free",
    protect: tuple[str, ...] = (),
    symmetric: bool = False,
    tie_seed: int = 0,
    past: Past | None = None,
    stick: float = 0.0,
    max_levels: int = 0,
    feedback: str = "drop",
) -> Dag:
    """Send backward the synapses that run against the order inside a cycle.

    Args:
        cycles: "exact" (the minimum, proved), "fast" (ratio order, sifted), "ratio" (the
            ratio order alone: shallow); "auto" is exact for components of at most 5,000
            edges, else fast.
        alive: keep a neuron on a path from a sensor to a motor that lies on one in the
            cyclic graph, junctions both ways.
        alive_cap: the most that keeping one arc may cost, in the source's unit; 0: 20
            times the least weight, or 0.2 % of the whole if that is more.
        roles, protect, symmetric: see `net.net_of`.
        tie_seed: takes another one of many minima.
        past: an older model, to stay near.
        max_levels: keep what rises in so many levels, at most; 0: any number. A junction
            within a level is lateral.
        feedback: see `mark_live.mark_live`.
        stick: what turning one of its synapses may cost, in the source's unit; 0: it breaks ties.

    Source: Eades, Lin, Smyth, "A fast and effective heuristic for the feedback arc set
    problem", Information Processing Letters 47 (1993), for the ratio as a key.
    """
    edges = circuit.chemical
    loop = edges.pre == edges.post
    weight, scale, whole = integers(edges.weight, circuit.source.label)
    net, fold = net_of(
        circuit.cells.name,
        circuit.cells.role,
        edges.pre,
        edges.post,
        weight,
        roles=roles,
        protect=protect,
        symmetric=symmetric,
        seed=tie_seed,
    )
    net, late = settle_protected(net), feedback == "delay"
    if past is not None and past.same:
        asked = {
            "alive": alive,
            "roles": roles,
            "stick": stick,
            "symmetric": symmetric,
            "max_levels": max_levels,
        }
        task = Task(net, fold, circuit.cells.role, circuit.junctions, scale, late)
        return recorded(circuit, past, task, asked, protect)
    near = net if past is None else flipped(net, past.back, stick * scale or TIE)
    first, found = search(net, near, cycles, past, stick > 0)
    optimality = optimality_of(cycles, first, net, fold, scale, whole)
    against = ~net.proper & (net.pre != net.post)
    facts: dict[str, Any] = {
        "asked": cycles,
        "rounded": not whole,
        "alive": alive,
        "roles": roles,
        "symmetric": symmetric,
        "protected": int(net.fixed.sum()),
        "unique": found.unique,
        "least_price": (int(net.weight[first.back | against].sum()) + fold.lost)
        / scale,
        "least": total(edges.weight[fold.back(first.back | against) & ~loop]),
        "unmatched": unmatched(circuit, protect),
    }
    back = found.back
    forced = direction(circuit.junctions, net, fold)
    task = Task(near, fold, circuit.cells.role, circuit.junctions, scale, late)
    cap = price_cap(weight, scale, alive_cap) if alive else None
    if alive and len(edges) > REVIVED:
        cap = None
        facts |= {"alive": False, "too_large_to_revive": True}
    if max_levels:
        facts["max_levels"] = max_levels
        back, forced, more = flat(task, found, circuit, max_levels, cap)
        facts |= more
        if "few_price" in facts:
            facts["few_price"] /= scale
    elif cap is not None:
        back, turned, more = revive(task, found, cap)
        forced = np.where(turned != 0, turned, forced)
        facts |= more
    sent = fold.back(back | against) | loop
    facts["unprotected"] = unprotected(circuit, sent, protect)
    if past is not None:
        facts |= {
            "flips": flips(circuit, sent, past),
            "like": past.label,
            "stick": stick,
        }
    facts |= report(circuit, sent, loop, net, optimality, scale)
    block = block_of(circuit.cells.role)
    price = prices(block, edges.pre, edges.post, weight, roles)
    facts["price"] = int(price[sent & ~loop].sum()) / scale
    within = (forced == 0) & (max_levels > 0)
    return broken(circuit, sent, forced, within, optimality, facts)


def search(
    net: Net, near: Net, cycles: str, past: Past | None, sticky: bool
) -> tuple[Found, Found]:
    """(what loses least, what is taken): the same, unless flips have a price.

    Args:
        near: the net with a price on flips.
        sticky: it is more than breaks ties.
    """
    if past is None:
        found = order_of(net, cycles)
        return found, found
    last = len(past.rank)
    start = ranks(np.array([past.rank.get(name, last) for name in net.names], np.int64))
    if not sticky:
        found = order_of(near, cycles, start=start)
        return found, found
    first = order_of(net, cycles)
    return first, order_of(near, cycles, start=start, known=first)


def recorded(
    circuit: Circuit,
    past: Past,
    task: Task,
    asked: dict[str, Any],
    protect: tuple[str, ...],
) -> Dag:
    """The order of a model of the same graph and options, checked, not solved again.

    Raises:
        InputError: it is no order, or loses less than it says is possible.
    """
    net, name, edges = task.net, circuit.cells.name, circuit.chemical
    ends = zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    sent = np.array([past.back[name[u], name[v]] for u, v in ends], bool)
    way = ways(circuit, past)
    loop = edges.pre == edges.post
    weight, scale, whole = integers(edges.weight, circuit.source.label)
    price = prices(
        block_of(circuit.cells.role), edges.pre, edges.post, weight, asked["roles"]
    )
    paid = int(price[sent & ~loop].sum()) / scale
    bound = past.optimality.bound
    ahead = longest_path(edges.pre[~sent], edges.post[~sent], len(name))
    if (ahead < 0).any() or (bound is not None and bound > paid):
        seen = "its order has a cycle, or loses less than it says is possible"
        raise InputError(past.label, seen, "elegansc verify says more")
    if (way == 0).any() and (settled(task, ~sent, way) != way).any():
        seen = "it gives up a junction whose neurons stand on different levels"
        raise InputError(past.label, seen, "elegansc verify says more")
    facts: dict[str, Any] = {
        **asked,
        "rounded": not whole,
        "protected": int(net.fixed.sum()),
        "unprotected": unprotected(circuit, sent, protect),
        "unmatched": unmatched(circuit, protect),
        "price": paid,
        "least_price": (
            paid if bound is None or past.optimality.method != "exact" else bound
        ),
        "flips": 0,
        "like": past.label,
        "recorded": True,
    }
    facts |= report(circuit, sent, loop, net, past.optimality, scale)
    return broken(circuit, sent, way, way == 0, past.optimality, facts)


def ways(circuit: Circuit, past: Past) -> Int8:
    """(J,) which way an older model's junctions conduct; 0: their neurons share a level."""
    name, ends = circuit.cells.name, circuit.junctions
    pairs = [
        (name[u], name[v])
        for u, v in zip(ends.left.tolist(), ends.right.tolist(), strict=True)
    ]
    rises = np.array([pair in past.rising for pair in pairs], bool)
    within = np.array([pair in past.lateral for pair in pairs], bool)
    return np.where(within, 0, np.where(rises, 1, -1)).astype(np.int8)


def broken(
    circuit: Circuit,
    sent: Bool,
    way: Int8,
    within: Bool,
    optimality: Optimality,
    facts: dict[str, Any],
) -> Dag:
    """The dag.

    Args:
        sent: (synapses,) what runs backward.
        way: (J,) of junctions; within: (J,) those that conduct nothing.
    """
    edges = circuit.chemical
    ends = replace(circuit.junctions, forced=way.astype(np.int8))
    lateral = ends.take(within)
    facts |= {"lateral": len(lateral), "lateral_weight": total(lateral.weight)}
    return Dag(
        circuit.source,
        circuit.cells,
        edges.take(~sent),
        edges.take(sent),
        ends.take(~within),
        optimality,
        {**circuit.history, "break_cycles": facts},
        lateral,
    )


def direction(junctions: Junctions, net: Net, fold: Fold) -> Int8:
    """(J,) which way blocks make a junction conduct; 0 where they do not care."""
    block = net.block[fold.node]
    way: Int8 = np.sign(block[junctions.right] - block[junctions.left])
    return way.astype(np.int8)
