"""What a table shows, in sentences that stand above it; also where no graph is better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from ...names import plural
from ..judging.noise import NO_GRAPH
from ..judging.statistics import Interval
from ..judging.tables import NEAR, Row, Table
from ..protocol.protocol import GENERATORS, WORM
from ..protocol.replaced import WITHOUT_GRAPH
from .doubts import STILL_RISING
from .labels import (
    ARMS,
    METRIC_WORDS,
    SHORT,
    conjunction,
    decimal,
    signed_decimal,
)


def shown(table: Table) -> Iterator[str]:
    """The sentences of a table."""
    missing = sum(row.missing for row in table.rows)
    if missing:
        yield f"**Not complete: {plural(missing, 'training')} to go.**"
    scored = [row for row in table.rows if row.score.n]
    if not scored:
        return
    sign = 1 if table.higher_is_better else -1
    best = max(scored, key=lambda row: sign * row.score.mean)
    metric = METRIC_WORDS[table.metric]
    for one in table.judged:
        own = [row for row in scored if row.task == one.task.name]
        yield from headline(own, table, sign)
    yield (
        f"Best of {SHORT[table.kind]}, by {metric}, is {spoken(best, table)}, "
        f"{with_interval(best.score)}{over_baseline(table)}."
    )
    for one in table.judged:
        yield from of_task(one.task.name, scored, table, sign)
    yield from unequal(table)
    yield from short(table)


def over_baseline(table: Table) -> str:
    """What has learnt nothing, in half a sentence."""
    if table.baseline is None:
        return ""
    word = "a black image" if table.metric == "pixel_accuracy" else "chance"
    return f"; {word} has {decimal(table.baseline)}"


def of_task(task: str, scored: Sequence[Row], table: Table, sign: int) -> Iterator[str]:
    """The sentences of the worm beside the other rows, and of no graph beside all graphs."""
    own = [row for row in scored if row.task == task]
    worm = next((row for row in own if row.arm == WORM), None)
    if worm is None:
        return
    parts, of_worm = [], spoken(worm, table)
    for where, words in SIDES.items():
        found = [row for row in own if where_of(row, sign) == where]
        if found:
            parts.append(f"{words} {conjunction([led(row, table) for row in found])}")
    yield f"{of_worm[0].upper()}{of_worm[1:]} has {with_interval(worm.score)}."
    if parts:
        yield (
            f"It is {'; '.join(parts)}. In brackets its lead, the difference of the means, "
            "by Welch, 95 %, not corrected for their number."
        )
    yield from without(own, table, sign)


def headline(own: Sequence[Row], table: Table, sign: int) -> Iterator[str]:
    """The sentence of the worm beside its random twins and no graph, where each is one way."""
    kinds = {
        "its random twins": [row for row in own if row.arm in GENERATORS],
        "no graph at all": [row for row in own if row.arm == NO_GRAPH],
    }
    found: dict[int, list[str]] = {}
    for words, rows in kinds.items():
        ways = {where_of(row, sign) for row in rows}
        way = ways.pop() if len(ways) == 1 else None
        if way is not None:
            found.setdefault(way, []).append(words)
    if found:
        parts = [f"{SIDES[way]} {conjunction(words)}" for way, words in found.items()]
        of = f" of {own[0].task}" if len(table.judged) > 1 else ""
        yield f"**The worm{of} is {conjunction(parts)}.**"


def where_of(row: Row, sign: int) -> int | None:
    """Where the worm is by its lead over a row: 1 above, -1 below, 0 neither; None: unknown."""
    if row.lead is None or math.isnan(row.lead.low):
        return None
    low, high = sorted((sign * row.lead.low, sign * row.lead.high))
    return 1 if low > 0 else -1 if high < 0 else 0


SIDES = {1: "above", -1: "below", 0: "not told from"}


def led(row: Row, table: Table) -> str:
    """A row with the worm's lead over it."""
    assert row.lead is not None
    low, high = signed_decimal(row.lead.low), signed_decimal(row.lead.high)
    return f"{spoken(row, table)} ({low} to {high})"


def without(own: Sequence[Row], table: Table, sign: int) -> Iterator[str]:
    """The sentence of no graph beside the rows that have one."""
    bare = next((row for row in own if row.arm == NO_GRAPH), None)
    graphs = [row for row in own if row.arm not in WITHOUT_GRAPH]
    if bare is None or not graphs:
        return
    above = [row for row in graphs if sign * row.score.mean > sign * bare.score.mean]
    mean = decimal(bare.score.mean)
    if not above:
        yield (
            f"**No graph at all, {mean}, has a better mean than all "
            f"{len(graphs)} rows with a graph: a graph is a cost here.**"
        )
        return
    names = conjunction([spoken(row, table) for row in above])
    yield (
        f"Of {plural(len(graphs), 'row')} with a graph {len(above)} "
        f"{'has' if len(above) == 1 else 'have'} a better mean than no graph at all, "
        f"{mean}: {names}."
    )


def unequal(table: Table) -> Iterator[str]:
    """The sentence of rows that have not as many parameters as their worm."""
    far = []
    for row in table.rows:
        own = table.worm(row.task).network_parameters
        if own and row.network_parameters is not None:
            share = row.network_parameters / own
            if abs(share - 1) > NEAR:
                far.append(f"{spoken(row, table)} ({100 * share:.0f} %)")
    if far:
        yield f"Not of the worm's number of parameters: {conjunction(far)}."


def short(table: Table) -> Iterator[str]:
    """The sentence of trainings that ended while their score still rose."""
    if table.done and table.last / table.done >= STILL_RISING:
        yield (
            f"A training is {table.steps:,} steps; in {table.last:,} of {table.done:,} the "
            "last epoch is the best, so they ended while still rising."
        )


def name(row: Row, table: Table) -> str:
    """The name of a row; with its task where the kind has several."""
    arm = ARMS[row.arm]
    return arm if len(table.judged) == 1 else f"{row.task}: {arm}"


def spoken(row: Row, table: Table) -> str:
    """The name of a row within a sentence."""
    return name(row, table).replace(ARMS[WORM], f"the {ARMS[WORM]}", 1)


def with_interval(score: Interval) -> str:
    """A mean with its interval, where there is one."""
    if math.isnan(score.low):
        return decimal(score.mean)
    return f"{decimal(score.mean)} ({decimal(score.low)} to {decimal(score.high)})"
