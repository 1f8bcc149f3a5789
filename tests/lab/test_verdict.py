"""The verdict, its README and its JSON: words that follow from the numbers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command import contents, run
from support.comparison import Shift, protocol_in, results_of, spoilt, written

from elegansc.lab.judging.judge import judge
from elegansc.lab.judging.report import report
from elegansc.lab.pages.sentences import outcome, power, verdict
from elegansc.lab.pages.verdict import readme
from elegansc.lab.protocol.protocol import Protocol, Run


def better(run: Run) -> float:
    return 0.2 if run.arm == "worm" else 0.0


def worse(run: Run) -> float:
    return -0.2 if run.arm == "worm" else 0.0


def same(run: Run) -> float:
    return {"er": 0.015, "degree": 0.002}.get(run.arm, 0.0)


def noisy(run: Run) -> float:
    return 0.1 * (-1) ** run.graph if run.graph else 0.0


def said(folder: Path, shift: Shift, *, side: str = "both", graphs: int = 79) -> str:
    protocol = judged_by(folder, side, graphs)
    return " ".join(verdict(protocol, judge(protocol, results_of(protocol, shift))))


def judged_by(folder: Path, side: str, graphs: int) -> Protocol:
    from support.comparison import TEXT

    text = TEXT.replace('side = "better"', f'side = "{side}"')
    return protocol_in(folder, graphs=graphs, seeds=2, text=text)


@pytest.mark.parametrize(
    "shift, side, words",
    [
        (better, "both", "the worm is better than Erdős-Rényi (cifar10)"),
        (better, "better", "the worm is better than Erdős-Rényi (cifar10)"),
        (worse, "both", "the worm is worse than Erdős-Rényi (cifar10)"),
        (worse, "better", "neither a difference nor equivalence is shown against"),
        (worse, "better", "the worm is not shown to be better"),
        (
            same,
            "both",
            "the worm's mean is equivalent to that of Erdős-Rényi (cifar10)",
        ),
        (same, "both", "does not show here"),
        (noisy, "both", "neither a difference nor equivalence is shown against"),
    ],
)
def test_the_verdict_follows_from_the_numbers(
    tmp_path: Path, shift: Shift, side: str, words: str
) -> None:
    assert words in said(tmp_path, shift, side=side)


def test_a_worm_that_is_better_does_not_fail_the_claim(tmp_path: Path) -> None:
    assert "does not show here" not in said(tmp_path, better)


def test_too_few_graphs_are_said_to_be_too_few(tmp_path: Path) -> None:
    """Ten graphs: the best worm of all is no result, and the README says why."""
    words = said(tmp_path, better, graphs=10)
    protocol = judged_by(tmp_path, "both", 10)
    judged = judge(protocol, results_of(protocol, better))

    assert "with 10 graphs no difference could be" in words
    assert {outcome(one, 0.05) for one in judged[0].comparisons if one.tested} == {
        "open"
    }
    spelled = " ".join(power(protocol, judged))
    assert "least p = 0.36 after Holm. 79 graphs would be needed." in spelled


def test_an_unfinished_comparison_says_so(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=9, few=3)
    results = results_of(protocol)
    bad = Run("cifar10", "ws", 2, 0)
    results[bad] = spoilt(results[bad])
    del results[Run("cifar10", "er", 4, 0)]
    text = readme(protocol, results, judge(protocol, results))

    assert "**Not complete:**" in text
    assert "Missing: cifar10 er-4 seed 0." in text
    assert "NaN: cifar10 ws-2 seed 0. Each counts as the worst finished one." in text


def test_nothing_at_all_is_a_readme_too(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=3, few=3)
    text = readme(protocol, {}, judge(protocol, {}))

    assert "None of 2 tests can be made yet." in text
    assert "0 of 26; 0.0 hours" in text
    assert "nan" not in text


def test_the_readme_holds_what_was_asked(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path)
    results = results_of(protocol)
    text = readme(protocol, results, judge(protocol, results), "Run on a toaster.")

    for words in (
        protocol.digest,
        "10,000 of 50,000 training and 1,000 of 10,000 test images, 6 epochs",
        "| an image black all over | 0.8471 | 0 |  |  |",
        "99.99 %",
        "Run on a toaster.",
        "share of weight that runs backward",
        "elegansc lab compare protocol.toml",
    ):
        assert words in text
    widths = {
        len(block.splitlines()[0].split("|")) == len(line.split("|"))
        for block in text.split("\n\n")
        if block.startswith("|")
        for line in block.splitlines()
    }
    assert widths == {True}


def test_the_report_is_json_with_a_schema(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=5, few=3)
    found = report(protocol, judge(protocol, results_of(protocol)))
    found = json.loads(json.dumps(found, allow_nan=False))

    assert (found["schema"], found["complete"]) == (2, True)
    assert found["protocol"]["digest"] == protocol.digest
    cifar, mnist = found["tasks"]
    assert [arm["arm"] for arm in cifar["arms"]][:2] == ["worm", "er"]
    ws = next(one for one in cifar["comparisons"] if one["generator"] == "ws")
    assert ws["p_holm"] is None and 0 < ws["p"] <= 1
    assert mnist["all_black"] == 0.8471
    assert len(cifar["arms"][1]["graphs"]) == 5


@pytest.mark.slow
def test_the_command_writes_all_and_overwrites_nothing(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=4, few=3)
    results = written(tmp_path / "results.jsonl", results_of(protocol))
    words = ["lab", "figure", str(results), "--protocol", protocol.label, "-o"]
    out = tmp_path / "out"
    done = run(*words, str(out), "--json", "--note", "On one core.")

    assert done.exit_code == 0, done.output
    assert sorted(contents(out)) == [
        "README.md",
        "figure2.png",
        "figure2.svg",
        "graphs.png",
        "graphs.svg",
        "verdict.json",
    ]
    assert done.stdout.encode() == (out / "verdict.json").read_bytes()
    assert "after Holm" in done.stderr
    before = contents(out)
    again = run(*words, str(out), "-q")
    assert again.exit_code == 1 and "--force" in again.output
    assert contents(out) == before
    assert (
        run(*words, str(out), "-q", "--force", "--note", "On one core.").exit_code == 0
    )
    assert contents(out) == before


def test_results_of_another_protocol_are_refused(tmp_path: Path) -> None:
    protocol = protocol_in(tmp_path, graphs=4, few=3)
    results = written(tmp_path / "results.jsonl", results_of(protocol))
    Path(protocol.label).write_text("# later\n" + Path(protocol.label).read_text())
    words = ["lab", "figure", str(results), "--protocol", protocol.label, "-o"]
    done = run(*words, str(tmp_path / "out"))

    assert done.exit_code == 1 and "protocol" in done.output
    assert not (tmp_path / "out").exists()
    gone = run("lab", "figure", "none.jsonl", *words[3:], str(tmp_path / "out"))
    assert gone.exit_code == 1 and "no such file" in gone.output
