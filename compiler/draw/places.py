"""Where the neurons of a drawing stand: levels from left to right, few crossings."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np

from ..ir import Columns, Float64, Int64
from .scene import DEAD, FEEDBACK, GONE, Scene

SMALL = 600  # up to so many neurons bear their names
FONT = 5.0  # points of a name
GAP = 2.2  # points between two neurons
AREA, SHAPE = 640.0, 1.75  # square points a named neuron has; width over height
NARROW, WIDE = 490.0, 64.0  # least width of the levels; most points from one to the next
SWEEPS, LOOK = 60, (0, 3, 8, 20, 40, 60)  # sweeps, and after which ones to look
COUNTED = 3_000  # so many lines, the heaviest, decide which order crosses least
LONGEST = 12  # characters of a name that a drawing shows


@dataclass(frozen=True, slots=True, eq=False)
class Places(Columns):
    """Centres and sizes in points, y downward, as parallel columns of length N.

    Attributes:
        end: x of the last level; columns of those in no level follow.
        crossings: of straight lines that run forward, the heaviest COUNTED of them.
    """

    x: Float64
    y: Float64
    half: Float64  # half the width
    tall: float  # height
    width: float
    height: float
    end: float
    crossings: int


def places(scene: Scene, *, by_name: bool = False) -> Places:
    """Put every neuron at its level, no two on each other.

    Args:
        by_name: in name order down each level, the heights unswept.
    """
    neurons = scene.neurons
    named = len(neurons) <= SMALL
    half = np.array([breadth(name) for name in neurons.name]) * FONT / 2 + 2.2
    if not named:
        half = np.full(len(neurons), 2.0)
    tall = FONT + 2.4 if named else 4.0
    level = neurons.level
    live = np.flatnonzero(level >= 0)
    width, height = page(scene, half, tall)
    pitch = width / max(scene.depth - 1, 1)
    x = np.where(level >= 0, level * pitch, 0.0)
    rank = by_weight(scene)
    wishes = [spread(scene, height)] if by_name else swept(scene, height)
    best: Places | None = None
    for wish in [spread(scene, height), *wishes][by_name:]:
        y = np.zeros(len(neurons))
        y[live] = settled(x[live], wish[live], half[live], tall, rank[live], height)
        found = outside(scene, x, y, half, tall, width)
        if best is None or found.crossings < best.crossings:
            best = found
    assert best is not None
    return best
