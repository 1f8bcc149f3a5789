"""Emit a leaky network: a circuit, of which nothing is cut, as a module of plain PyTorch."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from .. import names
from ..errors import InputError, UsageError
from ..graph import reached
from ..ir.accounts import Integrated
from ..ir.artifact import Artifact
from ..ir.stages import MOTOR, SENSORY, Circuit
from ..ir.text import digest
from ..names import number, plural
from ..options import Options
from ..readers.asked import as_table
from ..semantics import starts
from ..semantics.activations import activation
from ..semantics.registry import semantics_of
from ..semantics.semantics import Parameter
from ..semantics.strengths import check_signs, clamped, expression
from ..semantics.wiring import Wiring, wiring_of_circuit
from .docstring import counted, dale, signs
from .docstring_layout import laid_out, listed, made_by
from .emit import check_name, environment, formatted, quoted, summary
from .header import check_label, with_header
from .table_text import (
    Table,
    cell_texts,
    chemical_text,
    named,
    nested,
    nested_type,
    options_text,
    read_text,
    sign_text,
)
from .tables import by_transmitter

MOST = 5_000  # neurons: a step holds an inverse of N x N numbers
START = (
    "gains by counts: 0.8 of a neuron's input by the share of each synapse, signs as in SIGN; "
    "not there, of GABA neurons negative, else positive, a guess"
)


@dataclass(frozen=True, slots=True)
class LeakyPage:
    """All that semantics/leaky.jinja reads."""

    name: str
    docstring: str
    tables: tuple[Table, ...]
    meaning: tuple[str, ...]  # lines of the docstring of the class

    act_open: str
    act_close: str
    start: str  # what `reset_parameters` does, in words
    counts: bool  # whether parameters start by the counts of the tables
    strength: str  # the factor of each synapse
    signed: bool  # whether gains start with the signs that are known
    clamped: bool  # whether these stay
    dt: str
    substeps: int
    tau: str

    features: int = 1
    unit: str = "scalar"


def emit_leaky(circuit: Circuit, *, options: Options, name: str = "") -> Artifact:
    """Write the module: one file, `<name>.py`, ASCII; arguments as of `emit`.

    Raises:
        InputError: no sensory neuron, or no motor neuron.
        UsageError: more than MOST neurons.
    """
    check_label(circuit.source.label)
    name = check_name(name or names.class_name(circuit.source.label))
    check_size(circuit)
    wiring = wiring_of_circuit(circuit)
    check_signs(wiring, semantics_of(options).synapses(wiring), options)
    parameters = semantics_of(options).parameters(wiring, options)
    page = environment().get_template("semantics/leaky.jinja")
    text = page.render(module=page_of(circuit, wiring, options, name, parameters))
    body = formatted(text).encode("ascii")
    account = integrated(circuit, wiring, options)
    return Artifact(
        {f"{name}.py": with_header(body, circuit.source.label, digest(circuit))},
        circuit.source.label,
        circuit.source.unit,
        summary(wiring, options, name, parameters),
        replace(circuit.history, integrate=account),
    )


def check_size(circuit: Circuit) -> None:
    """Raise where there are no inputs or outputs, or too large a matrix to invert."""
    role, size = circuit.cells.role, len(circuit.cells)
    sensory, motor = int((role & SENSORY > 0).sum()), int((role & MOTOR > 0).sum())
    if not sensory or not motor:
        seen = f"{plural(sensory, 'sensory neuron')}, {plural(motor, 'motor neuron')}"
        hint = "say which they are: --inputs PATTERNS, --outputs PATTERNS"
        raise InputError(circuit.source.label, seen, hint)
    if size > MOST:
        held = f"a step multiplies by an inverse of {size:,} x {size:,} numbers"
        hint = "--only, --without or --min-weight leaves fewer"
        raise UsageError(
            f"--dynamics leaky: at most {MOST:,} neurons, not {size:,}: {held}; {hint}"
        )


def page_of(
    circuit: Circuit,
    wiring: Wiring,
    options: Options,
    name: str,
    parameters: tuple[Parameter, ...],
) -> LeakyPage:
    """The page of a circuit."""
    call = activation(options.activation).call
    told = docstring(circuit, options, name, parameters)
    return LeakyPage(
        name=name,
        docstring=quoted("\n".join(told)),
        tables=tuple(tables(circuit, wiring, options)),
        meaning=tuple(meaning(options)),
        act_open=f"{call}(" if call else "",
        act_close=")" if call else "",
        start=starts.sentence(options),
        counts=options.init == "counts",
        strength=expression(options),
        signed=options.dale != "free",
        clamped=clamped(options),
        dt=number(options.dt),
        substeps=options.substeps,
        tau=number(options.tau),
    )


def tables(circuit: Circuit, wiring: Wiring, options: Options) -> Iterator[Table]:
    """The tables in the order of the module."""
    cells, unit, edges = circuit.cells, circuit.source.unit, wiring.tables
    kind = nested_type(edges["chemical"], edges["electrical"])
    counted = options.init == "counts"
    yield options_text(options.changed())
    yield from read_text(as_table(circuit.source.read))
    yield named("NEURONS", "All neurons, in the order of states.", list(cells.name))
    sensory, motor = list(wiring.sensory), list(wiring.motor)
    yield from cell_texts(sensory, motor, by_transmitter(cells), counted)
    yield chemical_text(kind, unit, edges["chemical"])
    note = f"Gap junctions, each once, neuron: {{its partner: {unit}}}."
    yield nested("ELECTRICAL", kind, note, edges["electrical"])
    if wiring.sign or counted:
        yield sign_text(wiring.sign)


def act_of(options: Options, x: str) -> str:
    """What an input sends, in words of a formula."""
    return x if options.activation == "identity" else f"{options.activation}({x})"


def meaning(options: Options) -> Iterator[str]:
    """The formula, and what is known of its states, as lines of a docstring."""
    sent = f"sum gain * {act_of(options, 'x_input')}"
    yield f"tau dx/dt = bias - x + {sent} + sum g * (x_other - x) + current"
    yield ""
    told = (
        "with g = |conductance|, one a gap junction, felt at both ends. A step takes leak and "
        f"junctions at its end, synapses at its start (semi-implicit Euler): {bound(options)}."
    )
    yield from textwrap.wrap(told, 84)


def bound(options: Options) -> str:
    """What is known of the states, as a sentence without its stop."""
    if activation(options.activation).bounded:
        largest = "max(|x0|, |bias| + sum |gain| + |current|)"
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


def integrated(circuit: Circuit, wiring: Wiring, options: Options) -> Integrated:
    """What the report says: of the step, of the bound, of who is heard."""
    name, pre_post = circuit.cells.name, arcs(circuit)
    conducted = coupling(wiring, options)
    stiffest = max(conducted, key=conducted.__getitem__)
    told = reached(*pre_post, circuit.cells.role & SENSORY > 0)
    return Integrated(
        dt=options.dt,
        substeps=options.substeps,
        activation=options.activation,
        bounded=activation(options.activation).bounded,
        contracts=options.init == "counts",
        stiffest=stiffest,
        coupling=conducted[stiffest],
        explicit=2 * options.tau / (1 + 2 * conducted[stiffest]),
        unreached=tuple(name[row] for row in np.flatnonzero(~told).tolist()),
        mute=tuple(mute(circuit)),
        neurons=len(wiring.fire),
        synapses=len(circuit.chemical),
        junctions=len(circuit.junctions),
    )


def coupling(wiring: Wiring, options: Options) -> dict[str, float]:
    """How much the gap junctions of each neuron conduct at the start, where a leak is 1."""
    ends = semantics_of(options).junctions(wiring)
    start = starts.conductances(wiring, ends, options)
    if isinstance(start, starts.Constant):
        each = (start.value,) * len(ends)
    else:
        each = start.size
    found = dict.fromkeys(wiring.fire, 0.0)
    for (one, other, _), conductance in zip(ends, each, strict=True):
        found[one] += conductance
        found[other] += conductance
    return found
