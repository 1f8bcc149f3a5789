"""Which synapses run backward, and whether it is the same ones in two connectomes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from scipy import stats

from ..ir.stages import Circuit
from ..lab.judging.statistics import LEVEL
from ..lab.protocol.protocol import Line

Pair = tuple[str, str]
# Kinds of a comparison: all that the order found sends backward; what every order of least
# loss does; of that, what has no synapse the other way in either map.
ALL, FORCED, ONE_WAY = "found", "forced", "forced, one-way"


@dataclass(frozen=True, slots=True)
class Backward:
    """The synapses of a map between two neurons, and those that run backward.

    Attributes:
        weight: by (pre, post); found: those that the order found sends backward;
            forced: those that every order of least loss does.
    """

    source: str
    weight: Mapping[Pair, float]
    found: frozenset[Pair]
    forced: frozenset[Pair]

    @classmethod
    def of(cls, source: str, circuit: Circuit, line: Line) -> Backward:
        """From the circuit and the line of a connectome."""
        name, edges = circuit.cells.name, circuit.chemical
        ends = zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
        weight = {
            (name[u], name[v]): each
            for (u, v), each in zip(ends, edges.weight.tolist(), strict=True)
            if u != v
        }
        found = frozenset((pre, post) for pre, post, _ in line["backward"])
        forced = frozenset((pre, post) for pre, post, each in line["backward"] if each)
        return cls(source, weight, found, forced)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Synapses that run backward in two maps, among the pairs that both maps join.

    Attributes:
        kind: ALL, FORCED or ONE_WAY.
        shared: pairs; in_one, in_other, in_both: those that run backward.
        expected: of `in_both`, were the two independent.
        matched: the same where those of one map are drawn anew among shared synapses of
            equal weight there, of whichever map more are expected; deviation: of that.
        kappa: Cohen's, with its large-sample interval.
    """

    one: str
    other: str
    kind: str
    shared: int
    in_one: int
    in_other: int
    in_both: int
    expected: float
    matched: float
    deviation: float
    kappa: float
    kappa_low: float
    kappa_high: float


def overlaps(maps: Sequence[Backward]) -> Iterator[Overlap]:
    """Every two maps, by every kind."""
    kinds: Mapping[str, Callable[[Backward], frozenset[Pair]]] = {
        ALL: lambda each: each.found,
        FORCED: lambda each: each.forced,
        ONE_WAY: lambda each: each.forced,
    }
    for one, other in combinations(maps, 2):
        for kind, back in kinds.items():
            shared = [pair for pair in one.weight if pair in other.weight]
            if kind == ONE_WAY:
                shared = [p for p in shared if not returned(p, one, other)]
            if shared:
                yield overlap(one, other, kind, shared, back(one), back(other))


def returned(pair: Pair, *maps: Backward) -> bool:
    """Whether some map has a synapse the other way."""
    return any((pair[1], pair[0]) in each.weight for each in maps)


def overlap(
    one: Backward,
    other: Backward,
    kind: str,
    shared: Sequence[Pair],
    first: frozenset[Pair],
    second: frozenset[Pair],
) -> Overlap:
    """Compare two maps.

    Args:
        shared: pairs that both join; first, second: those that run backward.
    """
    n = len(shared)
    a, b = ({*shared} & back for back in (first, second))
    both = len(a & b)
    expected = len(a) * len(b) / n
    matched, deviation = max(drawn(shared, each.weight, a, b) for each in (one, other))
    agree = (n - len(a) - len(b) + 2 * both) / n
    chance = (len(a) * len(b) + (n - len(a)) * (n - len(b))) / n**2
    kappa = wide = math.nan
    if chance < 1:
        kappa = (agree - chance) / (1 - chance)
        error = math.sqrt(agree * (1 - agree) / n) / (1 - chance)
        wide = float(stats.norm.isf((1 - LEVEL) / 2)) * error
    return Overlap(
        one.source,
        other.source,
        kind,
        n,
        len(a),
        len(b),
        both,
        expected,
        matched,
        deviation,
        kappa,
        kappa - wide,
        kappa + wide,
    )


def drawn(
    shared: Sequence[Pair], weight: Mapping[Pair, float], a: set[Pair], b: set[Pair]
) -> tuple[float, float]:
    """(mean, deviation) of the pairs in both, where b is drawn anew within equal weights.

    Source: the hypergeometric distribution of each class of weights, added up.
    """
    of, of_a, of_b = (Counter(weight[pair] for pair in each) for each in (shared, a, b))
    mean = variance = 0.0
    for key, n in sorted(of.items()):
        x, y = of_a[key], of_b[key]
        mean += x * y / n
        if n > 1:
            variance += x * y * (n - x) * (n - y) / (n * n * (n - 1))
    return mean, math.sqrt(variance)
