"""Emit a leaky network: a circuit, of which nothing is cut, as a module of plain PyTorch."""

from __future__ import annotations

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
from ..semantics.ties import check_types, gain_groups
from ..semantics.wiring import Wiring, wiring_of_circuit
from .docstring_leaky import arcs, docstring, meaning, mute
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
    type_text,
)
from .tables import by_transmitter, by_type

MOST = 5_000  # neurons: a step holds an inverse of N x N numbers


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
    tie: str  # what shares gains, as --tie says it
    typed: bool  # whether by types
    tie_tau: str  # what shares time constants
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
    check_types(wiring, options)
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
        tie=options.tie,
        typed=options.by_type,
        tie_tau=options.tie_tau,
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
    yield from type_text(by_type(cells))
    yield chemical_text(kind, unit, edges["chemical"])
    note = f"Gap junctions, each once, neuron: {{its partner: {unit}}}."
    yield nested("ELECTRICAL", kind, note, edges["electrical"])
    if wiring.sign or counted:
        yield sign_text(wiring.sign)


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
        contracts=options.init == "counts" and options.tie == "none",
        stiffest=stiffest,
        coupling=conducted[stiffest],
        explicit=2 * options.tau / (1 + 2 * conducted[stiffest]),
        unreached=tuple(name[row] for row in np.flatnonzero(~told).tolist()),
        mute=tuple(mute(circuit)),
        neurons=len(wiring.fire),
        synapses=len(circuit.chemical),
        junctions=len(circuit.junctions),
        tied=options.tie != "none",
    )


def coupling(wiring: Wiring, options: Options) -> dict[str, float]:
    """How much the gap junctions of each neuron conduct at the start, where a leak is 1."""
    ends = semantics_of(options).junctions(wiring)
    start = starts.conductances(wiring, ends, options)
    if isinstance(start, starts.Constant):
        each = (start.value,) * len(ends)
    else:
        each = start.size
    if options.tie != "none":
        groups = gain_groups(wiring, ends, options)
        shared = starts.tied(start, wiring, ends, groups, draws=False)
        assert isinstance(shared, starts.Signed)
        each = tuple(
            shared.size[place] * wiring.weight(junction)
            for junction, place in zip(ends, groups.place, strict=True)
        )
    found = dict.fromkeys(wiring.fire, 0.0)
    for (one, other, _), conductance in zip(ends, each, strict=True):
        found[one] += conductance
        found[other] += conductance
    return found
