"""Title and caption of a drawing."""

from __future__ import annotations

import numpy as np

from ..graph import total
from ..names import amount, plural
from .colours import ROLE_WORDS
from .scene import (
    CHANGES,
    DEAD,
    FEEDBACK,
    FORWARD,
    GONE,
    JUNCTION,
    SAME,
    Scene,
    within,
)


def title(scene: Scene) -> str:
    """The label, or both labels of a comparison."""
    return (
        f"{scene.old} \N{RIGHTWARDS ARROW} {scene.label}" if scene.old else scene.label
    )


def caption(scene: Scene) -> list[str]:
    """The caption: counts, levels, backward weight; or counts of changes."""
    return list(scene.caption) or (
        change_counts(scene) if scene.old else scene_counts(scene)
    )


def scene_counts(scene: Scene) -> list[str]:
    """Counts, levels and backward weight of one connectome."""
    neurons, lines = scene.neurons, scene.lines
    dead = int((neurons.level == DEAD).sum())
    if scene.uncut:
        return uncut_counts(scene)
    size = f"{plural(len(neurons), 'neuron')} in {plural(scene.depth, 'level')}"
    off = f", {dead:,} of them on no path from a sensor to a motor" if dead else ""
    proper = lines.pre != lines.post
    loops = int((~proper).sum())
    back = lines.kind == FEEDBACK
    chemical = int((lines.kind != JUNCTION).sum()) - loops
    lost = total(lines.weight[back & proper])
    whole = lost + total(lines.weight[lines.kind == FORWARD])
    share = f" ({100 * lost / whole:.1f}\N{NO-BREAK SPACE}%)" if whole else ""
    flat = int(within(scene).sum())
    aside = f", {flat:,} of them within a level" if flat else ""
    found = [
        size + off,
        plural(chemical, "chemical synapse"),
        plural(int((lines.kind == JUNCTION).sum()), "gap junction") + aside,
        f"{amount(lost)} of {amount(whole)} {scene.unit}{share} backward",
    ]
    if loops:
        found.insert(2, plural(loops, "self-loop"))
    return found


def uncut_counts(scene: Scene) -> list[str]:
    """Counts of one connectome whose cycles stand."""
    lines, coupled = scene.lines, scene.lines.kind == JUNCTION
    loops = int((lines.pre == lines.post).sum())
    found = [
        f"{plural(len(scene.neurons), 'neuron')}, no levels: no cycle is broken",
        plural(int((~coupled).sum()) - loops, "chemical synapse"),
        f"{plural(int(coupled.sum()), 'gap junction')}, both ways",
        f"weight: {amount(total(lines.weight))} {scene.unit}",
    ]
    if loops:
        found.insert(2, plural(loops, "self-loop"))
    return found


def change_counts(scene: Scene) -> list[str]:
    """Counts of added, lost and changed neurons and lines of a comparison."""
    lines, coupled = scene.lines, scene.lines.kind == JUNCTION
    found = [tally("neurons", scene.neurons.change)]
    found.append(tally("chemical synapses", lines.change[~coupled]))
    found.append(tally("gap junctions", lines.change[coupled]))
    if not scene.uncut:
        found.append(f"levels of {scene.label}")
    if not scene.comparable:
        found.append("weights not compared: they count different things")
    return found


def tally(what: str, change: np.ndarray) -> str:
    """`neurons: 160 kept, 20 added, 1 lost`."""
    counts = np.bincount(change, minlength=len(CHANGES)).tolist()
    parts = [
        f"{count:,} {word}"
        for key, (word, count) in enumerate(zip(CHANGES, counts, strict=True))
        if count or key == SAME
    ]
    return f"{what}: {', '.join(parts)}"


def level_word(level: int, scene: Scene) -> str:
    """The level, counted from 1, or the reason why there is none."""
    if level == DEAD:
        return "on no path from a sensor to a motor"
    if level == GONE:
        return f"only in {scene.old}"
    return f"level {level + 1} of {scene.depth}"


def role_words(role: int) -> str:
    """The roles in words."""
    words = (word for bit, word in ROLE_WORDS.items() if role & bit)
    return " and ".join(words)


def aside_word(kind: int) -> str:
    """The label of a column of neurons that are in no level."""
    return "on no path" if kind == DEAD else "lost"
