"""The protocol of a score: what is sent, what is compared, written down before the run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from ...nulls.pairs import DISTANCE

SCHEMA = 1
ANATOMY = (
    "nothing is fitted: gains 0.8 x a synapse's share of its neuron's input, negative where "
    "the tables say so or, at a guess, of GABA; conductances by junction weight; biases 0; "
    "time constants as compiled"
)
OF_LEVELS = (
    "nothing is fitted: gains 0.8 x the share that a synapse or junction has of all weight at "
    "the neuron that reads it, whether all of that is computed or not, of a junction with one "
    "gain for both ends the mean of both shares; negative where the tables say so or, at a "
    "guess, of GABA; biases 0"
)
FITTED = "the model's own, from a checkpoint; the twins have theirs, from their own"
PRIMARY = (
    "the area under the ROC curve that the rank of |response| adds to a logistic regression "
    "on distance, its square, compartment, number of stimulations, its square, and the "
    "responder's rate in other folds; folds and bootstrap by cell class of the stimulated; "
    "p = (1 + twins at least as high) / (1 + twins), of several models with Holm's "
    "correction over their first settings"
)
RESPONSE = (
    "a pulse as current into each stimulated neuron from the model's rest; the largest "
    "|state less the state without the pulse| of the steps; where a step is a pass through "
    "levels, the pulse lasts one, and where there is no state, one is all"
)


def json_file(found: Mapping[str, Any]) -> bytes:
    """A JSON file, indented; no NaN, nothing infinite."""
    return (json.dumps(found, indent=2, allow_nan=False) + "\n").encode()


@dataclass(frozen=True, slots=True)
class Pulse:
    """What is sent into each stimulated neuron.

    Attributes:
        size: of the current; on: steps that it lasts; steps: that are looked at.
    """

    size: float = 10.0
    on: int = 5
    steps: int = 100


@dataclass(frozen=True, slots=True)
class ScoreProtocol:
    """All that decides a score.

    Attributes:
        models: of each label, digests, semantics and parameters: ANATOMY, OF_LEVELS or FITTED.
        atlas, positions: label and digest.
        weights: digests of checkpoints by name, of a fitted model.
        conductances: of one unit of a junction's weight; the first is the primary one.
        count, seed: of the twins of the null `degree-distance`.
        statistics: of the scorer: folds, draws, resamples, strata.
    """

    models: tuple[Mapping[str, str], ...]
    atlas: Mapping[str, str]
    positions: Mapping[str, str]
    weights: Mapping[str, str]
    conductances: tuple[float, ...]
    pulse: Pulse
    count: int
    seed: int
    statistics: Mapping[str, float]

    @property
    def data(self) -> bytes:
        """The protocol as a JSON file."""
        told = {"primary": PRIMARY, "response": RESPONSE, "null": DISTANCE}
        return json_file({"schema": SCHEMA, **told, **asdict(self)})

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes, hex."""
        return hashlib.sha256(self.data).hexdigest()
