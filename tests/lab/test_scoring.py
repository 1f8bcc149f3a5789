"""Scores against an atlas: areas, strata, nested rates, folds by class, reading one."""

from __future__ import annotations

import hashlib
import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from support.paths import SHARED

from elegansc.errors import InputError
from elegansc.lab.scoring.atlas import Atlas, joined, read_atlas
from elegansc.lab.scoring.measures import (
    Curve,
    area,
    area_within,
    quantiles,
    ranks,
    resampled,
    strata,
)
from elegansc.lab.scoring.regression import Across, Labels, fitted
from elegansc.lab.scoring.score import Pairs, Scorer, among, folds, rulers
from elegansc.options import Options
from elegansc.pipeline import circuit_of
from elegansc.readers.positions import Positions, read_positions
from elegansc.readers.reader import Layout

ACTIVITY = SHARED / "activity"
HEAD = "stimulated,responding,q,q_eq,dff,n\n"


def counted(truth: Any, score: Any, weight: Any) -> float:
    """The area, pair of pairs by pair of pairs."""
    won = both = 0.0
    for i, j in itertools.product(range(len(truth)), repeat=2):
        if truth[i] and not truth[j]:
            many = weight[i] * weight[j]
            both += many
            won += many * ((score[i] > score[j]) + 0.5 * (score[i] == score[j]))
    return won / both if both else math.nan


ROWS = st.lists(
    st.tuples(st.booleans(), st.integers(0, 4), st.integers(0, 3), st.integers(0, 2)),
    min_size=1,
    max_size=30,
)


@given(ROWS)
def test_areas_count_pairs_of_pairs(rows: Any) -> None:
    truth, score, weight, stratum = (np.array(column) for column in zip(*rows))
    curve = Curve(truth, score.astype(float))
    one = np.ones(len(truth))
    assert curve.area() == pytest.approx(counted(truth, score, one), nan_ok=True)
    found = curve.area(weight.astype(float))
    assert found == pytest.approx(counted(truth, score, weight), nan_ok=True)
    total = both = 0.0
    for part in range(3):
        rest = stratum == part
        many = truth[rest].sum() * (~truth[rest]).sum()
        if many:
            both += many
            total += many * counted(truth[rest], score[rest], one)
    wanted = total / both if both else math.nan
    assert area_within(truth, score, stratum) == pytest.approx(wanted, nan_ok=True)


def test_areas_by_hand() -> None:
    truth = np.array([True, False, True, False])
    assert area(truth, np.array([4.0, 3, 2, 1])) == 0.75
    assert area(truth, np.zeros(4)) == 0.5
    assert area(truth, np.array([1.0, 0, 1, 0])) == 1
    assert math.isnan(area(np.ones(3, bool), np.arange(3.0)))


def test_strata_and_ranks() -> None:
    assert quantiles(np.array([3.0, 1, 2, 4]), 2).tolist() == [1, 0, 0, 1]
    assert len(set(quantiles(np.zeros(5), 4).tolist())) == 1
    one, other = np.array([0, 0, 1, 1, 1000]), np.array([0, 1, 0, 1000, 0])
    assert len(set(strata(one, other).tolist())) == 5
    assert ranks(np.array([5.0, 5, 9, 1])).tolist() == [0.125, 0.125, 0.5, -0.25]


def test_resampled_groups_count_whole() -> None:
    group = np.array([0, 0, 1, 2, 2])
    (weight,) = resampled(group, [np.array([2, 2, 0])])
    assert weight.tolist() == [1, 1, 0, 2, 2]


def test_a_rate_is_that_of_the_other_folds() -> None:
    truth = np.array([1, 0, 1, 1, 0], bool)
    labels = Labels(truth, np.array([0, 0, 0, 1, 1]))
    found = labels.outside(np.array([0, 0, 1, 0, 1]))
    hand = [1.05 / 2, 1.05 / 2, 1.05 / 3, 0.05 / 2, 1.05 / 2]
    assert found == pytest.approx(hand)


def test_a_regression_is_the_best_one() -> None:
    draw = np.random.default_rng(0)
    rows = np.column_stack([np.ones(300), draw.normal(size=(300, 3))])
    truth = draw.random(300) < 1 / (1 + np.exp(-rows @ [-1, 2, 0, 0.5]))

    def loss(w: Any) -> float:
        score = rows @ w
        return float((np.logaddexp(0, score) - truth * score).sum() + w @ w / 2)

    best = minimize(loss, np.zeros(4), tol=1e-12).x
    assert fitted(rows.T, truth) == pytest.approx(best, abs=1e-4)


