"""lab score of models with levels, and of several models of one graph side by side."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.browsing import NARROW, barriers, overflow
from support.command import run
from support.paths import SHARED
from support.scored import SIZE, compiled, score, written

from elegansc.lab.judging.statistics import holm
from elegansc.lab.measuring.inputs import Scored, read_scored
from elegansc.lab.protocol.pulse import Pulse
from elegansc.lab.running.networks import Network
from elegansc.lab.running.passes import network

ACTIVITY = SHARED / "activity"
KINDS = {"acyclic": ("--init", "uniform"), "delay": ("--feedback", "delay")}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the graph, an atlas, and a model of each semantics."""
    folder = written(tmp_path_factory.mktemp("models"))
    for kind, words in KINDS.items():
        compiled(folder, "edges.csv", f"{kind}.py", *words)
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(made, tmp_path / "models"))


def opened(path: Path) -> tuple[Scored, Network]:
    read = read_scored(str(path))
    model = read.model
    return read, network(model.circuit, model.options, model.path, read.plan)


def matrices(read: Scored) -> tuple[Any, Any]:
    """(now, late): what is read of this pass and of the one before, by hand.

    Each is 0.8 of the share of all weight at the neuron that reads.
    """
    plan, names = read.plan, read.model.cells.name
    assert plan is not None
    row = np.array([names.index(name) for name in plan.cells.name])
    ahead, back, gap = np.zeros((3, SIZE, SIZE))
    for edges, into in ((plan.forward, ahead), (plan.feedback, back)):
        into[row[edges.post], row[edges.pre]] = edges.weight
    assert not len(plan.lateral)
    gap[row[plan.junctions.right], row[plan.junctions.left]] = plan.junctions.weight
    total = np.maximum((ahead + back + gap + gap.T).sum(1), 1e-9)
    if read.model.options.semantics == "acyclic":
        return 0.8 * (ahead + gap) / total[:, None], np.zeros((SIZE, SIZE))
    share = gap * (1 / total[:, None] + 1 / total) / 2
    later = 0.8 * (back / total[:, None] + share.T)
    return 0.8 * (ahead / total[:, None] + share), later


@pytest.mark.parametrize("kind", KINDS)
def test_a_pulse_of_one_pass(folder: Path, kind: str) -> None:
    """Against the equation, neuron by neuron, in numpy."""
    read, net = opened(folder / f"{kind}.py")
    net.anatomical(1.0)
    with torch.no_grad():
        net.net.bias.fill_(0.1)  # so that the rest is not 0
    found = net.peaks([3, 7], Pulse(10, 5, 12))
    now, late = matrices(read)
    assert read.plan is not None
    names = read.model.cells.name
    order = [names.index(name) for name in read.plan.cells.name]

    def passed(x: Any, current: Any) -> Any:
        after = np.zeros(SIZE)
        for neuron in order:
            sums = now[neuron] @ after + late[neuron] @ x + 0.1 + current[neuron]
            after[neuron] = np.tanh(sums)
        return after

    rest = np.zeros(SIZE)
    for _ in range(500):
        rest = passed(rest, np.zeros(SIZE))
    for place in (3, 7):
        x, still, peak = rest, rest, np.zeros(SIZE)
        for step in range(12 if kind == "delay" else 1):
            x = passed(x, 10.0 * (np.arange(SIZE) == place) * (step == 0))
            still = passed(still, np.zeros(SIZE))
            peak = np.maximum(peak, np.abs(x - still))
        live = np.isin(names, read.plan.cells.name[: read.plan.live.sum()])
        np.testing.assert_allclose(found.response[live, place], peak[live], atol=1e-8)
        assert not found.response[~live, place].any()
    assert found.residue < 1e-9
    assert (found.settled == 0) == (kind == "acyclic")


def test_models_side_by_side(folder: Path) -> None:
    """One table, one set of twins, p corrected for three models."""
    models = "acyclic.py delay.py m.py"
    done = score(folder, "--conductance", "0.5", "--json", model=models, count=1)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [one["semantics"] for one in found["models"]] == [
        "acyclic",
        "delay",
        "leaky",
    ]
    gains = [one["settings"][0]["twins"]["gain"] for one in found["models"]]
    assert [one["p_holm"] for one in gains] == holm([one["p"] for one in gains])
    assert [len(one["settings"]) for one in found["models"]] == [1, 1, 2]
    assert len({one["source"] for one in found["models"]}) == 1
    acyclic, delay, _ = found["models"]
    assert acyclic["settings"][0]["silent_share"] > delay["settings"][0]["silent_share"]
    assert "all weight at the neuron that reads it" in acyclic["parameters"]
    names = ("acyclic", "delay", "leaky", "leaky without junctions")
    rows = re.findall(r"^ {10}(\w[\w ]*?)  +([\d.]+) .*%$", done.stderr, re.MULTILINE)
    assert tuple(name for name, _ in rows) == names
    first = acyclic["settings"][0]["score"]["area"]
    assert rows[0][1] == f"{first:.3f}"
    for words in (
        "acyclic: ",
        "which run backward; the way back through",
        "delay: a time of its own: a step is a whole pass",
        "leaky: nothing of the table",
        "leaky without junctions: all ",
        "1 neuron on no path from a sensor to a motor",
    ):
        assert words in done.stderr
    page = (folder / "out" / "index.html").read_text("ascii")
    for words in ("The models side by side", "What each lacks", "acyclic, by anatomy"):
        assert words in page
    assert page.count('class="twin"') == 4


