"""What a comparison cannot tell, in sentences that stand before its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...names import plural
from ..judging.groups import Results
from ..judging.judge import Judged
from ..judging.noise import Spread, cut_off, no_graph, other_seeds, spreads, steps
from ..protocol.protocol import WORM, Protocol
from .labels import ARMS, conjunction, decimal, probability

STILL_RISING = 0.5  # share of trainings whose last epoch is the best


def doubts(
    protocol: Protocol, results: Results, judged: Sequence[Judged]
) -> Iterator[str]:
    """Sentences of noise, of the ranked training, of no graph and of length, by task."""
    for one in judged:
        if one.comparisons:
            yield noise(protocol, one)
            yield from ranked(protocol, one)
            yield from without(one)
            yield from short(one, results)


def noise(protocol: Protocol, one: Judged) -> str:
    """The sentence of the spread of graphs beside that of seeds."""
    found, worm, name = [*spreads(one)], one.group(WORM), one.task.name
    if not found:
        return (
            f"**{name}: what a seed does is not known**, as the worm has "
            f"{plural(worm.mean.n, 'training')}; differences between graphs may be luck."
        )
    most = max(each.n for each in found)
    seeds = plural(worm.arm.seeds, "seed")
    told = (
        f"the deviation over {between([each.n for each in found], 0)} graphs with {seeds} "
        f"each is {between([each.graphs for each in found], 4)}, over "
        f"{plural(worm.mean.n, 'seed')} of the one worm {decimal(found[0].seeds)}; "
        f"F {between([each.ratio for each in found], 2)}"
    )
    seen = [each for each in found if each.p <= protocol.alpha]
    if not seen:
        least = min(each.p for each in found)
        few = " (few of either)" if min(most, worm.mean.n) < 8 else ""
        return (
            f"**{name}: this run had no power; what it measured is the noise of seeds.** "
            f"{told[0].upper()}{told[1:]}, least {probability(least)}{few}. That graphs "
            "differ at all is not shown, so none can be shown to be better."
        )
    return f"{name}: graphs differ by more than seeds do, {named(seen)}; {told}."


def named(found: Sequence[Spread]) -> str:
    """`Erdős-Rényi (F 4.2, p = 0.01)`, one after another; p not corrected."""
    return conjunction(
        [
            f"{ARMS[each.generator]} (F {decimal(each.ratio, 2)}, {probability(each.p)})"
            for each in found
        ]
    )


def between(values: Sequence[float], digits: int) -> str:
    """`0.0161 to 0.0214`, or one number where both are the same."""
    low, high = decimal(min(values), digits), decimal(max(values), digits)
    return low if low == high else f"{low} to {high}"


def ranked(protocol: Protocol, one: Judged) -> Iterator[str]:
    """The sentence of a rank that is that of one training of several."""
    worm, tested = one.group(WORM), [each for each in one.comparisons if each.tested]
    if worm.ranked != 1 or len(worm.runs) < 2 or not tested:
        return
    metric, sign = one.task.metric, 1 if one.task.higher_is_better else -1
    scores = [run[metric] for run in worm.runs]
    place = 1 + sum(sign * each < sign * scores[0] for each in scores)
    parts = []
    for each in tested:
        p = other_seeds(one, each, protocol.side)
        parts.append(
            f"from {decimal(min(p), 3)} to {decimal(max(p), 3)} against "
            f"{ARMS[each.generator]}"
        )
    yield (
        f"{one.task.name}: the rank test takes one training of the worm, "
        f"{decimal(scores[0])}, place {place} from below of its own {len(scores)}. With "
        f"another of them p would have run {conjunction(parts)}, before Holm."
    )


def without(one: Judged) -> Iterator[str]:
    """The sentence of the control without a graph where it beats every arm."""
    found = no_graph(one)
    if found:
        yield (
            f"**{one.task.name}: no graph at all beats every arm**, "
            f"{decimal(found.mean)} against {decimal(found.worm)} of the worm and "
            f"{decimal(found.random)} of {found.n:,} random graphs (Welch, two-sided, "
            f"{probability(found.p)}, not corrected); {100 * found.behind:.0f} % of these "
            "are below it. A graph is a cost here, and no ranking of graphs means anything."
        )


def short(one: Judged, results: Results) -> Iterator[str]:
    """The sentence of trainings that ended while their score still rose."""
    last, done = cut_off(one, results)
    if done and last / done >= STILL_RISING:
        yield (
            f"{one.task.name}: a training is {steps(one):,} optimiser steps; in {last:,} of "
            f"{done:,} the last epoch is the best, so they ended while still rising."
        )
