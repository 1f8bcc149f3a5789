"""The README of a measurement: the finding first, then how it was measured."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ..errors import visible
from ..names import plain, plural
from .conserved import Overlap
from .conserved_page import kept_backward, kept_walks
from .dots import NAME
from .judge import SERIES, Judged, Twins, animals
from .protocol import ONE, Protocol
from .report import complete
from .summary import summary, tested

HEAD = (
    "connectome | twins | n | connectome loses | bounds of twins, mean [95 %] | least |"
    " z | rank | ratio to the mean bound [95 %] | p"
)
QUESTION = """\
Does a connectome send less of its chemical weight backward than a random graph with the same traits? Its
least feedback, found exactly and proved, is held against a bound below the least feedback of each
random twin: what *no* order of the twin can lose less than."""
METHOD = """\
## How

An order of the neurons sends some synapses backward; their weight, as a share of all chemical
weight between different neurons, is the *feedback* of that order. The least of it is the minimum
weighted feedback arc set. Of the connectome it is found exactly and proved by a packing of
directed cycles: no synapse carries more cycles than it weighs, and every order cuts each cycle.
`certificates/` holds it; `elegansc verify MODEL --certificate FILE` adds it up in whole numbers.
Where the table says *at least*, the order found is not proved the least, and it is the order that is
compared. Where all weights are 1, no file has these weights, so no certificate is written.

Of each random twin only a *lower bound* is taken, by a packing of its own, which was added up
again in whole numbers before it was written down; beside it stands the order that sifting found.
What the connectome loses is compared with what no order of the twin can lose less than. That is
the cautious side: solved to the end, every twin would lie further away, never nearer.

- rank: 1 + the twins whose bound is not above what the connectome loses; p = rank / (n + 1).
- z: what the connectome loses, less the mean bound, in deviations of the bounds. A description:
  nothing says that bounds are normal. Of fewer than ten twins it is left out.
- The interval of a mean is Student's t; the interval of the ratio is that of the mean.
- p in brackets is not in the family of tests and not corrected; the others are corrected by Holm.

Twins keep what `elegansc rewire --help` says of their null model; twin k of a seed is the same
everywhere. All numbers are in `verdict.json`, every graph is a line of `results.jsonl`, which
carries the digest of `protocol.toml`.
"""


def readme(
    protocol: Protocol, judged: Sequence[Judged], conserved: Sequence[Overlap]
) -> str:
    """The page, Markdown."""
    told = tested(protocol, judged)
    return "\n".join(
        [
            "# Feedback of connectomes and of their random twins",
            "",
            *missing(judged),
            QUESTION,
            *part("Found", [*([told, ""] if told else []), *summary(judged)]),
            f"![A dot a twin: its bound; red: the connectome.]({NAME}.svg)",
            *part("Tested", table(judged, True)),
            *part("Described", table(judged, False)),
            *remarks(judged),
            *kept_walks(judged),
            *kept_backward(conserved),
            METHOD,
        ]
    )


def part(heading: str, lines: Iterable[str]) -> list[str]:
    """A part of the page; nothing where it is empty."""
    found = [*lines]
    return ["", f"## {heading}", "", *found, ""] if any(found) else [""]


def missing(judged: Sequence[Judged]) -> Iterator[str]:
    """What of the protocol is not measured yet."""
    if not complete(judged):
        count = sum(arm.missing for one in judged for arm in one.arms)
        count += sum(one.worm is None for one in judged)
        yield f"**Not complete: {plural(count, 'measurement')} of the protocol missing.**"
        yield ""


def findings(protocol: Protocol, judged: Sequence[Judged]) -> Iterator[str]:
    """The verdict, a sentence a line."""
    yield from missing(judged)
    if told := tested(protocol, judged):
        yield told
        yield ""
    for one in judged:
        for arm in one.arms:
            yield f"- {sentence(one, arm)}"


def sentence(one: Judged, arm: Twins) -> str:
    """What one arm shows."""
    name, n = named(one), len(arm.bound)
    if not n:
        why = arm.impossible[0][1] if arm.impossible else "none is measured yet"
        return f"{name}, {arm.arm.null}: no twin; {visible(why)}"
    if one.worm is None:
        return f"{name}, {arm.arm.null}: the connectome is not measured yet"
    above = n - arm.below
    proved = "proved the minimum" if one.worm.proved else "of the order found"
    return (
        f"{name}, {arm.arm.null}: {one.worm.share:.2%}, {proved}, lies below the lower bound"
        f" of {above} of {plural(n, 'twin')}"
    )


def named(one: Judged) -> str:
    """The name of a map, with its weights where they are not the source's."""
    weights = " (all weights 1)" if one.map.weights == ONE else ""
    return f"{plain(one.map.source)}{weights}"


