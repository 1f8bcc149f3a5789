"""REVISION:PATH wherever a file is read: real git, in a repository of the test's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from support.command import EDGES, contents, run

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

NEW = "pre,post,weight\nS,I,2\nI,M,5\n"
LFS = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"


def call(*words: str) -> str:
    """The output of a git command that must succeed."""
    done = subprocess.run(["git", *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository: one commit of a connectome and its model, then a change."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "N. N.")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "n@example.org")
    call("init", "-q", "-b", "main")
    Path("sub").mkdir()
    Path("worm.csv").write_text(EDGES)
    Path("sub/deep.csv").write_text(EDGES)
    Path("large.csv").write_text(LFS)
    assert run("compile", "worm.csv", "-q", "-o", "worm.py").exit_code == 0
    call("add", ".")
    call("commit", "-q", "-m", "one")
    Path("worm.csv").write_text(NEW)
    assert run("compile", "worm.csv", "-q", "-o", "worm.py").exit_code == 0
    return tmp_path


@pytest.mark.parametrize("name", ["worm.csv", "worm.py"])
def test_diff_compares_with_a_revision_on_either_side(
    repository: Path, name: str
) -> None:
    done = run("diff", f"HEAD:{name}", name)
    assert done.exit_code == 0, done.stderr
    assert done.stdout.startswith(f'"HEAD:{name}" -> {name}\n')
    assert "  ~ I -> M  3 -> 5  +67 %" in done.stdout.splitlines()

    back = run("diff", name, f"HEAD:{name}")
    assert "  ~ I -> M  5 -> 3  -40 %" in back.stdout.splitlines()
    staged = run("diff", f":{name}", f"HEAD:{name}", "--exit-code")  # the index
    assert (staged.exit_code, staged.stdout.splitlines()[-1]) == (0, "no difference")


def test_a_path_is_as_git_reads_it(repository: Path) -> None:
    """From the root; ./ is from here."""
    os.chdir("sub")
    for spec in ("HEAD:sub/deep.csv", "HEAD:./deep.csv"):
        assert run("diff", spec, "deep.csv", "--exit-code").exit_code == 0
    done = run("diff", "HEAD:deep.csv", "deep.csv")
    seen = "HEAD:deep.csv: HEAD has no deep.csv\n  it is HEAD:./deep.csv\n"
    assert (done.exit_code, done.stderr) == (2, seen)


def test_every_command_that_reads_takes_a_revision(repository: Path) -> None:
    for words in (
        ("explain", "HEAD:worm.py"),
        ("order", "HEAD:worm.csv"),
        ("draw", "HEAD:worm.py", "worm.py", "-o", "-", "--format", "dot"),
        ("export", "HEAD:worm.csv", "-o", "-", "--format", "csv"),
        ("compile", "HEAD:worm.csv", "-o", "-"),
        ("compile", "worm.csv", "--like", "HEAD:worm.py", "-o", "-"),
    ):
        assert run(*words).exit_code == 0, words
    stale = run("status", "worm.py", "--against", "HEAD:worm.csv")
    assert stale.exit_code == 1 and '"HEAD:worm.csv" has changed' in stale.stdout
    old = run("compile", "HEAD:worm.csv", "-q")
    assert old.stdout == call("show", "HEAD:worm.py")


def test_a_file_of_that_name_wins(repository: Path) -> None:
    Path("HEAD:worm.csv").write_text(NEW)
    assert run("diff", "HEAD:worm.csv", "worm.csv", "--exit-code").exit_code == 0


@pytest.mark.parametrize(
    ("spec", "seen", "hint"),
    [
        ("HEAD~9:worm.py", 'no such file, and git knows no revision "HEAD~9"', "log"),
        ("HEAD:no.py", "HEAD has no no.py", "git ls-tree -r --name-only HEAD"),
        ("HEAD:sub", "a folder in that revision", "one of the files"),
        ("HEAD:large.csv", "a pointer of Git LFS, not the file", "git lfs pull"),
        ("large.csv", "a pointer of Git LFS, not the file", "git lfs pull"),
        ("HEAD:sub/../../x.csv", "HEAD has no", "git ls-tree"),
        ("HEAD:../x.csv", "no such file; git: '../x.csv' is outside", "git cat-file"),
        ("--output=x:worm.py", "git knows no revision", ""),
        ("--batch-all-objects:a", "git knows no revision", ""),
        ("HEAD\n:worm.py", "git knows no revision", ""),
        ("\x1b[2J:\udcff.py", "git knows no revision", ""),
    ],
)
def test_a_revision_that_cannot_be_read(
    repository: Path, spec: str, seen: str, hint: str
) -> None:
    before = contents(repository)
    done = run("diff", "--", spec, "worm.py")

    assert (done.exit_code, done.stdout) == (2, "")
    assert seen in done.stderr and hint in done.stderr
    assert all(c.isprintable() or c == "\n" for c in done.stderr)
    assert contents(repository) == before


def test_outside_a_repository_and_without_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    done = run("explain", "HEAD:worm.py")
    assert done.exit_code == 1
    assert done.stderr.startswith("HEAD:worm.py: no such file; git: not a git repos")
    monkeypatch.setenv("PATH", str(tmp_path))
    gone = run("explain", "HEAD:worm.py").stderr
    assert gone == "HEAD:worm.py: no such file; git: not found\n  install it\n"
