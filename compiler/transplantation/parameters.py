"""Which neuron or synapse each parameter element belongs to, read from the tables."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..module.read import CircuitModel, Model
from ..module.signature import signature
from ..semantics.registry import semantics_of
from ..semantics.semantics import Parameter, Semantics
from ..semantics.strengths import Strengths
from ..semantics.ties import Groups, Tie
from ..semantics.wiring import Gain, Link, link

Read = tuple[str, bool, Link]  # (input, whether of the step before, by which synapse)

# Why one of two models has no gain for a synapse of the other.
NEURON, SYNAPSE, BACKWARD, UNUSED = "neuron", "synapse", "backward", "unused"
LATERAL, CURRENT = "lateral", "current"


@dataclass(frozen=True, slots=True)
class Elements:
    """The parameters of a module.

    Attributes:
        parameters: in the order of the module.
        synapses: (neuron, input, kind) of each gain; with `product` there are no gains.
        junctions: (neuron, other, kind) of each conductance, of a leaky network.
        live: the neuron of each row of the others.
        wiring: the digest that signs its checkpoints.
        ties: of a parameter whose elements are shared, what is tied to what.
        weights, signs: of tied synapses; signs, 0 where free.
    """

    parameters: tuple[Parameter, ...]
    synapses: tuple[Gain, ...]
    junctions: tuple[Gain, ...]
    live: tuple[str, ...]
    wiring: bytes
    ties: Mapping[str, Groups]
    weights: tuple[float, ...] = ()
    signs: tuple[int, ...] = ()

    @property
    def shapes(self) -> Mapping[str, tuple[int, ...]]:
        """Of each parameter, by its name."""
        return {parameter.name: parameter.shape for parameter in self.parameters}

    @property
    def size(self) -> int:
        """How many numbers the parameters hold."""
        return sum(parameter.size for parameter in self.parameters)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models: where it stands, what is in it."""

    path: str
    model: Model | CircuitModel
    found: Elements

    @property
    def semantics(self) -> Semantics:
        """What the model computes."""
        return semantics_of(self.model.options)


def elements(model: Model | CircuitModel) -> Elements:
    """The parameters of a generated module, by its tables and options."""
    wiring, semantics = model.tables.wiring, semantics_of(model.options)
    synapses, junctions = semantics.synapses(wiring), semantics.junctions(wiring)
    if isinstance(model, Model) and model.inline is None:
        digest = bytes.fromhex(signature(model.plan, model.options))
    else:
        signed: list[object] = [model.tables.options, [*wiring.fire, *wiring.silent]]
        if semantics.currents:  # there a synapse is of one kind
            signed += [[gain[:2] for gain in each] for each in (synapses, junctions)]
        else:
            signed.append(synapses)
        if model.options.by_type:
            signed.append(model.tables.types)
        digest = hashlib.sha256(json.dumps(signed).encode()).digest()
    ties = semantics.ties(wiring, model.options)
    of, tied = Strengths(wiring, model.options), synapses if "gain" in ties else ()
    return Elements(
        semantics.parameters(wiring, model.options),
        synapses,
        junctions,
        wiring.fire,
        digest,
        ties,
        tuple(map(of.weight, tied)),
        tuple(map(of.sign, tied)),
    )


def places(
    old: Iterable[Link | Tie | str], new: Iterable[Link | Tie | str]
) -> list[int]:
    """Where each of `new` stands in `old`; -1: nowhere."""
    place = {key: index for index, key in enumerate(old)}
    return [place.get(key, -1) for key in new]


def reads(side: Side) -> dict[str, set[Read]]:
    """What each neuron reads, through which synapse, of which step."""
    found: dict[str, set[Read]] = {}
    for gain in side.found.synapses:
        for read in side.semantics.through(gain):
            what = read.source, read.late, link(gain)
            found.setdefault(read.neuron, set()).add(what)
    for junction in side.found.junctions:
        one, other, _ = junction
        for neuron, source in ((one, other), (other, one)):
            what = source, False, link(junction)
            found.setdefault(neuron, set()).add(what)
    return found


def zeroed(old: Side, new: Side) -> set[Gain]:
    """The new gains that a neuron which was there reads through.

    Those onto new neurons are drawn: with zeros on both sides of a neuron, nothing in it
    would ever learn.
    """
    known = set(map(link, old.found.synapses))
    there = set(old.found.live)
    return {
        gain
        for gain in new.found.synapses
        if link(gain) not in known
        and any(read.neuron in there for read in new.semantics.through(gain))
    }


def reasons(gains: Iterable[Gain], other: Model | CircuitModel) -> Iterator[str]:
    """Why the other model has no gain for each of these synapses."""
    tables = other.tables
    known, semantics = set(other.cells.name), semantics_of(other.options)
    computed = semantics.ways
    for neuron, source, kind in gains:
        used, late, why = tables.chemical, tables.feedback, BACKWARD
        both, idle = [(neuron, source)], "feedback" not in computed
        if link((neuron, source, kind))[2] == "electrical":
            used, late, why = tables.electrical, tables.lateral, LATERAL
            both.append((source, neuron))
            idle = "lateral" not in computed
        there = any(u in used.get(v, {}) for v, u in both)
        if neuron not in known or source not in known:
            yield NEURON
        elif (
            there
            and semantics.currents
            and link((neuron, source, kind))[2] == "electrical"
        ):
            yield CURRENT
        elif any(u in late.get(v, {}) for v, u in both):
            yield why if idle else UNUSED
        else:
            yield UNUSED if there else SYNAPSE
