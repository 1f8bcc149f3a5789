"""A repository of the test's own, git set up for it alone."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest
from support.command import EDGES
from support.repository import call, commit, regenerate


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, outside any repository; `elegansc` is on the path."""
    program = tmp_path / "bin" / "elegansc"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m elegansc "$@"\n'
    )
    program.chmod(0o755)
    folder = tmp_path / "work"
    folder.mkdir()
    for key in [key for key in os.environ if key.startswith("GIT_")]:
        monkeypatch.delenv(key)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def repository(bare: Path) -> Path:
    """A repository with `worm.csv` and its model `worm.py`, committed."""
    call("init", "-q", "-b", "main")
    call("config", "user.name", "A. Sulston")
    call("config", "user.email", "worm@example.org")
    Path("worm.csv").write_text(EDGES)
    regenerate()
    commit("the first larva")
    return bare
