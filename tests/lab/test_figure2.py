"""`generated/figure2/` is what its results say under the protocol they were run by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from support.paths import GENERATED

from elegansc.lab.judging.judge import judge
from elegansc.lab.judging.noise import spreads
from elegansc.lab.judging.report import report
from elegansc.lab.pages.doubts import doubts
from elegansc.lab.protocol.reading import read_protocol
from elegansc.lab.running.results import read

FOLDER = GENERATED / "figure2"
GENERATORS = ("er", "ws", "ba", "degree")


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
    found = report(rules, judge(rules, lines))
    text = json.dumps(found, indent=2, allow_nan=False) + "\n"
    assert text == (FOLDER / "verdict.json").read_text()
    assert found["schema"] == 2
    assert not any("adjusted" in at or "leverage" in at for at, _ in leaves(found))


def test_the_readme_says_first_what_the_run_cannot_tell() -> None:
    text = (FOLDER / "README.md").read_text()
    first = text.index("this run had no power")
    assert (
        first < text.index("no graph at all beats every arm") < text.index("## Verdict")
    )
    rules = read_protocol(str(FOLDER / "protocol.toml"))
    lines, _ = read(FOLDER / "results.jsonl", rules.digest)
    judged = judge(rules, lines)
    for sentence in doubts(rules, lines, judged):
        assert f"- {sentence}\n" in text
    ratios = [each.ratio for each in spreads(judged[0])]
    graphs = np.array(
        [[g.value["top1"] for g in judged[0].group(a).graphs] for a in GENERATORS]
    )
    seeds = [run["top1"] for run in judged[0].group("worm").runs]
    assert np.allclose(ratios, graphs.var(axis=1, ddof=1) / np.var(seeds, ddof=1))
    assert "155 optimiser steps; in 144 of 181" in text
