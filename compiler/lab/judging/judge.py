"""Judge a comparison by its protocol: results in, tests, intervals and gaps out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...errors import InputError
from ..protocol.protocol import WORM, Protocol, Task
from .components import Components, components
from .groups import Group, Results, group_of, scored
from .single_case import Case, case_of, near
from .statistics import (
    Equivalence,
    Ranked,
    detectable,
    equivalent,
    graphs_needed,
    holm,
    least_p,
    rank_test,
    standing,
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The worm against the twins of one generator.

    Attributes:
        tested: whether it is in the family of tests; otherwise it is only described.
        p: of the rank test, one- or two-sided as in the protocol.
        holm: p, adjusted; NaN if not tested.
        least: the smallest value of holm that so many graphs allow.
        needed: number of graphs with which the best of the family could be significant.
        detectable: the effect found in 8 runs of 10, in standard deviations of the graphs.
        equivalent_holm: p of the equivalence tests, corrected as a family of their own.
        parts: variance of the twins' scores between graphs and between seeds; None: not
            known, or the protocol is of schema 1.
        case: the worm beside them; None of schema 1.
        backward_z, backward_rank: of the share of weight that runs backward; rank 1: the
            largest share; NaN and None where nothing is cut.
    """

    generator: str
    tested: bool
    rank: Ranked
    p: float
    equivalence: Equivalence
    backward_z: float
    backward_rank: Ranked | None
    parts: Components | None = None
    case: Case | None = None
    holm: float = math.nan
    least: float = math.nan
    needed: int = 0
    detectable: float = math.inf
    equivalent_holm: float = math.nan


@dataclass(frozen=True, slots=True)
class Judged:
    """The groups and comparisons of a task; no comparison if the worm is incomplete."""

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
    """Judge all tasks; one Holm correction covers the tested generators of all of them.

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
    """Raise InputError unless each run is of the protocol and has its task's metric."""
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
    """The tested comparisons with p values corrected by Holm, and their power.

    Args:
        wanted: number of tests in the protocol, the impossible ones included.
    """
    unmade = [math.nan] * (wanted - len(family))
    alpha, side = protocol.alpha, protocol.side
    plain = holm([*(one.p for one in family), *unmade])
    least = holm([*(least_p(one.rank.n, side) for one in family), *unmade])
    same = holm([*(one.equivalence.p for one in family), *unmade])
    return [
        replace(
            one,
            holm=plain[i],
            least=least[i],
            needed=graphs_needed(alpha, side, wanted),
            detectable=detectable(one.rank.n, alpha, side, wanted),
            equivalent_holm=same[i],
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
        compare_with(task, worm, group, protocol)
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


def compare_with(
    task: Task, worm: Group, group: Group, protocol: Protocol
) -> Comparison:
    """Compare the worm with the twins of one generator.

    A protocol of schema 1 tests equivalence by Welch's test of the worm's trainings and the
    graphs' means, as it was written; later ones hold a single graph against a sample.
    """
    own, higher = worm.graphs[0], task.higher_is_better
    means = [graph.value[task.metric] for graph in group.graphs]
    rank = rank_test(own.value[task.metric], means, higher=higher)
    shares = [graph.facts["backward_share"] for graph in group.graphs]
    share = own.facts["backward_share"]
    known = all(map(math.isfinite, (share, *shares)))
    runs = [run[task.metric] for run in worm.runs]
    parts, case = None, None
    if protocol.schema == 1:
        same = equivalent(runs, means, task.margin)
    else:
        parts = components(
            [[seed[task.metric] for seed in graph.seeds] for graph in group.graphs]
        )
        same = near(runs, means, parts, task.margin)
        case = case_of(
            own.value[task.metric],
            means,
            parts,
            higher=higher,
            side=protocol.side,
            level=protocol.level,
        )
    return Comparison(
        generator=group.arm.name,
        tested=group.arm.name in task.tests,
        rank=rank,
        p=getattr(rank, protocol.side),
        equivalence=same,
        parts=parts,
        case=case,
        backward_z=standing(share, shares),
        backward_rank=rank_test(share, shares) if known else None,
    )
