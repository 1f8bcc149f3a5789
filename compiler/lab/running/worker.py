"""One run, from its description to its line: what a process does, here or elsewhere."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from ..protocol.protocol import Run
from .data import Splits
from .machine import Machine
from .models import load
from .results import SCHEMA
from .training import Outcome, Recipe, train


@dataclass(frozen=True, slots=True)
class Job:
    """A run that is to be made.

    Attributes:
        protocol: the digest of the protocol.
        source: the bytes of the generated module; label: what messages call it.
    """

    run: Run
    protocol: str
    source: bytes
    label: str
    recipe: Recipe
    machine: Machine


def work(job: Job, splits: Splits) -> dict[str, Any]:
    """Train a model on the images; its line of the results file.

    Raises:
        InputError: the model is not ours. UsageError: no such device.
    """
    network = load(job.source, job.label)
    whole = network.make(job.run.arm, job.recipe.seed)
    facts = network.facts(job.run.arm, whole)
    fabric = job.machine.fabric()
    fabric.launch()
    outcome = train(whole, splits, job.recipe, fabric)
    return line(job.run, job.protocol, splits.digest, facts, outcome)


def line(
    run: Run, protocol: str, data: str, facts: dict[str, Any], outcome: Outcome
) -> dict[str, Any]:
    """A run's line."""
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
    }
