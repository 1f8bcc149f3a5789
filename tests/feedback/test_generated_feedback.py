"""The committed measurement of twelve worms and their twins: whole, and judged by its file."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support.command import run
from support.paths import GENERATED

from elegansc import catalog
from elegansc.feedback.protocol import read_protocol

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
