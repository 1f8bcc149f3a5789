"""The page of every picture: room for the drawing, legend and caption below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import UsageError
from ..names import amount
from .canvas import Canvas, curve, faded, pill, polygon, rounded, straight
from .colours import (
    CHANGE_COLOURS,
    FAINT,
    INK,
    KIND_COLOURS,
    PALE,
    ROLE_WORDS,
    ROLES,
    UNUSED,
    tint,
)
from .facts import caption, title
from .labels import breadth
from .look import Look
from .scene import CHANGES, DEAD, FEEDBACK, FORWARD, JUNCTION, Scene

SWATCH, APART = 15.0, 10.0  # points of a sample, and from one entry to the next
LINE, ARC, DASHED, WEDGE, NEURON = "line", "arc", "dashed", "wedge", "neuron"
SQUARE, RING, SHADE = "square", "ring", "shade"
AS_CELLS = {LINE: SQUARE, DASHED: RING, ARC: SQUARE, WEDGE: SHADE}
AS_LINES = {ARC: LINE}
LEAST = 430.0  # points of the narrowest page, where no size is asked
BELOW, LOWEST = 12.0, 30.0  # points below the words; least height of a drawing


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """An entry of the legend: a sample and its label."""

    word: str
    colour: str
    shape: str = LINE
    fill: str = ""


def page(
    scene: Scene, width: float, height: float, legend: list[LegendEntry], look: Look
) -> Canvas:
    """A page with legend and caption below the room for a drawing at (`left`, margin).

    Args:
        width, height: of the drawing, in points.
    """
    margin, leading = look.margin, look.leading
    whole = look.width or max(width, LEAST) + 2 * margin
    rows = arranged(legend, whole - 2 * margin, look.words)
    head, text = sentences(scene, look, whole - 2 * margin)
    below = BELOW + leading * (len(rows) + len(head) + len(text))
    canvas = Canvas(whole, look.height or height + 2 * margin + below)
    y = margin + height + 14
    for row in rows:
        for x, entry in row:
            draw(canvas, entry, margin + x, y, look.words)
        y += leading
    y += 4
    for line in head:
        canvas.text(margin, y, line, look.words + 1, weight="bold")
        y += leading
    for line in text:
        canvas.text(margin, y, line, look.words, color=INK)
        y += leading
    return canvas


def room(scene: Scene, legend: list[LegendEntry], look: Look) -> tuple[float, float]:
    """Width and most height of a drawing in points, in a page of the size asked.

    Raises:
        UsageError: the words below leave no room.
    """
    width = look.width - 2 * look.margin
    rows = arranged(legend, width, look.words)
    lines = len(rows) + sum(map(len, sentences(scene, look, width)))
    height = look.tallest - 2 * look.margin - BELOW - look.leading * lines
    if height < LOWEST:
        raise no_room()
    return width, height


def no_room() -> UsageError:
    """The error of a size too small for what is drawn."""
    return UsageError(
        "--size: no room for this drawing; give a larger size, or --labels none, "
        "--no-caption, --fold, --threshold"
    )


def sentences(scene: Scene, look: Look, width: float) -> tuple[list[str], list[str]]:
    """Title and counts below the drawing, in lines of at most `width` points."""
    head = look.title or (title(scene) if look.caption else "")
    text = " \N{MIDDLE DOT} ".join(caption(scene)) if look.caption else ""
    return (
        wrapped(head, width, 1.1 * (look.words + 1)) if head else [],
        wrapped(text, width, look.words) if text else [],
    )


def wrapped(words: str, width: float, size: float) -> list[str]:
    """Break a text of `size` points into lines of at most `width` points."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and breadth(longer) * size > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def left(canvas: Canvas, width: float) -> float:
    """The x at which a centred drawing of this width starts."""
    return (canvas.width - width) / 2


def arranged(
    legend: list[LegendEntry], width: float, points: float
) -> list[list[tuple[float, LegendEntry]]]:
    """Rows of legend entries, each entry with its x."""
    rows: list[list[tuple[float, LegendEntry]]] = [[]]
    x = 0.0
    for entry in legend:
        size = SWATCH + 4 + breadth(entry.word) * points
        if x and x + size > width:
            rows.append([])
            x = 0.0
        rows[-1].append((x, entry))
        x += size + APART
    return rows


