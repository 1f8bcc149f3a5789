"""Bisect: find the hunks of a difference that moved the number of a command.

As `git bisect` over the hunks between two circuits, each step a compiled model. Effects
need not add up: hunks that act together are found together.

Source: the search by prefixes is that of Junker, "QuickXplain", AAAI 2004, by halves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from .hunks import Difference
from .intermediate import NONE, Hunks, Step
from .measure import spread

SAME, FOUND, TOGETHER = "no difference", "found", "all together"
UNFINISHED, INTERRUPTED, FAILED = "unfinished", "interrupted", "failed"
ROUNDING = 1e-9  # of the difference: sums of shares may miss by that much


class OutOfSteps(Exception):
    """The limit of measured models is reached."""


@dataclass
class Bisection:
    """The state of the search.

    Attributes:
        measure: (place, hunks) -> step; on_step: called with each step.
        share: of the difference that is enough; most: limit of steps.
        tolerance: a difference up to it is none; None: the range of the runs.
        steps: in order; best: step of the smallest group known to be enough.
        found: step of the final group; alone: steps of its single hunks.
        others: step of all other hunks.
    """

    difference: Difference
    measure: Callable[[int, Hunks], Step]
    on_step: Callable[[Step], None] = lambda step: None
    share: float = 0.5
    tolerance: float | None = None
    most: int = 100
    outcome: str = ""
    steps: dict[Hunks, Step] = field(default_factory=dict)
    best: Step | None = None
    found: Step | None = None
    others: Step | None = None
    alone: tuple[Step, ...] = ()

    def run(self) -> None:
        """Search, and set the outcome."""
        self.outcome = FAILED
        try:
            self.outcome = self.search()
        except OutOfSteps:
            self.outcome = UNFINISHED
        except KeyboardInterrupt:
            self.outcome = INTERRUPTED
            raise

    def search(self) -> str:
        """Measure both ends, find the smallest group, look around; returns the outcome."""
        every = self.difference.all
        if not every:
            return SAME
        self.step(NONE)
        self.step(every)
        if abs(self.moved) <= self.noise:
            return SAME
        hunks = smallest(len(every), self.enough)
        self.found = self.step(hunks)
        with suppress(OutOfSteps):
            self.look_around(hunks)
        return TOGETHER if hunks == every and len(every) > 1 else FOUND

    def look_around(self, hunks: Hunks) -> None:
        """Measure all other hunks, then each hunk of the group alone."""
        self.others = self.step(self.difference.all - hunks)
        if len(hunks) > 1:
            for hunk in sorted(hunks):
                self.alone += (self.step(frozenset({hunk})),)

    def step(self, hunks: Hunks) -> Step:
        """Measure the old graph with some hunks applied, once.

        Raises:
            OutOfSteps: the limit of steps is reached.
        """
        if hunks in self.steps:
            return self.steps[hunks]
        if len(self.steps) >= self.most:
            raise OutOfSteps
        found = self.measure(len(self.steps), hunks)
        self.steps[hunks] = found
        smaller = self.best is None or len(hunks) < len(self.best.hunks)
        if smaller and self.enough(hunks):
            self.best = found
        self.on_step(found)
        return found

    @property
    def ends(self) -> tuple[Step, ...]:
        """The steps of the old and the new model, as far as measured."""
        return tuple(list(self.steps.values())[:2])

    @property
    def moved(self) -> float:
        """The difference between the new and the old number; 0 while unknown."""
        numbers = [step.number for step in self.ends]
        if len(numbers) < 2 or numbers[0] is None or numbers[1] is None:
            return 0.0
        return numbers[1] - numbers[0]

    @property
    def noise(self) -> float:
        """The largest difference that counts as none."""
        if self.tolerance is not None:
            return self.tolerance
        return max((spread(step.runs) for step in self.ends), default=0.0)

    def part(self, step: Step) -> float | None:
        """The share of the difference at a step; None if unknown."""
        old, moved = self.ends[0].number, self.moved
        if step.number is None or old is None or not moved:
            return None
        return (step.number - old) / moved

    def enough(self, hunks: Hunks) -> bool | None:
        """Whether some hunks alone make `share` of the difference; None if untestable."""
        part = self.part(self.step(hunks))
        return None if part is None else part >= self.share - ROUNDING


def smallest(count: int, enough: Callable[[Hunks], bool | None]) -> Hunks:
    """A minimal group that is enough: none of its hunks can be left out.

    Args:
        enough: True for all hunks, False for none; None if untestable.

    One hunk of n takes log2 n + 1 tests, a group of k takes k times as many: the shortest
    prefix that is enough ends with a needed hunk; it is kept, and the search goes on
    for a shorter prefix beside it.
    """
    kept, rest = NONE, tuple(range(count))
    while rest and not (kept and enough(kept)):
        first, last = needed(kept, rest, enough)
        kept |= frozenset(rest[first:last])
        rest = rest[:first]
    while (spare := superfluous(kept, enough)) is not None:
        kept -= {spare}
    return kept


def superfluous(kept: Hunks, enough: Callable[[Hunks], bool | None]) -> int | None:
    """A hunk that can be left out, if there is one."""
    each = sorted(kept) if len(kept) > 1 else ()
    return next((hunk for hunk in each if enough(kept - {hunk})), None)


def needed(
    kept: Hunks, rest: tuple[int, ...], enough: Callable[[Hunks], bool | None]
) -> tuple[int, int]:
    """The last hunk of the shortest prefix that is enough with `kept`, as a slice of `rest`.

    The slice has several hunks where all prefixes between are untestable.
    """
    low, high = 0, len(rest)
    while high - low > 1:
        for middle in near_middle(low, high):
            verdict = enough(kept | frozenset(rest[:middle]))
            if verdict is not None:
                break
        else:
            return low, high
        low, high = (low, middle) if verdict else (middle, high)
    return low, high


def near_middle(low: int, high: int) -> Iterator[int]:
    """All numbers between two, from the middle outwards."""
    middle = (low + high) // 2
    yield from sorted(
        range(low + 1, high), key=lambda place: (abs(place - middle), place)
    )
