"""Score a leaky model: its responses, those of its twins, and rulers that need neither."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ...arrays import Float64
from ...ir.stages import Circuit
from ...module.read import CircuitModel
from ...nulls.distance import placed
from ...nulls.pairs import Null
from ...nulls.twins import twins
from ..protocol.pulse import Pulse
from ..running.pulses import Leaky, Peaks
from ..scoring.score import RESAMPLES, Score, Scorer, rulers
from .inputs import Inputs

Watch = Callable[[str, int, Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Setting:
    """Parameters that a model and its twins are scored with alike.

    Attributes:
        words: what they are; conductance: of a unit of weight; None: of a checkpoint.
    """

    words: str
    conductance: float | None

    def apply(self, model: Leaky, weights: str) -> None:
        """Set the parameters of a model; `weights`: path of its checkpoint, or ""."""
        if not weights:
            assert self.conductance is not None  # without a checkpoint, by anatomy
            model.anatomical(self.conductance)
            return
        model.load(weights)
        if self.conductance == 0:
            model.uncouple()


@dataclass(frozen=True, slots=True)
class Measured:
    """The scores of one setting, the model's and those of its twins in their order."""

    setting: Setting
    peaks: Peaks
    silent: float  # share of pairs whose response is exactly 0
    score: Score
    twins: tuple[Score, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """All that a run of the protocol found.

    Attributes:
        settings: the first is the primary one.
        rulers: areas of what needs no model, by name.
        left: counts of each twin, as `rewire` tells them.
        positions: what is known of where neurons lie.
        negative: number of gains that anatomy makes negative.
    """

    settings: tuple[Measured, ...]
    rulers: Mapping[str, Mapping[str, float]]
    left: tuple[Mapping[str, float], ...]
    positions: Mapping[str, Any]
    negative: int


class Given(Protocol):
    """What parameters are made of: a model, conductances or the path of a checkpoint."""

    @property
    def model(self) -> CircuitModel: ...

    @property
    def weights(self) -> str: ...

    @property
    def conductances(self) -> tuple[float, ...]: ...


def settings_of(inputs: Given) -> tuple[Setting, ...]:
    """The primary setting, the others, and last that without junctions."""
    bare = Setting("without junctions", 0.0)
    if inputs.weights:
        return Setting("as fitted", None), bare
    found = [
        Setting(f"conductance {value:g} a {unit_of(inputs)}", value)
        for value in inputs.conductances
        if value
    ]
    return (*found, bare) if found else (bare,)


def unit_of(inputs: Given) -> str:
    """What one unit of a junction's weight is."""
    unit = inputs.model.circuit.source.unit
    return "section" if "section" in unit else "unit of weight"


def measure(inputs: Inputs, pulse: Pulse, null: Null, watch: Watch) -> Result:
    """Run the protocol: the model, then every twin with the same settings.

    Args:
        watch: wraps the twins, to show progress; (title, count, items).

    Raises:
        InputError: no twin can be drawn, a checkpoint is of another model, or a response
            is no number.
    """
    model, scorer = inputs.model, Scorer(inputs.pairs, seed=inputs.seed)
    settings = settings_of(inputs)
    whole = Leaky(model.circuit, model.options, model.path)
    found = [
        scored(whole, one, inputs.weights, scorer, pulse, RESAMPLES) for one in settings
    ]
    others: list[list[Score]] = [[] for _ in settings]
    left = []
    drawn = twins(model.circuit, null, seed=inputs.seed, count=inputs.count)
    for index, twin in enumerate(watch("twins", inputs.count, drawn), 1):
        name, weights = f"twin {index}", ""
        circuit, options = twin.circuit, model.options
        if inputs.weights:
            own = inputs.twin(index, circuit)
            name, weights, circuit = own.model.path, own.weights, own.model.circuit
            options = own.model.options
        network = Leaky(circuit, options, name)
        for place, one in enumerate(settings):
            others[place].append(scored(network, one, weights, scorer, pulse, 0)[2])
        left.append(twin.counted)
    return Result(
        tuple(
            Measured(setting, peaks, silent, score, tuple(other))
            for setting, (peaks, silent, score), other in zip(
                settings, found, others, strict=True
            )
        ),
        rulers(scorer, contacts(model.circuit)),
        tuple(left),
        placed(model.circuit, inputs.positions),
        whole.negative,
    )


def scored(
    model: Leaky,
    setting: Setting,
    weights: str,
    scorer: Scorer,
    pulse: Pulse,
    resamples: int,
) -> tuple[Peaks, float, Score]:
    """The responses of a model with a setting, the share of them at 0, their score."""
    setting.apply(model, weights)
    pairs = scorer.pairs
    peaks = model.peaks(pairs.stimulated, pulse)
    silent = float((peaks.response[pairs.responder, pairs.stimulated] == 0).mean())
    return peaks, silent, scorer.score(peaks.response, resamples=resamples)


def contacts(circuit: Circuit) -> Float64:
    """(N, N) weight of synapses and junctions by receiving and sending neuron."""
    size, edges, ends = len(circuit.cells), circuit.chemical, circuit.junctions
    found = np.zeros((size, size))
    found[edges.post, edges.pre] = edges.weight
    found[ends.left, ends.right] += ends.weight
    found[ends.right, ends.left] += ends.weight
    return found