def draw(canvas: Canvas, entry: LegendEntry, x: float, y: float, points: float) -> None:
    """Draw one entry of the legend, its word in `points`."""
    style: dict[str, Any] = {"edgecolors": entry.colour, "linewidths": 1.0}
    end, middle = x + SWATCH, x + SWATCH / 2
    match entry.shape:
        case "neuron":
            paths = [pill(middle, y, SWATCH / 2 - 1, 6.4)]
            style |= {"facecolors": entry.fill, "linewidths": 0.6}
        case "wedge":
            paths = [polygon([(x, y), (end, y - 0.8), (end, y + 0.8)])]
            style |= {"facecolors": entry.colour, "linewidths": 0.25}
        case "arc":
            paths = [
                curve([(x, y + 2), (x + 3, y - 4), (end - 3, y - 4), (end, y + 2)])
            ]
        case "square":
            paths = [rounded(middle - 2.5, y - 2.5, 5, 5, 0.1)]
            style |= {"facecolors": entry.colour, "linewidths": 0}
        case "ring":
            paths = [pill(middle, y, 2.5, 5)]
        case "shade":
            paths = [rounded(x + 5 * n, y - 2.5, 5, 5, 0.1) for n in range(3)]
            shades = [faded(entry.colour, alpha) for alpha in (0.3, 0.65, 1.0)]
            style |= {"facecolors": shades, "linewidths": 0}
        case _:
            paths = [straight((x, y), (end, y))]
            style["linestyles"] = [(0, (2.4, 1.6)) if entry.shape == DASHED else "-"]
    canvas.paths(paths, "legend", layer=5, **style)
    canvas.text(end + 4, y, entry.word, points, color=FAINT)


def entries(scene: Scene, shapes: Mapping[str, str] | None = None) -> list[LegendEntry]:
    """The legend of the roles, kinds and changes that occur in a scene.

    Args:
        shapes: samples that replace those for lines, arcs, ... A comparison without
            arcs has no entry for backward lines.
    """
    shapes = shapes or {}
    found = changes(scene) if scene.old else [*roles(scene), *kinds(scene)]
    found += weights(scene)
    if scene.old and ARC in shapes:
        found = [entry for entry in found if entry.shape != ARC]
    return [replace(e, shape=shapes.get(e.shape, e.shape)) for e in found]


def changes(scene: Scene) -> list[LegendEntry]:
    """Entries of the changes that occur."""
    there = set(scene.lines.change.tolist()) | set(scene.neurons.change.tolist())
    found = [LegendEntry(CHANGES[key], CHANGE_COLOURS[key]) for key in sorted(there)]
    return [
        *found,
        LegendEntry("runs backward", INK, ARC),
        LegendEntry("gap junction", INK, DASHED),
    ]


def roles(scene: Scene) -> list[LegendEntry]:
    """Entries of the roles that occur, and of neurons on no path."""
    neurons = scene.neurons
    role = np.bitwise_or.reduce(neurons.role[neurons.level >= 0], initial=0)
    found = [
        LegendEntry(ROLE_WORDS[bit], colour, NEURON, tint(colour, 0.3))
        for bit, colour in ROLES.items()
        if role & bit
    ]
    if (neurons.level == DEAD).any():
        found.append(LegendEntry("on no path", UNUSED, NEURON, PALE))
    return found


def kinds(scene: Scene) -> list[LegendEntry]:
    """Entries of the kinds of lines that occur."""
    there = set(scene.lines.kind.tolist())
    shapes = {FORWARD: LINE, FEEDBACK: ARC, JUNCTION: DASHED}
    words = ("chemical synapse", "runs backward", "gap junction")
    return [
        LegendEntry(words[kind], KIND_COLOURS[kind], shape)
        for kind, shape in shapes.items()
        if kind in there
    ]


def weights(scene: Scene) -> list[LegendEntry]:
    """The entry of the range of weights."""
    weight = scene.lines.weight
    if not len(weight) or weight.min() == weight.max():
        return []
    least, most = amount(float(weight.min())), amount(float(weight.max()))
    return [LegendEntry(f"{least} to {most} {scene.unit}", FAINT, WEDGE)]
