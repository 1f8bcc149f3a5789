"""The inputs of a score: models, atlas, positions, checkpoints; all read before the run."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import InputError, UsageError
from ...files import read_bytes
from ...ir.stages import Circuit, Plan
from ...ir.text import digest
from ...module.emit_leaky import emit_leaky
from ...module.forms import check_form, check_model
from ...module.read import CircuitModel, Model, check_signed, read_consistent
from ...module.restore import unplanned
from ...nulls.pairs import DISTANCE
from ...options import Options
from ...readers.positions import Positions, read_positions
from ..protocol.pulse import ANATOMY, FITTED, OF_LEVELS, Pulse, ScoreProtocol
from ..scoring.atlas import Atlas, Joined, joined, read_atlas
from ..scoring.score import FOLD_DRAWS, FOLDS, LEVEL, NEAR, OFTEN, RESAMPLES, Pairs

TWIN = f"twins are fitted alike: elegansc rewire --null {DISTANCE} draws them"
CONDUCTANCES = (1.0, 0.1, 10.0)
PLAIN = {
    "merge": "sum",
    "unit": "scalar",
    "features": 1,
    "norm": "none",
    "task": "none",
}


@dataclass(frozen=True, slots=True)
class Scored:
    """A model that is scored, and what its parameters are.

    Attributes:
        model: its circuit, cells sorted by name; plan: its levels; None: it has none.
        weights: path of a checkpoint, or ""; twin_weights: folder of those of the twins.
        conductances: of a unit of a junction's weight; the first is the primary one. Only
            of a leaky model without a checkpoint.
    """

    model: CircuitModel
    plan: Plan | None
    weights: str = ""
    twin_weights: str = ""
    conductances: tuple[float, ...] = ()

    def twin(self, index: int, circuit: Circuit, seed: int) -> Scored:
        """The twin of a number as it is scored.

        Raises:
            InputError: a file of a fitted one is missing, or of another twin.
        """
        if not self.weights:
            named = replace(self.model, path=f"twin {index}", circuit=circuit)
            return replace(self, model=named, plan=None)
        path, weights = twin_files(self.twin_weights, index)
        read = read_scored(path)
        if digest(read.model.circuit) != digest(circuit):
            seen = f"not twin {index} of seed {seed} of {self.model.path}"
            raise InputError(path, seen, TWIN)
        return replace(read, weights=weights)

    def described(self) -> dict[str, str]:
        """What the protocol says of it."""
        head, options = self.model.header, self.model.options
        told = ANATOMY if self.plan is None else OF_LEVELS
        return {
            "label": head.label,
            "source": head.source,
            "body": head.body,
            "semantics": options.semantics,
            "parameters": FITTED if self.weights else told,
        }


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a score is made of.

    Attributes:
        models: of one graph.
        pairs: of the atlas, by the rows of the models' neurons; told: of its other rows.
        count, seed: of the twins.
    """

    models: tuple[Scored, ...]
    atlas: Atlas
    positions: Positions
    pairs: Pairs
    told: Joined
    count: int
    seed: int

    @property
    def circuit(self) -> Circuit:
        """The graph of all models."""
        return self.models[0].model.circuit

    def protocol(self, pulse: Pulse) -> ScoreProtocol:
        """The protocol of the run."""
        names = {}
        for one in (one for one in self.models if one.weights):
            names["model"] = one.weights
            for index in range(1, self.count + 1):
                names[f"twin {index}"] = twin_files(one.twin_weights, index)[1]
        conductances = {
            value: None for one in self.models for value in one.conductances
        }
        return ScoreProtocol(
            tuple(one.described() for one in self.models),
            {"label": self.atlas.label, "digest": self.atlas.digest},
            {"label": self.positions.label, "digest": self.positions.digest},
            {name: sha256(path) for name, path in names.items()},
            tuple(conductances),
            pulse,
            self.count,
            self.seed,
            STATISTICS,
        )


STATISTICS: Mapping[str, float] = {
    "folds": FOLDS,
    "draws_of_folds": FOLD_DRAWS,
    "resamples": RESAMPLES,
    "interval": LEVEL,
    "strata_of_distance": NEAR,
    "strata_of_stimulations": OFTEN,
}


def sha256(path: str) -> str:
    """SHA-256 of a file, hex."""
    return hashlib.sha256(read_bytes(path, empty="save it again")).hexdigest()


def twin_files(folder: str, index: int) -> tuple[str, str]:
    """The paths of the model and of the checkpoint of a fitted twin."""
    stem = Path(folder, f"{DISTANCE}-{index}")
    return f"{stem}.py", f"{stem}.safetensors"


