"""The verdict of a comparison in sentences; a null result is a result."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...names import plural
from ..judging.judge import Comparison, Judged
from ..protocol.protocol import WORM, Protocol, Run
from ..protocol.replaced import CONTROLS
from .labels import (
    ARMS,
    METRIC_WORDS,
    conjunction,
    decimal,
    probability,
    signed_decimal,
)

CLAIM = "The paper's claim, that the worm beats random graphs, does not show here"
OUTCOMES = {
    "better": "the worm is better than",
    "worse": "the worm is worse than",
    "equivalent": "the worm's mean is equivalent to that of",
    "open": "neither a difference nor equivalence is shown against",
}


def outcome(one: Comparison, alpha: float) -> str:
    """better, worse, equivalent or open, after Holm's correction; "" if not tested."""
    if not one.tested:
        return ""
    if one.holm <= alpha:
        return "better" if one.rank.better < one.rank.worse else "worse"
    return "equivalent" if one.equivalent_holm <= alpha else "open"


def verdict(protocol: Protocol, judged: Sequence[Judged]) -> Iterator[str]:
    """The verdict: one sentence of all tests, then one of each."""
    if any(not one.complete for one in judged):
        yield "**Not complete:** trainings are missing; nothing below is final."
    tested = [each for one in judged for each in one.comparisons if each.tested]
    wanted = sum(len(one.task.tests) for one in judged)
    if not wanted:
        yield "The protocol tests nothing; what follows is described alone."
    elif not tested:
        yield f"None of {plural(wanted, 'test')} can be made yet."
    else:
        yield overall(protocol, judged, wanted)
    for one in judged:
        yield from task_sentences(protocol, one)


def overall(protocol: Protocol, judged: Sequence[Judged], wanted: int) -> str:
    """The outcomes of all tests, in one sentence."""
    kinds: dict[str, list[str]] = {kind: [] for kind in OUTCOMES}
    for one in judged:
        for each in one.comparisons:
            if each.tested:
                words = f"{ARMS[each.generator]} ({one.task.name})"
                kinds[outcome(each, protocol.alpha)].append(words)
    parts = [
        f"{OUTCOMES[kind]} {conjunction(found)}"
        for kind, found in kinds.items()
        if found
    ]
    made = sum(map(len, kinds.values()))
    number_of = f"Of {plural(wanted, 'test')}"
    if made < wanted:
        number_of += f", {made} of which could be made"
    tail = "" if kinds["better"] else f". {CLAIM}"
    return f"{number_of}, at {protocol.alpha:g} after Holm: {'; '.join(parts)}{tail}."


def task_sentences(protocol: Protocol, one: Judged) -> Iterator[str]:
    """Sentences of the comparisons and controls of a task."""
    worm, metric = one.group(WORM), METRIC_WORDS[one.task.metric]
    if not worm.graphs:
        yield f"{one.task.name}: the worm's trainings are missing, so nothing is compared."
        return
    mean = spelled_mean(worm.mean.mean, worm.mean.low, worm.mean.high)
    black = ""
    if one.task.metric == "pixel_accuracy" and not math.isnan(one.black):
        black = f"; an image black all over has {decimal(one.black)}"
    seeds = plural(worm.mean.n, "seed")
    yield f"{one.task.name}: the worm has a test {metric} of {mean} over {seeds}{black}."
    for each in one.comparisons:
        yield comparison_sentence(protocol, one, each)
    yield from controls(one)


def controls(one: Judged) -> Iterator[str]:
    """Sentences of the controls of a task."""
    worm = one.group(WORM)
    for group in one.groups:
        if group.arm.name in CONTROLS and group.mean.n:
            spelled = spelled_mean(group.mean.mean, group.mean.low, group.mean.high)
            gap = signed_decimal(worm.mean.mean - group.mean.mean)
            yield (
                f"{one.task.name}, control, {ARMS[group.arm.name]}: {spelled}; the worm less "
                f"it: {gap}. Described, not tested."
            )


