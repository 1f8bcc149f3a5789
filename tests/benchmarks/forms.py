"""A training step and an inference of every form of a network, against each other.

    PYTHONPATH=tests python tests/benchmarks/forms.py --graph cook2019 --columns 1,64

All forms compute the same (but `chain`, a plain MLP of as many levels and multiply-adds):
outputs and gradients are compared before anything is timed. They are timed in turn, in one
process, in CPU time of the process, on two threads by the wall; a ratio is the median of the
ratios by round. The table goes to standard output, all times as JSON to --output.
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from bars import BARS, COLD
from common import load
from packages import FORMS
from peers import Missing, slope
from support.paths import SHARED, TESTS
from torch import Tensor

import elegansc

LARVA = SHARED / "connectomes" / "drosophila_larva"
GRAPHS: dict[str, tuple[str, dict[str, Any]]] = {
    "varshney2011": ("varshney2011", {}),
    "shallow": ("varshney2011", {"cycles": "ratio", "keep_alive": False}),
    "cook2019": ("cook2019", {}),
    "larva": (
        str(LARVA / "G_edgelist.txt"),
        {
            "cells": str(LARVA / "meta_data.csv"),
            "cells_columns": "name=1,role=io",
            "tables": "inline",  # as the page of 48c9d90 has them
        },
    ),
}
DEFAULT = "landed,page,native,bare,gather,loop,chain"
TOLERANCE = 1e-4  # of the largest value
LEAST = 0.06  # seconds that a form is timed for in a round, at least


@dataclass(frozen=True)
class Setting:
    """What all forms of one comparison have in common."""

    graph: str
    features: int
    mode: str
    phase: str
    threads: int
    columns: int


@dataclass
class Row:
    """The times of the forms in one setting, or what else is measured of them."""

    setting: Setting
    values: dict[str, list[float]] = field(default_factory=dict)  # seconds, by round
    errors: dict[str, float] = field(default_factory=dict)  # of the largest value

    def ratio(self, top: str, bottom: str) -> float:
        """The median of the ratios by round."""
        pairs = zip(self.values[top], self.values[bottom], strict=True)
        return statistics.median(a / b for a, b in pairs)


class Form:
    """A form, ready to run."""

    def __init__(self, name: str, tables: ModuleType, threads: int) -> None:
        kind, _, own = name.partition("@")
        self.name, self.threads, self.kind = name, int(own or threads), FORMS[kind]
        self.net = self.kind.make(tables)
        self.call: Callable[[Tensor], Tensor] = self.net

    def tensors(self) -> list[Any]:
        """The parameters, in an order that all forms have."""
        known = dict(self.net.named_parameters())
        return [known[name] for name in ("gain", "bias", "weight") if name in known]

    def copy(self, tensors: list[Any]) -> None:
        """Take over parameters."""
        with torch.no_grad():
            for mine, its in zip(self.tensors(), tensors, strict=True):
                mine.copy_(its)

    def compile(self) -> None:
        """Run by Inductor from now on."""
        self.call = torch.compile(self.net, fullgraph=True, dynamic=False)

    def run(self, phase: str, inputs: Tensor) -> Tensor:
        """One step, or one inference."""
        if phase == "inference":
            with torch.no_grad():
                return self.call(inputs)
        if self.kind.step:
            return self.kind.step(self.net, inputs)
        self.net.zero_grad()
        outputs = self.call(inputs)
        outputs.backward(slope(outputs.shape))
        return outputs

    def results(self, phase: str, inputs: Tensor, wanted: bool) -> list[Tensor]:
        """Outputs and, of a step, gradients; those of the inputs last, where wanted."""
        inputs = inputs.clone().requires_grad_(wanted)
        found = [self.run(phase, inputs).detach()]
        if phase == "train":
            found += [each.grad.clone() for each in self.tensors()]
        return [*found, inputs.grad] if inputs.grad is not None else found


@functools.cache
def tables_of(graph: str, features: int) -> ModuleType:
    """The module that elegansc generates today."""
    source, options = GRAPHS.get(graph, (graph, {}))
    if features > 1:
        options = options | {"unit": "linear", "features": features}
    artifact = elegansc.compile(source, name="Worm", **options)
    return load(artifact.files)


def inputs_of(tables: ModuleType, columns: int) -> Tensor:
    """Random inputs, (columns, S[, D])."""
    deep = [tables.FEATURES] if tables.OPTIONS.get("unit") == "linear" else []
    return torch.randn(columns, len(tables.SENSORY), *deep)


def forms_of(setting: Setting, names: list[str], tables: ModuleType) -> list[Form]:
    """The forms that can be had here; of the others, a line why not."""
    torch.manual_seed(0)
    model = Form("page", tables, 1)
    with torch.no_grad():
        model.net.bias.uniform_(-0.3, 0.3)
    found = []
    for name in names:
        kind = FORMS[name.partition("@")[0]]
        if setting.mode in ("compiled", "cold") and not kind.compiles:
            continue
        if setting.phase == "train" and not kind.trains:
            continue
        try:
            form = Form(name, tables, setting.threads)
        except Missing as reason:
            print(f"{name} is left out: {reason}")
            continue
        if kind.same:
            form.copy(model.tensors())
        found.append(form)
    return found


def compared(forms: list[Form], row: Row, inputs: Tensor) -> None:
    """Hold every form's outputs and gradients against those of the first."""
    setting, first = row.setting, None
    for form in forms:
        wanted = setting.mode == "eager" and setting.phase == "train"
        results = form.results(setting.phase, inputs, wanted)
        if not form.kind.same:
            continue
        first = first or results
        row.errors[form.name] = max(
            float((mine - its).abs().max() / its.abs().max().clamp_min(1e-12))
            for mine, its in zip(results, first)
        )
        if not row.errors[form.name] <= TOLERANCE:
            sys.exit(
                f"{form.name} computes something else: {row.errors[form.name]:.0e}"
            )


