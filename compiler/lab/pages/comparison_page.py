"""The README of a comparison that holds the worm as one graph among its twins."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...options.choices import ROUTED
from ..judging.groups import Group, Results
from ..judging.judge import Comparison, Judged
from ..protocol.protocol import Protocol
from .findings import findings, reach
from .labels import ARMS, METRIC_WORDS, conjunction, decimal, signed_decimal
from .result_tables import GRAPHS, graph_rows, table
from .sentences import gaps
from .sizes import DEVIATIONS, bullets, deviations, sizes

HEAD = (
    "arm",
    "n",
    "mean",
    "95 % interval of the mean",
    "worm's rank",
    "p",
    "Holm",
    "worm less mean",
    "in deviations",
    "95 % of such graphs",
)
JUDGED = """\
The question is whether the worm is exceptional *among* its twins. A graph's score is the mean of its seeds, the
worm's too; further seeds of the worm serve its own interval alone. p = (1 + twins as good or better)/(1 + twins),
{side}, {corrected}. Beside it: the worm less the mean of its twins in deviations
between graphs, the variance that seeds add taken out, and the 95 % prediction interval of one more twin (Crawford
and Howell, 1998). That the worm's own score is near the mean of its twins is told of this one graph by two one-sided
t tests at the margin that the protocol fixed."""
AGAIN = """\
```console
$ elegansc lab compare protocol.toml --data DIR -o runs --native
$ elegansc lab figure runs/results.jsonl --protocol protocol.toml -o .
```"""


def page(
    protocol: Protocol, results: Results, judged: Sequence[Judged], note: str = ""
) -> str:
    """README.md of the folder that holds protocol, results and pictures.

    Args:
        note: a paragraph on the runs, such as the machine or the pilot.
    """
    sided = "two-sided" if protocol.side == "both" else "one-sided, for being better"
    tests = sum(len(one.task.tests) for one in judged)
    corrected = "described alone: the protocol tests nothing"
    if tests:
        corrected = f"with Holm's correction over the family of {tests}"
    parts = [
        f"# {protocol.title or 'A connectome among its random twins'}",
        *([protocol.question] if protocol.question else []),
        f"Written by `elegansc lab figure` from `results.jsonl` and the protocol with SHA-256"
        f" `{protocol.digest}`, which every run carries.",
        "## Found",
        bullets(findings(protocol, judged)),
        "![The test metric of every graph](graphs.png)",
        "## How it was judged",
        JUDGED.format(side=sided, corrected=corrected),
        "## What could have been found",
        bullets(reach(judged)) or "Nothing is tested.",
        "## Every arm",
        arms(judged),
        "## The graphs",
        "Means over graphs. z: the worm's share of weight that runs backward against theirs, in their deviations; p"
        " two-sided, not corrected.",
        graphs(judged),
        "## What was run",
        *([note] if note else []),
        "Every training draws start values, order of images and augmentation by a seed of its own.",
        table(("", *(one.task.name for one in judged)), sizes(judged, results)),
        *papers(judged),
        "![Validation metric against epochs](figure2.png)",
        "## Trainings that are missing or gave NaN",
        bullets(gaps(judged, protocol.nan)) or "None.",
        "## Again",
        AGAIN,
    ]
    return "\n\n".join(parts) + "\n"


def papers(judged: Sequence[Judged]) -> Iterator[str]:
    """Where tasks of the paper differ from it."""
    if any(one.task.kind != ROUTED for one in judged):
        told = f"{DEVIATIONS}\n{bullets(deviations(judged))}"
        yield f"Where this differs from the paper:\n\n{told}"


def arms(judged: Sequence[Judged]) -> str:
    """What the table of arms holds, and the table: a row an arm of a task."""
    metrics = conjunction([*dict.fromkeys(map(metric_of, judged))])
    told = (
        f"Test {metrics}. n: graphs (the worm and controls: trainings). p in brackets: not in "
        "the family of tests."
    )
    rows = [
        (one.task.name, *row(group, compared(one).get(group.arm.name)))
        for one in judged
        for group in one.groups
    ]
    return f"{told}\n\n{table(('task', *HEAD), rows)}"


def metric_of(one: Judged) -> str:
    """`top-1, more is better`."""
    better = "more" if one.task.higher_is_better else "less"
    return f"{METRIC_WORDS[one.task.metric]}, {better} is better"


def compared(one: Judged) -> dict[str, Comparison]:
    """The comparisons of a task, by generator."""
    return {each.generator: each for each in one.comparisons}


def row(group: Group, found: Comparison | None) -> tuple[str, ...]:
    """The row of an arm."""
    mean = group.mean
    spread = (
        "" if math.isnan(mean.low) else f"{decimal(mean.low)} to {decimal(mean.high)}"
    )
    cells = (ARMS[group.arm.name], f"{mean.n:,}", decimal(mean.mean), spread)
    if found is None or found.case is None:
        return (*cells, *[""] * (len(HEAD) - len(cells)))
    case = found.case
    return (
        *cells,
        f"{found.rank.rank:g} of {found.rank.n + 1}",
        decimal(found.p, 3) if found.tested else f"({decimal(found.p, 3)})",
        decimal(found.holm, 3) if found.tested else "",
        signed_decimal(case.difference),
        signed_decimal(case.deviations, 2),
        f"{decimal(case.low)} to {decimal(case.high)}",
    )


def graphs(judged: Sequence[Judged]) -> str:
    """The table of graphs: a row an arm of twins, and the worms."""
    rows = [
        (one.task.name, *cells)
        for one in judged
        if one.comparisons
        for cells in graph_rows(one)
    ]
    return table(("task", *GRAPHS), rows)
