"""Replay a recording in a model and in its twins, and score what they predict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ...nulls.distance import placed
from ...nulls.pairs import Null
from ...nulls.twins import twins
from ..running.pulses import Leaky
from ..running.replaying import fitted, predicted
from ..scoring.replay import RESAMPLES, ReplayScore, ReplayScorer, lessons
from .measure import Setting, Watch, settings_of
from .replay_inputs import ReplayInputs


@dataclass(frozen=True, slots=True)
class Replayed:
    """The scores of one setting, the model's and those of its twins in their order.

    Attributes:
        before: of a fitted model, the score before; None: nothing is fitted.
    """

    setting: Setting
    score: ReplayScore
    before: ReplayScore | None
    twins: tuple[ReplayScore, ...]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """All that a run of the protocol found.

    Attributes:
        settings: the first is the primary one.
        rulers: scores of what needs no wiring, by name.
        held: mean number of neurons that are held.
        left: counts of each twin, as `rewire` tells them.
        positions: what is known of where neurons lie.
        negative: number of gains that anatomy makes negative.
    """

    settings: tuple[Replayed, ...]
    rulers: Mapping[str, ReplayScore]
    held: float
    left: tuple[Mapping[str, float], ...]
    positions: Mapping[str, Any]
    negative: int


def replay(inputs: ReplayInputs, null: Null, watch: Watch) -> ReplayResult:
    """Run the protocol: the model, then every twin with the same settings and halves.

    Args:
        watch: wraps the twins, to show progress; (title, count, items).

    Raises:
        InputError: no twin can be drawn, or a state is no number.
    """
    model, plan = inputs.model, inputs.plan
    scorer = ReplayScorer(
        inputs.recording,
        by=plan.by,
        halves=plan.halves,
        seed=plan.seed,
        first=inputs.first,
        fit=inputs.fit,
    )
    settings = settings_of(inputs)
    whole = Leaky(model.circuit, model.options, model.path)
    found, before = [], []
    for setting in settings:
        setting.apply(whole, "")
        before.append(scored(whole, inputs, scorer) if plan.fit else None)
        train(whole, inputs, scorer)
        found.append(scored(whole, inputs, scorer, RESAMPLES))
    others: list[list[ReplayScore]] = [[] for _ in settings]
    left = []
    drawn = twins(model.circuit, null, seed=plan.seed, count=plan.count)
    for index, twin in enumerate(watch("twins", plan.count, drawn), 1):
        network = Leaky(twin.circuit, model.options, f"twin {index}")
        for place, setting in enumerate(settings):
            setting.apply(network, "")
            train(network, inputs, scorer)
            others[place].append(scored(network, inputs, scorer))
        left.append(twin.counted)
    return ReplayResult(
        tuple(map(Replayed, settings, found, before, map(tuple, others))),
        scorer.rulers(plan.width),
        float(sum(held.sum() for held in scorer.held) / len(scorer.held)),
        tuple(left),
        placed(model.circuit, inputs.positions),
        whole.negative,
    )


def train(network: Leaky, inputs: ReplayInputs, scorer: ReplayScorer) -> None:
    """Fit a network, if the plan says so: all with the same halves and windows."""
    fit, recording, plan = inputs.plan.fit, inputs.recording, inputs.plan
    if fit:
        taught = lessons(recording, plan.by, fit, plan.seed)
        fitted(network, recording.rows, scorer.traces[: fit.samples], fit, taught)


def scored(
    network: Leaky, inputs: ReplayInputs, scorer: ReplayScorer, resamples: int = 0
) -> ReplayScore:
    """The score of a network with the parameters that it has."""
    traces, rows = scorer.traces[inputs.begin :], inputs.recording.rows
    lead = inputs.first - inputs.begin
    found = [predicted(network, rows, traces, held)[lead:] for held in scorer.held]
    return scorer.score(found, resamples=resamples)
