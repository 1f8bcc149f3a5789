"""Compare: make every run of a protocol that is not in the results file yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ...errors import InputError
from ...files import replace as put
from ...module.header import read_header
from ...nulls.pairs import DISTANCE
from ...readers.positions import read_positions
from ..protocol.protocol import Protocol, Run, Sample, Task
from .data import Splits, load
from .graphs import (
    GraphFiles,
    compile_graph,
    compiled,
    graph_name,
    graphs,
    module_bytes,
)
from .jobs import each, pool, run_in_worker
from .machine import Machine
from .ray_cluster import connected, on_ray
from .results import Results
from .training import Recipe
from .worker import Job

RESULTS = "results.jsonl"
SMOKE_TWINS, SMOKE_IMAGES, SMOKE_HELD = 2, 320, 100

Watch = Callable[[str, int, Iterable[Any]], Iterator[Any]]


@dataclass(frozen=True, slots=True)
class Resources:
    """Processes, cluster and devices that make the runs.

    Attributes:
        jobs: how many processes of this machine.
        ray: the address of a Ray cluster; "" for this machine.
        machine: accelerator and precision of every run.
        gpus: of one job on a cluster.
    """

    jobs: int = 1
    ray: str = ""
    machine: Machine = field(default_factory=lambda: Machine("cpu"))
    gpus: float = 0.0


@dataclass(frozen=True, slots=True)
class Done:
    """Number of finished runs, of those made now, and of those that gave NaN."""

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
    resources: Resources | None = None,
    *,
    watch: Watch = unwatched,
) -> Done:
    """Make all unfinished runs of a protocol.

    Args:
        data: as `data.load` takes it.
        folder: gets results.jsonl, and the edge lists and models of every task.
        watch: wraps an iterator, to show progress; (title, count, items).

    Raises:
        InputError: the data, a graph or the results file is wrong, or a run failed;
            finished runs are kept.
    """
    resources = resources or Resources()
    with ExitStack() as stack:
        ray = stack.enter_context(connected(resources.ray)) if resources.ray else None
        images = images_of(protocol, data)
        make_folder(folder)
        path = folder / RESULTS
        results = stack.enter_context(Results(path, protocol.digest))
        check_data(protocol, results, images)
        made: dict[str, bytes] = {}
        models = {
            task.name: models_of(task, folder, resources.jobs, watch, made)
            for task in protocol.tasks
        }
        check_models(results, models)
        jobs = [*unfinished(protocol, results, models, resources)]
        found = on_ray(ray, jobs, images, gpus=resources.gpus) if ray else None
        if found is None and jobs:
            count = min(resources.jobs, len(jobs))
            workers = stack.enter_context(pool(count, data, [*images]))
            found = each(workers, run_in_worker, jobs)
        for line in watch("runs", len(jobs), found or ()):
            results.add(line)
        lines = results.lines.values()
        nan = sum(line["status"] == "nan" for line in lines)
        return Done(len(lines), len(jobs), nan, path)


def make_folder(folder: Path) -> None:
    """Make the folder, if it is not there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(str(folder), f"cannot be made: {error.strerror}") from None


def images_of(protocol: Protocol, data: str) -> dict[Sample, Splits]:
    """The images of all tasks."""
    samples = dict.fromkeys(task.sample for task in protocol.tasks)
    return {
        sample: load(data, sample.kind).choose(*sample.counts) for sample in samples
    }


def check_data(
    protocol: Protocol, results: Results, images: Mapping[Sample, Splits]
) -> None:
    """Raise InputError if finished runs saw other images."""
    seen = {sample: splits.digest for sample, splits in images.items()}
    digests = {task.name: seen[task.sample] for task in protocol.tasks}
    for run, line in results.lines.items():
        if run.task in digests and line["data_digest"] != digests[run.task]:
            told = f"{run.text} saw other images than these"
            hint = "give the same --data, or write to another folder"
            raise InputError(str(results.path), told, hint)


def models_of(
    task: Task, folder: Path, count: int, watch: Watch, made: dict[str, bytes]
) -> dict[str, bytes]:
    """The modules of all graphs of a task, by graph name; missing ones are compiled.

    Args:
        made: modules of other tasks, by their keys; gets those of this one.
    """
    found = graphs(task, folder)
    missing = [graph for graph in found.values() if not compiled(graph)]
    for graph in missing:
        if graph.key in made:
            put(graph.model, made[graph.key])
    todo: Sequence[GraphFiles] = [each for each in missing if each.key not in made]
    with ExitStack() as stack:
        done: Iterable[str] = map(compile_graph, todo)
        if min(count, len(todo)) > 1:
            workers = stack.enter_context(pool(min(count, len(todo))))
            done = each(workers, compile_graph, todo)
        for _ in watch(f"{task.name} models", len(todo), done if todo else ()):
            pass
    models = module_bytes(found)
    made.update((graph.key, models[name]) for name, graph in found.items())
    return models


def check_models(results: Results, models: Mapping[str, Mapping[str, bytes]]) -> None:
    """Raise InputError if a finished run is of another model than its graph gives now."""
    digests = {
        (task, name): read_header(data, name).body
        for task, found in models.items()
        for name, data in found.items()
        if results.lines
    }
    for run, line in results.lines.items():
        key = run.task, graph_name(run.arm, run.graph)
        if key in digests and line["model_digest"] != digests[key]:
            seen = f"{run.text} is of another model than {key[1]}.py"
            hint = "go on with the elegansc that began, or write to another folder"
            raise InputError(str(results.path), seen, hint)


def unfinished(
    protocol: Protocol,
    results: Results,
    models: Mapping[str, Mapping[str, bytes]],
    resources: Resources,
) -> Iterator[Job]:
    """The jobs of the unfinished runs, in the order of the protocol."""
    for task in protocol.tasks:
        positions = read_positions(task.positions).digest if task.positions else ""
        for run in task.runs():
            if run not in results.lines:
                name = graph_name(run.arm, run.graph)
                yield Job(
                    run,
                    protocol.digest,
                    models[task.name][name],
                    f"{name}.py",
                    recipe(task, run),
                    task.sample,
                    resources.machine,
                    positions if run.arm == DISTANCE else "",
                )


def recipe(task: Task, run: Run) -> Recipe:
    """The training recipe of a run."""
    return Recipe(
        task=task.kind,
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
    """The protocol cut down to a minute: two twins, one seed, one epoch, few images.

    Its digest differs, so its results never mix with real ones.
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
