"""Style figure1: sensors, interneurons and motors in boxes, on two stacked layers.

Source: Figure 1 of Bardozzo et al., arXiv 2304.13538: chemical synapses are solid and go
one way, gap junctions are dashed and go both ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Bool, Float64, Int64
from ..ir.stages import INTER, MOTOR, SENSORY
from ..names import plural
from .canvas import Canvas, Point, faded, polygon, rounded, straight
from .colours import FAINT, INK, KIND_COLOURS, ROLES
from .frame import AS_LINES, LegendEntry, entries, left, no_room, page, room
from .levels import neurons, put_lines
from .look import Look, left_out, named
from .places import GAP, Places, Setting, sizes, swept
from .scene import FORWARD, GONE, JUNCTION, Scene, first_role
from .strokes import strokes

BOXES = (SENSORY, INTER, MOTOR)
ROLE_PLURALS = {SENSORY: "sensors", INTER: "interneurons", MOTOR: "motors"}
ROOM = 4.6  # points between two rows of neurons
INSIDE, BETWEEN = 9.0, 46.0  # points from a box to its neurons; from box to box
CARD, OFFSET = 13.0, 17.0  # points from a layer to its boxes; from layer to layer
ARROW = 30.0  # points of the arrows in and out
HEAD = 12.0  # points for the words above


@dataclass(frozen=True, slots=True)
class Box:
    """The box of one role."""

    role: int
    x: float
    y: float
    width: float
    height: float


def draw_figure1(scene: Scene, look: Look) -> Canvas:
    """The whole page."""
    legend = entries(scene, AS_LINES)
    words, at, boxes = fitted(scene, look, legend)
    canvas = page(scene, at.width, at.height, legend, look)
    canvas.notes = left_out(scene, look, words)
    shift = np.array([left(canvas, at.width), look.margin])
    layers(canvas, scene, boxes, shift, look)
    for box in boxes:
        framed(canvas, box, shift, look)
    arrows(canvas, scene, boxes, shift, look)
    marks = strokes(scene)
    put_lines(canvas, scene, marks, list(curves(scene, at, marks.dashed)), shift)
    neurons(canvas, scene, at, shift, words, look.font)
    return canvas


def fitted(
    scene: Scene, look: Look, legend: list[LegendEntry]
) -> tuple[tuple[str, ...], Places, list[Box]]:
    """The names, places and boxes that fit into the page.

    Raises:
        UsageError: not even without names.
    """
    words = named(scene, look)
    if not look.width:
        return words, *seated(scene, Setting(words, look.font))
    width, height = room(scene, legend, look)
    for share in (1.0, 0.0):  # a column is as wide as its longest name
        words = named(scene, look, share)
        at, boxes = seated(scene, Setting(words, look.font, width, height))
        if at.width <= width and at.height <= height:
            return words, at, boxes
    raise no_room()


def seated(scene: Scene, setting: Setting) -> tuple[Places, list[Box]]:
    """Place the neurons in rows in each box, connected ones at like heights."""
    half, tall = sizes(scene, setting)
    pitch = 2 * half.max(initial=0.0) + GAP + 1
    box = first_role(scene.neurons.role)
    counts = np.bincount(box, minlength=3).tolist()
    rows = rows_of(counts, pitch, tall + ROOM, setting.width)
    *_, wish = swept(scene)
    x, y = np.zeros(len(box)), np.zeros(len(box))
    edge, top = ARROW + CARD + OFFSET, CARD + OFFSET + HEAD
    high = rows * (tall + ROOM) - ROOM
    found = []
    for number, role in enumerate(BOXES):
        members = ordered(scene, np.flatnonzero(box == number), wish)
        columns = max(-(-len(members) // rows), 1)
        row = (high - tall) / max(-(-len(members) // columns) - 1, 1)
        place = np.arange(len(members))
        x[members] = edge + INSIDE + (place % columns + 0.5) * pitch - GAP / 2
        y[members] = top + INSIDE + place // columns * row + tall / 2
        wide = 2 * INSIDE + columns * pitch - GAP
        found.append(Box(role, edge, top, wide, 2 * INSIDE + high))
        edge += wide + BETWEEN
    width = edge - BETWEEN + CARD + OFFSET + ARROW
    height = top + 2 * INSIDE + high + CARD + OFFSET
    none = np.zeros(0)
    return Places(x, y, half, tall, none, (), width, height, 0), found


def rows_of(counts: list[int], pitch: float, row: float, width: float) -> int:
    """The rows that give the three boxes the aspect ratio of a page, or its width."""

    def miss(rows: int) -> float:
        columns = sum(max(-(-count // rows), 1) for count in counts)
        wide = columns * pitch + 2 * (BETWEEN + ARROW + CARD + OFFSET) + 6 * INSIDE
        if width:
            return rows if wide - 3 * GAP <= width else 1e9 - rows
        wide -= 6 * INSIDE
        return abs(wide / (rows * row + 2 * (CARD + OFFSET) + HEAD) - 1.6)

    return min(range(1, max(counts) + 2), key=miss)


def ordered(scene: Scene, members: Int64, wish: Float64) -> list[int]:
    """The neurons of a box from top to bottom, by their wished heights."""
    names = scene.neurons.name
    return sorted(members.tolist(), key=lambda row: (wish[row], names[row]))


def layers(
    canvas: Canvas, scene: Scene, boxes: list[Box], shift: Float64, look: Look
) -> None:
    """Draw the two layers, which overlap at the neurons, each with its label."""
    first, last = boxes[0], boxes[-1]
    x, y = first.x + shift[0] - CARD, first.y + shift[1] - CARD - HEAD
    width = last.x + last.width - first.x + 2 * CARD + OFFSET
    height = first.height + 2 * CARD + HEAD + OFFSET
    sheet(canvas, "electrical", (x, y, width, height), JUNCTION)
    sheet(canvas, "chemical", (x - OFFSET, y - OFFSET, width, height), FORWARD)
    synapses, junctions = layer_words(scene)
    style: dict[str, Any] = {"style": "italic", "zorder": 4}
    style["color"] = KIND_COLOURS[FORWARD]
    canvas.text(x - OFFSET + 8, y - OFFSET + 10, synapses, look.words, **style)
    style |= {"color": KIND_COLOURS[JUNCTION], "ha": "right"}
    canvas.text(x + width - 8, y + height - 9, junctions, look.words, **style)


def layer_words(scene: Scene) -> tuple[str, str]:
    """The labels of the layers; without counts if not all lines are drawn."""
    coupled = int((scene.lines.kind == JUNCTION).sum())
    synapses = plural(len(scene.lines) - coupled, "synapse")
    junctions = plural(coupled, "gap junction")
    if scene.caption:
        synapses, junctions = "synapses", "gap junctions"
    return (
        f"chemical layer: {synapses}, each one way",
        f"electrical layer: {junctions}, both ways{'' if scene.uncut else ' in the animal'}",
    )


def sheet(
    canvas: Canvas, name: str, spot: tuple[float, float, float, float], kind: int
) -> None:
    """Draw the background of one layer."""
    canvas.paths(
        [rounded(*spot, 9)],
        f"{name} layer",
        layer=0.1,
        facecolors=[faded(KIND_COLOURS[kind], 0.05)],
        edgecolors=KIND_COLOURS[kind],
        linestyles=[(0, (4, 2.6)) if kind == JUNCTION else "-"],
        linewidths=0.8,
    )


def framed(canvas: Canvas, box: Box, shift: Float64, look: Look) -> None:
    """Draw one box with its label above."""
    x, y = box.x + shift[0], box.y + shift[1]
    canvas.paths(
        [rounded(x, y, box.width, box.height, 5)],
        ROLE_PLURALS[box.role],
        layer=0.5,
        facecolors=[faded("#FFFFFF", 0.75)],
        edgecolors=ROLES[box.role],
        linewidths=0.9,
    )
    middle = x + box.width / 2
    style = {"ha": "center", "weight": "bold", "zorder": 4}
    canvas.text(middle, y - 6, ROLE_PLURALS[box.role], look.words + 0.5, **style)


def arrows(
    canvas: Canvas, scene: Scene, boxes: list[Box], shift: Float64, look: Look
) -> None:
    """Draw the input arrow at the left and the output arrow at the right."""
    first, last = boxes[0], boxes[-1]
    y = first.y + shift[1] + first.height / 2
    enter = first.x + shift[0] - CARD - OFFSET - ARROW
    leave = last.x + last.width + shift[0] + CARD + OFFSET + 3
    role = scene.neurons.role[scene.neurons.level != GONE]
    for start, word, bit in ((enter, "input", SENSORY), (leave, "output", MOTOR)):
        end = start + ARROW - 3
        middle, count = (start + end) / 2, int((role & bit > 0).sum())
        shaft = straight((start, y), (end - 4, y))
        head = polygon([(end, y), (end - 5, y - 2.6), (end - 5, y + 2.6)])
        canvas.paths([shaft], word, layer=4, edgecolors=INK, linewidths=1.1)
        canvas.paths([head], word, layer=4, facecolors=INK, linewidths=0)
        canvas.text(middle, y - 7, word, look.words, ha="center", color=FAINT)
        canvas.text(middle, y + 8, f"{count:,}", look.words, ha="center", color=FAINT)


def curves(scene: Scene, at: Places, dashed: Bool) -> Iterator[list[Point]]:
    """The curve of each line."""
    box, lines = first_role(scene.neurons.role), scene.lines
    columns = (lines.pre.tolist(), lines.post.tolist(), dashed.tolist())
    for u, v, coupled in zip(*columns, strict=True):
        if box[u] < box[v]:
            yield across(at, u, v)
        else:
            yield inside(at, u, v, -1.0 if coupled else 1.0)


def across(at: Places, u: int, v: int) -> list[Point]:
    """A curve from box to box, to the right."""
    (ax, ay), (bx, by) = at.spot(u), at.spot(v)
    reach = 0.45 * (bx - ax)
    return [(ax, ay), (ax + reach, ay), (bx - reach, by), (bx, by)]


def inside(at: Places, u: int, v: int, side: float) -> list[Point]:
    """A curve within a box or back to an earlier one, bent to one side."""
    (ax, ay), (bx, by) = at.spot(u), at.spot(v)
    if u == v:
        r = at.tall
        return [
            (ax, ay),
            (ax - 1.6 * r, ay - 2.2 * r),
            (ax + 1.6 * r, ay - 2.2 * r),
            (ax, ay),
        ]
    dx, dy = 0.16 * side * (by - ay), -0.16 * side * (bx - ax)
    third = [(2 * ax + bx) / 3 + dx, (2 * ay + by) / 3 + dy]
    rest = [(ax + 2 * bx) / 3 + dx, (ay + 2 * by) / 3 + dy]
    return [(ax, ay), (third[0], third[1]), (rest[0], rest[1]), (bx, by)]
