"""What a compile takes beside its options: a source, roles, an older model."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

from . import catalog, names
from .emit import body_digest
from .errors import InputError, Location, UsageError, VerifyError
from .ir import (
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
from .options import Options, base, check_label
from .parse import Layout, parse, read_bytes
from .readers.cells import read_cells
from .readers.model import Model, is_model, read_model
from .text import digest
from .verify import verify

BITS = {"sensory": SENSORY, "inter": INTER, "motor": MOTOR}
KINDS = {"neuron": NEURON, "muscle": MUSCLE, "other": OTHER}


def parse_source(data: bytes, path: str, source: Source, layout: Layout) -> Connectome:
    """Parse bytes; messages name the file as the user did, the IR by its label."""
    shown = "stdin" if path == "-" else path
    return replace(parse(data, shown, layout=layout, unit=source.unit), source=source)


def fetch(path: str, label: str = "") -> tuple[bytes, str, str]:
    """(bytes, label, unit of the weights) of a connectome.

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
        hint = "choose another with --label"
        raise UsageError(f"label {found}: is the name of a bundled connectome; {hint}")
    return read_bytes(path), found, "units of weight"


def past_of(options: Options, circuit: Circuit) -> Past | None:
    """The older model to stay near.

    Raises:
        InputError: hardly a neuron of it is known here.
    """
    if not options.like:
        return None
    data = read_bytes(options.like)
    if not is_model(data):
        hint = "--like takes a module that elegansc generated"
        raise InputError(options.like, "not a generated module", hint)
    model = read_model(data, options.like)
    signed(model, options.like)
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
    ends = zip(plan.junctions.left.tolist(), plan.junctions.right.tolist(), strict=True)
    asked = replace(options, like="", stick=0.0)
    made = replace(model.options, like="", stick=0.0)
    same = asked.changed() == made.changed() and digest(circuit) == digest(plan)
    return Past(
        label,
        back,
        {neuron: row for row, neuron in enumerate(name)},
        frozenset((name[u], name[v]) for u, v in ends),
        plan.proof,
        same,
    )


def cell_table(options: Options) -> CellTable | None:
    """The table of cells that the options ask for; None: roles by structure."""
    if options.cells:
        return read_cells(read_bytes(options.cells), options.cells)
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
            data = read_bytes(pattern[1:]).decode("utf-8-sig", "replace")
            found += [line.strip() for line in data.splitlines() if line.strip()]
        else:
            found.append(pattern)
    return tuple(found)


def untouched(data: bytes, path: str, options: Options) -> Model:
    """A generated model that is as it was generated.

    Raises:
        InputError: edited or cut short. UsageError: options beside its own.
    """
    if options.changed():
        hint = "the options of a generated model are its own; compile its source with others"
        raise UsageError(
            f"{', '.join('--' + key for key in options.changed())}: {hint}"
        )
    model = read_model(data, path)
    try:
        verify(model.plan)
    except VerifyError as error:
        hint = "elegansc verify says which table; compile its source again"
        raise InputError(
            path, f"the tables contradict each other: {error}", hint
        ) from None
    signed(model, path)
    return model


def signed(model: Model, path: str) -> None:
    """Raise InputError if a model was edited by hand or cut short."""
    found = body_digest(model.header.text)
    if found != model.header.body:
        seen = f"edited by hand or cut short: its body has the digest {found}, not {model.header.body}"
        raise InputError(Location(path, 2), seen, "compile its source again")
