"""The protocol of a comparison: what is run, and how it is judged, written down before.

A protocol is one TOML file. Every result carries the digest of its bytes, so no result can
be judged by rules that were made after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...nulls.pairs import DISTANCE
from ...options import Options
from ...options.choices import ROUTED

WORM = "worm"
GENERATORS = ("er", "ws", "ba", "degree", "role-degree", DISTANCE, "shuffle-roles")
METRICS: Mapping[str, tuple[str, ...]] = {
    "cifar10": ("top1",),
    "mnist": ("pixel_accuracy", "f1", "bce", "probe_top1"),
    ROUTED: ("top1",),
}
LESS_IS_BETTER = ("bce",)

Line = Mapping[str, Any]  # of the results file: facts and scores of one run


@dataclass(frozen=True, slots=True)
class Run:
    """The identity of one training within a protocol."""

    task: str
    arm: str
    graph: int  # 0 for the connectome itself or a control; twins count from 1
    seed: int  # from 0

    @property
    def text(self) -> str:
        """`cifar10 er-3 seed 0`."""
        twin = f"-{self.graph}" if self.graph else ""
        return f"{self.task} {self.arm}{twin} seed {self.seed}"

    @property
    def draws(self) -> int:
        """The seed of its start values, image order and augmentation; no other run's.

        A seed that all graphs share would shift all of them alike, and the worm's further
        seeds would not be comparable with the twins.
        """
        text = f"{self.task} {self.arm} {self.graph} {self.seed}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


@dataclass(frozen=True, slots=True)
class Arm:
    """The worm, the twins of one generator, or a control."""

    name: str
    graphs: int  # number of twins; 1 for the worm and for a control
    seeds: int  # trainings of each graph
    more: int = 0  # further trainings of the worm, for its interval; never tested

    @property
    def random(self) -> bool:
        """Whether its graphs are random twins."""
        return self.name in GENERATORS


@dataclass(frozen=True, slots=True)
class Sample:
    """The images that a task sees, of those of its kind.

    Attributes:
        kind: cifar10, mnist or mnist-routed.
        images, validation, test: numbers of them.
        seed: of the choice of training and validation images.
    """

    kind: str
    images: int
    validation: int
    test: int
    seed: int

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Numbers of images and the seed, as `Splits.choose` takes them."""
        return self.images, self.validation, self.test, self.seed


@dataclass(frozen=True, slots=True)
class Task:
    """One task: its models, data, training, arms and tests.

    Attributes:
        name: its label in the protocol.
        kind: cifar10, mnist or mnist-routed.
        source: a bundled connectome or the path of a file.
        compile: options of all models of the task, twins included, as in OPTIONS.
        images, validation, test: number of training, validation and test images.
        lr, weight_decay: of the optimiser.
        split_seed: of the choice of training and validation images.
        twin_seed: of the random twins.
        metric: the test metric that the arms are compared by.
        margin: of equivalence, in units of the metric.
        tests: the generators to test, under one Holm correction with those of the other
            tasks; the remaining generators are only described.
        positions: path of the positions of cells, of degree-distance; "": none.
    """

    name: str
    kind: str
    source: str
    compile: Mapping[str, Any]
    images: int
    validation: int
    test: int
    epochs: int
    batch: int
    optimiser: str
    lr: float
    weight_decay: float
    schedule: str
    augmentation: str
    split_seed: int
    twin_seed: int
    metric: str
    margin: float
    tests: tuple[str, ...]
    arms: tuple[Arm, ...]
    positions: str = ""

    @property
    def options(self) -> Options:
        """The options that compile its models."""
        return options_of(self.kind, self.compile)

    @property
    def sample(self) -> Sample:
        """Its images."""
        counts = self.images, self.validation, self.test
        return Sample(self.kind, *counts, self.split_seed)

    @property
    def higher_is_better(self) -> bool:
        """Whether more of the metric is better."""
        return self.metric not in LESS_IS_BETTER

    def arm(self, name: str) -> Arm:
        """The arm of a name."""
        return next(arm for arm in self.arms if arm.name == name)

    def runs(self) -> Iterator[Run]:
        """All its trainings, arm by arm in turn, so that an interrupted comparison is balanced."""
        most = max(arm.graphs for arm in self.arms)
        for graph in range(1, most + 1):
            for arm in self.arms:
                number = graph if arm.random else 0
                for seed in range(arm.seeds) if graph <= arm.graphs else ():
                    yield Run(self.name, arm.name, number, seed)
        for arm in self.arms:
            for seed in range(arm.seeds, arm.seeds + arm.more):
                yield Run(self.name, arm.name, 0, seed)


@dataclass(frozen=True, slots=True)
class Protocol:
    """A whole protocol.

    Attributes:
        label: the file as the user named it.
        schema: 1, or 2, of which tests are of two seeds or more and take one graph for one.
        title, question: of its page.
        digest: SHA-256 of its bytes, hex.
        alpha: the error rate of the whole family of tests.
        nan: a training that gave NaN counts as the "worst" finished one of its task, or
            is left out ("omit").
        side: one-sided test, is the worm "better", or two-sided, "both".
    """

    label: str
    schema: int
    title: str
    question: str
    digest: str
    alpha: float
    nan: str
    side: str
    tasks: tuple[Task, ...]

    @property
    def level(self) -> float:
        """Of one side of the first test of the family, which Holm corrects for."""
        tests = sum(len(task.tests) for task in self.tasks)
        return self.alpha / max(1, tests) / (2 if self.side == "both" else 1)

    def task(self, name: str) -> Task:
        """The task of a name."""
        return next(task for task in self.tasks if task.name == name)

    def runs(self) -> Iterator[Run]:
        """All trainings of all tasks."""
        for task in self.tasks:
            yield from task.runs()


def options_of(kind: str, table: Mapping[str, Any]) -> Options:
    """The options of the models of a kind of task."""
    return Options.of({**table, "task": kind})
