"""The committed measurement of twelve worms and their twins: whole, and judged by its file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.command import run
from support.paths import GENERATED

from elegansc import catalog
from elegansc.drawing.canvas import canvas_of, settings
from elegansc.feedback.dots import dots
from elegansc.feedback.judge import judge
from elegansc.feedback.protocol import read_protocol
from elegansc.feedback.run import FORM
from elegansc.lab.running.appended import read

FOLDER = GENERATED / "feedback"
MADE = ("README.md", "verdict.json", "dots.svg")
NAMES = [entry.name for entry in catalog.entries()]


def test_pages_and_verdict_are_what_the_results_give(tmp_path: Path) -> None:
    out = tmp_path / "feedback"
    shutil.copytree(FOLDER, out)
    for name in MADE:
        (out / name).unlink()
    words = ("--protocol", str(FOLDER / "protocol.toml"), "-o", str(out))
    done = run("feedback", *words)
    assert done.exit_code == 0, done.stderr
    assert "0 of them now" in done.stderr
    for name in (*MADE, "protocol.toml", "results.jsonl"):
        assert (out / name).read_bytes() == (FOLDER / name).read_bytes(), name


def test_all_of_the_protocol_is_there() -> None:
    verdict = json.loads((FOLDER / "verdict.json").read_text())
    assert verdict["complete"]
    tested = [
        (one["source"], arm["null"], arm["twins"])
        for one in verdict["maps"]
        for arm in one["nulls"]
        if arm["tested"]
    ]
    assert len(tested) == 6 and all(twins == 199 for _, _, twins in tested)


def test_the_part_that_needs_positions_is_whole_and_says_which() -> None:
    """It cannot be made again here: the file of positions is not bundled."""
    folder = FOLDER / "distance"
    assert json.loads((folder / "verdict.json").read_text())["complete"]
    digest = read_protocol(str(FOLDER / "distance.toml")).digest
    lines = [*map(json.loads, (folder / "results.jsonl").read_text().splitlines())]
    assert {line["protocol"] for line in lines} == {digest}
    twins = [line for line in lines if line["null"] != "worm"]
    assert len(twins) == 4 * 99
    assert len({line["positions_digest"] for line in twins}) == 1


@pytest.mark.parametrize("name", ["protocol.toml", "distance.toml"])
def test_all_words_of_the_dot_plot_are_on_the_page(name: str) -> None:
    folder = FOLDER / ("distance" if name == "distance.toml" else ".")
    plan = read_protocol(str(FOLDER / name))
    lines, _ = read(folder / "results.jsonl", plan.digest, FORM)
    with settings():
        figure = dots(judge(plan, lines))
        canvas_of("svg")(figure).draw()
        (axes,) = figure.axes
        texts = [*axes.texts, *axes.get_yticklabels(), *axes.get_xticklabels()]
        for text in (*texts, axes.xaxis.label, figure._supxlabel):
            low, high = text.get_window_extent().get_points()
            assert (low >= 0).all() and (high <= figure.bbox.max).all(), text
        for place, label in zip(axes.get_xticks(), texts[-len(axes.get_xticks()) :]):
            assert float(label.get_text()[:-1]) == pytest.approx(100 * place)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_committed_certificate_proves_its_minimum(
    name: str, tmp_path: Path
) -> None:
    model, paper = tmp_path / "model.py", FOLDER / "certificates" / f"{name}.json"
    done = run("compile", name, "--cycles", "auto", "-q", "-o", str(model))
    assert done.exit_code == 0
    done = run("verify", str(model), "--certificate", str(paper))
    assert done.exit_code == 0 and "proved" in done.stderr + done.stdout