@pytest.mark.slow
def test_twins_have_an_order_of_their_own(folder: Path) -> None:
    """Twins of a model that was made like another need not have that one."""
    other = folder / "acyclic.py"
    compiled(folder, "edges.csv", "like.py", "--like", str(other))
    other.unlink()
    done = score(folder, "-q", model="like.py", count=1)
    assert done.exit_code == 0, done.output


@pytest.mark.slow
def test_a_model_scores_beside_others_as_alone(folder: Path) -> None:
    found = []
    for models in ("delay.py", "m.py delay.py"):
        done = score(folder, "--json", "-q", "--force", model=models, count=2)
        assert done.exit_code == 0, done.output
        (setting,) = json.loads(done.stdout)["models"][-1]["settings"]
        setting["twins"]["gain"].pop("p_holm")
        found.append(setting)
    assert found[0] == found[1]


@pytest.mark.parametrize(
    ("words", "models", "seen", "code"),
    [
        ((), "m.py m.py", "m.py: stands there twice", 2),
        (("--weights", "w", "--twin-weights", "t"), "m.py delay.py", "of one model, not of 2", 2),
        (("--conductance", "1"), "delay.py acyclic.py", "of leaky models, and none is one", 2),
        ((), "m.py other.py", "of another graph than", 1),
        ((), "gated.py", "--merge gated: a pulse and a gain", 1),
        ((), "wide.py", "--features 2: a pulse and a gain", 1),
        ((), "tied.py", "--tie side: each strength is set by the tables", 1),
        ((), "tied-leaky.py", "--tie side: each strength is set by the tables", 1),
        ((), "sweep.py", "published: its products have no gain", 1),
    ],
)  # fmt: skip
def test_models_that_can_not_be(
    folder: Path, words: Any, models: str, seen: str, code: int
) -> None:
    text = (folder / "edges.csv").read_text()
    (folder / "less.csv").write_text("\n".join(text.splitlines()[:-1]) + "\n")
    compiled(folder, "less.csv", "other.py")
    made = {
        "gated.py": ("--merge", "gated"),
        "wide.py": ("--features", "2"),
        "tied.py": ("--tie", "side"),
        "tied-leaky.py": ("--tie", "side", "--dynamics", "leaky"),
        "sweep.py": ("--lowering", "published", "--unit", "linear", "--features", "2"),
    }
    if models in made:
        compiled(folder, "edges.csv", models, *made[models])
    done = score(folder, *words, model=models)
    assert (done.exit_code, seen in done.stderr) == (code, True), done.output
    assert not (folder / "out").exists()


def test_an_edited_model_with_levels_is_not_run(folder: Path) -> None:
    path = folder / "delay.py"
    path.write_bytes(path.read_bytes().replace(b"import math", b"import math, os"))
    done = score(folder, model="delay.py")
    assert done.exit_code == 1 and "edited by hand" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("models", ["m.py", "acyclic.py delay.py m.py"])
def test_the_page_is_for_everybody(folder: Path, browser: Any, models: str) -> None:
    done = score(folder, "-q", "--conductance", "1", model=models, count=2)
    assert done.exit_code == 0, done.output
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme, bypass_csp=True)
        page.goto((folder / "out" / "index.html").as_uri())
        assert barriers(page) == []
        page.set_viewport_size({"width": NARROW, "height": 800})
        assert overflow(page) <= 0
        page.close()


@pytest.mark.shared
@pytest.mark.slow
def test_the_four_semantics_of_a_worm(tmp_path: Path) -> None:
    """The figures of the note that this protocol was written by; one twin for time."""
    if not ACTIVITY.is_dir():
        pytest.skip(f"the published recordings are not here: {ACTIVITY}")
    models = []
    for kind, words in {**KINDS, "leaky": ("--dynamics", "leaky")}.items():
        models.append(str(tmp_path / f"{kind}.py"))
        assert run("compile", "cook2019", *words, "-o", models[-1], "-q").exit_code == 0
    files = (
        *("--atlas", str(ACTIVITY / "randi2023_wt.csv")),
        *("--positions", str(ACTIVITY / "positions.txt")),
    )
    ends = ("-o", str(tmp_path / "out"), "--count", "1", "--json", "-q")
    done = run("lab", "score", *models, *files, *ends, "--conductance", "1")
    assert done.exit_code == 0, done.output
    found = {
        one["semantics"]: [each["score"]["area"] for each in one["settings"]]
        for one in json.loads(done.stdout)["models"]
    }
    assert found["acyclic"] == [pytest.approx(0.514, abs=0.005)]
    assert found["delay"] == [pytest.approx(0.637, abs=0.005)]
    assert found["leaky"] == [
        pytest.approx(0.667, abs=0.005),
        pytest.approx(0.604, abs=0.005),
    ]