def toy(count: int = 40, seed: int = 0) -> Pairs:
    """Pairs of neurons on a line: near ones respond, and those that are often tested."""
    draw = np.random.default_rng(seed)
    responder, stimulated = np.nonzero(~np.eye(count, dtype=bool))
    place = draw.normal(size=count)
    distance = np.abs(place[responder] - place[stimulated])
    often = draw.integers(1, 20, len(distance)).astype(float)
    chance = 1 / (1 + np.exp(1.5 + distance - 0.1 * often))
    truth = draw.random(len(distance)) < chance
    same = np.ones(len(distance), bool)
    return Pairs(responder, stimulated, truth, distance, same, often, stimulated // 2)


def test_no_label_of_a_test_fold_gets_into_its_scores() -> None:
    pairs = toy()
    fold = folds(pairs.group, 0, 0)
    before = Across(pairs.labels, fold, pairs.base).scores()
    for one in np.unique(fold).tolist():
        turned = replace(pairs, truth=np.where(fold == one, ~pairs.truth, pairs.truth))
        after = Across(turned.labels, fold, pairs.base).scores()
        assert (after[fold == one] == before[fold == one]).all()
        assert (after[fold != one] != before[fold != one]).any()


def test_folds_hold_whole_classes() -> None:
    group = np.arange(200) // 4
    drawn = [folds(group, 0, draw) for draw in range(3)]
    for fold in drawn:
        assert set(fold.tolist()) == set(range(5))
        for one in range(50):
            assert len(set(fold[group == one].tolist())) == 1
    assert (drawn[0] != drawn[1]).any()
    assert (folds(group, 0, 0) == drawn[0]).all()
    assert (folds(group, 1, 0) != drawn[0]).any()


def test_noise_gains_nothing_and_truth_does() -> None:
    pairs, draw = toy(), np.random.default_rng(1)
    scorer = Scorer(pairs, draws=3)
    noise = scorer.score(draw.normal(size=(40, 40)), resamples=100)
    assert abs(noise.gain) < 0.01
    assert noise.low < 0.005
    assert abs(noise.area - 0.5) < 0.06
    told = draw.normal(size=(40, 40))
    told[pairs.responder[pairs.truth], pairs.stimulated[pairs.truth]] += 1.5
    informed = scorer.score(-np.abs(told), resamples=100)  # the sign does not count
    assert informed == scorer.score(told, resamples=100)
    assert informed.low > 0.01
    assert informed.low < informed.gains[0] < informed.high
    assert informed.gain == pytest.approx(np.mean(informed.gains))
    assert informed.base == noise.base == pytest.approx(np.mean(scorer.areas))
    assert min(informed.within_distance, informed.within_stimulus) > 0.55


def test_zeros_are_ties_and_no_number_is_refused() -> None:
    scorer = Scorer(toy(), draws=1)
    nothing = scorer.score(np.zeros((40, 40)), resamples=0)
    assert (nothing.area, nothing.within_all) == (0.5, 0.5)
    assert nothing.gain == pytest.approx(0, abs=1e-6)
    assert math.isnan(nothing.low)
    response = np.zeros((40, 40))
    response[3, 5] = np.nan
    with pytest.raises(ValueError, match="1 of 1,560 responses are no finite number"):
        scorer.score(response)


def test_rulers_stand_beside() -> None:
    pairs = toy()
    scorer = Scorer(pairs, draws=1)
    found = rulers(scorer, contacts=np.ones((40, 40)))
    assert found["distance"]["area"] == area(pairs.truth, -pairs.distance)
    assert found["stimulations"]["area"] == area(pairs.truth, pairs.stimulations)
    assert found["contacts"]["area"] == 0.5
    assert found["and rate"]["area"] == scorer.areas[0]
    assert found["and stimulations"]["area"] > found["distance and compartment"]["area"]
    assert "contacts" not in rulers(scorer)


def test_a_score_among_twins() -> None:
    values = [1.0, 2.0, 3.0] * 4
    found = among(3.0, values)
    assert (found.mean, found.largest, found.p) == (2, 3, 5 / 13)
    assert found.z == pytest.approx(1 / np.std(values, ddof=1))
    assert among(9.0, [1.0] * 39).p == 1 / 40
    few = among(9.0, values[:9])  # a deviation of so few is a guess
    assert math.isnan(few.z) and few.p == 1 / 10


# Atlases

NAMES = ("AVAL", "AVAR", "PVCL", "VA1")
PLACES = {"AVAL": (0.0, 0.0), "AVAR": (1.0, 0.0), "PVCL": (4.0, 3.0), "VA1": ()}


def atlas(tmp_path: Path, text: str) -> Atlas:
    path = tmp_path / "atlas.csv"
    path.write_text(text)
    return read_atlas(str(path))


def test_an_atlas_is_joined_by_name(tmp_path: Path) -> None:
    text = HEAD + "".join(
        f"{a},{b},{q},0.1,{dff},{n}\n"
        for a, b, q, dff, n in (
            ("AVAL", "AVAR", 0.01, 0.3, 4), ("AVAR", "PVCL", 0.2, 0, 7),
            ("AVAL", "AVAL", 0, 1, 1), ("AVAL", "PVCL", "", 0.1, 2),
            ("AVAR", "AVAL", 0.3, "nan", 2), ("VA01", "AVAL", 0, 0.1, 2),
            ("AVA", "PVCL", 0, 0.1, 2), ("XX", "PVCL", 0, 0.1, 2),
        )
    )  # fmt: skip
    found = atlas(tmp_path, text)
    assert found.digest == hashlib.sha256(text.encode()).hexdigest()
    place = Positions("p.csv", "0", 2, PLACES)
    pairs, told = joined(found, NAMES, place, "toy")
    assert pairs.responder.tolist() == [1, 2]
    assert pairs.stimulated.tolist() == [0, 1]
    assert pairs.truth.tolist() == [True, False]
    assert pairs.distance.tolist() == [1, math.sqrt(18)]
    assert pairs.stimulations.tolist() == [4, 7]
    assert pairs.group.tolist() == [0, 0]  # left and right are one class
    assert (told.pairs, told.positive, told.itself, told.unmeasured) == (2, 1, 1, 2)
    assert (told.absent, told.cut) == (("AVA", "XX"), ("AVA",))
    assert (told.unplaced, told.left_out) == (("VA1",), 3)


@pytest.mark.parametrize(
    ("row", "seen"),
    [
        ("AVAL,AVAR,1.2,0,0.1,3", "atlas.csv:2: AVAL -> AVAR: q is 1.2, from 0 to 1"),
        ("AVAL,AVAR,-0.1,0,0.1,3", "q is -0.1, from 0 to 1"),
        ("AVAL,AVAR,x,0,0.1,3", "q, dff, n are x, 0.1, 3: no numbers"),
        ("AVAL,AVAR,0.5,0,0.1,0", "n is 0, 1 or more"),
        ("AVAL,AVAR,0.5,0,inf,2", "dff is inf"),
        ("AVAL,AVAR,0.5,0,0.1", "n is"),
        (",AVAR,0.5,0,0.1,3", "atlas.csv:2: a pair without a name"),
        ("A,B,0.5,0,1,3\nA,B,0.5,0,1,3", "atlas.csv:3: A -> B stands there twice"),
    ],
)
def test_rows_that_can_not_be(tmp_path: Path, row: str, seen: str) -> None:
    with pytest.raises(InputError) as error:
        atlas(tmp_path, f"{HEAD}{row}\n")
    assert seen in str(error.value)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("a,b\n1,2\n", "no atlas: the columns are a, b"),
        (HEAD, "no pair in it"),
        ("", "an empty file"),
    ],
)
def test_files_that_are_no_atlas(tmp_path: Path, text: str, seen: str) -> None:
    with pytest.raises(InputError, match=seen):
        atlas(tmp_path, text)


