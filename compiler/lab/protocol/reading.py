"""Read a protocol file; all its mistakes are told at once, each with its line."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ... import catalog
from ...errors import InputError, Mistake, UsageError
from ...files import read_bytes
from ...nulls.pairs import DISTANCE
from .protocol import (
    GENERATORS,
    METRICS,
    WORM,
    Arm,
    Protocol,
    Task,
    options_of,
)
from .replaced import CONTROLS, check_arm
from .schema import FIRST, PROTOCOL, SEEDS, TASK, TWINS, Place, read_table
from .seeds import LEAST, SEEN, WRITE

LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")  # of a task


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
        values["schema"],
        values["title"],
        values["question"],
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
    kind = table.get("task", name) if isinstance(table, dict) else ""
    if kind not in METRICS or not LABEL.fullmatch(name):
        wrong_task(name, table, place)
        return None
    before = len(place.mistakes)
    values = read_table(table, TASK, place)
    values["kind"] = kind
    del values["task"]
    arms = arms_of(values.pop("arms") or {}, place.at("arms"))
    tests = values["tests"] or []
    check_arms(arms, tests, place)
    if strict and tests and any(a.name == WORM and a.seeds < LEAST for a in arms):
        place.wrong("tests", SEEN, WRITE)
    check_positions(arms, values["positions"], place)
    if values["metric"] is not None and values["metric"] not in METRICS[kind]:
        hint = f"one of {', '.join(METRICS[kind])}"
        place.wrong("metric", f"{values['metric']!r} is none of {kind}", hint)
    if values["augmentation"] != "none" and kind != "cifar10":
        model = "an autoencoder" if kind == "mnist" else f"{kind}, of digits,"
        place.wrong("augmentation", f"{model} has none", 'write "none"')
    check_options(kind, values["compile"] or {}, arms, place)
    if len(place.mistakes) > before:
        return None
    source = values["source"]
    values["source"] = source if catalog.find(source) else str(folder / source)
    if values["positions"]:
        values["positions"] = str(folder / values["positions"])
    values["tests"] = tuple(tests)
    return Task(name=name, arms=tuple(arms), **values)


def wrong_task(name: str, table: Any, place: Place) -> None:
    """Collect the mistake of a task of no kind, or of a label that names no folder."""
    kinds = ", ".join(METRICS)
    if not isinstance(table, dict):
        place.wrong("", "no task", f"a table: [task.{name}]")
    elif not LABEL.fullmatch(name):
        hint = "letters, digits, - and _, as it names a folder"
        place.wrong("", f"no label of a task: {name!r}", hint)
    elif "task" in table:
        place.wrong("task", f"no such task: {table['task']!r}", f"one of {kinds}")
    else:
        hint = f'one of {kinds}; under another label write task = "..."'
        place.wrong("", "no such task", hint)


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


def check_options(
    kind: str, table: Mapping[str, Any], arms: list[Arm], place: Place
) -> None:
    """Check that the compile options exist and are consistent, with each other and arms."""
    if "task" in table:
        place.wrong("compile.task", "is said by the task", "leave it out")
        return
    try:
        options = options_of(kind, table)
    except UsageError as error:
        place.wrong("compile", str(error), "see elegansc compile --help")
        return
    for arm in arms:
        try:
            wrong = check_arm(options, arm.name)
        except UsageError as error:
            hint = "leave the arm out, or that option"
            wrong = f"of these options it would be {error}", hint
        if wrong:
            place.wrong(f"arms.{arm.name}", *wrong)
