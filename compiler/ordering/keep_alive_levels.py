"""Keep alive in few levels: neurons move, at the least cost, until they lie on a path.

As in `keep_alive` an arc is sought that brings a silent neuron back: from a node that a
sensor reaches into its ancestors, or mirrored. Here an arc is kept by moving its two ends
to levels of which one is the lower; its price is the loss among all their other arcs.
The cheapest arc that leaves fewer neurons silent is taken first. Then neurons move back to
where they lose less, unless that silences one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Bool, Float64, Int32, Int64
from .few_levels import LevelAssignment
from .keep_alive import Arcs, candidates, dead_names, silent

TRIED = 400  # arcs at a step, the cheapest first
STARTS = 4  # levels to begin with: neither their loss nor their dead say which is best
ROUNDS, WARM = 3, 0.1  # of moving all neurons, and bringing back who that silenced


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
    assignment: LevelAssignment,
    arcs: Arcs,
    starts: Sequence[Int32],
    cap: int,
    before: int,
) -> RepairedLevels:
    """Move nodes until every neuron that can be lies on a path, for at most `cap` an arc.

    Args:
        arcs: those that may rise: proper synapses and both directions of junctions.
        starts: levels (N,) to begin with; which of them ends best is not known before.
        cap: in units of weight; before: number of neurons that are silent on fewer levels.
    """
    repair = Repair(assignment, arcs, arcs.wanted(), cap, before)
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
        self,
        assignment: LevelAssignment,
        arcs: Arcs,
        wanted: Bool,
        cap: int,
        before: int,
    ) -> None:
        self.assignment, self.arcs, self.wanted = assignment, arcs, wanted
        self.before = before
        # below the penalty, so that required arcs rise
        self.cap = min(cap * assignment.unit, assignment.penalty - 1)
        self.dear = False  # whether the cap ended the last search for an arc

    def key(self, found: RepairedLevels) -> tuple[int, int, int, int]:
        """Key of a result: required arcs that do not rise, then the loss.

        More silent neurons than on fewer levels come before; each counts as a loss of the
        cap.
        """
        lost, gone = self.assignment.lost(found.level), len(found.given_up)
        worse = max(gone - self.before, 0)
        return lost // self.assignment.penalty, worse, lost + self.cap * gone, gone

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
        for price, _, _, arc in self.prices(level, useful)[:TRIED]:
            if price > self.cap:
                self.dear = True
                break
            moved = self.moved(level, arc)
            now = self.dead(moved)
            if now < dead:
                return moved, arc, now
        return None

    def prices(self, level: Int32, useful: set[int]) -> list[tuple[int, str, str, int]]:
        """(price, pre, post, arc) of each arc as `moved` has it, the least first."""
        if not useful:
            return []
        found, every = np.array(sorted(useful), np.int64), np.arange(len(level))
        tail, head = self.arcs.pre[found], self.arcs.post[found]
        gain, pair = self.assignment.gains(level, every), self.assignment.gain_of_pair
        one = gain[tail] - pair(tail, head, level)
        two = gain[head] - pair(head, tail, level)
        low, high = ends_apart(one, two)
        row, stood = np.arange(len(found)), level[tail]
        before = one[row, stood] + two[row, level[head]]
        before += pair(tail, head, level)[row, stood]
        after = one[row, low] + two[row, high]  # a tail gains nothing below its head
        price = np.rint(before - after).astype(np.int64).tolist()
        name, ends = self.arcs.names, zip(tail.tolist(), head.tolist(), strict=True)
        return sorted(
            (cost, name[u], name[v], arc)
            for cost, (u, v), arc in zip(price, ends, found.tolist(), strict=True)
        )

    def moved(self, level: Int32, arc: int) -> Int32:
        """Levels after the ends of an arc moved, at the least loss, to where it rises."""
        ends = np.array([self.arcs.pre[arc], self.arcs.post[arc]])
        alone = self.assignment.gains(level, ends, apart=True)
        moved = level.copy()
        moved[ends] = np.concatenate(ends_apart(alone[:1], alone[1:]))
        return moved

    def settle(self, level: Int32, dead: int) -> Int32:
        """Move neurons to better levels, one by one, while nobody more falls silent."""
        everyone: Int64 = np.arange(len(level))
        refused: set[tuple[int, int]] = set()
        moving = True
        while moving:
            moving = False
            gain = self.assignment.gains(level, everyone)
            better = gain.max(1) - gain[everyone, level]
            for row in np.argsort(-better, kind="stable").tolist():
                if better[row] <= 0:
                    break
                moved = self.alone(level, row)
                if moved is None or (row, int(moved[row])) in refused:
                    continue
                if self.dead(moved) <= dead:
                    level, moving = moved, True
                else:
                    refused.add((row, int(moved[row])))
        return level

    def alone(self, level: Int32, row: int) -> Int32 | None:
        """Levels with one neuron on its best, all others at rest; None: it is there."""
        (gain,) = self.assignment.gains(level, np.array([row]))
        if gain.max() <= gain[level[row]]:
            return None
        moved = level.copy()
        moved[row] = gain.argmax()
        return moved


def ends_apart(tail: Float64, head: Float64) -> tuple[Int64, Int64]:
    """(arcs,), (arcs,) a lower and a higher level of the ends, of the largest gain.

    Args:
        tail, head: (arcs, levels) gains of the ends on each level.
    """
    below = np.maximum.accumulate(tail, 1)[:, :-1]
    high: Int64 = (below + head[:, 1:]).argmax(1) + 1
    under = np.arange(tail.shape[1]) < high[:, None]
    low: Int64 = np.where(under, tail, -np.inf).argmax(1)
    return low, high
