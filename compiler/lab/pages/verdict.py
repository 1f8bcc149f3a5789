"""The README of a comparison: verdict, settings, deviations, power, tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ...names import plural
from ...options.choices import ROUTED
from ...semantics.merges import merge_of
from ..judging.groups import Results
from ..judging.judge import Judged
from ..protocol.protocol import WORM, Protocol, Task
from ..protocol.seeds import OLD, on_one_seed
from .doubts import doubts
from .labels import title
from .result_tables import table, task_part
from .sentences import gaps, power, verdict

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


def readme(
    protocol: Protocol, results: Results, judged: Sequence[Judged], note: str = ""
) -> str:
    """README.md of the folder that holds protocol, results and pictures.

    Args:
        note: a paragraph on the runs, such as the machine.
    """
    parts = [
        "# Figure 2, run again",
        f"Written by `elegansc lab figure` from `results.jsonl` and the protocol with SHA-256"
        f" `{protocol.digest}`, which every run carries.",
        *warned(protocol, results, judged),
        "## Verdict",
        bullets(verdict(protocol, judged)),
        "![The test metric of every graph](graphs.png)",
        "![Validation metric against epochs](figure2.png)",
        "## What was run",
        *([note] if note else []),
        "Every training draws start values, order of images and augmentation by a seed of"
        " its own.",
        table(("", *(title(one.task) for one in judged)), sizes(judged, results)),
        "## Where this differs from the paper",
        f"{DEVIATIONS}\n{bullets(deviations(judged))}",
        "## What could have been found",
        bullets(power(protocol, judged)),
        *(part for one in judged for part in task_part(one)),
        "## Trainings that are missing or gave NaN",
        bullets(gaps(judged, protocol.nan)) or "None.",
        "## Again",
        RERUN.format(old=f" {OLD}" if on_one_seed(protocol) else ""),
    ]
    return "\n\n".join(parts) + "\n"


def warned(
    protocol: Protocol, results: Results, judged: Sequence[Judged]
) -> Iterator[str]:
    """The part that says what the run cannot tell."""
    found = bullets(doubts(protocol, results, judged))
    if found:
        yield from ("## What this run cannot tell", found)


RERUN = """\
```console
$ elegansc lab compare protocol.toml --data DIR -o runs{old}
$ elegansc lab figure runs/results.jsonl --protocol protocol.toml -o .
```

At full size, `full.toml`, on one GPU or on a Ray cluster whose runs share GPUs by four:

```console
$ elegansc lab compare full.toml --data torchvision:DIR -o full --accelerator cuda{old}
$ elegansc lab compare full.toml --data torchvision:DIR -o full --ray ADDRESS --gpus 0.25{old}
```"""


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
    """Number of finished trainings, and their hours."""
    done = [line for run, line in results.items() if run.task == task.name]
    hours = sum(line["seconds"] for line in done) / 3600
    return f"{len(done):,} of {sum(1 for _ in task.runs()):,}; {hours:.1f} hours in all"


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
