"""Judge a comparison by its protocol: results in, tests, intervals and gaps out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..errors import InputError
from .protocol import CONTROLS, LESS_IS_BETTER, WORM, Arm, Protocol, Run, Task
from .statistics import (
    Adjusted,
    Equivalence,
    Interval,
    Ranked,
    detectable,
    equivalent,
    graphs_needed,
    holm,
    interval,
    least_p,
    rank_test,
    regress_out,
    standing,
)

COVARIATES = ("synapses_kept", "live", "depth", "parameters")
Line = Mapping[str, Any]
Results = Mapping[Run, Line]


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph all of whose trainings are there.

    Attributes:
        number: 0: the connectome itself or none; twins count from 1.
        value: the mean over its trainings of each metric of the test images.
        facts: what was counted of it: COVARIATES, backward_share.
    """

    number: int
    value: Mapping[str, float]
    facts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Group:
    """What became of an arm.

    Attributes:
        graphs: those that are complete.
        runs: each training's metrics, with the worm's further ones last.
        ranked: so many of the worm's runs, the first, make its place; 0 of a control.
        missing: trainings that the protocol wants and the results lack.
        nan: trainings that gave NaN.
        mean: of the metric, over graphs, or over the trainings of a single graph.
    """

    arm: Arm
    graphs: tuple[Graph, ...]
    runs: tuple[Mapping[str, float], ...]
    ranked: int
    missing: tuple[Run, ...]
    nan: tuple[Run, ...]
    mean: Interval


@dataclass(frozen=True, slots=True)
class Comparison:
    """The worm against the twins of one generator.

    Attributes:
        tested: whether it is in the family of tests, or described alone.
        p: of the rank test, on the side that the protocol asks for.
        holm: p, adjusted; NaN if not tested.
        least: the least that holm could have been with these graphs.
        needed: graphs with which the best of the family could be significant.
        detectable: how far off the worm must be to be found, in deviations of the graphs.
        equivalent_holm: of the equivalence tests, a family of their own.
        adjusted: the second analysis; its test is adjusted_rank, adjusted_p and _holm.
        backward_z, backward_rank: of the share of weight that runs backward; rank 1 is the
            largest share.
    """

    generator: str
    tested: bool
    rank: Ranked
    p: float
    equivalence: Equivalence
    adjusted: Adjusted
    adjusted_rank: Ranked
    adjusted_p: float
    backward_z: float
    backward_rank: Ranked
    holm: float = math.nan
    least: float = math.nan
    needed: int = 0
    detectable: float = math.inf
    equivalent_holm: float = math.nan
    adjusted_holm: float = math.nan


@dataclass(frozen=True, slots=True)
class Judged:
    """A task's groups and comparisons; none where the worm is incomplete."""

    task: Task
    groups: tuple[Group, ...]
    comparisons: tuple[Comparison, ...]
    black: (
        float  # pixel accuracy of an image black all over; NaN if it was not measured
    )

    def group(self, name: str) -> Group:
        """The group of an arm."""
        return next(group for group in self.groups if group.arm.name == name)

    @property
    def complete(self) -> bool:
        """Whether all trainings of the protocol are there."""
        return not any(group.missing for group in self.groups)


def judge(protocol: Protocol, results: Results) -> tuple[Judged, ...]:
    """Judge all tasks; Holm's correction runs over the tested generators of all.

    Raises:
        InputError: a run is not of the protocol, or lacks the metric.
    """
    check(protocol, results)
    tasks = [judged(task, results, protocol) for task in protocol.tasks]
    family = [one for task in tasks for one in task.comparisons if one.tested]
    wanted = sum(len(task.tests) for task in protocol.tasks)
    done = iter(corrected(family, wanted, protocol))
    return tuple(
        replace(
            task,
            comparisons=tuple(
                next(done) if one.tested else one for one in task.comparisons
            ),
        )
        for task in tasks
    )


def check(protocol: Protocol, results: Results) -> None:
    """Every run is one of the protocol's and has the metric of its task."""
    wanted = {*protocol.runs()}
    for run, line in results.items():
        if run not in wanted:
            hint = "results of another protocol: write to another folder"
            raise InputError(protocol.label, f"has no {run}", hint)
        score = (line["test"] or {}).get(protocol.task(run.task).metric)
        known = isinstance(score, (int, float)) and math.isfinite(score)
        if line["status"] != "nan" and not known:
            raise InputError(protocol.label, f"{run} has no metric: {score!r:.40}")


