"""A judged comparison as plain data: the JSON report.

Schema 1 had a regression on what each graph kept; the worm's leverage in it was near 1.
Schema 2 is of protocols of schema 1; schema 3, of later ones, holds the worm as one graph
against the scatter of its twins.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..protocol.protocol import Protocol, Run
from .groups import Group
from .judge import Comparison, Judged
from .statistics import LEVEL

DIGITS = 10  # of what is computed; scores of graphs stand as they were measured


def report(protocol: Protocol, judged: Sequence[Judged]) -> dict[str, Any]:
    """The report; unknown and impossible values are null."""
    found = {
        "schema": protocol.schema + 1,
        "command": "lab figure",
        "protocol": {
            "digest": protocol.digest,
            "alpha": protocol.alpha,
            "side": protocol.side,
            "nan": protocol.nan,
        },
        "level": LEVEL,
        "complete": all(one.complete for one in judged),
        "tasks": [task(one) for one in judged],
    }
    return {name: plain(value) for name, value in found.items()}


def task(one: Judged) -> dict[str, Any]:
    """A task: sizes, arms, comparisons."""
    return {
        "task": one.task.name,
        "metric": one.task.metric,
        "higher_is_better": one.task.higher_is_better,
        "margin": one.task.margin,
        "sizes": {
            name: getattr(one.task, name)
            for name in ("images", "validation", "test", "epochs", "batch")
        },
        "all_black": one.black,
        "arms": [arm(group) for group in one.groups],
        "comparisons": [
            {**comparison(each), **single_case(each)} for each in one.comparisons
        ],
    }


def arm(group: Group) -> dict[str, Any]:
    """An arm: mean, graphs, missing and NaN runs."""
    return {
        "arm": group.arm.name,
        "graphs_planned": group.arm.graphs,
        "graphs_complete": len(group.graphs),
        "seeds": group.arm.seeds,
        "more_seeds": group.arm.more,
        "runs": len(group.runs),
        "missing": [key(run) for run in group.missing],
        "nan": [key(run) for run in group.nan],
        "mean": steady(asdict(group.mean)),
        "graphs": [
            {"graph": graph.number, "test": dict(graph.value), **graph.facts}
            for graph in group.graphs
        ],
    }


def key(run: Run) -> dict[str, Any]:
    """The task, arm, graph and seed of a run."""
    return asdict(run)


def comparison(one: Comparison) -> dict[str, Any]:
    """The comparison of the worm with one generator."""
    return {
        "generator": one.generator,
        "tested": one.tested,
        "rank": asdict(one.rank),
        "p": one.p,
        "p_holm": one.holm,
        "least_p_holm": one.least,
        "graphs_needed": one.needed,
        "detectable_deviations": steady(one.detectable),
        "equivalence": steady(
            {**asdict(one.equivalence), "p_holm": one.equivalent_holm}
        ),
        "backward_share": {
            "z": steady(one.backward_z),
            "rank": asdict(one.backward_rank) if one.backward_rank else None,
        },
    }


def single_case(one: Comparison) -> dict[str, Any]:
    """The worm as one graph beside its twins; nothing of a protocol of schema 1."""
    if one.case is None:
        return {}
    parts = steady(asdict(one.parts)) if one.parts else None
    return {"single_case": steady(asdict(one.case)), "variance": parts}


def steady(value: Any) -> Any:
    """Floats to ten digits: the last ones are another scipy's or processor's."""
    if isinstance(value, dict):
        return {name: steady(each) for name, each in value.items()}
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


def plain(value: Any) -> Any:
    """The value with None for NaN and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
