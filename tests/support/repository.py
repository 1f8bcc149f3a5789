"""git in a repository of the test's own, with a connectome and its model in it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from support.command import run

ATTRIBUTES = Path(".git/info/attributes")
CONFIG = Path(".git/config")


def call(*words: str, code: int = 0) -> str:
    """What git says."""
    done = subprocess.run(["git", *words], capture_output=True)
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout.decode("utf-8", "surrogateescape")


def commit(message: str) -> None:
    """Commit all there is."""
    call("add", "-A")
    call("commit", "-q", "-m", message)


def regenerate(*words: str) -> None:
    """Compile `worm.csv` into `worm.py`."""
    assert run("compile", "worm.csv", "-q", "-o", "worm.py", *words).exit_code == 0


def setup(*patterns: str) -> list[str]:
    """`elegansc git-setup PATTERNS`: what it says."""
    done = run("git-setup", *patterns)
    assert (done.exit_code, done.stdout) == (0, "")
    return done.stderr.splitlines()


def marked(text: str) -> list[str]:
    """The lines of a diff that are marked + or -."""
    lines = text.splitlines()
    return [x for x in lines if x[:1] in ("+", "-") and x[:3] not in ("+++", "---")]


def branch(name: str, edges: str, start: str = "main") -> None:
    """A branch on which the connectome changed and its model was regenerated."""
    call("checkout", "-q", "-b", name, start)
    Path("worm.csv").write_text(edges)
    regenerate()
    commit(name)
