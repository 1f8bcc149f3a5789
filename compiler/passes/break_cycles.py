"""Break cycles: circuit -> dag, by an order that runs against little weight.

Finding the least weight is the minimum feedback arc set problem (`order`, `exact`). Then
neurons that the order silences are brought back (`keep_alive`). What was not proved is
never called a minimum. All in integers, so that the set is the same everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..alive_levels import STARTS, lift
from ..errors import InputError
from ..exact import LARGEST
from ..graph import longest_path, ranks, total, walks
from ..ir import (
    MOTOR,
    SENSORY,
    Bool,
    Circuit,
    Dag,
    Float64,
    Int8,
    Int64,
    Junctions,
    Past,
    Proof,
    UInt8,
)
from ..keep_alive import Arcs, keep_alive
from ..names import plain, plural
from ..net import Fold, Net, block_of, flipped, net_of, prices, protected
from ..order import Found, least, names_in_order, order_of, settle_protected, topped
from ..shallow import Shelves, shallow

DIGITS = 10**6  # parts of a unit that fractional weights are rounded to where they are
COARSE = 1000  # too large to be solved exactly in so many
EDGES = 40_000_000  # of a graph: more would not fit the memory of a workstation
LIMIT = 2**60  # that sums of weights stay under, in int64, doubled as well
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
        max_levels: keep what rises in so many levels, at most; 0: any number.
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
    net = settle_protected(net)
    if past is not None and past.same:
        asked = {
            "alive": alive,
            "roles": roles,
            "stick": stick,
            "symmetric": symmetric,
            "max_levels": max_levels,
        }
        return recorded(circuit, past, net, asked, protect)
    first, found = search(net, cycles, past, stick * scale)
    proof = proof_of(cycles, first, net, fold, scale, whole)
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
    task = Task(net, fold, circuit.cells.role, circuit.junctions)
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
    facts |= report(circuit, sent, loop, net, proof, scale)
    block = block_of(circuit.cells.role)
    price = prices(block, edges.pre, edges.post, weight, roles)
    facts["price"] = int(price[sent & ~loop].sum()) / scale
    return Dag(
        circuit.source,
        circuit.cells,
        edges.take(~sent),
        edges.take(sent),
        replace(circuit.junctions, forced=forced.astype(np.int8)),
        proof,
        {**circuit.history, "break_cycles": facts},
    )


def flat(
    task: Task, found: Found, circuit: Circuit, most: int, cap: int | None
) -> tuple[Bool, Int8, dict[str, Any]]:
    """The net in `most` levels, its neurons kept alive for at most `cap` an arc.

    Returns:
        (E,) what runs backward; (J,) the directions of junctions; facts.

    Raises:
        InputError: the ends of some junction end up on one level.
    """
    net = task.net
    left, right = (
        task.fold.node[e] for e in (circuit.junctions.left, circuit.junctions.right)
    )
    shelf = Shelves(net, left, right, most)
    level, *others = shallow(shelf, net, found.back)
    facts: dict[str, Any] = {}
    if cap is not None:
        falls = (level[net.pre] >= level[net.post]) | ~net.proper
        first = int(net.weight[falls & (net.pre != net.post)].sum())
        arcs, _ = arcs_of(task, np.flatnonzero(net.proper))
        lifted = lift(shelf, arcs, [level, *others[: STARTS - 1]], cap)
        level, brought = lifted.level, int(lifted.forced.sum())
        gone = list(lifted.given_up)
        facts = {"few_price": first, "brought_back": brought, "given_up": gone}
    forced = np.sign(level[right] - level[left]).astype(np.int8)
    wrong = forced == 0
    across = net.block[left] != net.block[right]
    wrong |= across & (forced != np.sign(net.block[right] - net.block[left]))
    if wrong.any():
        seen = f"--max-levels {most}: {plural(int(wrong.sum()), 'gap junction')} found no room"
        hint = "each joins two neurons of different levels: allow more levels"
        raise InputError(circuit.source.label, seen, hint)
    return net.proper & (level[net.pre] >= level[net.post]), forced, facts


def unprotected(circuit: Circuit, sent: Bool, protect: tuple[str, ...]) -> list[str]:
    """The synapses that run backward although they were to be protected."""
    name, edges = circuit.cells.name, circuit.chemical
    rows = np.flatnonzero(protected(name, edges.pre, edges.post, protect) & sent)
    ends = zip(edges.pre[rows].tolist(), edges.post[rows].tolist(), strict=True)
    return [f"{plain(name[u])} -> {plain(name[v])}" for u, v in ends]


def unmatched(circuit: Circuit, protect: tuple[str, ...]) -> list[str]:
    """The patterns that no synapse matches."""
    name, edges = circuit.cells.name, circuit.chemical
    return [
        p for p in protect if not protected(name, edges.pre, edges.post, (p,)).any()
    ]


def search(
    net: Net, cycles: str, past: Past | None, stick: float
) -> tuple[Found, Found]:
    """(what loses least, what is taken): the same, unless flips have a price."""
    if past is None:
        found = order_of(net, cycles)
        return found, found
    last = len(past.rank)
    start = ranks(np.array([past.rank.get(name, last) for name in net.names], np.int64))
    if not stick:
        near = flipped(net, past.back, TIE)
        found = order_of(near, cycles, start=start)
        return found, found
    first = order_of(net, cycles)
    near = flipped(net, past.back, stick)
    return first, order_of(near, cycles, start=start, known=first)


def recorded(
    circuit: Circuit,
    past: Past,
    net: Net,
    asked: dict[str, Any],
    protect: tuple[str, ...],
) -> Dag:
    """The order of a model of the same graph and options, checked, not solved again.

    Raises:
        InputError: it is no order, or loses less than it says is possible.
    """
    name, edges = circuit.cells.name, circuit.chemical
    ends = zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    sent = np.array([past.back[name[u], name[v]] for u, v in ends], bool)
    rows = zip(
        circuit.junctions.left.tolist(), circuit.junctions.right.tolist(), strict=True
    )
    way = [1 if (name[u], name[v]) in past.rising else -1 for u, v in rows]
    loop = edges.pre == edges.post
    weight, scale, whole = integers(edges.weight, circuit.source.label)
    price = prices(
        block_of(circuit.cells.role), edges.pre, edges.post, weight, asked["roles"]
    )
    paid = int(price[sent & ~loop].sum()) / scale
    bound = past.proof.bound
    ahead = longest_path(edges.pre[~sent], edges.post[~sent], len(name))
    if (ahead < 0).any() or (bound is not None and bound > paid):
        seen = "its order has a cycle, or loses less than it says is possible"
        raise InputError(past.label, seen, "elegansc verify says more")
    facts: dict[str, Any] = {
        **asked,
        "rounded": not whole,
        "protected": int(net.fixed.sum()),
        "unprotected": unprotected(circuit, sent, protect),
        "unmatched": unmatched(circuit, protect),
        "price": paid,
        "least_price": paid if bound is None or past.proof.method != "exact" else bound,
        "flips": 0,
        "like": past.label,
        "recorded": True,
    }
    facts |= report(circuit, sent, loop, net, past.proof, scale)
    return Dag(
        circuit.source,
        circuit.cells,
        edges.take(~sent),
        edges.take(sent),
        replace(circuit.junctions, forced=np.array(way, np.int8)),
        past.proof,
        {**circuit.history, "break_cycles": facts},
    )


def flips(circuit: Circuit, sent: Bool, past: Past) -> int:
    """How many synapses of both versions changed between forward and backward."""
    name, edges = circuit.cells.name, circuit.chemical
    ends = zip(edges.pre.tolist(), edges.post.tolist(), sent.tolist(), strict=True)
    return sum(past.back.get((name[u], name[v]), back) != back for u, v, back in ends)


def direction(junctions: Junctions, net: Net, fold: Fold) -> Int8:
    """(J,) which way blocks make a junction conduct; 0 where they do not care."""
    block = net.block[fold.node]
    way: Int8 = np.sign(block[junctions.right] - block[junctions.left])
    return way.astype(np.int8)


@dataclass(frozen=True)
class Task:
    """What keeping neurons alive needs to know."""

    net: Net
    fold: Fold
    role: UInt8
    junctions: Junctions

    @property
    def has(self) -> tuple[Bool, Bool]:
        """(N,), (N,) which nodes hold a sensory, a motor neuron."""
        found = []
        for bit in (SENSORY, MOTOR):
            held = np.zeros(len(self.net.names), bool)
            held[self.fold.node[self.role & bit > 0]] = True
            found.append(held)
        return found[0], found[1]


def revive(task: Task, found: Found, cap: int) -> tuple[Bool, Int8, dict[str, Any]]:
    """Bring back the neurons that the order silences.

    Returns:
        (E,) what runs backward now; (J,) directions that junctions must take; facts.
    """
    net = task.net
    proper = np.flatnonzero(net.proper)
    arcs, key = arcs_of(task, proper)
    kept = np.zeros(len(arcs.pre), bool)
    kept[: len(proper)] = ~found.back[proper]

    def again(arcs: Arcs, forced: Bool) -> Bool | None:
        """The least weight with the forced arcs kept."""
        used = np.flatnonzero((np.arange(len(forced)) < len(proper)) | forced)
        flip = None
        if net.flip is not None:
            more = np.zeros(len(forced) - len(proper))
            flip = np.concatenate([net.flip[proper], more])[used]
        part = replace(
            net,
            pre=arcs.pre[used],
            post=arcs.post[used],
            weight=arcs.weight[used],
            proper=np.ones(len(used), bool),
            fixed=(forced | arcs.fixed)[used],
            flip=flip,
        )
        solved = order_of(part, "auto", known=found)
        if solved.sifted:
            return None
        stays = np.zeros(len(forced), bool)
        stays[used[~solved.back]] = True
        return stays

    result = keep_alive(arcs, kept, cap, None if found.sifted else again)
    kept = result.kept
    if found.sifted:  # a cut may have taken more than it had to
        among = np.arange(len(kept)) < len(proper)
        whole = replace(
            net,
            pre=arcs.pre,
            post=arcs.post,
            weight=arcs.weight,
            proper=among | kept,
            fixed=arcs.fixed,
            flip=None,
        )
        kept = kept | (among & ~topped(whole, ~kept))
    back = np.zeros(len(net.pre), bool)
    back[proper[~kept[: len(proper)]]] = True
    conducting = set(key[kept[len(proper) :]].tolist())
    size = len(net.names)
    left, right = (
        task.fold.node[e] for e in (task.junctions.left, task.junctions.right)
    )
    rising = [
        int(u) * size + int(v) in conducting for u, v in zip(left, right, strict=True)
    ]
    sinking = [
        int(v) * size + int(u) in conducting for u, v in zip(left, right, strict=True)
    ]
    forced = np.array(rising, np.int8) - np.array(sinking, np.int8)
    brought = int(result.forced.sum())
    return back, forced, {"brought_back": brought, "given_up": list(result.given_up)}


def arcs_of(task: Task, proper: Int64) -> tuple[Arcs, Int64]:
    """Proper arcs, then each direction of a junction that is no such arc as well.

    Returns:
        the arcs; of each that is a junction, pre * N + post.
    """
    net, size = task.net, len(task.net.names)
    left, right = (
        task.fold.node[e] for e in (task.junctions.left, task.junctions.right)
    )
    pre, post = np.concatenate([left, right]), np.concatenate([right, left])
    may = (pre != post) & (net.block[pre] <= net.block[post])
    key = np.unique(pre[may].astype(np.int64) * size + post[may])
    synapse = net.pre[proper].astype(np.int64) * size + net.post[proper]
    key = key[~np.isin(key, synapse)]
    sensory, motor = task.has
    none = np.zeros(len(key), np.int64)
    arcs = Arcs(
        np.concatenate([net.pre[proper], (key // size).astype(np.int32)]),
        np.concatenate([net.post[proper], (key % size).astype(np.int32)]),
        np.concatenate([net.weight[proper], none]),
        sensory,
        motor,
        net.names,
        np.concatenate([net.fixed[proper], none > 0]),
    )
    return arcs, key


def price_cap(weight: Int64, scale: int, cap: float) -> int:
    """The most that keeping one arc may cost, in integers."""
    if cap:
        return int(cap * scale)
    least = int(weight[weight > 0].min(initial=LIMIT)) if len(weight) else 0
    return max(20 * min(least, LIMIT // 32), int(weight.sum()) // 500)


def proof_of(
    cycles: str, found: Found, net: Net, fold: Fold, scale: int, whole: bool
) -> Proof:
    """What the order may be called; nothing is proved of weights that were rounded."""
    order = names_in_order(net, found.back)
    if cycles == "ratio":
        return Proof("ratio", order=order, scale=scale)
    if cycles == "fast" or (found.sifted and not found.bound):
        return Proof("sift", order=order, scale=scale)
    bound = least(found, net, fold) / scale if whole else None
    sides = tuple((((u, v), lost * 10**6),) for u, v, lost in fold.pairs if lost)
    packing = (*found.packing, *sides) if whole else ()
    method = "exact+sift" if found.sifted else "exact"
    return Proof(method, bound, packing, order, scale)


def integers(weight: Float64, label: str) -> tuple[Int64, int, bool]:
    """Weights as int64, scaled where they are fractions; the scale; whether exactly so.

    Exactly: as decimal numbers, which is how files write them.

    Raises:
        InputError: their sum leaves the range of int64.
    """
    if len(weight) > EDGES:
        seen = f"{len(weight):,} synapses; orders are found for at most {EDGES:,}"
        raise InputError(label, seen, "drop the lightest with --min-weight")
    scale = scale_of(weight)
    if float(weight.sum()) * scale >= LIMIT:
        hint = "divide all weights by a constant"
        seen = f"the weights, in parts of 1/{scale:,}," if scale > 1 else "the weights"
        raise InputError(label, f"{seen} add up to more than 2**60", hint)
    scaled = np.rint(weight * scale)
    return scaled.astype(np.int64), scale, bool((scaled / scale == weight).all())


def scale_of(weight: Float64) -> int:
    """The least power of ten that makes all weights whole and leaves them exact.

    Where there is none they are rounded, as finely as the exact search still resolves; or
    taken in DIGITS where that would leave too little.
    """
    most = float(weight.max(initial=0))
    powers = [int(10**digits) for digits in range(16)]
    for scale in powers:
        within = scale == 1 or most * scale <= LARGEST
        if within and (np.rint(weight * scale) / scale == weight).all():
            return scale
    finest = max((scale for scale in powers if most * scale <= LARGEST), default=1)
    return finest if finest >= COARSE else DIGITS


def report(
    circuit: Circuit, sent: Bool, loop: Bool, net: Net, proof: Proof, scale: int
) -> dict[str, Any]:
    """What runs backward, self-loops apart, and what that does to the animal."""
    edges, role = circuit.chemical, circuit.cells.role
    size = len(circuit.cells)
    back = sent & ~loop
    key = edges.pre.astype(np.int64) * size + edges.post
    other = edges.post[back].astype(np.int64) * size + edges.pre[back]
    kept = walks(
        edges.pre,
        edges.post,
        edges.weight,
        ~sent,
        role & SENSORY > 0,
        role & MOTOR > 0,
    )
    sizes = np.bincount(net.component)
    return {
        "method": proof.method,
        "bound": proof.bound,
        "scale": scale,
        "components": int((sizes > 1).sum()),
        "largest": int(sizes.max(initial=0)),
        "synapses": int(back.sum()),
        "weight": total(edges.weight[back]),
        "halves": int(np.isin(other, key[~sent]).sum()),
        "walks": [round(share, 4) for share in kept],
        "of_synapses": int((~loop).sum()),
        "of_weight": total(edges.weight[~loop]),
        "self_loops": int(loop.sum()),
    }
