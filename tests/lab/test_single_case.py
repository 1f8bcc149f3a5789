"""The worm as one graph among its twins: nominal error rates, effects, the page."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.comparison import line_of, protocol_in, results_of, written

from elegansc.cli.main import cli
from elegansc.lab.judging.components import components
from elegansc.lab.judging.judge import judge
from elegansc.lab.judging.planning import power_of
from elegansc.lab.judging.report import report
from elegansc.lab.judging.single_case import case_of, near, smallest
from elegansc.lab.pages.comparison_page import page
from elegansc.lab.pages.findings import findings
from elegansc.lab.protocol.protocol import Protocol, Run

TEXT = """\
schema = 2
title = "Two wirings"
question = "Is either exceptional?"
alpha = 0.05
side = "better"

[task.first]
task = "mnist-routed"
source = "cook2019"
images = 8000
validation = 2000
test = 10000
epochs = 3
batch = 128
lr = 1e-2
metric = "top1"
margin = 0.004
tests = ["role-degree"]
compile = {{cycles = "fast"}}

[task.first.arms]
worm = {{seeds = {seeds}, more_seeds = 6}}
role-degree = {{graphs = {graphs}, seeds = {seeds}}}
er = {{graphs = {few}, seeds = {seeds}}}
mlp = {{seeds = 3}}
identity = {{seeds = 3}}

[task.second]
task = "mnist-routed"
source = "witvliet2021-1"
images = 8000
validation = 2000
test = 10000
epochs = 3
batch = 128
lr = 1e-2
metric = "top1"
margin = 0.004
tests = ["role-degree"]
compile = {{cycles = "fast"}}

[task.second.arms]
worm = {{seeds = {seeds}}}
role-degree = {{graphs = {graphs}, seeds = {seeds}}}
"""
BETWEEN, WITHIN = 0.008, 0.004


def wirings(folder: Path, graphs: int = 39, seeds: int = 4) -> Protocol:
    return protocol_in(folder, graphs=graphs, few=5, seeds=seeds, text=TEXT)


@given(st.integers(0, 10_000), st.integers(2, 60), st.booleans())
def test_it_is_the_t_test_of_one_against_many(seed: int, n: int, higher: bool) -> None:
    """Crawford and Howell's test is Student's with a sample of one; scipy has that."""
    draws = np.random.default_rng(seed)
    own, graphs = draws.normal(), draws.normal(size=n)
    found = case_of(own, graphs, None, higher=higher, side="better", level=0.01)
    way = "greater" if higher else "less"
    other: Any = stats.ttest_ind([own], graphs, alternative=way)

    assert found.t == pytest.approx(other.statistic, rel=1e-9)
    assert found.p == pytest.approx(other.pvalue, rel=1e-9, abs=1e-12)
    both = case_of(own, graphs, None, higher=higher, side="both", level=0.01)
    assert both.p == pytest.approx(stats.ttest_ind([own], graphs).pvalue, abs=1e-12)
    outside = not found.low <= own <= found.high
    assert outside == (both.p < 0.05)


def test_an_ordinary_twin_in_the_place_of_the_worm_is_found_as_often_as_said() -> None:
    """5 % of 4,000 comparisons, each within four deviations of that share; Welch's is not."""
    draws = np.random.default_rng(18)
    times, n, k = 4000, 39, 4
    graphs = draws.normal(0, BETWEEN, (times, n + 1, 1))
    scores = graphs + draws.normal(0, WITHIN, (times, n + 1, k))
    more = graphs[:, 0] + draws.normal(0, WITHIN, (times, 20))
    rank = single = welch = 0
    for trainings, seeds in zip(scores, more, strict=True):
        own, others = trainings[0].mean(), trainings[1:].mean(axis=1)
        rank += (1 + (others >= own).sum()) / (n + 1) <= 0.05
        found = case_of(own, others, None, higher=True, side="better", level=0.05)
        single += found.p <= 0.05
        welch += stats.ttest_ind(seeds, others, equal_var=False).pvalue <= 0.05
    spread = 4 * math.sqrt(0.05 * 0.95 / times)
    assert abs(rank / times - 0.05) < spread
    assert abs(single / times - 0.05) < spread
    assert welch / times > 0.13


