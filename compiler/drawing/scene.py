"""The content of a drawing, as data: neurons with levels, lines with kinds."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Float64, Int8, Int32, Int64, UInt8
from ..ir.stages import INTER, MOTOR, SENSORY, Circuit, Columns, Plan
from ..ir.trace import Trace
from ..module.read import CircuitModel
from ..module.restore import together
from ..options import Options
from ..pipeline import compile_opened
from ..readers.reader import Layout
from ..sources import Opened, check_own, open_source

FORWARD, FEEDBACK, JUNCTION = 0, 1, 2  # kinds of a line
KINDS = ("chemical", "feedback", "junction")
SAME, ADDED, LOST, REWEIGHTED = 0, 1, 2, 3  # changes of a neuron or a line
CHANGES = ("kept", "added", "lost", "reweighted")
DEAD, GONE = -1, -2  # instead of a level: on no path; only in the old connectome


@dataclass(frozen=True, slots=True, eq=False)
class Neurons(Columns):
    """One neuron per row, as parallel columns of length N, by (level, name)."""

    name: tuple[str, ...]
    role: UInt8  # bit set of SENSORY and MOTOR, or INTER
    transmitter: tuple[str, ...]  # "" where unknown
    level: Int32  # from 0; DEAD or GONE; 0 in a scene without levels
    change: Int8

    def __len__(self) -> int:
        return len(self.name)


@dataclass(frozen=True, slots=True, eq=False)
class Lines(Columns):
    """One synapse or junction per row, as parallel columns of length E.

    Rows are sorted by (kind, post, pre). A junction conducts pre -> post, unless both
    share a level; in a scene without levels both ways.
    """

    pre: Int32
    post: Int32
    weight: Float64  # in the new connectome; of a lost line, in the old one
    before: Float64  # in the old connectome; 0 for an added line
    kind: UInt8
    change: Int8

    def __len__(self) -> int:
        return len(self.pre)


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """The content of a drawing.

    Attributes:
        old: label of the older connectome; "": no comparison.
        comparable: whether both connectomes have weights of one unit.
        caption: of its own, if some lines are left out of the drawing.
        uncut: whether no cycle is broken, so that there are no levels; depth is 0 then.
    """

    label: str
    unit: str
    neurons: Neurons
    lines: Lines
    depth: int
    old: str = ""
    comparable: bool = True
    caption: tuple[str, ...] = ()
    uncut: bool = False


def scene_at(path: str, *, label: str = "", options: Options, layout: Layout) -> Scene:
    """The scene of a connectome or of a generated model; of what has no levels, without.

    Raises:
        InputError, UsageError: as of `open_source`, `compile_opened`.
    """
    source = open_source(path, layout, label=label)
    if isinstance(source, CircuitModel):
        check_own(source, options)
        return uncut_scene(source.circuit)
    return scene_of(plan_of(source, options))


def planned(path: str, *, label: str = "", options: Options, layout: Layout) -> Plan:
    """The plan of a connectome or of a generated model."""
    return plan_of(open_source(path, layout, label=label), options)


def plan_of(source: Opened, options: Options) -> Plan:
    """The plan of a source that is open."""
    trace = Trace(until="plan")
    compile_opened(source, options, trace)
    plan = trace.kept["plan"]
    assert isinstance(plan, Plan)
    return plan


def scene_of(plan: Plan) -> Scene:
    """The scene of one plan."""
    depth = len(plan.level_start) - 1
    rows = np.arange(len(plan.cells))
    level = np.searchsorted(plan.level_start, rows, side="right").astype(np.int32) - 1
    level[~plan.live] = DEAD
    neurons = Neurons(
        plan.cells.name,
        one_role(plan.cells.role),
        plan.cells.transmitter,
        level,
        np.full(len(rows), SAME, np.int8),
    )
    source = plan.source
    return Scene(source.label, source.unit, neurons, lines_in(plan), depth)


def uncut_scene(circuit: Circuit) -> Scene:
    """The scene of a circuit whose cycles stand: neurons by first role, then by name."""
    cells, source = circuit.cells, circuit.source
    role = one_role(cells.role)
    box = first_role(role).tolist()
    order = sorted(range(len(cells)), key=lambda row: (box[row], cells.name[row]))
    place = np.empty(len(order), np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    neurons = Neurons(
        tuple(cells.name[row] for row in order),
        role[order],
        tuple(cells.transmitter[row] for row in order),
        np.zeros(len(order), np.int32),
        np.full(len(order), SAME, np.int8),
    )
    lines = uncut_lines(circuit, place)
    return Scene(source.label, source.unit, neurons, lines, 0, uncut=True)


def uncut_lines(circuit: Circuit, place: Int32) -> Lines:
    """The lines of a circuit: synapses, junctions; `place` gives the rows."""
    chemical, ends = circuit.chemical, circuit.junctions
    one, other = place[ends.left], place[ends.right]
    pre = np.concatenate([place[chemical.pre], np.minimum(one, other)])
    post = np.concatenate([place[chemical.post], np.maximum(one, other)])
    weight = np.concatenate([chemical.weight, ends.weight])
    kind = np.repeat(
        np.array([FORWARD, JUNCTION], np.uint8), [len(chemical), len(ends)]
    )
    same = np.full(len(weight), SAME, np.int8)
    found = Lines(pre, post, weight, weight, kind, same)
    return found.take(np.lexsort((pre, post, kind)))


def first_role(role: UInt8) -> Int64:
    """(N,) the first role of each neuron: 0 sensory, 1 inter, 2 motor."""
    return np.where(role & SENSORY > 0, 0, np.where(role & INTER > 0, 1, 2))


def one_role(role: UInt8) -> UInt8:
    """Roles as in a model: neither sensory nor motor is inter."""
    ends = role & (SENSORY | MOTOR)
    return np.where(ends > 0, ends, INTER).astype(np.uint8)


def lines_in(plan: Plan) -> Lines:
    """The lines of a plan: forward synapses, backward synapses, junctions."""
    rows = np.arange(len(plan.cells), dtype=np.int32)
    ahead, behind = plan.forward, plan.feedback
    ends = together(plan.junctions, plan.lateral).renumbered(rows)
    weight = np.concatenate([ahead.weight, behind.weight, ends.weight])
    sizes = [len(ahead), len(behind), len(ends)]
    return Lines(
        np.concatenate([ahead.pre, behind.pre, ends.left]),
        np.concatenate([ahead.post, behind.post, ends.right]),
        weight,
        weight,
        np.repeat(np.array([FORWARD, FEEDBACK, JUNCTION], np.uint8), sizes),
        np.full(len(weight), SAME, np.int8),
    )


def within(scene: Scene) -> Bool:
    """(E,) junctions within a level, which conduct neither way."""
    lines, level = scene.lines, scene.neurons.level
    same = (level[lines.pre] == level[lines.post]) & (level[lines.pre] >= 0)
    found: Bool = same & (lines.kind == JUNCTION) & (lines.change != LOST)
    return found & (not scene.uncut)


def difference(old: Scene, new: Scene) -> Scene:
    """The new scene, with the lost neurons and lines of the old one added."""
    was, now = set(old.neurons.name), set(new.neurons.name)
    gone = sorted(was - now)
    place = {name: row for row, name in enumerate([*new.neurons.name, *gone])}
    row = {name: at for at, name in enumerate(old.neurons.name)}
    at = [row[name] for name in gone]
    added = [ADDED if name not in was else SAME for name in new.neurons.name]
    words = tuple(old.neurons.transmitter[r] for r in at)
    neurons = Neurons(
        (*new.neurons.name, *gone),
        np.concatenate([new.neurons.role, old.neurons.role[at]]),
        new.neurons.transmitter + words,
        np.concatenate([new.neurons.level, np.full(len(gone), GONE, np.int32)]),
        np.array(added + [LOST] * len(gone), np.int8),
    )
    comparable = old.unit == new.unit
    lines = changed(old, new, place, comparable)
    found = replace(new, neurons=neurons, lines=lines, caption=())
    return replace(found, old=old.label, comparable=comparable)


def changed(old: Scene, new: Scene, place: dict[str, int], comparable: bool) -> Lines:
    """The lines of both scenes, each with its change; `place` gives the rows."""
    before, after = keyed(old), keyed(new)
    rows = []
    for key, (pre, post, kind, weight) in after.items():
        was = before[key][3] if key in before else 0.0
        change = SAME if was == weight or not comparable else REWEIGHTED
        rows.append((pre, post, weight, was, kind, change if key in before else ADDED))
    for key, (pre, post, kind, weight) in before.items():
        if key not in after:
            rows.append((pre, post, weight, weight, kind, LOST))
    rows.sort(key=lambda row: (row[4], place[row[1]], place[row[0]]))
    columns: list[tuple[object, ...]] = list(zip(*rows, strict=True)) or [()] * 6
    return Lines(
        np.array([place[str(name)] for name in columns[0]], np.int32),
        np.array([place[str(name)] for name in columns[1]], np.int32),
        np.array(columns[2], np.float64),
        np.array(columns[3], np.float64),
        np.array(columns[4], np.uint8),
        np.array(columns[5], np.int8),
    )


NamedLine = tuple[str, str, int, float]  # pre, post, kind, weight


def keyed(scene: Scene) -> dict[tuple[str, str, bool], NamedLine]:
    """Every line by (ends, is junction); the ends of a junction are sorted."""
    name, lines = scene.neurons.name, scene.lines
    columns = (lines.pre, lines.post, lines.kind, lines.weight)
    found: dict[tuple[str, str, bool], NamedLine] = {}
    for u, v, kind, weight in zip(*(c.tolist() for c in columns), strict=True):
        pre, post = name[u], name[v]
        coupled = kind == JUNCTION
        ends = (min(pre, post), max(pre, post)) if coupled else (pre, post)
        found[*ends, coupled] = (pre, post, kind, weight)
    return found
