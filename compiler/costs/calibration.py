"""Calibrate: time training steps of a few graphs on this machine. PyTorch runs in its own process."""

from __future__ import annotations

import json
import logging
import random
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ..acceleration.library import NotBuilt, private_folder
from ..errors import CompilerError
from ..module.emit import emit
from ..options import Options
from ..pipeline import planned
from ..readers.reader import Layout
from .child import CHILD
from .counts import Counts, counts_of
from .times import FORMS, SIZES, Times, fitted, installed, machine, place

STEP = logging.getLogger("elegansc.step")
SECONDS = 1800.0  # that one graph may take
WHILE = 0.1  # seconds of one measurement, at least
EAGER = ("plain", "native")
SHALLOW = Options(cycles="ratio", keep_alive=False)


@dataclass(frozen=True)
class Sample:
    """One graph that is timed: a source, or a random graph of (neurons, reach, fan-in)."""

    source: str | tuple[int, int, int]
    options: Options
    forms: tuple[str, ...]


SAMPLES = (
    Sample((40, 10, 3), Options(roles_table="structure"), FORMS),
    Sample("witvliet2021-1", SHALLOW, FORMS),
    Sample("witvliet2021-8", Options(cycles="fast"), FORMS),
    Sample("varshney2011", SHALLOW, FORMS),
    Sample("cook2019", Options(cycles="fast"), EAGER),
    Sample((1500, 60, 10), Options(roles_table="structure"), EAGER),
    *(
        Sample(source, replace(SHALLOW, unit="linear", features=d), EAGER)
        for source in ("witvliet2021-1", "cook2019")
        for d in (4, 16, 48)
    ),
)


def calibrate() -> None:
    """Time the samples, and keep what follows in the folder of caches.

    Raises:
        CompilerError: no PyTorch, a module failed, or others may write to the folder.
    """
    try:
        private_folder()
    except NotBuilt as error:
        raise CompilerError(str(error)) from None
    measured: dict[tuple[str, str, str], list[tuple[Counts, float]]] = defaultdict(list)
    for number, sample in enumerate(SAMPLES, 1):
        STEP.info("time graph %d of %d", number, len(SAMPLES))
        counts, found = timed(sample)
        for form, seconds in found.items():
            for size, each in zip(SIZES, seconds, strict=True):
                key = sample.options.unit, form, str(size)
                measured[key].append((counts, each))
    terms: dict[str, dict[str, dict[str, list[float]]]] = {}
    for (unit, form, samples), rows in measured.items():
        forms = terms.setdefault(unit, {}).setdefault(form, {})
        forms[samples] = fitted([c for c, _ in rows], [each for _, each in rows])
    Times(machine(), installed("torch"), installed("elegansc"), terms).write(place())


def timed(sample: Sample) -> tuple[Counts, dict[str, list[float]]]:
    """The counts of a sample; by form, the seconds of a step at SIZES.

    Raises:
        CompilerError: no PyTorch, or the module failed.
    """
    with tempfile.TemporaryDirectory(prefix="elegansc-") as name:
        folder, source = Path(name), sample.source
        if not isinstance(source, str):
            edges = "".join(random_edges(*source))
            source = str(folder / "edges.csv")
            Path(source).write_text(edges)
        plan, options = planned(source, options=sample.options, layout=Layout())
        for file, data in emit(plan, options=options, name="Model").files.items():
            (folder / file).write_bytes(data)
        words = map(json.dumps, (sample.forms, SIZES, WHILE))
        command = [sys.executable, "-c", CHILD, str(folder / "Model.py"), *words]
        try:
            done = subprocess.run(command, capture_output=True, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            seen = f"a model was timed for more than {SECONDS:.0f} s"
            raise CompilerError(seen) from None
    if done.returncode == 3:
        seen = "PyTorch is needed to time models: pip install torch"
        raise CompilerError(seen)
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        raise CompilerError(f"a model that was timed failed: {' '.join(last)}")
    found: dict[str, list[float]] = json.loads(done.stdout)
    return counts_of(plan, options), found


def random_edges(neurons: int, reach: int, inputs: int) -> Iterator[str]:
    """A CSV of neurons that read so many of the `reach` before them, without a cycle."""
    chance = random.Random(0)
    yield "pre,post,weight\n"
    for post in range(1, neurons):
        before = range(max(0, post - reach), post)
        for pre in sorted(chance.sample(before, min(inputs, len(before)))):
            yield f"N{pre},N{post},1\n"
