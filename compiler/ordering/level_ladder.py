"""An order in few levels, such that more levels never do worse.

A search in so many levels is no better than its luck. Here one follows another, on 2, 3, 4,
6, 8, 12, 16, 24 ... levels up to the number asked for, and in between levels are added one by
one: each result is a candidate on the next number of levels, and taken unless another has
more neurons alive, or as many and loses no more. The order in any number of levels is the
last: where its levels are few enough, nothing is searched. Of a large graph only the search
before the last is made: one further below loses far more.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..arrays import Bool, Int8, Int32
from ..errors import InputError
from ..names import plural
from .feedback_arc_set import FeedbackArcSet
from .few_levels import LevelAssignment, levels_found, order_rank
from .integers import parts
from .keep_alive_levels import STARTS, Repair, repair_levels
from .list_schedule import list_schedule
from .problem import Problem
from .repair import Repaired, arcs_of, directed, directions, live_nodes, repair
from .restriction import SEARCH

TINY = 64  # nodes of a graph that is searched on all numbers of levels
FIRST = 8  # levels of the first search on a larger one


@dataclass(frozen=True)
class Step:
    """A level assignment and what it comes to.

    Attributes:
        level: (N,) of each node; forced: (A,) arcs that brought a neuron back.
        way: (J,) directions of junctions; 0: both ends share a level.
        unmet: required arcs that do not rise.
        silent: (N,) nodes on no path that lie on one where all runs forward; none where
            neurons are not kept alive.
        back: cost of the arcs that run backward, of changes too; lost: with the junctions given up.
        first: least of `back` that was found before neurons were brought back.
        too_dear: whether the cap is the reason why nodes are silent.
    """

    level: Int32
    forced: Bool
    way: Int8
    unmet: int
    silent: Bool
    back: float
    lost: float
    first: int
    too_dear: bool = False

    def replaces(self, old: Step) -> bool:
        """Whether it has more alive than another, or as many, and loses no more."""
        one, two = ((each.unmet, int(each.silent.sum())) for each in (self, old))
        if one != two:
            return one < two
        return self.back <= old.back and self.lost <= old.lost


def in_few_levels(problem: Problem, found: FeedbackArcSet, most: int) -> Repaired:
    """Assign the nodes to `most` levels, and bring neurons back within the cap.

    Raises:
        InputError: some junction between blocks does not rise.
    """
    free, level = unlimited(problem, found)
    (left, right), instance = problem.nodes_of_junctions, problem.instance
    if int(level.max(initial=0)) < most:
        first = None
        if problem.cap is not None:
            first = int(instance.weight[found.back].sum())
        way = np.sign(level[right] - level[left]).astype(np.int8)
        return replace(free, way=way, few_price=first)
    last = Ladder(problem, found, most, free.back).climb(min(most, len(instance.names)))
    wanted = np.sign(instance.block[right] - instance.block[left])
    way = np.sign(last.level[right] - last.level[left])
    wrong = int(((wanted != 0) & (way != wanted)).sum())
    if wrong:
        seen = f"--max-levels {most}: {plural(wrong, 'gap junction')} found no room"
        hint = "each joins two of the blocks, so it has to rise: allow more levels"
        raise InputError(problem.circuit.source.label, seen, hint)
    rises = last.level[instance.pre] < last.level[instance.post]
    back = instance.proper & ~rises
    if problem.cap is None:
        return Repaired(back, last.way)
    names = tuple(instance.names[row] for row in np.flatnonzero(last.silent).tolist())
    forced, dear = int(last.forced.sum()), last.too_dear and bool(names)
    return Repaired(back, last.way, forced, names, last.first, dear)


def rungs(size: int, most: int) -> list[tuple[int, bool]]:
    """(levels, whether they are searched anew) in turn; the last are `most` levels.

    A large graph is searched twice: on the number asked for, and on one not far below.
    """
    steps = [2]
    while steps[-1] <= most:
        steps.append(steps[-1] + max(1, (1 << (steps[-1].bit_length() - 1)) // 2))
    if size <= TINY:
        return [(count, count in steps) for count in range(2, most + 1)]
    near = [rung for rung in steps if FIRST <= rung < most and 3 * rung >= 2 * most]
    return [(count, True) for count in (*near[-1:], most)]


def unlimited(problem: Problem, found: FeedbackArcSet) -> tuple[Repaired, Int32]:
    """The order in any number of levels, and the level (N,) of each node in it."""
    free, instance = repair(problem, found), problem.instance
    left, right = problem.nodes_of_junctions
    kept, loose = instance.proper & ~free.back, free.way == 0
    joined = directions(problem, kept, free.way)
    ends = joined.conducting()
    level = list_schedule(*ends, left[loose], right[loose], len(instance.names))
    return free, level.astype(np.int32)


class Ladder:
    """Searches on more and more levels, each from the result of the one before."""

    def __init__(
        self, problem: Problem, found: FeedbackArcSet, most: int, alive: Bool
    ) -> None:
        self.problem, self.found, self.instance = problem, found, problem.near
        self.alive = alive
        label = problem.circuit.source.label
        self.price = parts(problem.circuit.junctions.weight, problem.scale, label)
        self.arcs = arcs_of(problem, np.flatnonzero(problem.near.proper))[0]
        self.wanted = self.arcs.wanted()
        self.last: Step | None = None

    def climb(self, most: int) -> Step:
        """The result on `most` levels."""
        for count, anew in rungs(len(self.instance.names), most):
            if self.last and self.perfect(self.last):
                break
            SEARCH.info("levels: %d, of %d asked for", count, most)
            assignment, last = self.assignment(count), self.last
            if anew or last is None:
                new = self.searched(assignment)
            else:
                new = self.grown(assignment, last)
            if last is None or new.replaces(last):
                self.last = new
            else:
                self.last = replace(last, first=new.first)
        return self.last or self.searched(self.assignment(most))

    def assignment(self, most: int) -> LevelAssignment:
        """Assignments to so many levels."""
        left, right = self.problem.nodes_of_junctions
        return LevelAssignment(self.instance, left, right, self.price, most)

    def perfect(self, step: Step) -> bool:
        """Whether no assignment can have more alive, or lose less."""
        return (
            not step.unmet and not step.silent.any() and step.lost <= self.found.bound
        )

    def searched(self, assignment: LevelAssignment) -> Step:
        """The best that a search on so many levels finds."""
        old, cap = self.last, self.problem.cap
        last = None if old is None else old.level
        level, *others = levels_found(
            assignment,
            self.instance,
            self.found.back,
            last,
            self.found.bound * assignment.unit,
        )
        forced, dear = np.zeros(len(self.arcs.pre), bool), False
        first = self.back(level) if old is None else min(self.back(level), old.first)
        if cap is not None:
            starts = [level, *others[: STARTS - 1]]
            if last is not None:
                starts.append(assignment.stretched(last))
            starts.append(assignment.cut(order_rank(self.instance, self.alive)))
            before = len(self.wanted) if old is None else int(old.silent.sum())
            repaired = repair_levels(assignment, self.arcs, starts, cap, before)
            level, forced, dear = repaired.level, repaired.forced, repaired.too_dear
        return self.step(assignment, level, forced, first, dear)

    def grown(self, assignment: LevelAssignment, last: Step) -> Step:
        """An assignment with a level more, nodes moved where they lose less."""
        level, cap = assignment.stretched(last.level), self.problem.cap
        if cap is None:
            level = assignment.descend(level)
        else:
            moves = Repair(assignment, self.arcs, self.wanted, cap, 0)
            level = moves.settle(level, moves.dead(level))
        return self.step(assignment, level, last.forced, last.first, last.too_dear)

    def back(self, level: Int32) -> int:
        """Cost of the arcs that run backward."""
        falls = level[self.instance.pre] >= level[self.instance.post]
        return int(self.problem.instance.weight[falls & self.instance.proper].sum())

    def step(
        self,
        assignment: LevelAssignment,
        level: Int32,
        forced: Bool,
        first: int,
        dear: bool,
    ) -> Step:
        """What an assignment comes to, once junctions conduct that can."""
        left, right = self.problem.nodes_of_junctions
        way = np.sign(level[right] - level[left]).astype(np.int8)
        rises = self.instance.proper & (
            level[self.instance.pre] < level[self.instance.post]
        )
        way = directed(self.problem, rises, way)
        silent = np.zeros(len(self.instance.names), bool)
        if self.problem.cap is not None:
            joined = directions(self.problem, rises, way)
            silent = self.wanted & ~live_nodes(self.problem, joined)
        unmet, back = assignment.lost(level) // assignment.penalty, float(
            self.back(level)
        )
        if self.instance.change_cost is not None:
            falls = level[self.instance.pre] >= level[self.instance.post]
            against = falls & self.instance.proper
            back += float(self.instance.change_cost[against].sum())
        lost = back + float(self.price[way == 0].sum())
        return Step(level, forced, way, unmet, silent, back, lost, first, dear)
