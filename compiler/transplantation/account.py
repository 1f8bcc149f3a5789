"""The account of a transplant: what is kept, new and lost, by name, and why. Tables alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..options import Options, Value
from ..semantics.wiring import Gain, link
from .parameters import Side, reads, reasons, zeroed


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of things with names."""

    kept: int
    new: tuple[Any, ...]
    lost: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """What a transplant did.

    Attributes:
        written: whether the output did not hold these bytes already.
        key: of the state dict in a training checkpoint, "" where the file is one; around:
            the other keys there, which are left behind.
        prefix: of the module's entries; guessed: nobody gave it.
        signed: whether the checkpoint said which wiring it is of.
        dtypes: of each parameter.
        others: entries of other modules, that are as they were.
        left_out: entries of a task model's parts that the new model has not as they are.
        dropped: entries of parameters that the new model has not.
        neurons: of the graphs; live: of the levels, each with a bias.
        synapses: (neuron, input, kind), each with a gain unless `merge` is `product`.
        junctions: of leaky networks, each with a conductance.
        ties: by parameter, of what share its elements.
        why_new, why_lost: how many synapses for which reason (parameters.NEURON, ...).
        turned: junctions that conduct the other way now.
        retimed: synapses read now that were read late, or the reverse.
        disturbed: neurons in both whose inputs are not what they were.
        differ: options that differ without changing what a parameter means.
    """

    checkpoint: str
    written: bool
    old: Side
    new: Side
    key: str
    around: tuple[str, ...]
    prefix: str
    guessed: bool
    signed: bool
    start: str
    seed: int
    dtypes: Mapping[str, str]
    others: tuple[str, ...]
    left_out: tuple[str, ...]
    dropped: tuple[str, ...]
    neurons: Fate
    live: Fate
    synapses: Fate
    junctions: Fate
    ties: Mapping[str, Fate]
    why_new: Mapping[str, int]
    why_lost: Mapping[str, int]
    turned: tuple[Gain, ...]
    retimed: tuple[Gain, ...]
    disturbed: tuple[str, ...]
    differ: Mapping[str, tuple[Value, Value]]

    @property
    def reshaped(self) -> tuple[str, ...]:
        """The parameters that have another shape now, so that none of them is kept."""
        before = {found.name: found.each for found in self.old.found.parameters}
        after = self.new.found.parameters
        return tuple(p.name for p in after if before.get(p.name) != p.each)


def compared(old: Side, new: Side, start: str) -> dict[str, Any]:
    """What an Account says of the two models."""
    before, after = old.found.synapses, new.found.synapses
    was = {link(gain): gain for gain in before}
    now = {link(gain): gain for gain in after}
    came = tuple(gain for key, gain in now.items() if key not in was)
    went = tuple(gain for key, gain in was.items() if key not in now)
    other = [gain for key, gain in now.items() if key in was and was[key] != gain]
    one, two = old.model.options.changed(), new.model.options.changed()
    return {
        "neurons": fate(old.model.cells.name, new.model.cells.name),
        "live": fate(old.found.live, new.found.live),
        "synapses": Fate(len(after) - len(came), came, went),
        "junctions": junction_fate(old.found.junctions, new.found.junctions),
        "ties": {
            name: fate(before_of(old, name), groups.ties)
            for name, groups in new.found.ties.items()
        },
        "why_new": Counter(reasons(came, old.model)),
        "why_lost": Counter(reasons(went, new.model)),
        "turned": tuple(gain for gain in other if was[link(gain)][2] == gain[2]),
        "retimed": tuple(gain for gain in other if was[link(gain)][2] != gain[2]),
        "disturbed": tuple(disturbed(old, new, start)),
        "differ": {
            name: (one.get(name, default(name)), two.get(name, default(name)))
            for name in sorted({*one, *two})
            if one.get(name) != two.get(name)
        },
    }


def before_of(old: Side, name: str) -> tuple[Any, ...]:
    """The ties of a parameter of the old model; none where it has not this one."""
    return old.found.ties[name].ties if name in old.found.ties else ()


def junction_fate(before: tuple[Gain, ...], after: tuple[Gain, ...]) -> Fate:
    """What became of the gap junctions that have conductances."""
    was, now = (
        {link(junction): junction for junction in each} for each in (before, after)
    )
    came = tuple(junction for key, junction in now.items() if key not in was)
    went = tuple(junction for key, junction in was.items() if key not in now)
    return Fate(len(after) - len(came), came, went)


def default(name: str) -> Value:
    """What an option is by default."""
    value: Value | tuple[str, ...] = getattr(Options(), name.replace("-", "_"))
    return list(value) if isinstance(value, tuple) else value


def fate(old: tuple[Any, ...], new: tuple[Any, ...]) -> Fate:
    """What became of names, each list sorted."""
    before, after = set(old), set(new)
    lists = (tuple(sorted(names)) for names in (after - before, before - after))
    return Fate(len(before & after), *lists)


def disturbed(old: Side, new: Side, start: str) -> Iterator[str]:
    """Neurons in both that read something else than before, gains of 0 aside."""
    before, after = reads(old), reads(new)
    idle = set(map(link, zeroed(old, new))) if start == "zero" else set()
    sensors = set(old.model.tables.sensory) ^ set(new.model.tables.sensory)
    there = set(old.found.live)
    for neuron in sorted(there.intersection(new.found.live)):
        was, now = before.get(neuron, set()), after.get(neuron, set())
        came = any(synapse not in idle for _, _, synapse in now - was)
        if came or was - now or neuron in sensors:
            yield neuron
