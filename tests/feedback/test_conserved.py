"""Which synapses run backward in two maps: counts by hand, by force, and those of the audit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from support.command import run

from elegansc.feedback.conserved import ALL, Backward, Pair, drawn, overlaps
from elegansc.feedback.conserved_page import kept_backward
from elegansc.feedback.measure import sent, walks_kept
from elegansc.options import Options
from elegansc.ordering.problem import Problem
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout


def backward(
    source: str, weight: Mapping[str, int], found: str, forced: str = ""
) -> Backward:
    """A map of synapses that are named by two letters."""
    pairs = {(each[0], each[1]): float(w) for each, w in weight.items()}
    sets: list[frozenset[Pair]] = [
        frozenset((each[0], each[1]) for each in words.split())
        for words in (found, forced)
    ]
    return Backward(source, pairs, *sets)


def test_counts_by_hand() -> None:
    one = backward("one", dict.fromkeys("AB BA BC CD DA".split(), 1), "BA DA", "DA")
    two = backward("two", dict.fromkeys("AB BA BC DA XY".split(), 2), "BA BC DA", "DA")
    found = {each.kind: each for each in overlaps([one, two])}
    every = found[ALL]
    assert (every.shared, every.in_one, every.in_other, every.in_both) == (4, 2, 3, 2)
    assert every.expected == every.matched == 1.5
    assert every.kappa == pytest.approx((3 / 4 - 1 / 2) / (1 - 1 / 2))
    forced = found["forced"]
    assert (forced.in_one, forced.in_both, forced.kappa) == (1, 1, 1.0)
    alone = found["forced, one-way"]
    assert (alone.shared, alone.in_both) == (2, 1)


def test_maps_without_a_common_pair_are_left_out() -> None:
    one, two = backward("one", {"AB": 1}, ""), backward("two", {"CD": 1}, "")
    assert not [*overlaps([one, two])] and not [*kept_backward([])]
    same = [*overlaps([one, one])]
    assert np.isnan(same[0].kappa)  # nothing runs backward: no agreement beyond chance


@given(st.integers(1, 6), st.integers(1, 6), st.data())
def test_chance_within_equal_weights(
    light: int, heavy: int, data: st.DataObject
) -> None:
    """Every way to draw those of one map anew, among as heavy synapses."""
    shared = [(f"N{k}", "M") for k in range(light + heavy)]
    weight = {pair: float(1 + (k >= light)) for k, pair in enumerate(shared)}
    a, b = ({*data.draw(st.lists(st.sampled_from(shared), unique=True))} for _ in "ab")
    mean, deviation = drawn(shared, weight, a, b)
    counts: list[int] = []
    classes = [shared[:light], shared[light:]]
    many = [len(b & {*each}) for each in classes]
    for first in combinations(classes[0], many[0]):
        for second in combinations(classes[1], many[1]):
            counts.append(len(a & {*first, *second}))
    assert mean == pytest.approx(np.mean(counts))
    assert deviation == pytest.approx(np.std(counts))
    if len({*weight.values()}) == 1:
        known = stats.hypergeom(len(shared), len(a), len(b))
        assert (mean, deviation) == pytest.approx((known.mean(), known.std()))


def of_worm(name: str) -> tuple[Backward, list[float]]:
    """What the best order of a bundled worm sends backward, and the walks it keeps."""
    circuit = circuit_of(name, label="", options=Options(), layout=Layout())
    problem = Problem.of(circuit, Options())
    first = problem.feedback_arc_set()
    line = {"backward": sent(problem, first)}
    return Backward.of(name, circuit, line), walks_kept(problem, first)


@pytest.mark.slow
def test_the_counts_of_the_audit() -> None:
    maps = {k: of_worm(f"witvliet2021-{k}") for k in (1, 2, 7, 8)}
    found = {
        (each.one[-1], each.other[-1]): each
        for each in overlaps([one for one, _ in maps.values()])
        if each.kind == ALL
    }
    counts = {
        ("7", "8"): (1279, 148, 32.7, 0.67),
        ("1", "2"): (512, 38, 5.6, 0.68),
        ("1", "8"): (558, 44, 8.3, 0.59),
    }
    for pair, known in counts.items():
        each = found[pair]
        seen = each.shared, each.in_both, round(each.expected, 1), round(each.kappa, 2)
        assert seen == known
        assert each.matched > each.expected  # light synapses run backward in both
        assert each.in_both > each.matched + 6 * each.deviation
    walks = {k: [round(share, 2) for share in kept] for k, (_, kept) in maps.items()}
    assert walks[1] == [1.00, 0.94, 0.73, 0.49, 0.31]
    assert walks[8] == [0.97, 0.75, 0.51, 0.28, 0.14]


@pytest.mark.slow
def test_forced_is_what_explain_says() -> None:
    one, _ = of_worm("witvliet2021-1")
    done = run("explain", "witvliet2021-1", "--no-keep-alive", "--json")
    cuts = json.loads(done.stdout)["cuts"]
    assert one.forced == {
        (c["pre"], c["post"]) for c in cuts if c["standing"] == "forced"
    }
    assert one.found == {(c["pre"], c["post"]) for c in cuts}


@pytest.mark.slow
def test_both_stand_in_the_verdict_and_on_the_page(tmp_path: Path) -> None:
    words = ("witvliet2021-1", "witvliet2021-2", "--null", "shuffle-weights")
    out = tmp_path / "out"
    done = run("feedback", *words, *"--count 1 --jobs 1 -q -o".split(), str(out))
    assert done.exit_code == 0
    verdict, page = (
        json.loads((out / "verdict.json").read_text()),
        (out / "README.md").read_text(),
    )
    assert verdict["maps"][0]["worm"]["walks"] == [1.0, 0.941, 0.729, 0.489, 0.311]
    assert "| witvliet2021-1 | 1.00 | 0.94 | 0.73 | 0.49 | 0.31 |" in page
    kinds = {each["kind"]: each["in_both"] for each in verdict["conserved"]}
    assert kinds["found"] == 38 and "| witvliet2021-2 | 0.58 |  |" in page
    assert f"| {kinds['forced']} (" in page
