"""Keep alive in few levels: neurons move, at the least cost, until they lie on a path.

As in `keep_alive` an arc is sought that brings a silent neuron back: from a node that a
sensor reaches into its ancestors, or mirrored. Here an arc is kept by moving its two ends
to levels of which one is the lower; its price is the loss among all their other arcs.
The cheapest arc that leaves fewer neurons silent is taken first. Then neurons move back to
where they lose less, unless that silences one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Bool, Float64, Int32, Int64
from .few_levels import LevelAssignment
from .keep_alive import Arcs, candidates, dead_names, silent

TRIED = 400  # arcs at a step, the cheapest first
ROUNDS, WARM = 3, 0.1  # of moving all neurons, and bringing back who that silenced
STARTS = 4  # levels to begin with: neither their loss nor their dead say which is best


@dataclass(frozen=True)
class RepairedLevels:
    """A level assignment after a repair.

    Attributes:
        level: (N,) of each node.
        forced: (A,) the arcs that brought a neuron back.
        given_up: names of the neurons that are left on no path.
        too_dear: whether the cap is the reason.
    """

    level: Int32
    forced: Bool
    given_up: tuple[str, ...]
    too_dear: bool = False


def repair_levels(
    assignment: LevelAssignment, arcs: Arcs, starts: Sequence[Int32], cap: int
) -> RepairedLevels:
    """Move nodes until every neuron that can be lies on a path, for at most `cap` an arc.

    Args:
        arcs: those that may rise: proper synapses and both directions of junctions.
        starts: levels (N,) to begin with; which of them ends best is not known before.
        cap: in units of weight.
    """
    repair = Repair(assignment, arcs, arcs.wanted(), cap)
    nothing = np.zeros(len(arcs.pre), bool)
    best = min((repair.run(level, nothing) for level in starts), key=repair.key)
    for number in range(ROUNDS if best.forced.any() else 0):
        firm = assignment.with_required(arcs.pre[best.forced], arcs.post[best.forced])
        found = firm.descend(firm.anneal(best.level, number, WARM))
        best = min(best, repair.run(found, best.forced), key=repair.key)
    return best


class Repair:
    """Moves of an assignment that bring neurons back."""

    def __init__(
        self, assignment: LevelAssignment, arcs: Arcs, wanted: Bool, cap: int
    ) -> None:
        self.assignment, self.arcs, self.wanted = assignment, arcs, wanted
        # below the penalty, so that required arcs rise
        self.cap = min(cap * assignment.unit, assignment.penalty - 1)
        self.dear = False  # whether the cap ended the last search for an arc

    def key(self, found: RepairedLevels) -> tuple[int, int, int]:
        """Key of a result: required arcs that do not rise, then the loss.

        A silent neuron counts as a loss of the cap.
        """
        lost, gone = self.assignment.lost(found.level), len(found.given_up)
        return lost // self.assignment.penalty, lost + self.cap * gone, gone

    def rises(self, level: Int32) -> Bool:
        """(A,) the arcs that conduct."""
        kept: Bool = level[self.arcs.pre] < level[self.arcs.post]
        return kept

    def dead(self, level: Int32) -> int:
        """Number of wanted neurons that are silent."""
        return silent(self.arcs, self.wanted, self.rises(level))

    def run(self, level: Int32, forced: Bool) -> RepairedLevels:
        """Bring neurons back, one arc at a time; then lessen the loss, none silenced."""
        forced, dead, dear = forced.copy(), self.dead(level), False
        while dead:
            step = self.step(level, dead)
            if step is None:
                dear = self.dear
                break
            level, arc, dead = step
            forced[arc] = True
        level = self.settle(level, dead)
        names = dead_names(self.arcs, self.wanted, self.rises(level))
        forced &= self.rises(level)
        return RepairedLevels(level, forced, names, dear and bool(names))

    def step(self, level: Int32, dead: int) -> tuple[Int32, int, int] | None:
        """(levels, the arc, how many are silent now) of the cheapest arc that helps."""
        arcs, kept = self.arcs, self.rises(level)
        from_sensor, to_motor = arcs.live(kept)
        rows = np.flatnonzero(self.wanted & ~(from_sensor & to_motor)).tolist()
        useful = {
            arc
            for row in rows
            for arc in candidates(arcs, kept, row, from_sensor, to_motor)
        }
        self.dear = False
        for price, _, _, arc in sorted(self.prices(level, useful))[:TRIED]:
            if price > self.cap:
                self.dear = True
                break
            moved = self.moved(level, arc)[1]
            now = self.dead(moved)
            if now < dead:
                return moved, arc, now
        return None

    def prices(
        self, level: Int32, useful: set[int]
    ) -> Iterator[tuple[int, str, str, int]]:
        """(price, pre, post, arc) of each."""
        name = self.arcs.names
        for arc in useful:
            price, _ = self.moved(level, arc)
            ends = int(self.arcs.pre[arc]), int(self.arcs.post[arc])
            yield price, name[ends[0]], name[ends[1]], arc

    def moved(self, level: Int32, arc: int) -> tuple[int, Int32]:
        """(price, levels) after the ends of an arc moved to where it rises."""
        tail, head = int(self.arcs.pre[arc]), int(self.arcs.post[arc])
        ends = np.array([tail, head])
        alone = self.assignment.gains(level, ends, apart=True)
        below: Float64 = np.maximum.accumulate(alone[0])[:-1]
        high = int((below + alone[1, 1:]).argmax()) + 1
        low = int(alone[0, :high].argmax())
        moved = level.copy()
        moved[ends] = low, high
        return self.assignment.lost(moved) - self.assignment.lost(level), moved

    def settle(self, level: Int32, dead: int) -> Int32:
        """Move neurons to better levels, one by one, while nobody more falls silent."""
        everyone: Int64 = np.arange(len(level))
        moving = True
        while moving:
            moving = False
            gain = self.assignment.gains(level, everyone)
            better = gain.max(1) - gain[everyone, level]
            for row in np.argsort(-better, kind="stable").tolist():
                if better[row] <= 0:
                    break
                moved = self.alone(level, row)
                if moved is not None and self.dead(moved) <= dead:
                    level, moving = moved, True
        return level

    def alone(self, level: Int32, row: int) -> Int32 | None:
        """Levels with one neuron on its best, all others at rest; None: it is there."""
        (gain,) = self.assignment.gains(level, np.array([row]))
        if gain.max() <= gain[level[row]]:
            return None
        moved = level.copy()
        moved[row] = gain.argmax()
        return moved
