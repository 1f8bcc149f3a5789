"""Score models of one graph: their responses, those of its twins, and rulers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from ...arrays import Float64
from ...ir.stages import Circuit
from ...module.read import CircuitModel
from ...nulls.distance import placed
from ...nulls.pairs import Null
from ...nulls.twins import twins
from ...semantics.registry import semantics_of
from ..protocol.pulse import Pulse
from ..running.networks import Network, Peaks
from ..running.passes import network
from ..scoring.score import RESAMPLES, Score, Scorer, rulers
from .inputs import Inputs, Scored

Watch = Callable[[str, int, Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Setting:
    """Parameters that a model and its twins are scored with alike.

    Attributes:
        words: what they are; conductance: of a unit of weight; None: the checkpoint's, or
            there is none.
    """

    words: str
    conductance: float | None

    def apply(self, model: Network, weights: str) -> None:
        """Set the parameters of a model; `weights`: path of its checkpoint, or ""."""
        if weights:
            model.load(weights)
            if self.conductance == 0:
                model.uncouple()
        else:
            model.anatomical(self.conductance or 0.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of one setting, the model's and those of its twins in their order."""

    setting: Setting
    peaks: Peaks
    silent: float  # share of pairs whose response is exactly 0
    score: Score
    twins: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found of one model.

    Attributes:
        settings: the first is the primary one.
        negative: number of gains that anatomy makes negative.
    """

    scored: Scored
    settings: tuple[Measured, ...]
    negative: int


@dataclass(frozen=True, slots=True)
class Result:
    """All that a run of the protocol found.

    Attributes:
        models: in the order of the inputs.
        rulers: areas of what needs no model, by name.
        left: counts of each twin, as `rewire` tells them.
        positions: what is known of where neurons lie.
    """

    models: tuple[Answer, ...]
    rulers: Mapping[str, Mapping[str, float]]
    left: tuple[Mapping[str, float], ...]
    positions: Mapping[str, Any]


BARE = "without junctions"


class Given(Protocol):
    """What settings are made of: a model, conductances or the path of a checkpoint."""

    @property
    def model(self) -> CircuitModel: ...

    @property
    def weights(self) -> str: ...

    @property
    def conductances(self) -> tuple[float, ...]: ...


def settings_of(given: Given) -> tuple[Setting, ...]:
    """The primary setting, the others, and last that without junctions.

    A model with levels has one setting.
    """
    bare = Setting(BARE, 0.0)
    currents = semantics_of(given.model.options).currents
    if given.weights:
        fitted = Setting("as fitted", None)
        return (fitted, bare) if currents else (fitted,)
    if not currents:
        return (Setting("by anatomy", None),)
    found = [
        Setting(f"conductance {value:g} a {unit_of(given)}", value)
        for value in given.conductances
        if value
    ]
    return (*found, bare) if found else (bare,)


def unit_of(given: Given) -> str:
    """What one unit of a junction's weight is."""
    unit = given.model.circuit.source.unit
    return "section" if "section" in unit else "unit of weight"


def measure(inputs: Inputs, pulse: Pulse, null: Null, watch: Watch) -> Result:
    """Run the protocol: the models, then every twin with the same settings.

    Args:
        watch: wraps the twins, to show progress; (title, count, items).

    Raises:
        InputError: no twin can be drawn, a checkpoint is of another model, or a response
            is no number.
    """
    scorer, circuit = Scorer(inputs.pairs, seed=inputs.seed), inputs.circuit
    found = [responses(one, scorer, pulse, RESAMPLES) for one in inputs.models]
    drawn = twins(circuit, null, seed=inputs.seed, count=inputs.count)
    others: list[list[list[Score]]] = []
    left = []
    for index, twin in enumerate(watch("twins", inputs.count, drawn), 1):
        alike = [one.twin(index, twin.circuit, inputs.seed) for one in inputs.models]
        every = [responses(one, scorer, pulse, 0).settings for one in alike]
        others.append([[own.score for own in settings] for settings in every])
        left.append(twin.counted)
    return Result(
        tuple(
            beside(answer, [other[place] for other in others])
            for place, answer in enumerate(found)
        ),
        rulers(scorer, contacts(circuit)),
        tuple(left),
        placed(circuit, inputs.positions),
    )


def beside(answer: Answer, twins: list[list[Score]]) -> Answer:
    """The answer with the scores of each twin, setting by setting."""
    settings = (
        replace(own, twins=scores)
        for own, scores in zip(answer.settings, zip(*twins, strict=True), strict=True)
    )
    return replace(answer, settings=tuple(settings))


def responses(scored: Scored, scorer: Scorer, pulse: Pulse, resamples: int) -> Answer:
    """The scores of one model with all its settings."""
    model, pairs = scored.model, scorer.pairs
    net = network(model.circuit, model.options, model.path, scored.plan)
    found = []
    for one in settings_of(scored):
        one.apply(net, scored.weights)
        peaks = net.peaks(pairs.stimulated, pulse)
        size = peaks.response[pairs.responder, pairs.stimulated]
        score = scorer.score(peaks.response, resamples=resamples)
        found.append(Measured(one, peaks, float((size == 0).mean()), score, ()))
    return Answer(scored, tuple(found), net.negative)


def contacts(circuit: Circuit) -> Float64:
    """(N, N) weight of synapses and junctions by receiving and sending neuron."""
    size, edges, ends = len(circuit.cells), circuit.chemical, circuit.junctions
    found = np.zeros((size, size))
    found[edges.post, edges.pre] = edges.weight
    found[ends.left, ends.right] += ends.weight
    found[ends.right, ends.left] += ends.weight
    return found
