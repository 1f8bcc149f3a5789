"""A graph by name, as the tables of a module have it, and who reads whom in it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from ..arrays import Int32
from ..ir.stages import MOTOR, SENSORY, Cells, Circuit, Order, Plan, Synapses

Nested = dict[str, dict[str, float]]  # neuron -> input -> weight
Gain = tuple[str, str, str]  # (neuron, input, kind); kind as in SYNAPSES of a module
Link = tuple[str, str, str]  # a synapse by name, in whichever order neurons fire
V = TypeVar("V")
JUNCTIONS = ("electrical", "lateral")  # kinds of gap junctions


class Deferred(Mapping[str, V]):
    """A mapping that is made when it is first looked at: names of millions fill a memory."""

    def __init__(self, make: Callable[[], Mapping[str, V]]) -> None:
        self.make, self.made = make, False

    def whole(self) -> Mapping[str, V]:
        """The mapping."""
        if not self.made:
            self.mapping, self.made = self.make(), True
        return self.mapping

    def __getitem__(self, key: str) -> V:
        return self.whole()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.whole())

    def __len__(self) -> int:
        return len(self.whole())


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which a kind of synapse conducts.

    Attributes:
        back: from the neuron to its input, as a gap junction does too.
        late: what is read is the state of the step before.
    """

    back: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """One input of a neuron: the source's state, times the strength of a gain."""

    neuron: str
    source: str
    gain: Gain
    late: bool  # the source's state of the step before


@dataclass(frozen=True, slots=True)
class Wiring:
    """A graph by name.

    Attributes:
        fire: the live neurons, in an order in which they can fire.
        silent: the neurons on no path from a sensor to a motor.
        sensory, motor: every neuron of the role, sorted.
        tables: kind of synapse -> neuron -> input -> weight; kinds are "chemical" and
            "electrical" where they conduct forward, "feedback" and "lateral" where not.
        sign: neuron -> input -> +1 or -1, of chemical synapses where known.
        gaba: the neurons that are known to release GABA.
        types: of neurons, where they are known and asked for.
        counts: how many of each kind have two live ends, where that is known.
    """

    fire: tuple[str, ...]
    silent: tuple[str, ...]
    sensory: tuple[str, ...]
    motor: tuple[str, ...]
    tables: Mapping[str, Nested]
    sign: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    gaba: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, str] = field(default_factory=dict)

    def count(self, kind: str) -> int:
        """The number of synapses with two live ends."""
        if kind in self.counts:
            return self.counts[kind]
        return sum(1 for _ in self.between_live(kind))

    def between_live(self, kind: str) -> Iterator[Gain]:
        """(neuron, input, kind) of each synapse with two live ends, in table order."""
        silent = set(self.silent)
        for neuron, inputs in self.tables[kind].items():
            if neuron in silent:
                continue
            for source in inputs:
                if source not in silent:
                    yield neuron, source, kind

    def weight(self, gain: Gain) -> float:
        """What the file counts of a synapse."""
        neuron, source, kind = gain
        return self.tables[kind][neuron][source]


def wiring_of(graph: Order | Plan) -> Wiring:
    """A graph of which it is known who fires after whom, by name."""
    name, live = graph.cells.name, graph.live.tolist()
    ahead, behind = graph.forward, graph.feedback
    coupled, within = graph.junctions, graph.lateral

    def tables() -> dict[str, Nested]:
        return {
            "chemical": nest(name, ahead.pre, ahead.post, ahead.weight),
            "electrical": nest(name, coupled.left, coupled.right, coupled.weight),
            "feedback": nest(name, behind.pre, behind.post, behind.weight),
            "lateral": nest(name, within.left, within.right, within.weight),
        }

    return Wiring(
        tuple(n for n, alive in zip(name, live, strict=True) if alive),
        tuple(n for n, alive in zip(name, live, strict=True) if not alive),
        tuple(with_role(graph.cells, SENSORY)),
        tuple(with_role(graph.cells, MOTOR)),
        Deferred(tables),
        Deferred(lambda: signs(graph)),
        gaba(zip(graph.cells.name, graph.cells.transmitter, strict=True)),
        {
            "chemical": ahead.among(graph.live),
            "electrical": coupled.among(graph.live),
            "feedback": behind.among(graph.live),
            "lateral": within.among(graph.live),
        },
        types_of(graph.cells),
    )


