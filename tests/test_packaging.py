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
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what belongs to the package."""
    copy = tmp_path_factory.mktemp("source")
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
    return copy


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "-q",
        "-w",
        folder,
        source,
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


@pytest.mark.slow
def test_a_strict_editable_install_is_typed(source: Path, tmp_path: Path) -> None:
    """As README has it; the packages it needs are those of this environment."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "v"], cwd=tmp_path)
    python = tmp_path / "v/bin/python"
    (packages,) = (tmp_path / "v").glob("lib/*/site-packages")
    ours = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "ours.pth").write_text("\n".join(ours))
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    strict = ["-e", str(source), "--config-settings", "editable_mode=strict"]
    done = subprocess.run([python, *install, *strict], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (tmp_path / "user.py").write_text(
        'import elegansc\n\nfound = elegansc.compile("cook2019", feature=3)\n'
        "reveal_type(found.source)\n"
    )
    command = [sys.executable, "-m", "mypy", "--cache-dir=/dev/null", "--strict"]
    checked = subprocess.run(
        [*command, "--python-executable", python, "user.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert "[import-untyped]" not in checked.stdout
    assert 'Unexpected keyword argument "feature"' in checked.stdout
    assert 'Revealed type is "str"' in checked.stdout
