"""`elegansc verify --native`: the C sweep beside the interpreter."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import run
from support.paths import GENERATED, TESTS

import elegansc

MODEL = GENERATED / "witvliet1.py"
CHECKS = ["values float64", "gradients float64", "values float32", "gradients float32"]


def native_checks(found: elegansc.Verification) -> list[str]:
    """The names of the checks of the C sweep."""
    return [check.name for check in found.checks if check.name.startswith("native")]


def test_the_sweep_is_proved() -> None:
    found = elegansc.verify(MODEL, native=True)
    assert found and native_checks(found) == [f"native {name}" for name in CHECKS]
    assert not native_checks(elegansc.verify(MODEL))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["linear", "gated", "delay_linear", "delay_lateral"])
def test_the_sweep_of_every_form_is_proved(name: str) -> None:
    found = elegansc.verify(TESTS / "older" / f"{name}.py", native=True)
    assert found and len(native_checks(found)) == 4


def test_what_is_not_swept_is_not_proved() -> None:
    found = elegansc.verify(TESTS / "older" / "published.py", native=True)
    assert found and native_checks(found) == ["native"]
    assert "not proved here: Worm stays plain: --lowering published" in found.report


def test_without_a_compiler_it_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    done = run("verify", str(MODEL), "--native")
    assert done.exit_code == 0
    assert "native             not proved here: no C sweep" in done.stdout


def test_a_sweep_that_is_wrong_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = tmp_path / "wrong-cc"
    change = "[ -f sweep.c ] && sed -i 's/1 - (y) [*] (y)/1 - (y)/' sweep.c"
    wrong.write_text(f'#!/bin/sh\n{change}; exec cc "$@"\n')
    wrong.chmod(0o755)
    monkeypatch.setenv("CC", str(wrong))
    found = elegansc.verify(MODEL, native=True)
    failed = [check.name for check in found.checks if not check.passed]
    assert failed == ["native gradients float64", "native gradients float32"]
