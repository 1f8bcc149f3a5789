"""The protocol of a comparison: what is run, and how it is judged, written down before.

A protocol is one TOML file. Every result carries the digest of its bytes, so no result can
be judged by rules that were made after it.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import catalog
from ...errors import InputError, Mistake, UsageError
from ...files import read_bytes
from ...nulls.pairs import DISTANCE
from ...options import Options
from ...options.choices import ROUTED
from .schema import FIRST, PROTOCOL, SEEDS, TASK, TWINS, Place, read_table
from .seeds import LEAST, SEEN, WRITE

WORM = "worm"
CONTROLS = ("mlp", "identity", "frozen")
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
class Task:
    """One task: its models, data, training, arms and tests.

    Attributes:
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
        return options_of(self.name, self.compile)

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
        digest: SHA-256 of its bytes, hex.
        alpha: the error rate of the whole family of tests.
        nan: a training that gave NaN counts as the "worst" finished one of its task, or
            is left out ("omit").
        side: one-sided test, is the worm "better", or two-sided, "both".
    """

    label: str
    digest: str
    alpha: float
    nan: str
    side: str
    tasks: tuple[Task, ...]

    def task(self, name: str) -> Task:
        """The task of a name."""
        return next(task for task in self.tasks if task.name == name)

    def runs(self) -> Iterator[Run]:
        """All trainings of all tasks."""
        for task in self.tasks:
            yield from task.runs()


def read_protocol(path: str) -> Protocol:
    """Read a protocol file; paths in it are relative to its folder.

    Raises:
        InputError: it can not be read, is no TOML, has an unknown key, lacks one, or a
            value is out of range; all mistakes at once.
    """
    data = read_bytes(path)
    try:
        table = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(path, f"no TOML: {error}", "see https://toml.io") from None
    mistakes: list[Mistake] = []
    place = Place(path, data.decode("utf-8"), "", mistakes)
    values = read_table(table, PROTOCOL, place)
    strict = values["schema"] != 1  # an old protocol may test one seed
    tasks = [
        task_of(name, found, place.at("task").at(name), Path(path).parent, strict)
        for name, found in (values["task"] or {}).items()
    ]
    if not tasks:
        place.wrong("task", "no task", f"write [task.{next(iter(METRICS))}]")
    if mistakes:
        raise InputError.of(mistakes)
    return Protocol(
        path,
        hashlib.sha256(data).hexdigest(),
        values["alpha"],
        values["nan"],
        values["side"],
        tuple(task for task in tasks if task),
    )


def task_of(
    name: str, table: Any, place: Place, folder: Path, strict: bool
) -> Task | None:
    """One task; None if it has mistakes, which `place` collects."""
    if name not in METRICS or not isinstance(table, dict):
        place.wrong("", "no such task", f"one of {', '.join(METRICS)}")
        return None
    before = len(place.mistakes)
    values = read_table(table, TASK, place)
    arms = arms_of(values.pop("arms") or {}, place.at("arms"))
    tests = values["tests"] or []
    check_arms(arms, tests, place)
    if strict and tests and any(a.name == WORM and a.seeds < LEAST for a in arms):
        place.wrong("tests", SEEN, WRITE)
    check_positions(arms, values["positions"], place)
    if values["metric"] is not None and values["metric"] not in METRICS[name]:
        hint = f"one of {', '.join(METRICS[name])}"
        place.wrong("metric", f"{values['metric']!r} is none of {name}", hint)
    if values["augmentation"] != "none" and name != "cifar10":
        model = "an autoencoder" if name == "mnist" else f"{name}, of digits,"
        place.wrong("augmentation", f"{model} has none", 'write "none"')
    check_options(name, values["compile"] or {}, place)
    if len(place.mistakes) > before:
        return None
    source = values["source"]
    values["source"] = source if catalog.find(source) else str(folder / source)
    if values["positions"]:
        values["positions"] = str(folder / values["positions"])
    values["tests"] = tuple(tests)
    return Task(name=name, arms=tuple(arms), **values)


def arms_of(table: Mapping[str, Any], place: Place) -> list[Arm]:
    """The arms, in the order of the file."""
    arms = []
    for name, found in table.items():
        if name not in (WORM, *CONTROLS, *GENERATORS) or not isinstance(found, dict):
            known = ", ".join((WORM, *GENERATORS, *CONTROLS))
            place.wrong(name, f"no such arm: {name!r}", f"one of {known}")
            continue
        keys = TWINS if name in GENERATORS else FIRST if name == WORM else SEEDS
        values = read_table(found, keys, place.at(name))
        if None not in values.values():
            graphs, more = values.get("graphs", 1), values.get("more_seeds", 0)
            arms.append(Arm(name, graphs, values["seeds"], more))
    return arms


def check_arms(arms: list[Arm], tests: list[Any], place: Place) -> None:
    """Check that the worm is an arm, all graphs have equal seeds, and tests name arms."""
    worm = next((arm for arm in arms if arm.name == WORM), None)
    if worm is None:
        place.wrong("arms", "no worm", "write worm = {seeds = 3}")
        return
    for arm in arms:
        if arm.random and arm.seeds != worm.seeds:
            seen = f"{arm.name} has {arm.seeds} seeds a graph, the worm {worm.seeds}"
            hint = "the same number for every graph, or the means do not compare"
            place.wrong(f"arms.{arm.name}", seen, hint)
    known = [arm.name for arm in arms if arm.random]
    for name in tests:
        if name not in known:
            hint = f"one of {', '.join(known)}" if known else "add one to arms"
            place.wrong("tests", f"{name!r} is no generator of the arms", hint)
    if len({*map(str, tests)}) < len(tests):
        place.wrong("tests", "a generator is named twice", "once each")


def check_positions(arms: list[Arm], positions: str | None, place: Place) -> None:
    """Check that there is a file of positions where an arm asks for it, and only there."""
    asked = any(arm.name == DISTANCE for arm in arms)
    if asked and positions == "":
        hint = 'write positions = "FILE", a table of name,x,y,z'
        place.wrong(f"arms.{DISTANCE}", "it asks for positions", hint)
    if positions and not asked:
        seen = f"no arm {DISTANCE}, which alone asks for them"
        place.wrong("positions", seen, "leave them out, or add the arm")


def check_options(name: str, table: Mapping[str, Any], place: Place) -> None:
    """Check that the compile options exist and are consistent."""
    if "task" in table:
        place.wrong("compile.task", "is said by the table's name", "leave it out")
        return
    try:
        options_of(name, table)
    except UsageError as error:
        place.wrong("compile", str(error), "see elegansc compile --help")


def options_of(task: str, table: Mapping[str, Any]) -> Options:
    """The options of a task's models."""
    return Options.of({**table, "task": task})
