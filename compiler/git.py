"""git: diff drivers that show what changed in a connectome or a model, not in its text.

Two ways in: `textconv` gives a file as sorted lines, a synapse a line, which `git diff` and
`git log -p` compare; `command` lets `git diff` show `elegansc diff`. Both fall back to the
file as it is where it can not be read, so that no diff is ever lost.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from .errors import CompilerError, InputError, visible
from .ir import MOTOR, SENSORY, Connectome
from .names import number, plain
from .parse import Layout, parse, read_bytes
from .readers.model import FIRST, is_model, read_model
from .tables import unplanned

DRIVER = "elegansc"
SETTINGS = {
    f"diff.{DRIVER}.textconv": "elegansc textconv",
    f"diff.{DRIVER}.command": "elegansc git-diff",
    f"diff.{DRIVER}.xfuncname": "^(neuron|chemical|electrical) ",
}
BEGIN, END = "# elegansc git-setup: begin", "# elegansc git-setup: end"


def git(*words: str) -> str:
    """The output of a git command.

    Raises:
        InputError: git is not there, or says no.
    """
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True)
    except FileNotFoundError:
        raise InputError("git", "not found", "install it") from None
    if done.returncode:
        raise InputError(
            "git", done.stderr.strip() or "failed", f"git {words[0]} said so"
        )
    return done.stdout


def setup(patterns: tuple[str, ...]) -> list[str]:
    """Install the drivers for this repository; the patterns that now use them.

    Args:
        patterns: as in .gitattributes; none: every generated model that git tracks.
    """
    used = list(patterns) or models()
    if not used:
        hint = "name files or patterns: elegansc git-setup 'models/*.py' 'data/*.csv'"
        raise InputError(".", "git tracks no generated model here", hint)
    for key, value in SETTINGS.items():
        git("config", "--local", key, value)
    path = attributes()
    rest = without_ours(path)
    lines = [f"{quoted(pattern)} diff={DRIVER}" for pattern in used]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*rest, BEGIN, *lines, END, ""]), encoding="utf-8")
    return used


def undo() -> None:
    """Take the drivers out again; what else stands in the files stays."""
    for key in SETTINGS:
        subprocess.run(
            ["git", "config", "--local", "--unset", key], capture_output=True
        )
    section = ["git", "config", "--local", "--remove-section", f"diff.{DRIVER}"]
    subprocess.run(section, capture_output=True)
    path = attributes()
    if path.exists():
        rest = without_ours(path)
        if rest:
            path.write_text("\n".join([*rest, ""]), encoding="utf-8")
        else:
            path.unlink()


def attributes() -> Path:
    """The attributes of this repository alone, which no commit holds."""
    return Path(git("rev-parse", "--git-path", "info/attributes").strip())


def without_ours(path: Path) -> list[str]:
    """The lines of a file that we did not write."""
    if not path.exists():
        return []
    kept, ours = [], False
    for line in path.read_text(encoding="utf-8").splitlines():
        if line in (BEGIN, END):
            ours = line == BEGIN
        elif not ours:
            kept.append(line)
    return kept


def models() -> list[str]:
    """The generated models that git tracks, from the root of the repository."""
    root = Path(git("rev-parse", "--show-toplevel").rstrip("\n"))
    found = []
    for name in git("-C", str(root), "ls-files", "-z", "*.py").split("\0"):
        path = root / name
        if name and path.is_file():
            with path.open("rb") as file:
                if file.read(len(FIRST)) == FIRST:
                    found.append("/" + escaped(name))
    return found


def escaped(name: str) -> str:
    """A file name as a pattern that matches it alone."""
    return "".join(f"\\{c}" if c in "*?[]\\!#" else c for c in name)


def quoted(pattern: str) -> str:
    """A pattern as .gitattributes takes it: in quotes where it holds a space or worse."""
    if all(c.isprintable() and c not in '" \t' for c in pattern):
        return pattern
    marks = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n"}
    return '"' + "".join(marks.get(c, c) for c in pattern) + '"'


def textconv(path: str) -> Iterator[bytes]:
    """A connectome or a model as sorted lines; any other file as it is."""
    data = read_bytes(path) if Path(path).stat().st_size else b""
    try:
        lines = list(listing(data, path))
    except CompilerError:
        yield data
        return
    for line in lines:
        yield line.encode() + b"\n"


def listing(data: bytes, path: str) -> Iterator[str]:
    """A line a neuron, a synapse, a junction."""
    if is_model(data):
        model = read_model(data, path)
        circuit, dag = unplanned(model.plan)
        for option, value in model.tables.options.items():
            yield f"option {option} {value}"
        name, role = circuit.cells.name, circuit.cells.role.tolist()
        unused = set(model.tables.unused)
        for row, neuron in enumerate(name):
            words = [
                w
                for bit, w in ((SENSORY, "sensory"), (MOTOR, "motor"))
                if role[row] & bit
            ]
            words += ["unused"] if neuron in unused else []
            yield " ".join(["neuron", plain(neuron), *words])
        for word, edges in (("", dag.forward), (" backward", dag.feedback)):
            ends = zip(
                edges.pre.tolist(),
                edges.post.tolist(),
                edges.weight.tolist(),
                strict=True,
            )
            yield from sorted(
                f"chemical {plain(name[u])} -> {plain(name[v])} {number(w)}{word}"
                for u, v, w in ends
            )
        ends = zip(
            *(
                c.tolist()
                for c in (
                    circuit.junctions.left,
                    circuit.junctions.right,
                    circuit.junctions.weight,
                )
            ),
            strict=True,
        )
        yield from sorted(
            f"electrical {plain(name[u])} - {plain(name[v])} {number(w)}"
            for u, v, w in ends
        )
        return
    yield from rows(parse(data, path, layout=Layout()))


def rows(connectome: Connectome) -> Iterator[str]:
    """A line a row of a connectome file, sorted."""
    name, edges = connectome.cells.name, connectome.synapses
    columns = (
        edges.pre.tolist(),
        edges.post.tolist(),
        edges.weight.tolist(),
        connectome.kind.tolist(),
    )
    yield from sorted(
        f"{'electrical' if kind else 'chemical'} {plain(name[u])} -> {plain(name[v])} {number(w)}"
        for u, v, w, kind in zip(*columns, strict=True)
    )


def plain_diff(name: str, old: str, new: str) -> str:
    """What git itself would show, for files that are none of ours."""
    done = subprocess.run(
        [
            "git",
            "-c",
            "core.quotePath=true",
            "diff",
            "--no-index",
            "--no-ext-diff",
            "--",
            old,
            new,
        ],
        capture_output=True,
    )
    return f"diff of {visible(name)}\n" + done.stdout.decode("utf-8", "replace")
