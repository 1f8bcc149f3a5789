"""How many graphs and seeds a rank test needs for an effect and a power."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(64)
MOST_GRAPHS, MOST_SEEDS = 9_999, 64
LEAST_SEEDS = 2  # a rank of one training ranks the luck of its seed


@dataclass(frozen=True, slots=True)
class Design:
    """A comparison of a worm with n graphs of some seeds each, and its power.

    Attributes:
        seeds: of every graph, the worm too.
        trainings: of the worm and the graphs.
    """

    graphs: int
    seeds: int
    power: float

    @property
    def trainings(self) -> int:
        """The worm's and the graphs' together."""
        return (self.graphs + 1) * self.seeds


def power_of(
    effect: float,
    between: float,
    within: float,
    graphs: int,
    seeds: int,
    level: float,
) -> float:
    """The probability that a worm so far from the graphs' mean is found by its rank.

    The worm's true score is fixed, those of graphs are normal; both are seen through the
    mean of their seeds.

    Args:
        effect: of the worm, less the mean of graphs, in units of the score.
        between, within: variances.
        level: of one side of one test: alpha / (sides * tests).
    """
    above = math.floor(level * (graphs + 1) + 1e-9) - 1  # graphs that may be as good
    if above < 0:
        return 0.0
    noise = within / seeds
    seen = effect + math.sqrt(noise) * NODES
    spread = math.sqrt(between + noise)
    beaten = stats.binom.cdf(above, graphs, stats.norm.sf(seen / spread))
    return float((WEIGHTS * beaten).sum() / WEIGHTS.sum())


def designs(
    effect: float, between: float, within: float, level: float, power: float
) -> list[Design]:
    """The fewest graphs for each number of seeds that has any; fewer graphs as seeds grow."""
    found: list[Design] = []
    for seeds in range(LEAST_SEEDS, MOST_SEEDS + 1):
        one = fewest(effect, between, within, seeds, level, power)
        if one and (not found or one.graphs < found[-1].graphs):
            found.append(one)
    return found


def fewest(
    effect: float, between: float, within: float, seeds: int, level: float, power: float
) -> Design | None:
    """The fewest graphs of so many seeds that reach a power; None: MOST_GRAPHS do not.

    One more graph that may be as good as the worm is allowed at every 1 / level graphs;
    only there does power rise, and from one such number to the next.
    """
    steps = math.floor(level * (MOST_GRAPHS + 1))

    def at(step: int) -> Design:
        graphs = max(1, math.ceil(step / level - 1e-9) - 1)
        reached = power_of(effect, between, within, graphs, seeds, level)
        return Design(graphs, seeds, reached)

    if steps < 1 or at(steps).power < power:
        return None
    low, high = 0, steps  # the least step that is enough is in (low, high]
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at(middle).power >= power else (middle, high)
    return at(high)
