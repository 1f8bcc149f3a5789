"""The panels of learning curves: which there are, and how the tasks follow one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..judging.groups import Group, Results
from ..judging.judge import Judged
from ..protocol.protocol import WORM, Arm, Task
from .labels import ARMS, title
from .style import length, wrapped

Floats = NDArray[np.float64]
PANEL, TALL, GAP = 1.36, 1.62, 0.12  # inches: width and height of a panel; between two
LEFT, HEAD, OVER, UNDER = 0.62, 0.36, 0.26, 0.52  # of a task; above, below a panel
TITLE, LINE = 9.5, 0.15  # of titles: points, inches
BETWEEN = 0.24  # inches between tasks
WIDEST = 6  # panels in a row
NAMES, LEADER = 6.5, 0.12  # names of controls: points; inches before them


@dataclass(frozen=True, slots=True)
class Block:
    """The panels of a task, in one row or several.

    Attributes:
        panels: the groups drawn in each, beside the worm.
        curves: (curves, epochs) by arm.
    """

    one: Judged
    panels: tuple[tuple[Group, ...], ...]
    curves: dict[str, Floats]

    @property
    def scale(self) -> tuple[str, str]:
        """Tasks in which it is the same have the same vertical axis."""
        return self.one.task.kind, self.one.task.metric

    @property
    def columns(self) -> int:
        """Number of panels in its fullest row; rows are as even as can be."""
        rows = -(-len(self.panels) // WIDEST)
        return -(-len(self.panels) // rows)

    @property
    def width(self) -> float:
        """In inches."""
        names = [
            LEADER + length(ARMS[group.arm.name], NAMES)
            for group in self.panels[-1]
            if not group.arm.random
        ]
        return LEFT + self.columns * (PANEL + GAP) - GAP + max(names, default=0.0)

    @property
    def title(self) -> str:
        """In lines no wider than the block."""
        return wrapped(title(self.one.task), self.width, TITLE)

    @property
    def head(self) -> float:
        """Height of what stands above the panels, in inches."""
        return HEAD + LINE * self.title.count("\n")

    @property
    def body(self) -> float:
        """Height of the panels, in inches."""
        return -(-len(self.panels) // self.columns) * (OVER + TALL + UNDER)


def block_of(one: Judged, results: Results) -> Block:
    """The panels of a task: one for each generator, then one for all controls."""
    curves = {
        group.arm.name: curves_of(one.task, group.arm, results) for group in one.groups
    }
    random = [(group,) for group in one.groups if group.arm.random]
    controls = tuple(
        group for group in one.groups if not group.arm.random and group.arm.name != WORM
    )
    panels = (*random, controls) if controls or not random else (*random,)
    return Block(one, panels, curves)


def curves_of(task: Task, arm: Arm, results: Results) -> Floats:
    """(curves, epochs): the mean curve of each twin, or one a training; no NaN runs."""
    by: dict[int, list[list[float]]] = {}
    for run in task.runs():
        line = results.get(run) if run.arm == arm.name else None
        if line is None or line["status"] == "nan":
            continue
        points = [at["validation"] for at in line["curve"]]
        by.setdefault(run.graph if arm.random else run.seed, []).append(points)
    means = [np.mean(np.asarray(found, np.float64), axis=0) for found in by.values()]
    return np.asarray(means, np.float64)


def flow(blocks: Sequence[Block]) -> list[list[Block]]:
    """The blocks in rows of the widest block's width at most, filled as evenly as can be."""
    full = LEFT + WIDEST * (PANEL + GAP) - GAP
    most = max([full, *(block.width for block in blocks)])
    best: list[tuple[float, list[list[Block]]]] = [(0.0, [])]  # of the first blocks
    for end in range(1, len(blocks) + 1):
        found = []
        for start in reversed(range(end)):
            row, (cost, before) = [*blocks[start:end]], best[start]
            spare = most - width_of(row)
            if spare >= 0 or len(row) == 1:
                found.append((round(cost + spare**2, 6), [*before, row]))
        best.append(min(found, key=lambda each: each[0]))
    return best[-1][1]


def width_of(row: Sequence[Block]) -> float:
    """Of a row of blocks, in inches."""
    return sum(block.width + BETWEEN for block in row) - BETWEEN