def table(judged: Sequence[Judged], family: bool) -> Iterator[str]:
    """The arms of the family of tests, or the others, as a Markdown table."""
    arms = [
        (one, arm) for one in judged for arm in one.arms if arm.arm.tested is family
    ]
    if arms:
        yield f"| {HEAD} |"
        yield "| --- | --- |" + " ---: |" * (HEAD.count("|") - 1)
    for one, arm in arms:
        yield f"| {' | '.join(row(one, arm))} |"


def row(one: Judged, arm: Twins) -> list[str]:
    """The cells of one arm."""
    n = len(arm.bound)
    lost = "" if one.worm is None else f"{one.worm.share:.2%}"
    if one.worm is not None and not one.worm.proved:
        lost += f" (at least {one.worm.least:.2%})"
    p = arm.holm if arm.arm.tested else arm.p
    known = "" if math.isnan(p) else f"{p:.3f}"
    bounds, ratio = arm.bounds, arm.ratio
    return [
        named(one),
        arm.arm.null,
        f"{n:,}",
        lost,
        f"{bounds.mean:.2%} {between(bounds.low, bounds.high, '.2%')}" if n else "",
        f"{min(arm.bound):.2%}" if n else "",
        "" if math.isnan(arm.z) else f"{arm.z:z.1f}",
        f"{1 + arm.below} of {n + 1}" if n else "",
        f"{ratio.mean:.3f} {between(ratio.low, ratio.high, '.3f')}" if n else "",
        known if arm.arm.tested or not known else f"({known})",
    ]


def between(low: float, high: float, form: str) -> str:
    """An interval; nothing where it is unknown."""
    return "" if math.isnan(low) else f"[{low:{form}}, {high:{form}}]"


def remarks(judged: Sequence[Judged]) -> Iterator[str]:
    """What a reader must know: animals, bounds that did not converge, impossible twins."""
    series = {one.map.source for one in judged} & {*SERIES}
    if len(series) > 1:
        yield f"{', '.join(sorted(series))} are readings of one series of sections and"
        yield f"count as one animal: {plural(animals(judged), 'animal')} in all."
        yield ""
    files = {arm.arm.positions for one in judged for arm in one.arms} - {""}
    for name in sorted({Path(file).name for file in files}):
        yield f"Twins of degree-distance are drawn by {visible(name)}, where the cells lie. It is not part of"
        yield "elegansc: from a clone alone this part cannot be made again. Every line of results.jsonl that needs"
        yield "the file carries its digest."
        yield ""
    loose = [(one, arm) for one in judged for arm in one.arms if arm.unconverged]
    for one, arm in loose:
        yield (
            f"{named(one)}, {arm.arm.null}: the bounds of {len(arm.unconverged)} of"
            f" {len(arm.bound)} twins did not converge; they hold, and are lower than they could be."
        )
        yield ""
    for one in judged:
        for arm in one.arms:
            if arm.impossible and arm.bound:
                k, why = arm.impossible[0]
                seen = plural(len(arm.impossible), "twin")
                yield f"{named(one)}, {arm.arm.null}: {seen} cannot exist, {k} first: {visible(why)}"
                yield ""