def comparison_sentence(protocol: Protocol, one: Judged, each: Comparison) -> str:
    """The sentence of the comparison with one generator."""
    metric, margin = METRIC_WORDS[one.task.metric], f"{one.task.margin:g}"
    same, kind = each.equivalence, outcome(each, protocol.alpha)
    place = f"rank {each.rank.rank:g} of {each.rank.n + 1}"
    gap = f"the mean {metric} differs by {signed_decimal(same.difference)}"
    if not math.isnan(same.low):
        gap += f" (90 % interval {signed_decimal(same.low)} to {signed_decimal(same.high)})"
    head = f"{one.task.name}, {ARMS[each.generator]}: "
    if not kind:
        return (
            f"{head}{place}, {probability(each.p)} uncorrected; {gap}. Described, "
            "not tested."
        )
    test = f"{place}, {probability(each.holm)} after Holm"
    null = {
        "both": "no difference is shown",
        "better": "the worm is not shown to be better",
    }[protocol.side]
    found = {
        "better": f"the worm is better, {test}; {gap}",
        "worse": f"the worm is worse, {test}; {gap}",
        "equivalent": f"equivalent within {margin}, "
        f"{probability(each.equivalent_holm)} after Holm; {gap}; {null}, {test}",
        "open": f"{null}, {test}; {gap}; nor is equivalence within {margin}"
        f" ({probability(each.equivalent_holm)} after Holm)",
    }[kind]
    if kind in ("better", "worse") and each.equivalent_holm <= protocol.alpha:
        found += f"; the difference is within the margin of {margin} all the same"
    if each.least > protocol.alpha:
        found += f"; with {plural(each.rank.n, 'graph')} no difference could be"
    return f"{head}{found}."


def spelled_mean(mean: float, low: float, high: float) -> str:
    """`0.6012 (95 % interval 0.5960 to 0.6064)`."""
    if math.isnan(low):
        return f"{decimal(mean)} (one training: no interval)"
    return f"{decimal(mean)} (95 % interval {decimal(low)} to {decimal(high)})"


def power(protocol: Protocol, judged: Sequence[Judged]) -> Iterator[str]:
    """Sentences of the power: the smallest p and the effects that can be found."""
    wanted = sum(len(one.task.tests) for one in judged)
    sides = "two-sided" if protocol.side == "both" else "one-sided, for being better"
    yield (
        f"The rank test is {sides}. With n random graphs its least p is "
        f"{'2' if protocol.side == 'both' else '1'}/(n + 1); the family has "
        f"{plural(wanted, 'test')}, so the first step of Holm multiplies it by {wanted}."
    )
    for one in judged:
        for each in one.comparisons:
            if each.tested:
                yield reach(protocol, one, each)


def reach(protocol: Protocol, one: Judged, each: Comparison) -> str:
    """The sentence of the power of one test."""
    head = (
        f"{one.task.name}, {ARMS[each.generator]}, {plural(each.rank.n, 'graph')}: least "
        f"{probability(each.least)} after Holm"
    )
    deviation = one.group(each.generator).mean.deviation
    if math.isinf(each.detectable):
        could = (
            "."
            if each.least > protocol.alpha
            else " (where the others are rejected too)."
        )
        return f"{head}{could} {plural(each.needed, 'graph')} would be needed."
    shift = each.detectable * deviation
    return (
        f"{head}; a worm that stands {each.detectable:.1f} deviations of the graphs "
        f"({decimal(shift)}) off their mean is found in 8 of 10 such comparisons, if graphs "
        "are normal."
    )


def gaps(judged: Sequence[Judged], nan: str) -> Iterator[str]:
    """Missing trainings and those that gave NaN, by name."""
    for one in judged:
        for group in one.groups:
            if group.missing:
                yield (
                    f"Missing: {runs(group.missing)}. "
                    "Graphs that lack a training are left out whole."
                )
            if group.nan:
                fate = "the worst finished one" if nan == "worst" else "nothing"
                yield f"NaN: {runs(group.nan)}. Each counts as {fate}."


def runs(found: Sequence[Run], shown: int = 20) -> str:
    """Runs by name; the first of many."""
    names = [run.text for run in found[:shown]]
    more = f" and {len(found) - shown:,} more" if len(found) > shown else ""
    return ", ".join(names) + more
