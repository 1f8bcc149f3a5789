"""Emit a sweep: single assignments as a module of plain PyTorch.

Each line of its table SWEEP writes one neuron from others, named, as they then are: that
is how the authors' code updates them, in place. Values that nothing reads apart are one
line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .. import names
from ..ir.artifact import Artifact
from ..ir.stages import MOTOR, SENSORY, Sweep
from ..ir.text import digest
from ..names import literal, plural
from ..options import WIDTHS, Options
from ..readers.asked import as_table
from ..semantics.activations import activation
from ..semantics.registry import semantics_of
from ..semantics.semantics import Parameter
from ..semantics.wiring import Wiring, nest, with_role
from .docstring import counted, task
from .docstring_layout import command, laid_out, listed
from .emit import check_name, environment, formatted, quoted
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

NORMS = {
    "none": "nothing is normed, as published: products of many can vanish or overflow",
    "layer": "after each line of SWEEP x is normed, which is ours",
}


@dataclass(frozen=True, slots=True)
class SweepPage:
    """All that semantics/published.jinja reads."""

    name: str
    docstring: str
    tables: tuple[Table, ...]

    features: int
    norm: str
    act_open: str
    act_close: str
    weight_gain: str  # factor on the start weights

    task: str
    readout: str
    width: int

    gains: bool = False  # whether synapses have gains: units of a sweep have none


@dataclass(slots=True)
class Line:
    """x[neuron] = unit(x[source]), or what it was, times x of each factor."""

    neuron: int
    source: int  # -1: none
    value: int  # the value that it ends with
    factors: list[int] = field(default_factory=list)


def emit_sweep(sweep: Sweep, *, options: Options, name: str = "") -> Artifact:
    """Write the module: one file, `<name>.py`, ASCII; arguments as of `emit`."""
    check_label(sweep.source.label)
    name = check_name(name or names.class_name(sweep.source.label))
    parameters = semantics_of(options).parameters(wiring_of(sweep), options)
    page = environment().get_template("semantics/published.jinja")
    text = page.render(module=page_of(sweep, options, name, parameters))
    body = formatted(text).encode("ascii")
    return Artifact(
        {f"{name}.py": with_header(body, sweep.source.label, digest(sweep))},
        sweep.source.label,
        sweep.source.unit,
        summary(sweep, name, parameters),
        sweep.history,
    )


def wiring_of(sweep: Sweep) -> Wiring:
    """The neurons by name; those that fire are the ones with a unit, as in UNITS."""
    return Wiring(
        tuple(units(sweep)),
        tuple(unused(sweep)),
        tuple(with_role(sweep.cells, SENSORY)),
        tuple(with_role(sweep.cells, MOTOR)),
        {},
    )


def units(sweep: Sweep) -> list[str]:
    """The neurons that have a unit, in the order of UNITS: as their lines stand in SWEEP."""
    name = sweep.cells.name
    return [name[line.neuron] for line in lines(sweep) if line.source >= 0]


def summary(
    sweep: Sweep, name: str, parameters: tuple[Parameter, ...]
) -> dict[str, int | str]:
    """The module in five numbers."""
    role = sweep.cells.role
    return {
        "name": name,
        "sensory": int((role & SENSORY > 0).sum()),
        "motor": int((role & MOTOR > 0).sum()),
        "synapses": int((sweep.left >= 0).sum()),
        "parameters": sum(parameter.size for parameter in parameters),
    }


def page_of(
    sweep: Sweep, options: Options, name: str, parameters: tuple[Parameter, ...]
) -> SweepPage:
    """The page of a sweep."""
    act = activation(options.activation)
    call, gain = act.call, act.factor
    return SweepPage(
        name=name,
        docstring=quoted("\n".join(docstring(sweep, options, name, parameters))),
        tables=tuple(tables(sweep, options)),
        features=options.features,
        norm=options.norm,
        act_open=f"{call}(" if call else "",
        act_close=")" if call else "",
        weight_gain="" if gain == "1" else f"{gain} * ",
        task=options.task,
        readout=options.readout,
        width=options.width or WIDTHS[options.task],
    )


def lines(sweep: Sweep) -> list[Line]:
    """The sweep with names for values: what a line reads is the last that was written.

    A line stays open, and takes more factors, until its neuron is read, or until one that
    it has read is about to be written again.
    """
    neuron = sweep.neuron.tolist()
    done: list[Line] = []
    opened: dict[int, Line] = {}

    def close(row: int) -> None:
        line = opened.pop(row, None)
        if line is None:
            return
        for other, waiting in [*opened.items()]:
            if row in waiting.factors or row == waiting.source:
                close(other)
        done.append(line)

    for place, (left, right) in enumerate(
        zip(sweep.left.tolist(), sweep.right.tolist(), strict=True)
    ):
        if left < 0:
            continue
        row, read = neuron[place], neuron[left if right < 0 else right]
        close(read)
        if right < 0:
            opened[row] = Line(row, read, place)
            continue
        line = opened.setdefault(row, Line(row, -1, place))
        line.factors.append(read)
        line.value = place
    for row in [*opened]:
        close(row)
    return done


def unused(sweep: Sweep) -> list[str]:
    """Names of the neurons that no output depends on, sorted."""
    made = {
        row
        for row, left in zip(sweep.neuron.tolist(), sweep.left.tolist(), strict=True)
        if left >= 0
    }
    read = {
        int(sweep.neuron[v])
        for v in (*sweep.left.tolist(), *sweep.right.tolist())
        if v >= 0
    }
    given = {row for row, value in enumerate(sweep.output.tolist()) if value >= 0}
    used = made | read | given
    return sorted(n for row, n in enumerate(sweep.cells.name) if row not in used)


def tables(sweep: Sweep, options: Options) -> Iterator[Table]:
    """The tables in the order of the module."""
    cells, unit, edges = sweep.cells, sweep.source.unit, sweep.chemical
    ends, known = sweep.junctions, edges.take(edges.sign != 0)
    chemical = nest(cells.name, edges.pre, edges.post, edges.weight)
    electrical = nest(cells.name, ends.left, ends.right, ends.weight)
    kind = nested_type(chemical, electrical)
    yield options_text(options.changed())
    yield from read_text(as_table(sweep.source.read))
    yield Table(
        "SWEEP",
        "list[tuple[str, str, list[str]]]",
        "In order: a neuron, the one its unit is applied to, those it is multiplied by.",
        "[]",
        tuple(written(cells.name, line) for line in lines(sweep)),
    )
    yield named("UNUSED", "Neurons that no output hangs on.", unused(sweep))
    sensory, motor = with_role(cells, SENSORY), with_role(cells, MOTOR)
    yield from cell_texts(sensory, motor, by_transmitter(cells))
    yield chemical_text(kind, unit, chemical)
    note = f"Gap junctions, neuron: {{its partner: {unit}}}."
    yield nested("ELECTRICAL", kind, note, electrical)
    if len(known):
        yield sign_text(nest(cells.name, known.pre, known.post, known.sign))


def written(name: tuple[str, ...], line: Line) -> str:
    """A line of SWEEP as a Python literal."""
    source = name[line.source] if line.source >= 0 else ""
    factors = ", ".join(literal(name[row]) for row in line.factors)
    return f"({literal(name[line.neuron])}, {literal(source)}, [{factors}])"


def docstring(
    sweep: Sweep, options: Options, name: str, parameters: tuple[Parameter, ...]
) -> list[str]:
    """The lines between the quotes: title, facts, command, source."""
    label = sweep.source.label
    made = command(label, name, options, sweep.source.read)
    kind = ", as ElegansNet sweeps it"
    return laid_out(label, name, kind, facts(sweep, options, parameters), made)


def facts(
    sweep: Sweep, options: Options, parameters: tuple[Parameter, ...]
) -> Iterator[tuple[str, list[str]]]:
    """(title, sentences) of each fact, in order."""
    role, d = sweep.cells.role, options.features
    sensory, motor = int((role & SENSORY > 0).sum()), int((role & MOTOR > 0).sum())
    made = sweep.left >= 0
    units, products = (
        int((made & (sweep.right < 0)).sum()),
        int((sweep.right >= 0).sum()),
    )
    dead = unused(sweep)
    act = options.activation
    yield "neurons", [f"{len(sweep.cells):,}: {sensory:,} sensory, {motor:,} motor"]
    yield "input", [f"(batch, {sensory}, {d}): SENSORY"]
    yield "output", [f"(batch, {motor}, {d}): MOTOR"]
    yield (
        "state",
        [
            f"x = {act}(W y + b) where a neuron's first input y arrives, x = x y where others do",
            "sensory neurons begin as their input",
            "each edge is read once, in the order of roles: S to I and M, I to S and M, "
            "M to S and I, S to S, I to I, M to M",
            NORMS[options.norm],
        ],
    )
    yield (
        "kept",
        [
            f"{plural(units, 'unit')} and {plural(products, 'product')} that an output hangs on"
        ],
    )
    if options.task != "none":
        yield "task", task(options)
    yield "parameters", [counted(parameters)]
    if dead:
        yield "unused", [f"{plural(len(dead), 'neuron')}: {listed(dead)}"]