def corrected(
    family: Sequence[Comparison], wanted: int, protocol: Protocol
) -> list[Comparison]:
    """The tested comparisons with what Holm makes of them.

    Args:
        wanted: tests in the protocol; those that could not be made count all the same.
    """
    unmade = [math.nan] * (wanted - len(family))
    alpha, side = protocol.alpha, protocol.side
    plain = holm([*(one.p for one in family), *unmade])
    least = holm([*(least_p(one.rank.n, side) for one in family), *unmade])
    same = holm([*(one.equivalence.p for one in family), *unmade])
    adjusted = holm([*(one.adjusted_p for one in family), *unmade])
    return [
        replace(
            one,
            holm=plain[i],
            least=least[i],
            needed=graphs_needed(alpha, side, wanted),
            detectable=detectable(one.rank.n, alpha, side, wanted),
            equivalent_holm=same[i],
            adjusted_holm=adjusted[i],
        )
        for i, one in enumerate(family)
    ]


def judged(task: Task, results: Results, protocol: Protocol) -> Judged:
    """One task, before its tests are corrected."""
    found = {run: line for run, line in results.items() if run.task == task.name}
    scores = dict(scored(found, protocol.nan))
    groups = tuple(group_of(task, arm, found, scores) for arm in task.arms)
    worm = next(group for group in groups if group.arm.name == WORM)
    comparisons = tuple(
        compared(task, worm, group, protocol.side)
        for group in groups
        if group.arm.random and group.graphs and worm.graphs
    )
    blacks = {
        line["test"]["all_black"]
        for line in found.values()
        if "all_black" in (line["test"] or {})
    }
    return Judged(
        task, groups, comparisons, blacks.pop() if len(blacks) == 1 else math.nan
    )


def scored(found: Results, nan: str) -> Iterator[tuple[Run, Mapping[str, float]]]:
    """The metrics of each run; of one that gave NaN: the worst finished ones, or none."""
    done = {run: line["test"] for run, line in found.items() if line["status"] != "nan"}
    names = {name for test in done.values() for name in test}
    worst = {
        name: (max if name in LESS_IS_BETTER else min)(
            test[name] for test in done.values() if name in test
        )
        for name in names
    }
    for run in found:
        if run in done:
            yield run, done[run]
        elif nan == "worst" and worst:
            yield run, worst


def group_of(
    task: Task, arm: Arm, found: Results, scores: Mapping[Run, Mapping[str, float]]
) -> Group:
    """An arm's complete graphs and its gaps."""
    wanted = [run for run in task.runs() if run.arm == arm.name]
    tested: dict[int, list[Run]] = {}
    for run in wanted:
        if run.seed < arm.seeds:
            tested.setdefault(run.graph, []).append(run)
    graphs = []
    for number, runs in tested.items():
        known = [scores[run] for run in runs if run in scores]
        if known and all(run in found for run in runs):
            facts = {
                name: float(found[runs[0]][name] or 0)
                for name in (*COVARIATES, "backward_share")
            }
            graphs.append(Graph(number, averaged(known), facts))
    every = tuple(scores[run] for run in wanted if run in scores)
    means = [graph.value for graph in graphs] if arm.random else every
    return Group(
        arm,
        tuple(graphs),
        every,
        (
            sum(run.seed < arm.seeds for run in wanted if run in scores)
            if arm.name not in CONTROLS
            else 0
        ),
        tuple(run for run in wanted if run not in found),
        tuple(run for run in wanted if run in found and found[run]["status"] == "nan"),
        interval([each[task.metric] for each in means]),
    )


def averaged(tests: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The mean of each metric."""
    return {name: float(np.mean([test[name] for test in tests])) for name in tests[0]}


def compared(task: Task, worm: Group, group: Group, side: str) -> Comparison:
    """The worm against one generator."""
    own, higher = worm.graphs[0], task.higher_is_better
    means = [graph.value[task.metric] for graph in group.graphs]
    rank = rank_test(own.value[task.metric], means, higher=higher)
    shares = [graph.facts["backward_share"] for graph in group.graphs]
    share = own.facts["backward_share"]
    adjusted = regress_out(
        [own.value[task.metric], *means],
        {name: column(name, own, group.graphs) for name in COVARIATES},
    )
    left = adjusted.residuals.tolist()
    adjusted_rank = rank_test(left[0], left[1:], higher=higher)
    return Comparison(
        generator=group.arm.name,
        tested=group.arm.name in task.tests,
        rank=rank,
        p=getattr(rank, side),
        equivalence=equivalent(
            [run[task.metric] for run in worm.runs], means, task.margin
        ),
        adjusted=adjusted,
        adjusted_rank=adjusted_rank,
        adjusted_p=getattr(adjusted_rank, side),
        backward_z=standing(share, shares),
        backward_rank=rank_test(share, shares),
    )


def column(name: str, own: Graph, graphs: Iterable[Graph]) -> Any:
    """A covariate of the worm and of all graphs."""
    return np.array([graph.facts[name] for graph in (own, *graphs)])
