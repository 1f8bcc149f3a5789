"""Make one run: a job in, a line of the results file out; in any process."""

from __future__ import annotations

import functools
from dataclasses import asdict, dataclass
from typing import Any

from ..protocol.protocol import Run, Sample
from .data import Splits
from .machine import Machine
from .models import TaskModel, load
from .results import SCHEMA
from .training import Outcome, Recipe, train

MODELS = 16  # kept by a process


@dataclass(frozen=True, slots=True)
class Job:
    """A run to make, with all that a process needs for it.

    Attributes:
        protocol: the digest of the protocol.
        source: the bytes of the generated module; label: what messages call it.
        positions: the digest of the positions that its graph was drawn by; "": none.
    """

    run: Run
    protocol: str
    source: bytes
    label: str
    recipe: Recipe
    sample: Sample
    machine: Machine
    positions: str = ""


def work(job: Job, splits: Splits) -> dict[str, Any]:
    """Train a model on the images; its line of the results file.

    Raises:
        InputError: the model is not ours. UsageError: no such device.
    """
    network = loaded(job.source, job.label)
    whole = network.make(job.run.arm, job.recipe.seed)
    facts = network.facts(job.run.arm, whole)
    job.machine.prepare(whole)
    fabric = job.machine.fabric()
    fabric.launch()
    outcome = train(whole, splits, job.recipe, fabric)
    found = line(job.run, job.protocol, splits.digest, facts, outcome)
    drawn_by = {"positions_digest": job.positions} if job.positions else {}
    swept = {"native": True} if job.machine.native else {}
    return {**found, **drawn_by, **swept}


@functools.lru_cache(MODELS)
def loaded(source: bytes, label: str) -> TaskModel:
    """A task model; those of the last graphs are kept, as each is trained by several seeds."""
    return load(source, label)


def line(
    run: Run, protocol: str, data: str, facts: dict[str, Any], outcome: Outcome
) -> dict[str, Any]:
    """The line of a run."""
    return {
        "schema": SCHEMA,
        "protocol": protocol,
        **asdict(run),
        **facts,
        "data_digest": data,
        "curve": [asdict(epoch) for epoch in outcome.curve],
        "best_epoch": outcome.best_epoch,
        "validation": outcome.validation,
        "test": outcome.test,
        "status": outcome.status,
        "seconds": round(outcome.seconds, 3),
        "step_seconds": round(outcome.step_seconds, 5),
    }
