"""A pilot: variance components against scipy and simulation, power by simulation."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy import stats
from support.comparison import TEXT, protocol_in, results_of, spoilt, written

from elegansc.cli.main import cli
from elegansc.lab.judging.components import components
from elegansc.lab.judging.planning import designs, fewest, power_of
from elegansc.lab.judging.statistics import rank_test
from elegansc.lab.protocol.protocol import Run


def drawn(
    between: float, within: float, size: tuple[int, int], seed: int
) -> list[list[float]]:
    draw = np.random.default_rng(seed)
    graphs = draw.normal(0.5, between, (size[0], 1))
    found: list[list[float]] = (graphs + draw.normal(0, within, size)).tolist()
    return found


def test_f_and_p_are_those_of_scipy() -> None:
    scores = drawn(0.01, 0.02, (7, 4), 1)
    found = components(scores)

    assert found
    f, p = stats.f_oneway(*scores)
    assert (found.f, found.p) == (pytest.approx(f), pytest.approx(p))
    assert found.f_low < found.f < found.f_high


@pytest.mark.parametrize("between", [0.0, 0.01, 0.04])
def test_known_components_are_recovered_and_covered(between: float) -> None:
    found = [components(drawn(between, 0.02, (10, 4), seed)) for seed in range(1000)]
    many = [one for one in found if one]
    true = 1 + 4 * between**2 / 0.02**2

    assert len(many) == 1000
    if between:
        mean = np.mean([one.between for one in many])
        assert mean == pytest.approx(between**2, rel=0.1)
    assert np.mean([one.within for one in many]) == pytest.approx(0.0004, rel=0.02)
    inside = np.mean([one.f_low <= true <= one.f_high for one in many])
    assert inside == pytest.approx(0.95, abs=0.025)
    held = [one.between_low <= between**2 <= one.between_high for one in many]
    assert np.mean(held) > 0.93
    seeds = [one.within_low <= 0.0004 <= one.within_high for one in many]
    assert np.mean(seeds) == pytest.approx(0.95, abs=0.025)


def test_what_can_not_be_told_is_not() -> None:
    assert components([[1.0, 2.0]]) is None
    assert components([[1.0], [2.0]]) is None
    assert components([[1.0, 1.0], [2.0, 2.0]]) is None


@pytest.mark.parametrize(
    ("effect", "graphs", "seeds"), [(0.03, 39, 2), (0.03, 79, 8), (0.0, 39, 4)]
)
def test_power_is_that_of_simulated_rank_tests(
    effect: float, graphs: int, seeds: int
) -> None:
    between, within, level = 0.01, 0.02, 0.05
    draw = np.random.default_rng(3)
    hits, count = 0, 4000
    for _ in range(count):
        own = effect + draw.normal(0, within, seeds).mean()
        others = draw.normal(0, between, graphs)
        others = others + draw.normal(0, within, (seeds, graphs)).mean(axis=0)
        hits += rank_test(own, others.tolist()).better <= level + 1e-12

    told = power_of(effect, between**2, within**2, graphs, seeds, level)
    assert hits / count == pytest.approx(told, abs=0.03)


def test_the_fewest_graphs_are_the_fewest() -> None:
    one = fewest(0.04, 1e-4, 4e-4, 4, 0.05, 0.8)

    assert one and one.power >= 0.8
    fewer = [power_of(0.04, 1e-4, 4e-4, n, 4, 0.05) for n in range(1, one.graphs)]
    assert max(fewer) < 0.8
    plans = designs(0.035, 1e-4, 4e-4, 0.05, 0.8)
    assert plans[-1].graphs == 19 and plans[0].seeds >= 2
    assert all(one.power >= 0.8 for one in plans)
    assert designs(0.01, 1e-4, 4e-4, 0.05, 0.8) == []  # less than 1.64 deviations


def piloted(folder: Path, *words: object, nan: bool = False, text: str = "") -> Result:
    text = text or TEXT.replace('["er", "degree"]', "[]")
    protocol = protocol_in(folder, graphs=8, few=3, seeds=3, text=text)
    results = results_of(protocol)
    if nan:
        bad = Run("cifar10", "er", 4, 0)
        results[bad] = spoilt(results[bad])
    path = written(folder / "results.jsonl", results)
    given = ["lab", "pilot", path, "--protocol", folder / "protocol.toml", *words]
    return CliRunner().invoke(cli, [*map(str, given)])


def test_a_pilot_says_variance_f_and_what_is_needed(tmp_path: Path) -> None:
    found = piloted(tmp_path, "--effect", 0.04, "--tests", 2)

    assert found.exit_code == 0, found.output
    assert "variance  cifar10 er: deviation 0.0" in found.output
    assert "needed    cifar10 er: " in found.output and "trainings" in found.output
    assert "variance  cifar10 all arms together" in found.output
    assert "spent     cifar10: twins of twin_seed 0" in found.output


def test_json_has_the_same_numbers_and_a_nan_is_left_out(tmp_path: Path) -> None:
    found = piloted(tmp_path, "--effect", 0.04, "--json", "-q", nan=True)

    arms = json.loads(found.stdout)["arms"]
    er = next(a for a in arms if (a["task"], a["arm"]) == ("cifar10", "er"))
    assert er["left_out"] == 1 and er["found"]["graphs"] == 7
    assert (
        "left out  cifar10 er: 1" in piloted(tmp_path, "--effect", 1, nan=True).output
    )


def test_what_has_tests_is_no_pilot(tmp_path: Path) -> None:
    found = piloted(tmp_path, "--effect", 0.04, text=TEXT)

    assert found.exit_code == 1 and "is no pilot: it has tests" in found.output
    zero = piloted(tmp_path, "--effect", 0)
    assert zero.exit_code == 2
