"""git: drivers that show the changes of a connectome or a model by name, and merge models.

Two ways in to a diff: `textconv` gives a file as sorted lines, a synapse a line, which
`git log -p` compares; `command` lets `git diff` show `elegansc diff`. Both fall back to the
plain file if its tables do not give all of its text, so that no change is hidden. The merge
driver falls back to git's own merge, also where elegansc is not installed.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from ..errors import InputError
from ..files import made, replace
from ..git.command import decoded, git
from ..ir.artifact import beside_of
from ..module.beside import is_filed
from ..module.header import is_generated

DRIVER = "elegansc"
SETTINGS = {
    f"diff.{DRIVER}.textconv": "elegansc textconv",
    f"diff.{DRIVER}.command": "elegansc git-diff",
    f"diff.{DRIVER}.xfuncname": "^(neuron|chemical|electrical) ",
    f"merge.{DRIVER}.name": "models by their tables",
    f"merge.{DRIVER}.driver": (
        "if command -v elegansc >/dev/null; then elegansc merge-driver -- %O %A %B %L %P; "
        "else git merge-file -L ours -L base -L theirs --marker-size=%L %A %O %B; fi"
    ),
}
BEGIN, END = "# elegansc git-setup: begin", "# elegansc git-setup: end"
OUR_LINES = re.compile(
    f"^{BEGIN}\r?\n.*?^{END}\r?\n?".encode(), re.MULTILINE | re.DOTALL
)


def setup(patterns: tuple[str, ...]) -> list[tuple[str, bool]]:
    """Install the drivers for this repository.

    Args:
        patterns: as in .gitattributes; none: every generated model that git tracks.

    Returns:
        (pattern, whether its files are merged by elegansc too: models are) of each.

    Raises:
        InputError: no repository, no model, or a file that can not be written; then the
            drivers are as they were.
    """
    path = attributes()
    used = list(patterns) or models()
    if not used:
        hint = "name files or patterns: elegansc git-setup 'models/*.py' 'data/*.csv'"
        raise InputError(".", "git tracks no generated model here", hint)
    merged = [(pattern, pattern.endswith(".py")) for pattern in used]
    rest = without_ours(path)
    if rest and not rest.endswith(b"\n"):
        rest += b"\n"
    lines = [
        f"{quoted(pattern)} diff={DRIVER}" + (f" merge={DRIVER}" if merges else "")
        for pattern, merges in merged
    ]
    ours = "\n".join([BEGIN, *lines, END, ""]).encode("utf-8", "surrogateescape")
    new = [key for key in SETTINGS if not config("--get-all", key)]
    try:
        for key, value in SETTINGS.items():
            git("config", "--local", key, value)
        with made(path.parent):
            replace(path, rest + ours)
    except InputError:
        for key in new:
            config("--unset-all", key)
        raise
    return merged


def undo() -> None:
    """Remove the drivers; all other settings stay."""
    path = attributes()
    rest = without_ours(path)
    if rest:
        replace(path, rest)
    else:
        path.unlink(missing_ok=True)
    for key in SETTINGS:
        config("--unset-all", key)


def config(*words: str) -> bool:
    """Whether a command about the settings of this repository succeeds."""
    done = subprocess.run(["git", "config", "--local", *words], capture_output=True)
    return done.returncode == 0


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
            if is_filed(path.read_bytes()):
                found.append("/" + escaped(beside_of(name)))
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
