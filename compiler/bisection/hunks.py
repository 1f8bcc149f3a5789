"""Hunks: the changes between two circuits, in groups that are applied one by one.

All by name. No hunk applied gives the old graph, all hunks give the new one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np

from ..catalog import UNKNOWN_UNIT, class_of
from ..comparison.cell_names import renames
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
class NamedGraph:
    """A circuit by name."""

    source: Source
    cells: Mapping[str, Fact]
    edges: Mapping[Key, Value]


@dataclass(frozen=True)
class Hunk:
    """A group of changes, applied together.

    Attributes:
        kind: one of KINDS; group: one or two names, the class, roles or target in common.
        cells: added, lost, or with another role or transmitter; edges: that change.
        weight: sum of the changes of weight, in the source's unit.
    """

    kind: str
    group: tuple[str, ...]
    cells: tuple[str, ...]
    edges: tuple[Key, ...]
    weight: float


@dataclass(frozen=True)
class Difference:
    """The hunks between two graphs.

    Attributes:
        old: with the names of `new`; spelling: new name -> old name, where they differ.
        hunks: sorted, the heaviest first.
    """

    old: NamedGraph
    new: NamedGraph
    spelling: Mapping[str, str]
    hunks: tuple[Hunk, ...]

    @property
    def all(self) -> frozenset[int]:
        """The places of all hunks."""
        return frozenset(range(len(self.hunks)))

    def graph(self, chosen: frozenset[int]) -> NamedGraph:
        """The old graph with the chosen hunks applied."""
        cells, edges = dict(self.old.cells), dict(self.old.edges)
        renamed = not self.spelling
        for hunk in (self.hunks[place] for place in sorted(chosen)):
            for name in hunk.cells:
                apply(cells, self.new.cells, name)
            for key in hunk.edges:
                apply(edges, self.new.edges, key)
            renamed = renamed or hunk.kind == NAMES
        inside = {
            key: value
            for key, value in edges.items()
            if key[1] in cells and key[2] in cells
        }
        found = NamedGraph(self.source(chosen), cells, inside)
        return found if renamed else respelled(found, self.spelling)

    @property
    def unit(self) -> str:
        """The unit of weights."""
        old, new = self.old.source.unit, self.new.source.unit
        return old if old == new else UNKNOWN_UNIT

    def source(self, chosen: frozenset[int]) -> Source:
        """The source of a graph: the old one, the new one, or a label between the two."""
        old, new = self.old.source, self.new.source
        if not chosen or chosen == self.all:
            return new if chosen else old
        return Source(f"{STEP}{old.label[:45]}..{new.label[:45]}", self.unit)


def apply(values: dict[K, V], new: Mapping[K, V], key: K) -> None:
    """Set the new value of a key, or remove the key."""
    if key in new:
        values[key] = new[key]
    else:
        values.pop(key, None)


def graph_of(circuit: Circuit) -> NamedGraph:
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
    return NamedGraph(circuit.source, dict(zip(name, facts, strict=True)), found)


def junction(one: str, other: str) -> Key:
    """The key of a gap junction."""
    return ELECTRICAL_WORD, min(one, other), max(one, other)


def respelled(graph: NamedGraph, names: Mapping[str, str]) -> NamedGraph:
    """A graph with some of its cells renamed."""

    def key_of(kind: str, one: str, other: str) -> Key:
        u, v = names.get(one, one), names.get(other, other)
        return junction(u, v) if kind == ELECTRICAL_WORD else (kind, u, v)

    return replace(
        graph,
        cells={names.get(name, name): fact for name, fact in graph.cells.items()},
        edges={key_of(*key): value for key, value in graph.edges.items()},
    )


def connectome_of(graph: NamedGraph) -> Connectome:
    """A graph as input of `lower`: roles and signs given, junctions listed once."""
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
    """Split the changes between two circuits into hunks, the heaviest first.

    Args:
        by: one of GROUPINGS. Synapses are grouped by the class of their target, by the
            roles of both ends, or by their target; junctions by both ends.
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


def grouping(old: NamedGraph, new: NamedGraph, by: str) -> Callable[[str], str]:
    """The group of a neuron: its class, its role or its name."""
    facts = {**old.cells, **new.cells}
    if by == "role":
        return lambda name: ROLES[facts[name][0]]
    return (lambda name: class_of(name, True)) if by == "class" else lambda name: name


def changed(
    old: NamedGraph, new: NamedGraph, group: Callable[[str], str], *, ends: bool
) -> Iterator[tuple[str, tuple[str, ...], set[str], set[Key]]]:
    """(kind, group, cells, edges) of every change.

    Args:
        ends: group chemical synapses by both ends, not by the target alone.
    """
    moving = set(old.cells) ^ set(new.cells)
    for name in sorted(set(old.cells) | set(new.cells)):
        if old.cells.get(name) != new.cells.get(name):
            kind = added_or_lost(name, new) if name in moving else ROLE
            yield kind, (group(name),), {name}, set()
    for key in sorted(set(old.edges) | set(new.edges)):
        if old.edges.get(key) == new.edges.get(key):
            continue
        kind, one, other = key
        for name in sorted({one, other} & moving):
            yield added_or_lost(name, new), (group(name),), set(), {key}
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


def added_or_lost(name: str, new: NamedGraph) -> str:
    """ADDED or LOST, for a cell of one graph alone."""
    return ADDED if name in new.cells else LOST


def moved(old: Value | None, new: Value | None) -> float:
    """The absolute change of the signed weight."""
    before, after = ((w if s >= 0 else -w) for w, s in (old or (0, 0), new or (0, 0)))
    return abs(after - before)
