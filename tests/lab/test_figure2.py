"""`generated/figure2/` is what its results say under the protocol they were run by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import pytest
from support.paths import GENERATED

from elegansc.lab.judging.judge import judge
from elegansc.lab.judging.report import report
from elegansc.lab.protocol.protocol import read_protocol
from elegansc.lab.running.results import read

FOLDER = GENERATED / "figure2"


def leaves(held: Any, at: str = "") -> Iterator[tuple[str, Any]]:
    """Every value of nested tables and lists, with the way to it."""
    if isinstance(held, dict):
        for key, value in held.items():
            yield from leaves(value, f"{at}.{key}")
    elif isinstance(held, list):
        for place, value in enumerate(held):
            yield from leaves(value, f"{at}[{place}]")
    else:
        yield at, held


def test_every_run_of_the_protocol_is_there_once_and_bears_its_digest() -> None:
    data = (FOLDER / "protocol.toml").read_bytes()
    lines = [*map(json.loads, (FOLDER / "results.jsonl").read_text().splitlines())]
    assert {line["protocol"] for line in lines} == {hashlib.sha256(data).hexdigest()}
    wanted = {*read_protocol(str(FOLDER / "protocol.toml")).runs()}
    found = {(line["task"], line["arm"], line["graph"], line["seed"]) for line in lines}
    assert found == {(run.task, run.arm, run.graph, run.seed) for run in wanted}
    assert len(lines) == len(found)


def test_the_verdict_follows_from_the_results() -> None:
    rules = read_protocol(str(FOLDER / "protocol.toml"))
    lines, _ = read(FOLDER / "results.jsonl", rules.digest)
    found = json.loads(json.dumps(report(rules, judge(rules, lines))))
    written = json.loads((FOLDER / "verdict.json").read_text())
    assert [*leaves(found)] == [
        (at, pytest.approx(held, rel=1e-6, abs=1e-9) if type(held) is float else held)
        for at, held in leaves(written)
    ]