def test_twins_are_judged_by_the_whole_path_as_often_as_said(tmp_path: Path) -> None:
    """Results of 300 comparisons, judged; the worm is one more graph of its twins."""
    protocol = wirings(tmp_path, graphs=19, seeds=2)
    draws = np.random.default_rng(3)
    plain = {run: line_of(protocol, run) for run in protocol.runs()}
    rejected = {"rank": 0, "single": 0}
    for _ in range(300):
        graphs: dict[tuple[str, str, int], float] = {}
        for run, line in plain.items():
            key = run.task, run.arm, run.graph
            level = graphs.setdefault(key, draws.normal(0, BETWEEN))
            line["test"]["top1"] = 0.8 + level + draws.normal(0, WITHIN)
        for one in judge(protocol, plain):
            (each,) = [each for each in one.comparisons if each.tested]
            assert each.case
            rejected["rank"] += each.p <= 0.05
            rejected["single"] += each.case.p <= 0.05
    for count in rejected.values():
        assert abs(count / 600 - 0.05) < 4 * math.sqrt(0.05 * 0.95 / 600)


def test_the_variance_of_seeds_is_taken_out_of_the_effect() -> None:
    draws = np.random.default_rng(5)
    graphs = draws.normal(0, BETWEEN, (4000, 1))
    scores = 0.8 + graphs + draws.normal(0, 3 * BETWEEN, (4000, 2))
    parts = components(scores.tolist())
    means = scores.mean(axis=1)
    own = 0.8 + 3 * BETWEEN
    found = case_of(own, means, parts, higher=True, side="better", level=0.01)

    assert found.deviations == pytest.approx(3, rel=0.1)
    assert found.difference == pytest.approx(own - means.mean())
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * means.std(), rel=0.01)


@given(st.floats(0.001, 0.1), st.floats(0.001, 0.1), st.integers(19, 199))
def test_the_smallest_effect_is_found_in_8_of_10(
    between: float, within: float, graphs: int
) -> None:
    draws = np.random.default_rng(1)
    scores = draws.normal(0, between, (graphs, 1)) + draws.normal(
        0, within, (graphs, 4)
    )
    parts = components(scores.tolist())
    assert parts
    found = smallest(parts, 0.05)
    power = power_of(found, parts.between, parts.within, graphs, 4, 0.05)
    assert power == pytest.approx(0.8, abs=1e-3)
    assert math.isinf(smallest(parts, 0.5 / (graphs + 1)))


def test_near_the_mean_is_told_as_often_as_said() -> None:
    """At the margin itself the two tests together say near in at most 5 %, and close to it."""
    draws = np.random.default_rng(2)
    times, n, k, margin = 2000, 39, 4, 0.01
    said = 0
    for _ in range(times):
        graphs = draws.normal(0, BETWEEN, (n, 1)) + draws.normal(0, WITHIN, (n, k))
        runs = margin + draws.normal(0, WITHIN, 20)
        parts = components(graphs.tolist())
        said += near([*runs], [*graphs.mean(axis=1)], parts, margin).p <= 0.05
    assert 0.02 < said / times < 0.05 + 4 * math.sqrt(0.05 * 0.95 / times)


def test_what_can_not_be_known_is_not() -> None:
    same = case_of(1.0, [0.5, 0.5], None, higher=True, side="both", level=0.05)
    assert same.difference == 0.5 and math.isnan(same.t) and math.isnan(same.p)
    alone = case_of(1.0, [0.5], None, higher=True, side="both", level=0.05)
    assert math.isnan(alone.low) and math.isnan(alone.smallest)
    assert math.isnan(near([1.0], [0.5, 0.6], None, 0.1).p)


def test_the_report_holds_the_worm_as_one_graph(tmp_path: Path) -> None:
    protocol = wirings(tmp_path)
    found = report(protocol, judge(protocol, results_of(protocol)))
    json.dumps(found, allow_nan=False)

    assert found["schema"] == 3
    first = found["tasks"][0]["comparisons"][0]
    assert first["generator"] == "role-degree" and first["tested"]
    assert first["variance"]["graphs"] == 39 and first["variance"]["seeds"] == 4
    assert math.sqrt(first["variance"]["between"]) == pytest.approx(BETWEEN, rel=0.4)
    assert set(first["single_case"]) >= {"deviations", "low", "high", "p", "smallest"}


