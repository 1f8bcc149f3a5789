"""Whether a comparison could see graphs at all: spread of graphs beside that of seeds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scipy import stats

from ..protocol.protocol import WORM
from .groups import Group, Results
from .judge import Comparison, Judged
from .statistics import rank_test

NO_GRAPH = "identity"  # the control that has no graph


@dataclass(frozen=True, slots=True)
class Spread:
    """The graphs of a generator beside the seeds of the worm.

    Attributes:
        graphs, seeds: standard deviations: of the means of graphs, of the worm's trainings.
        ratio: F, the graphs' variance times their seeds over the worm's variance; near 1
            if graphs do not differ.
        p: of so large an F or a larger one, if graphs do not differ.
    """

    generator: str
    n: int
    graphs: float
    seeds: float
    ratio: float
    p: float


def spreads(one: Judged) -> Iterator[Spread]:
    """The spread of each generator of 2 graphs or more, where the worm has 2 seeds."""
    worm = one.group(WORM).mean
    if worm.n < 2 or not worm.deviation:
        return
    for each in one.comparisons:
        group = one.group(each.generator)
        found = group.mean
        if found.n < 2:
            continue
        ratio = group.arm.seeds * (found.deviation / worm.deviation) ** 2
        p = float(stats.f.sf(ratio, found.n - 1, worm.n - 1))
        yield Spread(each.generator, found.n, found.deviation, worm.deviation, ratio, p)


def other_seeds(one: Judged, each: Comparison, side: str) -> list[float]:
    """p of the rank test, had each one of the worm's trainings been the ranked one."""
    metric, higher = one.task.metric, one.task.higher_is_better
    means = [graph.value[metric] for graph in one.group(each.generator).graphs]
    return [
        float(getattr(rank_test(run[metric], means, higher=higher), side))
        for run in one.group(WORM).runs
    ]


@dataclass(frozen=True, slots=True)
class NoGraph:
    """The control without a graph, beside all random graphs of a task.

    Attributes:
        random: mean of all random graphs; n: their number.
        behind: share of them that are worse than the control's mean.
        p: of Welch's test, two-sided, of the control's trainings against the graph means.
    """

    mean: float
    worm: float
    random: float
    n: int
    behind: float
    p: float


def no_graph(one: Judged) -> NoGraph | None:
    """The control without a graph where its mean beats that of every other arm."""
    own = next((group for group in one.groups if group.arm.name == NO_GRAPH), None)
    rest = [group for group in one.groups if group is not own]
    if own is None or not all(group.mean.n for group in (own, *rest)):
        return None
    sign = 1 if one.task.higher_is_better else -1
    best = max(sign * group.mean.mean for group in rest)
    graphs = scores([group for group in rest if group.arm.random], one.task.metric)
    if sign * own.mean.mean <= best or len(graphs) < 2 or own.mean.n < 2:
        return None
    trainings = [run[one.task.metric] for run in own.runs]
    return NoGraph(
        own.mean.mean,
        one.group(WORM).mean.mean,
        sum(graphs) / len(graphs),
        len(graphs),
        sum(sign * value < sign * own.mean.mean for value in graphs) / len(graphs),
        float(stats.ttest_ind(trainings, graphs, equal_var=False).pvalue),
    )


def scores(groups: Sequence[Group], metric: str) -> list[float]:
    """The metric of every graph of some arms."""
    return [graph.value[metric] for group in groups for graph in group.graphs]


def cut_off(one: Judged, results: Results) -> tuple[int, int]:
    """Number of trainings whose last epoch is their best, and of all that finished."""
    done = [
        line["best_epoch"]
        for run, line in results.items()
        if run.task == one.task.name and line["status"] != "nan"
    ]
    return done.count(one.task.epochs), len(done)


def steps(one: Judged) -> int:
    """Optimiser steps of a training; an incomplete last batch is left out."""
    task = one.task
    return task.epochs * (task.images // min(task.batch, task.images))