def read_leaky(path: str) -> CircuitModel:
    """Read a leaky model that nobody edited.

    Raises:
        InputError: not ours, damaged, edited, tied, or not leaky.
    """
    model = read_consistent(read_bytes(path), path)
    if not isinstance(model, CircuitModel) or model.options.semantics != "leaky":
        seen = f"{model.options.semantics}: neurons of leaky models alone go on in time"
        raise InputError(path, seen, "compile its source with --dynamics leaky")
    check_untied(model.options, path)
    again = emit_leaky(model.circuit, options=model.options, name=model.name)
    check_form(model.header, path, lambda: again.page)
    check_signed(model)
    return model


def read_scored(path: str) -> Scored:
    """Read a model that nobody edited, whose neurons hold one number each.

    Raises:
        InputError: not ours, damaged, edited, or a pulse can not be sent into it.
    """
    model = read_consistent(read_bytes(path), path)
    if model.options.semantics == "leaky":
        return Scored(read_leaky(path), None)
    if isinstance(model, CircuitModel):
        seen = f"{model.options.semantics}: its products have no gain to set by anatomy"
        raise InputError(path, seen, "compile its source without --lowering published")
    check_plain(model)
    check_untied(model.options, path)
    check_model(model)
    check_signed(model)
    circuit, _ = unplanned(model.plan)
    facts = (model.header, model.name, model.options, circuit, path, model.label)
    return Scored(CircuitModel(*facts), model.plan)


def check_plain(model: Model) -> None:
    """Raise InputError where a neuron is more than one number, or no sum of its inputs."""
    for option, plain in PLAIN.items():
        found = getattr(model.options, option)
        if found != plain:
            seen = (
                f"--{option} {found}: a pulse and a gain by anatomy are one number each"
            )
            hint = f"compile its source with --{option} {plain}"
            raise InputError(model.path, seen, hint)
    if model.inline is None:
        seen = (
            "its tables stand in another file: responses of all pairs would be too many"
        )
        hint = "--only takes a part; --tables inline keeps the tables of a small one"
        raise InputError(model.path, seen, hint)


def check_untied(options: Options, path: str) -> None:
    """Raise InputError where synapses share gains: each is set by itself here."""
    if options.tie != "none":
        seen = (
            f"--tie {options.tie}: each strength is set by the tables, none is shared"
        )
        raise InputError(path, seen, "compile its source without --tie")


def check_conductances(found: tuple[float, ...]) -> None:
    """Raise UsageError unless all are different, finite, 0 or more."""
    for value in found:
        if not 0 <= value < math.inf:
            raise UsageError(f"--conductance {value:g}: 0 or more, and finite")
    if len(set(found)) < len(found):
        raise UsageError("--conductance: a value stands there twice")


def read_inputs(
    models: Sequence[str],
    atlas: str,
    positions: str,
    *,
    weights: str = "",
    twin_weights: str = "",
    conductances: tuple[float, ...] = (),
    count: int,
    seed: int,
) -> Inputs:
    """Read all inputs of a score; arguments are paths, and attributes of `Inputs`.

    Raises:
        UsageError: a fitted model without fitted twins, beside others or with
            conductances; conductances where no model is leaky.
        InputError: a file has a mistake, models are of several graphs, or no pair of the
            atlas is of this one.
    """
    check_usage(models, weights, twin_weights, conductances)
    read = [read_scored(path) for path in models]
    check_alike(read, conductances)
    given = () if weights else conductances or CONDUCTANCES
    found = tuple(
        Scored(
            *(one.model, one.plan, weights, twin_weights),
            given if one.plan is None else (),
        )
        for one in read
    )
    first = read[0].model
    place, measured = read_positions(positions), read_atlas(atlas)
    pairs, told = joined(measured, first.cells.name, place, first.header.label)
    return Inputs(found, measured, place, pairs, told, count, seed)


def check_usage(
    models: Sequence[str],
    weights: str,
    twin_weights: str,
    conductances: tuple[float, ...],
) -> None:
    """Raise UsageError for options that do not go together."""
    if bool(weights) != bool(twin_weights):
        lacks = "--twin-weights DIR" if weights else "--weights FILE"
        raise UsageError(f"{lacks} is missing: a fitted model is compared with {TWIN}")
    if weights and len(models) > 1:
        raise UsageError(f"--weights: of one model, not of {len(models)}")
    if weights and conductances:
        raise UsageError("--conductance: of --weights, which has its own")
    check_conductances(conductances)
    twice = [path for place, path in enumerate(models) if path in models[:place]]
    if twice:
        raise UsageError(f"{twice[0]}: stands there twice")


def check_alike(read: Sequence[Scored], conductances: tuple[float, ...]) -> None:
    """Raise where models are of several graphs, or none has the conductances asked for."""
    first = read[0].model
    for model in (one.model for one in read[1:]):
        if digest(model.circuit) != digest(first.circuit):
            seen = f"of another graph than {first.path}: its twins are others"
            raise InputError(model.path, seen, "score it by itself")
    if conductances and all(one.plan for one in read):
        raise UsageError("--conductance: of leaky models, and none is one")
