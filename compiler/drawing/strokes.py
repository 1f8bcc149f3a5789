"""Colours and widths of neurons and lines, the same in all styles."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..arrays import Bool, Float64, Int64
from ..ir.stages import Columns
from .colours import CHANGE_COLOURS, KIND_COLOURS, PALE, UNUSED, role_colours, tint
from .scene import (
    ADDED,
    CHANGES,
    FEEDBACK,
    FORWARD,
    JUNCTION,
    KINDS,
    LOST,
    REWEIGHTED,
    SAME,
    Scene,
)


@dataclass(frozen=True, slots=True, eq=False)
class Strokes(Columns):
    """The look of one line per row, as parallel columns of length E."""

    colour: tuple[str, ...]
    alpha: Float64
    width: Float64  # points
    dashed: Bool
    arc: Bool  # runs against the levels, drawn as an arc


def strokes(scene: Scene) -> Strokes:
    """Colour by kind or change, opacity and width by weight; off all paths, grey.

    Few lines are drawn stronger, many fainter.
    """
    lines, level = scene.lines, scene.neurons.level
    strong = strength(lines.weight) ** 1.5
    size = max(len(lines), 1)
    few, many = min(1.0, 60 / size), min(1.0, math.sqrt(6_000 / size))
    idle = (level[lines.pre] < 0) | (level[lines.post] < 0)
    if scene.old:
        colour = [CHANGE_COLOURS[change] for change in lines.change.tolist()]
        same = lines.change == SAME
        alpha = np.where(same, 0.2, 0.35) + np.where(same, 0.3, 0.5) * strong
    else:
        kinds = zip(lines.kind.tolist(), idle.tolist(), strict=True)
        colour = [UNUSED if off else KIND_COLOURS[kind] for kind, off in kinds]
        floor = np.where(lines.kind == FEEDBACK, 0.28, 0.14) + 0.3 * few
        alpha = np.where(idle, 0.7, 1.0) * (floor + 0.55 * strong)
    falls = (lines.change == LOST) & (level[lines.pre] >= level[lines.post]) & ~idle
    falls &= not scene.uncut
    return Strokes(
        tuple(colour),
        (many * np.minimum(alpha, 1.0)).round(3),
        (0.25 + 0.35 * few + 1.1 * strong).round(2),
        lines.kind == JUNCTION,
        np.where(lines.kind == FORWARD, falls, lines.kind != JUNCTION),
    )


def groups(scene: Scene) -> Iterator[tuple[str, Int64]]:
    """(name, rows) of lines by kind or change, from the back to the front."""
    lines = scene.lines
    order: tuple[int, ...] = (JUNCTION, FORWARD, FEEDBACK)
    words: tuple[str, ...] = KINDS
    column = np.asarray(lines.kind, np.int8)
    if scene.old:
        order = (SAME, REWEIGHTED, ADDED, LOST)
        words, column = CHANGES, lines.change
    for key in order:
        rows = np.flatnonzero(column == key)
        yield words[key], rows[np.argsort(lines.weight[rows], kind="stable")]


def strength(weight: Float64) -> Float64:
    """Weights on a logarithmic scale, the smallest 0, the largest 1."""
    least = weight[weight > 0].min(initial=np.inf)
    most = weight.max(initial=0.0)
    if not 0 < least < most:
        return np.full(len(weight), 0.5)
    found: Float64 = np.log(np.maximum(weight, least) / least) / np.log(most / least)
    return found


def coats(scene: Scene) -> list[tuple[str, str]]:
    """(fill, edge) colours of each neuron, by role; in a comparison, by change."""
    neurons = scene.neurons
    found = []
    columns = (neurons.role.tolist(), neurons.level.tolist(), neurons.change.tolist())
    for role, level, change in zip(*columns, strict=True):
        if scene.old:
            edge = CHANGE_COLOURS[change]
            found.append((PALE if change == SAME else tint(edge, 0.3), edge))
        elif level < 0:
            found.append((PALE, UNUSED))
        else:
            fill, edge = role_colours(role)
            found.append((tint(fill, 0.3), edge))
    return found
