"""The replay as data: what replay.json holds, and the lines of the report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ...names import plural, some
from ..protocol.replaying import LEAKS, NEURON, SCHEMA, ReplayProtocol
from .replay import Replayed, ReplayResult
from .replay_inputs import ReplayInputs
from .report import compared, described, drawn, figure, finite, number, twins_of

FIGURES = {"r": "mean correlation", "over_mean": "over the mean of the held"}


def replay_report(
    inputs: ReplayInputs, protocol: ReplayProtocol, result: ReplayResult
) -> dict[str, Any]:
    """The content of replay.json; what is no number is null."""
    plan, options = inputs.plan, inputs.model.options
    whole = {
        "schema": SCHEMA,
        "protocol": protocol.digest,
        "model": {**protocol.model, **described(inputs.model)},
        "parameters": protocol.parameters,
        "negative": result.negative,
        "traces": {**protocol.traces, **asdict(inputs.told)},
        "positions": dict(result.positions),
        "sample": {"dt": options.dt, "substeps": options.substeps, "tau": options.tau},
        "fit": asdict(plan.fit) if plan.fit else None,
        "halves": {"by": plan.by, "count": plan.halves, "held": result.held},
        "first": inputs.first,
        "neurons": list(inputs.recording.names),
        "kernel": plan.width,
        "rulers": {
            name: {figure: getattr(score, figure) for figure in (*FIGURES, "halves")}
            for name, score in result.rulers.items()
        },
        "twins": twins_of(plan.count, plan.seed, result.left),
        "settings": [setting_of(one) for one in result.settings],
    }
    found: dict[str, Any] = finite(whole)
    return found


def setting_of(one: Replayed) -> dict[str, Any]:
    """A setting, its score, and the score among those of the twins."""
    return {
        "words": one.setting.words,
        "conductance": one.setting.conductance,
        "score": asdict(one.score),
        "before": asdict(one.before) if one.before else None,
        "twins": {name: compared(one.score, one.twins, name) for name in FIGURES},
    }


def replay_lines(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """(word, sentence) of each line of the report."""
    traces = found["traces"]
    yield "traces", f"{traces['used']:,} of {traces['traces']:,} used; {traces['time']}"
    yield from left_out(found)
    yield "sample", sample(found)
    yield from trained(found)
    halves = found["halves"]
    many = f"{plural(halves['count'], 'draw')} of halves by {halves['by']}"
    yield "held", f"{halves['held']:.1f} of {traces['used']:,} neurons in the mean; {many}"
    if halves["by"] == NEURON:
        yield "warning", LEAKS
    if not found["negative"]:
        yield "warning", "no synapse is negative: the model names no sign and no GABA"
    for place, one in enumerate(found["settings"]):
        yield ("r" if place == 0 else ""), f"{one['words']}: {correlated(one)}"
    for name, of in found["rulers"].items():
        word = "beside" if name == next(iter(found["rulers"])) else ""
        yield word, f"{name}: {number(of['r'], 3)}, over the mean {number(of['over_mean'], 3)}"
    yield "twins", drawn(found["twins"])


def sample(found: Mapping[str, Any]) -> str:
    """How long a sample is for the model, and which are scored."""
    one, total = found["sample"], found["traces"]["samples"]
    told = f"a step of dt {one['dt']:g}, time constants {one['tau']:g} as compiled"
    if one["substeps"] > 1:
        told = f"{one['substeps']} inner steps, {told}"
    return f"{told}; samples {found['first'] + 1:,} to {total:,} are scored"


def trained(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was fitted, and the primary figure before."""
    fit = found["fit"]
    if fit:
        before = number(found["settings"][0]["before"]["r"], 3)
        steps = plural(fit["steps"], "step")
        told = (
            f"{steps} on samples 1 to {fit['samples']:,}, twins alike; before: {before}"
        )
        yield "fit", told


def correlated(one: Mapping[str, Any]) -> str:
    """The figures of a setting beside those of the twins, as a sentence."""
    over, twins = one["score"]["over_mean"], one["twins"]["over_mean"]
    silent = one["score"]["silent"]
    still = f"; {silent:.2%} of predictions are constant, and count as 0"
    return (
        f"{figure(one, 'r', 3)}; over the mean {number(over, 3)}, twins "
        f"{number(twins['mean'], 3)}, at most {number(twins['largest'], 3)}, "
        f"p {number(twins['p'], 3)}{still if silent else ''}"
    )


def left_out(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Traces that are not used, and neurons that have none, by name."""
    traces = found["traces"]
    for key, told in (
        ("absent", "name{s} of traces not in the model"),
        ("empty", "neuron{s} whose trace is empty"),
        ("constant", "neuron{s} whose trace is constant, over all or over a part"),
    ):
        names = traces[key]
        if names:
            seen = told.format(s="" if len(names) == 1 else "s")
            yield "warning", f"{len(names):,} {seen}: {some(names)}"
    if traces["unplaced"]:
        seen = plural(len(traces["unplaced"]), "neuron")
        rest = "nearest and kernel are the mean there"
        yield "warning", f"{seen} without a position: {some(traces['unplaced'])}; {rest}"
    if traces["unnamed"]:
        yield "", f"{plural(traces['unnamed'], 'trace')} without a name"
    if traces["untraced"]:
        seen = plural(len(traces["untraced"]), "neuron")
        yield "", f"{seen} of the model without a trace: {some(traces['untraced'])}"
