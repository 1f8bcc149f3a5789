"""The same bytes under every Python that is installed here and that we support."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
THIS = f"{sys.version_info.major}.{sys.version_info.minor}"


def interpreter(version: str) -> str | None:
    """A Python of this version: on PATH, or one of pyenv's."""
    folder = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = sorted(folder.glob(f"{version}.*/bin/python{version}"))
    return str(found[-1]) if found else shutil.which(f"python{version}")


@pytest.mark.slow
@pytest.mark.parametrize("version", [v for v in VERSIONS if v != THIS])
def test_another_python_writes_the_same_bytes(version: str, tmp_path: Path) -> None:
    python = interpreter(version)
    if python is None:
        pytest.skip(f"no Python {version} here")
    venv = tmp_path / "venv"
    if subprocess.run([python, "-m", "venv", venv], capture_output=True).returncode:
        pytest.skip(f"Python {version} has no venv")
    needs = ["click>=8.1", "jinja2>=3.1", "numpy>=1.26", "scipy>=1.11"]
    command = [venv / "bin" / "pip", "install", "-q", "--only-binary=:all:", *needs]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip(f"what elegansc needs can not be installed for Python {version}")
    package = tmp_path / "site" / "elegansc"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "compiler", package, ignore=ignore)
    for name in ("templates", "connectomes"):
        shutil.copytree(ROOT / name, package / name, ignore=ignore)
    for model in ("cook2019.py", "witvliet8.py"):
        text = (ROOT / "generated" / model).read_text()
        words = text.split("Made by: elegansc ")[1].split("\n")[0].split()
        done = subprocess.run(
            [venv / "bin" / "python", "-m", "elegansc", *words, "--quiet"],
            env={**os.environ, "PYTHONPATH": str(package.parent)},
            capture_output=True,
        )
        assert done.stdout.decode() == text, done.stderr.decode()
