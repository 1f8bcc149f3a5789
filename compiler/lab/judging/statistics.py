"""The statistics of a comparison: numbers in, numbers out.

The worm is one graph among n random ones. If it were drawn as they were, each of the n + 1
places in their order would be as likely: the rank test rests on nothing else. So n graphs
can give no smaller p than 1 / (n + 1), whatever the worm does.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]

LEVEL = 0.95  # of all intervals
POWER = 0.8  # of the power statement
SAME = 1e-9  # relative: columns that differ by less are taken as the same


@dataclass(frozen=True, slots=True)
class Ranked:
    """The worm among n random graphs.

    Attributes:
        rank: 1 if no random graph is better; ties count as half, as in a mean rank.
        better, worse, both: p of the worm being better, worse, other than the graphs.
    """

    n: int
    rank: float
    better: float
    worse: float
    both: float


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean, its 95 % interval and the deviation of what was averaged; NaN: unknown."""

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
        low, high: its 90 % interval: it lies within the margin where p < 0.05.
        p: the larger of the two tests' p; NaN where a sample has no deviation to tell.
    """

    difference: float
    low: float
    high: float
    p: float


@dataclass(frozen=True, slots=True)
class Adjusted:
    """What is left of a metric when covariates are regressed out.

    Attributes:
        residuals: (n,) of ordinary least squares, in the metric's unit.
        used: the covariates that were.
        dropped: the others, each with the reason.
        explained: share of the variance that the used ones explain, R squared.
        leverage: (n,) how far each point pulled the fit to itself; 1 is entirely.
    """

    residuals: Floats
    used: tuple[str, ...]
    dropped: Mapping[str, str]
    explained: float
    leverage: Floats


def rank_test(worm: float, graphs: Sequence[float], *, higher: bool = True) -> Ranked:
    """Where the worm stands among random graphs, and how often chance puts it there.

    Args:
        graphs: (n,) a mean for each graph.
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
    """The least p that a rank test with n graphs can give."""
    return min(1.0, (2 if side == "both" else 1) / (1 + n))


def graphs_needed(alpha: float, side: str, tests: int) -> int:
    """The graphs a generator with which the best of `tests` can pass Holm's correction."""
    sides = 2 if side == "both" else 1
    wanted = math.ceil(sides * tests / alpha - SAME) - 1
    return max(1, wanted)


def detectable(n: int, alpha: float, side: str, tests: int) -> float:
    """How far off the worm must be to pass the first step of Holm in 8 runs of 10.

    Returns:
        Deviations of the graph means, if these are normal; inf where nothing passes.
    """
    sides = 2 if side == "both" else 1
    above = math.floor(alpha / (sides * tests) * (n + 1) + SAME) - 1
    if above < 0:
        return math.inf
    share = stats.beta.ppf(1 - POWER, above + 1, n - above)
    return float(stats.norm.isf(share))


def holm(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p, in the order given: reject where it is at most alpha.

    NaN, a test that could not be made, counts as a member of the family and stays NaN.

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


def equivalent(
    first: Sequence[float], second: Sequence[float], margin: float
) -> Equivalence:
    """Test whether two means differ by less than the margin.

    Welch's t against a difference of -margin and of +margin; each sample needs two values
    or more, and one of them a deviation.

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
    """The worm's z among random graphs; NaN where they do not differ."""
    found = np.asarray(graphs, np.float64)
    if len(found) < 2 or not found.std():
        return math.nan
    return float((worm - found.mean()) / found.std(ddof=1))


def regress_out(values: Sequence[float], covariates: Mapping[str, Floats]) -> Adjusted:
    """Ordinary least squares of a metric on covariates.

    The worm is fitted like every random graph: only so are all residuals alike when the
    worm is no other graph, and the rank test on them is what it was.

    Args:
        values: (n,) a mean for each graph.
        covariates: (n,) each, by name; the first of several collinear ones is used.
    """
    y = np.asarray(values, np.float64)
    kept, dropped = independent(covariates, len(y))
    base = np.column_stack([np.ones(len(y)), *kept.values()])
    q, _ = np.linalg.qr(base)
    residuals = y - q @ (q.T @ y)
    total = float(((y - y.mean()) ** 2).sum())
    explained = 1 - float((residuals**2).sum()) / total if total else 0.0
    leverage = (q**2).sum(axis=1)
    return Adjusted(residuals, tuple(kept), dropped, max(0.0, explained), leverage)


def independent(
    covariates: Mapping[str, Floats], n: int
) -> tuple[dict[str, Floats], dict[str, str]]:
    """Centred and scaled columns that span the covariates, and why the others do not.

    Two graphs more than columns are left, or nothing would remain to be ranked.
    """
    kept: dict[str, Floats] = {}
    dropped: dict[str, str] = {}
    for name, column in covariates.items():
        centred = np.asarray(column, np.float64) - np.mean(column)
        size = float(np.linalg.norm(centred))
        if size <= SAME * max(1.0, float(np.abs(column).max(initial=0)) * math.sqrt(n)):
            dropped[name] = "the same in all graphs"
            continue
        scaled = centred / size
        if kept:
            q, _ = np.linalg.qr(np.column_stack([*kept.values()]))
            if np.linalg.norm(scaled - q @ (q.T @ scaled)) < math.sqrt(SAME):
                dropped[name] = f"follows from {' and '.join(kept)}"
                continue
        if len(kept) + 3 >= n:
            dropped[name] = f"{n} graphs are too few for it"
            continue
        kept[name] = scaled
    return kept, dropped
