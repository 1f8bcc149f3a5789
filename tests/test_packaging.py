"""The wheel holds the pages, the data and the licences, and works on its own."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from support.paths import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "source"
    copy.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: what belongs to the wheel is unknown")
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            (copy / name).write_bytes((ROOT / name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "-q",
        "-w",
        folder,
        copy,
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_all_that_is_needed(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {
        "elegansc/py.typed",
        "elegansc/templates/module.py.jinja",
        "elegansc/templates/kernels/dense.jinja",
        "elegansc/connectomes/cook2019.csv",
        "elegansc/connectomes/cells.csv",
        "elegansc/connectomes/catalog.json",
        "elegansc/connectomes/LICENSE-cect.txt",
    } <= names
    assert not [name for name in names if name.startswith(("tests/", "generated/"))]


def test_the_wheel_compiles_a_connectome(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "elegansc",
            "compile",
            "witvliet2021-1",
            "--name",
            "Witvliet1",
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
    )
    assert (
        done.stdout == (ROOT / "generated" / "witvliet1.py").read_bytes()
    ), done.stderr
