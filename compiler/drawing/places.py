"""Place the neurons of a drawing: levels from left to right, few crossings."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64, Int64
from ..ir.stages import Columns
from .crossings import covered, crossings, heaviest_forward
from .labels import breadth, short_name
from .scene import DEAD, GONE, Scene

NAMED = 600  # most neurons whose names are shown
FONT, PAD = 5.0, 2.4  # points of a name, and from it to the edge of its neuron
GAP = 2.2  # points between two neurons
AREA, DOT = 640.0, 48.0  # square points for a neuron with a name, and for a dot
DISC = 150.0  # square points for a neuron without a name among those with one
SHAPE = 1.75  # width over height
LEAST, MOST = 476.0, 110.0  # least width of the levels; most from one level to the next
ASIDE = 34.0  # points from the last level to the neurons that are in none
SWEEPS = (4, 12, 30, 60)  # numbers of sweeps after which crossings are counted
PATIENT = 5_000  # most neurons to count crossings of; of more, the last order stands
SMALL, TRIES, GOLDEN = 40, 32, 0.6180339887498949  # neurons; extra start orders


@dataclass(frozen=True, slots=True)
class Setting:
    """The names of a drawing and the room for it.

    Attributes:
        words: (N,) the name at each neuron, "" for none; (): every name, if not too many.
        font: size of the names, in points.
        width, height: of the room, in points; 0: as the drawing needs.
    """

    words: tuple[str, ...] = ()
    font: float = FONT
    width: float = 0.0
    height: float = 0.0

    def of(self, scene: Scene) -> tuple[str, ...]:
        """The words, one for each neuron."""
        names = scene.neurons.name
        if self.words:
            return self.words
        return (
            tuple(map(short_name, names)) if len(names) <= NAMED else ("",) * len(names)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Places(Columns):
    """Positions of the neurons, in points from the top left corner of the levels.

    Attributes:
        x, y: (N,) centres; half: (N,) half widths; tall: height of a neuron.
        level: (depth,) x of each level.
        aside: (DEAD or GONE, x) of the columns of neurons in no level.
        width, height: of all; crossings: of the heaviest forward lines, if straight.
    """

    x: Float64
    y: Float64
    half: Float64
    tall: float
    level: Float64
    aside: tuple[tuple[int, float], ...]
    width: float
    height: float
    crossings: int

    def spot(self, row: int) -> tuple[float, float]:
        """The centre of a neuron."""
        return float(self.x[row]), float(self.y[row])


def places(
    scene: Scene,
    *,
    by_name: bool = False,
    quick: bool = False,
    setting: Setting = Setting(),
) -> Places:
    """Place every neuron at its level, without overlap.

    Args:
        by_name: order each level by name, regardless of crossings.
        quick: take the last order of the sweeps, not the one of fewest crossings.
    """
    half, tall = sizes(scene, setting)
    page = page_of(scene, tall, setting)
    x, level = across(scene, half, tall, page)
    if setting.width:
        taken = room_aside(scene, half, tall, page[1])
        x, level, page = narrowed(scene, half, tall, page, setting.width - taken)
    live = scene.neurons.level >= 0
    first = np.argsort(rank(scene), kind="stable")
    first = first[live[first]]
    edges = heaviest_forward(scene)
    best, fewest = np.zeros(len(live)), (-1, 0)
    orders = [evenly(scene)] if by_name else [*swept(scene)][-1 if quick else 0 :]
    for wish in orders:
        y = settled(x, wish * page[1], half, tall, first, page[1])
        found = (crossings(x, y, *edges), covered(x, y, *edges, tall))
        if fewest[0] < 0 or found <= fewest:
            best, fewest = y, found
    best[live] -= best[live].min()
    height = max(page[1], float(best[live].max()))
    aside = place_aside(scene, x, best, half, tall, height)
    width = float((x + half).max())
    return Places(x, best, half, tall, level, aside, width, height, fewest[0])


def sizes(scene: Scene, setting: Setting = Setting()) -> tuple[Float64, float]:
    """(N,) half widths of the neurons, and their common height."""
    words = setting.of(scene)
    if not any(words):
        return np.full(len(words), 1.6), 3.2
    tall = setting.font + PAD
    widths = [
        setting.font * breadth(word) / 2 + PAD if word else tall / 2 for word in words
    ]
    return np.array(widths), tall


def page_of(scene: Scene, tall: float, setting: Setting) -> tuple[float, float]:
    """Width and height of the levels, by the number of neurons and of names."""
    words = setting.of(scene)
    count = sum(map(bool, words))
    area = (setting.font / FONT) ** 2 * (AREA * count + DISC * (len(words) - count))
    area = area if count else DOT * len(words)
    width = setting.width or max(LEAST, math.sqrt(SHAPE * area))
    level = scene.neurons.level
    most = int(np.bincount(level[level >= 0], minlength=1).max())
    least = area / width / (1 if setting.width else 2)
    height = max(min(width / SHAPE, 5 * tall * most), least)
    if setting.height:
        height = min(height, setting.height)
    return min(width, MOST * max(scene.depth - 1, 1)), height


def narrowed(
    scene: Scene, half: Float64, tall: float, page: tuple[float, float], width: float
) -> tuple[Float64, Float64, tuple[float, float]]:
    """x of neurons and levels within a width, as far as that goes, and the page."""
    asked = min(page[0], width)
    for _ in range(6):
        x, level = across(scene, half, tall, (asked, page[1]))
        over = float((x + half)[scene.neurons.level >= 0].max()) - width
        if over <= 0 or asked <= 1:
            break
        asked = max(asked - over, 1.0)
    return x, level, (asked, page[1])


def room_aside(scene: Scene, half: Float64, tall: float, height: float) -> float:
    """Points that the columns of neurons in no level take."""
    found = 0.0
    for kind in (DEAD, GONE):
        rows = np.flatnonzero(scene.neurons.level == kind)
        if len(rows):
            capacity = max(int(height / (tall + GAP)), 1)
            found += -(-len(rows) // capacity) * (2 * half[rows].max() + GAP)
            found += ASIDE / 2 if found else 0.0
    return found + ASIDE / 2 if found else 0.0


def across(
    scene: Scene, half: Float64, tall: float, page: tuple[float, float]
) -> tuple[Float64, Float64]:
    """x of every neuron and of every level; a large level has several columns."""
    width, height = page
    pitch = width / max(scene.depth - 1, 1)
    column = 2 * half.max(initial=0.0) + GAP
    capacity = max(int(0.95 * height / (tall + GAP)), 1)
    level, x = np.zeros(scene.depth), np.zeros(len(half))
    end = 0.0
    for number in range(scene.depth):
        rows = np.flatnonzero(scene.neurons.level == number)
        columns = -(-len(rows) // capacity)
        wide = max(pitch, columns * column if columns > 1 else 0.0)
        level[number] = end + wide / 2
        shift = np.arange(len(rows)) % columns - (columns - 1) / 2
        x[rows] = level[number] + shift * column
        end += wide
    left = float((x - half)[scene.neurons.level >= 0].min())
    return x - left, level - left


def rank(scene: Scene) -> Int64:
    """(N,) the order of placing: by total weight, the largest first, then by name."""
    weight = np.zeros(len(scene.neurons))
    for ends in (scene.lines.pre, scene.lines.post):
        weight += np.bincount(ends, scene.lines.weight, len(weight))
    names = scene.neurons.name
    order = sorted(range(len(weight)), key=lambda row: (-weight[row], names[row]))
    found = np.empty(len(order), np.int64)
    found[order] = np.arange(len(order))
    return found


def evenly(scene: Scene) -> Float64:
    """(N,) heights from 0 to 1, in name order down each level."""
    level, wish = scene.neurons.level, np.zeros(len(scene.neurons))
    for number in range(scene.depth):
        rows = np.flatnonzero(level == number)
        wish[rows] = (np.arange(len(rows)) + 0.5) / max(len(rows), 1)
    return wish


def swept(scene: Scene) -> Iterator[Float64]:
    """Candidate heights from 0 to 1: by name, then sweeps towards the neighbours' mean.

    A small graph gets extra candidates first, to avoid lines behind neurons.

    Source: the barycentre method of Sugiyama, Tagawa and Toda, IEEE SMC 11(2), 1981, on
    ranks over all levels at once, for a synapse may pass many levels.
    """
    wish = evenly(scene)
    if len(wish) <= PATIENT:
        yield wish
    lines, names = scene.lines, scene.neurons.name
    size = len(names)
    for number in range(1, TRIES + 1) if size <= SMALL else ():
        yield (wish + np.arange(1, size + 1) * number * GOLDEN % 1) / 2
    tail = np.concatenate([lines.pre, lines.post])
    head = np.concatenate([lines.post, lines.pre])
    pull = np.sqrt(np.concatenate([lines.weight, lines.weight]))
    whole = np.bincount(tail, pull, size)
    loose = whole == 0
    by_name = np.array(sorted(range(size), key=lambda row: names[row]), np.int64)
    for sweep in range(1, SWEEPS[-1] + 1):
        mean = np.bincount(tail, pull * wish[head], size) / np.where(loose, 1, whole)
        mean = np.where(loose, wish, (mean + wish) / 2)
        order = by_name[np.argsort(mean[by_name], kind="stable")]
        wish = np.empty(size)
        wish[order] = (np.arange(size) + 0.5) / size
        if sweep == SWEEPS[-1] or (sweep in SWEEPS and size <= PATIENT):
            yield wish


def settled(
    x: Float64,
    wish: Float64,
    half: Float64,
    tall: float,
    order: Int64,
    height: float,
) -> Float64:
    """(N,) y; each neuron in `order` as near to its wish as the earlier ones allow."""
    by_x = np.argsort(x, kind="stable")
    place = np.empty(len(x), np.int64)
    place[by_x] = np.arange(len(x))
    along, wide = x[by_x], half[by_x]
    y = np.full(len(x), np.nan)  # by x
    reach = half.max(initial=0.0) + GAP
    for row in order.tolist():
        bounds = [x[row] - half[row] - reach, x[row] + half[row] + reach]
        first, last = np.searchsorted(along, bounds)
        near = slice(first, last)
        close = np.abs(along[near] - x[row]) < wide[near] + half[row] + GAP
        taken = y[near][close]
        y[place[row]] = free(wish[row], taken[~np.isnan(taken)], tall + GAP, height)
    found: Float64 = np.nan_to_num(y[place])
    return found


def free(wish: float, taken: Float64, step: float, height: float) -> float:
    """The y nearest to a wish, `step` from all taken ones, within the height if possible."""
    tried = np.concatenate([[wish], taken - step, taken + step])
    apart = np.abs(tried[:, None] - taken[None, :]) >= step - 1e-9
    tried = tried[apart.all(axis=1)]
    over = (tried < 0) | (tried > height)
    return float(tried[np.lexsort((tried, np.abs(tried - wish), over))[0]])


def place_aside(
    scene: Scene, x: Float64, y: Float64, half: Float64, tall: float, height: float
) -> tuple[tuple[int, float], ...]:
    """Place the neurons that are in no level in columns behind the last level."""
    end = float((x + half)[scene.neurons.level >= 0].max(initial=0.0)) + ASIDE
    found = []
    for kind in (DEAD, GONE):
        rows = np.flatnonzero(scene.neurons.level == kind)
        if not len(rows):
            continue
        step = tall + GAP
        capacity = max(int(height / step), 1)
        column = 2 * half[rows].max() + GAP
        number = np.arange(len(rows))
        x[rows] = end + column / 2 + number // capacity * column
        y[rows] = number % capacity * step
        columns = -(-len(rows) // capacity)
        found.append((kind, end + columns * column / 2))
        end += columns * column + ASIDE / 2
    return tuple(found)
