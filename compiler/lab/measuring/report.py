"""The score as data: what score.json holds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ...module.read import CircuitModel
from ...names import plural
from ...nulls.pairs import DISTANCE
from ...options import base
from ...semantics.registry import semantics_of
from ..judging.statistics import holm
from ..protocol.pulse import SCHEMA, ScoreProtocol
from ..scoring.score import among
from .inputs import Inputs, Scored
from .measure import BARE, Answer, Measured, Result, Setting

COMPARED = ("gain", "area", "within_distance", "within_all", "within_stimulus")


def report(inputs: Inputs, protocol: ScoreProtocol, result: Result) -> dict[str, Any]:
    """The content of score.json; what is no number is null."""
    whole = {
        "schema": SCHEMA,
        "protocol": protocol.digest,
        "atlas": {**protocol.atlas, **asdict(inputs.told)},
        "positions": dict(result.positions),
        "pulse": asdict(protocol.pulse),
        "base": result.models[0].settings[0].score.base,
        "rulers": {name: dict(found) for name, found in result.rulers.items()},
        "twins": twins_of(inputs.count, inputs.seed, result.left),
        "models": corrected([model_of(one) for one in result.models]),
    }
    found: dict[str, Any] = finite(whole)
    return found


KINDS = ("synapses", "junctions")


def model_of(answer: Answer) -> dict[str, Any]:
    """A model and its settings."""
    model = answer.scored.model
    return {
        "file": base(model.path),
        **answer.scored.described(),
        **described(model),
        "negative": None if answer.scored.weights else answer.negative,
        "settings": [setting_of(answer, one) for one in answer.settings],
    }


def described(model: CircuitModel) -> dict[str, Any]:
    """Semantics, options and size of a model."""
    circuit = model.circuit
    return {
        "semantics": model.options.semantics,
        "options": dict(model.options.changed()),
        "neurons": len(circuit.cells),
        "synapses": len(circuit.chemical),
        "junctions": len(circuit.junctions),
    }


def corrected(models: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The models with p of their primary settings after Holm's correction."""
    gains = [one["settings"][0]["twins"]["gain"] for one in models]
    for gain, p in zip(gains, holm([gain["p"] for gain in gains]), strict=True):
        gain["p_holm"] = p
    return models


def twins_of(
    count: int, seed: int, found: Sequence[Mapping[str, float]]
) -> dict[str, Any]:
    """How twins were drawn, and the shares of true edges in them, by their counts."""
    shares = {f"{kind}_left_share": left(found, kind) for kind in KINDS}
    return {"null": DISTANCE, "count": count, "seed": seed, **shares}


def left(twins: Sequence[Mapping[str, float]], kind: str) -> float:
    """The mean share of a model's edges that its twins have."""
    return float(np.mean([twin[f"{kind}_left_share"] for twin in twins]))


def setting_of(answer: Answer, one: Measured) -> dict[str, Any]:
    """A setting, its score, and the score among those of the twins."""
    return {
        "words": one.setting.words,
        "lacks": lacks(answer.scored, one.setting),
        "conductance": one.setting.conductance,
        "residue_at_rest": one.peaks.residue,
        "steps_to_rest": one.peaks.settled,
        "silent_share": one.silent,
        "score": asdict(one.score),
        "twins": {name: compared(one.score, one.twins, name) for name in COMPARED},
    }


def lacks(scored: Scored, setting: Setting) -> str:
    """What of a brain a model does not compute, in words."""
    circuit, plan = scored.model.circuit, scored.plan
    counts = {
        "backward": len(plan.feedback) if plan else 0,
        "synapses": len(circuit.chemical),
        "junctions": len(circuit.junctions),
    }
    told = "all {junctions} gap junctions"
    if setting.words != BARE:
        told = semantics_of(scored.model.options).words.lacks
    if plan and not plan.live.all():
        idle = plural(int((~plan.live).sum()), "neuron")
        told += f"; {idle} on no path from a sensor to a motor"
    return told.format(**{name: f"{count:,}" for name, count in counts.items()})


def compared(score: Any, twins: Sequence[Any], name: str) -> dict[str, Any]:
    """The attribute of a name of a score among those of the twins' scores, and these."""
    values = [getattr(twin, name) for twin in twins]
    return {**asdict(among(getattr(score, name), values)), "each": values}


def finite(value: Any) -> Any:
    """A value of a JSON file: NaN, and what is infinite, as null."""
    if isinstance(value, Mapping):
        return {key: finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [finite(each) for each in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def number(value: float | None, places: int = 4, sign: str = "") -> str:
    """A number in decimals; a dash for none."""
    return "-" if value is None else f"{value:{sign}.{places}f}"


def gained(one: Mapping[str, Any]) -> str:
    """The gain of a setting beside those of the twins, as a sentence."""
    return figure(one, "gain", 4, "+")


def figure(one: Mapping[str, Any], name: str, places: int, sign: str = "") -> str:
    """The figure of a name of a setting, its interval, and the twins', as a sentence."""

    def word(value: float | None) -> str:
        return number(value, places, sign)

    score, twins = one["score"], one["twins"][name]
    far = "" if twins["z"] is None else f"z {number(twins['z'], 1, '+')}, "
    return (
        f"{word(score[name])} ({word(score['low'])} to {word(score['high'])}); twins "
        f"{word(twins['mean'])}, at most {word(twins['largest'])}, "
        f"{far}p {number(twins['p'], 3)}"
    )


def drawn(twins: Mapping[str, Any]) -> str:
    """How many twins there are, and what is left in them, as a sentence."""
    shares = " and ".join(
        f"{twins[f'{kind}_left_share']:.1%} of {kind}" for kind in KINDS
    )
    many = f"{plural(twins['count'], 'twin')} of seed {twins['seed']}"
    return f"{many}; true edges left in them, in the mean: {shares}"
