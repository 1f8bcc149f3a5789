"""The protocol of a replay: what is held, what is predicted, written down before the run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ...nulls.pairs import DISTANCE
from .pulse import ANATOMY, json_file

SCHEMA = 1
CLASS, NEURON = "class", "neuron"  # what is in one half as a whole
REPLAYED = (
    "mean Pearson correlation of the predicted states with the traces of the neurons that "
    "are not held, mean of the halves; p = (1 + twins at least as high) / (1 + twins)"
)
HELD = (
    "half of the recorded neurons are held: the state of each is its trace, standardised, "
    "a sample a step; the states of the other recorded neurons are the predictions; all "
    "other neurons are free, no neuron has an input"
)
OVER_MEAN = (
    "the same with the mean of the held traces taken out of traces and predictions"
)
LEAKS = (
    "halves by neuron leak: where the partner of a neuron on the other side of the body is "
    "held, it tells most of the trace that is predicted; no figure to compare models by"
)
UNFITTED = "nothing is fitted: "
LEARNT = (
    f"at the start {ANATOMY.removeprefix(UNFITTED)}; then masked replay: at each step of "
    "Adam a new half is held, and the mean correlation of the others in random windows "
    "grows; strengths and time constants are scaled, biases moved; twins are fitted alike"
)


@dataclass(frozen=True, slots=True)
class Fit:
    """Training by masked replay: a new half is held at every step.

    Attributes:
        samples: the first ones of the recording, which are trained on.
        steps: of Adam; rate: of it; batch: windows of a step; window: their samples;
            skip: the first samples of a window, which do not count.
    """

    samples: int
    steps: int = 120
    rate: float = 0.02
    batch: int = 4
    window: int = 100
    skip: int = 20


@dataclass(frozen=True, slots=True)
class ReplayProtocol:
    """All that decides the figures of a replay.

    Attributes:
        model, positions: label and digest of each file.
        traces: the same, with dataset and table of names.
        parameters: where they are from; fit: of a training, or nothing.
        conductances: of one unit of a junction's weight; the first is the primary one.
        by: what is in one half as a whole, CLASS or NEURON; halves: number of them.
        first: the first sample that is scored, from 0; begin: where a run begins.
        width: of the distance kernel, in the unit of the positions.
        count, seed: of the twins of the null `degree-distance`.
        statistics: of the scorer: resamples, interval.
    """

    model: Mapping[str, str]
    traces: Mapping[str, object]
    positions: Mapping[str, str]
    parameters: str
    fit: Fit | None
    conductances: tuple[float, ...]
    by: str
    halves: int
    first: int
    begin: int
    width: float
    count: int
    seed: int
    statistics: Mapping[str, float]

    @property
    def data(self) -> bytes:
        """The protocol as a JSON file."""
        told = {"primary": REPLAYED, "over_mean": OVER_MEAN, "held": HELD}
        leak = {"leaks": LEAKS} if self.by == NEURON else {}
        null = {"null": DISTANCE}
        return json_file({"schema": SCHEMA, **told, **leak, **null, **asdict(self)})

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, hex."""
        return hashlib.sha256(self.data).hexdigest()
