"""Tables 1 and 2: one command trains the rows of a protocol, and writes what they show."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from scipy import stats
from support.comparison import results_of, spoilt
from support.lab_toys import write_data

from elegansc.cli.main import cli
from elegansc.errors import InputError
from elegansc.lab.judging.statistics import interval_of_difference
from elegansc.lab.judging.tables import Table, report, tables
from elegansc.lab.pages.table_page import readme
from elegansc.lab.pages.table_sentences import shown
from elegansc.lab.protocol.one_table import check_table
from elegansc.lab.protocol.protocol import Protocol, Run
from elegansc.lab.protocol.reading import read_protocol

SMALL = """\
schema = 2
[task.cifar10]
source = "witvliet2021-1"
images = 64
validation = 32
test = 32
epochs = 2
batch = 16
lr = 1e-2
metric = "top1"
margin = 0.01
tests = []
[task.cifar10.compile]
features = 8
unit = "linear"
width = 4
cycles = "fast"
[task.cifar10.arms]
identity = {seeds = 2}
linear = {seeds = 1}
convolution = {seeds = 1}
randwire = {seeds = 1}
published = {seeds = 1}
delay = {seeds = 1}
worm = {seeds = 1, more_seeds = 1}
degree = {graphs = 2, seeds = 1}
"""
ARMS = ("identity", "linear", "convolution", "randwire", "published", "delay")


def invoke(*words: object) -> Result:
    return CliRunner().invoke(cli, ["lab", "table", *map(str, words)])


def written(folder: Path, text: str = SMALL) -> Path:
    path = folder / "protocol.toml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Path:
    """A folder with a protocol and, in `out`, all that the command makes of it."""
    place = tmp_path_factory.mktemp("whole")
    words = ("-o", place / "out", "--data", data, "--jobs", 1, "--note", "On a toy.")
    found = invoke(written(place), *words)
    assert found.exit_code == 0, found.output
    assert "11 runs, 11 of them now" in found.output
    return place


def test_the_table_is_what_the_results_say(whole: Path) -> None:
    lines = [*map(json.loads, (whole / "out/results.jsonl").read_text().splitlines())]
    (found,) = json.loads((whole / "out/table.json").read_text())["tables"]
    rows = {row["arm"]: row for row in found["rows"]}

    assert [*rows] == [*ARMS, "worm", "degree"]
    assert (found["table"], found["steps"], found["baseline"]) == (1, 8, 0.1)
    for arm, row in rows.items():
        own = [line for line in lines if line["arm"] == arm]
        scores = [line["test"]["top1"] for line in own]
        assert row["score"]["n"] == len(own)
        assert row["score"]["mean"] == pytest.approx(np.mean(scores))
        assert row["multiply_adds"] == round(np.mean([n["multiply_adds"] for n in own]))
        assert row["parameters"] == round(np.mean([n["parameters"] for n in own]))
        assert row["step_seconds"] == np.median([n["step_seconds"] for n in own]) > 0
    assert rows["linear"]["score"]["low"] is None
    worm, bare = rows["worm"]["network_parameters"], rows["identity"]
    assert bare["network_parameters"] == 0 < worm
    assert rows["worm"]["parameters"] == bare["parameters"] + worm
    assert rows["delay"]["multiply_adds"] > rows["worm"]["multiply_adds"]


def test_the_page_has_a_line_a_row_and_says_what_it_is_not(whole: Path) -> None:
    text = (whole / "out/README.md").read_text()

    names = ("no graph", "linear", "RandWire, WS(4, 0.75)", "worm, published sweep")
    for name in (*names, "worm, delay", "worm", "degrees kept", "chance"):
        assert text.count(f"\n| {name} |") == 1
    assert "paper's own tables hold is not known to us" in text and "On a toy." in text
    assert text.index("Best of CIFAR-10") < text.index("| model |")


def test_a_whole_table_is_written_again_from_its_results_alone(
    whole: Path, data: Path
) -> None:
    out = whole / "out"
    before = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}

    again = invoke(
        whole / "protocol.toml", "-o", out, "--data", data, "--note", "On a toy."
    )
    assert again.exit_code == 0 and "11 runs, 0 of them now" in again.output
    alone = invoke(whole / "protocol.toml", "-o", out, "--note", "On a toy.", "--json")
    assert alone.exit_code == 0 and "unchanged" in alone.output
    after = {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}
    assert after == before


def test_what_is_not_ours_is_not_written_over(whole: Path, tmp_path: Path) -> None:
    (tmp_path / "results.jsonl").write_bytes((whole / "out/results.jsonl").read_bytes())
    (tmp_path / "README.md").write_text("# Mine\n")

    found = invoke(whole / "protocol.toml", "-o", tmp_path)

    assert (
        found.exit_code == 1 and "is not a file that elegansc lab table" in found.output
    )
    assert (tmp_path / "README.md").read_text() == "# Mine\n"
    assert not (tmp_path / "table.json").exists()


def test_results_of_another_protocol_and_none_are_refused(
    whole: Path, tmp_path: Path
) -> None:
    other = written(tmp_path, SMALL.replace("lr = 1e-2", "lr = 1e-3"))

    found = invoke(other, "-o", whole / "out")
    assert found.exit_code == 1 and "results of two settings never mix" in found.output
    empty = invoke(other, "-o", tmp_path / "none")
    assert empty.exit_code == 1 and "give --data DIR, to train" in empty.output


TWO = SMALL + SMALL.partition("schema = 2\n")[2].replace(
    "task.cifar10", "task.wide"
).replace("[task.wide]\n", '[task.wide]\ntask = "cifar10"\n')


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        (SMALL.replace("linear = {", "lineal = {"), "no such arm: 'lineal'"),
        (
            SMALL.replace("tests = []", 'tests = ["degree"]')
            .replace("worm = {seeds = 1, more_seeds = 1}", "worm = {seeds = 2}")
            .replace(
                "degree = {graphs = 2, seeds = 1}", "degree = {graphs = 2, seeds = 2}"
            ),
            "task.cifar10.tests: a table tests nothing",
        ),
        (
            TWO[:400] + TWO[400:].replace("epochs = 2", "epochs = 3"),
            "rows of one table have equal data and steps",
        ),
    ],
)
def test_a_protocol_that_makes_no_table_is_refused(
    tmp_path: Path, text: str, seen: str
) -> None:
    found = invoke(written(tmp_path, text), "-o", tmp_path / "out")
    assert found.exit_code == 1 and seen in found.output


def test_the_difference_of_two_means_has_the_interval_of_welch() -> None:
    a, b = [0.1, 0.2, 0.4, 0.3], [0.5, 0.45, 0.6]
    found = interval_of_difference(a, b)
    known = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)

    assert (found.low, found.high) == pytest.approx((known.low, known.high))
    assert found.mean == pytest.approx(np.mean(a) - np.mean(b))
    assert math.isnan(interval_of_difference(a, [0.1]).low)
    assert interval_of_difference([1.0, 1.0], [0.5, 0.5]).low == 0.5


MADE_UP = """\
schema = 2
[task.cifar10]
source = "cook2019"
images = 1000
validation = 100
test = 100
epochs = 4
batch = 100
lr = 1e-3
metric = "top1"
margin = 0.02
tests = []
[task.cifar10.compile]
features = 16
unit = "linear"
[task.cifar10.arms]
worm = {seeds = 1, more_seeds = 3}
identity = {seeds = 4}
mlp = {seeds = 4}
frozen = {seeds = 4}
degree = {graphs = 4, seeds = 1}
"""


def table_of(folder: Path, shifts: dict[str, float]) -> tuple[Protocol, Table, Any]:
    """A table of made-up results, those of each arm shifted."""
    protocol = read_protocol(str(written(folder, MADE_UP)))
    check_table(protocol)

    def shift(run: Run) -> float:
        return shifts.get(run.arm, 0.0)

    found = results_of(protocol, shift)
    return protocol, tables(protocol, found)[0], found


def test_where_no_graph_is_better_it_is_said_first(tmp_path: Path) -> None:
    """Of the made-up levels, identity has 0.64, the worm 0.60, frozen 0.5."""
    protocol, table, found = table_of(tmp_path, {})
    text = " ".join(shown(table))

    assert "** Best of CIFAR-10, by top-1, is no graph, 0.6" in text
    assert "a better mean than all 3 rows with a graph: a graph is a cost here" in text
    assert "It is above the worm, frozen (+0." in text and "below no graph (" in text
    assert text.startswith("**The worm is not told from its random twins and below no")
    assert "A training is 40 steps; in 20 of 20 the last epoch" in text
    page = readme(protocol, found, [table])
    assert page.index("a graph is a cost here") < page.index("| model |")
    json.dumps(report(protocol, [table]), allow_nan=False)


def test_where_graphs_are_better_they_are_named(tmp_path: Path) -> None:
    _, table, _ = table_of(tmp_path, {"identity": -0.04, "worm": 0.2})
    text = " ".join(shown(table))

    assert "** Best of CIFAR-10, by top-1, is the worm, 0.7991" in text
    assert "Of 3 rows with a graph 1 has a better mean than no graph at all" in text
    assert "**The worm is above its random twins and no graph at all.**" in text
    assert "below" not in text and "not told from" not in text


def test_what_is_missing_or_gave_nan_is_counted(tmp_path: Path) -> None:
    protocol, _, found = table_of(tmp_path, {})
    lines = dict(found)
    first, second = (run for run in lines if run.arm == "mlp" and run.seed < 2)
    del lines[first]
    lines[second] = spoilt(lines[second])
    rest = {run: line for run, line in lines.items() if run.arm != "worm"}

    (table,) = tables(protocol, lines)
    row = next(row for row in table.rows if row.arm == "mlp")
    assert (row.missing, row.nan) == (1, 1)
    assert next(shown(table)) == "**Not complete: 1 training to go.**"
    (none,) = tables(protocol, rest)
    assert "the worm" not in " ".join(shown(none)).lower()
    assert "–" in readme(protocol, rest, [none])
    with pytest.raises(InputError, match="results of another protocol"):
        tables(protocol, {replace(first, arm="er", graph=9): found[first]})


def test_several_tasks_of_a_kind_make_one_table(tmp_path: Path) -> None:
    text = MADE_UP.partition("schema = 2\n")[2].replace("task.cifar10", "task.relu")
    text = text.replace("[task.relu]\n", '[task.relu]\ntask = "cifar10"\n', 1)
    arms = text.index("identity")
    both = MADE_UP + text[:arms].replace(
        "features =", 'activation = "relu"\nfeatures ='
    )
    protocol = read_protocol(str(written(tmp_path, both)))
    check_table(protocol)
    found = results_of(protocol)

    (table,) = tables(protocol, found)
    page = readme(protocol, found, [table])
    assert [row.task for row in table.rows] == ["cifar10"] * 5 + ["relu"]
    for name in ("cifar10: worm", "cifar10: worm, frozen", "relu: worm"):
        assert page.count(f"\n| {name} |") == 1
    told = " ".join(shown(table))
    assert "**The worm of cifar10 is" in told and "The worm of relu is" not in told
    assert "Relu: the worm has 0." in told
