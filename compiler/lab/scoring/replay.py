"""Replay: half of the recorded neurons are held, and what is predicted of the others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ...arrays import Bool, Float64, Int64
from ...nulls.random import RandomIntegers
from ..protocol.replaying import CLASS, Fit
from .recording import Recording, standardised

RESAMPLES = 1000  # of cell classes, for the interval
LEVEL = 0.95
NOISE = 1e-9  # of a prediction's size: a smaller part of it is rounding


@dataclass(frozen=True, slots=True)
class ReplayScore:
    """How well traces are predicted.

    Attributes:
        r: mean Pearson correlation with the predicted traces, mean of the halves.
        over_mean: the same, the mean of the held traces taken out of both.
        halves: r of each half.
        neurons: (R,) mean correlation of each neuron over the halves that predict it;
            NaN: none does.
        low, high: 95 % interval of r, resampling cell classes.
        silent: share of predictions that are constant; their correlation counts as 0.
    """

    r: float
    over_mean: float
    halves: tuple[float, ...]
    neurons: tuple[float, ...]
    low: float
    high: float
    silent: float


def half(recording: Recording, by: str, *seed: int) -> Bool:
    """(R,) which neurons are held: each class, or each neuron, by the toss of a coin.

    Tosses in which one side gets all are repeated.
    """
    random = RandomIntegers(*seed)
    while True:
        if by == CLASS:
            held = ~random.coins(recording.classes)[recording.cell]
        else:
            held = ~random.coins(len(recording.names))
        if held.any() and not held.all():
            return held


def lessons(
    recording: Recording, by: str, fit: Fit, seed: int
) -> Iterator[tuple[Bool, Int64]]:
    """Of each step of a training: (R,) which neurons are held, (B,) where windows start."""
    for step in range(fit.steps):
        held = half(recording, by, step, seed, *b"fit")
        random = RandomIntegers(step, seed, *b"windows")
        yield held, random.each(np.full(fit.batch, fit.samples - fit.window + 1))


class ReplayScorer:
    """Scores of predictions of one recording: halves are drawn once for all.

    Args:
        by: what is in one half as a whole, CLASS or NEURON; halves: number of them.
        first: the first sample that counts.
        fit: number of samples that the traces are standardised by; 0: all.
    """

    def __init__(
        self,
        recording: Recording,
        *,
        by: str,
        halves: int,
        seed: int,
        first: int,
        fit: int,
    ) -> None:
        self.recording, self.seed, self.first = recording, seed, first
        self.traces = standardised(recording.values, fit)
        self.held = [half(recording, by, draw, seed) for draw in range(halves)]

    def score(self, predicted: Sequence[Float64], *, resamples: int = 0) -> ReplayScore:
        """The score of predictions.

        Args:
            predicted: of each half, (T - first, F) of the F neurons that are not held.
            resamples: of the interval; 0: none, NaN.
        """
        size = len(self.recording.names)
        alone, over = (np.full((len(self.held), size), np.nan) for _ in range(2))
        silent = total = 0
        for k, (held, found) in enumerate(zip(self.held, predicted, strict=True)):
            true = self.traces[self.first :, ~held]
            mean = self.traces[self.first :, held].mean(1)
            found = centred(found)
            alone[k, ~held] = pearson(found, centred(true))
            rest = without(found, mean), without(centred(true), mean)
            over[k, ~held] = pearson(*rest)
            silent += int((np.abs(found).max(0) == 0).sum())
            total += found.shape[1]
        return ReplayScore(
            float(means(alone, 1).mean()),
            float(means(over, 1).mean()),
            tuple(means(alone, 1).tolist()),
            tuple(means(alone, 0).tolist()),
            *self.interval(alone, resamples),
            silent / total,
        )

    def interval(self, found: Float64, resamples: int) -> tuple[float, float]:
        """The interval of the mean of correlations, (halves, R), by cell class."""
        if not resamples:
            return float("nan"), float("nan")
        names, group = np.unique(self.recording.cell, return_inverse=True)
        random = RandomIntegers(self.seed, *b"resample")
        filled, there = np.nan_to_num(found), np.isfinite(found)
        drawn_means = []
        for _ in range(resamples):
            drawn = random.each(np.full(len(names), len(names)))
            weight = np.bincount(drawn, minlength=len(names))[group.ravel()]
            many = there @ weight
            if many.all():  # a draw may lack all that a half predicts
                drawn_means.append(float((filled @ weight / many).mean()))
        if not drawn_means:
            return float("nan"), float("nan")
        tail = (1 - LEVEL) / 2
        low, high = np.quantile(drawn_means, [tail, 1 - tail]).tolist()
        return low, high

    def rulers(self, width: float) -> dict[str, ReplayScore]:
        """What needs no wiring.

        Args:
            width: of the distance kernel, in the unit of the positions.
        """
        found: dict[str, list[Float64]] = {}
        for held in self.held:
            seen = self.traces[self.first :, held]
            for name, weight in weights(self.recording, held, width).items():
                found.setdefault(name, []).append(seen @ weight.T)
        return {name: self.score(predicted) for name, predicted in found.items()}


def weights(recording: Recording, held: Bool, width: float) -> dict[str, Float64]:
    """Of each ruler, (F, H) the weights of the held traces in a prediction.

    A neuron without a position, or without a held one that has one, gets the mean.
    """
    far = recording.distance[np.ix_(~held, held)]
    far = np.where(np.isnan(far), np.inf, far)
    mean = np.full(far.shape, 1 / far.shape[1])
    near, kernel, mirrored = mean.copy(), mean.copy(), mean.copy()
    place = np.cumsum(held) - 1  # of a neuron among the held
    for k, (row, other) in enumerate(zip(far, recording.partner[~held], strict=True)):
        if np.isfinite(row).any():
            near[k] = np.arange(len(row)) == row.argmin()
            share = np.exp((row.min() - row) / width)
            kernel[k] = share / share.sum()
        if other >= 0 and held[other]:
            mirrored[k] = np.arange(len(row)) == place[other]
    return {
        "nearest": near,
        "distance kernel": kernel,
        "mirror partner, else mean": mirrored,
        "mean": mean,
    }


def means(found: Float64, axis: int) -> Float64:
    """Means of an axis without what is NaN; NaN where all is."""
    many = np.isfinite(found).sum(axis)
    total = np.nan_to_num(found).sum(axis)
    return np.where(many, total / np.maximum(many, 1), np.nan)


def centred(traces: Float64) -> Float64:
    """Traces less their means; exactly 0 where nothing but rounding is left."""
    found = traces - traces.mean(0)
    return quiet(found, np.abs(traces).max(0))


def without(traces: Float64, mean: Float64) -> Float64:
    """Centred traces less their projection on another one."""
    other = mean - mean.mean()
    size = float(other @ other)
    if not size:
        return traces
    found: Float64 = traces - np.outer(other, other @ traces / size)
    return quiet(found, np.abs(traces).max(0))


def quiet(traces: Float64, size: Float64) -> Float64:
    """Traces, 0 where all of one is smaller than NOISE of a size."""
    found: Float64 = np.where(np.abs(traces).max(0) > NOISE * size, traces, 0.0)
    return found


def pearson(one: Float64, other: Float64) -> Float64:
    """(F,) correlations of centred traces; 0 where one is constant."""
    one, other = (unit(traces) for traces in (one, other))
    found: Float64 = (one * other).sum(0)
    return found


def unit(traces: Float64) -> Float64:
    """Centred traces of length 1; those of length 0 as they are."""
    largest = np.abs(traces).max(0)
    scaled = traces / np.where(largest, largest, 1)  # squares of small ones underflow
    length = np.sqrt((scaled**2).sum(0))
    found: Float64 = scaled / np.where(length, length, 1)
    return found
