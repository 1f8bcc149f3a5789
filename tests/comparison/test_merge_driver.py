"""The merge driver: real git merges, rebases and picks models by their tables."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.command import contents, edited, run
from support.repository import (
    ATTRIBUTES,
    CONFIG,
    branch,
    call,
    commit,
    regenerate,
    setup,
)

from elegansc.comparison import git

pytestmark = pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")

ROWS = "pre,post,weight\n" + "".join(f"S,n{n},1\nn{n},M,1\n" for n in range(9))
LEFT, RIGHT = ("S,n0,1", "S,n0,7"), ("n8,M,1", "n8,M,9")
BOTH = ROWS.replace(*LEFT).replace(*RIGHT)


def two_branches(left: tuple[str, str] = LEFT, right: tuple[str, str] = RIGHT) -> None:
    """main, left and right: each regenerated the model; right is checked out."""
    Path("worm.csv").write_text(ROWS)
    regenerate()
    commit("larger")
    branch("left", ROWS.replace(*left))
    branch("right", ROWS.replace(*right))


def is_whole() -> None:
    """Assert that the model is that of the merged connectome, and all is committed."""
    assert Path("worm.csv").read_text() == BOTH
    done = run("status", "worm.py", "--against", "worm.csv")
    assert (done.exit_code, "fresh" in done.stdout) == (0, True), done.stdout
    assert call("status", "--porcelain") == ""
    assert run("compile", "worm.csv", "-o", "worm.py", "--check").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("merge", "-q", "--no-edit", "left"),
        ("rebase", "-q", "left"),
        ("cherry-pick", "left"),
    ],
    ids=lambda words: words[0],
)
def test_git_merges_a_model_that_both_sides_regenerated(
    repository: Path, words: tuple[str, ...]
) -> None:
    two_branches()
    setup()
    call(*words)
    is_whole()


def test_a_pattern_of_models_in_a_folder_with_hostile_names(repository: Path) -> None:
    """The driver gets the name by the shell: nothing of it is run."""
    name = "$(touch oops);'q\" -n `touch oops`.py"
    Path("worm.csv").write_text(ROWS)
    shutil.copy("worm.py", "-n.py")
    for text in (ROWS, ROWS.replace(*LEFT), ROWS.replace(*RIGHT)):
        Path("worm.csv").write_text(text)
        for path in (name, "-n.py"):
            words = ("compile", "worm.csv", "-q", f"-o./{path}", "--force")
            assert run(*words).exit_code == 0
        commit("change")
        if text == ROWS:
            call("branch", "other")
        elif text == ROWS.replace(*LEFT):
            call("branch", "left")
            call("checkout", "-q", "other")
    setup("*.py")
    call("merge", "-q", "--no-edit", "left")
    for path in (name, "-n.py"):
        assert run("status", f"./{path}", "--against", "worm.csv").exit_code == 0
    assert not list(Path().rglob("oops"))


def test_one_synapse_changed_on_both_sides(repository: Path) -> None:
    two_branches(("S,n0,1", "S,n0,7"), ("S,n0,1", "S,n0,8"))
    setup()
    said = subprocess.run(["git", "merge", "left"], capture_output=True, text=True)

    assert said.returncode == 1
    assert "worm.py: S -> n0: 8 here, 7 there, 1 before" in said.stderr
    assert call("diff", "--name-only", "--diff-filter=U").split() == [
        "worm.csv",
        "worm.py",
    ]
    text = Path("worm.py").read_text()
    marks = '<<<<<<< ours\n    "n0": {"S": 8},\n=======\n    "n0": {"S": 7},\n>>>>>>> theirs\n'
    assert marks in text
    assert run("status", "worm.py").exit_code == 1
    shown = call("diff").splitlines()
    assert "++unmerged: merge its source and compile it again" in shown

    Path("worm.csv").write_text(ROWS.replace("S,n0,1", "S,n0,7.5"))
    regenerate("--force")
    commit("merge")
    assert run("status", "worm.py", "--against", "worm.csv").exit_code == 0


def test_a_model_that_a_hand_edited_is_left_to_git(repository: Path) -> None:
    two_branches()
    setup()
    data = Path("worm.py").read_bytes()
    Path("worm.py").write_bytes(
        edited(data, b"state = torch.tanh(total)", b"state = torch.relu(total)")
    )
    commit("by hand")
    said = subprocess.run(["git", "merge", "left"], capture_output=True, text=True)

    assert said.returncode == 1
    assert "worm.py (ours):2: edited by hand or cut short" in said.stderr
    assert "git merged its text alone" in said.stderr
    text = Path("worm.py").read_text()
    assert "\n<<<<<<< ours\n# @generated" in text and "relu" in text


def test_files_that_are_no_models_are_merged_as_ever(repository: Path) -> None:
    """By a pattern that takes all of a folder's Python, with our driver and without."""
    lines = [f"x{n} = {n}\n" for n in range(9)]
    Path("own.py").write_text("".join(lines))
    Path("blob.py").write_bytes(b"\0one")
    commit("own")
    for name, place, blob in (("left", 0, b"\0two"), ("right", 8, b"\0six")):
        call("checkout", "-q", "-b", name, "main")
        changed = [*lines]
        changed[place] = f"{name} = 1\n"
        Path("own.py").write_text("".join(changed))
        Path("blob.py").write_bytes(blob)
        commit(name)
    setup("*.py")
    call("merge", "left", code=1)
    assert Path("own.py").read_text() == "".join(
        ["left = 1\n", *lines[1:8], "right = 1\n"]
    )
    assert Path("blob.py").read_bytes() == b"\0six"  # ours, unmerged
    assert call("diff", "--name-only", "--diff-filter=U") == "blob.py\n"


