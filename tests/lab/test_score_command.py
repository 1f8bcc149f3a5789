"""lab score: the pulse, its protocol, twins and rulers beside, bad input, the page."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from support.command import contents, run
from support.paths import SHARED
from support.scored import HEAD, SIZE, compiled, score, written

from elegansc.lab.measuring.inputs import read_leaky
from elegansc.lab.protocol.pulse import Pulse
from elegansc.lab.running.pulses import Leaky

ACTIVITY = SHARED / "activity"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the graph, its leaky model and an atlas."""
    return written(tmp_path)


def test_a_model_its_twins_and_its_rulers(folder: Path) -> None:
    """One run: the result, its protocol, the page; the same bytes once more."""
    done = score(folder, "--conductance", "0.5", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads((folder / "out" / "score.json").read_text())
    assert json.loads(done.stdout) == found
    protocol = (folder / "out" / "protocol.json").read_bytes()
    assert found["schema"] == 1
    assert found["protocol"] == hashlib.sha256(protocol).hexdigest()
    written = json.loads(protocol)
    assert (written["count"], written["conductances"]) == (3, [0.5])
    atlas = hashlib.sha256((folder / "atlas.csv").read_bytes()).hexdigest()
    assert written["atlas"] == {"label": "atlas.csv", "digest": atlas}
    (model,) = found["models"]
    assert (model["file"], model["semantics"]) == ("m.py", "leaky")
    settings = model["settings"]
    assert [one["conductance"] for one in settings] == [0.5, 0]
    for one in settings:
        twins = one["twins"]["gain"]
        above = sum(each >= one["score"]["gain"] for each in twins["each"])
        assert twins["p"] == (1 + above) / 4
        assert len(twins["each"]) == 3
        assert twins["z"] is None  # of three twins
    gain = settings[0]["twins"]["gain"]
    assert gain["p_holm"] == gain["p"] and "p_holm" not in settings[1]["twins"]["gain"]
    assert settings[0]["score"]["area"] > 0.6  # near neurons respond
    assert {"distance", "stimulations", "rate", "contacts"} <= set(found["rulers"])
    assert 0 < found["twins"]["synapses_left_share"] < 1
    assert found["atlas"]["itself"] == SIZE
    assert "nothing is fitted" in model["parameters"]
    check_page((folder / "out" / "index.html").read_bytes().decode("ascii"))
    for words in (
        "protocol ",
        "warning   no synapse is negative",
        "twins     3 twins",
        "without junctions: ",
        ", p ",
        "; in brackets the twins' mean",
        "rest      states move by 0 a step before the pulse, 100 steps on",
        "lacks     nothing of the table; beyond it spikes",
    ):
        assert words in done.stderr
    before = contents(folder / "out")
    assert sorted(before) == ["index.html", "protocol.json", "score.json"]
    refused = score(folder, "--conductance", "0.5")
    assert refused.exit_code == 1 and "score.json: is there already" in refused.stderr
    for name in ("score.json", "index.html"):
        (folder / "out" / name).unlink()  # as where it was stopped
    again = score(folder, "--conductance", "0.5", "-q")
    assert (again.exit_code, again.output) == (0, "")
    assert contents(folder / "out") == before
    other = score(folder, "--conductance", "2")
    assert other.exit_code == 1 and "protocol.json: is there already" in other.stderr


def check_page(page: str) -> None:
    """The page draws every twin, and names rulers and parameters."""
    assert page.count("<svg") == 2 and page.count('class="twin"') == 6
    for words in ("stimulations", "contacts", "nothing is fitted", "without junctions"):
        assert words in page
    assert "<script" not in page and "http://" not in page


def test_a_pulse_reaches_along_the_wiring(folder: Path) -> None:
    """Against the equation, step by step, in numpy."""
    model = read_leaky(str(folder / "m.py"))
    net = Leaky(model.circuit, model.options, "m.py")
    net.anatomical(2.0)
    with torch.no_grad():
        net.net.bias.fill_(0.1)  # so that the rest is not 0
    found = net.peaks([3, 7], Pulse(10, 5, 37))
    circuit, size = model.circuit, SIZE
    w, g = np.zeros((size, size)), np.zeros((size, size))
    w[circuit.chemical.post, circuit.chemical.pre] = circuit.chemical.weight
    w *= 0.8 / np.maximum(w.sum(1, keepdims=True), 1)
    g[circuit.junctions.left, circuit.junctions.right] = 2 * circuit.junctions.weight
    g += g.T
    carry = np.linalg.inv(np.diag(11 + g.sum(1)) - g)

    def moved(x: Any, current: Any) -> Any:
        return (x * 10 + 0.1 + current + np.tanh(x) @ w.T) @ carry.T

    rest = np.zeros(size)
    for _ in range(5000):
        rest = moved(rest, 0)
    x, peak = np.tile(rest, (2, 1)), np.zeros((2, size))
    for step in range(37):
        current = np.zeros((2, size))
        if step < 5:
            current[[0, 1], [3, 7]] = 10
        x = moved(x, current)
        peak = np.maximum(peak, np.abs(x - rest))
    np.testing.assert_allclose(found.response[:, [3, 7]].T, peak, atol=1e-6)
    assert found.residue < 1e-9 and found.settled % 37 == 0
    rest_of = np.delete(found.response, [3, 7], 1)
    assert not rest_of.any()


def fit(folder: Path, model: str) -> None:
    """Save a checkpoint beside a model."""
    space: dict[str, Any] = {}
    exec((folder / model).read_text(), space)
    net = space["Fitted"]()
    with torch.no_grad():
        net.gain.fill_(0.1)
    save_file(net.state_dict(), str((folder / model).with_suffix(".safetensors")))


@pytest.mark.slow
@pytest.mark.parametrize("kind", [("--dynamics", "leaky"), ("--feedback", "delay")])
def test_a_fitted_model_beside_fitted_twins(
    folder: Path, kind: tuple[str, str]
) -> None:
    null = ("--null", "degree-distance", "--positions", str(folder / "xyz.csv"))
    ends = ("--inputs", "N0*", "--outputs", "N3*", "--weight-unit", "contacts")
    twins = folder / "twins"
    made = run(
        "rewire",
        str(folder / "edges.csv"),
        *null,
        *ends,
        "--count",
        "2",
        "-o",
        str(twins),
        "-q",
    )
    assert made.exit_code == 0, made.output
    words = (*kind, "--name", "Fitted")
    compiled(folder, "edges.csv", "f.py", *words)
    for index in (1, 2):
        compiled(
            twins, f"degree-distance-{index}.csv", f"degree-distance-{index}.py", *words
        )
        fit(twins, f"degree-distance-{index}.py")
    fit(folder, "f.py")
    words = ("--weights", str(folder / "f.safetensors"), "--twin-weights", str(twins))
    done = score(folder, *words, model="f.py", count=2)
    assert done.exit_code == 0, done.output
    found = json.loads((folder / "out" / "score.json").read_text())
    (model,) = found["models"]
    settings = ["as fitted", "without junctions"][: 2 if "leaky" in kind else 1]
    assert [one["words"] for one in model["settings"]] == settings
    assert model["parameters"].startswith("the model's own")
    written = json.loads((folder / "out" / "protocol.json").read_text())
    assert sorted(written["weights"]) == ["model", "twin 1", "twin 2"]
    other = score(folder, *words, "--seed", "1", "--force", model="f.py", count=2)
    assert other.exit_code == 1
    assert "degree-distance-1.py: not twin 1 of seed 1" in other.stderr
    save_file({"gain": torch.zeros(3)}, str(folder / "f.safetensors"))
    wrong = score(folder, *words, "--force", model="f.py", count=2)
    assert wrong.exit_code == 1 and "f.safetensors: " in wrong.stderr


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (("--weights", "w.safetensors"), "--twin-weights DIR is missing"),
        (("--twin-weights", "twins"), "--weights FILE is missing"),
        (("--conductance", "-1"), "--conductance -1: 0 or more"),
        (("--conductance", "nan"), "--conductance nan: 0 or more"),
        (("--conductance", "1", "--conductance", "1"), "stands there twice"),
        (("--pulse", "0"), "--pulse 0: a finite current"),
        (("--pulse", "inf"), "--pulse inf"),
        (("--on", "9", "--steps", "8"), "--on 9: more than --steps 8"),
        (("--count", "0"), "--count"),
    ],
)
def test_options_that_can_not_be(folder: Path, words: Any, seen: str) -> None:
    done = score(folder, *words)
    assert (done.exit_code, seen in done.stderr) == (2, True), done.stderr
    assert not (folder / "out").exists()


