"""Status: whether a generated module is unedited and up to date with its source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import unified_diff
from typing import Any

from .. import catalog
from ..errors import CompilerError, visible
from ..files import read_bytes
from ..ir.text import digest
from ..ir.trace import Trace
from ..module import forms
from ..module.forms import EDITED, form
from ..module.header import AGAIN, Header
from ..module.read import (
    CircuitModel,
    Model,
    check_consistent,
    made_of,
    read_module,
)
from ..module.restore import unplanned
from ..names import plain
from ..options import Options, names_file
from ..pipeline import circuit_of, compile_source
from ..projects.settings import Setting, free, project_of, settle
from ..sources import emitted
from .changes import compare
from .text import details, summary
from .version import Version, version_of

FRESH, STALE = "fresh", "out of date"
UNSURE, UNREADABLE = "as it was written", "unreadable"
EDIT_LINES_SHOWN = 40  # lines of a hand edit


@dataclass(frozen=True)
class Status:
    """The status of a module.

    Attributes:
        word: "fresh", "out of date", "edited by hand", "as it was written" where its
            source is not at hand, or "unreadable".
        why: a sentence; detail: lines that show it.
        form: of the file; "" where it can not be read.
    """

    label: str
    word: str
    why: str
    detail: tuple[str, ...] = ()
    form: str = ""

    @property
    def status(self) -> str:
        """The word, and the form of a fresh file that is not as today's elegansc writes it."""
        match self.word, self.form:
            case "fresh", forms.OLDER:
                return f"{self.word}, {forms.OLDER}: {forms.UPDATE}"
            case "fresh", forms.REFORMATTED:
                return f"{self.word}, {forms.REFORMATTED}"
        return self.word

    def lines(self) -> Iterator[str]:
        """The status as text."""
        yield f"{visible(self.label)}: {self.status}: {self.why}"
        for line in self.detail:
            yield f"  {visible(line)}"

    def as_json(self) -> dict[str, Any]:
        """The status as plain data."""
        return {
            "schema": 1,
            "command": "status",
            "model": self.label,
            "status": self.status,
            "why": self.why,
            "detail": list(self.detail),
        }


def status(path: str, against: str | None, given: Mapping[str, Any]) -> Status:
    """The status of a module, compared with its source if there is one.

    Args:
        against: the source; None: that of pyproject.toml, or of the model's label.
        given: how the source is read, by the argument's name.

    Raises:
        InputError: not a generated module, or its tables can not be read.
    """
    module = read_module(read_bytes(path, empty=AGAIN), path)
    head = module.header
    if isinstance(module, Model) and not head.edited:
        check_consistent(module)
    again = emitted(module)
    found = form(head, again)
    setting = settle(path, made_of(module), project_of(path), given, against)
    if found == EDITED:
        return edited(path, module, again, setting)
    absent = setting.missing or (() if setting.source else (head.label,))
    if setting.differs:
        why = f"{visible(setting.by)}: {', '.join(setting.differs)}: {forms.UPDATE}"
        return Status(path, STALE, why, form=found)
    if absent:
        why = f"not found beside it or above: {', '.join(map(plain, absent))}"
        hint = "give its source with --against, or in pyproject.toml"
        return Status(path, UNSURE, f"{why}; {hint}", form=found)
    if isinstance(module, CircuitModel):
        fresh = circuit_status(path, module, setting)
    else:
        fresh = source_status(path, module, setting)
    return replace(fresh, form=found)


def edited(
    path: str, module: Model | CircuitModel, again: bytes, setting: Setting
) -> Status:
    """The status of a module that was edited by hand, with the edits."""
    head = module.header
    edits = hand_edits(head, again)
    if isinstance(module, Model):
        edits += table_edits(module, setting)
    why = "its text is not what its header signs"
    if head.covered:
        why = "more than comments stands above its header"
    elif not edits:
        why += "; the edit is inside the tables: git diff shows it"
    return Status(path, EDITED, why, tuple(edits))


