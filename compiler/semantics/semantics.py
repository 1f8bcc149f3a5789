"""What a compiled model computes and holds: one record a semantics.

Everything that asks what a model means asks this record: the page, its docstring, the
interpreter, `verify`, `diff`, `transplant`, `status` and the report.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from ..arrays import Float64
from ..errors import UsageError
from ..names import plural
from ..options import IDLE, Options
from . import starts
from .merges import merge_of
from .starts import Start
from .ties import Groups, gain_groups, tau_groups
from .units import unit_of
from .wiring import Gain, Read, Way, Wiring

Own = Mapping[str, Float64]  # a neuron's own parameters, by name


@dataclass(frozen=True, slots=True)
class Parameter:
    """One nn.Parameter of a generated module.

    Attributes:
        name: its attribute.
        per: what an element, or a row of elements, belongs to: a synapse, in the order of
            SYNAPSES, a junction, in that of JUNCTIONS, or a neuron, in the order of LEVELS
            (of UNITS in a published sweep, of NEURONS where nothing is cut), or a tie, in
            the order of their first members.
        shape: of the tensor.
        words: what the docstring counts.
        start: how it starts.
    """

    name: str
    per: Literal["synapse", "junction", "neuron", "tie"]
    shape: tuple[int, ...]
    words: str
    start: Callable[[], Start]

    @property
    def size(self) -> int:
        """The number of its elements."""
        return math.prod(self.shape)

    @property
    def each(self) -> int:
        """The number of elements of one synapse or neuron."""
        return math.prod(self.shape[1:])


def activated(x: Float64, before: Float64, own: Own) -> Float64:
    """A neuron's state is its activation, whatever it was before."""
    return x


def activated_back(
    d: Float64, x: Float64, before: Float64, own: Own
) -> tuple[Float64, Float64, dict[str, Float64]]:
    """The gradients of the activation, of the state before and of own parameters."""
    return d, 0 * d, {}


def no_parameters(wiring: Wiring, options: Options) -> Iterator[Parameter]:
    """No parameters of a neuron beside those of its unit."""
    yield from ()


@dataclass(frozen=True, slots=True)
class Words:
    """What the docstring and the comments of a generated module say of a semantics.

    Attributes:
        network: what kind of network it is.
        state: sentences after the formula of a neuron.
        junctions, junction_note: how gap junctions between two levels conduct: in the
            docstring, above their table.
        within, within_note: the same of those within a level.
        backward: what becomes of chemical synapses that run backward.
        lacks: what of a brain it does not compute; {backward}, {synapses} and {junctions}
            stand for their numbers.
    """

    network: str = ""
    state: tuple[str, ...] = ()
    junctions: str = ""
    junction_note: str = ""
    within: str = ""
    within_note: str = ""
    backward: str = ""
    lacks: str = ""


