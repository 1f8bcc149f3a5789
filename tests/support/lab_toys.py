"""Small images, a small graph and a small protocol, for tests of the laboratory."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Any

import numpy as np

import elegansc
from elegansc.errors import InputError

SHAPES = {"cifar10": (32, 32, 3), "mnist": (28, 28)}
COUNTS = {"train": 96, "val": 40, "test": 40}
PROTOCOL = """\
schema = 1
[task.{task}]
source = "toy.csv"
images = 64
validation = 32
test = 32
epochs = {epochs}
batch = 16
lr = {lr}
metric = "{metric}"
margin = 0.01
tests = []
[task.{task}.compile]
features = 4
unit = "linear"
width = 4
roles-table = "structure"
[task.{task}.arms]
{arms}
"""
WORM, TWINS = "worm = {seeds = 2}", "er = {graphs = 2, seeds = 2}"
CONTROLS = "mlp = {seeds = 1}\nidentity = {seeds = 1}\nfrozen = {seeds = 1}"
METRICS = {"cifar10": "top1", "mnist": "pixel_accuracy"}


def images(task: str, count: int, seed: int) -> tuple[Any, Any]:
    """Images that a network can tell apart: brighter ones are of a later class."""
    dice = np.random.default_rng(seed)
    labels = dice.integers(0, 10, count)
    noise = dice.integers(0, 60, (count, *SHAPES[task]))
    bright = 18 * labels.reshape(-1, *(1 for _ in SHAPES[task]))
    return (noise + bright).astype(np.uint8), labels


def write_data(folder: Path) -> Path:
    """Both tasks' files; MNIST has none for validation."""
    folder.mkdir(exist_ok=True)
    for task in SHAPES:
        for index, (part, count) in enumerate(COUNTS.items()):
            if (task, part) != ("mnist", "val"):
                pixels, labels = images(task, count, index)
                file = folder / f"{task}_{part}.npz"
                np.savez_compressed(file, images=pixels, labels=labels)
    return folder


def write_graph(folder: Path) -> Path:
    """Three neurons with no input, three with no output, eight between, well joined."""
    dice = random.Random(0)
    sensors, between = ["S1", "S2", "S3"], [f"I{k}" for k in range(8)]
    motors = ["M1", "M2", "M3"]
    rows = {(s, i) for s in sensors for i in dice.sample(between, 4)}
    rows |= {(i, j) for i in between for j in dice.sample(between, 3) if i != j}
    rows |= {(i, m) for m in motors for i in dice.sample(between, 4)}
    lines = [f"{a},{b},chemical,{1 + k % 5}" for k, (a, b) in enumerate(sorted(rows))]
    path = folder / "toy.csv"
    path.write_text("\n".join(["pre,post,kind,weight", *lines]) + "\n")
    return path


def write_protocol(
    folder: Path,
    *arms: str,
    task: str = "cifar10",
    epochs: int = 2,
    lr: float = 1e-2,
) -> Path:
    """A protocol of these arms, and its graph beside it."""
    write_graph(folder)
    text = PROTOCOL.format(
        task=task, epochs=epochs, lr=lr, metric=METRICS[task], arms="\n".join(arms)
    )
    path = folder / "protocol.toml"
    path.write_text(text)
    return path


def model_of(folder: Path, task: str = "cifar10", **options: Any) -> bytes:
    """The toy as a task model, with more options."""
    artifact = elegansc.compile(
        str(write_graph(folder)),
        name="Worm",
        features=4,
        unit="linear",
        width=4,
        task=task,
        roles_table="structure",
        **options,
    )
    return next(iter(artifact.files.values()))


# What a worker is asked to do; a process of its own can import no test module.


def threads(_: int) -> int:
    import torch

    return torch.get_num_threads()


def die(_: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(number: int) -> None:
    raise InputError("here", f"seen {number}", "hint")
