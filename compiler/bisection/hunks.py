"""Hunks: what changed between two circuits, in groups that are applied one by one.

All by name. With no hunk applied a difference is the old graph, with all the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from ..comparison.changes import class_of, renames
from ..comparison.version import ROLES
from ..ir.stages import (
    CHEMICAL,
    ELECTRICAL,
    INTER,
    MOTOR,
    NEURON,
    SENSORY,
    Cells,
    Circuit,
    Connectome,
    Source,
    Synapses,
)
from ..names import STEP
from ..sources import UNKNOWN_UNIT

CHEMICAL_WORD, ELECTRICAL_WORD = "chemical", "electrical"
ADDED, LOST, ROLE, NAMES = "cells added", "cells lost", "roles", "names"
KINDS = (CHEMICAL_WORD, ELECTRICAL_WORD, ADDED, LOST, ROLE, NAMES)
GROUPINGS = ("class", "role", "neuron")

Fact = tuple[int, str]  # (SENSORY and MOTOR bits, transmitter) of a cell
Key = tuple[str, str, str]  # (kind, pre, post); ends of a junction are sorted
Value = tuple[float, int]  # (weight, sign)
K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True)
class Graph:
    """A circuit by name."""

    source: Source
    cells: Mapping[str, Fact]
    edges: Mapping[Key, Value]


@dataclass(frozen=True)
class Hunk:
    """Changes that belong together.

    Attributes:
        kind: one of KINDS; group: what they have in common, one name or two.
        cells: that come, go, or get another role or transmitter; edges: that change.
        weight: how much weight moves, in the source's unit.
    """

    kind: str
    group: tuple[str, ...]
    cells: tuple[str, ...]
    edges: tuple[Key, ...]
    weight: float


@dataclass(frozen=True)
class Difference:
    """What leads from `old` to `new`.

    Attributes:
        old: under the names of `new`; spelling: new name -> old name, where they differ.
        hunks: the heaviest first.
    """

    old: Graph
    new: Graph
    spelling: Mapping[str, str]
    hunks: tuple[Hunk, ...]

    @property
    def all(self) -> frozenset[int]:
        """Every hunk, by its place."""
        return frozenset(range(len(self.hunks)))

    def graph(self, chosen: frozenset[int]) -> Graph:
        """The old graph with the chosen hunks applied."""
        cells, edges = dict(self.old.cells), dict(self.old.edges)
        renamed = not self.spelling
        for hunk in (self.hunks[place] for place in sorted(chosen)):
            for name in hunk.cells:
                put(cells, self.new.cells, name)
            for key in hunk.edges:
                put(edges, self.new.edges, key)
            renamed = renamed or hunk.kind == NAMES
        inside = {
            key: value
            for key, value in edges.items()
            if key[1] in cells and key[2] in cells
        }
        found = Graph(self.source(chosen), cells, inside)
        return found if renamed else respelled(found, self.spelling)

    @property
    def unit(self) -> str:
        """What weights count."""
        old, new = self.old.source.unit, self.new.source.unit
        return old if old == new else UNKNOWN_UNIT

    def source(self, chosen: frozenset[int]) -> Source:
        """Where a graph comes from: one of the two, or between them."""
        old, new = self.old.source, self.new.source
        if not chosen or chosen == self.all:
            return new if chosen else old
        return Source(f"{STEP}{old.label[:45]}..{new.label[:45]}", self.unit)


def put(held: dict[K, V], new: Mapping[K, V], key: K) -> None:
    """What the new one says of a key: a value, or nothing."""
    if key in new:
        held[key] = new[key]
    else:
        held.pop(key, None)


def graph_of(circuit: Circuit) -> Graph:
    """A circuit by name."""
    name, edges, ends = circuit.cells.name, circuit.chemical, circuit.junctions
    bits = (circuit.cells.role & (SENSORY | MOTOR)).tolist()
    facts = zip(bits, circuit.cells.transmitter, strict=True)
    chemical = (edges.pre, edges.post, edges.weight, edges.sign)
    found: dict[Key, Value] = {
        (CHEMICAL_WORD, name[u], name[v]): (weight, sign)
        for u, v, weight, sign in zip(*(c.tolist() for c in chemical), strict=True)
    }
    coupled = (ends.left, ends.right, ends.weight)
    for u, v, weight in zip(*(column.tolist() for column in coupled), strict=True):
        found[junction(name[u], name[v])] = (weight, 0)
    return Graph(circuit.source, dict(zip(name, facts, strict=True)), found)


def junction(one: str, other: str) -> Key:
    """The key of a gap junction."""
    return ELECTRICAL_WORD, min(one, other), max(one, other)


def respelled(graph: Graph, names: Mapping[str, str]) -> Graph:
    """A graph with some of its cells under other names."""

    def key_of(kind: str, one: str, other: str) -> Key:
        u, v = names.get(one, one), names.get(other, other)
        return junction(u, v) if kind == ELECTRICAL_WORD else (kind, u, v)

    return replace(
        graph,
        cells={names.get(name, name): fact for name, fact in graph.cells.items()},
        edges={key_of(*key): value for key, value in graph.edges.items()},
    )


def connectome_of(graph: Graph) -> Connectome:
    """A graph as `lower` takes it: its roles and signs stand, junctions listed once."""
    name = tuple(sorted(graph.cells))
    row = {cell: place for place, cell in enumerate(name)}
    rows = [
        (row[u], row[v], *value, kind == ELECTRICAL_WORD)
        for (kind, u, v), value in sorted(graph.edges.items())
    ]
    pre, post, weight, sign, coupled = zip(*rows, strict=True) if rows else ((),) * 5
    kind = np.where(np.array(coupled, bool), ELECTRICAL, CHEMICAL).astype(np.uint8)
    kind.setflags(write=False)
    cells = Cells(
        name,
        np.array([graph.cells[cell][0] or INTER for cell in name], np.uint8),
        tuple(graph.cells[cell][1] for cell in name),
        np.full(len(name), NEURON, np.uint8),
    )
    synapses = Synapses(
        np.array(pre, np.int32),
        np.array(post, np.int32),
        np.array(weight, np.float64),
        np.array(sign, np.int8),
        np.zeros(len(rows), np.int32),
    )
    return Connectome(graph.source, cells, synapses, kind)


def difference(old: Circuit, new: Circuit, *, by: str = "class") -> Difference:
    """Split what changed into hunks, the heaviest first.

    Args:
        by: one of GROUPINGS: what synapses onto one class, from role to role, or onto
            one neuron have in common; of junctions, both ends count.
    """
    before, after = graph_of(old), graph_of(new)
    lost = sorted(set(before.cells) - set(after.cells))
    added = sorted(set(after.cells) - set(before.cells))
    spelling = {b: a for a, b in renames(lost, added)}
    before = respelled(before, {a: b for b, a in spelling.items()})
    found: dict[tuple[str, tuple[str, ...]], tuple[set[str], set[Key]]] = {}
    group = grouping(before, after, by)
    for kind, shared, cell, edges in changed(before, after, group, ends=by == "role"):
        cells, keys = found.setdefault((kind, shared), (set(), set()))
        cells |= cell
        keys |= edges
    hunks = [
        Hunk(
            *title,
            tuple(sorted(cells)),
            tuple(sorted(edges)),
            sum(moved(before.edges.get(key), after.edges.get(key)) for key in edges),
        )
        for title, (cells, edges) in found.items()
    ]
    if spelling:
        hunks.append(Hunk(NAMES, (), (), (), 0.0))
    hunks.sort(key=lambda hunk: (-hunk.weight, KINDS.index(hunk.kind), hunk.group))
    return Difference(before, after, spelling, tuple(hunks))


def grouping(old: Graph, new: Graph, by: str) -> Callable[[str], str]:
    """What a neuron counts as."""
    facts = {**old.cells, **new.cells}
    if by == "role":
        return lambda name: ROLES[facts[name][0]]
    return (lambda name: class_of(name, True)) if by == "class" else lambda name: name


def changed(
    old: Graph, new: Graph, group: Callable[[str], str], *, ends: bool
) -> Iterator[tuple[str, tuple[str, ...], set[str], set[Key]]]:
    """(kind, group, cells, edges) of every change.

    Args:
        ends: a chemical synapse is told by both its ends, not by its target alone.
    """
    moving = set(old.cells) ^ set(new.cells)
    for name in sorted(set(old.cells) | set(new.cells)):
        if old.cells.get(name) != new.cells.get(name):
            kind = way(name, new) if name in moving else ROLE
            yield kind, (group(name),), {name}, set()
    for key in sorted(set(old.edges) | set(new.edges)):
        if old.edges.get(key) == new.edges.get(key):
            continue
        kind, one, other = key
        for name in sorted({one, other} & moving):
            yield way(name, new), (group(name),), set(), {key}
        if moving.isdisjoint((one, other)):
            both = group(one), group(other)
            if kind == ELECTRICAL_WORD:
                both = min(both), max(both)
            yield (
                kind,
                both if ends or kind == ELECTRICAL_WORD else both[1:],
                set(),
                {key},
            )


def way(name: str, new: Graph) -> str:
    """Whether a cell of one side alone comes or goes."""
    return ADDED if name in new.cells else LOST


def moved(old: Value | None, new: Value | None) -> float:
    """How much weight a change moves; a turned sign moves both."""
    before, after = ((w if s >= 0 else -w) for w, s in (old or (0, 0), new or (0, 0)))
    return abs(after - before)
