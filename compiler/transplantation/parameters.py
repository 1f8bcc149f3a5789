"""Whose is which element of a generated module's parameters. Told from its tables alone."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..module.read import Model
from ..module.tables import Tables
from ..semantics.interpret import Gain, Link, link

Read = tuple[str, bool, Link]  # (input, whether of the step before, by which synapse)

# Why one of two models has no gain for a synapse of the other.
NEURON, SYNAPSE, BACKWARD, UNUSED = "neuron", "synapse", "backward", "unused"
LATERAL = "lateral"


@dataclass(frozen=True, slots=True)
class Elements:
    """The parameters of a module.

    Attributes:
        shapes: of each parameter, by its name, in the order of the module.
        synapses: (neuron, input, kind) of each gain; with `product` there are no gains.
        live: the neuron of each row of `bias` and `weight`.
        wiring: the digest that signs its checkpoints.
    """

    shapes: Mapping[str, tuple[int, ...]]
    synapses: tuple[Gain, ...]
    live: tuple[str, ...]
    wiring: bytes


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two models: where it stands, what is in it."""

    path: str
    model: Model
    found: Elements

    @property
    def delay(self) -> bool:
        """Whether a step reads the one before."""
        return self.model.options.feedback == "delay"


def elements(model: Model) -> Elements:
    """The parameters of a generated module, by its tables and options."""
    tables, options = model.tables, model.options
    live = tuple(neuron for level in tables.levels for neuron in level)
    synapses = tuple(in_use(tables, delay=options.feedback == "delay"))
    n, d = len(live), options.features
    shapes: dict[str, tuple[int, ...]] = {}
    if options.merge != "product":
        shapes["gain"] = (len(synapses),)
    if options.unit == "linear":
        shapes["weight"] = (n, d, d)
    shapes["bias"] = (n, d) if options.unit == "linear" else (n,)
    signed = json.dumps([tables.options, [*live, *tables.unused], synapses])
    return Elements(shapes, synapses, live, hashlib.sha256(signed.encode()).digest())


def in_use(tables: Tables, *, delay: bool) -> Iterator[Gain]:
    """The table SYNAPSES of a module."""
    kinds = {"chemical": tables.chemical, "electrical": tables.electrical}
    if delay:
        kinds |= {"feedback": tables.feedback, "lateral": tables.lateral}
    silent = set(tables.unused)
    for kind, table in kinds.items():
        for neuron, inputs in table.items():
            for source in inputs:
                if neuron not in silent and source not in silent:
                    yield neuron, source, kind


def places(old: Iterable[Link | str], new: Iterable[Link | str]) -> list[int]:
    """Where each of `new` stands in `old`; -1: nowhere."""
    place = {key: index for index, key in enumerate(old)}
    return [place.get(key, -1) for key in new]


def reads(synapses: Iterable[Gain], *, delay: bool) -> dict[str, set[Read]]:
    """What each neuron reads; with `delay`, a junction reads a step late the other way.

    A lateral one reads so both ways.
    """
    found: dict[str, set[Read]] = {}
    for gain in synapses:
        neuron, source, kind = gain
        late = kind in ("feedback", "lateral")
        found.setdefault(neuron, set()).add((source, late, link(gain)))
        if len(readers(gain, delay=delay)) > 1:
            found.setdefault(source, set()).add((neuron, True, link(gain)))
    return found


def readers(gain: Gain, *, delay: bool) -> tuple[str, ...]:
    """The neurons that a gain is an input of."""
    neuron, source, kind = gain
    both = kind in ("electrical", "lateral") and delay
    return (neuron, source) if both else (neuron,)


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
        and there.intersection(readers(gain, delay=new.delay))
    }


def reasons(gains: Iterable[Gain], other: Model) -> Iterator[str]:
    """Why the other model has no gain for each of these synapses."""
    tables = other.tables
    known = {neuron for level in tables.levels for neuron in level} | set(tables.unused)
    drop = other.options.feedback == "drop"
    for neuron, source, kind in gains:
        used, late, why = tables.chemical, tables.feedback, BACKWARD
        both = [(neuron, source)]
        if link((neuron, source, kind))[2] == "electrical":
            used, late, why = tables.electrical, tables.lateral, LATERAL
            both.append((source, neuron))
        there = any(u in used.get(v, {}) for v, u in both)
        if neuron not in known or source not in known:
            yield NEURON
        elif any(u in late.get(v, {}) for v, u in both):
            yield why if drop else UNUSED
        else:
            yield UNUSED if there else SYNAPSE


def size(found: Elements) -> int:
    """How many numbers the parameters hold."""
    return sum(math.prod(shape) for shape in found.shapes.values())
