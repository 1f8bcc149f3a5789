"""The page on ElegansNet quotes the run of Figure 2 as its results have it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from statistics import mean, stdev
from typing import Any

from support.paths import ROOT

PAGE = " ".join((ROOT / "docs" / "elegansnet.md").read_text().split())
ARMS = {
    "worm": "worm, 10 trainings",
    "er": "Erdős-Rényi, 39 graphs",
    "ws": "Watts-Strogatz, 39 graphs",
    "ba": "Barabási-Albert, 39 graphs",
    "degree": "degrees kept, 39 graphs",
    "identity": "no graph, 5 trainings",
    "mlp": "MLP of as many parameters, 5 trainings",
    "frozen": "worm, not trained, 5 trainings",
}
GRAPHS = ("er", "ws", "ba", "degree")


def results() -> dict[str, list[dict[str, Any]]]:
    """The runs on CIFAR-10, by arm."""
    lines = (ROOT / "generated/figure2/results.jsonl").read_text().splitlines()
    found = defaultdict(list)
    for run in map(json.loads, lines):
        if run["task"] == "cifar10":
            found[run["arm"]].append(run)
    return found


def test_the_means_are_those_of_the_results() -> None:
    runs = results()
    assert runs.keys() == ARMS.keys()
    for arm, words in ARMS.items():
        scores = [run["test"]["top1"] for run in runs[arm]]
        assert len(scores) == int(re.findall(r"\d+", words)[-1])
        assert f"| {words} | {mean(scores):.4f} |" in PAGE


def test_the_spreads_and_the_rank_of_seed_0_are_those_of_the_results() -> None:
    runs = results()
    spread = {arm: stdev(run["test"]["top1"] for run in runs[arm]) for arm in runs}
    graphs = [spread[arm] for arm in GRAPHS]
    assert f"spread as much ({spread['worm']:.3f}) as the random graphs do" in PAGE
    assert f"({min(graphs):.3f} to {max(graphs):.3f})" in PAGE
    first, *_ = (run for run in runs["worm"] if run["seed"] == 0)
    scores = sorted(run["test"]["top1"] for run in runs["worm"])
    assert scores.index(first["test"]["top1"]) == 2
    assert "the third lowest of its ten" in PAGE


def test_the_hint_and_the_backward_shares_are_those_of_the_results() -> None:
    runs = results()
    score = {arm: mean(run["test"]["top1"] for run in runs[arm]) for arm in runs}
    assert f"is {score['worm'] - score['er']:.4f} above that of Erdős-Rényi" in PAGE
    verdict = (ROOT / "generated/figure2/README.md").read_text()
    assert "(90 % interval +0.0022 to +0.0246)" in verdict
    assert "(90 % interval 0.0022 to 0.0246)" in PAGE
    arms = ("worm", *GRAPHS)
    share = {arm: mean(run["backward_share"] for run in runs[arm]) for arm in arms}
    graphs = [share[arm] for arm in GRAPHS]
    assert f"of the worm's weight {100 * share['worm']:.1f} %" in PAGE
    words = f"graphs' {100 * min(graphs):.1f} to {100 * max(graphs):.1f} %"
    assert words in PAGE
