"""Judge measurements: rank, deviation and ratio of each map against its twins' bounds.

All comparisons are on the cautious side: what an order of the connectome is known to lose
against what no order of a twin can lose less than.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from ..lab.judging.statistics import (
    LEVEL,
    Interval,
    holm,
    interval,
    least_p,
    standing,
)
from ..lab.protocol.protocol import Line
from ..lab.scoring.score import FEW
from .measure import IMPOSSIBLE, MEASURED
from .protocol import WORM, Arm, Item, Map, Protocol

# Maps of one animal's sections: White 1986, read again for the two others.
SERIES = ("cook2019", "varshney2011", "white1986")


@dataclass(frozen=True, slots=True)
class Worm:
    """The connectome itself, in the source's unit.

    Attributes:
        weight: of all synapses but self-loops; found: of it the order found sends
            backward; bound: no order less.
        walks: share of the walks from sensory to motor neurons that is kept, by hops.
    """

    weight: float
    found: float
    bound: float
    walks: tuple[float, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether no order loses less than the one found."""
        return self.bound >= self.found

    @property
    def share(self) -> float:
        """Share of the weight that runs backward in the order found."""
        return self.found / self.weight if self.weight else 0.0

    @property
    def least(self) -> float:
        """Share of the weight that runs backward in every order."""
        return self.bound / self.weight if self.weight else 0.0


@dataclass(frozen=True, slots=True)
class Ratio:
    """The connectome's loss over the mean bound of its twins, with the interval of that."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Twins:
    """The twins of one arm: shares of weight, those of the connectome beside them.

    Attributes:
        bound, found: (n,) no order of a twin loses less; the sifted order does.
        unconverged: twins whose bound is below what packed cycles can prove.
        impossible: (twin, why) of those that cannot exist; missing: not measured yet.
        below: twins whose bound is not above what the connectome's order loses.
        p: (1 + below) / (1 + n); p_low, p_high: interval of the share of all twins.
        z: of the connectome among the bounds; z_found: among the orders; NaN of few twins.
        predicted: interval for the bound of one more twin.
        holm: p, corrected; NaN if not tested. least: the smallest that n twins allow.
    """

    arm: Arm
    bound: tuple[float, ...]
    found: tuple[float, ...]
    unconverged: tuple[int, ...]
    impossible: tuple[tuple[int, str], ...]
    missing: int
    below: int
    p: float
    p_low: float
    p_high: float
    z: float
    z_found: float
    bounds: Interval
    orders: Interval
    predicted: tuple[float, float]
    ratio: Ratio
    holm: float = math.nan
    least: float = math.nan


@dataclass(frozen=True, slots=True)
class Judged:
    """One map; worm: None as long as it is not measured."""

    map: Map
    worm: Worm | None
    arms: tuple[Twins, ...]


def judge(protocol: Protocol, lines: Mapping[Item, Line]) -> tuple[Judged, ...]:
    """Judge all maps; one Holm correction covers the tested arms of all."""
    found = [judged(one, lines) for one in protocol.maps]
    tested = [arm for one in found for arm in one.arms if arm.arm.tested]
    adjusted = holm([arm.p for arm in tested])
    least = holm([least_p(arm.arm.twins, "better") for arm in tested])
    done = iter(zip(adjusted, least, strict=True))
    return tuple(
        replace(one, arms=tuple(corrected(arm, done) for arm in one.arms))
        for one in found
    )


def corrected(arm: Twins, done: Iterator[tuple[float, float]]) -> Twins:
    """An arm with its corrected p, the next one, if it is tested."""
    if not arm.arm.tested:
        return arm
    p, least = next(done)
    return replace(arm, holm=p, least=least)


def judged(one: Map, lines: Mapping[Item, Line]) -> Judged:
    """One map, before its tests are corrected."""
    line = lines.get(Item(one.source, one.weights, WORM, 0))
    worm = None
    if line is not None:
        walks = tuple(line.get("walks", ()))
        worm = Worm(line["weight"], line["found"], line["bound"], walks)
    return Judged(one, worm, tuple(twins_of(one, arm, worm, lines) for arm in one.arms))


def twins_of(
    one: Map, arm: Arm, worm: Worm | None, lines: Mapping[Item, Line]
) -> Twins:
    """The twins of one arm against the connectome."""
    items = [
        Item(one.source, one.weights, arm.null, twin)
        for twin in range(1, arm.twins + 1)
    ]
    known = [lines[item] for item in items if item in lines]
    measured = [line for line in known if line["status"] == MEASURED]
    bound, found = (
        tuple(
            line[name] / line["weight"] if line["weight"] else 0.0 for line in measured
        )
        for name in ("bound", "found")
    )
    own = worm.share if worm else math.nan
    below = sum(not own < each for each in bound)
    n, bounds = len(bound), interval(bound)
    low, high = proportion(below, n)
    ends = bounds.mean, bounds.high, bounds.low
    return Twins(
        arm,
        bound,
        found,
        tuple(line["twin"] for line in measured if not line["converged"]),
        tuple((li["twin"], li["why"]) for li in known if li["status"] == IMPOSSIBLE),
        len(items) - len(known),
        below,
        (1 + below) / (1 + n) if n and worm else math.nan,
        low,
        high,
        far(own, bound),
        far(own, found),
        bounds,
        interval(found),
        predicted(bound),
        Ratio(*(own / each if each else math.nan for each in ends)),
    )


def far(own: float, shares: Sequence[float]) -> float:
    """The z score of a connectome among its twins; NaN of fewer than FEW, a guess."""
    return standing(own, shares) if len(shares) >= FEW else math.nan


def proportion(count: int, n: int) -> tuple[float, float]:
    """The exact interval of a proportion.

    Source: Clopper and Pearson, Biometrika 26, 1934, 404-413.
    """
    tail = (1 - LEVEL) / 2
    low = float(stats.beta.ppf(tail, count, n - count + 1)) if count else 0.0
    high = float(stats.beta.isf(tail, count + 1, n - count)) if count < n else 1.0
    return low, high


def predicted(values: Sequence[float]) -> tuple[float, float]:
    """The interval that holds one more value of a normal sample.

    Source: Crawford and Howell, The Clinical Neuropsychologist 12, 1998, 482-486.
    """
    found, n = np.asarray(values, np.float64), len(values)
    if n < 2:
        return math.nan, math.nan
    wide = float(stats.t.isf((1 - LEVEL) / 2, n - 1) * found.std(ddof=1))
    wide *= math.sqrt(1 + 1 / n)
    return float(found.mean()) - wide, float(found.mean()) + wide


def animals(maps: Sequence[Judged]) -> int:
    """Number of maps, those of one series of sections counted once."""
    names = {one.map.source for one in maps}
    return len({SERIES[0] if name in SERIES else name for name in names})
