"""What git does with a file as text: its plain diff, its plain merge."""

from __future__ import annotations

import subprocess
from pathlib import Path

from ..errors import InputError, visible

DIFF = (
    *("git", "-c", "core.quotePath=true", "diff", "--no-index"),
    *("--no-ext-diff", "--no-textconv"),
)


def plain_diff(name: str, old: str, new: str) -> bytes:
    """The plain diff of git."""
    done = subprocess.run([*DIFF, "--", old, new], capture_output=True)
    return f"diff of {visible(name)}\n".encode() + done.stdout


def plain_merge(base: Path, ours: Path, theirs: Path, size: int) -> tuple[bytes, bool]:
    """The plain merge of git: (our file with theirs in it, whether there is no conflict).

    Args:
        size: characters of a conflict marker.

    Raises:
        InputError: git can not merge it as text.
    """
    words = ["git", "merge-file", "-p", f"--marker-size={size}"]
    for label in ("ours", "base", "theirs"):
        words += ["-L", label]
    files = [str(path.absolute()) for path in (ours, base, theirs)]
    done = subprocess.run([*words, *files], capture_output=True)
    if done.returncode > 127:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise InputError("git merge-file", said or "failed", "merge it by hand")
    return done.stdout, done.returncode == 0
