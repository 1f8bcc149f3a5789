"""What a pilot tells of each arm: variance components, and the comparison they call for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ..protocol.protocol import Line, Protocol, Run, Task
from .components import Components, components
from .planning import Design, designs
from .report import plain

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """The comparison that a pilot is to plan.

    Attributes:
        effect: of the worm, less the mean of its twins, in units of the metric.
        tests: number of tests in the family, which Holm corrects for.
        side: better or both.
    """

    effect: float
    power: float
    alpha: float
    side: str
    tests: int

    @property
    def level(self) -> float:
        """Of one side of the first test of the family."""
        return self.alpha / self.tests / (2 if self.side == "both" else 1)


@dataclass(frozen=True, slots=True)
class ArmPilot:
    """The pilot of one arm, or of all together.

    Attributes:
        left_out: graphs with a training that is missing or gave NaN.
        found: None where fewer than two graphs of two seeds are complete, or seeds of a
            graph do not differ.
        validation: mean score of the validation images, by which a learning rate is chosen.
        plans: by the estimates; cautious: by the upper ends of both intervals.
    """

    task: str
    arm: str
    left_out: int
    found: Components | None
    validation: float
    plans: tuple[Design, ...]
    cautious: tuple[Design, ...]


ALL = "all arms together"


def pilots(
    protocol: Protocol, results: Mapping[Run, Line], wish: Wish
) -> list[ArmPilot]:
    """The arms of twins of every task, each by itself; then all graphs of a task as one set."""
    found = []
    for task in protocol.tasks:
        tables = {
            arm.name: (table(task, arm.name, results), arm.graphs)
            for arm in task.arms
            if arm.random
        }
        if len(tables) > 1 and len({task.arm(name).seeds for name in tables}) == 1:
            rows = [row for scores, _ in tables.values() for row in scores]
            tables[ALL] = rows, sum(count for _, count in tables.values())
        found += [
            pilot_of(task, name, scores, count, wish, results)
            for name, (scores, count) in tables.items()
        ]
    return found


def table(task: Task, arm: str, results: Mapping[Run, Line]) -> list[list[float]]:
    """(graphs, seeds) the metric of the graphs all of whose trainings are finished."""
    rows: dict[int, list[Line | None]] = {}
    for run in task.runs():
        if run.arm == arm:
            rows.setdefault(run.graph, []).append(results.get(run))
    return [
        [float(line["test"][task.metric]) for line in row if line]
        for row in rows.values()
        if all(line and line["status"] == "finished" for line in row)
    ]


def validated(task: Task, arm: str, results: Mapping[Run, Line]) -> float:
    """The mean validation score of an arm's trainings, or of all arms of twins alike.

    NaN where there is none, or one gave NaN.
    """
    if arm == ALL:
        names = [each.name for each in task.arms if each.random]
        return float(np.mean([validated(task, name, results) for name in names]))
    lines = [line for run, line in results.items() if is_of(run, task, arm)]
    found = [line["validation"] for line in lines]
    known = bool(found) and None not in found
    return float(np.mean(found)) if known else math.nan


def is_of(run: Run, task: Task, arm: str) -> bool:
    """Whether a training is of an arm of a task."""
    return run.task == task.name and run.arm == arm


def pilot_of(
    task: Task,
    arm: str,
    scores: list[list[float]],
    graphs: int,
    wish: Wish,
    results: Mapping[Run, Line],
) -> ArmPilot:
    """The components of an arm and the designs that follow from them."""
    one = components(scores) if scores else None
    plans: list[tuple[Design, ...]] = [(), ()]
    if one and arm != ALL:
        ends = (one.between, one.within), (one.between_high, one.within_high)
        plans = [
            tuple(designs(wish.effect, *end, wish.level, wish.power)) for end in ends
        ]
    seen = validated(task, arm, results)
    left = graphs - len(scores)
    return ArmPilot(task.name, arm, left, one, seen, plans[0], plans[1])


def cheapest(plans: tuple[Design, ...]) -> Design | None:
    """The design of the fewest trainings."""
    return min(plans, key=lambda one: (one.trainings, one.seeds), default=None)


def report(protocol: Protocol, wish: Wish, found: list[ArmPilot]) -> dict[str, Any]:
    """The pilot as plain data; what is unknown is null."""
    return {
        "schema": SCHEMA,
        "command": "lab pilot",
        "protocol": protocol.digest,
        "wish": asdict(wish),
        "arms": [plain(asdict(one)) for one in found],
    }
