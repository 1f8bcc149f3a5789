"""Status: is a generated module as elegansc wrote it, and as its source is today?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from .. import catalog
from ..errors import CompilerError, visible
from ..files import read_bytes
from ..ir.text import digest
from ..module.emit import emit
from ..module.emit_sweep import emit_sweep
from ..module.header import AGAIN, read_header
from ..module.read import Model, read_model
from ..module.read_sweep import SweepModel, is_sweep, read_sweep
from ..module.restore import unplanned
from ..names import plain
from ..options import Options
from ..passes.published_sweep import published_sweep
from ..pipeline import Trace, circuit_of, compile_source
from ..readers.parse import Layout
from ..sources import consistent
from .changes import compare
from .text import details, summary
from .version import Side, side_of

FRESH, STALE, EDITED = "fresh", "out of date", "edited by hand"
UNSURE, UNREADABLE = "as it was written", "unreadable"
SHOWN = 40  # lines of a hand edit


@dataclass(frozen=True)
class Status:
    """What became of a module.

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
        """For people."""
        yield f"{visible(self.label)}: {self.word}: {self.why}"
        for line in self.detail:
            yield f"  {visible(line)}"

    def as_json(self) -> dict[str, Any]:
        """For scripts."""
        return {
            "schema": 1,
            "command": "status",
            "model": self.label,
            "status": self.word,
            "why": self.why,
            "detail": list(self.detail),
        }


def status(path: str, against: str | None, layout: Layout) -> Status:
    """Read a module and, where there is one, its source.

    Args:
        against: the source; None: the bundled connectome of the model's label.

    Raises:
        InputError: not a module of ours, or one whose tables can not be read.
    """
    data = read_bytes(path, empty=AGAIN).replace(b"\r\n", b"\n")
    head = read_header(data, path)
    model, again = written_again(data, path)
    if head.edited:
        edits = hand_edits(data, again)
        if isinstance(model, Model):
            edits += table_edits(model, against, layout)
        why = "its text is not what its header signs"
        if not edits:
            why += "; the edit is inside the tables: git diff shows it"
        return Status(path, EDITED, why, tuple(edits))
    if isinstance(model, Model):
        consistent(data, path)
    if again != data:
        return Status(
            path, STALE, "another version of elegansc wrote it: compile it again"
        )
    source = source_of(model, against)
    if source is None:
        return Status(path, UNSURE, f"give its source, {head.label}, with --against")
    if isinstance(model, SweepModel):
        return swept_against(path, model, source, layout)
    return held_against(path, data, model, source, layout)


def written_again(data: bytes, path: str) -> tuple[Model | SweepModel, bytes]:
    """A module as data, and what elegansc writes of its tables."""
    if is_sweep(data):
        swept = read_sweep(data, path)
        sweep = published_sweep(swept.circuit)
        files = emit_sweep(sweep, options=swept.options, name=swept.name).files
        return swept, next(iter(files.values()))
    model = read_model(data, path)
    files = emit(model.plan, options=model.options, name=model.name).files
    return model, next(iter(files.values()))


def swept_against(path: str, model: SweepModel, source: str, layout: Layout) -> Status:
    """Whether the source still gives this sweep: its circuit is all there is to it."""
    label = "" if catalog.find(source) else model.header.label
    try:
        circuit = circuit_of(source, label=label, options=model.options, layout=layout)
    except CompilerError as error:
        return Status(path, STALE, f"its source no longer compiles: {error}")
    if digest(circuit) == model.header.source:
        return Status(path, FRESH, f"just what {plain(source)} gives")
    return Status(path, STALE, f"{plain(source)} has changed: elegansc diff shows what")


def source_of(model: Model | SweepModel, against: str | None) -> str | None:
    """The source to hold a model against, if there is one at hand."""
    label = model.header.label
    return against or (label if catalog.find(label) else None)


def takes_files(options: Options) -> bool:
    """Whether more than its source is needed to compile a model again."""
    return bool(options.cells) or any(word.startswith("@") for word in options.inputs)


def table_edits(model: Model, against: str | None, layout: Layout) -> list[str]:
    """What the tables of an edited model say beside its source, if that is at hand."""
    source = source_of(model, against)
    if source is None or takes_files(model.options):
        return []
    try:
        old, new = reversed(sides(model, source, layout))
    except CompilerError:
        return []
    told = compare(replace(old, level=None), new)  # its order is not what was edited
    lines = filter(None, details(replace(told, groups={})))
    return [f"its tables beside {plain(source)}:", *lines] if told else []


def held_against(
    path: str, data: bytes, model: Model, source: str, layout: Layout
) -> Status:
    """Whether the source still gives this module."""
    if takes_files(model.options):
        why = "it was made with a table or list of yours: compile --check with the same"
        return Status(path, UNSURE, why)
    try:
        found = compare(*sides(model, source, layout))
    except CompilerError as error:
        return Status(path, STALE, f"its source no longer compiles: {error}")
    graph = found.added or found.lost or found.renamed or found.roles or found.signs
    if not (graph or found.chemical or found.junctions):
        return Status(path, FRESH, f"just what {plain(source)} gives")
    detail = tuple(list(summary(found))[1:])
    return Status(path, STALE, f"{plain(source)} has changed", detail)


def sides(model: Model, source: str, layout: Layout) -> tuple[Side, Side]:
    """The model, and its source as it is today."""
    options = replace(model.options, like="", stick=0.0)
    label = model.header.label
    old = side_of(unplanned(model.plan)[0], model.plan, model.options, label)
    return old, rebuilt(source, model, options, layout)


def rebuilt(source: str, model: Model, options: Options, layout: Layout) -> Side:
    """The source as it is today, compiled like the model."""
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
    side = side_of(circuit, plan, options, model.header.label)
    return replace(side, unit=model.plan.source.unit)


def hand_edits(data: bytes, again: bytes) -> list[str]:
    """What a hand changed, as a diff of what the tables give; line 2 aside."""
    ours, theirs = (
        text.decode("utf-8", "replace").split("\n") for text in (again, data)
    )
    ours[1] = theirs[1]  # so that the numbers of lines are those of the file
    found = list(
        difflib.unified_diff(ours, theirs, "as written", "as it is", n=0, lineterm="")
    )
    more = len(found) - SHOWN
    return found[:SHOWN] + ([f"and {more:,} more lines"] if more > 0 else [])
