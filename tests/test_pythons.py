"""The same bytes under every Python and scipy that can be had here and that we support."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.paths import ROOT

from elegansc import catalog, compile

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"
NEEDS = ("click>=8.1", "jinja2>=3.1", "numpy>=1.26", "scipy>=1.11")
OLDEST = ("click>=8.1", "jinja2>=3.1", "numpy==1.26.4", "scipy==1.11.4")

Run = Callable[..., str]


def interpreter(version: str) -> str | None:
    """A Python of this version: on PATH, or one of pyenv's."""
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = sorted(folder.glob(f"{version}.*/bin/python{version}"))
    return str(found[-1]) if found else shutil.which(f"python{version}")


def installed(python: str, needs: tuple[str, ...], folder: Path) -> Run:
    """elegansc in a fresh venv, as a function of the words of its command line."""
    venv = folder / "venv"
    if subprocess.run([python, "-m", "venv", venv], capture_output=True).returncode:
        pytest.skip(f"{python} has no venv")
    command = [venv / "bin" / "pip", "install", "-q", "--only-binary=:all:", *needs]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip(f"what elegansc needs can not be installed for {python}: {needs}")
    package = folder / "site" / "elegansc"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "compiler", package, ignore=ignore)
    for name in ("templates", "connectomes"):
        shutil.copytree(ROOT / name, package / name, ignore=ignore)

    def run(*words: str) -> str:
        done = subprocess.run(
            [venv / "bin" / "python", "-m", "elegansc", *words],
            env={**os.environ, "PYTHONPATH": str(package.parent)},
            capture_output=True,
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    return run


@pytest.mark.slow
@pytest.mark.parametrize("version", [v for v in VERSIONS if v != THIS])
def test_another_python_writes_the_same_bytes(version: str, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    run = installed(python, NEEDS, tmp_path)
    for model in ("cook2019.py", "witvliet8.py"):
        text = (ROOT / "generated" / model).read_text()
        words = text.split("Made by: elegansc ")[1].split("\n")[0].split()
        assert run(*words, "--quiet") == text


@pytest.mark.slow
def test_the_oldest_scipy_takes_the_same_orders(tmp_path: Path) -> None:
    """Solvers and their versions pick different minima; the tie-break leaves one."""
    python = interpreter("3.11")
    if python is None:
        pytest.skip("no Python 3.11 here, the last with a wheel of scipy 1.11")
    run = installed(python, OLDEST, tmp_path)
    for entry in catalog.entries():
        (data,) = compile(entry.name).files.values()
        assert run("compile", entry.name, "--quiet") == data.decode(), entry.name
    for words in (("--symmetric",), ("--roles", "blocks"), ("--cycles", "fast")):
        options = {words[0][2:]: words[1] if len(words) > 1 else True}
        (data,) = compile("witvliet2021-8", **options).files.values()
        assert run("compile", "witvliet2021-8", "-q", *words) == data.decode()
    (data,) = compile("witvliet2021-3", max_levels=12).files.values()
    assert run("compile", "witvliet2021-3", "-q", "--max-levels", "12") == data.decode()
