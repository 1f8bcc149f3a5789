"""What a compile takes beside its options: a source, roles, an older model."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from . import catalog, names
from .errors import InputError, UsageError, VerifyError
from .files import read_bytes
from .ir.invariants import verify
from .ir.stages import (
    INTER,
    MOTOR,
    MUSCLE,
    NEURON,
    OTHER,
    SENSORY,
    CellFact,
    CellTable,
    Circuit,
    Connectome,
    Past,
    Source,
)
from .ir.text import digest
from .module.contradictions import contradiction
from .module.header import AGAIN, is_generated
from .module.read import Model, read_model
from .options import Options, base, check_label
from .readers.cells import read_cells
from .readers.parse import Layout, parse

UNKNOWN_UNIT = "units of weight"  # what weights count where nothing tells it
UNLABELLED = "rename the file"  # what to do where there is no --label
BITS = {"sensory": SENSORY, "inter": INTER, "motor": MOTOR}
KINDS = {"neuron": NEURON, "muscle": MUSCLE, "other": OTHER}


def parse_source(data: bytes, path: str, source: Source, layout: Layout) -> Connectome:
    """Parse bytes; messages name the file as the user did, the IR by its label."""
    shown = "stdin" if path == "-" else path
    return replace(parse(data, shown, layout=layout, unit=source.unit), source=source)


def fetch(
    path: str, label: str = "", *, hint: str = "choose another with --label"
) -> tuple[bytes, str, str]:
    """(bytes, label, unit of the weights) of a connectome.

    Args:
        hint: what to do if the file is called like a bundled connectome.

    Raises:
        InputError: no such file, and no bundled connectome of the name.
    """
    entry = catalog.find(path)
    if entry:
        return catalog.read(entry), check_label(label or entry.name), entry.unit
    file = "stdin" if path == "-" else Path(path).name
    found = check_label(label or names.label_of(file)[:100])
    bare = "/" not in path and "\\" not in path and "." not in path
    if bare and path != "-" and not os.path.exists(path):
        near = catalog.suggest(path)
        hint = f"did you mean {near}?" if near else "elegansc connectomes lists them"
        raise InputError(
            path, "no such file, and no bundled connectome of this name", hint
        )
    if catalog.find(found):
        raise UsageError(f"label {found}: is the name of a bundled connectome; {hint}")
    return read_bytes(path), found, UNKNOWN_UNIT


def past_of(options: Options, circuit: Circuit) -> Past | None:
    """The older model to stay near.

    Raises:
        InputError: hardly a neuron of it is known here.
    """
    if not options.like:
        return None
    data = read_bytes(options.like, empty=AGAIN)
    if not is_generated(data):
        hint = "--like takes a module that elegansc generated"
        raise InputError(options.like, "not a generated module", hint)
    model = read_model(data, options.like)
    model.header.check(options.like)
    name = model.plan.cells.name
    shared = set(name) & set(circuit.cells.name)
    if 10 * len(shared) < len(circuit.cells):
        of = names.plural(len(circuit.cells), "neuron")
        seen = f"--like: knows {len(shared):,} of {of} here"
        raise InputError(options.like, seen, "is it a model of another animal?")
    return past_from(model, options, circuit, base(options.like))


def locked(model: Model | None, options: Options, circuit: Circuit) -> Past | None:
    """A model's order, to be taken as it is, if it is of this very graph and options.

    Under other options, and be it another --like or --stick, a compile would not take it.
    """
    if model is None:
        return None
    near = base(options.like) if options.like else "", options.stick
    if near != (model.options.like, model.options.stick):
        return None
    past = past_from(model, options, circuit, model.path or model.header.label)
    return past if past.same else None


def past_from(model: Model, options: Options, circuit: Circuit, label: str) -> Past:
    """An older model, by name."""
    plan, name = model.plan, model.plan.cells.name
    back = {
        (name[u], name[v]): late
        for late, edges in ((False, plan.forward), (True, plan.feedback))
        for u, v in zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    }
    ends, within = (
        zip(edges.left.tolist(), edges.right.tolist(), strict=True)
        for edges in (plan.junctions, plan.lateral)
    )
    asked = replace(options, like="", stick=0.0)
    made = replace(model.options, like="", stick=0.0)
    same = asked.changed() == made.changed() and digest(circuit) == digest(plan)
    return Past(
        label,
        back,
        {neuron: row for row, neuron in enumerate(name)},
        frozenset((name[u], name[v]) for u, v in ends),
        plan.optimality,
        same,
        frozenset((min(name[u], name[v]), max(name[u], name[v])) for u, v in within),
    )


def cell_table(options: Options) -> CellTable | None:
    """The table of cells that the options ask for; None: roles by structure."""
    if options.cells:
        hint = "give a row for each cell: name,role"
        return read_cells(read_bytes(options.cells, empty=hint), options.cells)
    if options.roles_table == "structure":
        return None
    several = options.roles_table == "several"
    facts = {}
    for cell in catalog.cells().values():
        role = sum(BITS[word] for word in (cell.roles if several else cell.role))
        facts[cell.name] = CellFact(role, cell.transmitter, KINDS[cell.kind])
    return CellTable(facts, options.roles_table, muscle=catalog.is_muscle)


def expand(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Patterns with each `@file` replaced by the lines of that file."""
    found: list[str] = []
    for pattern in patterns:
        if pattern.startswith("@"):
            data = read_bytes(pattern[1:], empty="give a name or a pattern a line")
            text = data.decode("utf-8-sig", "replace")
            found += [line.strip() for line in text.splitlines() if line.strip()]
        else:
            found.append(pattern)
    return tuple(found)


def check_own_options(options: Options) -> None:
    """Raise a UsageError for options beside those of a generated model."""
    if options.changed():
        hint = "the options of a generated model are its own; compile its source with others"
        raise UsageError(
            f"{', '.join('--' + key for key in options.changed())}: {hint}"
        )


def untouched(data: bytes, path: str, options: Options) -> Model:
    """A generated model that is as it was generated.

    Raises:
        InputError: edited or cut short. UsageError: options beside its own.
    """
    check_own_options(options)
    model = consistent(data, path)
    model.header.check(path)
    return model


def consistent(data: bytes, path: str) -> Model:
    """A generated model whose tables can be true together, whoever wrote them.

    Raises:
        InputError: not ours, damaged, or contradictory; with the table and the line.
    """
    model = read_model(data, path)
    if told := contradiction(data, path, model.tables):
        raise told
    try:
        verify(model.plan)
    except VerifyError as error:
        seen = f"the tables contradict each other: {error}"
        raise InputError(path, seen, "compile its source again") from None
    return model