@pytest.mark.parametrize(("q", "seen"), [(0.2, "0 of 2 pairs"), (0.01, "2 of 2 pairs")])
def test_an_atlas_where_none_or_all_respond(
    tmp_path: Path, q: float, seen: str
) -> None:
    rows = f"AVAL,AVAR,{q},0,0.1,3\nAVAR,AVAL,{q},0,0.1,3\n"
    place = Positions("p.csv", "0", 2, PLACES)
    with pytest.raises(InputError, match=f"{seen} of toy respond"):
        joined(atlas(tmp_path, HEAD + rows), NAMES, place, "toy")


@pytest.mark.shared
def test_the_rulers_of_the_published_atlas() -> None:
    """Figures of the note that this protocol was written by."""
    if not ACTIVITY.is_dir():
        pytest.skip(f"the published recordings are not here: {ACTIVITY}")
    circuit = circuit_of("cook2019", label="", options=Options(), layout=Layout())
    place = read_positions(str(ACTIVITY / "positions.txt"))
    measured = read_atlas(str(ACTIVITY / "randi2023_wt.csv"))
    pairs, told = joined(measured, circuit.cells.name, place, "cook2019")
    assert (told.pairs, told.positive, told.itself) == (23901, 1150, 173)
    assert not told.absent + told.unplaced
    scorer = Scorer(pairs)
    size, edges, ends = len(circuit.cells), circuit.chemical, circuit.junctions
    contacts = np.zeros((size, size))
    contacts[edges.post, edges.pre] = edges.weight
    contacts[ends.left, ends.right] += ends.weight
    contacts[ends.right, ends.left] += ends.weight
    found = rulers(scorer, contacts)
    assert found["distance"]["area"] == pytest.approx(0.7340, abs=1e-4)
    assert found["distance"]["within_distance"] == pytest.approx(0.537, abs=5e-4)
    assert found["stimulations"]["area"] == pytest.approx(0.655, abs=5e-4)
    assert found["stimulations"]["within_distance"] == pytest.approx(0.658, abs=5e-4)
    assert found["contacts"]["area"] == pytest.approx(0.563, abs=5e-4)
    assert found["contacts"]["within_distance"] == pytest.approx(0.542, abs=5e-4)
    assert found["rate"]["area"] == pytest.approx(0.643, abs=0.005)
    assert np.mean(scorer.areas) == pytest.approx(0.7746, abs=0.004)
