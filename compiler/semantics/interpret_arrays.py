"""The interpreter of a large graph: what `interpret` computes, a level at a time, in numpy.

`interpret` is the definition, one synapse after the other; a test holds this to it. It
shares no code with a generated module: float64, and the chain rule written out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Bool, Float64, Int64
from ..graph import ranks
from ..ir.stages import MOTOR, SENSORY, Plan
from ..options import Options
from .activations import activation, normalise, normalise_back
from .merges import merge_of
from .registry import semantics_of
from .strengths import clamped
from .units import unit_of

Numbers = dict[str, Float64]  # arrays by name, as a generated module has them


@dataclass(frozen=True)
class Reads:
    """Who reads whom through which gain, sorted by the rows that read."""

    to: Int64
    by: Int64
    gain: Int64

    def of(self, first: int, last: int) -> Reads:
        """Those of the rows of a level."""
        start, end = np.searchsorted(self.to, (first, last))
        return Reads(*(ends[start:end] for ends in (self.to, self.by, self.gain)))


@dataclass(frozen=True)
class Arrays:
    """A plan under options, as rows.

    Attributes:
        levels: (first, last) row of each.
        sensory, motor: rows of the neurons of a role, by name, live or not.
        gains: how many there are.
        sign: that each gain is held to; 0: none.
        now, late: what is read of this step and of the one before.
    """

    options: Options
    size: int
    levels: tuple[tuple[int, int], ...]
    sensory: Int64
    motor: Int64
    gains: int
    sign: Int64
    now: Reads
    late: Reads

    @property
    def live(self) -> int:
        """The number of neurons in a level."""
        return self.levels[-1][1]

    @classmethod
    def of(cls, plan: Plan, options: Options) -> Arrays:
        """The rows of a plan; gains stand in the order of SYNAPSES."""
        rank = ranks(np.array(plan.cells.name, object))
        found: dict[bool, list[Reads]] = {False: [], True: []}
        count, signs = 0, [np.zeros(0, np.int64)]
        for kind, (post, pre) in ends_of(plan).items():
            used = plan.live[post] & plan.live[pre]
            to, by = (rows[used].astype(np.int64) for rows in (post, pre))
            order = np.lexsort((rank[by], rank[to]))
            gain = np.arange(count, count + len(order))
            for way in semantics_of(options).ways.get(kind, ()):
                ends = (by, to) if way.back else (to, by)
                found[way.late].append(Reads(ends[0][order], ends[1][order], gain))
            if kind in semantics_of(options).ways:
                signs.append(sign_of(plan, kind, used)[order])
            count += len(order) * (kind in semantics_of(options).ways)
        role, start = plan.cells.role, plan.level_start.tolist()
        sensory, motor = (
            rows[np.argsort(rank[rows])]
            for rows in (np.flatnonzero(role & bit) for bit in (SENSORY, MOTOR))
        )
        levels = tuple(zip(start, start[1:], strict=False))
        now, late = together(found[False]), together(found[True])
        sign = np.concatenate(signs) * clamped(options)
        return cls(options, len(role), levels, sensory, motor, count, sign, now, late)


def ends_of(plan: Plan) -> Mapping[str, tuple[NDArray[np.int32], NDArray[np.int32]]]:
    """(neuron, input) of the synapses of each kind."""
    return {
        "chemical": (plan.forward.post, plan.forward.pre),
        "electrical": (plan.junctions.right, plan.junctions.left),
        "feedback": (plan.feedback.post, plan.feedback.pre),
        "lateral": (plan.lateral.right, plan.lateral.left),
    }


def sign_of(plan: Plan, kind: str, used: Bool) -> Int64:
    """The signs of the synapses of a kind that are used, 0 where not known."""
    known = {"chemical": plan.forward.sign, "feedback": plan.feedback.sign}
    return known.get(kind, np.zeros(len(used)))[used].astype(np.int64)


def together(parts: list[Reads]) -> Reads:
    """All reads, sorted by the rows that read."""
    none = np.zeros(0, np.int64)
    to, by, gain = (
        np.concatenate([none, *(getattr(part, name) for part in parts)])
        for name in ("to", "by", "gain")
    )
    order = np.argsort(to, kind="stable")
    return Reads(to[order], by[order], gain[order])


@dataclass
class Step:
    """One step: the states, and what its way back needs; each (live, batch, D)."""

    states: Float64
    merged: Float64
    normed: Float64
    argument: Float64


@dataclass
class Run:
    """One run of a network: its numbers, and their gradients as they come in."""

    net: Arrays
    given: Numbers
    strength: Float64
    current: Float64
    alive: Float64
    held: Float64
    found: Numbers

    def drawn(self, reads: Reads, states: Float64) -> Float64:
        """What comes through some reads."""
        sent: Float64 = self.strength[reads.gain, None, None] * states[reads.by]
        return sent

    def fire(self, inputs: Float64, before: Float64) -> Step:
        """One step forward; inputs (batch, S, D)."""
        net, given, options = self.net, self.given, self.net.options
        shape = before.shape
        step = Step(*(np.zeros(shape) for _ in range(4)))
        sensors = np.flatnonzero(net.sensory < net.live)
        step.merged[net.sensory[sensors]] += inputs.transpose(1, 0, 2)[sensors]
        np.add.at(step.merged, net.late.to, self.drawn(net.late, before))
        act = activation(options.activation).function
        for first, last in net.levels:
            rows, reads = slice(first, last), net.now.of(first, last)
            np.add.at(step.merged, reads.to, self.drawn(reads, step.states))
            m = step.merged[rows]
            m = step.normed[rows] = normalise(m) if options.norm == "layer" else m
            if unit_of(options).matrix:
                m = np.einsum("nbd,ned->nbe", m, given["weight"][rows])
                a = m + given["bias"][rows][:, None]
            else:
                a = m + given["bias"][rows][:, None, None]
            a = step.argument[rows] = a + self.current[rows]
            held, current = self.held[rows], self.current[rows]
            free = held * current + (1 - held) * act(a)
            step.states[rows] = self.alive[rows] * free
        return step

    def back(
        self, step: Step, before: Float64, slope: Float64
    ) -> tuple[Float64, Float64]:
        """One step backward: the gradients of its inputs' rows, and of the state before.

        Args:
            slope: of the loss in the states; written over.
        """
        net, options, found = self.net, self.net.options, self.found
        act, late = activation(options.activation), np.zeros(before.shape)
        into = np.zeros(before.shape)
        for first, last in reversed(net.levels):
            rows, reads = slice(first, last), net.now.of(first, last)
            alive, held = self.alive[rows], self.held[rows]
            a, d = step.argument[rows], slope[rows]
            free = held * self.current[rows] + (1 - held) * act.function(a)
            found["alive"][rows] += (d * free).sum(2, keepdims=True)
            found["current"][rows] += d * alive * held
            d = d * alive * (1 - held) * act.slope(a)
            found["current"][rows] += d
            if unit_of(options).matrix:
                found["bias"][rows] += d.sum(1)
                m = step.normed[rows]
                found["weight"][rows] += np.einsum("nbe,nbd->ned", d, m)
                d = np.einsum("nbe,ned->nbd", d, self.given["weight"][rows])
            else:
                found["bias"][rows] += d.sum((1, 2))
            if options.norm == "layer":
                d = normalise_back(step.merged[rows], d)
            into[rows] = d
            self.pull(reads, into, step.states, slope)
        self.pull(net.late, into, before, late)
        return into, late

    def pull(
        self, reads: Reads, into: Float64, states: Float64, slope: Float64
    ) -> None:
        """Add the gradients of some reads: of the states that were read, and of gains."""
        d = into[reads.to]
        np.add.at(slope, reads.by, self.strength[reads.gain, None, None] * d)
        shares = (d * states[reads.by]).sum((1, 2))
        np.add.at(self.found["gain"], reads.gain, shares)


def interpret_arrays(net: Arrays, given: Numbers, hands: Numbers) -> Numbers:
    """Outputs, states and gradients of a network whose synapses have gains.

    Args:
        given: `inputs` (T, batch, S, D), `start` (batch, N, D), `cotangent`
            (T, batch, M, D), and the module's parameters by name.
        hands: `current` (batch, N, D), `alive` and `held` (batch, N); or nothing.
    """
    merge, live = merge_of(net.options), net.live
    strength = np.array([merge.factor(g) for g in given["gain"].tolist()])
    turn = np.where(net.sign * strength < 0, -1.0, 1.0)
    strength = turn * strength
    begin = given["start"].transpose(1, 0, 2)[:live]
    found = {name: np.zeros(given[name].shape) for name in parameters(given)}
    found |= {
        "current": np.zeros(begin.shape),
        "alive": np.zeros((*begin.shape[:2], 1)),
    }
    run = Run(net, given, strength, *by_hand(hands, begin), found)
    states, steps = [begin], []
    for inputs in given["inputs"]:
        steps.append(run.fire(inputs, states[-1]))
        states.append(steps[-1].states)
    whole = np.zeros((len(steps), net.size, *begin.shape[1:]))
    whole[:, :live] = np.stack(states[1:])
    result = {
        "states": whole.transpose(0, 2, 1, 3),
        "outputs": whole[:, net.motor].transpose(0, 2, 1, 3),
    }
    late, pulls = np.zeros(begin.shape), []
    for index in reversed(range(len(steps))):
        slope = np.zeros((net.size, *begin.shape[1:]))
        slope[net.motor] = given["cotangent"][index].transpose(1, 0, 2)
        into, late = run.back(steps[index], states[index], slope[:live] + late)
        full = np.zeros(slope.shape)
        full[:live] = into
        pulls.append(full[net.sensory].transpose(1, 0, 2))
    slopes = np.array([merge.slope(g) for g in given["gain"].tolist()])
    found["gain"] *= turn * slopes
    result |= {"inputs": np.stack(pulls[::-1]), **found, "start": late}
    for name in ("current", "alive", "start"):
        full = np.zeros((net.size, *result[name].shape[1:]))
        full[:live] = result[name]
        result[name] = full.transpose(1, 0, 2)
    result["alive"] = result["alive"][..., 0]
    return result


def parameters(given: Numbers) -> Iterator[str]:
    """The names of the module's parameters among its numbers."""
    return (name for name in ("gain", "weight", "bias") if name in given)


def by_hand(hands: Numbers, like: Float64) -> tuple[Float64, Float64, Float64]:
    """`current`, `alive` and `held` by rows; idle where nothing is done."""
    if not hands:
        one = np.ones((*like.shape[:2], 1))
        return np.zeros(like.shape), one, 0 * one
    live = len(like)
    current = hands["current"].transpose(1, 0, 2)[:live]
    alive, held = (hands[name].T[:live, :, None] for name in ("alive", "held"))
    return current, alive, held
