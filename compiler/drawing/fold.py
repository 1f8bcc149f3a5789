"""Cell classes as single nodes: left and right partners, numbered neurons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .. import catalog
from ..arrays import Float64, Int32, Int64
from ..names import plural
from .facts import caption
from .scene import (
    DEAD,
    FEEDBACK,
    FORWARD,
    JUNCTION,
    SAME,
    Lines,
    Neurons,
    Scene,
    first_role,
    one_role,
)


def folded(scene: Scene) -> Scene:
    """The classes of a scene of one connectome, weights added up.

    A class stands at the median level of its neurons that have one, if any has, and has all
    their roles. Of synapses from class to class that run both forward and backward, the side of
    more weight counts as the way. Those within a class are left out, and counted.
    """
    words = [catalog.class_of(name) for name in scene.neurons.name]
    neurons, place = classes(scene, words)
    lines, inside = merged(scene, place, neurons.level)
    where = "" if scene.uncut else ", each at the median level of its neurons"
    note = (
        f"drawn are their {len(neurons):,} classes{where}; "
        f"{plural(inside, 'line')} within a class left out"
    )
    return replace(scene, neurons=neurons, lines=lines, caption=(*caption(scene), note))


def classes(scene: Scene, words: list[str]) -> tuple[Neurons, Int32]:
    """The classes by (level, name), and the row of the class of each neuron."""
    members: dict[str, list[int]] = {}
    for row, word in enumerate(words):
        members.setdefault(word, []).append(row)
    old = scene.neurons
    level = {word: median(old.level[rows]) for word, rows in members.items()}
    roles = [np.bitwise_or.reduce(old.role[rows]) for rows in members.values()]
    role = dict(zip(members, one_role(np.array(roles, np.uint8)), strict=True))
    box = {word: int(first_role(role[word])) if scene.uncut else 0 for word in members}
    order = sorted(
        members, key=lambda word: (level[word] == DEAD, level[word], box[word], word)
    )
    number = {word: row for row, word in enumerate(order)}
    released = [{old.transmitter[row] for row in members[word]} for word in order]
    neurons = Neurons(
        tuple(order),
        np.array([role[word] for word in order], np.uint8),
        tuple(min(found) if len(found) == 1 else "" for found in released),
        np.array([level[word] for word in order], np.int32),
        np.full(len(order), SAME, np.int8),
    )
    return neurons, np.array([number[word] for word in words], np.int32)


def median(level: Int32) -> int:
    """The lower median of the levels; DEAD if there is none."""
    live = np.sort(level[level >= 0])
    return int(live[(len(live) - 1) // 2]) if len(live) else DEAD


def merged(scene: Scene, place: Int32, level: Int32) -> tuple[Lines, int]:
    """The lines between classes, sorted by (kind, post, pre), and how many lie within one."""
    lines = scene.lines
    pre, post = place[lines.pre].astype(np.int64), place[lines.post].astype(np.int64)
    coupled = lines.kind == JUNCTION
    down = coupled & (
        (level[pre] > level[post]) | ((level[pre] == level[post]) & (pre > post))
    )
    pre, post = np.where(down, post, pre), np.where(down, pre, post)
    apart = pre != post
    key: Int64 = (coupled * len(level) + pre) * len(level) + post
    known, which = np.unique(key[apart], return_inverse=True)
    weight: Float64 = np.bincount(which, lines.weight[apart], len(known)).astype(float)
    back = lines.kind[apart] == FEEDBACK
    behind = np.bincount(which, lines.weight[apart] * back, len(known))
    kind = np.where(2 * behind > weight, FEEDBACK, FORWARD)
    kind[known // len(level) ** 2 > 0] = JUNCTION
    found = Lines(
        (known // len(level) % len(level)).astype(np.int32),
        (known % len(level)).astype(np.int32),
        weight,
        weight,
        kind.astype(np.uint8),
        np.full(len(known), SAME, np.int8),
    )
    order = np.lexsort((found.pre, found.post, found.kind))
    return found.take(order), int((~apart).sum())
