"""The statistics of a comparison: numbers in, numbers out.

The worm is one graph among n random ones. If it were drawn from the same distribution, all
n + 1 ranks would be equally likely; the rank test assumes nothing else. So with n graphs p
is never below 1 / (n + 1).
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import stats

LEVEL = 0.95  # of all intervals
POWER = 0.8  # of the power statement
SAME = 1e-9  # relative difference below which two numbers are equal


@dataclass(frozen=True, slots=True)
class Ranked:
    """The rank of the worm among n random graphs.

    Attributes:
        rank: 1 if no random graph is better; ties count as half, as in a mean rank.
        better, worse, both: p of the one-sided tests and of the two-sided one.
    """

    n: int
    rank: float
    better: float
    worse: float
    both: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95 % interval and the standard deviation of the values; NaN: unknown."""

    n: int
    mean: float
    low: float
    high: float
    deviation: float


@dataclass(frozen=True, slots=True)
class Equivalence:
    """Two one-sided tests for a difference within the margin.

    Attributes:
        difference: mean of the first less mean of the second.
        low, high: its 90 % interval; it lies within the margin if and only if p < 0.05.
        p: the larger p of the two tests; NaN where the deviation is unknown.
    """

    difference: float
    low: float
    high: float
    p: float


def rank_test(worm: float, graphs: Sequence[float], *, higher: bool = True) -> Ranked:
    """The rank test of the worm among random graphs, as a permutation test.

    Args:
        graphs: (n,) the mean score of each graph.
        higher: whether more is better.

    Returns:
        p = (1 + #{graphs as good or better}) / (1 + n), the same for worse, and for both
        sides twice the smaller, at most 1.

    Source: Davison and Hinkley, Bootstrap Methods and their Application, 1997, 4.2.
    """
    sign = 1.0 if higher else -1.0
    other, own = sign * np.asarray(graphs, np.float64), sign * worm
    n, above = len(other), int((other > own).sum())
    ties = int((other == own).sum())
    better = (1 + above + ties) / (1 + n)
    worse = (1 + n - above) / (1 + n)
    both = min(1.0, 2 * min(better, worse))
    return Ranked(n, 1 + above + ties / 2, better, worse, both)


def least_p(n: int, side: str) -> float:
    """The smallest p of a rank test with n graphs."""
    return min(1.0, (2 if side == "both" else 1) / (1 + n))


def graphs_needed(alpha: float, side: str, tests: int) -> int:
    """Number of graphs a generator so that the best of `tests` can pass Holm's correction."""
    sides = 2 if side == "both" else 1
    wanted = math.ceil(sides * tests / alpha - SAME) - 1
    return max(1, wanted)


def detectable(n: int, alpha: float, side: str, tests: int) -> float:
    """The effect size that passes the first step of Holm with a power of 0.8.

    Returns:
        In standard deviations of normal graph means; inf if no effect can pass.
    """
    sides = 2 if side == "both" else 1
    above = math.floor(alpha / (sides * tests) * (n + 1) + SAME) - 1
    if above < 0:
        return math.inf
    share = stats.beta.ppf(1 - POWER, above + 1, n - above)
    return float(stats.norm.isf(share))


def holm(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p values, in the order of `p`; reject where at most alpha.

    NaN marks an impossible test: it counts in the size of the family and stays NaN.

    Source: Holm, Scandinavian Journal of Statistics 6, 1979, 65-70.
    """
    adjusted, least = [math.nan] * len(p), 0.0
    known = sorted(
        (i for i in range(len(p)) if not math.isnan(p[i])), key=p.__getitem__
    )
    for passed, i in enumerate(known):
        least = max(least, min(1.0, (len(p) - passed) * p[i]))
        adjusted[i] = least
    return adjusted


def interval(values: Sequence[float]) -> Interval:
    """The mean with its 95 % interval by Student's t; one value has no interval."""
    found = np.asarray(values, np.float64)
    n = len(found)
    if not n:
        return Interval(0, math.nan, math.nan, math.nan, math.nan)
    mean = float(found.mean())
    if n == 1:
        return Interval(1, mean, math.nan, math.nan, math.nan)
    deviation = float(found.std(ddof=1))
    if not deviation:
        return Interval(n, mean, mean, mean, 0.0)
    low, high = stats.t.interval(LEVEL, n - 1, mean, stats.sem(found))
    return Interval(n, mean, float(low), float(high), deviation)


def interval_of_difference(first: Sequence[float], second: Sequence[float]) -> Interval:
    """The difference of two means with its 95 % interval by Welch; NaN bounds: unknown.

    `n` is the number of values of both, `deviation` that of the difference.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    n = len(a) + len(b)
    difference = float(a.mean() - b.mean()) if len(a) and len(b) else math.nan
    if min(len(a), len(b)) < 2:
        return Interval(n, difference, math.nan, math.nan, math.nan)
    deviation = math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    if not deviation:
        return Interval(n, difference, difference, difference, 0.0)
    with warnings.catch_warnings():  # scipy warns if one sample has no deviation
        warnings.simplefilter("ignore", RuntimeWarning)
        found = stats.ttest_ind(a, b, equal_var=False).confidence_interval(LEVEL)
    return Interval(n, difference, float(found.low), float(found.high), deviation)


def equivalent(
    first: Sequence[float], second: Sequence[float], margin: float
) -> Equivalence:
    """Two one-sided Welch tests that two means differ by less than the margin.

    Each sample needs two values or more, and at least one a deviation.

    Source: Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15, 1987, 657-680.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    difference = float(a.mean() - b.mean()) if len(a) and len(b) else math.nan
    if min(len(a), len(b)) < 2:
        return Equivalence(difference, math.nan, math.nan, math.nan)
    if not (a.std() or b.std()):
        return Equivalence(difference, difference, difference, math.nan)
    welch = partial(
        stats.ttest_ind_from_stats,
        mean1=difference,
        std1=a.std(ddof=1),
        nobs1=len(a),
        std2=b.std(ddof=1),
        nobs2=len(b),
        equal_var=False,
    )
    above = welch(mean2=-margin, alternative="greater").pvalue
    below = welch(mean2=margin, alternative="less").pvalue
    with warnings.catch_warnings():  # scipy warns if one sample has no deviation
        warnings.simplefilter("ignore", RuntimeWarning)
        low, high = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.90)
    return Equivalence(difference, float(low), float(high), float(max(above, below)))


def standing(worm: float, graphs: Sequence[float]) -> float:
    """The z score of the worm among random graphs; NaN if these do not differ."""
    found = np.asarray(graphs, np.float64)
    if len(found) < 2 or not found.std():
        return math.nan
    return float((worm - found.mean()) / found.std(ddof=1))