@dataclass(frozen=True, slots=True)
class Semantics:
    """What forward() computes, and which parameters it has for that.

    Attributes:
        name: as `Options.semantics` has it.
        page: its page, templates/semantics/<page>.jinja.
        state: forward(inputs, state) -> (outputs, state); else forward(inputs) -> outputs.
        ways: by kind of synapse, how it conducts; a kind that is not here conducts
            nothing and has no gain.
        levels: neurons fire in levels, after cycles were broken.
        asked: the option that asks for it; "" where that is no single one.
        currents: gap junctions carry currents: each has a conductance, at both ends.
        words: what the generated module says of it.
        update: a neuron's state, of its activation, its state before, its parameters.
        update_back: the adjoint of `update`.
        own: further parameters of a neuron, beside those of its unit.
    """

    name: str
    page: str
    state: bool
    ways: Mapping[str, tuple[Way, ...]]
    levels: bool = True
    asked: str = ""
    currents: bool = False
    words: Words = Words()
    update: Callable[[Float64, Float64, Own], Float64] = activated
    update_back: Callable[
        [Float64, Float64, Float64, Own], tuple[Float64, Float64, dict[str, Float64]]
    ] = activated_back
    own: Callable[[Wiring, Options], Iterator[Parameter]] = no_parameters

    def check_levels(self) -> None:
        """Raise a UsageError where levels are asked of what has none."""
        if not self.levels:
            raise UsageError(f"{self.asked}: breaks no cycle, so it has no levels")

    @property
    def idle(self) -> tuple[str, ...]:
        """The options that mean nothing here, and are refused."""
        return tuple(IDLE[self.name])

    def synapses(self, wiring: Wiring) -> tuple[Gain, ...]:
        """The table SYNAPSES of a module: (neuron, input, kind) of what conducts."""
        return tuple(gain for kind in self.ways for gain in wiring.between_live(kind))

    def reads(self, wiring: Wiring, options: Options) -> Iterator[Read]:
        """Who reads whom, and when; where there are no gains, an input neuron once."""
        seen: set[tuple[str, str]] = set()
        for gain in self.synapses(wiring):
            for read in self.through(gain):
                pair = read.neuron, read.source
                if merge_of(options).gains or pair not in seen:
                    seen.add(pair)
                    yield read

    def through(self, gain: Gain) -> Iterator[Read]:
        """Who reads through one gain."""
        neuron, source, kind = gain
        for way in self.ways[kind]:
            ends = (source, neuron) if way.back else (neuron, source)
            yield Read(*ends, gain, way.late)

    def conducting(self, wiring: Wiring) -> tuple[int, int]:
        """The number of synapses and of gap junctions that conduct."""
        kinds = (*self.ways, "electrical") if self.currents else self.ways
        count = {kind: wiring.count(kind) for kind in kinds}
        synapses = count.get("chemical", 0) + count.get("feedback", 0)
        return synapses, count.get("electrical", 0) + count.get("lateral", 0)

    def parameters(self, wiring: Wiring, options: Options) -> tuple[Parameter, ...]:
        """Every nn.Parameter of the module, in its order."""
        neurons, d = len(wiring.fire), options.features
        begun = {"weight": starts.weights, "bias": starts.biases}
        unit = unit_of(options)
        words = unit.words(neurons, d)
        found = [
            Parameter(
                name,
                "neuron",
                shape,
                words[name],
                lambda name=name: begun[name](options),  # type: ignore[misc]
            )
            for name, shape in unit.shapes(neurons, d).items()
        ]
        if self.ways and merge_of(options).gains:
            found.insert(0, self.gain(wiring, options))
        if self.currents:
            found.insert(1, self.conductance(wiring, options))
        return (*found, *self.own(wiring, options))

    def junctions(self, wiring: Wiring) -> tuple[Gain, ...]:
        """The table JUNCTIONS of a module: (neuron, other, kind) of each conductance."""
        return tuple(wiring.between_live("electrical")) if self.currents else ()

    def conductance(self, wiring: Wiring, options: Options) -> Parameter:
        """The conductances, one a gap junction; they enter by their magnitude."""
        ends = self.junctions(wiring)

        def start() -> Start:
            return starts.conductances(wiring, ends, options)

        words = f"conductances of {plural(len(ends), 'gap junction')}"
        alone = Parameter("conductance", "junction", (len(ends),), words, start)
        return self.tied(alone, wiring, options)

    def tied(self, alone: Parameter, wiring: Wiring, options: Options) -> Parameter:
        """A parameter of synapses or junctions, of their ties where they are tied."""
        if options.tie == "none":
            return alone
        each = self.synapses if alone.per == "synapse" else self.junctions
        gains = each(wiring)
        groups = gain_groups(wiring, gains, options)
        size = len(groups.ties)
        return replace(
            alone,
            per="tie",
            shape=(size,),
            words=f"{plural(size, alone.name)} {alone.words.partition(' ')[2]}",
            start=lambda: starts.tied(
                alone.start(), wiring, gains, groups, draws=not self.currents
            ),
        )

    def ties(self, wiring: Wiring, options: Options) -> dict[str, Groups]:
        """By name of a parameter whose elements are shared: what is tied to what."""
        found: dict[str, Groups] = {}
        if options.tie != "none":
            found["gain"] = gain_groups(wiring, self.synapses(wiring), options)
        if options.tie != "none" and self.currents:
            ends = self.junctions(wiring)
            found["conductance"] = gain_groups(wiring, ends, options)
        if taus := tau_groups(wiring, options):
            found["tau"] = taus
        return found

    def gain(self, wiring: Wiring, options: Options) -> Parameter:
        """The gains, one a synapse that conducts."""
        synapses, coupled = self.conducting(wiring)
        words = f"gains of {plural(synapses, 'synapse')}"
        size = synapses
        if not self.currents:
            words, size = (
                f"{words} and {plural(coupled, 'gap junction')}",
                size + coupled,
            )

        def start() -> Start:
            gains = self.synapses(wiring)
            if self.currents:
                return starts.leaky_gains(wiring, gains, options)
            return starts.gains(wiring, gains, self.reads(wiring, options), options)

        alone = Parameter("gain", "synapse", (size,), words, start)
        return self.tied(alone, wiring, options)
