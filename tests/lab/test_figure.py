"""The two pictures: what is in them, the same bytes each time, gaps and NaN."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support.comparison import protocol_in, results_of, spoilt
from support.paths import TESTS

from elegansc.lab.judging.judge import judge
from elegansc.lab.pages.curve_blocks import curves_of
from elegansc.lab.pages.figure import pictures
from elegansc.lab.pages.strip_plot import every_graph
from elegansc.lab.protocol.protocol import Protocol, Run

pytest.importorskip("matplotlib")

SIZES = {"graphs": 6, "few": 3, "seeds": 2}
PROGRAM = """
import hashlib, json, sys
from pathlib import Path
import matplotlib
matplotlib.rcParams["axes.facecolor"] = "black"  # the user's own taste
from support.comparison import protocol_in, results_of
from elegansc.lab.pages.figure import pictures
from elegansc.lab.judging.judge import judge
protocol = protocol_in(Path(sys.argv[1]), graphs=6, few=3, seeds=2)
results = results_of(protocol)
results = dict(reversed(results.items()))
for name, data in pictures(protocol, results, judge(protocol, results)).items():
    print(name, hashlib.sha256(data).hexdigest())
"""


def drawn(folder: Path) -> tuple[Protocol, dict[str, bytes]]:
    protocol = protocol_in(folder, **SIZES)
    results = results_of(protocol)
    return protocol, pictures(protocol, results, judge(protocol, results))


def test_both_pictures_come_in_both_formats(tmp_path: Path) -> None:
    _, found = drawn(tmp_path)

    assert sorted(found) == ["figure2.png", "figure2.svg", "graphs.png", "graphs.svg"]
    assert all(found[f"{name}.png"][:4] == b"\x89PNG" for name in ("figure2", "graphs"))
    text = found["figure2.svg"].decode()
    for words in (
        "Erdős-Rényi (6 graphs)",
        "worm (6 seeds)",
        "epoch",
        "top-1",
        "chance 0.10",
    ):
        assert words in text
    assert "#c8102e" in text and "stroke-dasharray" in text  # the worm: red, dashed
    dots = found["graphs.svg"].decode()
    for words in (
        "all black 0.8471",
        "of 7",
        "one-sided",
        "no graph",
    ):
        assert words in dots


@pytest.mark.slow
def test_same_results_same_bytes_whatever_the_process(tmp_path: Path) -> None:
    import hashlib

    _, found = drawn(tmp_path)
    ours = [
        f"{name} {hashlib.sha256(data).hexdigest()}" for name, data in found.items()
    ]
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONHASHSEED": "7", "PATH": "", "PYTHONPATH": str(TESTS)},
    )

    assert done.stdout.splitlines() == ours
    assert b"<dc:date>" not in found["figure2.svg"]
    assert b"Matplotlib v" not in b"".join(found.values())


def test_a_band_is_of_graph_means(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, **SIZES)
    results = results_of(protocol)
    task = protocol.task("cifar10")

    assert curves_of(task, task.arm("er"), results).shape == (6, 6)
    assert curves_of(task, task.arm("worm"), results).shape == (6, 6)  # 2 + 4 seeds
    assert curves_of(task, task.arm("mlp"), results).shape == (3, 6)
    bad = Run("cifar10", "mlp", 0, 1)
    results[bad] = spoilt(results[bad])
    assert curves_of(task, task.arm("mlp"), results).shape == (2, 6)


@pytest.mark.parametrize("keep", [0, 1, 7])
def test_what_is_there_is_drawn(tmp_path: Path, keep: int) -> None:
    protocol = protocol_in(tmp_path, **SIZES)
    results = dict(list(results_of(protocol).items())[:keep])

    assert len(pictures(protocol, results, judge(protocol, results))) == 4


def test_two_dots_get_no_interval_that_squeezes_the_others(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, **SIZES)
    results = results_of(protocol)
    del results[Run("cifar10", "mlp", 0, 1)]
    judged = judge(protocol, results)
    figure = every_graph(judged, protocol.side)
    for axes, one in zip(figure.axes[1::2], judged, strict=True):
        lines = [
            c.get_segments() for c in axes.collections if hasattr(c, "get_segments")
        ]
        barred = {int(a[1]) for ((a, b),) in lines if a[1] == b[1]}
        sizes = [group.mean.n for group in one.groups]
        assert barred == {row for row, n in enumerate(sizes) if n >= 3}
        assert 2 in sizes or one.task.name != "cifar10"
