"""How many lines of a drawing cross, and how many neurons lie on lines of others."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..arrays import Float64, Int64
from .scene import FORWARD, Scene

COUNTED = 2_000  # heaviest lines among which crossings are counted


def heaviest_forward(scene: Scene) -> tuple[Int64, Int64]:
    """The ends of the heaviest forward lines, among which crossings are counted."""
    lines, level = scene.lines, scene.neurons.level
    inside = (level[lines.pre] >= 0) & (level[lines.post] >= 0)
    rows = np.flatnonzero((lines.kind == FORWARD) & inside)
    heavy = rows[np.argsort(-lines.weight[rows], kind="stable")][:COUNTED]
    return lines.pre[heavy].astype(np.int64), lines.post[heavy].astype(np.int64)


def crossings(x: Float64, y: Float64, pre: Int64, post: Int64) -> int:
    """Number of pairs of straight lines that cross; touching is no crossing."""
    crossing = 0
    for row in range(len(pre)):
        a, b = pre[row], post[row]
        c, d = pre[row + 1 :], post[row + 1 :]
        apart = turn(x, y, a, b, c) * turn(x, y, a, b, d) < 0
        crossing += int((apart & (turn(x, y, c, d, a) * turn(x, y, c, d, b) < 0)).sum())
    return crossing


def covered(x: Float64, y: Float64, pre: Int64, post: Int64, tall: float) -> int:
    """Number of neurons that straight lines between other neurons run behind."""
    behind = 0
    for a, b in zip(pre.tolist(), post.tolist(), strict=True):
        between = np.flatnonzero((x > x[a]) & (x < x[b]))
        along = (x[between] - x[a]) / (x[b] - x[a])
        off = y[a] + along * (y[b] - y[a]) - y[between]
        behind += int((np.abs(off) < tall / 2).sum())
    return behind


def turn(x: Float64, y: Float64, a: Any, b: Any, c: Any) -> Any:
    """The cross product of a -> b and a -> c; its sign is the side of `c`."""
    return (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])