def test_without_elegansc_git_merges_the_text(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another shell, another environment: then there are marks, and no lost side."""
    two_branches()
    setup()
    places = os.environ["PATH"].split(os.pathsep)
    bare = [p for p in places if not Path(p, "elegansc").exists()]
    monkeypatch.setenv("PATH", os.pathsep.join(bare))
    call("merge", "left", code=1)

    assert "\n<<<<<<< ours\n# @generated" in Path("worm.py").read_text()
    assert (
        call("diff", "--name-only", "--diff-filter=U", "--no-ext-diff") == "worm.py\n"
    )


def three(folder: Path) -> tuple[str, str, str]:
    """Three versions of a model, as git gives them to the driver."""
    for name, text in (
        ("base", ROWS),
        ("ours", ROWS.replace(*LEFT)),
        ("theirs", ROWS.replace(*RIGHT)),
    ):
        Path(folder, "worm.csv").write_text(text)
        words = ("compile", str(folder / "worm.csv"), "-q", "-o", str(folder / name))
        assert run(*words).exit_code == 0
    return str(folder / "base"), str(folder / "ours"), str(folder / "theirs")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_leaves_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    files = three(tmp_path)
    before = contents(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(f"elegansc.files.os.{step}", full)
        done = run("merge-driver", "--", *files, "7", "worm.py")

    assert (done.exit_code, contents(tmp_path)) == (1, before)
    assert "cannot be written: No space left on device" in done.stderr


def test_killed_while_it_works(tmp_path: Path) -> None:
    """Ours stands as it was, and git sees no success."""
    files = three(tmp_path)
    before = Path(files[1]).read_bytes()
    code = """
import os, elegansc.files
def die(*_):
    os.kill(os.getpid(), 9)
elegansc.files.os.replace = die
from elegansc.__main__ import main
main()"""
    words = [sys.executable, "-c", code, "merge-driver", "--", *files]
    done = subprocess.run(words, capture_output=True)

    assert done.returncode == -signal.SIGKILL
    assert Path(files[1]).read_bytes() == before


def test_a_bug_of_ours_leaves_the_merge_to_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("tables")

    files = three(tmp_path)
    monkeypatch.setattr("elegansc.merging.merge.merge", broken)
    done = run("merge-driver", "--", *files, "9", "w.py")

    assert done.exit_code == 1
    assert (
        "our bug: w.py: KeyError: 'tables'; git merged its text"
        in done.stderr.replace("\n  ", "; ")
    )
    assert b"\n<<<<<<<<< ours\n# @generated" in Path(files[1]).read_bytes()


# Setting it up


def test_what_fails_in_the_middle_of_setting_up_changes_nothing(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    before = contents(Path(".git"))
    with monkeypatch.context() as patch:
        patch.setattr("elegansc.files.os.fsync", full)
        done = run("git-setup")
    assert done.exit_code == 1 and "nothing was changed" in done.stderr
    assert contents(Path(".git")) == before

    CONFIG.with_name("config.lock").touch()
    done = run("git-setup")
    CONFIG.with_name("config.lock").unlink()
    assert done.exit_code == 1 and "could not lock config file" in done.stderr
    assert contents(Path(".git")) == before


def test_undo_takes_the_driver_out(repository: Path) -> None:
    before = CONFIG.read_bytes()
    setup()
    assert call("check-attr", "merge", "worm.py") == "worm.py: merge: elegansc\n"
    assert call("config", "merge.elegansc.driver").startswith("if command -v elegansc")
    assert run("git-setup", "--undo").exit_code == 0
    assert CONFIG.read_bytes() == before
    assert not ATTRIBUTES.exists()
    assert call("check-attr", "merge", "worm.py") == "worm.py: merge: unspecified\n"
    assert not any(
        f"merge.{git.DRIVER}" in line for line in call("config", "-l").split()
    )
