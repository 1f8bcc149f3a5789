"""Replay: halves, correlations, rulers, the network against its equation, training."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from elegansc.errors import InputError
from elegansc.ir.stages import Circuit
from elegansc.lab.protocol.replaying import CLASS, NEURON, Fit
from elegansc.lab.running.pulses import Leaky
from elegansc.lab.running.replaying import fitted, predicted
from elegansc.lab.scoring.recording import Recording, standardised
from elegansc.lab.scoring.replay import (
    ReplayScorer,
    centred,
    half,
    lessons,
    pearson,
    weights,
    without,
)
from elegansc.options import Options
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout

SIZE = 12


def recording(samples: int = 60, size: int = SIZE, seed: int = 0) -> Recording:
    """Neurons on a line, left and right of each class alike, near ones alike."""
    draw = np.random.default_rng(seed)
    place = np.repeat(draw.normal(size=size // 2), 2)
    place[1::2] += 0.1
    wave = np.sin(np.arange(samples)[:, None] / 5 + place)
    values = wave + draw.normal(size=(samples, size)) / 3
    partner = np.arange(size) ^ 1
    return Recording(
        tuple(f"N{k // 2}{'LR'[k % 2]}" for k in range(size)),
        np.arange(size) * 2,
        values,
        np.arange(size) // 2,
        size // 2,
        np.abs(place[:, None] - place),
        partner,
    )


@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_a_half_has_whole_classes_and_is_no_whole(seed: int, draw: int) -> None:
    found = half(recording(2), CLASS, draw, seed)
    assert (found[::2] == found[1::2]).all()
    assert found.any() and not found.all()
    assert (half(recording(2), CLASS, draw, seed) == found).all()
    alone = half(recording(2), NEURON, draw, seed)
    assert alone.any() and not alone.all()


def test_halves_of_two_neurons_are_one_and_one() -> None:
    pair = replace(recording(2, 4), cell=np.array([0, 1, 1, 1]), classes=2)
    for draw in range(30):
        assert half(pair, CLASS, draw).sum() in (1, 3)


def test_halves_are_those_of_the_note() -> None:
    """A class is held where the note, of the same seeds, draws less than a half."""
    one = recording(2)
    for draw in range(8):
        drawn = np.random.default_rng(draw).random(one.classes) < 0.5
        assert (half(one, CLASS, draw, 0) == drawn[one.cell]).all()


def test_halves_by_neuron_part_left_from_right() -> None:
    drawn = [half(recording(2), NEURON, draw, 0) for draw in range(8)]
    assert any((held[::2] != held[1::2]).any() for held in drawn)


def test_correlations_are_those_of_numpy() -> None:
    draw = np.random.default_rng(0)
    one, other = draw.normal(size=(2, 40, 5)) + 7
    other[:, 3] = 2.5  # constant
    one[:, 1] *= 1e-200
    found = pearson(centred(one), centred(other))
    for k in (0, 1, 2, 4):
        hand = np.corrcoef(one[:, k] / one[:, k].max(), other[:, k])[0, 1]
        assert found[k] == pytest.approx(hand)
    assert found[3] == 0
    mean = draw.normal(size=40)
    least = np.linalg.lstsq(
        np.column_stack([mean, np.ones(40)]), one[:, 2], rcond=None
    )[0]
    rest = one[:, 2] - np.column_stack([mean, np.ones(40)]) @ least
    assert without(centred(one), mean)[:, 2] == pytest.approx(rest)
    assert without(centred(one), np.ones(40)) == pytest.approx(centred(one))


def scorer(found: Recording, halves: int = 6, first: int = 10) -> ReplayScorer:
    """A scorer by class."""
    return ReplayScorer(found, by=CLASS, halves=halves, seed=0, first=first, fit=0)


def test_truth_scores_one_and_a_constant_nothing() -> None:
    one = recording()
    judge = scorer(one)
    true = judge.score([judge.traces[10:, ~held] for held in judge.held], resamples=50)
    assert (true.r, true.over_mean) == (pytest.approx(1), pytest.approx(1))
    assert (true.low, true.high) == (pytest.approx(1), pytest.approx(1))
    assert (len(true.halves), true.silent) == (6, 0)
    none = judge.score([np.full((50, (~held).sum()), 3.0) for held in judge.held])
    assert (none.r, none.over_mean, none.silent) == (0, 0, 1)
    assert np.isnan(none.low)
    wrong = judge.score([-judge.traces[10:, ~held] for held in judge.held])
    assert wrong.r == pytest.approx(-1)


def test_a_score_is_the_mean_of_halves_of_means_of_neurons() -> None:
    one, draw = recording(), np.random.default_rng(1)
    judge = scorer(one)
    found = [draw.normal(size=(50, (~held).sum())) for held in judge.held]
    found = [p + judge.traces[10:, ~h] for p, h in zip(found, judge.held, strict=True)]
    score = judge.score(found, resamples=200)
    for held, p, r in zip(judge.held, found, score.halves, strict=True):
        true = judge.traces[10:, ~held]
        each = [np.corrcoef(p[:, k], true[:, k])[0, 1] for k in range(p.shape[1])]
        assert r == pytest.approx(np.mean(each))
    assert score.r == pytest.approx(np.mean(score.halves))
    for neuron, mean in enumerate(score.neurons):
        free = [k for k, held in enumerate(judge.held) if not held[neuron]]
        places = [int((~judge.held[k][:neuron]).sum()) for k in free]
        each = [
            np.corrcoef(found[k][:, place], judge.traces[10:, neuron])[0, 1]
            for k, place in zip(free, places, strict=True)
        ]
        assert mean == pytest.approx(np.mean(each) if each else np.nan, nan_ok=True)
    assert score.low < score.r < score.high
    assert score == judge.score(found, resamples=200)


def test_rulers_by_hand() -> None:
    one = recording()
    judge = scorer(one, halves=1)
    (held,) = judge.held
    seen, rows, free = np.flatnonzero(held), one.distance, np.flatnonzero(~held)
    found = weights(one, held, 0.5)
    assert (found["mean"] == 1 / len(seen)).all()
    for k, neuron in enumerate(free):
        near = seen[rows[neuron, seen].argmin()]
        assert found["nearest"][k].tolist() == (seen == near).astype(float).tolist()
        share = np.exp(-rows[neuron, seen] / 0.5)
        assert found["distance kernel"][k] == pytest.approx(share / share.sum())
    assert (found["mirror partner, else mean"] == found["mean"]).all()  # by class
    score = judge.rulers(0.5)
    mean = judge.score(
        [np.repeat(judge.traces[10:, held].mean(1)[:, None], len(free), 1)]
    )
    assert score["mean"].r == pytest.approx(mean.r)
    assert score["mean"].over_mean == 0
    held = np.arange(SIZE) % 2 == 0
    partners = weights(one, held, 0.5)["mirror partner, else mean"]
    assert (partners == np.eye(SIZE // 2)).all()


def test_a_neuron_without_a_position_gets_the_mean() -> None:
    one = recording()
    one.distance.setflags(write=True)
    one.distance[1] = one.distance[:, 1] = np.nan
    held = np.arange(SIZE) % 2 == 0
    found = weights(one, held, 1e-9)  # so narrow that shares would underflow
    assert (found["nearest"][0] == 1 / 6).all()
    assert (found["distance kernel"][0] == 1 / 6).all()
    assert found["distance kernel"][1:] == pytest.approx(found["nearest"][1:])
    held = np.arange(SIZE) == 1
    assert (weights(one, held, 1.0)["nearest"] == 1).all()


# The network

NAMES = [f"N{k:02}" for k in range(10)]
LEAKY = Options(dynamics="leaky", dt=0.5, inputs=("N00",), outputs=("N09",))


def circuit(tmp_path: Any, seed: int = 0) -> Circuit:
    """A small random circuit with junctions, read from a file."""
    draw = np.random.default_rng(seed)
    rows = ["pre,post,weight,type"]
    for u in range(10):
        for v in range(10):
            if u != v and draw.random() < 0.35:
                rows.append(f"{NAMES[u]},{NAMES[v]},{draw.integers(1, 5)},chemical")
            if u < v and draw.random() < 0.25:
                rows.append(f"{NAMES[u]},{NAMES[v]},{draw.integers(1, 4)},electrical")
    path = tmp_path / "edges.csv"
    path.write_text("\n".join(rows) + "\n")
    return circuit_of(str(path), label="", options=LEAKY, layout=Layout())


def by_hand(
    found: Circuit, g: float, traces: Any, rows: Any, held: Any, inner: int
) -> Any:
    """The equation, step by step, in numpy: the states of the neurons not held."""
    size, edges, ends = len(found.cells), found.chemical, found.junctions
    gain, e = np.zeros((size, size)), np.zeros((size, size))
    gain[edges.post, edges.pre] = edges.weight
    gain *= 0.8 / np.maximum(gain.sum(1, keepdims=True), 1e-9)
    e[ends.left, ends.right] = e[ends.right, ends.left] = g * ends.weight
    clamped = np.zeros(size)
    clamped[rows[held]] = 1
    pull = np.diag(inner / 0.5 + 1 + e.sum(1)) - e
    pull = pull * (1 - clamped)[:, None] + np.diag(clamped)
    x, states = np.zeros(size), []
    for sample in traces:
        for _ in range(inner):
            drive = (x * inner / 0.5 + gain @ np.tanh(x)) * (1 - clamped)
            drive[rows[held]] = sample[held]
            x = np.linalg.solve(pull, drive)
        states.append(x[rows[~held]])
    return np.array(states)


@pytest.mark.parametrize("inner", [1, 3])
def test_held_neurons_drive_the_others(tmp_path: Any, inner: int) -> None:
    found = circuit(tmp_path)
    net = Leaky(found, replace(LEAKY, substeps=inner), "toy")
    draw = np.random.default_rng(2)
    traces, rows = draw.normal(size=(30, 6)), np.array([0, 2, 3, 5, 8, 9])
    held = np.array([True, False, True, True, False, False])
    for g in (0.0, 1.5):
        net.anatomical(g)
        states = predicted(net, rows, traces, held)
        hand = by_hand(found, g, traces, rows, held, inner)
        assert states == pytest.approx(hand, abs=1e-12)
        traces[:, ~held] += 1  # nobody looks at them
        assert (predicted(net, rows, traces, held) == states).all()


def test_states_without_a_bound_are_refused(tmp_path: Any) -> None:
    options = replace(LEAKY, activation="relu")
    net = Leaky(circuit(tmp_path), options, "toy.py")
    net.anatomical(1.0)
    net.net.gain.mul_(1e9)
    traces, held = np.ones((80, 4)), np.array([True, True, False, False])
    with pytest.raises(InputError, match=r"toy\.py: a predicted state is no finite"):
        predicted(net, np.arange(4), traces, held)


def taught(tmp_path: Any) -> tuple[Circuit, Recording]:
    """A recording of a network whose gains are not those of anatomy."""
    found = circuit(tmp_path)
    net = Leaky(found, LEAKY, "teacher")
    net.anatomical(1.0)
    draw = np.random.default_rng(3)
    size = len(net.gains)
    net.net.gain.mul_(net.net.gain.new_tensor(draw.choice([0.05, 3.0], size)))
    driven = np.cumsum(draw.normal(size=(260, 5)), 0)
    driven = (driven - driven.mean(0)) / driven.std(0)
    every = np.concatenate([driven, np.zeros((260, 5))], 1)
    held = np.arange(10) < 5
    states = predicted(net, np.arange(10), every, held)
    values = np.concatenate([driven, states], 1)
    rows = np.arange(10)
    far = np.ones((10, 10))
    return found, Recording(tuple(NAMES), rows, values, rows, 10, far, np.full(10, -1))


def test_a_fit_learns(tmp_path: Any) -> None:
    """The teacher's drivers are held: what they drive is then known from the wiring."""
    found, one = taught(tmp_path)
    fit = Fit(160, steps=20, rate=0.1, batch=2, window=40, skip=10)
    traces, held = standardised(one.values, 160), np.arange(10) < 5
    net = Leaky(found, LEAKY, "pupil")

    def score() -> float:
        states = predicted(net, one.rows, traces, held)[160:]
        return float(pearson(centred(states), centred(traces[160:, ~held])).mean())

    net.anatomical(1.0)
    before = score()
    draw = np.random.default_rng(0)
    drawn = [(held, draw.integers(0, 121, 2)) for _ in range(fit.steps)]
    fitted(net, one.rows, traces[:160], fit, drawn)
    assert 1 - score() < (1 - before) / 4
    assert net.net.gain.dtype == torch.float64
    assert all(bool((value != 0).any()) for value in net.net.parameters())


