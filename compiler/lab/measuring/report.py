"""The score as data: what score.json holds, and the lines of the report."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from ...module.read import CircuitModel
from ...names import plural, some
from ...nulls.pairs import DISTANCE
from ..protocol.pulse import SCHEMA, ScoreProtocol
from ..scoring.score import among
from .inputs import Inputs
from .measure import Measured, Result

COMPARED = ("gain", "area", "within_distance", "within_all", "within_stimulus")


def report(inputs: Inputs, protocol: ScoreProtocol, result: Result) -> dict[str, Any]:
    """The content of score.json; what is no number is null."""
    whole = {
        "schema": SCHEMA,
        "protocol": protocol.digest,
        "model": {**protocol.model, **described(inputs.model)},
        "parameters": protocol.parameters,
        "negative": None if inputs.weights else result.negative,
        "atlas": {**protocol.atlas, **asdict(inputs.told)},
        "positions": dict(result.positions),
        "pulse": asdict(protocol.pulse),
        "base": result.settings[0].score.base,
        "rulers": {name: dict(found) for name, found in result.rulers.items()},
        "twins": twins_of(inputs.count, inputs.seed, result.left),
        "settings": [setting_of(one) for one in result.settings],
    }
    found: dict[str, Any] = finite(whole)
    return found


KINDS = ("synapses", "junctions")


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


def twins_of(
    count: int, seed: int, found: Sequence[Mapping[str, float]]
) -> dict[str, Any]:
    """How twins were drawn, and the shares of true edges in them, by their counts."""
    shares = {f"{kind}_left_share": left(found, kind) for kind in KINDS}
    return {"null": DISTANCE, "count": count, "seed": seed, **shares}


def left(twins: Sequence[Mapping[str, float]], kind: str) -> float:
    """The mean share of a model's edges that its twins have."""
    return float(np.mean([twin[f"{kind}_left_share"] for twin in twins]))


def setting_of(one: Measured) -> dict[str, Any]:
    """A setting, its score, and the score among those of the twins."""
    return {
        "words": one.setting.words,
        "conductance": one.setting.conductance,
        "residue_at_rest": one.peaks.residue,
        "steps_to_rest": one.peaks.settled,
        "silent_share": one.silent,
        "score": asdict(one.score),
        "twins": {name: compared(one.score, one.twins, name) for name in COMPARED},
    }


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


def lines(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(word, sentence) of each line of the report."""
    atlas, twins = found["atlas"], found["twins"]
    respond = f"{plural(atlas['pairs'], 'pair')}, {atlas['positive']:,} respond"
    apart = f"{atlas['itself']:,} with itself, {atlas['unmeasured']:,} not measured"
    yield "pairs", f"{respond}; left out: {atlas['left_out']:,} by name, {apart}"
    yield from warnings(found)
    yield "base", f"{number(found['base'])} without a model; {rulers_line(found)}"
    for place, one in enumerate(found["settings"]):
        yield ("gain" if place == 0 else ""), f"{one['words']}: {gained(one)}"
    first = found["settings"][0]
    yield "area", f"{', '.join(areas(first))}; in brackets the twins' mean"
    still, after = first["residue_at_rest"], first["steps_to_rest"]
    yield "rest", f"states move by {still:.1g} a step before the pulse, {after:,} steps on"
    yield "twins", drawn(twins)


def drawn(twins: Mapping[str, Any]) -> str:
    """How many twins there are, and what is left in them, as a sentence."""
    shares = " and ".join(
        f"{twins[f'{kind}_left_share']:.1%} of {kind}" for kind in KINDS
    )
    many = f"{plural(twins['count'], 'twin')} of seed {twins['seed']}"
    return f"{many}; true edges left in them, in the mean: {shares}"


def areas(one: Mapping[str, Any]) -> Iterator[str]:
    """The areas of a response alone, each beside the mean of the twins."""
    words = {
        "area": "of all pairs",
        "within_distance": "within distance",
        "within_all": "within distance and stimulations",
        "within_stimulus": "within a stimulus",
    }
    for name, told in words.items():
        beside = number(one["twins"][name]["mean"], 3)
        yield f"{told} {number(one['score'][name], 3)} ({beside})"


def rulers_line(found: Mapping[str, Any]) -> str:
    """The areas of the rulers."""
    areas = ((ruler(name), of["area"]) for name, of in found["rulers"].items())
    return ", ".join(f"{name} {number(area, 3)}" for name, area in areas)


def ruler(name: str) -> str:
    """The name of a ruler; each that begins with `and` adds to the one before."""
    return f"these {name}" if name.startswith("and ") else name


def warnings(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was left out or is lacking, by name."""
    atlas = found["atlas"]
    if atlas["absent"]:
        seen = plural(len(atlas["absent"]), "name")
        cut = f"; cut short: {some(atlas['cut'])}" if atlas["cut"] else ""
        yield "warning", f"{seen} not in the model: {some(atlas['absent'])}{cut}"
    if atlas["unplaced"]:
        seen = plural(len(atlas["unplaced"]), "neuron")
        yield "warning", f"{seen} without a position: {some(atlas['unplaced'])}"
    if found["negative"] == 0:
        yield "warning", "no synapse is negative: the model names no sign and no GABA"
    for one in found["settings"]:
        if one["residue_at_rest"] > 1e-6:
            moves = f"{one['residue_at_rest']:.1g} after {one['steps_to_rest']:,} steps"
            yield "warning", f"{one['words']}: not at rest, still moves by {moves}"
