"""What a comparison found, in sentences: the worm as one graph among its random twins."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...names import plural
from ..judging.judge import Comparison, Judged
from ..protocol.protocol import WORM, Protocol
from ..protocol.replaced import CONTROLS, WITHOUT_GRAPH
from .labels import (
    ARMS,
    METRIC_WORDS,
    conjunction,
    decimal,
    probability,
    signed_decimal,
)
from .sentences import controls, spelled_mean

OUTCOMES = {
    "better": "the worm is exceptional, and better, among",
    "worse": "the worm is exceptional, and worse, among",
    "near": "the worm is not shown to be exceptional, and its own score is near the mean, among",
    "open": "the worm is not shown to be exceptional among",
}


def findings(protocol: Protocol, judged: Sequence[Judged]) -> Iterator[str]:
    """The findings: what no graph does, all tests in one sentence, then each comparison."""
    if any(not one.complete for one in judged):
        yield "**Not complete:** trainings are missing; nothing below is final."
    for one in judged:
        yield from no_graph(one)
    yield overall(protocol, judged)
    for one in judged:
        yield from of_task(protocol, one)


def no_graph(one: Judged) -> Iterator[str]:
    """The sentence of controls without a graph that beat the worm and the mean of every arm."""
    sign = 1 if one.task.higher_is_better else -1
    with_graph = [
        group for group in one.groups if group.arm.name not in CONTROLS and group.mean.n
    ]
    best = max((sign * group.mean.mean for group in with_graph), default=math.inf)
    ahead = [
        group
        for group in one.groups
        if group.arm.name in WITHOUT_GRAPH
        and group.mean.n
        and sign * group.mean.mean > best
    ]
    if not ahead:
        return
    told = conjunction(
        [f"{decimal(group.mean.mean)} ({ARMS[group.arm.name]})" for group in ahead]
    )
    metric = one.task.metric
    graphs = [
        sign * graph.value[metric]
        for group in with_graph
        if group.arm.random
        for graph in group.graphs
    ]
    top = f" and {decimal(sign * max(graphs))} of the best twin" if graphs else ""
    yield (
        f"**{one.task.name}: no graph at all is better.** {told}, "
        f"against {decimal(one.group(WORM).mean.mean)} of the worm{top}."
    )


def overall(protocol: Protocol, judged: Sequence[Judged]) -> str:
    """The outcomes of all tests, in one sentence."""
    wanted = sum(len(one.task.tests) for one in judged)
    tested = [(one, each) for one in judged for each in one.comparisons if each.tested]
    if not wanted:
        return "The protocol tests nothing; what follows is described alone."
    if not tested:
        return f"None of {plural(wanted, 'test')} can be made yet."
    kinds: dict[str, dict[str, list[str]]] = {kind: {} for kind in OUTCOMES}
    for one, each in tested:
        found = kinds[outcome(each, protocol.alpha)]
        found.setdefault(ARMS[each.generator], []).append(one.task.name)
    parts = [
        f"{OUTCOMES[kind]} "
        + conjunction([f"{arm} ({', '.join(tasks)})" for arm, tasks in found.items()])
        for kind, found in kinds.items()
        if found
    ]
    number_of = f"Of {plural(wanted, 'test')}"
    if len(tested) < wanted:
        number_of += f", {len(tested)} of which could be made"
    return f"**{number_of}, at {protocol.alpha:g} after Holm: {'; '.join(parts)}.**"


def outcome(one: Comparison, alpha: float) -> str:
    """better, worse, near or open, after Holm's correction."""
    if one.holm <= alpha:
        return "better" if one.rank.better < one.rank.worse else "worse"
    return "near" if one.equivalent_holm <= alpha else "open"


def of_task(protocol: Protocol, one: Judged) -> Iterator[str]:
    """Sentences of the worm, of each comparison and of each control of a task."""
    worm, metric = one.group(WORM), METRIC_WORDS[one.task.metric]
    if not worm.graphs:
        yield f"{one.task.name}: the worm's trainings are missing, so nothing is compared."
        return
    mean = spelled_mean(worm.mean.mean, worm.mean.low, worm.mean.high)
    seeds = plural(worm.mean.n, "seed")
    yield f"{one.task.name}: the worm has a test {metric} of {mean} over {seeds}."
    for each in one.comparisons:
        yield compared(protocol, one, each)
    yield from controls(one)


def compared(protocol: Protocol, one: Judged, each: Comparison) -> str:
    """The sentence of the comparison with the twins of one generator."""
    case, place = each.case, f"rank {each.rank.rank:g} of {each.rank.n + 1}"
    p = f"{probability(each.p)}"
    p += f", {probability(each.holm)} after Holm" if each.tested else ""
    told = f"{one.task.name}, {ARMS[each.generator]}: {place} over {plural(one.group(WORM).arm.seeds, 'seed')}, {p}"
    if case is not None and not math.isnan(case.t):
        gap = signed_decimal(case.difference)
        if not math.isnan(case.deviations):
            gap += f", {signed_decimal(case.deviations, 2)} deviations between graphs"
        told += (
            f"; {gap} off their mean; 95 % of such twins lie in {decimal(case.low)} to "
            f"{decimal(case.high)}"
        )
    other = each.rank.worse
    if protocol.side == "better" and other <= protocol.alpha:
        told += f"; on the other side, which is not tested, {probability(other)}"
    same = each.equivalence
    if each.tested and not math.isnan(same.p):
        within = "" if each.equivalent_holm <= protocol.alpha else "not shown to be "
        told += (
            f"; its own score, over {plural(len(one.group(WORM).runs), 'seed')}, is {within}within "
            f"{one.task.margin:g} of their mean ({probability(each.equivalent_holm)} after Holm)"
        )
    return f"{told}. {'' if each.tested else 'Described, not tested.'}".strip()


def reach(judged: Sequence[Judged]) -> Iterator[str]:
    """The smallest effects that the tests could have found, a sentence each."""
    for one in judged:
        for each in one.comparisons:
            if each.tested and each.case and each.parts:
                yield reach_of(one, each)


def reach_of(one: Judged, each: Comparison) -> str:
    """The smallest effect that one test could have found."""
    assert each.case and each.parts
    parts, found = each.parts, each.case.smallest
    between, within = math.sqrt(parts.between), math.sqrt(parts.within)
    head = (
        f"{one.task.name}, {ARMS[each.generator]}: twins differ by {decimal(between)} "
        f"(deviation), seeds of a graph by {decimal(within)}, F {parts.f:.2f} "
        f"({parts.f_low:.2f} to {parts.f_high:.2f}); "
    )
    if math.isinf(found):
        return f"{head}no difference could pass the first step of Holm."
    size = f" ({found / between:.1f} deviations between graphs)" if between else ""
    return f"{head}a worm {decimal(found)} off their mean{size} is found in 8 of 10."
