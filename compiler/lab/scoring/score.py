"""The score of a model against the atlas: the area gained over what needs no wiring.

The base is a logistic regression on distance, its square, the compartment, the number of
stimulations, its square, and the responder's rate. The primary figure is the area that the
rank of the response adds. Folds and intervals go by the cell class of the stimulated
neuron: left and right mirror each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Bool, Float64, Int64
from ...nulls.random import RandomIntegers
from .measures import (
    Curve,
    area,
    area_within,
    quantiles,
    ranks,
    resampled,
    strata,
)
from .regression import Across, Labels

FOLDS, FOLD_DRAWS, RESAMPLES = 5, 10, 500
NEAR, OFTEN = 20, 5  # strata of distance, of the number of stimulations
LEVEL = 0.95  # of intervals
FEW = 10  # twins: below that no z is told


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The measured pairs of neurons, K in all.

    Attributes:
        responder, stimulated: (K,) rows of neurons.
        truth: (K,) whether the pair responds.
        distance: (K,) of the two.
        same: (K,) whether both lie in one compartment.
        stimulations: (K,) how often the pair was measured.
        group: (K,) number from 0 of the cell class of the stimulated neuron.
    """

    responder: Int64
    stimulated: Int64
    truth: Bool
    distance: Float64
    same: Bool
    stimulations: Float64
    group: Int64

    @property
    def labels(self) -> Labels:
        """What responds to what."""
        return Labels(self.truth, self.responder)

    @property
    def ruler(self) -> Float64:
        """(K, 3) distance, its square, compartment."""
        far = ranks(self.distance)
        return np.stack([far, far**2, self.same], 1)

    @property
    def base(self) -> Float64:
        """(K, 5) the ruler, the number of stimulations, its square."""
        often = ranks(self.stimulations)
        return np.column_stack([self.ruler, often, often**2])

    @property
    def by_distance(self) -> Int64:
        """(K,) strata of distance within and across compartments."""
        return strata(quantiles(self.distance, NEAR), self.same.astype(np.int64))

    @property
    def by_all(self) -> Int64:
        """(K,) the same by the number of stimulations."""
        return strata(self.by_distance, quantiles(self.stimulations, OFTEN))


@dataclass(frozen=True, slots=True)
class Score:
    """The areas under the ROC curve of a response.

    Attributes:
        area, within_distance, within_all, within_stimulus: of the response alone: of all
            pairs, in strata of distance, of distance and number of stimulations, and of
            the stimulated neuron.
        base: of the regression without the response, the mean of the draws of folds.
        gain: what the response adds to it, the mean; gains: of each draw.
        low, high: 95 % interval of the gain of the first draw, resampling cell classes.
    """

    area: float
    within_distance: float
    within_all: float
    within_stimulus: float
    base: float
    gain: float
    gains: tuple[float, ...]
    low: float
    high: float


class Scorer:
    """Scores of responses to one set of pairs: folds and base are drawn once for all.

    Args:
        seed: of the folds and the resampling.
        draws: how many times folds are drawn.
    """

    def __init__(self, pairs: Pairs, *, seed: int = 0, draws: int = FOLD_DRAWS) -> None:
        self.pairs, self.seed = pairs, seed
        self.folds = [folds(pairs.group, seed, draw) for draw in range(draws)]
        self.by_distance, self.by_all = pairs.by_distance, pairs.by_all
        labels, base = pairs.labels, pairs.base
        self.across = [Across(labels, fold, base) for fold in self.folds]
        self.bases = [across.scores() for across in self.across]
        self.areas = [area(pairs.truth, score) for score in self.bases]

    def score(self, response: Float64, *, resamples: int = RESAMPLES) -> Score:
        """The score of a response.

        Args:
            response: (N, N) of the model, by responding and stimulated neuron; its sign
                does not count.
            resamples: of the interval; 0: none, NaN.

        Raises:
            ValueError: a response is NaN or infinite.
        """
        pairs = self.pairs
        size = np.abs(response[pairs.responder, pairs.stimulated])
        if not np.isfinite(size).all():
            many = int((~np.isfinite(size)).sum())
            raise ValueError(
                f"{many:,} of {len(size):,} responses are no finite number"
            )
        rank = ranks(size)
        full = [across.scores(rank) for across in self.across]
        gains = tuple(
            area(pairs.truth, score) - base
            for score, base in zip(full, self.areas, strict=True)
        )
        low, high = self.interval(full[0], self.bases[0], resamples)
        return Score(
            area(pairs.truth, size),
            area_within(pairs.truth, size, self.by_distance),
            area_within(pairs.truth, size, self.by_all),
            area_within(pairs.truth, size, pairs.stimulated),
            float(np.mean(self.areas)),
            float(np.mean(gains)),
            gains,
            low,
            high,
        )

    def interval(
        self, one: Float64, other: Float64, resamples: int
    ) -> tuple[float, float]:
        """The interval of the area of one score less that of another, by cell class."""
        if not resamples:
            return float("nan"), float("nan")
        random, group = RandomIntegers(self.seed, *b"resample"), self.pairs.group
        count = int(group.max()) + 1
        drawn = [random.each(np.full(count, count)) for _ in range(resamples)]
        first, second = Curve(self.pairs.truth, one), Curve(self.pairs.truth, other)
        found = [
            first.area(weight) - second.area(weight)
            for weight in resampled(group, drawn)
        ]
        tail = (1 - LEVEL) / 2
        low, high = np.nanquantile(found, [tail, 1 - tail]).tolist()
        return low, high


def folds(group: Int64, seed: int, draw: int) -> Int64:
    """(K,) the fold of each pair: whole groups are drawn."""
    random = RandomIntegers(seed, draw, *b"folds")
    drawn = random.each(np.full(int(group.max()) + 1, FOLDS))
    return drawn[group]


def rulers(
    scorer: Scorer, contacts: Float64 | None = None
) -> dict[str, dict[str, float]]:
    """What needs no model: each with its area, and its area within strata of distance.

    Args:
        contacts: (N, N) synapses and junctions by responding and stimulated neuron.
    """
    pairs, fold = scorer.pairs, scorer.folds[0]
    labels = pairs.labels

    def alone(features: Float64) -> Float64:
        return Across(labels, fold, features, rate=False).scores()

    found = {
        "distance": -pairs.distance,
        "stimulations": pairs.stimulations,
        "rate": labels.outside(fold),
        "distance and compartment": alone(pairs.ruler),
        "and stimulations": alone(pairs.base),
        "and rate": scorer.bases[0],
    }
    if contacts is not None:
        found["contacts"] = contacts[pairs.responder, pairs.stimulated]
    return {
        name: {
            "area": area(pairs.truth, score),
            "within_distance": area_within(pairs.truth, score, scorer.by_distance),
        }
        for name, score in found.items()
    }


@dataclass(frozen=True, slots=True)
class AmongTwins:
    """A score among those of twins.

    Attributes:
        mean, largest: of the twins.
        z: the score less their mean, in their standard deviations; NaN of fewer twins than
            FEW, whose deviation is a guess.
        p: (1 + twins at least as high) / (1 + twins).
    """

    mean: float
    largest: float
    z: float
    p: float


def among(score: float, twins: Sequence[float]) -> AmongTwins:
    """Where a score stands among those of twins, one or more."""
    values = np.array(twins)
    deviation = float(values.std(ddof=1)) if len(values) >= FEW else float("nan")
    far = score - float(values.mean())
    return AmongTwins(
        float(values.mean()),
        float(values.max()),
        far / deviation if deviation else float("nan"),
        (1 + int((values >= score).sum())) / (1 + len(values)),
    )
