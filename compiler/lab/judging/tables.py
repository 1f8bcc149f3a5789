"""The tables of a protocol: a row for each arm, with its score, its size and its cost."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ..protocol.protocol import WORM, Protocol
from .groups import Group, Results
from .judge import Judged, judge
from .noise import cut_off, steps
from .statistics import Interval, interval_of_difference

SCHEMA = 1
MADE_BY = "elegansc lab table"
NUMBERS = {"cifar10": 1, "mnist": 2}  # of the paper's tables; routed is ours
CHANCE = {"top1": 0.1, "probe_top1": 0.1, "f1": 0.0}
NEAR = 0.02  # of parameters that are called equal


@dataclass(frozen=True, slots=True)
class Row:
    """One model of a table.

    Attributes:
        task: label in the protocol; arm: of it.
        graphs: whether its values are of graphs, a mean over seeds each; else of trainings.
        score: of the metric, over them.
        lead: of the worm over it: difference of the means; None for the worm.
        parameters: of all that is trained; network_parameters: of what stands in the
            network's place; multiply_adds: of one image, forward; means over graphs.
        step_seconds: of an optimiser step, median of the trainings.
        missing, nan: number of trainings.
    """

    task: str
    arm: str
    graphs: bool
    score: Interval
    lead: Interval | None
    parameters: int | None
    network_parameters: int | None
    multiply_adds: int | None
    step_seconds: float | None
    missing: int
    nan: int


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of all tasks of a kind.

    Attributes:
        kind: cifar10, mnist or mnist-routed.
        steps: of the optimiser, of every training.
        baseline: score of what has learnt nothing: chance, or a black image; None: unknown.
        last: trainings whose last epoch is the best; done: that finished.
        judged: its tasks.
    """

    kind: str
    metric: str
    higher_is_better: bool
    steps: int
    baseline: float | None
    last: int
    done: int
    rows: tuple[Row, ...]
    judged: tuple[Judged, ...]

    def worm(self, task: str) -> Row:
        """The row of a task's worm."""
        return next(row for row in self.rows if (row.task, row.arm) == (task, WORM))


def tables(protocol: Protocol, results: Results) -> tuple[Table, ...]:
    """The tables of a protocol, in the order in which its kinds come.

    Raises:
        InputError: a run is not of the protocol, or lacks the metric.
    """
    found = judge(protocol, results)
    kinds = dict.fromkeys(one.task.kind for one in found)
    return tuple(
        table_of(kind, [one for one in found if one.task.kind == kind], results)
        for kind in kinds
    )


def table_of(kind: str, found: Sequence[Judged], results: Results) -> Table:
    """The table of a kind."""
    task = found[0].task
    ends = [cut_off(one, results) for one in found]
    blacks = [one.black for one in found if not math.isnan(one.black)]
    baseline = CHANCE.get(task.metric)
    if task.metric == "pixel_accuracy" and blacks:
        baseline = blacks[0]
    return Table(
        kind,
        task.metric,
        task.higher_is_better,
        steps(found[0]),
        baseline,
        sum(last for last, _ in ends),
        sum(done for _, done in ends),
        tuple(row for one in found for row in rows(one, results)),
        tuple(found),
    )


def rows(one: Judged, results: Results) -> Iterator[Row]:
    """The rows of a task."""
    worm = values(one.group(WORM), one.task.metric)
    for group in one.groups:
        arm = group.arm
        lines = [
            line
            for run, line in results.items()
            if (run.task, run.arm) == (one.task.name, arm.name)
        ]
        own = values(group, one.task.metric)
        seconds = known(lines, "step_seconds")
        yield Row(
            one.task.name,
            arm.name,
            arm.random,
            group.mean,
            None if arm.name == WORM else interval_of_difference(worm, own),
            mean(known(lines, "parameters")),
            mean(known(lines, "network_parameters")),
            mean(known(lines, "multiply_adds")),
            statistics.median(seconds) if seconds else None,
            len(group.missing),
            len(group.nan),
        )


def values(group: Group, metric: str) -> list[float]:
    """The score of each graph, or of each training of a single graph."""
    found = [graph.value for graph in group.graphs] if group.arm.random else group.runs
    return [each[metric] for each in found]


def known(lines: Sequence[Mapping[str, Any]], name: str) -> list[float]:
    """A number of each line that has it; older ones lack some."""
    return [line[name] for line in lines if line.get(name) is not None]


def mean(found: Sequence[float]) -> int | None:
    """The mean as a whole number."""
    return round(statistics.fmean(found)) if found else None


def report(protocol: Protocol, found: Sequence[Table]) -> dict[str, Any]:
    """The tables as plain data, for table.json."""
    return {
        "schema": SCHEMA,
        "made_by": MADE_BY,
        "protocol": protocol.digest,
        "tables": [
            {
                "table": NUMBERS.get(table.kind),
                "kind": table.kind,
                "metric": table.metric,
                "higher_is_better": table.higher_is_better,
                "steps": table.steps,
                "baseline": table.baseline,
                "last_epoch_best": [table.last, table.done],
                "rows": [finite(asdict(row)) for row in table.rows],
            }
            for table in found
        ],
    }


def finite(held: Any) -> Any:
    """Nested data with None for every number that is not finite."""
    if isinstance(held, dict):
        return {name: finite(value) for name, value in held.items()}
    return None if isinstance(held, float) and not math.isfinite(held) else held
