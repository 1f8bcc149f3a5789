"""lab replay: a recording, its protocol, twins and rulers beside, bad input, the page."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from support.browsing import NARROW, barriers, overflow
from support.command import contents, run
from support.paths import SHARED
from support.scored import NAMES, compiled, graph

ACTIVITY = SHARED / "activity"
SAMPLES, RECORDED = 160, 30


@cache
def traces() -> str:
    """A table of traces that wander, those of numbers near to each other alike."""
    draw = np.random.default_rng(0)
    near = np.exp(-np.abs(np.arange(RECORDED)[:, None] - np.arange(RECORDED)) / 3)
    x, rows = np.zeros(RECORDED), ["time," + ",".join(NAMES[:RECORDED]) + ",ZZ"]
    for step in range(SAMPLES):
        x = 0.8 * x + near @ draw.normal(size=RECORDED)
        rows.append(f"{step / 2}," + ",".join(f"{v:.4f}" for v in x) + ",0")
    return "\n".join(rows) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the graph of a score, its leaky model and a recording."""
    for name in ("edges.csv", "xyz.csv"):
        (tmp_path / name).write_text(graph()[name])
    (tmp_path / "traces.csv").write_text(traces())
    compiled(tmp_path, "edges.csv", "m.py", "--dynamics", "leaky", "--dt", "0.5")
    return tmp_path


def replay(
    folder: Path, *words: str, traces: str = "traces.csv", count: int = 2
) -> Any:
    """`elegansc lab replay` into folder/out."""
    files = ("--traces", str(folder / traces), "--positions", str(folder / "xyz.csv"))
    ends = ("--count", str(count), "-o", str(folder / "out"), *words)
    return run("lab", "replay", str(folder / "m.py"), *files, *ends)


