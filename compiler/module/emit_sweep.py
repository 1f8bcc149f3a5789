"""Emit a sweep: single assignments as a module of plain PyTorch.

Each line of its table SWEEP writes one neuron from others, named, as they then are: that
is how the authors' code updates them, in place. Values that nothing reads apart are one
line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .. import catalog, names
from ..ir.stages import MOTOR, SENSORY, Artifact, Sweep
from ..ir.text import digest
from ..names import literal, plural
from ..options import WIDTHS, Options, check_label, check_name
from . import docstring as prose
from .emit import CALLS, FIRST_LINE, FORMAT, GAINS, body_digest, environment, quoted
from .tables import (
    Table,
    kind_of,
    named,
    nest,
    nested,
    value,
    with_role,
)

NORMS = {
    "none": "nothing is normed, as published: products of many can vanish or overflow",
    "layer": "after each line of SWEEP x is normed, which is ours",
}


@dataclass(frozen=True, slots=True)
class View:
    """All that the page reads."""

    name: str
    docstring: str
    tables: tuple[Table, ...]
    features: int
    norm: str
    weight_gain: str  # factor on the start weights
    act_open: str
    act_close: str
    task: str
    readout: str
    width: int


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
    page = environment().get_template("semantics/published.jinja")
    body = page.render(module=view(sweep, options, name)).encode("ascii")
    source = f"{sweep.source.label}:{digest(sweep)}"
    head = f"# @generated format={FORMAT} source={source} body={body_digest(body)}"
    return Artifact(
        {f"{name}.py": f"{FIRST_LINE}\n{head}\n".encode() + body},
        sweep.source.label,
        sweep.source.unit,
        summary(sweep, options, name),
        sweep.history,
    )


def summary(sweep: Sweep, options: Options, name: str) -> dict[str, int | str]:
    """The module in five numbers."""
    role, d = sweep.cells.role, options.features
    units = int(((sweep.left >= 0) & (sweep.right < 0)).sum())
    return {
        "name": name,
        "sensory": int((role & SENSORY > 0).sum()),
        "motor": int((role & MOTOR > 0).sum()),
        "synapses": int((sweep.left >= 0).sum()),
        "parameters": units * d * (d + 1),
    }


def view(sweep: Sweep, options: Options, name: str) -> View:
    """What the page reads."""
    call, gain = CALLS[options.activation], GAINS[options.activation]
    return View(
        name,
        quoted("\n".join(docstring(sweep, options, name))),
        tuple(tables(sweep, options)),
        options.features,
        options.norm,
        "" if gain == "1" else f"{gain} * ",
        f"{call}(" if call else "",
        ")" if call else "",
        options.task,
        options.readout,
        options.width or WIDTHS[options.task],
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
        for other, held in [*opened.items()]:
            if row in held.factors or row == held.source:
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
    """The neurons that no output hangs on, sorted."""
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
    name, unit, edges = sweep.cells.name, sweep.source.unit, sweep.chemical
    chemical = nest(name, edges.pre, edges.post, edges.weight)
    ends = sweep.junctions
    electrical = nest(name, ends.left, ends.right, ends.weight)
    kind = f"dict[str, dict[str, {kind_of(chemical, electrical)}]]"
    yield Table(
        "OPTIONS",
        "dict[str, int | float | str | list[str]]",
        "What was asked of elegansc beside its defaults.",
        "{}",
        tuple(f"{literal(k)}: {value(v)}" for k, v in options.changed().items()),
    )
    yield Table(
        "SWEEP",
        "list[tuple[str, str, list[str]]]",
        "In order: a neuron, the one its unit is applied to, those it is multiplied by.",
        "[]",
        tuple(written(name, line) for line in lines(sweep)),
    )
    yield named("UNUSED", "Neurons that no output hangs on.", unused(sweep))
    yield named(
        "SENSORY",
        "The neurons that take the input, in its order.",
        with_role(sweep.cells, SENSORY),
    )
    yield named(
        "MOTOR",
        "The neurons that give the output, in its order.",
        with_role(sweep.cells, MOTOR),
    )
    released = sorted(zip(name, sweep.cells.transmitter, strict=True))
    words = sorted({word for _, word in released if word})
    if words:
        rows = ((word, [n for n, w in released if w == word]) for word in words)
        yield Table(
            "TRANSMITTER",
            "dict[str, list[str]]",
            "What neurons release, where known.",
            "{}",
            tuple(f"{literal(word)}: {value(found)}" for word, found in rows),
        )
    yield nested(
        "CHEMICAL", kind, f"Chemical synapses, neuron: {{input: {unit}}}.", chemical
    )
    yield nested(
        "ELECTRICAL",
        kind,
        f"Gap junctions, neuron: {{its partner: {unit}}}.",
        electrical,
    )
    known = edges.take(edges.sign != 0)
    if len(known):
        sign = nest(name, known.pre, known.post, known.sign)
        yield nested(
            "SIGN",
            "dict[str, dict[str, int]]",
            "Signs of chemical synapses, where known.",
            sign,
        )


def written(name: tuple[str, ...], line: Line) -> str:
    """A line as a Python literal."""
    source = name[line.source] if line.source >= 0 else ""
    factors = ", ".join(literal(name[row]) for row in line.factors)
    return f"({literal(name[line.neuron])}, {literal(source)}, [{factors}])"


def docstring(sweep: Sweep, options: Options, name: str) -> list[str]:
    """The lines between the quotes: title, facts, command, sources."""
    label = sweep.source.label
    entry = catalog.find(label)
    what = f"the C. elegans connectome {label}" if entry else f"the connectome {label}"
    text = [f"{name}: {what}, as ElegansNet sweeps it.", ""]
    for title, sentences in facts(sweep, options):
        text += prose.row(title, sentences)
    text += ["", *prose.wrap("Made by: " + prose.command(label, name, options), 0)]
    return text + (prose.wrap(f"Source: {entry.citation}", 0) if entry else [])


def facts(sweep: Sweep, options: Options) -> Iterator[tuple[str, list[str]]]:
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
        yield "task", prose.task(options)
    yield (
        "parameters",
        [
            f"{units * d * (d + 1):,}: {units:,} matrices W of {d} x {d}, {units:,} vectors b"
        ],
    )
    if dead:
        yield "unused", [f"{plural(len(dead), 'neuron')}: {prose.listed(dead)}"]
