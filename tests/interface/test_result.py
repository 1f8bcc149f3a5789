"""The result of a compile in Python: text, file, class, report, warnings, notebook."""

from __future__ import annotations

import copy
import inspect
import io
import pickle
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch
from support.command import run

import elegansc
from elegansc.interface import loading

EDGES = "pre,post,weight\nS,I,2\nI,M,3\nS,M,1\n"
ROLES: dict[str, Any] = {"inputs": "S", "outputs": "M", "roles_table": "structure"}
FLAGS = ["--inputs", "S", "--outputs", "M", "--roles-table", "structure"]


@pytest.fixture
def edges(tmp_path: Path) -> Path:
    path = tmp_path / "worm.csv"
    path.write_text(EDGES)
    return path


@pytest.fixture
def worm(edges: Path) -> elegansc.Compiled:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", elegansc.CompilerWarning)
        return elegansc.compile(edges, **ROLES)


def test_the_text_is_what_the_command_prints(
    edges: Path, worm: elegansc.Compiled
) -> None:
    done = run("compile", str(edges), *FLAGS)
    assert worm.source == done.stdout
    assert worm.files == {"Worm.py": worm.source.encode()}
    assert worm.report == done.stderr.rstrip("\n")


def test_warnings_reach_the_caller_once_each_and_at_their_line(edges: Path) -> None:
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        found = elegansc.compile(edges)
    told = "EC401 no table of these cells: roles by structure (no input: sensory, no output: motor)"
    assert found.warnings == [told]
    assert [str(each.message) for each in seen] == [told]
    assert seen[0].category is elegansc.CompilerWarning
    assert seen[0].filename == __file__
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert elegansc.compile("witvliet2021-1").warnings == []
    assert not seen


def test_write_is_atomic_and_spares_what_is_not_ours(
    edges: Path, worm: elegansc.Compiled, tmp_path: Path
) -> None:
    path = worm.write(tmp_path / "model.py")
    assert path == tmp_path / "model.py" and path.read_text() == worm.source
    assert worm.write(str(path)) == path  # our own file, as it was written

    path.write_text(worm.source + "# a note\n")
    with pytest.raises(elegansc.InputError, match="was edited by hand"):
        worm.write(path)
    worm.write(path, force=True)
    assert path.read_text() == worm.source

    notes = tmp_path / "notes.py"
    notes.write_text("x = 1\n")
    for place, told in (
        (notes, "is not a file that elegansc made"),
        (edges, "is the input"),
        (tmp_path, "is a directory"),
        (tmp_path / "none" / "model.py", "no such folder"),
    ):
        with pytest.raises(elegansc.InputError, match=told):
            worm.write(place)
    assert notes.read_text() == "x = 1\n" and edges.read_text() == EDGES
    with pytest.raises(elegansc.UsageError, match="write of type list: use the path"):
        worm.write([])  # type: ignore[arg-type]


def test_the_class_is_one_and_its_models_are_copied_and_pickled(
    worm: elegansc.Compiled,
) -> None:
    Worm = worm.load()
    assert worm.load() is Worm and Worm.__name__ == "Worm"
    module = sys.modules[Worm.__module__]
    assert module.SENSORY == ["S"] and inspect.getmodule(Worm) is module
    assert inspect.getsource(Worm).startswith("class Worm(nn.Module):")

    model, inputs = Worm(), torch.randn(4, 1)
    outputs = model(inputs)
    assert outputs.shape == (4, 1)
    saved = io.BytesIO()
    torch.save(model, saved)
    saved.seek(0)
    for other in (
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
        torch.load(saved, weights_only=False),
    ):
        assert type(other) is Worm
        assert torch.equal(other(inputs), outputs)
    assert pickle.loads(pickle.dumps(Worm)) is Worm


def test_other_bytes_are_another_class(edges: Path, worm: elegansc.Compiled) -> None:
    other = elegansc.compile(edges, **ROLES, activation="relu")
    assert other.load() is not worm.load()
    assert other.load().__name__ == worm.load().__name__


@pytest.mark.slow
def test_another_process_unpickles_what_it_has_loaded(
    edges: Path, worm: elegansc.Compiled, tmp_path: Path
) -> None:
    """As `load` documents it: the same compile there, or a file and its import."""
    torch.manual_seed(0)
    model, inputs = worm.load()(), torch.ones(1, 1)
    (tmp_path / "loaded.pkl").write_bytes(pickle.dumps((model, model(inputs))))
    worm.write(tmp_path / "written.py")
    code = f"""
import pickle, sys, torch, elegansc
sys.path.insert(0, {str(tmp_path)!r})
kept = open("loaded.pkl", "rb").read()
try:
    pickle.loads(kept)
    raise SystemExit("found a module that was not loaded")
except ModuleNotFoundError:
    pass
elegansc.compile({str(edges)!r}, **{ROLES!r}).load()
model, outputs = pickle.loads(kept)
assert torch.equal(model(torch.ones(1, 1)), outputs)
from written import Worm
other = Worm()
other.load_state_dict(model.state_dict())
assert torch.equal(pickle.loads(pickle.dumps(other))(torch.ones(1, 1)), outputs)
"""
    words = [sys.executable, "-c", code]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_a_loaded_class_compiles_to_one_graph_and_shows_its_lines(
    worm: elegansc.Compiled,
) -> None:
    model = worm.load()()
    exported = torch.export.export(model, (torch.randn(2, 1),))
    assert exported.module()(torch.zeros(2, 1)).shape == (2, 1)
    torch.compile(model, backend="eager", fullgraph=True)(torch.randn(2, 1))
    with pytest.raises(Exception) as error:
        model(torch.randn(2, 3))
    lines = [str(entry.statement) for entry in error.traceback]
    assert any("self." in line for line in lines)


def test_a_task_loads_as_the_whole_model() -> None:
    found = elegansc.compile("witvliet2021-1", task="mnist", features=4)
    assert found.load().__name__ == "ElegansNetM2"


def test_without_pytorch_load_says_what_to_install(
    worm: elegansc.Compiled, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object) -> None:
        raise ModuleNotFoundError("No module named 'torch'", name="torch")

    other = elegansc.Compiled({"None.py": b"import torch\n"}, summary={"name": "None_"})
    monkeypatch.setattr(loading, "run", absent)
    with pytest.raises(elegansc.CompilerError, match="pip install torch"):
        other.load()
    assert not [name for name in sys.modules if name.startswith("elegansc_None_")]


def test_it_is_short_where_it_is_shown(worm: elegansc.Compiled) -> None:
    told = "Compiled(worm.csv: Worm, 1 input, 1 output, 3 synapses, 6 parameters)"
    assert repr(worm) == told
    shown = worm._repr_html_()
    assert told in shown and "read      worm.csv: 3 rows" in shown
    assert len(repr(elegansc.compile("cook2019", cycles="fast"))) < 120


def test_a_notebook_gets_no_markup_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("pre,post,weight\nS,<img src=x onerror=alert(1)>,2\nS,M,3\nX,M,1\n")
    for found in (elegansc.compile(path, inputs="S", outputs="M"),):
        assert "img src=x" in found.report
        assert "<img" not in found._repr_html_() and "&lt;img" in found._repr_html_()
    difference = elegansc.diff(path, "witvliet2021-1")
    assert "<img" in difference.report and "<img" not in difference._repr_html_()
