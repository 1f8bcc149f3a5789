"""The docstring of a leaky network, and the formula above its class."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import numpy as np

from ..graph import reached
from ..ir.stages import MOTOR, SENSORY, Circuit
from ..names import number, plural
from ..options import Options
from ..semantics.activations import activation
from ..semantics.semantics import Parameter
from .docstring import counted, dale, signs, ties
from .docstring_layout import laid_out, listed, made_by

START = (
    "gains by counts: 0.8 of a neuron's input by the share of each synapse, signs as in SIGN; "
    "not there, of GABA neurons negative, else positive, a guess"
)


def act_of(options: Options, x: str) -> str:
    """What an input sends, in words of a formula."""
    return x if options.activation == "identity" else f"{options.activation}({x})"


def meaning(options: Options) -> Iterator[str]:
    """The formula, and what is known of its states, as lines of a docstring."""
    factor = "" if options.tie == "none" else " * weight"
    sent = f"sum gain{factor} * {act_of(options, 'x_input')}"
    yield f"tau dx/dt = bias - x + {sent} + sum g * (x_other - x) + current"
    yield ""
    told = (
        f"with g = |conductance|{factor}, one a gap junction, felt at both ends. A step takes leak and "
        f"junctions at its end, synapses at its start (semi-implicit Euler): {bound(options)}."
    )
    yield from textwrap.wrap(told, 84)


def bound(options: Options) -> str:
    """What is known of the states, as a sentence without its stop."""
    if activation(options.activation).bounded:
        factor = "" if options.tie == "none" else " * weight"
        largest = f"max(|x0|, |bias| + sum |gain|{factor} + |current|)"
        return f"no state exceeds {largest}, whatever the step and the conductances"
    return (
        f"a rest is one for every step; states have no bound, as {options.activation} "
        "has none"
    )


def docstring(
    circuit: Circuit, options: Options, name: str, parameters: tuple[Parameter, ...]
) -> list[str]:
    """The lines between the quotes: title, facts, command, source."""
    label, made = circuit.source.label, made_by(circuit.source, name, options)
    kind = " as a leaky network, in time"
    return laid_out(label, name, kind, facts(circuit, options, parameters), made)


def facts(
    circuit: Circuit, options: Options, parameters: tuple[Parameter, ...]
) -> Iterator[tuple[str, list[str]]]:
    """(title, sentences) of each fact, in order."""
    role = circuit.cells.role
    sensory, motor = role & SENSORY > 0, role & MOTOR > 0
    both = f" ({(sensory & motor).sum():,} both)" if (sensory & motor).any() else ""
    between = len(role) - int((sensory | motor).sum())
    yield (
        "neurons",
        [
            f"{len(role):,}: {sensory.sum():,} sensory, {motor.sum():,} motor{both}, "
            f"{between:,} between"
        ],
    )
    yield "input", [f"(batch, T, {sensory.sum()}): SENSORY"]
    yield (
        "output",
        [f"(batch, T, {motor.sum()}): MOTOR; and the last state, (batch, N): NEURONS"],
    )
    sent = f"sum of gain * {act_of(options, 'x')} over synapses"
    yield (
        "state",
        [
            f"tau dx/dt = b - x + {sent} + sum of |conductance| * (x of the other - x) over "
            "gap junctions + current",
            f"{steps(options)}: leak and junctions at its end, synapses at its start",
        ],
    )
    yield "parameters", [counted(parameters)]
    if options.init == "counts":
        yield "start", [START]
    yield from signs(options, circuit.chemical)
    yield from dale(options)
    yield from ties(options)
    silent = mute(circuit)
    if silent:
        yield "mute", [
            f"{plural(len(silent), 'neuron')} reach no motor: {listed(silent)}"
        ]


def steps(options: Options) -> str:
    """How time passes, in words."""
    dt, inner = number(options.dt), options.substeps
    if inner == 1:
        return f"a step of {dt} from input to input"
    return f"{inner:,} steps of {number(options.dt / inner)} from input to input"


def arcs(circuit: Circuit) -> tuple[np.ndarray, np.ndarray]:
    """(pre, post) of all that conducts; a gap junction both ways."""
    edges, ends = circuit.chemical, circuit.junctions
    pre = np.concatenate([edges.pre, ends.left, ends.right])
    return pre, np.concatenate([edges.post, ends.right, ends.left])


def mute(circuit: Circuit) -> list[str]:
    """The neurons from which nothing leads to a motor neuron."""
    pre, post = arcs(circuit)
    heard = reached(post, pre, circuit.cells.role & MOTOR > 0)
    return [circuit.cells.name[row] for row in np.flatnonzero(~heard).tolist()]
