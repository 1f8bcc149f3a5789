"""Random twins of a circuit, each with what it keeps.

A twin has the circuit's neurons and its weights, on other synapses. What its null model
keeps is compared on every twin that is made, or there is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from ..errors import InputError, UsageError
from ..ir.invariants import verify
from ..ir.stages import Circuit
from .invariants import check_kept, counted, facts
from .models import WIRE, Null, Wired, pairs_of
from .random import Dice

REWIRE_P = 0.5  # of Watts-Strogatz, as in the generator that the authors released

# What twins of each null have in common with the circuit: names of `kept.FACTS`.

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
    "partial": DRAWN,
    "shuffle-roles": (
        *ALWAYS,
        "weights of self-loops",
        "degrees and weights, whoever has them",
    ),
}
SPELLED = ", ".join("partial:P" if model == "partial" else model for model in KEEPS)


@dataclass(frozen=True, slots=True, eq=False)
class Twin:
    """A random twin and what was counted of it and of its making."""

    circuit: Circuit
    counted: Mapping[str, int | float]


def null_of(text: str, rewire_p: float | None = None) -> Null:
    """The null model that a text spells.

    Raises:
        UsageError: it spells none, or a share outside (0, 1].
    """
    model, colon, share = text.partition(":")
    if model not in KEEPS or (model == "partial") != bool(colon):
        raise UsageError(f"--null {text!a}: one of {SPELLED}")
    if rewire_p is not None and model != "ws":
        raise UsageError("--rewire-p: is of --null ws alone")
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
    """Twins 1 to `count` of a circuit; number k is the same whatever `count`.

    Raises:
        InputError: there is no such twin of this circuit.
        VerifyError: a twin does not keep what it is to keep: our bug.
    """
    check_room(circuit)
    wanted = facts(circuit, KEEPS[null.model])
    for index in range(1, count + 1):
        dice = Dice(seed, index, *null.name.encode())
        wired = WIRE[null.model](circuit, null, dice)
        twin = rebuilt(circuit, wired)
        verify(twin)
        check_kept(twin, wanted)
        yield Twin(twin, {**counted(twin, circuit), **wired.facts})


def check_room(circuit: Circuit) -> None:
    """Raise an InputError unless the neurons could be wired in another way."""
    label, size = circuit.source.label, len(circuit.cells)
    hint = "see --min-weight, --only, --keep"
    pairs, couples = pairs_of(circuit.chemical, size).both, len(circuit.junctions)
    joined, both, most = len(pairs), pairs.sum(), size * (size - 1) // 2
    if not joined + couples:
        raise InputError(label, "no two neurons are joined", hint)
    if joined == both and joined in (0, most) and couples in (0, most):
        seen = "all neurons are joined with all, both ways: no other wiring"
        raise InputError(label, seen, hint)


def rebuilt(circuit: Circuit, wired: Wired) -> Circuit:
    """The circuit with other ends."""
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
        history={},
    )