def test_a_model_its_twins_and_its_rulers(folder: Path) -> None:
    """One run: the result, its protocol, the page; the same bytes once more."""
    done = replay(folder, "--conductance", "0.5", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads((folder / "out" / "replay.json").read_text())
    assert json.loads(done.stdout) == found
    protocol = (folder / "out" / "protocol.json").read_bytes()
    assert found["schema"] == 1
    assert found["protocol"] == hashlib.sha256(protocol).hexdigest()
    written = json.loads(protocol)
    assert (written["count"], written["conductances"]) == (2, [0.5])
    assert (written["by"], written["halves"], written["first"]) == ("class", 8, 100)
    traces = hashlib.sha256((folder / "traces.csv").read_bytes()).hexdigest()
    assert written["traces"]["digest"] == traces
    assert written["fit"] is None and "leaks" not in written
    assert [one["conductance"] for one in found["settings"]] == [0.5, 0]
    for one in found["settings"]:
        assert len(one["score"]["halves"]) == 8
        for name in ("r", "over_mean"):
            twins = one["twins"][name]
            above = sum(each >= one["score"][name] for each in twins["each"])
            assert (twins["p"], len(twins["each"])) == ((1 + above) / 3, 2)
    assert found["neurons"] == NAMES[:RECORDED]
    assert len(found["settings"][0]["score"]["neurons"]) == RECORDED
    still = [bool(one["score"]["silent"]) for one in found["settings"]]
    assert done.stderr.count("of predictions are constant, and count as 0") == sum(
        still
    )
    first = found["settings"][0]["score"]
    assert first["low"] < first["r"] < first["high"]
    rulers = ["nearest", "distance kernel", "mirror partner, else mean", "mean"]
    assert list(found["rulers"]) == rulers
    assert 0 < found["twins"]["synapses_left_share"] < 1
    assert found["traces"]["used"] == 30
    assert found["traces"]["absent"] == ["ZZ"]
    assert found["traces"]["untraced"] == NAMES[RECORDED:]
    check_page((folder / "out" / "index.html").read_bytes().decode("ascii"))
    for words in (
        "traces    30 of 31 used; 160 samples down the rows, 0.5 of time apart",
        "warning   1 name of traces not in the model: ZZ",
        "10 neurons of the model without a trace: N30 ",
        "sample    a step of dt 0.5, time constants 1 as compiled; samples 101 to 160",
        "8 draws of halves by class",
        "warning   no synapse is negative",
        "twins     2 twins",
        "without junctions: ",
        "distance kernel: ",
        ", p ",
    ):
        assert words in done.stderr, done.stderr
    before = contents(folder / "out")
    assert sorted(before) == ["index.html", "protocol.json", "replay.json"]
    refused = replay(folder, "--conductance", "0.5")
    assert refused.exit_code == 1 and "replay.json: is there already" in refused.stderr
    for name in ("replay.json", "index.html"):
        (folder / "out" / name).unlink()  # as where it was stopped
    again = replay(folder, "--conductance", "0.5", "-q")
    assert (again.exit_code, again.output) == (0, "")
    assert contents(folder / "out") == before


def check_page(page: str) -> None:
    """The page draws every twin and the kernel, and names rulers and parameters."""
    assert page.count("<svg") == 2 and page.count('class="twin"') == 4
    assert page.count('class="mark"') == 2
    for words in (
        "nearest",
        "mirror partner",
        "nothing is fitted",
        "without junctions",
    ):
        assert words in page
    assert "<script" not in page and "http://" not in page


def test_halves_by_neuron_say_what_they_leak(folder: Path) -> None:
    done = replay(folder, "--conductance", "0", "--by-neuron", "--halves", "3", count=1)
    assert done.exit_code == 0, done.output
    assert "3 draws of halves by neuron" in done.stderr
    assert "warning   halves by neuron leak: where the partner" in done.stderr
    found = json.loads((folder / "out" / "replay.json").read_text())
    assert found["halves"]["by"] == "neuron"
    written = json.loads((folder / "out" / "protocol.json").read_text())
    assert written["leaks"].startswith("halves by neuron leak")
    assert "halves by neuron leak" in (folder / "out" / "index.html").read_text()


@pytest.mark.slow
def test_twins_are_fitted_alike(folder: Path) -> None:
    done = replay(folder, "--fit", "120", "--steps", "5", "--halves", "3", count=1)
    assert done.exit_code == 0, done.output
    found = json.loads((folder / "out" / "replay.json").read_text())
    written = json.loads((folder / "out" / "protocol.json").read_text())
    assert (written["fit"]["samples"], written["fit"]["steps"]) == (120, 5)
    assert (written["first"], written["begin"]) == (120, 20)
    assert "twins are fitted alike" in written["parameters"]
    assert "nothing is fitted" not in written["parameters"]
    assert [one["conductance"] for one in found["settings"]] == [1, 0]
    for one in found["settings"]:
        assert one["before"]["r"] != one["score"]["r"]
    assert "fit       5 steps on samples 1 to 120, twins alike; before: " in done.stderr
    assert "samples 121 to 160 are scored" in done.stderr
    plain = replay(folder, "--conductance", "1", "--halves", "3", "--force", count=1)
    assert plain.exit_code == 0, plain.output
    other = json.loads((folder / "out" / "replay.json").read_text())
    twins = [one["settings"][0]["twins"]["r"]["each"] for one in (found, other)]
    assert twins[0] != twins[1]


def test_hdf5_is_the_same_recording(folder: Path) -> None:
    h5py = pytest.importorskip("h5py")
    table = np.genfromtxt(folder / "traces.csv", delimiter=",", names=True)
    with h5py.File(folder / "a.h5", "w") as file:
        file["gcamp/traces"] = np.array([table[n] for n in NAMES[:RECORDED]]).T
        file["other"] = np.zeros((2, 2))
    rows = "".join(f"{k + 1},{name}\n" for k, name in enumerate(NAMES[:RECORDED]))
    (folder / "names.csv").write_text("trace,label\n" + rows)
    words = ("--conductance", "0", "--halves", "2", "-q")
    assert replay(folder, *words, count=1).exit_code == 0
    by_table = json.loads((folder / "out" / "replay.json").read_text())
    labels = ("--labels", str(folder / "names.csv"), "--force")
    given = (*words, "--dataset", "gcamp/traces", *labels)
    done = replay(folder, *given, traces="a.h5", count=1)
    assert done.exit_code == 0, done.output
    by_hdf5 = json.loads((folder / "out" / "replay.json").read_text())
    assert by_hdf5["settings"] == by_table["settings"]
    assert by_hdf5["traces"]["dataset"] == "gcamp/traces"
    refused = replay(folder, *words, *labels, traces="a.h5", count=1)
    assert refused.exit_code == 1
    assert "--dataset takes one of: " in refused.stderr


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (("--kernel-width", "0"), "--kernel-width 0: more than 0"),
        (("--kernel-width", "inf"), "--kernel-width inf: more than 0"),
        (("--steps", "3"), "--steps: of --fit alone"),
        (("--fit", "50"), "--fit 50: it trains on windows of 100 samples"),
        (("--conductance", "-1"), "--conductance -1: 0 or more"),
        (("--conductance", "1", "--conductance", "1"), "a value stands there twice"),
        (("--halves", "0"), "0 is not in the range"),
        (("--time", "up"), "'up' is not one of"),
    ],
)
def test_options_that_can_not_be(
    folder: Path, words: tuple[str, ...], seen: str
) -> None:
    done = replay(folder, *words)
    assert (done.exit_code, seen in done.stderr) == (2, True), done.stderr
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("old", "new", "seen"),
    [
        ("N03", "N02", "N02 has 2 traces, named N02, N02"),
        ("\n3.0,", "\n3.0,nan,", "33 cells, the first row has 32"),
        ("\n3.0,", "\n1.0,", "time is 1 after 2.5"),
        ("\n3.0,", "\nlate,", "time is late: no finite number"),
    ],
)
def test_recordings_that_can_not_be(
    folder: Path, old: str, new: str, seen: str
) -> None:
    path = folder / "traces.csv"
    path.write_text(path.read_text().replace(old, new, 1))
    done = replay(folder)
    assert (done.exit_code, seen in done.stderr) == (1, True), done.stderr
    assert not (folder / "out").exists()


