"""Parts of a scene: heavy synapses alone, those on the way between two neurons."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Float64, Int32, Int64
from ..errors import UsageError
from ..names import amount, plain, plural
from .facts import caption
from .scene import FEEDBACK, JUNCTION, LOST, Neurons, Scene, within

HOPS = re.compile(r"(.+):(\d+)")


def heavy(scene: Scene, least: float) -> Scene:
    """The scene without lines lighter than `least`; of a comparison, in both connectomes."""
    weight = np.maximum(scene.lines.weight, scene.lines.before)
    keep = weight >= least
    if keep.all():
        return scene
    count, unit = f"{int((~keep).sum()):,} of {len(keep):,}", scene.unit
    note = f"{count} lines lighter than {amount(least)} {unit} are not drawn"
    words = (*caption(scene), note)
    return replace(scene, lines=scene.lines.take(keep), caption=words)


@dataclass(frozen=True, slots=True)
class Way:
    """From one neuron to another, by any number of hops (0) or at most so many."""

    start: str
    end: str
    hops: int = 0


def way_of(given: str, scene: Scene) -> Way:
    """The way that `FROM:TO` or `FROM:TO:HOPS` means in a scene.

    Raises:
        UsageError: another form, or no such neuron.
    """
    names = set(scene.neurons.name)
    bounded = HOPS.fullmatch(given)
    forms = [(given, 0)] + ([(bounded[1], int(bounded[2]))] if bounded else [])
    for text, hops in forms:
        for colon in [at for at, sign in enumerate(text) if sign == ":"]:
            start, end = text[:colon], text[colon + 1 :]
            if start in names and end in names:
                return Way(start, end, hops)
    ends = forms[-1][0].split(":")
    if len(ends) != 2 or not all(ends):
        raise UsageError(f"--path {given}: give FROM:TO or FROM:TO:HOPS, as ASHL:VA1")
    missing = next(end for end in ends if end not in names)
    near = difflib.get_close_matches(missing, sorted(names), n=1)
    hint = f"; did you mean {plain(near[0])}?" if near else ""
    raise UsageError(f"--path {given}: no neuron {plain(missing)} is drawn{hint}")


def between(scene: Scene, way: Way) -> Scene:
    """The lines of forward walks from one neuron to another, and their neurons.

    A walk goes along synapses that run forward and gap junctions between levels, as
    forward() of the model does. Where nothing has levels, along any synapse, and along
    junctions both ways.

    Raises:
        UsageError: there is none.
    """
    lines, name = scene.lines, scene.neurons.name
    level = scene.neurons.level
    live = (level[lines.pre] >= 0) & (level[lines.post] >= 0)
    ahead = live & (lines.kind != FEEDBACK) & (lines.change != LOST) & ~within(scene)
    row = np.flatnonzero(ahead)
    tail, head = lines.pre[row], lines.post[row]
    if scene.uncut:
        both = np.flatnonzero(ahead & (lines.kind == JUNCTION))
        row = np.concatenate([row, both])
        tail = np.concatenate([tail, lines.post[both]])
        head = np.concatenate([head, lines.pre[both]])
    first = distance(tail, head, name.index(way.start), len(name))
    last = distance(head, tail, name.index(way.end), len(name))
    length = first[tail] + 1 + last[head]
    keep = np.zeros(len(lines), np.bool_)
    keep[row[np.isfinite(length) & (length <= (way.hops or np.inf))]] = True
    where = f"from {plain(way.start)} to {plain(way.end)}"
    most = f" of at most {plural(way.hops, 'hop')}" if way.hops else ""
    if not keep.any():
        kind = "walk" if scene.uncut else "forward walk"
        raise UsageError(f"--path: no {kind}{most} leads {where}")
    rows = np.unique(np.concatenate([lines.pre[keep], lines.post[keep]]))
    junctions = int((keep & (lines.kind == JUNCTION)).sum())
    note = (
        f"drawn is the way {where}{most}: {plural(len(rows), 'neuron')}, "
        f"{plural(int(keep.sum()) - junctions, 'chemical synapse')}, "
        f"{plural(junctions, 'gap junction')}"
    )
    return replace(only(scene, rows, keep), caption=(*caption(scene), note))


def distance(pre: Int32, post: Int32, start: int, size: int) -> Float64:
    """(N,) fewest lines from `start` to each neuron; inf: none."""
    found = np.full(size, np.inf)
    found[start] = 0
    front = np.zeros(size, np.bool_)
    front[start] = True
    for hops in range(1, size):
        reached = post[front[pre]]
        fresh = reached[np.isinf(found[reached])]
        if not len(fresh):
            break
        found[fresh] = hops
        front[:] = False
        front[fresh] = True
    return found


def only(scene: Scene, rows: Int64, keep: Bool) -> Scene:
    """The neurons of some rows, and the lines kept, all between them."""
    place = np.zeros(len(scene.neurons), np.int32)
    place[rows] = np.arange(len(rows), dtype=np.int32)
    lines = scene.lines.take(keep)
    found = replace(lines, pre=place[lines.pre], post=place[lines.post])
    return replace(scene, neurons=rows_of(scene.neurons, rows), lines=found)


def rows_of(neurons: Neurons, rows: Int64) -> Neurons:
    """The neurons of some rows."""
    chosen = rows.tolist()
    return Neurons(
        tuple(neurons.name[row] for row in chosen),
        neurons.role[rows],
        tuple(neurons.transmitter[row] for row in chosen),
        neurons.level[rows],
        neurons.change[rows],
    )
