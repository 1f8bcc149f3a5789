"""Train one model: epochs, a validation score after each, the test set once at the end."""

from __future__ import annotations

import copy
import hashlib
import logging
import math
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import Generator, Tensor, nn

from ...options.choices import ROUTED
from ..protocol.protocol import LESS_IS_BETTER
from .augment import flip_and_crop
from .data import Images, Splits
from .scores import all_black, scored
from .whitening import set_components

OnEpoch = Callable[["Epoch"], None]
LAB = logging.getLogger("elegansc.lab")  # silent where nobody listens


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained.

    Attributes:
        batch: images of one step, over all processes.
        schedule: of the learning rate: cosine, which ends at 0, or constant.
        augmentation: none or flip-crop.
        metric: of the validation images; it selects the best epoch.
        seed: of start values, image order and augmentation.
    """

    task: str
    epochs: int
    batch: int
    metric: str
    optimiser: str = "adamw"
    lr: float = 1e-3
    weight_decay: float = 0.0
    schedule: str = "cosine"
    augmentation: str = "none"
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Epoch:
    """Loss and validation score of one epoch; None if not finite."""

    epoch: int
    train_loss: float | None
    validation: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a training.

    Attributes:
        validation, test: scores at the best epoch; None and {} if the loss became NaN.
        status: finished or nan.
        seconds: of all; step_seconds: of an optimiser step, in the median epoch.
    """

    curve: tuple[Epoch, ...]
    best_epoch: int
    validation: float | None
    test: dict[str, float] = field(default_factory=dict)
    status: str = "finished"
    seconds: float = 0.0
    step_seconds: float = 0.0


def train(
    model: nn.Module,
    splits: Splits,
    recipe: Recipe,
    fabric: Fabric,
    on_epoch: OnEpoch = lambda epoch: None,
) -> Outcome:
    """Train a model, and leave it with the parameters of its best epoch.

    Args:
        model: with `loss(images, labels)`, or `loss(images)` for mnist.
        on_epoch: called with every epoch as it ends.
    """
    start = time.perf_counter()
    if recipe.task == ROUTED:
        set_components(model, splits.train, recipe.seed)
    optimiser = optimiser_of(model, recipe)
    rows: Any = model  # torch's types know no memory_format here
    rows.to(memory_format=torch.channels_last)  # convolutions take half the time
    wrapped, optimiser = fabric.setup(model, optimiser)
    wrapped.mark_forward_method("loss")
    device = fabric.device
    seen, validation = splits.train.to(device), splits.validation.to(device)
    curve: list[Epoch] = []
    took: list[float] = []
    best, kept = 0, copy.deepcopy(model.state_dict())
    for number in range(1, recipe.epochs + 1):
        begin = time.perf_counter()
        loss = one_epoch(wrapped, optimiser, seen, recipe, fabric, number)
        took.append((time.perf_counter() - begin) / steps(len(seen), recipe.batch))
        score = None
        if math.isfinite(loss):
            score = validated(model, seen, validation, recipe)
        curve.append(Epoch(number, finite(loss), score))
        on_epoch(curve[-1])
        if score is None:
            seconds = time.perf_counter() - start
            step = statistics.median(took)
            return Outcome(tuple(curve), best, None, {}, "nan", seconds, step)
        if not best or better(score, curve[best - 1].validation, recipe.metric):
            best, kept = number, copy.deepcopy(model.state_dict())
    model.load_state_dict(kept)
    found = final(model, seen, splits.test.to(device), recipe)
    if not all(map(math.isfinite, found.values())):
        found, status = {}, "nan"
    else:
        status = "finished"
    seconds = time.perf_counter() - start
    score = curve[best - 1].validation
    step = statistics.median(took)
    return Outcome(tuple(curve), best, score, found, status, seconds, step)


