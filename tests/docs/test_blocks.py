"""Every block of README and of the documentation does what its page shows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.at_hand import linked
from support.pages import blocks, commands, name, pages, run_page
from support.paths import ROOT
from support.sessions import environment

# Shown, never run: output, other files, and what Sphinx makes of a directive.
SHOWN = {"text", "toml", "yaml", "json", "csv", "diff", "jinja"}


# They install elegansc themselves, and are run with nothing but Python, in a clean clone.
FRESH = ("README.md", "docs/install.md")
TUTORIAL = "docs/tutorial.md"  # as they, but for the downloads
# test_pictures.py runs them and compares what they draw.
DRAWN = ("docs/gallery.md",)


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [page for page in pages() if name(page) not in (*FRESH, TUTORIAL, *DRAWN)],
    ids=name,
)
def test_every_block_does_what_the_page_shows(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    wrong = run_page(page, folder, environment(tmp_path / "home", path))
    shutil.rmtree(folder)
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.slow
@pytest.mark.parametrize("page", FRESH)
def test_a_newcomer_can_follow_the_page(page: str, tmp_path: Path) -> None:
    """Its venv, its downloads, its commands, as they stand."""
    wrong = followed(page, tmp_path)
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.slow
def test_a_newcomer_can_follow_the_tutorial(tmp_path: Path) -> None:
    """pip finds at hand what README's walk downloads, and nothing that is not declared."""
    (extras,) = re.findall(
        r"^\$ pip install -q -e '\.(\[.*\])'$", (ROOT / TUTORIAL).read_text(), re.M
    )
    packages = linked(f"elegansc{extras}", tmp_path / "packages")
    wrong = followed(TUTORIAL, tmp_path, PYTHONPATH=str(packages))
    assert not wrong, "\n\n".join(wrong)


def followed(page: str, tmp_path: Path, **more: str) -> list[str]:
    """What does not hold on a page, in a clean clone, with no venv of ours on PATH."""
    folder = tmp_path / "elegansc"
    cleanly_cloned(folder)
    ours = {str(Path(sys.executable).parent), str(Path(sys.prefix, "bin"))}
    places = [
        place for place in os.environ["PATH"].split(os.pathsep) if place not in ours
    ]
    path = os.pathsep.join([str(Path(sys.base_prefix, "bin")), *places])
    known = {**environment(tmp_path / "home", path), **more}
    wrong = run_page(ROOT / page, folder, known)
    shutil.rmtree(folder)
    return wrong


def cleanly_cloned(folder: Path) -> None:
    """A copy of what git tracks, or would: a clone of the checkout as it stands."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for file in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / file).is_file() and not file.startswith("tests/"):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / file, folder / file)


@pytest.mark.parametrize("page", pages(), ids=name)
def test_every_block_is_one_that_is_run_or_only_shown(page: Path) -> None:
    for block in blocks(page):
        place = f"{name(page)}:{block.line}"
        assert block.language, f"{place}: a block without a language"
        if not block.language.startswith("{"):
            assert block.language in SHOWN | {"console", "python"}, place
        if block.language == "console":
            assert commands(block), f"{place}: no command"


def test_only_what_ci_does_is_not_run() -> None:
    """The tests do not run themselves; the reason stands above each block."""
    left_out = {
        name(page): block.lines[0]
        for page in pages()
        for block in blocks(page)
        if block.left_out
    }
    assert left_out.keys() == {"README.md", "CONTRIBUTING.md"}
    (command,) = set(left_out.values())
    done = (ROOT / ".ci" / "run").read_text().replace(".[dev,docs]", ".[dev]")
    for part in ("-e '.[dev]' -c .ci/constraints.txt", "pytest -n 2"):
        assert part in command and part.replace("pytest", "pytest -q") in done
