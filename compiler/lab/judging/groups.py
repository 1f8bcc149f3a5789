"""Group the results of a comparison by arm: complete graphs, means, missing runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..protocol.protocol import LESS_IS_BETTER, Arm, Line, Run, Task
from ..protocol.replaced import CONTROLS
from .statistics import Interval, interval

COVARIATES = ("synapses_kept", "live", "depth", "parameters")
Results = Mapping[Run, Line]


@dataclass(frozen=True, slots=True)
class GraphScores:
    """The scores of a graph all of whose trainings are finished.

    Attributes:
        number: 0 for the connectome itself or a control; twins count from 1.
        value: each test metric, its mean over the trainings.
        facts: properties of the graph: COVARIATES, backward_share.
        seeds: the metrics of each training.
    """

    number: int
    value: Mapping[str, float]
    facts: Mapping[str, float]
    seeds: tuple[Mapping[str, float], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one arm.

    Attributes:
        graphs: the complete ones.
        runs: the metrics of each training; the worm's further ones last.
        ranked: number of the worm's runs, the first ones, that its rank uses; 0 for a control.
        missing: trainings of the protocol that the results lack.
        nan: trainings that gave NaN.
        mean: of the metric over graphs, or over the trainings of a single graph.
    """

    arm: Arm
    graphs: tuple[GraphScores, ...]
    runs: tuple[Mapping[str, float], ...]
    ranked: int
    missing: tuple[Run, ...]
    nan: tuple[Run, ...]
    mean: Interval


def scored(found: Results, nan: str) -> Iterator[tuple[Run, Mapping[str, float]]]:
    """The metrics of each run; a run that gave NaN counts as the worst, or not at all."""
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
    """The complete graphs of an arm, its missing runs and its NaN runs."""
    wanted = [run for run in task.runs() if run.arm == arm.name]
    tested: dict[int, list[Run]] = {}
    for run in wanted:
        if run.seed < arm.seeds:
            tested.setdefault(run.graph, []).append(run)
    graphs = []
    for number, runs in tested.items():
        known = [scores[run] for run in runs if run in scores]
        if known and all(run in found for run in runs):
            line = found[runs[0]]
            facts = {name: float(line[name] or 0) for name in COVARIATES}
            # 0, too, of a control without a graph; not known where nothing is cut
            unknown = math.nan if line["depth"] else 0.0
            share = line["backward_share"]
            facts["backward_share"] = unknown if share is None else float(share)
            graphs.append(GraphScores(number, averaged(known), facts, tuple(known)))
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
