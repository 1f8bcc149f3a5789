"""Style density: how densely groups of neurons, by role and level, send to each other.

Where nothing has levels, the groups are the roles.

For graphs whose neurons are too many to be drawn one by one. Rows send, columns receive;
sizes are numbers of neurons, shades are lines over possible pairs.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import Float64, Int64
from ..names import amount, plural
from .canvas import Canvas, faded, straight
from .colours import FAINT, HAIR, INK, ROLE_WORDS, ROLES, UNUSED
from .frame import (
    AS_CELLS,
    DASHED,
    SHADE,
    SQUARE,
    WEDGE,
    LegendEntry,
    entries,
    left,
    no_room,
    page,
    room,
)
from .labels import breadth
from .look import Look
from .matrix import box
from .scene import JUNCTION, Scene, first_role
from .strokes import groups, strokes

SIDE = 400.0  # points of the blocks, where no size is asked
BINS = 8  # most groups of levels a role
LEAST = 2.0  # points of a group of few neurons
STRIP = 4.0  # points of the strip of roles
BETWEEN = 3.0  # points from role to role
FAINTEST = 0.12  # opacity of the least density
IDLE = 3  # the number of the group of neurons in no level, after the roles


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """Groups of neurons, in the order of rows and columns.

    Attributes:
        of: (N,) the group of each neuron.
        role: (G,) 0 to 2 as in ROLES, IDLE; first: (G,) the first level of each, from 1.
        size: (G,) neurons; start, end: (G,) points from the first group.
    """

    of: Int64
    role: Int64
    first: Int64
    size: Int64
    start: Float64
    end: Float64


def draw_density(scene: Scene, look: Look) -> Canvas:
    """The whole page."""
    shapes = {**AS_CELLS, DASHED: SQUARE}
    legend = [entry for entry in entries(scene, shapes) if entry.shape != SHADE]
    if scene.old:  # blocks have the colours of changes alone
        legend = [entry for entry in legend if entry.word != "gap junction"]
    near = STRIP + 2 * look.leading  # for the words above and at the left
    far = 2 * look.leading + 2 * breadth("000") * look.font
    side = SIDE
    if look.width:
        scale = LegendEntry("0.0000001 to 0.0000001 lines a pair", FAINT, WEDGE)
        side = min(room(scene, [*legend, scale], look)) - near - far
    if side < 60:
        raise no_room()
    blocks = grouped(scene, side)
    count, parts = densities(scene, blocks)
    legend += shades(count)
    width = near + side + far
    canvas = page(scene, width, width, legend, look)
    corner = (left(canvas, width) + near, look.margin + near)
    fills(canvas, blocks, count, parts, corner)
    frames(canvas, blocks, corner)
    margins(canvas, blocks, corner, look, levels=not scene.uncut)
    return canvas


def grouped(scene: Scene, side: float) -> Blocks:
    """Groups by first role and, within a role, by level: at most BINS of like sizes."""
    level = scene.neurons.level.astype(np.int64)
    kind = np.where(level < 0, IDLE, first_role(scene.neurons.role))
    live = np.sort(level[level >= 0])
    cuts = (
        np.unique(live[np.arange(1, BINS) * len(live) // BINS]) if len(live) else live
    )
    bins = np.searchsorted(cuts, level, side="right")
    bins[level < 0] = 0
    known, of = np.unique(kind * (BINS + 1) + bins, return_inverse=True)
    size = np.bincount(of, minlength=len(known))
    named = known // (BINS + 1)
    first = np.concatenate([[0], cuts])[known % (BINS + 1)] + 1
    gaps = np.concatenate([[0], np.cumsum(np.diff(named) > 0)]) * BETWEEN
    space = side - float(gaps[-1])
    wide = np.maximum(size * space / size.sum(), min(LEAST, space / len(size)))
    wide *= space / wide.sum()
    end = np.cumsum(wide) + gaps
    return Blocks(of.reshape(-1), named, first, size, end - wide, end)


def densities(
    scene: Scene, blocks: Blocks
) -> tuple[Float64, list[tuple[str, str, Float64]]]:
    """(G, G) lines over possible pairs; and name, colour and lines (G, G) of each kind."""
    size, colour = len(blocks.size), strokes(scene).colour
    parts = []
    for name, rows in groups(scene):
        if not len(rows):
            continue
        pre, post = blocks.of[scene.lines.pre[rows]], blocks.of[scene.lines.post[rows]]
        if scene.uncut:  # a junction conducts both ways
            both = scene.lines.kind[rows] == JUNCTION
            ends = np.concatenate([post, pre[both]])
            pre, post = np.concatenate([pre, post[both]]), ends
        lines = np.bincount(pre * size + post, minlength=size * size).astype(np.float64)
        parts.append((name, colour_of(rows, colour), lines.reshape(size, size)))
    whole: Float64 = sum((lines for *_, lines in parts), np.zeros((size, size)))
    return whole / np.outer(blocks.size, blocks.size), parts


def colour_of(rows: Int64, colours: tuple[str, ...]) -> str:
    """The colour of a kind of lines: that of most of them, grey lines aside."""
    found = [colours[row] for row in rows.tolist()]
    return next((colour for colour in reversed(found) if colour != UNUSED), UNUSED)


def shades(density: Float64) -> list[LegendEntry]:
    """The legend of the shades."""
    there = density[density > 0]
    if not len(there):
        return []
    least, most = (
        amount(float(f"{value:.2g}")) for value in (there.min(), there.max())
    )
    return [LegendEntry(f"{least} to {most} lines a pair", FAINT, SHADE)]


def fills(
    canvas: Canvas,
    blocks: Blocks,
    density: Float64,
    parts: list[tuple[str, str, Float64]],
    corner: tuple[float, float],
) -> None:
    """Draw the blocks: shaded by density, split by the kinds of their lines."""
    shade = opacity(density)
    done = np.zeros_like(density)
    whole = sum((lines for *_, lines in parts), np.zeros_like(density))
    for name, colour, lines in parts:
        paths, looks = [], []
        for row, column in np.argwhere(lines > 0).tolist():
            x, y = corner[0] + blocks.start[column], corner[1] + blocks.start[row]
            wide = float(blocks.end[column] - blocks.start[column])
            high = float(blocks.end[row] - blocks.start[row])
            before = done[row, column] / whole[row, column]
            share = lines[row, column] / whole[row, column]
            paths.append(box(float(x + before * wide), float(y), share * wide, high))
            looks.append(faded(colour, float(shade[row, column])))
        done += lines
        canvas.paths(paths, name, layer=2, facecolors=looks, linewidths=0)


def opacity(density: Float64) -> Float64:
    """Opacity of each block, from FAINTEST to 1 along the logarithm of its density."""
    there = density[density > 0]
    if not len(there) or there.min() == there.max():
        return np.where(density > 0, 0.6, 0.0)
    low, high = np.log(there.min()), np.log(there.max())
    safe = np.log(np.where(density > 0, density, there.min()))
    found: Float64 = (FAINTEST + (1 - FAINTEST) * (safe - low) / (high - low)).round(2)
    return found


def frames(canvas: Canvas, blocks: Blocks, corner: tuple[float, float]) -> None:
    """Draw hairlines between groups and a frame around each pair of roles."""
    spans = spans_of(blocks)
    x, y = corner
    lines = []
    for a, b in spans:
        for start in blocks.start[a : b + 1].tolist():
            for c, d in spans:
                low, high = float(blocks.start[c]), float(blocks.end[d])
                lines.append(straight((x + start, y + low), (x + start, y + high)))
                lines.append(straight((x + low, y + start), (x + high, y + start)))
    canvas.paths(lines, "groups", layer=1, edgecolors=HAIR, linewidths=0.3)
    frame = [
        box(x + float(blocks.start[c]), y + float(blocks.start[a]),
            float(blocks.end[d] - blocks.start[c]), float(blocks.end[b] - blocks.start[a]))
        for a, b in spans for c, d in spans
    ]  # fmt: skip
    canvas.paths(frame, "roles", layer=3, edgecolors=UNUSED, linewidths=0.5)


def spans_of(blocks: Blocks) -> list[tuple[int, int]]:
    """The first and the last group of each role."""
    role = blocks.role.tolist()
    starts = [row for row in range(len(role)) if not row or role[row] != role[row - 1]]
    return list(
        zip(starts, [*(row - 1 for row in starts[1:]), len(role) - 1], strict=True)
    )


def margins(
    canvas: Canvas,
    blocks: Blocks,
    corner: tuple[float, float],
    look: Look,
    *,
    levels: bool,
) -> None:
    """Draw the strips and names of the roles, and with levels the first of each group."""
    x, y = corner
    side, last = float(blocks.end[-1]), -100.0
    small, style = look.font + 0.5, {"color": FAINT}
    for a, b in spans_of(blocks):
        word, colour = role_of(int(blocks.role[a]))
        start, end = float(blocks.start[a]), float(blocks.end[b])
        strips = [box(x + start, y - STRIP, end - start, STRIP - 1.5)]
        strips.append(box(x - STRIP, y + start, STRIP - 1.5, end - start))
        canvas.paths(strips, "role", layer=2, facecolors=colour, linewidths=0)
        count = int(blocks.size[a : b + 1].sum())
        for words in (f"{word}, {plural(count, 'neuron')}", f"{word}, {count:,}", word):
            if breadth(words) * look.words <= end - start:
                middle, away = (start + end) / 2, STRIP + look.leading / 2 + 1
                canvas.text(
                    x + middle, y - away, words, look.words, ha="center", color=INK
                )
                turned: dict[str, Any] = {
                    "rotation": 90,
                    "ha": "center",
                    "va": "center",
                }
                canvas.text(
                    x - away, y + middle, words, look.words, color=INK, **turned
                )
                break
        for row in range(a, b + 1) if levels and blocks.role[a] != IDLE else ():
            at = float(blocks.start[row])
            word_of_level = f"{int(blocks.first[row]):,}"
            if at - last < max(look.leading, breadth(word_of_level) * small + 3):
                continue
            last = at
            canvas.text(x + side + 4, y + at + small / 2, word_of_level, small, **style)
            canvas.text(x + at, y + side + 7, word_of_level, small, **style)
    if not levels:
        return
    canvas.text(x + side + 4, y - 6, "from level", small, **style)
    canvas.text(x, y + side + 7 + look.leading, "to, from level", small, **style)


def role_of(number: int) -> tuple[str, str]:
    """Word and colour of a role or of the neurons in no level."""
    if number == IDLE:
        return "on no path", UNUSED
    bit, colour = list(ROLES.items())[number]
    return ROLE_WORDS[bit], colour
