"""A circuit by name, as a merge compares it, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..ir.stages import (
    INTER,
    MOTOR,
    NEURON,
    SENSORY,
    Cells,
    Circuit,
    Junctions,
    Source,
    Synapses,
)

Pair = tuple[str, str]
Cell = tuple[int, str]  # bits of the role, transmitter


@dataclass(frozen=True, slots=True)
class Graph:
    """A circuit by name.

    Attributes:
        cells: neuron -> (SENSORY and MOTOR bits, transmitter).
        chemical: (pre, post) -> (weight, sign); +1 where no sign of the graph is known.
        junctions: (one, other), sorted -> weight.
        signed: whether signs are known.
    """

    cells: Mapping[str, Cell]
    chemical: Mapping[Pair, tuple[float, int]]
    junctions: Mapping[Pair, float]
    signed: bool

    @property
    def joined(self) -> set[str]:
        """The neurons of any synapse or junction."""
        return {name for pair in (*self.chemical, *self.junctions) for name in pair}

    def by_structure(self, bit: int) -> set[str]:
        """The neurons without chemical input (SENSORY) or without chemical output (MOTOR)."""
        proper = [(pre, post) for pre, post in self.chemical if pre != post]
        sends, takes = {pre for pre, _ in proper}, {post for _, post in proper}
        return sends - takes if bit == SENSORY else takes - sends

    def having(self, bit: int) -> set[str]:
        """The neurons of a role."""
        return {name for name, (bits, _) in self.cells.items() if bits & bit}


def graph_of(circuit: Circuit) -> Graph:
    """A circuit by name."""
    cells, edges, ends = circuit.cells, circuit.chemical, circuit.junctions
    name, signed = cells.name, bool(edges.sign.any())
    bits = (cells.role & (SENSORY | MOTOR)).tolist()
    sign = edges.sign.tolist() if signed else [1] * len(edges)
    columns = (edges.pre.tolist(), edges.post.tolist(), edges.weight.tolist(), sign)
    coupled = (ends.left.tolist(), ends.right.tolist(), ends.weight.tolist())
    return Graph(
        dict(zip(name, zip(bits, cells.transmitter, strict=True), strict=True)),
        {(name[u], name[v]): (w, s) for u, v, w, s in zip(*columns, strict=True)},
        {
            (min(name[u], name[v]), max(name[u], name[v])): w
            for u, v, w in zip(*coupled, strict=True)
        },
        signed,
    )


def circuit_from(graph: Graph, source: Source) -> Circuit:
    """The circuit of a graph by name."""
    name = tuple(sorted(graph.cells))
    row = {neuron: place for place, neuron in enumerate(name)}
    cells = Cells(
        name,
        np.array([graph.cells[n][0] or INTER for n in name], np.uint8),
        tuple(graph.cells[n][1] for n in name),
        np.full(len(name), NEURON, np.uint8),
    )
    edges, ends = sorted(graph.chemical.items()), sorted(graph.junctions.items())
    signs = [sign if graph.signed else 0 for _, (_, sign) in edges]
    chemical = Synapses(
        np.array([row[pre] for (pre, _), _ in edges], np.int32),
        np.array([row[post] for (_, post), _ in edges], np.int32),
        np.array([weight for _, (weight, _) in edges], np.float64),
        np.array(signs, np.int8),
        np.zeros(len(edges), np.int32),
    )
    junctions = Junctions(
        np.array([row[one] for (one, _), _ in ends], np.int32),
        np.array([row[other] for (_, other), _ in ends], np.int32),
        np.array([weight for _, weight in ends], np.float64),
        np.zeros(len(ends), np.int32),
        np.zeros(len(ends), np.int8),
    )
    return Circuit(source, cells, chemical, junctions)