def test_an_edited_model_is_not_run(folder: Path) -> None:
    path = folder / "m.py"
    path.write_bytes(path.read_bytes().replace(b"import math", b"import math, os"))
    done = score(folder)
    assert done.exit_code == 1 and "edited by hand" in done.stderr


@pytest.mark.parametrize(
    ("rows", "seen"),
    [
        ("N01,N02,1.5,0,3\n", "q is 1.5, from 0 to 1"),
        ("N01,N02,0.1,0,3\nN01,N02,0.2,0,3\n", "N01 -> N02 stands there twice"),
        ("N01,N02,0.5,0.1,3\nN02,N01,0.6,0.1,3\n", "0 of 2 pairs of edges.csv respond"),
        ("ZZ,YY,0.01,0.1,3\n", "0 of 0 pairs"),
    ],
)
def test_atlases_that_can_not_be(folder: Path, rows: str, seen: str) -> None:
    (folder / "atlas.csv").write_text(HEAD + rows)
    done = score(folder)
    assert (done.exit_code, seen in done.stderr) == (1, True), done.stderr
    assert not (folder / "out").exists()


def test_names_that_are_not_there_are_told(folder: Path) -> None:
    atlas, places = folder / "atlas.csv", folder / "xyz.csv"
    atlas.write_text(atlas.read_text() + "N,N01,0.01,0.1,3\nZZ,N01,0.01,0.1,3\n")
    places.write_text(places.read_text().replace("N05,", "M05,"))
    done = score(folder, "--conductance", "0", count=1)
    assert done.exit_code == 0, done.output
    assert "2 names not in the model: N ZZ; cut short: N" in done.stderr
    assert "1 neuron without a position: N05" in done.stderr


