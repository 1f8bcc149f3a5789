"""The pre-commit hook in five layouts of a repository and four states of its models."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import run
from support.paths import ROOT, TESTS

SOURCE = (TESTS / "older" / "worm.csv").read_text()
HOOK = (ROOT / ".pre-commit-hooks.yaml").read_text()
LAYOUTS = {  # model -> (its source, whether pyproject.toml says so)
    "same folder": {"worm.py": ("worm.csv", False)},
    "subfolder": {"models/worm.py": ("worm.csv", False), "models/b.py": ("data/b.csv", True)},
    "two of one": {"one.py": ("worm.csv", False), "two.py": ("worm.csv", False)},
    "source gone": {"worm.py": ("gone/worm.csv", False)},
    "monorepo": {"a/worm.py": ("a/worm.csv", False), "b/m/w.py": ("b/data/worm.csv", True)},
}  # fmt: skip


def hook(*files: str) -> int:
    """The exit code of the hook's entry for the files of a commit."""
    (entry,) = re.findall(r"^  entry: elegansc (status .*)$", HOOK, re.MULTILINE)
    return run(*shlex.split(entry), *files).exit_code


@pytest.fixture(params=LAYOUTS.values(), ids=LAYOUTS)
def layout(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, tuple[str, bool]]:
    """A clone of a repository with models of different sources."""
    origin, found = tmp_path / "origin", request.param
    origin.mkdir()
    monkeypatch.chdir(origin)
    lines = []
    for number, (model, (source, said)) in enumerate(found.items(), 1):
        for path in (model, source):
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(source).write_text(SOURCE)
        words = ("--features", str(number), "-o", model, "-q")
        assert run("compile", source, *words).exit_code == 0
        if said:
            lines += [f'[tool.elegansc.models."{model}"]', f'source = "{source}"']
        if source.startswith("gone"):
            Path(source).unlink()
    Path("pyproject.toml").write_text("\n".join([*lines, "[tool.black]", ""]))
    Path("README.md").write_text("# Ours\n")
    Path("other.py").write_text("import torch\n")
    git("init", "-q")
    git("add", ".")
    git("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "first")
    git("clone", "-q", str(origin), str(tmp_path / "clone"))
    monkeypatch.chdir(tmp_path / "clone")
    return dict(found)


def git(*words: str) -> None:
    """Run git."""
    subprocess.run(["git", *words], check=True, capture_output=True)


def gone(layout: dict[str, tuple[str, bool]]) -> bool:
    """Whether a source is not at hand: then nothing passes."""
    return any(not Path(source).exists() for source, _ in layout.values())


def test_a_stale_model_fails_be_it_by_a_commit_of_its_source_alone(
    layout: dict[str, tuple[str, bool]],
) -> None:
    assert hook("README.md", "other.py", "pyproject.toml") == 0 or any(
        said for _, said in layout.values()
    )
    for model, (source, _) in layout.items():
        assert hook(model) == int(gone(layout))
        if gone(layout):
            continue
        assert hook(source) == 0
        Path(source).write_text(SOURCE + "ASEL,RIML,1,chemical\n")
        assert hook(source) == 1 and hook(model) == 1 and hook(source, model) == 1
        assert hook("README.md", "other.py") == 0
        assert run("update", *layout).exit_code == 0
        assert hook(source) == 0 and hook(*layout) == 0
        Path(source).write_text(SOURCE)
        assert run("update", *layout).exit_code == 0


def test_an_edited_model_fails(layout: dict[str, tuple[str, bool]]) -> None:
    for model in layout:
        data = Path(model).read_bytes()
        for above in (b"", b"# Licence\n"):
            edit = data.replace(b"torch.tanh(", b"torch.sin(")
            Path(model).write_bytes(above + edit)
            assert hook(model) == 1
        Path(model).write_bytes(data)


def test_a_licence_line_passes(layout: dict[str, tuple[str, bool]]) -> None:
    for model in layout:
        Path(model).write_bytes(b"# Licence\n" + Path(model).read_bytes())
    assert hook(*layout) == int(gone(layout))


def test_a_reformatted_model_passes(layout: dict[str, tuple[str, bool]]) -> None:
    command = [sys.executable, "-m", "black", "-q", "-l", "60", *layout]
    subprocess.run(command, check=True)
    assert hook(*layout) == int(gone(layout))


CONFIG = """repos:
  - repo: local
    hooks:
      - id: elegansc-status
        name: elegansc-status
        entry: {entry}
        language: system
        types: [text]
        require_serial: true
"""


@pytest.mark.slow
def test_pre_commit_runs_it(
    layout: dict[str, tuple[str, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A commit of a source alone starts the hook, and stops where a model is stale."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(Path.cwd().parent / "home"))
    (entry,) = re.findall(r"^  entry: elegansc (status .*)$", HOOK, re.MULTILINE)
    written = CONFIG.format(entry=f"{sys.executable} -m elegansc {entry}")
    Path(".pre-commit-config.yaml").write_text(written)
    for line in ("types: [text]", "require_serial: true"):
        assert line in HOOK and line in written

    def committed(*files: str) -> bool:
        git("add", *files)
        command = [sys.executable, "-m", "pre_commit", "run"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert "elegansc-status" in done.stdout, done.stderr
        return done.returncode == 0

    for weight, (model, (source, _)) in enumerate(layout.items(), 1):
        if gone(layout):
            Path(model).write_bytes(b"# Licence\n" + Path(model).read_bytes())
            assert not committed(model)
            continue
        Path(source).write_text(SOURCE + f"ASEL,RIML,{weight},chemical\n")
        assert not committed(source)
        assert run("update", *layout).exit_code == 0
        assert committed(source, *layout)
