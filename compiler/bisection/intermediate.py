"""The workshop: what is between two connectomes, compiled and measured on demand."""

from __future__ import annotations

import shutil
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError, UsageError, VerifyError
from ..files import write
from ..ir.invariants import verify
from ..ir.stages import Circuit, Source
from ..ir.text import digest
from ..module.emit import emit
from ..module.header import MODULE, is_generated
from ..module.read import Model
from ..module.restore import unplanned
from ..names import class_name
from ..options import Options, check_name
from ..pipeline import Stop, Trace, lower
from ..readers.parse import Layout
from ..sources import UNKNOWN_UNIT, UNLABELLED, fetch, parse_source, untouched
from .hunks import Difference, connectome_of
from .measure import Command, Skipped, median

Hunks = frozenset[int]  # places in `Difference.hunks`
NONE: Hunks = frozenset()

# What says which graph is taken from a file: what is compiled here is such a graph.
TAKEN: dict[str, Any] = {
    "cells": "",
    "roles_table": "structure",
    "inputs": (),
    "outputs": (),
    "only": (),
    "without": (),
    "keep": "neurons",
    "junctions": "max",
    "min_weight": 0.0,
    "undirected": False,
    "weight_unit": "",
}


@dataclass(frozen=True)
class Ends:
    """The two to compare, and how to compile what is between them.

    Attributes:
        circuits, models: old and new; None where one is no generated model.
        options: of every step; name: of every step's class.
    """

    circuits: tuple[Circuit, Circuit]
    models: tuple[Model | None, Model | None]
    options: Options
    name: str


@dataclass(frozen=True)
class Step:
    """One model, measured.

    Attributes:
        hunks: that are applied to the old one; runs: a number each, none if untestable.
        why: it is untestable; file: where it is kept.
    """

    place: int
    hunks: Hunks
    runs: tuple[float, ...] = ()
    why: str = ""
    file: str = ""

    @property
    def number(self) -> float | None:
        """The median of its runs."""
        return median(self.runs) if self.runs else None


def read_ends(
    old: str, new: str, options: Options, layout: Layout, name: str = ""
) -> Ends:
    """Read both sides; a source beside a model is compiled with the model's options.

    Raises:
        InputError: a file is wrong, or a model is edited. UsageError: options beside a
            model's own, or two models of different ones.
    """
    fetched = [fetch(path, hint=UNLABELLED) for path in (old, new)]
    models = [
        untouched(data, path, Options()) if is_generated(data) else None
        for path, (data, _, _) in zip((old, new), fetched, strict=True)
    ]
    settled = settle(options, [model for model in models if model])
    one, other = (
        unplanned(model.plan)[0] if model else circuit(path, *found, settled, layout)
        for path, found, model in zip((old, new), fetched, models, strict=True)
    )
    named = [model.name for model in models if model]
    made = named[0] if named else class_name(one.source.label)
    return Ends((one, other), (models[0], models[1]), settled, check_name(name or made))


def circuit(
    path: str, data: bytes, label: str, unit: str, options: Options, layout: Layout
) -> Circuit:
    """The circuit of a source."""
    source = Source(label, options.weight_unit or unit)
    connectome = parse_source(data, path, source, layout)
    verify(connectome)
    trace = Trace(until="circuit")
    with suppress(Stop):
        lower(connectome, options, trace)
    found = trace.kept["circuit"]
    assert isinstance(found, Circuit)
    return found


def settle(asked: Options, models: list[Model]) -> Options:
    """The options of every step: those of the models, if there are any.

    Raises:
        UsageError: others are asked for, or the two models differ.
    """
    if not models:
        return asked
    beside = replace(asked, like="", stick=0.0).changed()
    if beside:
        hint = "the options of a generated model are its own; give its source"
        raise UsageError(f"{', '.join('--' + key for key in beside)}: {hint}")
    one, other = (
        replace(computed(model.options), like="", stick=0.0).changed()
        for model in (models[0], models[-1])
    )
    if one != other:
        keys = sorted(key for key in one | other if one.get(key) != other.get(key))
        hint = "that moves the number too; compile one of them again"
        raise UsageError(f"the two models differ in {', '.join(keys)}: {hint}")
    return replace(models[0].options, like=asked.like, stick=asked.stick)


def computed(options: Options) -> Options:
    """The options without those that say which graph is taken from a file."""
    return replace(options, **TAKEN)


@dataclass(frozen=True)
class Workshop:
    """Makes the model of some hunks and measures it.

    Attributes:
        folder: for models while they are measured; keep: for good, or nowhere.
    """

    ends: Ends
    difference: Difference
    command: Command
    folder: Path
    keep: Path | None = None

    def step(self, place: int, hunks: Hunks) -> Step:
        """Compile, run, measure.

        Raises:
            InputError: the command fails; or it is one of the ends, and untestable.
        """
        end = {NONE: "old", self.difference.all: "new"}.get(hunks, "")
        try:
            data = self.compiled(hunks)
        except (InputError, UsageError) as error:
            if end:
                raise
            return Step(place, hunks, why=reason(error))
        name = f"step_{place:02}" + (f"_{end}" if end else "")
        file = self.kept(f"{name}.py", data)
        try:
            return Step(place, hunks, self.measured(name, data), file=file)
        except Skipped as skipped:
            if end:
                seen = f"{skipped} for the {end} model"
                hint = "all others are compared with it"
                raise InputError(str(self.command), seen, hint) from None
            return Step(place, hunks, why=str(skipped), file=file)

    def measured(self, name: str, data: bytes) -> tuple[float, ...]:
        """The numbers of a model; a folder each, so that no bytecode is taken for newer."""
        folder = self.folder / name
        folder.mkdir()
        try:
            (folder / "model.py").write_bytes(data)
            return self.command.numbers(folder / "model.py")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def compiled(self, hunks: Hunks) -> bytes:
        """The model of the old graph with some hunks applied.

        Raises:
            InputError: it does not compile. VerifyError: an end is not what was read.
        """
        ends, every = self.ends, hunks == self.difference.all
        place = None if hunks and not every else int(every)
        options, trace = computed(ends.options), Trace()
        model = None if place is None else ends.models[place]
        lock = replace(model, options=computed(model.options)) if model else None
        connectome = connectome_of(self.difference.graph(hunks))
        plan = lower(connectome, options, trace, lock)
        if place is not None and digest(plan) != digest(ends.circuits[place]):
            raise VerifyError("does not hold: hunks lead from the old to the new graph")
        named = ends.options if place is not None else self.with_unit(ends.options)
        (data,) = emit(plan, options=named, name=ends.name).files.values()
        return data

    def with_unit(self, options: Options) -> Options:
        """Options that tell what weights count, where the label of a step does not."""
        unit = self.difference.unit
        return options if unit == UNKNOWN_UNIT else replace(options, weight_unit=unit)

    def kept(self, name: str, data: bytes) -> str:
        """Where a model is kept."""
        if self.keep is None:
            return ""
        write(self.keep / name, data, kind=MODULE)
        return str(self.keep / name)


def reason(error: InputError | UsageError) -> str:
    """Why a model does not compile, in a line."""
    seen = error.mistakes[0].seen if isinstance(error, InputError) else str(error)
    return seen.split("\n")[0]


def room(folder: Path) -> Path:
    """A folder to keep models in, made if it is not there.

    Raises:
        InputError: it can not be made, or holds models of another bisection.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(folder), f"cannot be made: {error.strerror}") from None
    if any(folder.glob("step_*.py")):
        seen = "holds the models of another bisection"
        raise InputError(str(folder), seen, "choose another folder, or empty it")
    return folder
