"""Train one model by itself, for `lab train`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from torch import nn, set_num_threads

from ...errors import InputError, UsageError
from ...files import read_bytes
from ...files import replace as put
from ...transplantation.checkpoint import Checkpoint, suffix, written
from ..protocol.protocol import METRICS, WORM, Run
from .data import Splits, load
from .logs import check_logger, log_epoch, log_folder, log_outcome, logger_of
from .machine import Machine
from .models import load as load_model
from .results import Results, read
from .training import Epoch, Outcome, Recipe, train
from .worker import line

MOST = 10_000_000  # images
SMOKE_IMAGES = 320


@dataclass(frozen=True, slots=True)
class Log:
    """A log of the training.

    Attributes:
        kind: csv or tensorboard; "" for none.
        folder: of all logs; "" for the results file's name, ending in .logs.
    """

    kind: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Number of images of each split; 0: all, but at most `most`."""

    images: int = 0
    validation: int = 0
    test: int = 0
    most: int = MOST

    def choose_from(self, splits: Splits) -> Splits:
        """Splits of these sizes, the first images of each."""
        parts = (splits.train, splits.validation, splits.test)
        asked = (self.images, self.validation, self.test)
        images, validation, test = (
            min(count or len(part), self.most)
            for count, part in zip(asked, parts, strict=True)
        )
        return splits.choose(images, validation, test, 0)


def train_alone(
    model: str,
    data: str,
    output: str,
    recipe: Recipe,
    *,
    sizes: Sizes,
    arm: str = WORM,
    machine: Machine | None = None,
    checkpoint: str = "",
    force: bool = False,
    log: Log = Log(),
    on_epoch: Callable[[Epoch], None],
) -> Outcome | None:
    """Train a generated task model and add a line to a results file.

    Args:
        recipe: task, metric and augmentation default to the model's.
        sizes: number of images.
        arm: worm, or a control that replaces the network.
        checkpoint: file for the state of the best epoch; "" for none.
        log: by a logger of Fabric.

    Returns:
        None in all processes but the first.

    Raises:
        InputError: the model is not generated, or the data or results file is wrong.
        UsageError: an option is none of the task's.
        CompilerError: the package of the logger is missing.
    """
    allow(output, checkpoint, force)
    check_logger(log.kind)
    network = load_model(read_bytes(model), model)
    recipe = completed(recipe, network.task)
    splits = sizes.choose_from(load(data, network.task))
    protocol = digest(recipe, splits)
    run = Run(network.task, arm, 0, recipe.seed)
    path = Path(output)
    check_new(path, protocol, run)
    loggers = logging_to(log, output, run, force)
    fabric = (machine or Machine()).fabric(loggers)
    fabric.launch()
    whole = network.make(arm, recipe.seed)
    facts = network.facts(arm, whole)
    if not fabric.is_global_zero:
        train(whole, splits, recipe, fabric)
        return None

    def each(epoch: Epoch) -> None:
        log_epoch(fabric, epoch, recipe.metric)
        on_epoch(epoch)

    outcome = train(whole, splits, recipe, fabric, each)
    log_outcome(fabric, outcome)
    if checkpoint:  # first: what has a line is never trained again
        save(whole, checkpoint)
    with Results(path, protocol) as results:
        results.add(line(run, protocol, splits.digest, facts, outcome))
    return outcome


def logging_to(log: Log, output: str, run: Run, force: bool) -> list[Any]:
    """The loggers of a run: one or none."""
    if not log.kind:
        return []
    place = log_folder(output, log.folder, run, force)
    return [logger_of(log.kind, place, force=force)]


def set_threads(count: int) -> None:
    """Set the number of CPU threads of torch."""
    set_num_threads(count)


def completed(recipe: Recipe, task: str) -> Recipe:
    """The recipe with the task's default metric and augmentation filled in.

    Raises:
        UsageError: the task has no such metric.
    """
    name = recipe.metric or METRICS[task][0]
    if name not in METRICS[task]:
        raise UsageError(f"--metric {name}: {task} has {', '.join(METRICS[task])}")
    usual = "flip-crop" if task == "cifar10" else "none"
    augmentation = recipe.augmentation or usual
    return replace(recipe, task=task, metric=name, augmentation=augmentation)


def digest(recipe: Recipe, splits: Splits) -> str:
    """SHA-256 of the settings that all runs of a results file share; its protocol digest."""
    settings = {**asdict(recipe), "seed": None, "data": splits.digest}
    text = json.dumps(settings, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def allow(output: str, checkpoint: str, force: bool) -> None:
    """Raise InputError, before any work, if an output can not be written."""
    if checkpoint:
        suffix(checkpoint)
        if Path(checkpoint).exists() and not force:
            raise InputError(checkpoint, "is there already", "--force replaces it")
    for name in filter(None, (output, checkpoint)):
        if not Path(name).parent.is_dir():
            raise InputError(name, "its folder does not exist", "make it first")


def check_new(path: Path, protocol: str, run: Run) -> None:
    """Raise InputError if the results file has other settings, or this run already."""
    if path.exists():
        finished, _ = read(path, protocol)
        if run in finished:
            hint = "another --seed, or another file"
            raise InputError(str(path), f"{run.text} stands there already", hint)


def save(whole: nn.Module, path: str) -> None:
    """Write the state of a model."""
    entries: dict[str, Any] = {
        name: value.detach().cpu() for name, value in whole.state_dict().items()
    }
    put(Path(path), written(path, Checkpoint(entries, {})))