def test_a_fit_sees_the_first_part_alone(tmp_path: Any) -> None:
    """Other samples may be anything: neither training nor standards know them."""
    found, one = taught(tmp_path)
    other = replace(one, values=one.values.copy())
    other.values[100:] = np.random.default_rng(0).normal(size=other.values[100:].shape)
    fit, trained = Fit(100, steps=2), []
    for each in (one, other):
        judge = ReplayScorer(each, by=CLASS, halves=1, seed=0, first=100, fit=100)
        net = Leaky(found, LEAKY, "pupil")
        net.anatomical(1.0)
        fitted(net, one.rows, judge.traces[:100], fit, lessons(one, CLASS, fit, 0))
        trained.append({name: v.clone() for name, v in net.net.named_parameters()})
    first, second = trained
    assert all(bool((first[name] == second[name]).all()) for name in first)
    assert bool((first["gain"] != torch.from_numpy(net.gains)).all())


def test_every_lesson_has_its_own_half_and_windows_within_the_part() -> None:
    one, fit = recording(2), Fit(130, steps=50)
    drawn = list(lessons(one, CLASS, fit, 0))
    assert len(drawn) == 50
    assert len({held.tobytes() for held, _ in drawn}) > 20
    places = np.concatenate([places for _, places in drawn])
    assert (places.min(), places.max()) == (0, 30)
    other = list(lessons(one, CLASS, fit, 1))
    assert any((a != b).any() for (a, _), (b, _) in zip(drawn, other, strict=True))


def test_a_fit_of_no_numbers_is_refused(tmp_path: Any) -> None:
    found, one = taught(tmp_path)
    net, fit = Leaky(found, LEAKY, "toy.py"), Fit(100, steps=1)
    net.anatomical(1.0)
    net.net.bias.fill_(float("nan"))
    traces = standardised(one.values, 100)[:100]
    with pytest.raises(InputError, match="a fit has left the numbers"):
        fitted(net, one.rows, traces, fit, lessons(one, CLASS, fit, 0))
