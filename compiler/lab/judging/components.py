"""Variance between graphs and between seeds: one-way analysis with random effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from .statistics import LEVEL

TAIL = (1 - LEVEL) / 2


@dataclass(frozen=True, slots=True)
class Components:
    """The variance of a score between graphs, and between trainings of a graph.

    Attributes:
        graphs, seeds: numbers of graphs, and of trainings of each.
        mean: over all trainings.
        f, p: of the test that graphs do not differ.
        f_low, f_high: 95 % interval of what F estimates, 1 + seeds * between / within.
        between: variance between graphs, 0 where graphs differ less than seeds explain;
            between_low, between_high: its interval, of at least 95 %.
        within: variance between seeds; within_low, within_high: its 95 % interval.
    """

    graphs: int
    seeds: int
    mean: float
    f: float
    p: float
    f_low: float
    f_high: float
    between: float
    between_low: float
    between_high: float
    within: float
    within_low: float
    within_high: float


def components(scores: Sequence[Sequence[float]]) -> Components | None:
    """The variance components of scores; None unless seeds of a graph differ.

    Args:
        scores: (graphs, seeds), two of each or more.

    Source: Searle, Casella, McCulloch, Variance Components, 1992, 3.6; the interval of the
        variance between graphs: Williams, Biometrika 49, 1962, 278-281.
    """
    found = np.asarray(scores, np.float64)
    n, k = found.shape
    if n < 2 or k < 2:
        return None
    upper, lower = n - 1, n * (k - 1)  # degrees of freedom
    among = k * float(found.mean(axis=1).var(ddof=1))
    within = float(found.var(axis=1, ddof=1).mean())
    if not within:
        return None
    f = among / within
    most, least = stats.f.isf(TAIL, upper, lower), stats.f.ppf(TAIL, upper, lower)
    wide = stats.chi2.ppf((1 - TAIL, TAIL), upper)
    inner = lower * within / stats.chi2.ppf((1 - TAIL, TAIL), lower)
    total = upper / k

    def bound(quantile: float, chi: float) -> float:
        return float(max(0.0, total * (among - within * quantile) / chi))

    return Components(
        graphs=n,
        seeds=k,
        mean=float(found.mean()),
        f=f,
        p=float(stats.f.sf(f, upper, lower)),
        f_low=float(f / most),
        f_high=float(f / least),
        between=max(0.0, (among - within) / k),
        between_low=bound(float(most), float(wide[0])),
        between_high=bound(float(least), float(wide[1])),
        within=within,
        within_low=float(inner[0]),
        within_high=float(inner[1]),
    )
