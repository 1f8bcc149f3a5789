"""Logistic regression across folds, with a rate that never saw the labels it is used on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Bool, Float64, Int64

RIDGE = 1.0  # on every coefficient
STEPS, CLOSE = 25, 1e-5  # most Newton steps; the last one's size, whose square is left
A_LITTLE = 0.05  # responses of a responder that was never seen, in one pair


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """What responds to what.

    Attributes:
        truth: (K,) whether a pair responds.
        responder: (K,) number of the responding neuron.
    """

    truth: Bool
    responder: Int64

    def rate(self, known: Bool, asked: Bool) -> Float64:
        """How often the responders of some pairs respond in others, never 0."""
        size = int(self.responder.max()) + 1
        ones = np.bincount(self.responder[known], self.truth[known], size)
        seen = np.bincount(self.responder[known], minlength=size)
        found: Float64 = ((ones + A_LITTLE) / (seen + 1))[self.responder[asked]]
        return found

    def outside(self, fold: Int64) -> Float64:
        """(K,) the rate of each responder in the folds that its pair is not in."""
        found = np.zeros(len(fold))
        for one in np.unique(fold).tolist():
            found[fold == one] = self.rate(fold != one, fold == one)
        return found


class Across:
    """A regression for each fold on the other folds, to which one feature can be added.

    The responder's rate is a feature: in a test fold by all others; in training, for each
    fold, by the further training folds, so that no label of the test fold gets in.

    Args:
        fold: (K,) number of the fold of each pair.
        features: (K, F) of the pairs.
        rate: whether the rate is a feature, too.
    """

    def __init__(
        self, labels: Labels, fold: Int64, features: Float64, *, rate: bool = True
    ) -> None:
        self.truth = labels.truth
        self.parts: list[Part] = []
        for one in np.unique(fold).tolist():
            test = fold == one
            columns = [np.ones(len(fold)), *features.T]
            if rate:
                nested = np.zeros(len(fold))
                nested[~test] = labels_of(labels, ~test).outside(fold[~test])
                nested[test] = labels.rate(~test, test)
                columns.append(np.log(nested) / 2)
            self.parts.append(Part(test, np.stack(columns), labels.truth))

    def scores(self, more: Float64 | None = None) -> Float64:
        """(K,) the score of each pair by the regression that has not seen its fold.

        Args:
            more: (K,) the feature that is added.
        """
        found = np.zeros(len(self.truth))
        for part in self.parts:
            found[part.test] = part.scores(more)
        return found


class Part:
    """The regression of one fold, on the other folds.

    Args:
        test: (K,) whether a pair is in the fold; columns: (F, K) features.
    """

    def __init__(self, test: Bool, columns: Float64, truth: Bool) -> None:
        self.test, self.train = np.flatnonzero(test), np.flatnonzero(~test)
        self.truth = truth[self.train]
        room = np.vstack([columns, np.zeros(len(test))])  # for one feature more
        self.known, self.held = room[:, self.train], room[:, self.test]
        self.weight = fitted(self.known[:-1], self.truth)

    def scores(self, more: Float64 | None) -> Float64:
        """The scores of the fold; arguments as of `Across.scores`."""
        if more is None:
            found: Float64 = self.weight @ self.held[:-1]
        else:
            self.known[-1], self.held[-1] = more[self.train], more[self.test]
            start = np.append(self.weight, 0.0)  # the optimum is one: only quicker
            found = fitted(self.known, self.truth, start) @ self.held
        return found


def labels_of(labels: Labels, kept: Bool) -> Labels:
    """The labels of some pairs."""
    return Labels(labels.truth[kept], labels.responder[kept])


def fitted(columns: Float64, truth: Bool, start: Float64 | None = None) -> Float64:
    """(F,) the coefficients of a logistic regression, by Newton's method.

    Args:
        columns: (F, K) features of the pairs.
        start: (F,) where it begins; None: zeros.
    """
    found = np.zeros(len(columns)) if start is None else start.copy()
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-(found @ columns)))
        curvature = (columns * (chance * (1 - chance))) @ columns.T
        curvature += RIDGE * np.eye(len(found))
        slope = columns @ (chance - truth) + RIDGE * found
        step = np.linalg.solve(curvature, slope)
        found -= step
        if np.abs(step).max() < CLOSE:
            break
    return found
