"""Score a trained model on validation or test images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor, nn

from .data import CLASSES, Images

BATCH = 500  # images scored at a time
WHITE = 0.3  # a pixel above it is white, as in the published M2
CALLED_WHITE = 0.25  # and one predicted with this chance counts so in F1, as published
PROBE_STEPS = 100  # of L-BFGS
PROBE_DECAY = 1e-3  # on the squared weights of the probe, over standardised features


def batches(images: Images) -> Iterator[tuple[Tensor, Tensor]]:
    """Pixels in [0, 1] and labels, in order."""
    for start in range(0, len(images), BATCH):
        part = images.take(slice(start, start + BATCH))
        yield part.images.float().div(255), part.labels


@torch.no_grad()
def classification_scores(model: nn.Module, images: Images) -> dict[str, float]:
    """Top-1 accuracy of a model that tells classes."""
    hits = sum(
        int((model(pixels).argmax(1) == labels).sum())
        for pixels, labels in batches(images)
    )
    return {"top1": hits / len(images)}


@torch.no_grad()
def reconstruction_scores(model: nn.Module, images: Images) -> dict[str, float]:
    """Scores of M2 over all pixels: accuracy, F1 of white, cross entropy in nats."""
    right = called = true = both = 0
    loss, pixels_seen = 0.0, 0
    for pixels, _ in batches(images):
        logits, white = model(pixels).double(), pixels > WHITE
        guess = logits.sigmoid() >= CALLED_WHITE
        right += int(((logits > 0) == white).sum())
        called, true = called + int(guess.sum()), true + int(white.sum())
        both += int((guess & white).sum())
        entropy = nn.functional.binary_cross_entropy_with_logits
        loss += float(entropy(logits, white.double(), reduction="sum"))
        pixels_seen += white.numel()
    return {
        "pixel_accuracy": right / pixels_seen,
        "f1": 2 * both / (called + true) if called + true else 0.0,
        "bce": loss / pixels_seen,
    }


def all_black(images: Images) -> float:
    """The pixel accuracy of an image that is black all over."""
    white = sum(int((pixels > WHITE).sum()) for pixels, _ in batches(images))
    return 1 - white / images.images.numel()


@torch.no_grad()
def latents(model: nn.Module, images: Images) -> tuple[Tensor, Tensor]:
    """(n, D) inputs of the decoder, and the labels."""
    latent: Any = model.latent
    parts = [(latent(pixels), labels) for pixels, labels in batches(images)]
    return torch.cat([x.double() for x, _ in parts]), torch.cat([y for _, y in parts])


def probed(model: nn.Module, train: Images, images: Images) -> float:
    """Top-1 accuracy of a linear probe on the latents, fitted to the training images.

    Source: Alain, Bengio, "Understanding intermediate layers using linear classifier
    probes", arXiv 1610.01644, 2016.
    """
    x, labels = latents(model, train)
    seen, true = latents(model, images)
    mean, scale = x.mean(0), x.std(0).clamp_min(1e-9)
    linear = fitted((x - mean) / scale, labels)
    with torch.no_grad():
        guess = linear((seen - mean) / scale).argmax(1)
    return int((guess == true).sum()) / len(true)


def fitted(x: Tensor, labels: Tensor) -> nn.Linear:
    """Fit a logistic regression from zero to convergence."""
    linear = nn.Linear(x.shape[1], CLASSES, device=x.device, dtype=x.dtype)
    nn.init.zeros_(linear.weight)
    nn.init.zeros_(linear.bias)
    solver = torch.optim.LBFGS(
        linear.parameters(), max_iter=PROBE_STEPS, line_search_fn="strong_wolfe"
    )

    def closure() -> Tensor:
        solver.zero_grad()
        loss = nn.functional.cross_entropy(linear(x), labels)
        loss = loss + PROBE_DECAY * linear.weight.square().sum()
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        return loss

    solver.step(closure)  # type: ignore[no-untyped-call,unused-ignore]
    return linear


def scored(
    task: str, model: nn.Module, train: Images, images: Images, *, probe: bool
) -> dict[str, float]:
    """All scores of a task.

    Args:
        train: images that the linear probe is fitted to.
        probe: whether to fit the linear probe, for M2.
    """
    if task != "mnist":
        return classification_scores(model, images)
    found = reconstruction_scores(model, images)
    if probe:
        found["probe_top1"] = probed(model, train, images)
    return found
