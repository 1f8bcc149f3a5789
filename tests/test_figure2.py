"""`generated/figure2/` is what its results say under the protocol they were run by."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from elegansc.lab.judge import judge
from elegansc.lab.protocol import read_protocol
from elegansc.lab.report import report
from elegansc.lab.runs import read

FOLDER = Path(__file__).parent.parent / "generated/figure2"


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
    assert found["protocol"] == written["protocol"]
    assert found.keys() == written.keys()
