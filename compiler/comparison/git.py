"""git: diff drivers that show the changes of a connectome or a model by name.

Two ways in: `textconv` gives a file as sorted lines, a synapse a line, which `git log -p`
compares; `command` lets `git diff` show `elegansc diff`. Both fall back to the plain file
if its tables do not give all of its text, so that no change is hidden.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from ..errors import InputError, visible
from ..git.command import decoded, git
from ..module.header import is_generated

DRIVER = "elegansc"
SETTINGS = {
    f"diff.{DRIVER}.textconv": "elegansc textconv",
    f"diff.{DRIVER}.command": "elegansc git-diff",
    f"diff.{DRIVER}.xfuncname": "^(neuron|chemical|electrical) ",
}
BEGIN, END = "# elegansc git-setup: begin", "# elegansc git-setup: end"
OUR_LINES = re.compile(
    f"^{BEGIN}\r?\n.*?^{END}\r?\n?".encode(), re.MULTILINE | re.DOTALL
)


def setup(patterns: tuple[str, ...]) -> list[str]:
    """Install the drivers for this repository; returns the patterns that use them.

    Args:
        patterns: as in .gitattributes; none: every generated model that git tracks.
    """
    path = attributes()
    used = list(patterns) or models()
    if not used:
        hint = "name files or patterns: elegansc git-setup 'models/*.py' 'data/*.csv'"
        raise InputError(".", "git tracks no generated model here", hint)
    for key, value in SETTINGS.items():
        git("config", "--local", key, value)
    rest = without_ours(path)
    if rest and not rest.endswith(b"\n"):
        rest += b"\n"
    lines = [f"{quoted(pattern)} diff={DRIVER}" for pattern in used]
    ours = "\n".join([BEGIN, *lines, END, ""])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rest + ours.encode("utf-8", "surrogateescape"))
    return used


def undo() -> None:
    """Remove the drivers; all other settings stay."""
    path = attributes()
    for key in SETTINGS:
        subprocess.run(
            ["git", "config", "--local", "--unset-all", key], capture_output=True
        )
    rest = without_ours(path)
    if rest:
        path.write_bytes(rest)
    else:
        path.unlink(missing_ok=True)


def attributes() -> Path:
    """The local attributes file of this repository, which is never committed."""
    return Path(decoded(git("rev-parse", "--git-path", "info/attributes")).strip())


def without_ours(path: Path) -> bytes:
    """A file without the lines that `setup` wrote."""
    return OUR_LINES.sub(b"", path.read_bytes()) if path.exists() else b""


def models() -> list[str]:
    """The generated models that git tracks, from the root of the repository."""
    root = Path(decoded(git("rev-parse", "--show-toplevel")).rstrip("\n"))
    found = []
    for name in decoded(git("-C", str(root), "ls-files", "-z", "*.py")).split("\0"):
        path = root / name
        if name and path.is_file() and is_generated(path.read_bytes()):
            found.append("/" + escaped(name))
    return found


def escaped(name: str) -> str:
    """A file name as a pattern that matches it alone."""
    return "".join(f"\\{c}" if c in "*?[]\\!#" else c for c in name)


def quoted(pattern: str) -> str:
    """A pattern for .gitattributes, quoted if it has a space or a special character."""
    if all(c.isprintable() and c not in '" #' for c in pattern):
        return pattern
    marks = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return '"' + "".join(marks.get(c, c) for c in pattern) + '"'


def plain_diff(name: str, old: str, new: str) -> bytes:
    """The plain diff of git."""
    done = subprocess.run(
        [
            "git",
            "-c",
            "core.quotePath=true",
            "diff",
            "--no-index",
            "--no-ext-diff",
            "--no-textconv",
            "--",
            old,
            new,
        ],
        capture_output=True,
    )
    return f"diff of {visible(name)}\n".encode() + done.stdout
