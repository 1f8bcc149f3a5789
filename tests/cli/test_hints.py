"""Hints name what can be installed: libraries, never a package of ours on an index."""

from __future__ import annotations

import pytest
from support.paths import ROOT

from elegansc.cli import lab_flags
from elegansc.errors import CompilerError


def test_no_hint_installs_elegansc_from_an_index() -> None:
    for path in (ROOT / "compiler").rglob("*.py"):
        assert "pip install 'elegansc" not in path.read_text(), path
        assert "pip install elegansc" not in path.read_text(), path


def test_lab_names_the_packages_it_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(CompilerError) as error:
        lab_flags.check_installed()
    hint = "pip install torch lightning-fabric filelock"
    assert str(error.value).endswith(hint)