def circuit_status(path: str, model: CircuitModel, setting: Setting) -> Status:
    """The status of a module whose cycles stand: whether its source has the same circuit."""
    source, label = setting.source, label_for(setting)
    try:
        circuit = circuit_of(
            source, label=label, options=setting.options, layout=setting.layout
        )
    except CompilerError as error:
        return Status(path, STALE, f"its source no longer compiles: {error}")
    if digest(circuit) == model.header.source:
        return Status(path, FRESH, f"just what {plain(source)} gives")
    label, unit = model.header.label, model.circuit.source.unit
    old = version_of(model.circuit, None, model.options, label)
    new = replace(version_of(circuit, None, model.options, label), unit=unit)
    detail = tuple(list(summary(compare(old, new)))[1:])
    return Status(path, STALE, changed(setting), detail)


def changed(setting: Setting) -> str:
    """That the source has changed, or one of the files that are read with it."""
    layout, options = setting.layout, setting.options
    beside = [layout.electrical.label] if layout.electrical else []
    beside += [layout.names_file] if layout.names_file else []
    asked = {name: getattr(options, name) for name in ("cells", "signs", "types")}
    beside += [
        value for name, value in asked.items() if value and names_file(name, value)
    ]
    others = ", ".join(map(plain, beside))
    return f"{plain(setting.source)} has changed" + (f", or {others}" if others else "")


def label_for(setting: Setting) -> str:
    """The label under which a source is compiled: a file may not be called like a bundled one."""
    if catalog.find(setting.source):
        return ""
    return (
        "source" if catalog.find(setting.label) or not setting.label else setting.label
    )


def table_edits(model: Model, setting: Setting) -> list[str]:
    """Changes from the source to the tables of an edited model, if it is available."""
    if not setting.source or setting.missing:
        return []
    try:
        old, new = reversed(versions(model, setting))
    except CompilerError:
        return []
    edits = compare(replace(old, level=None), new)  # its order is not what was edited
    lines = filter(None, details(replace(edits, groups={})))
    return [f"its tables beside {plain(setting.source)}:", *lines] if edits else []


def source_status(path: str, model: Model, setting: Setting) -> Status:
    """The status of an unedited module: whether its source still gives it."""
    source = setting.source
    try:
        found = compare(*versions(model, setting))
    except CompilerError as error:
        return Status(path, STALE, f"its source no longer compiles: {error}")
    graph = found.added or found.lost or found.renamed or found.roles or found.signs
    if not (graph or found.chemical or found.junctions):
        return Status(path, FRESH, f"just what {plain(source)} gives")
    detail = tuple(list(summary(found))[1:])
    return Status(path, STALE, changed(setting), detail)


def versions(model: Model, setting: Setting) -> tuple[Version, Version]:
    """The model and its current source, as two versions to compare."""
    options = free(model.options)
    label = model.header.label
    old = version_of(unplanned(model.plan)[0], model.plan, options, label)
    return old, rebuilt(model, setting, options)


def rebuilt(model: Model, setting: Setting, options: Options) -> Version:
    """The current source, compiled with the options and the order of the model."""
    from ..ir.stages import Circuit, Plan

    trace = Trace(until="plan")
    lock = replace(model, options=options)  # the order it came from is not at hand
    compile_source(
        setting.source,
        label=label_for(setting),
        options=free(setting.options),
        layout=setting.layout,
        trace=trace,
        lock=lock,
    )
    circuit, plan = trace.kept["circuit"], trace.kept["plan"]
    assert isinstance(circuit, Circuit) and isinstance(plan, Plan)
    version = version_of(circuit, plan, options, model.header.label)
    return replace(version, unit=model.plan.source.unit)


def hand_edits(head: Header, again: bytes) -> list[str]:
    """The diff from the text emitted for the tables to the file, without line 2."""
    ours, theirs = (
        text.decode("utf-8", "replace").split("\n") for text in (again, head.module)
    )
    ours[1] = theirs[1]
    above = [""] * (head.line - 2)  # so that the numbers of lines are those of the file
    sides = (above + ours, above + theirs)
    found = list(unified_diff(*sides, "as written", "as it is", n=0, lineterm=""))
    more = len(found) - EDIT_LINES_SHOWN
    return found[:EDIT_LINES_SHOWN] + ([f"and {more:,} more lines"] if more > 0 else [])
