"""Results judged by their protocol: ranks, families, gaps, NaN, confounds."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.comparison import line_of, protocol_in, results_of, spoilt

from elegansc.errors import InputError
from elegansc.lab.judging.judge import Comparison, Judged, judge
from elegansc.lab.protocol.protocol import Run


def one(judged: tuple[Judged, ...], task: str, generator: str) -> Comparison:
    (found,) = [each for each in judged if each.task.name == task]
    return next(each for each in found.comparisons if each.generator == generator)


def test_ranks_are_of_graph_means(tmp_path: Path) -> None:
    """Counted again from the lines, with numpy alone."""
    protocol = protocol_in(tmp_path, graphs=5, few=3, seeds=3)
    results = results_of(protocol)
    found = one(judge(protocol, results), "cifar10", "er")

    tops: dict[tuple[str, int], list[float]] = {}
    for run, line in results.items():
        if run.task == "cifar10" and run.seed < 3:
            tops.setdefault((run.arm, run.graph), []).append(line["test"]["top1"])
    worm = np.mean(tops["worm", 0])
    graphs = [np.mean(tops["er", graph]) for graph in range(1, 6)]
    above = sum(graph >= worm for graph in graphs)
    assert found.rank.rank == 1 + above
    assert found.p == found.rank.better == (1 + above) / 6
    more = [
        line["test"]["top1"]
        for run, line in results.items()
        if run.task == "cifar10" and run.arm == "worm"
    ]
    assert len(more) == 7
    assert math.isclose(found.equivalence.difference, np.mean(more) - np.mean(graphs))


def test_more_seeds_of_the_worm_move_no_rank(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=9, few=3)
    plain = judge(protocol, results_of(protocol))
    wild = judge(protocol, results_of(protocol, lambda run: 5.0 * (run.seed > 0)))

    for generator in ("er", "ws", "ba", "degree"):
        a, b = (one(each, "cifar10", generator) for each in (plain, wild))
        assert (a.rank, a.p) == (b.rank, b.p)


def test_holm_runs_over_the_tested_generators_alone(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, few=4)
    judged = judge(protocol, results_of(protocol, lambda run: run.arm == "worm"))

    er, ws = one(judged, "cifar10", "er"), one(judged, "cifar10", "ws")
    assert (er.p, er.holm, er.least) == (1 / 40, 2 / 40, 2 / 40)
    assert er.needed == 39 and er.tested
    assert not ws.tested and math.isnan(ws.holm)


def test_a_worm_like_the_others_is_equivalent_not_better(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, seeds=2)
    level = {"er": 0.015, "degree": 0.002}
    found = judge(protocol, results_of(protocol, lambda run: level.get(run.arm, 0.0)))

    for generator in ("er", "degree"):
        each = one(found, "cifar10", generator)
        assert each.holm > 0.05
        assert each.equivalent_holm < 0.05


def test_a_graph_that_is_not_complete_is_left_out_and_named(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=9, few=3, seeds=2)
    results = results_of(protocol)
    gone = Run("cifar10", "er", 4, 1)
    del results[gone]
    cifar, mnist = judge(protocol, results)

    assert cifar.group("er").missing == (gone,)
    assert not cifar.complete and mnist.complete
    assert one((cifar,), "cifar10", "er").rank.n == 8
    assert 4 not in {graph.number for graph in cifar.group("er").graphs}


def test_without_the_worm_nothing_is_compared_but_the_family_stays(
    tmp_path: Path,
) -> None:
    protocol = protocol_in(tmp_path, graphs=9, few=3)
    results = results_of(protocol)
    del results[Run("cifar10", "worm", 0, 0)]
    cifar, mnist = judge(protocol, results)

    assert not cifar.comparisons and mnist.comparisons
    assert [judged.task.name for judged in judge(protocol, {})] == ["cifar10", "mnist"]


def test_a_nan_run_counts_as_the_worst_and_is_named(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=9, few=3)
    results = results_of(protocol)
    bad = Run("cifar10", "er", 4, 0)
    results[bad] = spoilt(results[bad])
    cifar, _ = judge(protocol, results)

    worst = min(
        line["test"]["top1"]
        for run, line in results.items()
        if run.task == "cifar10" and line["status"] == "finished"
    )
    group = cifar.group("er")
    assert group.nan == (bad,) and not group.missing
    (value,) = [graph.value["top1"] for graph in group.graphs if graph.number == 4]
    assert value == worst


def test_a_nan_run_may_be_left_out_instead(tmp_path: Path) -> None:
    text = 'nan = "omit"\n' + (Path(protocol_in(tmp_path).label).read_text())
    protocol = protocol_in(tmp_path, text=text.replace("{", "{{").replace("}", "}}"))
    results = results_of(protocol)
    bad = Run("cifar10", "er", 4, 0)
    results[bad] = spoilt(results[bad])
    cifar, _ = judge(protocol, results)

    assert cifar.group("er").nan == (bad,)
    assert len(cifar.group("er").graphs) == 38


def test_the_share_that_runs_backward_stands_apart(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path)
    results = results_of(protocol)
    found = one(judge(protocol, results), "cifar10", "er")

    shares = [
        line["backward_share"]
        for run, line in results.items()
        if (run.task, run.arm) == ("cifar10", "er")
    ]
    z = (0.12 - np.mean(shares)) / np.std(shares, ddof=1)
    assert math.isclose(found.backward_z, z)
    assert found.backward_rank.rank == 40 and found.backward_rank.both == 2 / 40


def test_the_black_image_is_taken_from_the_results(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=3, few=3)
    results = results_of(protocol)
    assert judge(protocol, results)[1].black == 0.8471
    results[Run("mnist", "er", 1, 0)]["test"]["all_black"] = 0.9
    assert math.isnan(judge(protocol, results)[1].black)


def test_runs_of_elsewhere_are_refused(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=3, few=3)
    results = results_of(protocol)
    strange = Run("cifar10", "er", 4, 0)
    with pytest.raises(InputError, match="graph=4"):
        judge(protocol, {**results, strange: line_of(protocol, strange)})
    del results[Run("mnist", "er", 1, 0)]["test"]["pixel_accuracy"]
    with pytest.raises(InputError, match="no metric"):
        judge(protocol, results)


@given(st.data())
def test_any_part_of_the_results_is_judged(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """A search cut short, runs that gave NaN: never an error, never a gap unnamed."""
    protocol = protocol_in(tmp_path_factory.mktemp("x"), graphs=3, few=2, seeds=2)
    fates = st.sampled_from(["done", "missing", "nan"])
    results = {}
    lost, bad = set(), set()
    for run, line in results_of(protocol).items():
        fate = data.draw(fates)
        if fate == "missing":
            lost.add(run)
        else:
            results[run] = spoilt(line) if fate == "nan" else line
            bad |= {run} if fate == "nan" else set()
    judged = judge(protocol, results)

    groups = [group for task in judged for group in task.groups]
    assert {run for group in groups for run in group.missing} == lost
    assert {run for group in groups for run in group.nan} == bad
    for task in judged:
        for each in task.comparisons:
            assert 0 < each.p <= 1
            assert math.isnan(each.holm) or each.p <= each.holm <= 1
