"""Status: is a generated module as elegansc wrote it, and as its source is today?"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from . import catalog
from .changes import Side, compare, side_of
from .changes_text import summary
from .emit import body_digest, emit
from .errors import CompilerError, visible
from .names import plain
from .options import Options
from .parse import Layout, read_bytes
from .pipeline import Trace, compile_source
from .readers.model import Model, header, read_model
from .tables import unplanned

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
    data = read_bytes(path).replace(b"\r\n", b"\n")
    head = header(data, path)
    model = read_model(data, path)
    (again,) = emit(model.plan, options=model.options, name=model.name).files.values()
    if body_digest(head.text) != head.body:
        edits = hand_edits(data, again)
        why = "its text is not what its header signs"
        if not edits:
            why += "; the edit is inside the tables: git diff shows it"
        return Status(path, EDITED, why, tuple(edits))
    if again != data:
        return Status(
            path, STALE, "another version of elegansc wrote it: compile it again"
        )
    source = against or (head.label if catalog.find(head.label) else None)
    if source is None:
        return Status(path, UNSURE, f"give its source, {head.label}, with --against")
    return held_against(path, data, model, source, layout)


def held_against(
    path: str, data: bytes, model: Model, source: str, layout: Layout
) -> Status:
    """Whether the source still gives this module."""
    options = replace(model.options, like="", stick=0.0)
    if options.cells or any(word.startswith("@") for word in options.inputs):
        why = "it was made with a table or list of yours: compile --check with the same"
        return Status(path, UNSURE, why)
    try:
        new = rebuilt(source, model, options, layout)
    except CompilerError as error:
        return Status(path, STALE, f"its source no longer compiles: {error}")
    old = side_of(
        unplanned(model.plan)[0], model.plan, model.options, model.header.label
    )
    found = compare(old, new)
    graph = found.added or found.lost or found.renamed or found.roles
    if not (graph or found.chemical or found.junctions):
        return Status(path, FRESH, f"just what {plain(source)} gives")
    detail = tuple(list(summary(found))[1:])
    return Status(path, STALE, f"{plain(source)} has changed", detail)


def rebuilt(source: str, model: Model, options: Options, layout: Layout) -> Side:
    """The source as it is today, compiled like the model."""
    from .ir import Circuit, Plan

    trace = Trace(until="plan")
    label = "" if catalog.find(source) else model.header.label
    lock = replace(model, options=options)  # the order it came from is not at hand
    compile_source(
        source, label=label, options=options, layout=layout, trace=trace, lock=lock
    )
    circuit, plan = trace.kept["circuit"], trace.kept["plan"]
    assert isinstance(circuit, Circuit) and isinstance(plan, Plan)
    return side_of(circuit, plan, options, model.header.label)


def hand_edits(data: bytes, again: bytes) -> list[str]:
    """What a hand changed, as a diff of what the tables give; line 2 aside."""
    ours, theirs = (
        text.decode("utf-8", "replace").split("\n") for text in (again, data)
    )
    for lines in (ours, theirs):
        del lines[1]
    found = list(
        difflib.unified_diff(ours, theirs, "as written", "as it is", n=0, lineterm="")
    )
    more = len(found) - SHOWN
    return found[:SHOWN] + ([f"and {more:,} more lines"] if more > 0 else [])