def test_a_short_recording_is_refused(folder: Path) -> None:
    done = replay(folder, "--fit", "150")
    assert done.exit_code == 1
    assert "160 samples: the first 150 are fitted to, 20 at least" in done.stderr
    lines = (folder / "traces.csv").read_text().splitlines()[:100]
    (folder / "traces.csv").write_text("\n".join(lines) + "\n")
    done = replay(folder)
    assert done.exit_code == 1
    assert "99 samples: the first 100 are for the network to settle" in done.stderr


def test_gaps_and_still_traces_are_told(folder: Path) -> None:
    path = folder / "traces.csv"
    head, *rows = [line.split(",") for line in path.read_text().splitlines()]
    for row in rows:
        row[1], row[2] = "", "7"
    path.write_text("\n".join(",".join(row) for row in [head, *rows]) + "\n")
    done = replay(folder, "--conductance", "0", "--halves", "1", count=1)
    assert done.exit_code == 0, done.stderr
    assert "1 neuron whose trace is empty: N00" in done.stderr
    assert (
        "1 neuron whose trace is constant, over all or over a part: N01" in done.stderr
    )
    rows[5][4] = ""
    path.write_text("\n".join(",".join(row) for row in [head, *rows]) + "\n")
    done = replay(folder)
    assert done.exit_code == 1
    assert "N03: 1 of 160 samples are no number, the first is sample 6" in done.stderr


@pytest.mark.parametrize("words", [(), ("--feedback", "delay")])
def test_models_without_time_are_refused(folder: Path, words: tuple[str, ...]) -> None:
    compiled(folder, "edges.csv", "m.py", "--force", *words)
    done = replay(folder)
    assert done.exit_code == 1 and "--dynamics leaky" in done.stderr


def test_the_page_is_for_everyone(folder: Path, browser: Any) -> None:
    done = replay(folder, "--conductance", "1", "--halves", "1", "-q", count=1)
    assert done.exit_code == 0, done.output
    page = browser.new_page(viewport={"width": NARROW, "height": 800})
    page.goto((folder / "out" / "index.html").as_uri())
    assert overflow(page) <= 0
    assert barriers(page) == []


def dag(tmp_path: Path, *words: str) -> Any:
    """The published recording, replayed in the worm of `cook2019`; its result."""
    if not ACTIVITY.is_dir():
        pytest.skip(f"the published recordings are not here: {ACTIVITY}")
    pytest.importorskip("h5py")
    model, out, name = (
        str(tmp_path / "m.py"),
        str(tmp_path / "o"),
        "dag2023_2022-08-02-31",
    )
    leaky = ("--dynamics", "leaky", "--dt", "0.5", "-o", model, "-q")
    assert run("compile", "cook2019", *leaky).exit_code == 0
    files = (
        *("--traces", str(ACTIVITY / f"{name}.h5"), "--dataset", "gcamp/trace_array"),
        *("--labels", str(ACTIVITY / f"{name}_labels.csv")),
        *("--positions", str(ACTIVITY / "positions.txt")),
    )
    done = run("lab", "replay", model, *files, "-o", out, *words, "--json", "-q")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.mark.shared
@pytest.mark.slow
def test_the_published_recording(tmp_path: Path) -> None:
    """The figures of the note that this protocol was written by; one twin for time."""
    found = dag(tmp_path, "--count", "1", "--conductance", "1")
    first, bare = found["settings"]
    assert first["score"]["r"] == pytest.approx(0.326, abs=0.015)
    assert first["score"]["over_mean"] == pytest.approx(0.185, abs=0.015)
    assert bare["score"]["r"] == pytest.approx(0.258, abs=0.015)
    rulers = {name: of["r"] for name, of in found["rulers"].items()}
    assert rulers["distance kernel"] == pytest.approx(0.289, abs=0.02)
    assert rulers["mean"] == pytest.approx(0.270, abs=0.02)
    assert rulers["nearest"] == pytest.approx(0.233, abs=0.02)
    assert first["twins"]["r"]["largest"] < first["score"]["r"]
    assert found["traces"]["used"] == 101  # VB02 is VB2; the note had 100
    assert found["traces"]["absent"] == ["AIA?", "AIM?"]


@pytest.mark.shared
@pytest.mark.slow
def test_the_published_recording_by_neuron(tmp_path: Path) -> None:
    words = ("--count", "1", "--conductance", "1", "--by-neuron")
    found = dag(tmp_path, *words)
    assert found["settings"][0]["score"]["r"] == pytest.approx(0.413, abs=0.015)
    partner = found["rulers"]["mirror partner, else mean"]["r"]
    assert partner == pytest.approx(0.388, abs=0.02)
