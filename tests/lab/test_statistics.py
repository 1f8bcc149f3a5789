"""The statistics against brute force and their own definitions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from elegansc.lab.judging.statistics import (
    detectable,
    equivalent,
    graphs_needed,
    holm,
    interval,
    least_p,
    rank_test,
    standing,
)

VALUES = st.floats(-100, 100).map(lambda value: round(value, 1))
SAMPLES = st.lists(VALUES, min_size=1, max_size=8)


@given(worm=VALUES, graphs=SAMPLES)
def test_the_rank_test_is_the_permutation_test(
    worm: float, graphs: list[float]
) -> None:
    """Against all exchanges of the worm with a graph, counted one by one."""
    found = rank_test(worm, graphs)

    everyone = [worm, *graphs]
    as_good = sum(value >= worm for value in everyone) / len(everyone)
    as_bad = sum(value <= worm for value in everyone) / len(everyone)
    assert math.isclose(found.better, as_good)
    assert math.isclose(found.worse, as_bad)
    assert math.isclose(found.both, min(1.0, 2 * min(as_good, as_bad)))
    order = stats.rankdata([-value for value in everyone], method="average")
    assert found.rank == order[0]


@given(worm=VALUES, graphs=SAMPLES)
def test_where_less_is_better_the_sides_change_places(
    worm: float, graphs: list[float]
) -> None:
    up, down = rank_test(worm, graphs), rank_test(worm, graphs, higher=False)

    assert (up.better, up.worse, up.both) == (down.worse, down.better, down.both)
    assert up.rank + down.rank == len(graphs) + 2


@pytest.mark.parametrize("n", [9, 10, 39])
def test_a_worm_drawn_like_the_graphs_is_rejected_no_more_than_alpha(n: int) -> None:
    """Exact: every place is as likely, so the share of p <= a is at most a."""
    p = [rank_test(place + 0.5, list(range(n))) for place in range(-1, n)]

    for alpha in (0.01, 0.05, 0.1, 0.5):
        assert np.mean([each.better <= alpha for each in p]) <= alpha
        assert np.mean([each.both <= alpha for each in p]) <= alpha


def test_the_least_p_is_that_of_the_issue() -> None:
    assert least_p(10, "better") == 1 / 11
    assert least_p(39, "better") == 1 / 40
    assert least_p(39, "both") == 2 / 40
    assert rank_test(1.0, [0.0] * 39).better == least_p(39, "better")
    assert rank_test(1.0, [0.0] * 39).both == least_p(39, "both")


@pytest.mark.parametrize("side", ["both", "better"])
@pytest.mark.parametrize("tests", [1, 2, 4, 8])
def test_graphs_needed_are_the_fewest_that_can_pass(side: str, tests: int) -> None:
    n = graphs_needed(0.05, side, tests)

    assert tests * least_p(n, side) <= 0.05 + 1e-12
    assert n == 1 or tests * least_p(n - 1, side) > 0.05


@pytest.mark.parametrize("n, side, tests", [(39, "better", 2), (159, "both", 2)])
def test_the_power_statement_is_true(n: int, side: str, tests: int) -> None:
    """By simulation: a worm so far off passes in 8 of 10."""
    shift = detectable(n, 0.05, side, tests)
    random = np.random.default_rng(0)
    passed = [
        getattr(rank_test(shift, random.normal(size=n)), side) * tests <= 0.05 + 1e-12
        for _ in range(2_000)
    ]

    assert abs(np.mean(passed) - 0.8) < 0.03
    assert detectable(10, 0.05, "better", 1) == math.inf


def by_definition(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p by his closed form: the largest of all Bonferronis passed."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    found = [0.0] * len(p)
    for place, i in enumerate(order):
        steps = [(len(p) - j) * p[order[j]] for j in range(place + 1)]
        found[i] = min(1.0, max(steps))
    return found


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_is_holm(p: list[float]) -> None:
    adjusted = holm(p)

    assert np.allclose(adjusted, by_definition(p))
    for alpha in (0.01, 0.05, 0.2):
        alive = sorted(p)
        steps = [each * (len(p) - i) <= alpha for i, each in enumerate(alive)]
        rejected = [*steps, False].index(False)
        close = any(
            math.isclose(each * (len(p) - i), alpha, rel_tol=1e-9)
            for i, each in enumerate(alive)
        )
        assert close or sum(each <= alpha for each in adjusted) == rejected


def test_holm_by_a_worked_example() -> None:
    assert np.allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])


def test_a_test_that_was_not_made_still_counts_in_the_family() -> None:
    adjusted = holm([0.01, math.nan, 0.02])

    assert np.allclose([adjusted[0], adjusted[2]], [0.03, 0.04])
    assert math.isnan(adjusted[1])


@given(st.lists(VALUES, min_size=2, max_size=12))
def test_the_interval_is_students(values: list[float]) -> None:
    found = interval(values)

    assert math.isclose(found.mean, float(np.mean(values)), abs_tol=1e-12)
    n, deviation = len(values), float(np.std(values, ddof=1))
    half = float(stats.t.ppf(0.975, n - 1)) * deviation / math.sqrt(n)
    wanted = [found.mean - half, found.mean + half]
    assert np.allclose([found.low, found.high], wanted, rtol=1e-14, atol=1e-13)


def test_one_value_has_no_interval_and_none_has_nothing() -> None:
    assert interval([3.0]).mean == 3.0 and math.isnan(interval([3.0]).low)
    assert math.isnan(interval([]).mean)


@given(
    first=st.lists(VALUES, min_size=2, max_size=9),
    second=st.lists(VALUES, min_size=2, max_size=9),
    margin=st.floats(0.1, 50),
)
def test_equivalence_is_two_welch_tests(
    first: list[float], second: list[float], margin: float
) -> None:
    found = equivalent(first, second, margin)
    if max(np.std(first), np.std(second)) < 1e-6:
        return
    a, b = np.asarray(first), np.asarray(second)
    errors = np.array([a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)])
    freedom = errors.sum() ** 2 / (errors**2 / [len(a) - 1, len(b) - 1]).sum()
    apart, error = a.mean() - b.mean(), math.sqrt(errors.sum())
    above = stats.t.sf((apart + margin) / error, freedom)
    below = stats.t.cdf((apart - margin) / error, freedom)
    assert math.isclose(found.p, max(above, below), rel_tol=1e-9, abs_tol=4e-16)
    half = stats.t.ppf(0.95, freedom) * error
    ends = [apart - half, apart + half]
    assert np.allclose([found.low, found.high], ends, rtol=1e-12, atol=1e-12)
    inside = -margin < found.low and found.high < margin
    assert inside == (found.p < 0.05) or math.isclose(found.p, 0.05, rel_tol=1e-6)


@pytest.mark.filterwarnings("error")
def test_one_sample_without_a_deviation_is_tested_in_silence() -> None:
    found = equivalent([0.5, 0.5, 0.5], [0.4, 0.5, 0.7, 0.6], 0.2)

    assert found.low < found.difference < found.high and 0 < found.p < 1
    assert interval([0.5, 0.5]).low == interval([0.5, 0.5]).high == 0.5


def test_equivalence_needs_a_deviation() -> None:
    assert math.isnan(equivalent([1.0], [1.0, 1.1], 0.1).p)
    assert math.isnan(equivalent([1.0, 1.0], [1.0, 1.0], 0.1).p)


def test_standing_is_a_z() -> None:
    graphs = [0.1, 0.2, 0.3, 0.4]

    assert math.isclose(
        standing(0.05, graphs), (0.05 - 0.25) / float(np.std(graphs, ddof=1))
    )
    assert math.isnan(standing(0.1, [0.1, 0.1]))
