"""`elegansc.diff` and `elegansc.verify`: what the commands print, with types."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import run

import elegansc
from elegansc.comparison.changes import Changes
from elegansc.verification.check import Check

ROLES = {"inputs": "S", "outputs": "M", "roles_table": "structure"}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "worm.csv"
    path.write_text("pre,post,weight\nS,I,2\nI,M,3\nS,M,1\n")
    return elegansc.compile(path, **ROLES).write(tmp_path / "model.py")  # type: ignore[arg-type]


def other(model: Path) -> str:
    """Another version of the model's source."""
    path = model.with_name("other.csv")
    path.write_text("pre,post,weight\nS,I,2\nI,M,3\nS,M,9\nI,NL,1\nI,NR,8\n")
    return str(path)


def test_diff_is_what_the_command_prints(model: Path) -> None:
    words = (str(model.with_name("worm.csv")), other(model))
    found = elegansc.diff(*words, cycles="fast")
    assert found and isinstance(found.changes, Changes)
    command = ("diff", *words, "--cycles", "fast")
    assert found.report == run(*command).stdout.rstrip("\n")
    assert found.data == json.loads(run(*command, "--json").stdout)
    assert found.markdown == run(*command, "--markdown").stdout.rstrip("\n")
    assert repr(found) == "Difference(worm.csv -> other.csv: they differ)"


def test_a_model_and_its_source_do_not_differ(model: Path) -> None:
    found = elegansc.diff(model, model.with_name("worm.csv"))
    assert not found
    assert found.report.endswith("no difference")
    assert repr(found) == "Difference(model.py -> worm.csv: no difference)"


def test_diff_takes_the_arguments_of_the_command(model: Path) -> None:
    words = (str(model.with_name("worm.csv")), other(model))
    found = elegansc.diff(*words, threshold="5", fold=True, cycles="fast")  # type: ignore[arg-type]
    told = run("diff", *words, "--threshold", "5", "--fold", "--cycles", "fast").stdout
    assert found.report == told.rstrip("\n")
    for least in (-1, float("nan"), "x"):
        with pytest.raises(elegansc.UsageError, match="threshold"):
            elegansc.diff(*words, threshold=least)  # type: ignore[arg-type]


def test_verify_is_what_the_command_prints(model: Path) -> None:
    found = elegansc.verify(model)
    assert found and found.passed and found.verdict == "proved"
    assert all(isinstance(check, Check) for check in found.checks)
    done = run("verify", str(model))
    assert found.report == done.stdout.rstrip("\n")
    assert found.data == json.loads(run("verify", str(model), "--json").stdout)
    assert repr(found) == f"Verification({model}: proved)"
    assert "<pre>ok" in found._repr_html_()


def test_verify_holds_a_model_against_its_source(model: Path) -> None:
    source = model.with_name("worm.csv")
    assert elegansc.verify(model, against=source)
    source.write_text("pre,post,weight\nS,I,2\nI,M,4\nS,M,1\n")
    found = elegansc.verify(model, against=source)
    assert not found
    assert [check.name for check in found.checks if not check.passed] == ["against"]
    assert found.verdict == "not proved"


def test_an_edited_model_is_not_proved_and_not_run(model: Path) -> None:
    model.write_text(model.read_text() + "# a note\n")
    found = elegansc.verify(model)
    assert not found and found.verdict == "not proved, and not run"


def test_the_names_are_there_before_they_are_imported() -> None:
    code = (
        "import sys, elegansc; "
        "assert set(elegansc.__all__) <= set(dir(elegansc)); "
        "assert 'numpy' not in sys.modules; "
        "import elegansc.comparison, elegansc.verification; "
        "assert callable(elegansc.diff) and callable(elegansc.verify); "
        "[getattr(elegansc, name) for name in elegansc.__all__]; "
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with pytest.raises(AttributeError, match="has no attribute 'compiler'"):
        elegansc.compiler  # noqa: B018
