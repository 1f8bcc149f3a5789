"""Models between two connectomes: some hunks applied, compiled, measured."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..catalog import UNKNOWN_UNIT
from ..errors import InputError, UsageError, VerifyError
from ..ir.artifact import Artifact
from ..ir.stages import Circuit, Connectome
from ..ir.text import digest
from ..ir.trace import Trace
from ..module.emit import check_name, emit
from ..module.read import Model, levelled
from ..module.restore import unplanned
from ..names import class_name
from ..options import Options
from ..pipeline import lower, to_circuit
from ..readers.junction_file import without_reading
from ..readers.reader import Layout
from ..semantics.registry import semantics_of
from ..sources import Opened, check_own, open_both, write_modules
from .hunks import Difference, connectome_of
from .measure import Command, Skipped, median

Hunks = frozenset[int]  # places in `Difference.hunks`
NONE: Hunks = frozenset()

# Options that select the graph within a file, at their defaults: steps need none.
SELECTING: dict[str, Any] = {
    "cells": "",
    "cells_columns": "",
    "signs": "file",
    "electrical": "",
    "polyadic": False,
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
    """The two models to compare, and the options of those between them.

    Attributes:
        circuits, models: old and new; None: not a generated model.
        options: of every step; name: of every step's class.
    """

    circuits: tuple[Circuit, Circuit]
    models: tuple[Model | None, Model | None]
    options: Options
    name: str


@dataclass(frozen=True)
class Step:
    """One measured model.

    Attributes:
        hunks: applied to the old graph; runs: a number each, none if untestable.
        why: reason why it is untestable; file: path of its kept module.
    """

    place: int
    hunks: Hunks
    runs: tuple[float, ...] = ()
    why: str = ""
    file: str = ""

    @property
    def number(self) -> float | None:
        """The median of its runs; None if untestable."""
        return median(self.runs) if self.runs else None


def read_ends(
    old: str, new: str, options: Options, layout: Layout, name: str = ""
) -> Ends:
    """Read both sides; a source beside a model is compiled with the model's options.

    Raises:
        InputError: a file is wrong, or a model was edited. UsageError: options are given
            for a model, or the options of two models differ.
    """
    sources = open_both((old, new), layout)
    models = [unedited(source) for source in sources]
    options_of_steps = common_options(options, [model for model in models if model])
    one, other = (circuit(source, options_of_steps) for source in sources)
    named = [model.name for model in models if model]
    made = named[0] if named else class_name(one.source.label)
    return Ends(
        (one, other), (models[0], models[1]), options_of_steps, check_name(name or made)
    )


def unedited(source: Opened) -> Model | None:
    """A generated model; None of a connectome.

    Raises:
        InputError: it was edited, or it is a published sweep.
    """
    if isinstance(source, Connectome):
        return None
    model = levelled(source)
    check_own(model, Options())
    return model


def circuit(source: Opened, options: Options) -> Circuit:
    """The circuit of a source: what the options take from it, or what a model holds."""
    if not isinstance(source, Connectome):
        return unplanned(levelled(source).plan)[0]
    semantics_of(options).check_levels()
    return to_circuit(source, options, Trace())


def common_options(asked: Options, models: list[Model]) -> Options:
    """The options of every step: those of the models, if there are any.

    Raises:
        UsageError: other options are given, or those of the two models differ.
    """
    if not models:
        return asked
    beside = replace(without_reading(asked), like="", stick=0.0).changed()
    if beside:
        hint = "the options of a generated model are its own; give its source"
        raise UsageError(f"{', '.join('--' + key for key in beside)}: {hint}")
    one, other = (
        replace(without_selection(model.options), like="", stick=0.0).changed()
        for model in (models[0], models[-1])
    )
    if one != other:
        keys = sorted(key for key in one | other if one.get(key) != other.get(key))
        hint = "that moves the number too; compile one of them again"
        raise UsageError(f"the two models differ in {', '.join(keys)}: {hint}")
    return replace(models[0].options, like=asked.like, stick=asked.stick)


def without_selection(options: Options) -> Options:
    """The options without those that select the graph within a file.

    Raises:
        UsageError: neurons are tied by types that a column of --cells may tell.
    """
    if options.by_type and options.cells and not options.types:
        seen = "--tie type: steps between two graphs are compiled without --cells"
        raise UsageError(f"{seen}; give the types by themselves: --types FILE")
    return replace(options, **SELECTING)


@dataclass(frozen=True)
class IntermediateModels:
    """Compiles and measures the model of any set of hunks.

    Attributes:
        folder: of models while they are measured; keep: folder of all models, or None.
    """

    ends: Ends
    difference: Difference
    command: Command
    folder: Path
    keep: Path | None = None

    def step(self, place: int, hunks: Hunks) -> Step:
        """Compile and measure the model of some hunks.

        Raises:
            InputError: the command fails, or the old or the new model is untestable.
        """
        end = {NONE: "old", self.difference.all: "new"}.get(hunks, "")
        try:
            model = self.compiled(hunks)
        except (InputError, UsageError) as error:
            if end:
                raise
            return Step(place, hunks, why=reason(error))
        name = f"step_{place:02}" + (f"_{end}" if end else "")
        file = self.kept(f"{name}.py", model)
        try:
            return Step(place, hunks, self.measured(name, model), file=file)
        except Skipped as skipped:
            if end:
                seen = f"{skipped} for the {end} model"
                hint = "all others are compared with it"
                raise InputError(str(self.command), seen, hint) from None
            return Step(place, hunks, why=str(skipped), file=file)

    def measured(self, name: str, model: Artifact) -> tuple[float, ...]:
        """The numbers of a model, in a folder of its own: no stale bytecode is imported."""
        folder = self.folder / name
        folder.mkdir()
        try:
            for path, data in model.at(folder / "model.py").items():
                path.write_bytes(data)
            return self.command.numbers(folder / "model.py")
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def compiled(self, hunks: Hunks) -> Artifact:
        """The module of the old graph with some hunks applied.

        Raises:
            InputError: it does not compile. VerifyError: no hunks do not give the old
                graph, or all hunks not the new one.
        """
        ends, every = self.ends, hunks == self.difference.all
        place = None if hunks and not every else int(every)
        options, trace = without_selection(ends.options), Trace()
        model = None if place is None else ends.models[place]
        lock = (
            replace(model, options=without_selection(model.options)) if model else None
        )
        connectome = connectome_of(self.difference.graph(hunks))
        plan = lower(connectome, options, trace, lock)
        if place is not None and digest(plan) != digest(ends.circuits[place]):
            raise VerifyError("does not hold: hunks lead from the old to the new graph")
        named = ends.options if place is not None else self.with_unit(ends.options)
        return emit(plan, options=named, name=ends.name)

    def with_unit(self, options: Options) -> Options:
        """The options with the unit of weights, which the label of a step does not give."""
        unit = self.difference.unit
        return options if unit == UNKNOWN_UNIT else replace(options, weight_unit=unit)

    def kept(self, name: str, model: Artifact) -> str:
        """Write a model into the folder to keep; its path, "" if there is none."""
        if self.keep is None:
            return ""
        write_modules({self.keep / name: model})
        return str(self.keep / name)


def reason(error: InputError | UsageError) -> str:
    """The first line of the error why a model does not compile."""
    seen = error.mistakes[0].seen if isinstance(error, InputError) else str(error)
    return seen.split("\n")[0]


def models_folder(folder: Path) -> Path:
    """Make a folder for the models, if it is not there.

    Raises:
        InputError: it can not be made, or has models of another bisection.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(folder), f"cannot be made: {error.strerror}") from None
    if any(folder.glob("step_*.py")):
        seen = "holds the models of another bisection"
        raise InputError(str(folder), seen, "choose another folder, or empty it")
    return folder
