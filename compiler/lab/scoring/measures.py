"""Areas under the ROC curve: of all pairs, within strata, and of resampled pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import rankdata

from ...arrays import Bool, Float64, Int64


class Curve:
    """The ROC curve of scores, sorted once: the area for any weights of the pairs.

    Args:
        truth: (K,) whether a pair responds.
        score: (K,) the larger, the likelier; equal scores count a half.
    """

    def __init__(self, truth: Bool, score: Float64) -> None:
        self.order = np.argsort(score)  # equal ones in any order: they count as one
        ordered = score[self.order]
        new = np.r_[True, ordered[1:] != ordered[:-1]]
        self.start = np.flatnonzero(new)
        self.truth = truth[self.order]

    def area(self, weight: Float64 | None = None) -> float:
        """The area; NaN where all pairs respond, or none.

        Args:
            weight: (K,) how often each pair counts; None: once.
        """
        held = np.ones(len(self.truth)) if weight is None else weight[self.order]
        ones = np.add.reduceat(held * self.truth, self.start)
        zeros = np.add.reduceat(held * ~self.truth, self.start)
        both = ones.sum() * zeros.sum()
        if not both:
            return float("nan")
        below = np.cumsum(zeros) - zeros
        return float((ones * (below + zeros / 2)).sum() / both)


def area(truth: Bool, score: Float64) -> float:
    """The area under the ROC curve; see Curve."""
    return Curve(truth, score).area()


def area_within(truth: Bool, score: Float64, stratum: Int64) -> float:
    """The area over pairs of pairs of one stratum, each as much as any other; NaN: none.

    Args:
        stratum: (K,) numbers of strata.
    """
    order = np.lexsort((score, stratum))
    ordered, part, told = score[order], stratum[order], truth[order].astype(np.int64)
    new = np.r_[True, part[1:] != part[:-1]]
    start = np.flatnonzero(new)
    tied = np.flatnonzero(new | np.r_[True, ordered[1:] != ordered[:-1]])
    ones, zeros = np.add.reduceat(told, tied), np.add.reduceat(1 - told, tied)
    below = np.cumsum(zeros) - zeros  # in all strata so far
    first = np.searchsorted(tied, start)
    counts = np.diff(np.append(first, len(tied)))
    below -= np.repeat(below[first], counts)
    won = np.add.reduceat(ones * (below + zeros / 2), first)
    both = np.add.reduceat(ones, first) * np.add.reduceat(zeros, first)
    return float(won.sum() / both.sum()) if both.any() else float("nan")


def strata(*keys: Int64) -> Int64:
    """(K,) a number for each combination of keys."""
    found = np.unique(np.stack(keys, 1), axis=0, return_inverse=True)[1]
    return np.asarray(found, np.int64).ravel()


def quantiles(values: Float64, count: int) -> Int64:
    """(K,) the number from 0 of the interval of values, of `count` with as many each."""
    edges = np.quantile(values, np.arange(1, count) / count)
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def ranks(values: Float64) -> Float64:
    """(K,) ranks from just above -0.5 to 0.5; equal values have their mean rank."""
    found: Float64 = rankdata(values) / len(values) - 0.5
    return found


def resampled(group: Int64, draws: Sequence[Int64]) -> list[Float64]:
    """(K,) how often each pair counts in every draw of whole groups.

    Args:
        group: (K,) numbers from 0; draws: of each, (G,) drawn numbers.
    """
    return [
        np.bincount(drawn, minlength=int(group.max()) + 1)[group].astype(np.float64)
        for drawn in draws
    ]
