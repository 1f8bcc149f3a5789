"""Style matrix: the adjacency matrix, rows and columns in the order of the levels.

A row sends, a column receives; synapses that run forward lie above the diagonal. Where
nothing has levels, the order is that of roles and names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from .canvas import Canvas, Colour, faded, polygon, rounded, straight
from .colours import FAINT, HAIR, UNUSED
from .frame import AS_CELLS, entries, left, no_room, page, room
from .labels import breadth
from .levels import ticks
from .look import Look, left_out, named
from .places import rank
from .scene import JUNCTION, Scene, first_role, within
from .strokes import Strokes, coats, groups, strokes

if TYPE_CHECKING:
    from matplotlib.path import Path

SIDE, CELL = 570.0, 13.0  # width of the matrix; largest width of a cell; points
NAMED = 330  # most neurons whose names are shown
STRIP = 4.0  # points of the strip of roles
EDGE = 22.0  # points for the words around it


@dataclass(frozen=True, slots=True)
class Grid:
    """The place of the matrix on its page, in points."""

    x: float
    y: float
    cell: float
    size: int  # neurons

    @property
    def side(self) -> float:
        """Width and height of the matrix."""
        return self.cell * self.size

    def square(self, row: int, column: int) -> Path:
        """The square of a cell."""
        return box(
            self.x + column * self.cell, self.y + row * self.cell, self.cell, self.cell
        )

    def disc(self, row: int, column: int, share: float) -> Path:
        """A circle in a cell; `share` is its width over that of the cell."""
        width = share * self.cell
        shift = (self.cell - width) / 2
        x, y = self.x + column * self.cell + shift, self.y + row * self.cell + shift
        return rounded(x, y, width, width, width / 2)


def draw_matrix(scene: Scene, look: Look) -> Canvas:
    """The whole page."""
    size, legend = len(scene.neurons), entries(scene, AS_CELLS)
    words = named(scene, look) if size <= NAMED else ("",) * size
    cell = min(CELL, SIDE / max(size, 1))
    font = min(look.font + 1, 0.92 * cell)
    if look.width:
        font = look.font
    edge = EDGE + STRIP + max(3 + font * breadth(word) if word else 0 for word in words)
    if look.width:
        cell = (min(room(scene, legend, look)) - edge - EDGE) / max(size, 1)
        words = apart(scene, words, font / max(cell, 1e-9))
    if cell <= 0:
        raise no_room()
    width = edge + cell * size + EDGE
    canvas = page(scene, width, width, legend, look)
    canvas.notes = left_out(scene, look, words)
    grid = Grid(left(canvas, width) + edge, look.margin + edge, cell, size)
    levels(canvas, scene, grid, look)
    margins(canvas, scene, grid, edge, look)
    names(canvas, words, grid, font)
    marks = strokes(scene)
    for number, (name, rows) in enumerate(groups(scene)):
        coupled = scene.lines.kind[rows] == JUNCTION
        layer = 2 + number / 10
        synapses(canvas, scene, grid, marks, name, rows[~coupled].tolist(), layer)
        junctions(canvas, scene, grid, marks, name, rows[coupled].tolist(), layer)
    return canvas


def synapses(
    canvas: Canvas,
    scene: Scene,
    grid: Grid,
    marks: Strokes,
    name: str,
    rows: list[int],
    layer: float,
) -> None:
    """Draw a square for each synapse, darker for larger weights."""
    pre, post = scene.lines.pre, scene.lines.post
    canvas.paths(
        [grid.square(int(pre[row]), int(post[row])) for row in rows],
        name,
        layer=layer,
        facecolors=shades(marks, rows),
        linewidths=0,
    )


def junctions(
    canvas: Canvas,
    scene: Scene,
    grid: Grid,
    marks: Strokes,
    name: str,
    rows: list[int],
    layer: float,
) -> None:
    """Draw a ring for each junction in the direction that conducts, dots in the other."""
    pre, post, flat = scene.lines.pre, scene.lines.post, within(scene)
    used = [row for row in rows if not flat[row]]
    ends = [(pre[row], post[row]) for row in used]
    idle = [(pre[row], post[row]) for row in rows if flat[row]]
    mirrored = [(post[row], pre[row]) for row in rows]
    if scene.uncut:
        used, ends = used * 2, ends + mirrored
    canvas.paths(
        [grid.disc(int(u), int(v), 0.76) for u, v in ends],
        name if name == "junction" else f"{name} junction",
        layer=layer + 0.01,
        edgecolors=shades(marks, used),
        linewidths=0.16 * grid.cell,
    )
    if scene.uncut:
        return
    canvas.paths(
        [grid.disc(int(u), int(v), 0.4) for u, v in idle + mirrored],
        f"{name} mirror",
        layer=layer,
        facecolors=shades(marks, [row for row in rows if flat[row]] + rows),
        linewidths=0,
    )


def shades(marks: Strokes, rows: list[int]) -> list[Colour]:
    """Fill colours of lines, dark enough for single cells."""
    return [
        faded(marks.colour[row], min(1.0, 0.3 + float(marks.alpha[row])))
        for row in rows
    ]


def box(x: float, y: float, width: float, height: float) -> Path:
    """A box with sharp corners."""
    return polygon([(x, y), (x + width, y), (x + width, y + height), (x, y + height)])


def levels(canvas: Canvas, scene: Scene, grid: Grid, look: Look) -> None:
    """Draw hairlines between levels, the diagonal, and the numbers of some levels.

    Where nothing has levels, the hairlines stand between roles.
    """
    level = scene.neurons.level
    role = np.where(level < 0, level, first_role(scene.neurons.role))
    group = role if scene.uncut else level
    bounds = np.flatnonzero(group[1:] != group[:-1]) + 1
    x, y, side = grid.x, grid.y, grid.side
    lines = [straight((x, y), (x + side, y + side))]
    for at in (bounds * grid.cell).tolist():
        lines.append(straight((x, y + at), (x + side, y + at)))
        lines.append(straight((x + at, y), (x + at, y + side)))
    canvas.paths(lines, "levels", layer=1, edgecolors=HAIR, linewidths=0.25)
    canvas.paths(
        [box(x, y, side, side)], "frame", layer=4, edgecolors=UNUSED, linewidths=0.4
    )
    last = -100.0
    for number in () if scene.uncut else ticks(scene.depth):
        rows = np.flatnonzero(level == number - 1)
        place = float(rows.mean() + 0.5) * grid.cell if len(rows) else last
        if place - last < 14:
            continue
        last = place
        style = {"color": FAINT, "zorder": 4}
        canvas.text(x + side + 4, y + place, str(number), look.font + 0.5, **style)
        canvas.text(
            x + place, y + side + 7, str(number), look.font + 0.5, ha="center", **style
        )


def margins(canvas: Canvas, scene: Scene, grid: Grid, edge: float, look: Look) -> None:
    """Draw the strips of roles and the labels of rows and columns."""
    fills = [edge for _, edge in coats(scene)]
    rows = range(grid.size)
    cell, x, y = grid.cell, grid.x, grid.y
    strips = [box(x - STRIP, y + row * cell, STRIP - 1, cell) for row in rows]
    strips += [box(x + row * cell, y - STRIP, cell, STRIP - 1) for row in rows]
    canvas.paths(strips, "roles", layer=2, facecolors=fills * 2, linewidths=0)
    style = {"ha": "center", "color": FAINT}
    middle, far = grid.side / 2, edge - 9
    canvas.text(x + middle, y - far, "to", look.words, **style)
    canvas.text(
        x - far, y + middle, "from", look.words, rotation=90, va="center", **style
    )
    if not scene.uncut:
        canvas.text(x + grid.side + 4, y - 6, "level", look.font + 0.5, color=FAINT)


def names(canvas: Canvas, words: tuple[str, ...], grid: Grid, font: float) -> None:
    """Draw the name of each row and column that has one."""
    away = STRIP + 2
    for row, word in enumerate(words):
        along = (row + 0.5) * grid.cell
        style = {"rotation": 90, "ha": "center", "va": "bottom"}
        if word:
            canvas.text(grid.x - away, grid.y + along, word, font, ha="right")
            canvas.text(grid.x + along, grid.y - away, word, font, **style)


def apart(scene: Scene, words: tuple[str, ...], step: float) -> tuple[str, ...]:
    """The names that stand `step` rows apart, those of the heaviest neurons first."""
    kept = [""] * len(words)
    taken: list[int] = []
    for row in rank(scene).argsort().tolist():
        if words[row] and all(abs(row - other) >= step for other in taken):
            kept[row] = words[row]
            taken.append(row)
    return tuple(kept)
