"""The report of a bisection, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ..names import plain, plural
from .hunk_text import hunk_json, hunk_lines
from .hunks import KINDS, Difference
from .intermediate import Ends, Step
from .search import (
    FAILED,
    INTERRUPTED,
    SAME,
    TOGETHER,
    UNFINISHED,
    Bisection,
)

ROUGH = 2.0  # times the difference: steps that lie further apart hardly tell
SLACK = 0.1  # of the difference: effects that miss their sum by less add up
STOPPED = {UNFINISHED: "stopped", INTERRUPTED: "interrupted", FAILED: "failed"}


def heading(ends: Ends, found: Difference, by: str) -> Iterator[str]:
    """The heading: both labels, units, number of hunks."""
    old, new = (circuit.source for circuit in ends.circuits)
    counts = Counter(hunk.kind for hunk in found.hunks)
    kinds = ", ".join(f"{kind} {counts[kind]:,}" for kind in KINDS if counts[kind])
    yield f"{plain(old.label)} -> {plain(new.label)}"
    if old.unit != new.unit:
        yield f"units      {old.unit} against {new.unit}: most weights change"
    yield f"hunks      {len(found.hunks):,}, by {by}" + (f": {kinds}" if kinds else "")


def step_line(bisection: Bisection, step: Step) -> str:
    """The line of one step."""
    what = {frozenset(): "old", bisection.difference.all: "new"}.get(step.hunks)
    start = f"step {step.place:<6}{what or ranges(step.hunks)}: "
    if what or step.number is None:
        return start + number_text(step)
    return f"{start}{number_text(step)}, {percent(bisection.part(step))} of the way"


def number_text(step: Step) -> str:
    """The number of a step and the range of its runs, or why it was skipped."""
    if step.number is None:
        return f"skipped: {step.why}"
    low, high = min(step.runs), max(step.runs)
    around = f" ({six_digits(low)} to {six_digits(high)})" if low < high else ""
    return six_digits(step.number) + around


def six_digits(value: float) -> str:
    """A measured number, to six digits."""
    return f"{value:.6g}"


def percent(part: float | None) -> str:
    """A share of the difference."""
    return "not known" if part is None else f"{round(100 * part):,} %"


def ranges(hunks: Iterable[int]) -> str:
    """Ranges of places, counted from 1: `1-17 19`."""
    found: list[list[int]] = []
    for place in sorted(hunks):
        if found and found[-1][1] == place:
            found[-1][1] = place + 1
        else:
            found.append([place + 1, place + 1])
    return " ".join(f"{a}-{b}" if a < b else str(a) for a, b in found)


def summary(bisection: Bisection, *, verbose: bool = False) -> Iterator[str]:
    """The result of the search, or its state when it stopped."""
    if bisection.outcome == SAME:
        yield "same       " + same(bisection)
        return
    if bisection.moved:
        old, new = (step.number or 0.0 for step in bisection.ends)
        yield f"difference {six_digits(bisection.moved)}, from {six_digits(old)} to {six_digits(new)}"
    if bisection.outcome in STOPPED:
        steps = plural(len(bisection.steps), "step")
        more = ", --steps allows more" if bisection.outcome == UNFINISHED else ""
        yield f"{STOPPED[bisection.outcome]:<10} after {steps}{more}; known so far:"
    step = bisection.found or bisection.best
    every = bisection.difference.all
    if step is None or (step.hunks == every and len(every) > 1):
        yield from none(bisection)
        yield from warnings(bisection)
        return
    yield from group(bisection, step)
    yield from warnings(bisection)
    yield from hunk_lines(bisection.difference, step.hunks, verbose=verbose)


def same(bisection: Bisection) -> str:
    """The reason why there is no difference to search."""
    if not bisection.difference.hunks:
        return "there is no difference between the two graphs; nothing was run"
    old, new = (step.number or 0.0 for step in bisection.ends)
    if old == new:
        return f"both models give {six_digits(old)}"
    given = bisection.tolerance is not None
    limit = "the tolerance is" if given else "runs of one model lie as far apart as"
    apart = f"{six_digits(abs(new - old))} apart, {limit} {six_digits(bisection.noise)}"
    return f"{six_digits(old)} and {six_digits(new)} are {apart}"


def none(bisection: Bisection) -> Iterator[str]:
    """Lines that no proper subset of the hunks is known to be enough."""
    count, share = len(bisection.difference.hunks), percent(bisection.share)
    known = bisection.outcome == TOGETHER
    found = "found that moves" if known else "known yet to move"
    yield f"none       no group short of all {count:,} hunks is {found} it by {share}"
    if known:
        yield "           leave out any one, and the others do not: they act together"


def group(bisection: Bisection, step: Step) -> Iterator[str]:
    """Lines of a group: its effect alone, of each hunk, of all other hunks."""
    size, count = len(step.hunks), len(bisection.difference.hunks)
    who = f"hunk {ranges(step.hunks)}" if size == 1 else f"hunks {ranges(step.hunks)}"
    part = percent(bisection.part(step))
    yield f"found      {who} of {count:,}: alone {number_text(step)}, {part} of the difference"
    if bisection.alone:
        parts = ", ".join(percent(bisection.part(each)) for each in bisection.alone)
        yield f"           one by one {parts}{interplay(bisection, step)}"
    others = bisection.others
    if others is not None and others.hunks:
        left = percent(bisection.part(others))
        yield f"left       all but {who}: {number_text(others)}, {left}{doubled(bisection, step)}"
    if bisection.found and 2 * size > count > 3:
        yield "           that is most of them: no few hunks explain the difference"


def warnings(bisection: Bisection) -> Iterator[str]:
    """Lines of warnings: noisy steps, skipped steps."""
    low, high = between(bisection)
    if high - low > ROUGH * abs(bisection.moved):
        times = f"{(high - low) / abs(bisection.moved):.3g} times the difference"
        yield f"rough      the steps lie between {six_digits(low)} and {six_digits(high)}, {times}:"
        yield "           what is found may be chance; --like and --stick keep an order"
    skipped = sum(step.number is None for step in bisection.steps.values())
    if skipped:
        yield f"skipped    {plural(skipped, 'step')} could not be tested"


def between(bisection: Bisection) -> tuple[float, float]:
    """The smallest and the largest number of all steps."""
    numbers = [step.number for step in bisection.steps.values()]
    known = [number for number in numbers if number is not None]
    return min(known, default=0.0), max(known, default=0.0)


def interplay(bisection: Bisection, step: Step) -> str:
    """A remark whether the effects of the hunks of a group add up."""
    parts = [bisection.part(each) for each in bisection.alone]
    known = [part for part in parts if part is not None]
    whole = bisection.part(step)
    if whole is None or len(known) < len(step.hunks):
        return ""
    slack = max(SLACK, bisection.noise / abs(bisection.moved))
    if abs(sum(known) - whole) <= slack:
        return ": they add up"
    return ": they act together" if sum(known) < whole else ": they overlap"


def doubled(bisection: Bisection, step: Step) -> str:
    """A remark if all other hunks are enough as well."""
    others = bisection.others
    one, other = bisection.part(step), bisection.part(others) if others else None
    if one is None or other is None or one + other <= 1 + SLACK:
        return ""
    return ": enough as well, either will do" if other >= bisection.share else ""


def as_json(bisection: Bisection, ends: Ends, by: str) -> dict[str, Any]:
    """The report as plain data; hunks count from 1."""
    found, step = bisection.difference, bisection.found or bisection.best
    labels = [circuit.source.label for circuit in ends.circuits]
    return {
        "schema": 1,
        "command": "bisect",
        "outcome": bisection.outcome,
        "old": labels[0],
        "new": labels[1],
        "by": by,
        "unit": found.unit,
        "difference": bisection.moved,
        "tolerance": bisection.noise,
        "share": bisection.share,
        "hunks": [hunk_json(found, place) for place in range(len(found.hunks))],
        "between": list(between(bisection)),
        "steps": [step_json(bisection, each) for each in bisection.steps.values()],
        "found": step_json(bisection, step) if step else None,
        "alone": [step_json(bisection, each) for each in bisection.alone],
        "left": step_json(bisection, bisection.others) if bisection.others else None,
    }


def step_json(bisection: Bisection, step: Step) -> dict[str, Any]:
    """One step."""
    return {
        "step": step.place,
        "hunks": [place + 1 for place in sorted(step.hunks)],
        "number": step.number,
        "runs": list(step.runs),
        "part": bisection.part(step),
        "skipped": step.why or None,
        "file": step.file or None,
    }
