"""Status: whether a generated module is unedited and up to date with its source."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .. import catalog
from ..errors import CompilerError, visible
from ..files import read_bytes
from ..ir.text import digest
from ..ir.trace import Trace
from ..module.emit import emit
from ..module.emit_sweep import emit_sweep
from ..module.header import AGAIN, read_header
from ..module.read import Model, SweepModel, read_consistent, read_module
from ..module.restore import unplanned
from ..names import plain
from ..options import Options
from ..passes.published_sweep import published_sweep
from ..pipeline import circuit_of, compile_source
from ..readers.reader import Layout
from .changes import compare
from .text import details, summary
from .version import Version, version_of

FRESH, STALE, EDITED = "fresh", "out of date", "edited by hand"
UNSURE, UNREADABLE = "as it was written", "unreadable"
EDIT_LINES_SHOWN = 40  # lines of a hand edit


@dataclass(frozen=True)
class Status:
    """The status of a module.

    Attributes:
        word: "fresh", "out of date", "edited by hand", "as it was written" where its
            source is not at hand, or "unreadable".
        why: a sentence; detail: lines that show it.
    """

    label: str
    word: str
    why: str
    detail: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The status as text."""
        yield f"{visible(self.label)}: {self.word}: {self.why}"
        for line in self.detail:
            yield f"  {visible(line)}"

    def as_json(self) -> dict[str, Any]:
        """The status as plain data."""
        return {
            "schema": 1,
            "command": "status",
            "model": self.label,
            "status": self.word,
            "why": self.why,
            "detail": list(self.detail),
        }


def status(path: str, against: str | None, layout: Layout) -> Status:
    """The status of a module, compared with its source if there is one.

    Args:
        against: the source; None: the bundled connectome of the model's label.

    Raises:
        InputError: not a generated module, or its tables can not be read.
    """
    data = read_bytes(path, empty=AGAIN).replace(b"\r\n", b"\n")
    head = read_header(data, path)
    model, again = read_and_emit(data, path)
    if head.edited:
        edits = hand_edits(data, again)
        if isinstance(model, Model):
            edits += table_edits(model, against, layout)
        why = "its text is not what its header signs"
        if not edits:
            why += "; the edit is inside the tables: git diff shows it"
        return Status(path, EDITED, why, tuple(edits))
    if isinstance(model, Model):
        read_consistent(data, path)
    if again != data:
        return Status(
            path, STALE, "another version of elegansc wrote it: compile it again"
        )
    source = source_of(model, against)
    if source is None:
        return Status(path, UNSURE, f"give its source, {head.label}, with --against")
    if isinstance(model, SweepModel):
        return sweep_status(path, model, source, layout)
    return source_status(path, data, model, source, layout)


def read_and_emit(data: bytes, path: str) -> tuple[Model | SweepModel, bytes]:
    """Read a module, and emit it again from its tables."""
    module = read_module(data, path)
    match module:
        case SweepModel(options=options, name=name, circuit=circuit):
            artifact = emit_sweep(published_sweep(circuit), options=options, name=name)
        case Model(options=options, name=name, plan=plan):
            artifact = emit(plan, options=options, name=name)
    return module, next(iter(artifact.files.values()))


def sweep_status(path: str, model: SweepModel, source: str, layout: Layout) -> Status:
    """The status of a published sweep: whether its source has the same circuit."""
    label = "" if catalog.find(source) else model.header.label
    try:
        circuit = circuit_of(source, label=label, options=model.options, layout=layout)
    except CompilerError as error:
        return Status(path, STALE, f"its source no longer compiles: {error}")
    if digest(circuit) == model.header.source:
        return Status(path, FRESH, f"just what {plain(source)} gives")
    return Status(path, STALE, f"{plain(source)} has changed: elegansc diff shows what")


def source_of(model: Model | SweepModel, against: str | None) -> str | None:
    """The source to compare a model with, if it is given or bundled."""
    label = model.header.label
    return against or (label if catalog.find(label) else None)


def takes_files(options: Options) -> bool:
    """Whether compiling a model again needs a file beside its source."""
    return bool(options.cells) or any(word.startswith("@") for word in options.inputs)


def table_edits(model: Model, against: str | None, layout: Layout) -> list[str]:
    """Changes from the source to the tables of an edited model, if it is available."""
    source = source_of(model, against)
    if source is None or takes_files(model.options):
        return []
    try:
        old, new = reversed(versions(model, source, layout))
    except CompilerError:
        return []
    edits = compare(replace(old, level=None), new)  # its order is not what was edited
    lines = filter(None, details(replace(edits, groups={})))
    return [f"its tables beside {plain(source)}:", *lines] if edits else []


def source_status(
    path: str, data: bytes, model: Model, source: str, layout: Layout
) -> Status:
    """The status of an unedited module: whether its source still gives it."""
    if takes_files(model.options):
        why = "it was made with a table or list of yours: compile --check with the same"
        return Status(path, UNSURE, why)
    try:
        found = compare(*versions(model, source, layout))
    except CompilerError as error:
        return Status(path, STALE, f"its source no longer compiles: {error}")
    graph = found.added or found.lost or found.renamed or found.roles or found.signs
    if not (graph or found.chemical or found.junctions):
        return Status(path, FRESH, f"just what {plain(source)} gives")
    detail = tuple(list(summary(found))[1:])
    return Status(path, STALE, f"{plain(source)} has changed", detail)


def versions(model: Model, source: str, layout: Layout) -> tuple[Version, Version]:
    """The model and its current source, as two versions to compare."""
    options = replace(model.options, like="", stick=0.0)
    label = model.header.label
    old = version_of(unplanned(model.plan)[0], model.plan, model.options, label)
    return old, rebuilt(source, model, options, layout)


def rebuilt(source: str, model: Model, options: Options, layout: Layout) -> Version:
    """The current source, compiled with the options and the order of the model."""
    from ..ir.stages import Circuit, Plan

    trace = Trace(until="plan")
    label = "" if catalog.find(source) else model.header.label
    if label and catalog.find(label):
        label = "source"  # a file of one's own may not be called like a bundled one
    lock = replace(model, options=options)  # the order it came from is not at hand
    compile_source(
        source, label=label, options=options, layout=layout, trace=trace, lock=lock
    )
    circuit, plan = trace.kept["circuit"], trace.kept["plan"]
    assert isinstance(circuit, Circuit) and isinstance(plan, Plan)
    version = version_of(circuit, plan, options, model.header.label)
    return replace(version, unit=model.plan.source.unit)


def hand_edits(data: bytes, again: bytes) -> list[str]:
    """The diff from the text emitted for the tables to the file, without line 2."""
    ours, theirs = (
        text.decode("utf-8", "replace").split("\n") for text in (again, data)
    )
    ours[1] = theirs[1]  # so that the numbers of lines are those of the file
    found = list(
        difflib.unified_diff(ours, theirs, "as written", "as it is", n=0, lineterm="")
    )
    more = len(found) - EDIT_LINES_SHOWN
    return found[:EDIT_LINES_SHOWN] + ([f"and {more:,} more lines"] if more > 0 else [])
