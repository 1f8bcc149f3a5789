"""Make random twins of a circuit by a null model, and check what each must keep.

A twin has the neurons and the weights of the circuit on other synapses. Every twin is
checked for the properties that its null model keeps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..arrays import Int64
from ..errors import InputError, UsageError
from ..ir.history import History
from ..ir.invariants import check_invariants
from ..ir.stages import Circuit
from ..readers.positions import read_positions
from .distance import bins_of
from .invariants import check_kept, counted, facts, left
from .models import WIRE
from .pairs import DISTANCE, Null, Wired, pairs_of
from .random import RandomIntegers

REWIRE_P = 0.5  # of Watts-Strogatz, as in the generator that the authors released

# Properties that the twins of each null model keep: names of `invariants.FACTS`.

ALWAYS = (
    "names, roles and transmitters",
    "pairs joined by synapses",
    "reciprocal pairs",
    "weights and signs",
    "junctions",
    "junction weights",
)
DRAWN = (*ALWAYS, "self-loops")
DEGREES = (
    *DRAWN,
    "in-degree of each neuron",
    "output weights and signs of each neuron",
    "reciprocal partners of each neuron",
    "junctions of each neuron",
)
KEEPS: Mapping[str, tuple[str, ...]] = {
    "er": DRAWN,
    "ws": DRAWN,
    "ba": DRAWN,
    "degree": DEGREES,
    "role-degree": (
        *DEGREES,
        "synapses by the roles of both ends",
        "junctions by the roles of both ends",
    ),
    DISTANCE: (
        *DEGREES,
        "pairs by distance, within and across compartments",
        "junction weights by distance, within and across compartments",
    ),
    "partial": DRAWN,
    "degree-sides": (
        *DEGREES,
        "pairs that the other side has alike",
        "junctions that the other side has alike",
    ),
    "shuffle-weights": (
        *DRAWN,
        "synapses, whatever they weigh",
        "pairs with a junction, whatever it weighs",
    ),
    "shuffle-roles": (
        *ALWAYS,
        "weights of self-loops",
        "degrees and weights, whoever has them",
    ),
}
SPELLED = ", ".join("partial:P" if model == "partial" else model for model in KEEPS)


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """A random twin, with counts of its edges and of its generation."""

    circuit: Circuit
    counted: Mapping[str, int | float]


def null_of(text: str, rewire_p: float | None = None, positions: str = "") -> Null:
    """The null model of a name.

    Args:
        rewire_p: of ws alone; positions: path of a file, of degree-distance alone.

    Raises:
        UsageError: there is none of this name, its share is outside (0, 1], or an
            argument is missing or of another null.
        InputError: the file of positions has a mistake.
    """
    model, colon, share = text.partition(":")
    if model not in KEEPS or (model == "partial") != bool(colon):
        raise UsageError(f"--null {text!a}: one of {SPELLED}")
    if rewire_p is not None and model != "ws":
        raise UsageError("--rewire-p: is of --null ws alone")
    if bool(positions) != (model == DISTANCE):
        if positions:
            raise UsageError(f"--positions: is of --null {DISTANCE} alone")
        hint = "needs --positions FILE, a table of name,x,y,z"
        raise UsageError(f"--null {DISTANCE}: {hint}")
    if positions:
        return Null(model, positions=read_positions(positions))
    if model == "ws":
        rewire_p = REWIRE_P if rewire_p is None else rewire_p
        if not 0 <= rewire_p <= 1:
            raise UsageError("--rewire-p: from 0 to 1")
        return Null(model, rewire_p)
    return Null(model, share_of(share)) if colon else Null(model)


def share_of(text: str) -> float:
    """The P of `partial:P`."""
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise UsageError(f"--null partial:{text}: P is more than 0 and at most 1")
    return share


def twins(circuit: Circuit, null: Null, *, seed: int, count: int) -> Iterator[Twin]:
    """Twins 1 to `count` of a circuit; twin k does not depend on `count`.

    Raises:
        InputError: the null model has no twin of this circuit.
        VerifyError: a twin lacks a property that it must keep: our bug.
    """
    drawing = Drawing.of(circuit, null, seed)
    for index in range(1, count + 1):
        yield drawing.twin(index)


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """What all twins of a circuit by one null model and seed are drawn by.

    Attributes:
        bins: of pairs of neurons, where distances are kept; wanted: properties to keep.
    """

    circuit: Circuit
    null: Null
    seed: int
    bins: Int64 | None
    wanted: Mapping[str, Any]

    @classmethod
    def of(cls, circuit: Circuit, null: Null, seed: int) -> Drawing:
        """Set it up; raises an InputError if the circuit has no other wiring."""
        check_rewirable(circuit)
        bins = bins_of(circuit, null.positions) if null.positions else None
        return cls(circuit, null, seed, bins, facts(circuit, KEEPS[null.model], bins))

    def twin(self, index: int) -> Twin:
        """The twin of a number, from 1; errors as of `twins`."""
        random = RandomIntegers(self.seed, index, *self.null.name.encode())
        wired = WIRE[self.null.model](self.circuit, self.null, random)
        twin = rewired(self.circuit, wired)
        check_invariants(twin)
        check_kept(twin, self.wanted, self.bins)
        counts = {**counted(twin, self.circuit), **left(twin, self.circuit)}
        return Twin(twin, {**counts, **wired.facts})


def check_rewirable(circuit: Circuit) -> None:
    """Raise an InputError if the circuit has no other wiring."""
    label, size = circuit.source.label, len(circuit.cells)
    hint = "see --min-weight, --only, --keep"
    pairs, couples = pairs_of(circuit.chemical, size).both, len(circuit.junctions)
    joined, both, most = len(pairs), pairs.sum(), size * (size - 1) // 2
    if not joined + couples:
        raise InputError(label, "no two neurons are joined", hint)
    if joined == both and joined in (0, most) and couples in (0, most):
        seen = "all neurons are joined with all, both ways: no other wiring"
        raise InputError(label, seen, hint)


def rewired(circuit: Circuit, wired: Wired) -> Circuit:
    """The circuit with the ends of a null model, rows sorted."""
    edges, ends = circuit.chemical, circuit.junctions
    edges = replace(
        edges,
        pre=wired.pre.astype(np.int32),
        post=wired.post.astype(np.int32),
        line=np.zeros(len(edges), np.int32),
    )
    ends = replace(
        ends,
        left=np.minimum(wired.left, wired.right).astype(np.int32),
        right=np.maximum(wired.left, wired.right).astype(np.int32),
        line=np.zeros(len(ends), np.int32),
    )
    return replace(
        circuit,
        chemical=edges.take(np.lexsort((edges.post, edges.pre))),
        junctions=ends.take(np.lexsort((ends.right, ends.left))),
        history=History(),
    )
