"""`generated/tables/` is what its results say under the protocol they were run by."""

from __future__ import annotations

import json

import pytest
from support.paths import GENERATED, ROOT

from elegansc.lab.judging.tables import report, tables
from elegansc.lab.pages.labels import ARMS
from elegansc.lab.pages.table_sentences import shown
from elegansc.lab.protocol.one_table import check_table
from elegansc.lab.protocol.protocol import Protocol
from elegansc.lab.protocol.reading import read_protocol
from elegansc.lab.running.results import read

FOLDER = GENERATED / "tables"


@pytest.fixture(scope="module")
def rules() -> Protocol:
    return read_protocol(str(FOLDER / "protocol.toml"))


def test_every_run_of_the_protocol_is_there(rules: Protocol) -> None:
    lines, _ = read(FOLDER / "results.jsonl", rules.digest)
    assert {*lines} == {*rules.runs()} and len(lines) == 88
    assert {line["status"] for line in lines.values()} == {"finished"}


def test_the_tables_follow_from_the_results(rules: Protocol) -> None:
    lines, _ = read(FOLDER / "results.jsonl", rules.digest)
    found = tables(rules, lines)
    text = json.dumps(report(rules, found), indent=2, allow_nan=False) + "\n"
    assert text == (FOLDER / "table.json").read_text()
    page = (FOLDER / "README.md").read_text()
    for table in found:
        assert " ".join(shown(table)) in page
        assert min(row.score.n for row in table.rows) >= 4


def test_rows_have_equal_parameters_but_that_without_a_network(
    rules: Protocol,
) -> None:
    lines, _ = read(FOLDER / "results.jsonl", rules.digest)
    for table in tables(rules, lines):
        worm = table.worm(table.kind).network_parameters
        for row in table.rows:
            wanted = 0 if row.arm == "identity" else pytest.approx(worm, rel=0.015)
            assert row.network_parameters == wanted


def test_the_full_size_has_the_same_rows_and_more_seeds(rules: Protocol) -> None:
    full = read_protocol(str(FOLDER / "full.toml"))
    check_table(full)
    for small, large in zip(rules.tasks, full.tasks, strict=True):
        arms = {arm.name for arm in large.arms}
        assert {arm.name for arm in small.arms} == arms - {"ws", "ba"}
        assert large.images > small.images and large.epochs > small.epochs


def test_the_page_on_elegansnet_quotes_the_tables() -> None:
    page = (ROOT / "docs" / "elegansnet.md").read_text()
    found = json.loads((FOLDER / "table.json").read_text())["tables"]
    for one, two in zip(*(table["rows"] for table in found), strict=True):
        scores = (one["score"], two["score"])
        cells = [
            f"{score['mean']:.4f} ({score['low']:.4f} to {score['high']:.4f})"
            for score in scores
        ]
        assert f"| {ARMS[one['arm']]} | {' | '.join(cells)} |" in page
    leads = [
        {row["arm"]: row["lead"] for row in table["rows"] if row["lead"]}
        for table in found
    ]
    assert [len(lead) for lead in leads] == [10, 10]
    above = [{arm for arm in lead if lead[arm]["low"] > 0} for lead in leads]
    below = [{arm for arm in lead if lead[arm]["high"] < 0} for lead in leads]
    assert above == [{"published"}] * 2 and below == [{"convolution"}, set()]
    means = [row["score"]["mean"] for row in found[1]["rows"]]
    assert max(means) - min(means) < 0.022
