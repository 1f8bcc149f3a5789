"""The inputs of a score: model, atlas, positions, checkpoints; all read before the run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ...errors import InputError, UsageError
from ...files import read_bytes
from ...ir.stages import Circuit
from ...ir.text import digest
from ...module.emit_leaky import emit_leaky
from ...module.forms import check_form
from ...module.read import CircuitModel, check_signed, read_consistent
from ...nulls.pairs import DISTANCE
from ...readers.positions import Positions, read_positions
from ..protocol.pulse import ANATOMY, FITTED, Pulse, ScoreProtocol
from ..scoring.atlas import Atlas, Joined, joined, read_atlas
from ..scoring.score import FOLD_DRAWS, FOLDS, LEVEL, NEAR, OFTEN, RESAMPLES, Pairs

TWIN = f"twins are fitted alike: elegansc rewire --null {DISTANCE} draws them"


@dataclass(frozen=True, slots=True)
class Fitted:
    """A model with the path of its checkpoint."""

    model: CircuitModel
    weights: str


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a score is made of.

    Attributes:
        pairs: of the atlas, by the rows of the model's neurons; told: of its other rows.
        weights: path of a checkpoint, or ""; twin_weights: folder of those of the twins.
        conductances: of a unit of a junction's weight; the first is the primary one.
        count, seed: of the twins.
    """

    model: CircuitModel
    atlas: Atlas
    positions: Positions
    pairs: Pairs
    told: Joined
    weights: str
    twin_weights: str
    conductances: tuple[float, ...]
    count: int
    seed: int

    def twin(self, index: int, circuit: Circuit) -> Fitted:
        """The fitted twin of a number.

        Raises:
            InputError: a file is missing, or the model is none of this twin.
        """
        path, weights = twin_files(self.twin_weights, index)
        model = read_leaky(path)
        if digest(model.circuit) != digest(circuit):
            seen = f"not twin {index} of seed {self.seed} of {self.model.path}"
            raise InputError(path, seen, TWIN)
        return Fitted(model, weights)

    def protocol(self, pulse: Pulse) -> ScoreProtocol:
        """The protocol of the run."""
        head = self.model.header
        names = {"model": self.weights} if self.weights else {}
        if self.weights:
            for index in range(1, self.count + 1):
                names[f"twin {index}"] = twin_files(self.twin_weights, index)[1]
        return ScoreProtocol(
            {"label": head.label, "source": head.source, "body": head.body},
            {"label": self.atlas.label, "digest": self.atlas.digest},
            {"label": self.positions.label, "digest": self.positions.digest},
            FITTED if self.weights else ANATOMY,
            {name: sha256(path) for name, path in names.items()},
            () if self.weights else self.conductances,
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
        InputError: not ours, damaged, edited, or not leaky.
    """
    model = read_consistent(read_bytes(path), path)
    if not isinstance(model, CircuitModel) or model.options.semantics != "leaky":
        seen = f"{model.options.semantics}: a response to a pulse is measured in time"
        hint = "compile its source with --dynamics leaky"
        raise InputError(path, f"{seen}, and leaky models alone have a time", hint)
    again = emit_leaky(model.circuit, options=model.options, name=model.name)
    check_form(model.header, path, lambda: again.page)
    check_signed(model)
    return model


def read_inputs(
    model: str,
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
        UsageError: a fitted model without fitted twins, or conductances of a fitted one.
        InputError: a file has a mistake, or no pair of the atlas is of this model.
    """
    if bool(weights) != bool(twin_weights):
        lacks = "--twin-weights DIR" if weights else "--weights FILE"
        raise UsageError(f"{lacks} is missing: a fitted model is compared with {TWIN}")
    if weights and conductances:
        raise UsageError("--conductance: of --weights, which has its own")
    if len(set(conductances)) < len(conductances):
        raise UsageError("--conductance: a value stands there twice")
    read = read_leaky(model)
    place, measured = read_positions(positions), read_atlas(atlas)
    pairs, told = joined(measured, read.cells.name, place, read.header.label)
    return Inputs(
        *(read, measured, place, pairs, told, weights, twin_weights),
        *(conductances or (1.0, 0.1, 10.0), count, seed),
    )