def optimiser_of(model: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """The optimiser of all parameters that require a gradient."""
    free = [p for p in model.parameters() if p.requires_grad]
    kind = torch.optim.AdamW if recipe.optimiser == "adamw" else torch.optim.Adam
    return kind(free, lr=recipe.lr, weight_decay=recipe.weight_decay)


def one_epoch(
    model: Any,
    optimiser: Any,
    images: Images,
    recipe: Recipe,
    fabric: Fabric,
    number: int,
) -> float:
    """The mean loss of an epoch of steps."""
    model.train()
    draws = generator(recipe.seed, number)
    parts = [*order(len(images), recipe.batch, draws)]
    total = torch.zeros((), device=fabric.device)
    for step, rows in enumerate(parts):
        LAB.info("epoch %d, %d of %d steps done", number, step, len(parts))
        done = (number - 1 + step / len(parts)) / recipe.epochs
        for group in optimiser.param_groups:
            group["lr"] = recipe.lr * rate(recipe.schedule, done)
        batch = images.take(rows.to(fabric.device))
        pixels = augmented(batch.images, recipe.augmentation, draws)
        mine = slice(fabric.global_rank, None, fabric.world_size)
        loss = loss_of(model, recipe.task, pixels[mine], batch.labels[mine])
        optimiser.zero_grad()
        fabric.backward(loss)
        optimiser.step()
        total += loss.detach()
    mean: Any = fabric.all_reduce(total / len(parts))
    return float(mean)


def loss_of(model: Any, task: str, pixels: Tensor, labels: Tensor) -> Tensor:
    """The loss of a batch; M2 needs no labels."""
    pixels = pixels.float().div(255)
    loss: Tensor = model.loss(pixels) if task == "mnist" else model.loss(pixels, labels)
    return loss


def generator(seed: int, epoch: int) -> Generator:
    """The random generator of an epoch, the same for every model of a seed."""
    digest = hashlib.sha256(f"{seed} {epoch}".encode()).digest()
    return Generator().manual_seed(int.from_bytes(digest[:7], "big"))


def steps(count: int, batch: int) -> int:
    """Number of steps of an epoch of so many images."""
    return count // min(batch, count)


def order(count: int, batch: int, draws: Generator) -> Iterator[Tensor]:
    """Rows of each batch of an epoch; an incomplete last batch is left out."""
    rows = torch.randperm(count, generator=draws)
    batch = min(batch, count)
    for start in range(0, count - batch + 1, batch):
        yield rows[start : start + batch]


def rate(schedule: str, done: float) -> float:
    """The learning rate's factor after a share of all steps.

    Source: Loshchilov, Hutter, "SGDR", ICLR 2017: one half of a cosine, no restart.
    """
    return (1 + math.cos(math.pi * done)) / 2 if schedule == "cosine" else 1.0


def augmented(images: Tensor, augmentation: str, draws: Generator) -> Tensor:
    """The images, augmented if the recipe says so."""
    return flip_and_crop(images, draws) if augmentation == "flip-crop" else images


def validated(
    model: nn.Module, train: Images, images: Images, recipe: Recipe
) -> float | None:
    """The metric of the validation images."""
    model.eval()
    probe = recipe.metric == "probe_top1"
    return finite(scored(recipe.task, model, train, images, probe=probe)[recipe.metric])


def final(
    model: nn.Module, train: Images, test: Images, recipe: Recipe
) -> dict[str, float]:
    """All metrics of the test images, and the pixel accuracy of a black image."""
    model.eval()
    found = scored(recipe.task, model, train, test, probe=True)
    if recipe.task == "mnist":
        found["all_black"] = all_black(test)
    return found


def better(score: float, than: float | None, metric: str) -> bool:
    """Whether a score is better than another, or the other is unknown."""
    if than is None:
        return True
    return score < than if metric in LESS_IS_BETTER else score > than


def finite(number: float) -> float | None:
    """The number, or None if it is not finite."""
    return number if math.isfinite(number) else None
