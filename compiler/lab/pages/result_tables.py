"""The tables of a comparison's README."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from ..judging.groups import COVARIATES, Group
from ..judging.judge import Comparison, Judged
from ..protocol.protocol import WORM
from .labels import ARMS, METRIC_WORDS, decimal, signed_decimal, title

TABLE = (
    "arm",
    "n",
    "mean",
    "95 % interval",
    "worm's rank",
    "p",
    "Holm",
    "equivalent, Holm",
)


def task_part(one: Judged) -> Iterator[str]:
    """The tables of a task."""
    yield f"## {title(one.task)}: results"
    better = "more" if one.task.higher_is_better else "less"
    yield (
        f"Test {METRIC_WORDS[one.task.metric]}, {better} is better. n: graphs (the worm and "
        "controls: trainings). Intervals: Student's t, of the mean over graphs or trainings. "
        "Equivalence: two one-sided Welch tests of the worm's trainings against the graph "
        f"means, margin {one.task.margin:g}. p in brackets: not in the family of tests."
    )
    compared = {each.generator: each for each in one.comparisons}
    yield table(
        TABLE, (row(group, compared.get(group.arm.name)) for group in one.groups)
    )
    if one.task.kind == "mnist":
        yield "All metrics, means over graphs or trainings:"
        yield metrics(one)
    if one.comparisons:
        yield "### The graphs, and the share of weight that runs backward"
        yield (
            "Means over graphs. z: the worm's share against theirs, in their deviations; p "
            "two-sided, not corrected: a result of its own, which no training touches."
        )
        yield table(GRAPHS, graph_rows(one))


GRAPHS = (
    "arm",
    "synapses kept",
    "live",
    "depth",
    "parameters",
    "backward",
    "z",
    "rank",
    "p",
)


def row(group: Group, found: Comparison | None) -> tuple[str, ...]:
    """The row of an arm in the table of results."""
    mean = group.mean
    spread = f"{decimal(mean.low)} to {decimal(mean.high)}"
    cells = (
        ARMS[group.arm.name],
        f"{mean.n:,}",
        decimal(mean.mean),
        spread if not math.isnan(mean.low) else decimal(math.nan),
    )
    if found is None:
        return (*cells, "", "", "", "")
    p = decimal(found.p) if found.tested else f"({decimal(found.p)})"
    rank = f"{found.rank.rank:g} of {found.rank.n + 1}"
    return (*cells, rank, p, decimal(found.holm), decimal(found.equivalent_holm))


def metrics(one: Judged) -> str:
    """The table of all metrics of M2, with those of a black image."""
    names = [name for name in METRIC_WORDS if name != "top1"]
    rows = []
    for group in one.groups:
        found = (
            [graph.value for graph in group.graphs] if group.arm.random else group.runs
        )
        means = [
            (
                float(np.mean([each.get(name, math.nan) for each in found]))
                if found
                else math.nan
            )
            for name in names
        ]
        rows.append((ARMS[group.arm.name], *map(decimal, means)))
    rows.append(("an image black all over", decimal(one.black), "0", "", ""))
    return table(("arm", *(METRIC_WORDS[name] for name in names)), rows)


def graph_rows(one: Judged) -> Iterator[tuple[str, ...]]:
    """The rows of worm and generators in the table of graph properties."""
    compared = {each.generator: each for each in one.comparisons}
    for group in one.groups:
        if not group.graphs or not (group.arm.random or group.arm.name == WORM):
            continue
        facts = [graph.facts for graph in group.graphs]
        means = [float(np.mean([each[name] for each in facts])) for name in COVARIATES]
        share = float(np.mean([each["backward_share"] for each in facts]))
        cells = (ARMS[group.arm.name], *(f"{mean:,.0f}" for mean in means))
        found = compared.get(group.arm.name)
        if found is None or found.backward_rank is None:
            yield (*cells, decimal(share, 3), "", "", "")
            continue
        rank = f"{found.backward_rank.rank:g} of {found.backward_rank.n + 1}"
        p = decimal(found.backward_rank.both)
        yield (*cells, decimal(share, 3), signed_decimal(found.backward_z, 1), rank, p)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    every = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(map(cell, each)) + " |" for each in every)


def cell(text: str) -> str:
    """A cell with its bars escaped."""
    return text.replace("|", "\\|")
