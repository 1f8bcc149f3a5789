"""A comparison: every run of a protocol that is not in the results file yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...module.header import read_header
from ..protocol.protocol import Protocol, Run, Task
from .data import Splits, load
from .graphs import Graph, compile_graph, compiled, graph_name, graphs, sources
from .jobs import connected, each, here, on_ray, pool
from .machine import Machine
from .results import Results, shown
from .training import Recipe
from .worker import Job

RESULTS = "results.jsonl"
SMOKE_TWINS, SMOKE_IMAGES, SMOKE_HELD = 2, 320, 100

Watch = Callable[[str, int, Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """Where runs are made, and with what.

    Attributes:
        jobs: processes of this machine.
        ray: the address of a Ray cluster; "" for this machine.
        machine: of every run.
        gpus: of one job on a cluster.
    """

    jobs: int = 1
    ray: str = ""
    machine: Machine = field(default_factory=lambda: Machine("cpu"))
    gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """What a comparison came to: runs of the protocol, made now, and of them NaN."""

    runs: int
    made: int
    nan: int
    path: Path


def unwatched(title: str, count: int, items: Iterable[Any]) -> Iterator[Any]:
    """The items, with no progress bar."""
    yield from items


def compare(
    protocol: Protocol,
    data: str,
    folder: Path,
    place: Place | None = None,
    *,
    watch: Watch = unwatched,
) -> Done:
    """Make all runs of a protocol that are not finished.

    Args:
        data: as `data.load` takes it.
        folder: gets results.jsonl, and the edge lists and models of every task.
        watch: passes results on as they come, and may show how many.

    Raises:
        InputError: protocol, data, a graph or the results file will not do, or something
            failed; finished runs are kept.
    """
    place = place or Place()
    with ExitStack() as stack:
        ray = stack.enter_context(connected(place.ray)) if place.ray else None
        images = {task.name: images_of(task, data) for task in protocol.tasks}
        made_in(folder)
        path = folder / RESULTS
        results = stack.enter_context(Results(path, protocol.digest))
        check_data(results, images)
        models = {
            task.name: models_of(task, folder, place.jobs, watch)
            for task in protocol.tasks
        }
        check_models(results, models)
        jobs = [*missing(protocol, results, models, place)]
        found = on_ray(ray, jobs, images, gpus=place.gpus) if ray else None
        if found is None and jobs:
            sizes = {task.name: counts(task) for task in protocol.tasks}
            count = min(place.jobs, len(jobs))
            workers = stack.enter_context(pool(count, data, sizes))
            found = each(workers, here, jobs)
        for line in watch("runs", len(jobs), found or ()):
            results.add(line)
        lines = results.lines.values()
        nan = sum(line["status"] == "nan" for line in lines)
        return Done(len(lines), len(jobs), nan, path)


def made_in(folder: Path) -> None:
    """Make the folder."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(folder), f"cannot be made: {error.strerror}") from None


def counts(task: Task) -> tuple[int, int, int, int]:
    """Of training, validation and test images, and the seed of the choice."""
    return task.images, task.validation, task.test, task.split_seed


def images_of(task: Task, data: str) -> Splits:
    """The images of a task."""
    return load(data, task.name).choose(*counts(task))


def check_data(results: Results, images: Mapping[str, Splits]) -> None:
    """Raise InputError if finished runs saw other images."""
    digests = {task: splits.digest for task, splits in images.items()}
    for run, line in results.lines.items():
        if run.task in digests and line["data_digest"] != digests[run.task]:
            seen = f"{shown(run)} saw other images than these"
            hint = "give the same --data, or write to another folder"
            raise InputError(str(results.path), seen, hint)


def models_of(task: Task, folder: Path, count: int, watch: Watch) -> dict[str, bytes]:
    """The modules of all graphs of a task, by graph; those that are missing are compiled."""
    found = graphs(task, folder)
    todo: Sequence[Graph] = [graph for graph in found.values() if not compiled(graph)]
    with ExitStack() as stack:
        made: Iterable[str] = map(compile_graph, todo)
        if min(count, len(todo)) > 1:
            workers = stack.enter_context(pool(min(count, len(todo))))
            made = each(workers, compile_graph, todo)
        for _ in watch(f"{task.name} models", len(todo), made if todo else ()):
            pass
    return sources(found)


def check_models(results: Results, models: Mapping[str, Mapping[str, bytes]]) -> None:
    """Raise InputError if finished runs are of other models than would be trained now."""
    digests = {
        (task, name): read_header(data, name).body
        for task, found in models.items()
        for name, data in found.items()
        if results.lines
    }
    for run, line in results.lines.items():
        key = run.task, graph_name(run.arm, run.graph)
        if key in digests and line["model_digest"] != digests[key]:
            seen = f"{shown(run)} is of another model than {key[1]}.py"
            hint = "go on with the elegansc that began, or write to another folder"
            raise InputError(str(results.path), seen, hint)


def missing(
    protocol: Protocol,
    results: Results,
    models: Mapping[str, Mapping[str, bytes]],
    place: Place,
) -> Iterator[Job]:
    """What is left to do, in the protocol's order."""
    for task in protocol.tasks:
        for run in task.runs():
            if run not in results.lines:
                name = graph_name(run.arm, run.graph)
                yield Job(
                    run,
                    protocol.digest,
                    models[task.name][name],
                    f"{name}.py",
                    recipe(task, run),
                    place.machine,
                )


def recipe(task: Task, run: Run) -> Recipe:
    """How a run is trained."""
    return Recipe(
        task=task.name,
        epochs=task.epochs,
        batch=task.batch,
        metric=task.metric,
        optimiser=task.optimiser,
        lr=task.lr,
        weight_decay=task.weight_decay,
        schedule=task.schedule,
        augmentation=task.augmentation,
        seed=run.draws,
    )


def shrunk(protocol: Protocol) -> Protocol:
    """A protocol that takes a minute: two twins, one seed, one epoch, few images.

    It has a digest of its own: its results never mix with real ones.
    """
    digest = hashlib.sha256(f"smoke {protocol.digest}".encode()).hexdigest()
    tasks = []
    for task in protocol.tasks:
        arms = [
            replace(arm, graphs=min(arm.graphs, SMOKE_TWINS), seeds=1, more=0)
            for arm in task.arms
        ]
        small = replace(
            task,
            images=min(task.images, SMOKE_IMAGES),
            validation=min(task.validation, SMOKE_HELD),
            test=min(task.test, SMOKE_HELD),
            batch=min(task.batch, SMOKE_IMAGES // 5),
            epochs=1,
            arms=tuple(arms),
        )
        tasks.append(small)
    return replace(protocol, digest=digest, tasks=tuple(tasks))