@pytest.mark.shared
@pytest.mark.slow
def test_the_published_atlas(tmp_path: Path) -> None:
    """The figures of the note that this protocol was written by; one twin for time."""
    if not ACTIVITY.is_dir():
        pytest.skip(f"the published recordings are not here: {ACTIVITY}")
    model, out = str(tmp_path / "m.py"), str(tmp_path / "out")
    assert (
        run("compile", "cook2019", "--dynamics", "leaky", "-o", model, "-q").exit_code
        == 0
    )
    files = (
        str(ACTIVITY / "randi2023_wt.csv"),
        "--positions",
        str(ACTIVITY / "positions.txt"),
    )
    done = run(
        "lab",
        "score",
        model,
        "--atlas",
        *files,
        "-o",
        out,
        "--count",
        "1",
        "--json",
        "-q",
    )
    assert done.exit_code == 0
    found = json.loads(done.stdout)
    assert found["base"] == pytest.approx(0.7746, abs=0.004)
    settings = found["models"][0]["settings"]
    first, bare = settings[0], settings[-1]
    assert first["score"]["gain"] == pytest.approx(0.0057, abs=0.001)
    assert first["score"]["area"] == pytest.approx(0.667, abs=0.005)
    assert bare["score"]["area"] == pytest.approx(0.604, abs=0.005)
    assert first["residue_at_rest"] == 0
    assert [one["conductance"] for one in settings] == [1, 0.1, 10, 0]