def wiring_of_circuit(circuit: Circuit) -> Wiring:
    """A graph of which nothing is cut, by name: every neuron lives, and fires at once."""
    name, edges, ends = circuit.cells.name, circuit.chemical, circuit.junctions
    return Wiring(
        name,
        (),
        tuple(with_role(circuit.cells, SENSORY)),
        tuple(with_role(circuit.cells, MOTOR)),
        {
            "chemical": nest(name, edges.pre, edges.post, edges.weight),
            "electrical": nest(name, ends.left, ends.right, ends.weight),
        },
        signs_of(name, edges),
        gaba(zip(name, circuit.cells.transmitter, strict=True)),
        {"chemical": len(edges), "electrical": len(ends)},
        types_of(circuit.cells),
    )


def types_of(cells: Cells) -> dict[str, str]:
    """The types of the cells that have one."""
    return {n: word for n, word in zip(cells.name, cells.type, strict=False) if word}


def arcs(
    graph: Order | Plan, ways: Mapping[str, tuple[Way, ...]]
) -> tuple[Int32, Int32]:
    """(pre, post) of everything that conducts, of this step or the one before."""
    ends = {
        "chemical": (graph.forward.pre, graph.forward.post),
        "electrical": (graph.junctions.left, graph.junctions.right),
        "feedback": (graph.feedback.pre, graph.feedback.post),
        "lateral": (graph.lateral.left, graph.lateral.right),
    }
    found = [
        ends[kind][::-1] if way.back else ends[kind]
        for kind, several in ways.items()
        for way in several
    ]
    pre, post = zip(*found, strict=True)
    return np.concatenate(pre), np.concatenate(post)


def with_role(cells: Cells, bit: int) -> list[str]:
    """Names of the cells of a role, sorted."""
    return sorted(
        n for n, role in zip(cells.name, cells.role.tolist(), strict=True) if role & bit
    )


def nest(
    name: tuple[str, ...], pre: Any, post: Any, value: Any
) -> dict[str, dict[str, Any]]:
    """neuron -> input -> value, both sorted by name."""
    columns = (post.tolist(), pre.tolist(), value.tolist())
    rows = sorted((name[b], name[a], v) for b, a, v in zip(*columns, strict=True))
    table: dict[str, dict[str, Any]] = {}
    for neuron, source, cell in rows:
        table.setdefault(neuron, {})[source] = cell
    return table


def signs(graph: Order | Plan) -> dict[str, dict[str, int]]:
    """The signs that are known, of forward and feedback synapses."""
    return signs_of(graph.cells.name, graph.forward, graph.feedback)


def signs_of(name: tuple[str, ...], *tables: Synapses) -> dict[str, dict[str, int]]:
    """The signs that are known, of the synapses of all tables."""
    found: dict[str, dict[str, int]] = {}
    for edges in tables:
        known = edges.take(edges.sign != 0)
        table = nest(name, known.pre, known.post, known.sign)
        for neuron, row in table.items():
            found.setdefault(neuron, {}).update(row)
    return {neuron: dict(sorted(row.items())) for neuron, row in sorted(found.items())}


def gaba(releases: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The cells of (cell, transmitter) whose transmitter is GABA."""
    return frozenset(cell for cell, word in releases if word.lower() == "gaba")


def grouped(neurons: Iterable[str], reads: Iterable[Read]) -> dict[str, list[Read]]:
    """The reads of each neuron."""
    found: dict[str, list[Read]] = {neuron: [] for neuron in neurons}
    for read in reads:
        found[read.neuron].append(read)
    return found


def link(gain: Gain) -> Link:
    """A gain's synapse: the same both ways if a junction, and whether early or late."""
    neuron, source, kind = gain
    if kind in JUNCTIONS:
        return min(neuron, source), max(neuron, source), "electrical"
    return neuron, source, "chemical"