def timed(forms: list[Form], row: Row, inputs: Tensor, rounds: int) -> None:
    """Time the forms in turn."""
    phase = row.setting.phase
    clock = time.process_time if row.setting.threads == 1 else time.perf_counter
    times = {}
    for form in forms:
        torch.set_num_threads(form.threads)
        start = clock()
        form.run(phase, inputs)
        times[form.name] = min(200, 1 + int(LEAST / max(clock() - start, 1e-6)))
    for _ in range(rounds):
        for form in forms:
            torch.set_num_threads(form.threads)
            start = clock()
            for _ in range(times[form.name]):
                form.run(phase, inputs)
            taken = (clock() - start) / times[form.name]
            row.values.setdefault(form.name, []).append(taken)


def measured(setting: Setting, names: list[str], rounds: int) -> Row:
    """All forms in one setting, compared and timed."""
    row, tables = Row(setting), tables_of(setting.graph, setting.features)
    forms = forms_of(setting, names, tables)
    if setting.mode == "compiled":
        torch._dynamo.reset()
        for form in forms:
            form.compile()
    inputs = inputs_of(tables, setting.columns)
    compared(forms, row, inputs)
    timed(forms, row, inputs, rounds)
    return row


def apart(setting: Setting, names: list[str]) -> Row:
    """Seconds of torch.compile or memory of a step, every form in a process of its own."""
    row = Row(setting)
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            own = {
                "PYTHONPATH": str(TESTS),
                "TORCHINDUCTOR_CACHE_DIR": folder,
                "TORCHINDUCTOR_COMPILE_THREADS": "1",
            }
            done = subprocess.run(
                [sys.executable, __file__, "--one", json.dumps(asdict(setting)), name],
                env={**os.environ, **own},
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        *_, last = done.stdout.splitlines() or [""]
        if last:
            row.values[name] = [float(last)]
    return row


def one(setting: Setting, name: str) -> None:
    """Print what `apart` asks of one form; nothing where it cannot be had."""
    tables = tables_of(setting.graph, setting.features)
    forms = forms_of(setting, [name], tables)
    inputs = inputs_of(tables, setting.columns)
    torch.set_num_threads(setting.threads)
    for form in forms:
        print(cold(form, inputs) if setting.mode == "cold" else memory(form, inputs))


def cold(form: Form, inputs: Tensor) -> float:
    """CPU seconds of the first compiled step, the compiler's processes among them."""
    small = torch.compile(torch.nn.Linear(2, 2))
    small(torch.ones(1, 2)).sum().backward()  # imports
    start = spent()
    form.compile()
    form.run("train", inputs)
    return spent() - start


def spent() -> float:
    """CPU seconds of this process and of those that it waited for."""
    whole = [
        resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    ]
    return sum(each.ru_utime + each.ru_stime for each in whole)


def memory(form: Form, inputs: Tensor) -> float:
    """Bytes that a step needs at its peak beyond what was there (Linux)."""
    form.run("train", inputs[:1])
    form.net.zero_grad()
    Path("/proc/self/clear_refs").write_text("5")  # the peak from here on
    before = resident("VmRSS")
    form.run("train", inputs)
    return resident("VmHWM") - before


def resident(name: str) -> float:
    """A line of /proc/self/status, in bytes."""
    status = Path("/proc/self/status").read_text()
    return float(status.split(f"{name}:")[1].split()[0]) * 1024


def shown(rows: list[Row], reference: str) -> None:
    """A table of the rows that differ in the number of columns only."""
    scale, unit = {"cold": (1, "s"), "memory": (2**-20, "MB")}.get(
        rows[0].setting.mode, (1e6, "us")
    )
    names = list(dict.fromkeys(name for row in rows for name in row.values))
    reference = reference if reference in names else names[0]
    print(title(rows[0].setting, reference, unit))
    print(f"{'columns':>10} {reference:>14}" + "".join(f"{n:>10}" for n in names))
    for row in rows:
        middle = statistics.median(row.values[reference]) * scale
        ratios = (f"{row.ratio(name, reference):10.3f}" for name in names)
        print(f"{row.setting.columns:>10,} {middle:11,.1f} {unit:<2}" + "".join(ratios))
    for line in verdicts(rows):
        print(f"  {line}")


def title(setting: Setting, reference: str, unit: str) -> str:
    """What a table is of."""
    units = f"linear D={setting.features}" if setting.features > 1 else "scalar"
    threads = f"{setting.threads} thread{'s' * (setting.threads > 1)}"
    words = [setting.graph, units, setting.mode, setting.phase, threads]
    return f"\n{', '.join(words)}: {reference} in {unit}, all as ratios to it"


def verdicts(rows: list[Row]) -> list[str]:
    """What the bars say of these rows."""
    lines = []
    for row in rows:
        setting, values = row.setting, row.values
        this = (setting.graph, setting.features, setting.mode, setting.threads)
        for bar in BARS if setting.phase == "train" else ():
            of = (bar.graph, bar.features, bar.mode, bar.threads)
            if this == of and {bar.top, bar.bottom} <= values.keys():
                ratio = row.ratio(bar.top, bar.bottom)
                lines.append(bar.says(setting.columns, ratio))
        for name in values if setting.mode == "cold" else ():
            seconds, most = values[name][0], COLD.get((setting.graph, name))
            if most:
                word = "ok" if seconds <= most else "MISSED"
                lines.append(f"{name}: {seconds:.1f} s  bar <= {most} s: {word}")
    return [line for line in lines if line]


def asked() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    texts = {
        "graph": ("varshney2011", f"of {', '.join(GRAPHS)}, or a file"),
        "columns": ("1,64,1024,16384", "samples at once"),
        "features": ("1", "1: scalar units; more: linear units of so many"),
        "mode": ("eager", "of eager, compiled, cold, memory"),
        "phase": ("train", "of train, inference"),
        "threads": ("1", ""),
        "forms": (DEFAULT, f"of {', '.join(FORMS)}; native@1: on one thread"),
    }
    for name, (default, words) in texts.items():
        parser.add_argument(f"--{name}", default=default, help=f"{words} [{default}]")
    parser.add_argument("--against", default="landed", help="the form of ratio 1")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=Path("forms.json"))
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    return parser.parse_args()


def main() -> None:
    """Print tables, and write the times."""
    options = asked()
    if options.one:
        one(Setting(**json.loads(options.one[0])), options.one[1])
        return
    print(f"elegansc {elegansc.__version__}, torch {torch.__version__}")
    names = options.forms.split(",")
    kinds = ("graph", "features", "mode", "phase", "threads")
    tables = itertools.product(*(getattr(options, kind).split(",") for kind in kinds))
    done: list[Row] = []
    for graph, features, mode, phase, threads in tables:
        rows = []
        for columns in options.columns.split(","):
            setting = Setting(
                graph, int(features), mode, phase, int(threads), int(columns)
            )
            if mode in ("cold", "memory"):
                rows.append(apart(setting, names))
            else:
                rows.append(measured(setting, names, options.rounds))
        shown(rows, options.against)
        done += rows
        options.output.write_text(json.dumps([asdict(row) for row in done], indent=1))


if __name__ == "__main__":
    main()
