"""A test that is skipped for want of a tool fails in CI, and only there."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.complete import tool_of
from support.paths import ROOT, TESTS

SAMPLE = """
import pytest

@pytest.mark.skipif(True, reason="NOT TESTED: Graphviz is not here")
def test_marked():
    pass

def test_inside():
    pytest.importorskip("no_such_module", reason="NOT TESTED in a browser: no playwright")

def test_other():
    pytest.skip("the published connectomes are not here")

def test_run():
    pass
"""
WHOLE = 'import pytest\n\npytest.importorskip("onnx_no_such_module")\n'


@pytest.mark.parametrize(
    "ci, code, said",
    [
        ("true", 1, "1 passed, 1 skipped, 1 failed, 2 errors"),
        ("", 0, "1 passed, 4 skipped"),
    ],
)
def test_what_is_skipped_for_want_of_a_tool_fails_in_ci(
    tmp_path: Path, ci: str, code: int, said: str
) -> None:
    (tmp_path / "conftest.py").write_text("from support.complete import *\n")
    (tmp_path / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "test_whole.py").write_text(WHOLE)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "--continue-on-collection-errors", str(tmp_path)],
        cwd=tmp_path,
        env={**os.environ, "CI": ci, "PYTHONPATH": str(TESTS)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout
    counted = done.stdout.splitlines()[-1].split(" in ")[0]
    assert sorted(counted.split(", ")) == sorted(said.split(", "))


def test_ci_asks_for_it() -> None:
    script = (ROOT / ".ci" / "run").read_text().splitlines()
    tests = next(row for row, line in enumerate(script) if line.startswith("pytest"))
    assert {"export CI=true", ".ci/tools"} <= set(script[:tests])


@pytest.mark.parametrize(
    "there, user, called",
    [
        (["chromium", "dot", "pdffonts"], 0, []),
        (["google-chrome", "dot"], 0, ["poppler-utils"]),
        ([], 0, ["chromium graphviz poppler-utils"]),
        (["dot", "pdffonts"], 1000, ["chromium"]),
    ],
)
def test_tools_that_are_missing_are_installed(
    tmp_path: Path, there: list[str], user: int, called: list[str]
) -> None:
    programs = {
        **dict.fromkeys(there, ""),
        "id": f"echo {user}",
        "apt-get": f'echo "$@" >> {shlex.quote(str(tmp_path / "calls"))}',
        "sudo": 'echo as root >> "$(dirname "$0")/../root"; "$@"',
        "dirname": "echo " + shlex.quote(str(tmp_path / "bin")),
    }
    (tmp_path / "bin").mkdir()
    for name, text in programs.items():
        path = tmp_path / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
    bash = shutil.which("bash")
    assert bash
    command = [bash, str(ROOT / ".ci" / "tools")]
    done = subprocess.run(command, env={"PATH": str(tmp_path / "bin")})
    assert done.returncode == 0
    calls = tmp_path / "calls"
    said = calls.read_text().splitlines() if calls.exists() else []
    install = "install -y -qq --no-install-recommends"
    assert said == [
        line for words in called for line in ("update -qq", f"{install} {words}")
    ]
    assert (tmp_path / "root").exists() == bool(user and called)


def test_every_skip_for_a_tool_is_known_by_its_words() -> None:
    """Of those that the tests name; a reason without the tool's name would stay a skip."""
    assert tool_of("NOT TESTED: Graphviz is not here") == "graphviz"
    assert tool_of("could not import 'onnxruntime': No module") == "onnx"
    assert tool_of("NOT TESTED: svg, png and pdf need matplotlib") == "matplotlib"
    assert not tool_of("the published connectomes are not here: /nowhere")
