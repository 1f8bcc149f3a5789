"""One graph beside a sample of random ones: is it exceptional among them, and how far off?

A comparison has one worm. Its seeds say how well its own score is known, not how other graphs
scatter: a test of its trainings against the graphs' means takes one graph for a population,
and finds ordinary ones exceptional. So the worm's mean over as many seeds as each graph has is
held against the scatter of the graphs' means.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, stats

from .components import Components
from .planning import power_of
from .statistics import LEVEL, POWER, Equivalence

TAIL = (1 - LEVEL) / 2
FARTHEST = 64.0  # deviations, that a search for an effect looks at


@dataclass(frozen=True, slots=True)
class Case:
    """A graph beside a sample.

    Attributes:
        difference: its score less the mean of the sample.
        deviations: the difference in deviations between graphs, what seeds add taken out;
            NaN where graphs do not differ by more than seeds explain.
        low, high: 95 % prediction interval: of one more graph of the sample's kind.
        t, p: of Crawford and Howell's test; p of the protocol's side.
        smallest: difference that the rank test finds in 8 of 10 comparisons; inf: none.
    """

    difference: float
    deviations: float
    low: float
    high: float
    t: float
    p: float
    smallest: float


def case_of(
    own: float,
    graphs: Sequence[float],
    parts: Components | None,
    *,
    higher: bool,
    side: str,
    level: float,
) -> Case:
    """Hold a graph against a sample.

    Args:
        own: its mean over as many seeds as each graph of the sample has.
        graphs: (n,) means of the sample.
        parts: variance between graphs and seeds; None: not known.
        higher: whether more is better.
        side: better or both.
        level: of one side of the first test of the family, for `smallest`.

    Source: Crawford, Howell, The Clinical Neuropsychologist 12, 1998, 482-486.
    """
    found = np.asarray(graphs, np.float64)
    n, unknown = len(found), math.nan
    difference = own - float(found.mean())
    spread = float(found.std(ddof=1)) if n > 1 else 0.0
    if not spread:
        return Case(difference, unknown, unknown, unknown, unknown, unknown, unknown)
    scale = spread * math.sqrt(1 + 1 / n)
    t = difference / scale
    reach = float(stats.t.isf(TAIL, n - 1)) * scale
    above = float(stats.t.sf(t if higher else -t, n - 1))
    middle = float(found.mean())
    return Case(
        difference,
        difference / math.sqrt(parts.between) if parts and parts.between else unknown,
        middle - reach,
        middle + reach,
        t,
        above if side == "better" else 2 * min(above, 1 - above),
        smallest(parts, level) if parts else unknown,
    )


def smallest(parts: Components, level: float) -> float:
    """The difference that a rank test of so many graphs and seeds finds with a power of 0.8."""
    scale = math.sqrt(parts.between + parts.within / parts.seeds)

    def short(deviations: float) -> float:
        effect = deviations * scale
        found = power_of(
            effect, parts.between, parts.within, parts.graphs, parts.seeds, level
        )
        return found - POWER

    if short(FARTHEST) < 0:
        return math.inf
    return scale * float(optimize.brentq(short, 0.0, FARTHEST, xtol=1e-6))


def near(
    runs: Sequence[float],
    graphs: Sequence[float],
    parts: Components | None,
    margin: float,
) -> Equivalence:
    """Two one-sided tests that one graph's expected score is near the mean of a sample.

    It is told of this one graph, and says nothing of whether it is exceptional.

    Args:
        runs: (k,) its trainings, each one more seed.
        graphs: (n,) means of the sample; parts: variance between seeds; None: not known.
        margin: that is near.

    Source: Schuirmann, J. Pharmacokinetics and Biopharmaceutics 15, 1987, 657-680; degrees
        of freedom: Satterthwaite, Biometrics Bulletin 2, 1946, 110-114.
    """
    unknown = math.nan
    difference = float(np.mean(runs) - np.mean(graphs)) if len(runs) else unknown
    if parts is None or len(graphs) < 2:
        return Equivalence(difference, unknown, unknown, unknown)
    own = parts.within / len(runs)
    mean = float(np.var(graphs, ddof=1)) / len(graphs)
    error, pooled = math.sqrt(own + mean), parts.graphs * (parts.seeds - 1)
    free = (own + mean) ** 2 / (own**2 / pooled + mean**2 / (len(graphs) - 1))
    reach = float(stats.t.isf(0.05, free)) * error
    p = float(stats.t.sf((margin - abs(difference)) / error, free))
    return Equivalence(difference, difference - reach, difference + reach, p)
