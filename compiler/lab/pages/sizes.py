"""Settings of the tasks of a comparison, and what of the paper they leave out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...names import plural
from ...options.choices import ROUTED
from ...semantics.merges import merge_of
from ..judging.groups import Results
from ..judging.judge import Judged
from ..protocol.protocol import WORM, Task

WHOLE = {  # training, test
    "cifar10": (50_000, 10_000),
    "mnist": (60_000, 10_000),
    ROUTED: (60_000, 10_000),
}

DEVIATIONS = """\
- The comparison is repeated, not the numbers. The paper reports 99.99 % (CIFAR-10) and 99.84 %
  (MNIST) on its validation sets; its CIFAR-10 code is not public, and its MNIST figure is an
  accuracy of pixels, of which an image black all over has about 85 %.
- The graph is lowered by elegansc: cycles are broken at little loss of weight, dead
  neurons are kept alive or named. The released code sweeps over the edges in place.
- The encoder of M1 is not public: ours is three convolutions, trained from scratch.
- The paper has 30 random graphs in all; its generator is not public. Ours keep the number of
  joined, reciprocal and coupled pairs, the roles and the weights, and go through the same
  passes with the same options; a twin that lost paths from sensors to motors is kept.
- The best epoch is told by validation images alone; the test images are looked at once. The
  released M2 picks its checkpoint on the test set."""


def sizes(judged: Sequence[Judged], results: Results) -> Iterator[tuple[str, ...]]:
    """The settings, a row each, a column a task."""
    tasks = [one.task for one in judged]
    yield ("connectome", *(source(task) for task in tasks))
    yield ("options", *(options(task) for task in tasks))
    for name in ("images", "validation", "test", "epochs", "batch"):
        label = {"images": "training images", "validation": "validation images"}
        words = {**label, "test": "test images"}.get(name, name)
        yield (words, *(f"{getattr(task, name):,}" for task in tasks))
    yield ("optimiser", *(f"{task.optimiser}, {task.lr:g}" for task in tasks))
    yield ("weight decay", *(f"{task.weight_decay:g}" for task in tasks))
    yield ("schedule", *(task.schedule for task in tasks))
    yield ("augmentation", *(task.augmentation for task in tasks))
    yield ("random graphs", *(twins(task) for task in tasks))
    yield ("trainings", *(trainings(task, results) for task in tasks))


def source(task: Task) -> str:
    """The connectome by its base name."""
    return task.source.replace("\\", "/").rsplit("/", 1)[-1]


def options(task: Task) -> str:
    """The options of the models."""
    return ", ".join(f"{name} {value}" for name, value in sorted(task.compile.items()))


def twins(task: Task) -> str:
    """Number of twins by generator, and of trainings of each."""
    found = [f"{arm.graphs} {arm.name}" for arm in task.arms if arm.random]
    seeds = task.arm(WORM).seeds
    return f"{', '.join(found)}; {plural(seeds, 'seed')} each" if found else "none"


def trainings(task: Task, results: Results) -> str:
    """Number of finished trainings, their hours, and how many were run with --native."""
    done = [line for run, line in results.items() if run.task == task.name]
    hours = sum(line["seconds"] for line in done) / 3600
    native = sum(line.get("native", False) for line in done)
    how = f"; {native:,} of them with --native" if native else ""
    every = sum(1 for _ in task.runs())
    return f"{len(done):,} of {every:,}; {hours:.1f} hours in all{how}"


def deviations(judged: Sequence[Judged]) -> Iterator[str]:
    """Deviations from the paper by options and sizes, a line each."""
    for one in judged:
        if merge_of(one.task.options).gains:
            yield (
                f"{one.task.name}: a neuron's inputs are merged by "
                f"{one.task.options.merge}; the released code multiplies or adds them."
            )
        task, (images, test) = one.task, WHOLE[one.task.kind]
        if task.kind == ROUTED:
            yield (
                f"{task.name}: ours, not the paper's; {task.images:,} of {images:,} training "
                f"and {task.test:,} of {test:,} test images, "
                f"{plural(task.epochs, 'epoch')}, one number a neuron."
            )
            continue
        yield (
            f"{task.name}: {task.images:,} of {images:,} training and {task.test:,} of "
            f"{test:,} test images, {plural(task.epochs, 'epoch')} "
            + (
                "(released log: 1,000)"
                if task.kind == "mnist"
                else "(theirs is not known)"
            )
            + f", {task.options.features} features a neuron (released code: 784 and 512)."
            + (
                ""
                if task.images == images
                else " No figure here is that of the benchmark."
            )
        )


def bullets(lines: Iterable[str]) -> str:
    """A list, an item a line."""
    return "\n".join(f"- {line}" for line in lines)