def test_no_graph_that_is_better_is_said_first(tmp_path: Path) -> None:
    protocol = wirings(tmp_path)
    first, overall, *_ = findings(protocol, judge(protocol, results_of(protocol)))
    assert first.startswith("**first: no graph at all is better.**")
    assert "(MLP) and " in first and "(no graph), against " in first
    assert overall.startswith("**Of 2 tests, at 0.05 after Holm: the worm is not shown")

    def worse(run: Run) -> float:
        return -0.2 * (run.arm in ("mlp", "identity"))

    told = [*findings(protocol, judge(protocol, results_of(protocol, worse)))]
    assert not any("no graph at all" in each for each in told)


def test_an_exceptional_worm_is_found_and_said(tmp_path: Path) -> None:
    protocol = wirings(tmp_path)

    def shift(run: Run) -> float:
        return 0.1 * (run.arm == "worm" and run.task == "second")

    judged = judge(protocol, results_of(protocol, shift))
    told = "\n".join(findings(protocol, judged))
    assert (
        "the worm is exceptional, and better, among degrees by role kept (second)"
        in told
    )
    assert "rank 1 of 40 over 4 seeds, p = 0.025, p = 0.05 after Holm" in told


def test_a_worm_that_is_worse_is_said_though_it_is_not_tested(tmp_path: Path) -> None:
    protocol = wirings(tmp_path)
    judged = judge(
        protocol, results_of(protocol, lambda run: -0.1 * (run.arm == "worm"))
    )
    told = [each for each in findings(protocol, judged) if "degrees by role" in each]
    assert "not shown to be exceptional among" in told[0]
    assert "rank 40 of 40" in told[1]
    assert "on the other side, which is not tested, p = 0.025" in told[1]


def test_the_picture_shows_where_such_graphs_lie(tmp_path: Path) -> None:
    from elegansc.lab.pages.strip_plot import every_graph

    protocol = wirings(tmp_path)
    judged = judge(protocol, results_of(protocol))
    axes = every_graph(judged, "better").axes[1]  # of the first task, enlarged
    each = judged[0].comparisons[0]
    assert each.case
    ends = [tuple(line.get_segments()[0][:, 0]) for line in axes.collections if hasattr(line, "get_segments") and len(line.get_segments()) == 1]  # type: ignore[attr-defined]
    assert (each.case.low, each.case.high) in ends
    low, high = axes.get_xlim()
    assert low < each.case.low < each.case.high < high


def test_the_page_and_gaps(tmp_path: Path) -> None:
    protocol = wirings(tmp_path)
    results = results_of(protocol)
    text = page(protocol, results, judge(protocol, results), "On two cores.")
    assert text == page(protocol, results, judge(protocol, results), "On two cores.")
    assert text.startswith("# Two wirings\n\nIs either exceptional?\n")
    assert "On two cores." in text and "is found in 8 of 10" in text

    assert "--native |" not in text
    run = next(iter(results))
    swept = {**results, run: {**results[run], "native": True}}
    assert "hours in all; 1 of them with --native |" in page(
        protocol, swept, judge(protocol, swept)
    )

    gone = {run: line for run, line in results.items() if run.arm != "worm"}
    missing = "\n".join(findings(protocol, judge(protocol, gone)))
    assert (
        "**Not complete:**" in missing and "None of 2 tests can be made yet" in missing
    )


def test_lab_figure_draws_it(tmp_path: Path) -> None:
    protocol = wirings(tmp_path, graphs=7)
    results = written(tmp_path / "results.jsonl", results_of(protocol))
    words = [
        "lab",
        "figure",
        str(results),
        "--protocol",
        str(tmp_path / "protocol.toml"),
    ]
    done = CliRunner().invoke(cli, [*words, "-o", str(tmp_path / "out")])

    assert done.exit_code == 0, done.output
    assert "no graph at all is better" in done.output
    verdict = json.loads((tmp_path / "out/verdict.json").read_text())
    assert verdict["schema"] == 3 and verdict["complete"]
