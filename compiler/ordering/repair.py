"""Neurons that an order silences are brought back, in any number of levels or in few."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..arrays import Bool, Int8, Int64, UInt8
from ..errors import InputError
from ..graph import reached
from ..ir.stages import MOTOR, SENSORY, Circuit, Junctions
from ..names import plural
from .few_levels import Shelves, shallow
from .integers import LIMIT, parts
from .keep_alive import Arcs, keep_alive
from .keep_alive_levels import STARTS, lift
from .lateral import Joined
from .problem import Fold, Net
from .solve import Found, order_of, topped


@dataclass(frozen=True)
class Task:
    """What keeping neurons alive needs to know.

    Attributes:
        scale: integers a unit of weight.
        delay: what does not conduct forward does so a step late.
    """

    net: Net
    fold: Fold
    role: UInt8
    junctions: Junctions
    scale: int = 1
    delay: bool = False

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


def flat(
    task: Task, found: Found, circuit: Circuit, most: int, cap: int | None
) -> tuple[Bool, Int8, dict[str, Any]]:
    """The net in `most` levels, its neurons kept alive for at most `cap` an arc.

    Returns:
        (E,) what runs backward; (J,) the directions of junctions, 0 of those whose ends
        share a level; facts.

    Raises:
        InputError: some junction between blocks does not rise.
    """
    net = task.net
    left, right = (
        task.fold.node[e] for e in (circuit.junctions.left, circuit.junctions.right)
    )
    price = parts(circuit.junctions.weight, task.scale, circuit.source.label)
    shelf = Shelves(net, left, right, price, most)
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
    way = np.sign(level[right] - level[left]).astype(np.int8)
    wanted = np.sign(net.block[right] - net.block[left])
    wrong = int(((wanted != 0) & (way != wanted)).sum())
    if wrong:
        seen = f"--max-levels {most}: {plural(wrong, 'gap junction')} found no room"
        hint = "each joins two of the blocks, so it has to rise: allow more levels"
        raise InputError(circuit.source.label, seen, hint)
    rises = net.proper & (level[net.pre] < level[net.post])
    return net.proper & ~rises, settled(task, rises, way), facts


def settled(task: Task, rises: Bool, way: Int8) -> Int8:
    """(J,) ways: of junctions that have none, those whose ends share a level at last.

    What is found lies in levels with gaps; where neurons fire as soon as they can, and
    only those on a path, fewer ends may share one.
    """
    net = task.net
    left, right = (
        task.fold.node[e] for e in (task.junctions.left, task.junctions.right)
    )
    size = len(net.names)
    joined = Joined(size, net.pre[rises], net.post[rises], left, right, way)
    joined = joined.among(np.ones(size, bool))
    pre, post = joined.conducting()
    if task.delay:
        pre = np.concatenate([net.pre, left, right])
        post = np.concatenate([net.post, right, left])
    sensory, motor = task.has
    live = reached(pre, post, sensory) & reached(post, pre, motor)
    return joined.among(live).way


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
