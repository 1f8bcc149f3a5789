"""The committed comparison of wirings: chosen before, judged by its file, error rates as said."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from support.paths import GENERATED

from elegansc.cli.main import cli
from elegansc.lab.judging.components import components
from elegansc.lab.judging.pilot import ALL, Wish, pilots
from elegansc.lab.judging.pilot import table as scores_of
from elegansc.lab.judging.single_case import case_of
from elegansc.lab.judging.statistics import rank_test
from elegansc.lab.protocol.protocol import Line, Protocol, Run
from elegansc.lab.protocol.reading import read_protocol
from elegansc.lab.running.results import read

FOLDER = GENERATED / "wiring"
RATE, PILOT, MAIN, SHALLOW = "rate.toml", "pilot.toml", "protocol.toml", "shallow.toml"
PLACES = {RATE: "rate", PILOT: "pilot", MAIN: ".", SHALLOW: "shallow"}
WISH = Wish(0.02, 0.8, 0.05, "better", 5)


def protocol(name: str) -> Protocol:
    return read_protocol(str(FOLDER / name))


def lines_of(name: str) -> dict[Run, Line]:
    path = FOLDER / PLACES[name] / "results.jsonl"
    return read(path, protocol(name).digest)[0]


def test_no_twin_of_a_pilot_is_one_of_the_comparison() -> None:
    seeds = {
        name: {task.twin_seed for task in protocol(name).tasks}
        for name in (RATE, PILOT, MAIN)
    }
    assert not seeds[RATE] & seeds[PILOT]
    assert not (seeds[RATE] | seeds[PILOT]) & seeds[MAIN]
    graphs = [
        {line["graph_digest"] for run, line in lines_of(name).items() if run.graph}
        for name in (RATE, PILOT, MAIN)
    ]
    assert not graphs[0] & graphs[1] and not (graphs[0] | graphs[1]) & graphs[2]


def test_the_learning_rate_is_that_of_the_best_validation_scores() -> None:
    rules, found = protocol(RATE), pilots(protocol(RATE), lines_of(RATE), WISH)
    rates = {task.name: task.lr for task in rules.tasks}
    arms: dict[float, list[float]] = {}
    for one in found:
        if one.arm != ALL:
            arms.setdefault(rates[one.task], []).append(one.validation)
    assert {len(scores) for scores in arms.values()} == {14}
    best = max(arms, key=lambda rate: np.mean(arms[rate]))
    assert min(arms) < best < max(arms)  # no end of what was tried
    for name in (PILOT, MAIN, SHALLOW):
        assert {task.lr for task in protocol(name).tasks} == {best}


def test_the_margin_is_half_the_deviation_between_the_twins_of_the_pilot() -> None:
    lines, task = lines_of(PILOT), protocol(PILOT).task("cook2019")
    scores = [
        row
        for arm in task.arms
        if arm.random
        for row in scores_of(task, arm.name, lines)
    ]
    parts = components(scores)
    assert parts and parts.graphs == 50
    half = math.sqrt(parts.between) / 2
    for each in protocol(MAIN).tasks:
        assert each.margin == pytest.approx(half, abs=5e-5)


@pytest.mark.parametrize("name", [MAIN, SHALLOW])
def test_the_verdict_is_what_its_results_give(name: str, tmp_path: Path) -> None:
    folder = FOLDER / PLACES[name]
    words = ["lab", "figure", str(folder / "results.jsonl"), "--protocol"]
    words += [str(FOLDER / name), "-o", str(tmp_path)]
    done = CliRunner().invoke(cli, words)
    assert done.exit_code == 0, done.output

    made, kept = ((place / "verdict.json").read_bytes() for place in (tmp_path, folder))
    assert made == kept
    assert json.loads(kept)["complete"]


def test_in_few_levels_the_graphs_are_the_same() -> None:
    deep, shallow = lines_of(MAIN), lines_of(SHALLOW)
    assert len(shallow) == 4 + 16 + 5 * 39 * 4
    for run, line in shallow.items():
        other = deep[run]
        assert line["depth"] <= 16 < other["depth"]
        assert line["graph_digest"] == other["graph_digest"]
        assert line["neurons"] == other["neurons"]
        assert line["data_digest"] == other["data_digest"]


def test_a_twin_in_the_place_of_a_worm_is_found_as_often_as_said() -> None:
    """Each of the twins of five maps as the worm among the others, by its own four seeds."""
    rules, lines = protocol(MAIN), lines_of(MAIN)
    ranked = single = count = 0
    for task in rules.tasks:
        if not task.tests:
            continue
        scores = scores_of(task, "role-degree", lines)
        means = np.mean(scores, axis=1)
        for place, own in enumerate(means):
            others = [*np.delete(means, place)]
            ranked += rank_test(own, others).better <= 0.05
            found = case_of(own, others, None, higher=True, side="better", level=0.05)
            single += found.p <= 0.05
            count += 1
    assert count == 5 * 99
    assert 0.02 < ranked / count <= 0.05
    assert abs(single / count - 0.05) < 4 * math.sqrt(0.05 * 0.95 / count)
