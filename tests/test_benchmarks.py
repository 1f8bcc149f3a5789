"""What the benchmarks compare computes the same, and the command writes what it says."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch
from support.paths import TESTS
from torch import Tensor

SMALL = "witvliet2021-1"


@pytest.fixture
def forms(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """tests/benchmarks/forms.py, with what lies beside it in reach."""
    monkeypatch.syspath_prepend(str(TESTS / "benchmarks"))
    import forms

    monkeypatch.setattr(forms, "LEAST", 0.0)
    return forms


@pytest.mark.parametrize("phase", ["train", "inference"])
@pytest.mark.parametrize("features", [1, 3])
def test_every_form_computes_what_the_page_of_today_computes(
    forms: ModuleType, features: int, phase: str
) -> None:
    setting = forms.Setting(SMALL, features, "eager", phase, 1, 5)
    row = forms.measured(setting, list(forms.FORMS), rounds=1)

    assert row.errors.keys() == {n for n in row.values if forms.FORMS[n].same}
    assert {"landed", "page", "native", "bare", "gather", "loop"} <= row.errors.keys()
    assert max(row.errors.values()) < 1e-5


def test_a_form_that_computes_something_else_is_refused(
    forms: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    gather = forms.FORMS["gather"]

    class Wrong(gather.make):  # type: ignore[misc]
        def fire(self, total: Tensor, *unit: Tensor) -> Tensor:
            return super().fire(total, *unit) * 1.001  # type: ignore[no-any-return]

    monkeypatch.setitem(forms.FORMS, "gather", replace(gather, make=Wrong))
    setting = forms.Setting(SMALL, 1, "eager", "train", 1, 5)
    with pytest.raises(SystemExit, match="gather computes something else"):
        forms.measured(setting, ["page", "gather"], rounds=1)


def test_the_command_prints_ratios_and_writes_times(
    forms: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    output = tmp_path / "forms.json"
    words = f"--graph {SMALL} --columns 1,2 --rounds 3 --forms page,chain,gather"
    argv = ["forms.py", *words.split(), "--against", "gather", "--output", str(output)]
    monkeypatch.setattr("sys.argv", argv)
    forms.main()

    rows = json.loads(output.read_text())
    assert [row["setting"]["columns"] for row in rows] == [1, 2]
    assert [len(times) for row in rows for times in row["values"].values()] == [3] * 6
    (line,) = [
        x
        for x in capsys.readouterr().out.splitlines()
        if x.startswith("  " * 4 + " 1 ")
    ]
    assert float(line.split()[-1]) == 1  # gather against itself


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "least"), [("cold", 0.1), ("memory", 1e4)])
def test_what_is_measured_in_a_process_of_its_own(
    forms: ModuleType, mode: str, least: float
) -> None:
    setting = forms.Setting(
        str(TESTS / "older" / "worm.csv"), 1, mode, "train", 1, 4096
    )

    assert forms.apart(setting, ["gather", "loop"]).values["gather"][0] > least


def test_without_a_gpu_nothing_is_said_to_be_proved() -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU")
    script = TESTS / "benchmarks" / "gpu.py"
    environment = {**os.environ, "PYTHONPATH": str(TESTS)}
    done = subprocess.run(
        [sys.executable, script], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "there is no GPU here: nothing is proved, nothing timed\n"
