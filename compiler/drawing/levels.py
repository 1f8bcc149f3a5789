"""Style levels: neurons from left to right in the order of their levels."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from ..arrays import Float64
from .canvas import Canvas, Point, curve, faded, pill, straight
from .colours import FAINT, HAIR, INK
from .facts import aside_word
from .frame import LegendEntry, entries, left, no_room, page, room
from .labels import breadth
from .look import SHARES, Look, left_out, named
from .places import GAP, NAMED, Places, Setting, places, sizes
from .scene import Scene, within
from .strokes import Strokes, coats, groups, strokes

AXIS = 20.0  # points between the lowest line and the foot of the axis
DASHES = (2.4, 1.6)  # points of a gap junction's dashes
RISES = (0.27, 0.14, 0.05)  # heights of arcs over their widths, until they fit
PARTS = (0.8, 0.55, 0.35)  # of a room, that levels are to take: less, more columns
FULL = 0.75  # share of a room that neurons at their levels can not exceed
BESIDE = 1.3  # points from a synapse to the junction of the same pair


def draw_levels(scene: Scene, look: Look) -> Canvas:
    """The whole page."""
    marks, legend = strokes(scene), entries(scene)
    words, at, shapes = fitted(scene, look, marks, legend)
    top, bottom = extent(shapes, at)
    canvas = page(scene, at.width, bottom - top + AXIS, legend, look)
    canvas.notes = left_out(scene, look, words)
    shift = np.array([left(canvas, at.width), look.margin - top])
    axis(canvas, at, scene, shift, bottom, look)
    put_lines(canvas, scene, marks, shapes, shift)
    neurons(canvas, scene, at, shift, words, look.font)
    return canvas


def fitted(
    scene: Scene, look: Look, marks: Strokes, legend: list[LegendEntry]
) -> tuple[tuple[str, ...], Places, list[list[Point]]]:
    """The names, places and curves that fit into the page: lower arcs, then fewer names.

    Raises:
        UsageError: not even without names.
    """
    words = named(scene, look)
    if not look.width:
        at = places(scene, setting=Setting(words, look.font))
        return words, at, courses(scene, at, marks)
    width, height = room(scene, legend, look)
    height -= AXIS
    for share, part in product(SHARES, PARTS):
        words = named(scene, look, share)
        setting = Setting(words, look.font, width, part * height)
        if filled(scene, setting) > FULL:
            continue
        tried = within_height(scene, setting, marks, height, quick=True)
        if tried:
            found = within_height(scene, setting, marks, height, quick=False)
            return words, *(found or tried)
    raise no_room()


def within_height(
    scene: Scene, setting: Setting, marks: Strokes, height: float, *, quick: bool
) -> tuple[Places, list[list[Point]]] | None:
    """Places and curves of at most this height, their arcs as high as may be; None: none."""
    at = places(scene, quick=quick, setting=setting)
    for rise in RISES if at.width <= setting.width + 0.5 else ():
        shapes = courses(scene, at, marks, rise)
        top, bottom = extent(shapes, at)
        if bottom - top <= height:
            return at, shapes
    return None


def filled(scene: Scene, setting: Setting) -> float:
    """The share of the room that the neurons take."""
    half, tall = sizes(scene, setting)
    taken = float((2 * half + GAP).sum()) * (tall + GAP)
    return taken / (setting.width * setting.height)


def put_lines(
    canvas: Canvas,
    scene: Scene,
    marks: Strokes,
    shapes: list[list[Point]],
    shift: Float64,
) -> None:
    """Draw all lines, group by group."""
    for number, (name, rows) in enumerate(groups(scene)):
        chosen = rows.tolist()
        widths = [marks.width[row] for row in chosen]
        dash = [
            (0, tuple(part / width for part in DASHES)) if marks.dashed[row] else "-"
            for row, width in zip(chosen, widths, strict=True)
        ]
        canvas.paths(
            [curve(np.array(shapes[row]) + shift) for row in chosen],
            name,
            layer=1 + number / 10,
            facecolors="none",
            edgecolors=[faded(marks.colour[row], marks.alpha[row]) for row in chosen],
            linewidths=widths,
            linestyles=dash,
        )


def neurons(
    canvas: Canvas,
    scene: Scene,
    at: Places,
    shift: Float64,
    words: tuple[str, ...],
    font: float,
) -> None:
    """Draw a box for each neuron, with its name if it has one."""
    x, y = at.x + shift[0], at.y + shift[1]
    coat = coats(scene)
    columns = (x.tolist(), y.tolist(), at.half.tolist())
    canvas.paths(
        [pill(a, b, half, at.tall) for a, b, half in zip(*columns, strict=True)],
        "neurons",
        layer=3,
        facecolors=[fill for fill, _ in coat],
        edgecolors=[edge for _, edge in coat],
        linewidths=0.55 if len(x) <= NAMED else 0.3,
    )
    grey = scene.neurons.level < 0
    for row, word in enumerate(words):
        style = {"ha": "center", "color": FAINT if grey[row] else INK, "zorder": 4}
        if word:
            canvas.text(x[row], y[row], word, font, **style)


def axis(
    canvas: Canvas,
    at: Places,
    scene: Scene,
    shift: Float64,
    bottom: float,
    look: Look,
) -> None:
    """Draw a numbered hairline every few levels, and labels of the columns aside."""
    foot = bottom + shift[1] + AXIS - 8
    marked = list(ticks(scene.depth))
    x = [at.level[number - 1] + shift[0] for number in marked]
    lines = [straight((a, look.margin), (a, foot - 6)) for a in x]
    canvas.paths(
        lines, "axis", layer=0, edgecolors=HAIR, facecolors="none", linewidths=0.5
    )
    words = [f"level {number}" if number == 1 else str(number) for number in marked]
    marks = [*zip(x, words, strict=True)]
    marks += [(a + shift[0], aside_word(level)) for level, a in at.aside]
    size = look.font + 0.5
    for a, word in marks:
        half = size * breadth(word) / 2 + 1
        inside = max(half, min(float(a), canvas.width - half))
        canvas.text(inside, foot, word, size, ha="center", color=FAINT)


def ticks(depth: int) -> Iterator[int]:
    """Level 1, then round numbers, about ten in all."""
    step = next(
        s for s in (1, 2, 5, 10, 20, 50, 100, 200, 500, 10**9) if depth <= 12 * s
    )
    yield 1
    yield from (number for number in range(step, depth + 1, step) if number > 1)


def courses(
    scene: Scene, at: Places, marks: Strokes, rise: float = RISES[0]
) -> list[list[Point]]:
    """The curve of every line; a junction a little below a synapse of the same pair.

    Args:
        rise: height of an arc over its width.
    """
    lines, aside = scene.lines, within(scene)
    columns = (lines.pre, lines.post, marks.arc, marks.dashed, aside)
    found = []
    for u, v, apart, dashed, flat in zip(*(c.tolist() for c in columns), strict=True):
        shape = bow(at, u, v, rise) if apart else flow(at, u, v)
        shape = beside(at, u, v) if flat else shape
        low = BESIDE if dashed else 0.0
        found.append([(x, y + low) for x, y in shape])
    return found


def flow(at: Places, u: int, v: int) -> list[Point]:
    """A curve from a neuron to one of a later level."""
    (ax, ay), (bx, by) = at.spot(u), at.spot(v)
    reach = 0.45 * (bx - ax)
    if 0 <= reach < 6:
        reach = 6.0
    return [(ax, ay), (ax + reach, ay), (bx - reach, by), (bx, by)]


def beside(at: Places, u: int, v: int) -> list[Point]:
    """A curve to the right of a level, between two of its neurons."""
    (ax, ay), (bx, by) = at.spot(u), at.spot(v)
    x = max(ax, bx) + float(max(at.half[u], at.half[v])) + 0.1 * abs(by - ay)
    return [(ax, ay), (x, ay), (x, by), (bx, by)]


def bow(at: Places, u: int, v: int, rise: float) -> list[Point]:
    """An arc above the upper half or below the lower one, higher for longer lines."""
    (ax, ay), (bx, by) = at.spot(u), at.spot(v)
    up = -1.0 if ay + by < at.height else 1.0
    if u == v:
        r = at.tall
        peak = ay + up * 2.6 * r
        return [(ax, ay), (ax - 1.6 * r, peak), (ax + 1.6 * r, peak), (ax, ay)]
    edge = min(ay, by) if up < 0 else max(ay, by)
    peak = edge + up * (8 + rise * abs(ax - bx))
    lean = 0.12 * (bx - ax)
    return [(ax, ay), (ax + lean, peak), (bx - lean, peak), (bx, by)]


def extent(shapes: list[list[Point]], at: Places) -> tuple[float, float]:
    """The smallest and the largest y of all curves and neurons."""
    y = np.array([[point[1] for point in shape] for shape in shapes]).reshape(-1, 4)
    t = np.linspace(0, 1, 17)
    s = 1 - t
    parts = np.stack([s * s * s, 3 * t * s * s, 3 * t * t * s, t * t * t])
    along = (parts[:, :, None] * y.T[:, None, :]).sum(axis=0)
    top = min(along.min(initial=0.0), float(at.y.min(initial=0.0)) - at.tall / 2)
    return top, max(along.max(initial=0.0), float(at.y.max(initial=0.0)) + at.tall / 2)
