"""Made-up results of a comparison, for tests of what judges and draws them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from elegansc.lab.protocol.protocol import Protocol, Run
from elegansc.lab.protocol.reading import read_protocol

TEXT = """\
schema = 1
alpha = 0.05
side = "better"

[task.cifar10]
source = "cook2019"
images = 10000
validation = 2000
test = 1000
epochs = 6
batch = 128
lr = 1e-3
augmentation = "flip-crop"
metric = "top1"
margin = 0.02
tests = ["er", "degree"]

[task.cifar10.compile]
features = 16
unit = "linear"

[task.cifar10.arms]
worm = {{seeds = {seeds}, more_seeds = 4}}
er = {{graphs = {graphs}, seeds = {seeds}}}
ws = {{graphs = {graphs}, seeds = {seeds}}}
ba = {{graphs = {graphs}, seeds = {seeds}}}
degree = {{graphs = {graphs}, seeds = {seeds}}}
mlp = {{seeds = 3}}
identity = {{seeds = 3}}
frozen = {{seeds = 3}}

[task.mnist]
source = "cook2019"
images = 10000
validation = 2000
test = 10000
epochs = 4
batch = 128
lr = 1e-3
metric = "pixel_accuracy"
margin = 0.002
tests = []

[task.mnist.compile]
features = 16
unit = "linear"

[task.mnist.arms]
worm = {{seeds = {seeds}}}
er = {{graphs = {few}, seeds = {seeds}}}
degree = {{graphs = {few}, seeds = {seeds}}}
"""
LEVEL = {
    "worm": 0.60,
    "er": 0.585,
    "ws": 0.60,
    "ba": 0.57,
    "degree": 0.598,
    "role-degree": 0.6,
    "shuffle-roles": 0.58,
    "mlp": 0.61,
    "identity": 0.64,
    "frozen": 0.5,
    "linear": 0.4,
    "convolution": 0.63,
    "randwire": 0.59,
    "delay": 0.605,
    "published": 0.55,
}
Shift = Callable[[Run], float]


def protocol_in(
    folder: Path, *, graphs: int = 39, few: int = 9, seeds: int = 1, text: str = TEXT
) -> Protocol:
    """A protocol of two tasks, written and read."""
    path = folder / "protocol.toml"
    path.write_text(text.format(graphs=graphs, few=few, seeds=seeds))
    return read_protocol(str(path))


def results_of(
    protocol: Protocol, shift: Shift = lambda run: 0.0
) -> dict[Run, dict[str, Any]]:
    """All runs of a protocol, drawn at random: no training stands behind them."""
    return {run: line_of(protocol, run, shift(run)) for run in protocol.runs()}


def line_of(protocol: Protocol, run: Run, shift: float = 0.0) -> dict[str, Any]:
    """One run; graphs differ by 0.008, trainings of a graph by 0.004."""
    seen = [*map(ord, run.task + run.arm), run.graph]
    graph, own = np.random.default_rng(seen), np.random.default_rng([*seen, run.seed])
    deep, kept = int(graph.integers(90, 130)), int(graph.integers(4700, 5000))
    noise = graph.normal(0, 0.008 * (run.graph > 0)) + own.normal(0, 0.004)
    top = LEVEL[run.arm] + noise + shift
    epochs = protocol.task(run.task).epochs
    curve = [
        {
            "epoch": epoch,
            "train_loss": 2.0 / epoch,
            "validation": top - 0.5 * np.exp(-epoch / 1.7) + own.normal(0, 0.006),
        }
        for epoch in range(1, epochs + 1)
    ]
    test = {"top1": top}
    if run.task == "mnist":
        value = 0.9 + top / 10
        test = {"pixel_accuracy": value, "f1": value - 0.1, "bce": 1 - value}
        test |= {"probe_top1": top, "all_black": 0.8471}
        curve = [{**at, "validation": 0.9 + at["validation"] / 10} for at in curve]
    return {
        "schema": 1,
        "protocol": protocol.digest,
        "task": run.task,
        "arm": run.arm,
        "graph": run.graph,
        "seed": run.seed,
        "graph_digest": f"{run.graph:016x}",
        "model_digest": f"{run.graph:016x}",
        "data_digest": "0" * 16,
        "neurons": 302,
        "live": 302,
        "synapses_kept": kept,
        "synapses": 5_500,
        "backward_share": 0.12 if run.graph == 0 else float(graph.normal(0.2, 0.01)),
        "depth": deep,
        "parameters": 302 * 272 + kept,
        "curve": curve,
        "best_epoch": epochs,
        "validation": curve[-1]["validation"],
        "test": test,
        "status": "finished",
        "seconds": 1.5,
    }


def spoilt(line: Mapping[str, Any]) -> dict[str, Any]:
    """The line of a run that gave NaN in its second epoch."""
    curve = [line["curve"][0], {"epoch": 2, "train_loss": None, "validation": None}]
    none = {"validation": None, "best_epoch": None, "test": {}}
    return {**line, **none, "curve": curve, "status": "nan"}


def written(path: Path, results: Mapping[Run, Mapping[str, Any]]) -> Path:
    """The results as a file."""
    path.write_text("".join(json.dumps(line) + "\n" for line in results.values()))
    return path
