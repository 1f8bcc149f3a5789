"""Bisect: which hunks of a difference moved the number that a command prints?

As `git bisect` over the hunks between two circuits, each step a compiled model. Nothing
is taken for additive: hunks that act together are found together.

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
    """As many models are measured as may be."""


@dataclass
class Bisection:
    """The search, and all that is known so far.

    Attributes:
        measure: (place, hunks) to a step; tell: hears of each.
        share: of the difference that is enough; most: steps there may be.
        tolerance: a smaller difference is none; None: as far as runs are apart.
        steps: in order; best: the smallest group that is known to be enough.
        found: the group that the search ended with; alone: each hunk of it.
    """

    difference: Difference
    measure: Callable[[int, Hunks], Step]
    tell: Callable[[Step], None] = lambda step: None
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
        """Measure both ends, search, and look at what was found from all sides."""
        self.outcome = FAILED
        try:
            self.outcome = self.search()
        except OutOfSteps:
            self.outcome = UNFINISHED
        except KeyboardInterrupt:
            self.outcome = INTERRUPTED
            raise

    def search(self) -> str:
        """The outcome."""
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
        """Measure all but those that were found, then each of those alone."""
        self.others = self.step(self.difference.all - hunks)
        if len(hunks) > 1:
            for hunk in sorted(hunks):
                self.alone += (self.step(frozenset({hunk})),)

    def step(self, hunks: Hunks) -> Step:
        """Measure the old graph with some hunks applied, once.

        Raises:
            OutOfSteps: no more may be measured.
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
        self.tell(found)
        return found

    @property
    def ends(self) -> tuple[Step, ...]:
        """The old and the new one, as far as they are measured."""
        return tuple(list(self.steps.values())[:2])

    @property
    def moved(self) -> float:
        """The whole difference; 0 while it is not known."""
        numbers = [step.number for step in self.ends]
        if len(numbers) < 2 or numbers[0] is None or numbers[1] is None:
            return 0.0
        return numbers[1] - numbers[0]

    @property
    def noise(self) -> float:
        """The difference that counts as none."""
        if self.tolerance is not None:
            return self.tolerance
        return max((spread(step.runs) for step in self.ends), default=0.0)

    def part(self, step: Step) -> float | None:
        """How much of the whole difference a step makes; None where nothing tells."""
        old, moved = self.ends[0].number, self.moved
        if step.number is None or old is None or not moved:
            return None
        return (step.number - old) / moved

    def enough(self, hunks: Hunks) -> bool | None:
        """Whether some hunks alone move the number far enough; None if untestable."""
        part = self.part(self.step(hunks))
        return None if part is None else part >= self.share - ROUNDING


def smallest(count: int, enough: Callable[[Hunks], bool | None]) -> Hunks:
    """A group that is enough, of which no hunk can be left out.

    Args:
        enough: True of all hunks, False of none; None where it can not be told.

    One hunk of n is found in log2 n questions and one more, a group of k in k times
    that: the shortest prefix that is enough ends with a hunk that is needed; it is kept,
    and a shorter prefix looked for beside it.
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
    """A hunk without which the others are enough."""
    each = sorted(kept) if len(kept) > 1 else ()
    return next((hunk for hunk in each if enough(kept - {hunk})), None)


def needed(
    kept: Hunks, rest: tuple[int, ...], enough: Callable[[Hunks], bool | None]
) -> tuple[int, int]:
    """The hunk that ends a prefix that is enough beside those kept, as a slice of `rest`.

    It is wider than one where nothing between can be told.
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
