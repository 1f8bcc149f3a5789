"""git: diff drivers that show what changed in a connectome or a model, not in its text.

Two ways in: `textconv` gives a file as sorted lines, a synapse a line, which `git log -p`
compares; `command` lets `git diff` show `elegansc diff`. Both fall back to the file as it
is where its tables do not say all of it, so that no diff is ever lost.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import numpy as np

from ..errors import CompilerError, InputError, visible
from ..files import read_bytes
from ..ir.invariants import verify
from ..ir.stages import MOTOR, SENSORY, Cells, Connectome, Junctions, Synapses
from ..module.emit import emit
from ..module.header import FIRST, is_generated
from ..module.read import Model, read_model
from ..module.restore import unplanned
from ..names import LABEL, literal, number
from ..readers.parse import Layout, parse

DRIVER = "elegansc"
SETTINGS = {
    f"diff.{DRIVER}.textconv": "elegansc textconv",
    f"diff.{DRIVER}.command": "elegansc git-diff",
    f"diff.{DRIVER}.xfuncname": "^(neuron|chemical|electrical) ",
}
BEGIN, END = "# elegansc git-setup: begin", "# elegansc git-setup: end"
OURS = re.compile(f"^{BEGIN}\r?\n.*?^{END}\r?\n?".encode(), re.MULTILINE | re.DOTALL)
CONFLICT = re.compile(
    rb"^<{7} .*\n((?:.*\n)*?)(?:^\|{7} .*\n(?:.*\n)*?)?^={7}\n((?:.*\n)*?)^>{7} .*\n",
    re.MULTILINE,
)
SIGNS = {1: " positive", 0: "", -1: " negative"}


def git(*words: str) -> str:
    """The output of a git command; what is not UTF-8 in it can be written again.

    Raises:
        InputError: git is not there, or says no.
    """
    try:
        done = subprocess.run(["git", *words], capture_output=True)
    except FileNotFoundError:
        raise InputError("git", "not found", "install it") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        hint = f"git {words[0]} said so"
        raise InputError("git", said.removeprefix("fatal: ") or "failed", hint)
    return done.stdout.decode("utf-8", "surrogateescape")


def setup(patterns: tuple[str, ...]) -> list[str]:
    """Install the drivers for this repository; the patterns that now use them.

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
    """Take the drivers out again; what else stands in the files stays."""
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
    """The attributes of this repository alone, which no commit holds."""
    return Path(git("rev-parse", "--git-path", "info/attributes").strip())


def without_ours(path: Path) -> bytes:
    """A file without the lines that we wrote."""
    return OURS.sub(b"", path.read_bytes()) if path.exists() else b""


def models() -> list[str]:
    """The generated models that git tracks, from the root of the repository."""
    root = Path(git("rev-parse", "--show-toplevel").rstrip("\n"))
    found = []
    for name in git("-C", str(root), "ls-files", "-z", "*.py").split("\0"):
        path = root / name
        if name and path.is_file():
            with path.open("rb") as file:
                if is_generated(file.read(len(FIRST))):
                    found.append("/" + escaped(name))
    return found


def escaped(name: str) -> str:
    """A file name as a pattern that matches it alone."""
    return "".join(f"\\{c}" if c in "*?[]\\!#" else c for c in name)


def quoted(pattern: str) -> str:
    """A pattern as .gitattributes takes it: in quotes where it holds a space or worse."""
    if all(c.isprintable() and c not in '" #' for c in pattern):
        return pattern
    marks = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return '"' + "".join(marks.get(c, c) for c in pattern) + '"'


def textconv(path: str) -> Iterator[bytes]:
    """A connectome or a model as sorted lines; any other file as it is."""
    data = read_bytes(path) if Path(path).stat().st_size else b""
    told = unmerged if CONFLICT.search(data) else listing
    try:
        lines = list(told(data, path))
    except CompilerError:
        yield data
        return
    for line in lines:
        yield line.encode() + b"\n"


def listing(data: bytes, path: str) -> Iterator[str]:
    """A line a neuron, a synapse, a junction, and all else that the file says.

    Raises:
        CompilerError: it is neither a connectome nor a model.
    """
    if is_generated(data):
        model = read_model(data, path)
        verify(model.plan)
        yield from lines_of(model)
        yield from edits(model, data)
    else:
        yield from rows(parse(data, path, layout=Layout()), data)


def unmerged(data: bytes, path: str) -> Iterator[str]:
    """The lines of both sides of a merge that stopped in this file.

    Raises:
        CompilerError: one of the sides is neither a connectome nor a model.
    """
    ours, theirs = (
        list(listing(CONFLICT.sub(side, data), path)) for side in (rb"\1", rb"\2")
    )
    yield "unmerged: merge its source and compile it again"
    lines = list(unified_diff(ours, theirs, n=len(ours), lineterm=""))
    yield from (line[1:] for line in lines[3:]) if lines else ours


def edits(model: Model, data: bytes) -> Iterator[str]:
    """How a model's text differs from what its tables give: not at all, unless edited."""
    (again,) = emit(model.plan, options=model.options, name=model.name).files.values()
    data = data.replace(b"\r\n", b"\n")
    if again == data:
        return
    ours, theirs = (
        text.decode("utf-8", "replace").split("\n") for text in (again, data)
    )
    for line in islice(unified_diff(ours, theirs, n=0, lineterm=""), 2, None):
        yield f"text {visible(line)}"


def is_plain(path: str) -> bool:
    """Whether a file is no model, or one that its tables say all of."""
    data = read_bytes(path)
    try:
        return not (is_generated(data) and any(edits(read_model(data, path), data)))
    except CompilerError:
        return False


def lines_of(model: Model) -> Iterator[str]:
    """All that a model's tables say; its levels follow from it."""
    circuit, dag = unplanned(model.plan)
    cells, cycles = circuit.cells, model.tables.cycles
    yield f"model {model.name} of {model.header.label}"
    for option, value in model.tables.options.items():
        yield f"option {option} {value}"
    yield " ".join(["cycles", *map(str, cycles.values())])
    yield from neurons(cells, set(model.tables.unused))
    yield from sorted(
        [*chemical(cells, dag.forward), *chemical(cells, dag.feedback, " backward")]
    )
    within = electrical(cells, dag.lateral, " in a level")
    yield from sorted([*electrical(cells, dag.junctions), *within])


def neurons(cells: Cells, unused: set[str]) -> Iterator[str]:
    """neuron AVAL motor acetylcholine"""
    for name, role, word in zip(
        cells.name, cells.role.tolist(), cells.transmitter, strict=True
    ):
        words = ["neuron", whole(name)]
        words += ["sensory"] if role & SENSORY else []
        words += ["motor"] if role & MOTOR else []
        words += [whole(word)] if word else []
        words += ["unused"] if name in unused else []
        yield " ".join(words)


def chemical(cells: Cells, edges: Synapses, way: str = "") -> Iterator[str]:
    """chemical AVAL -> AVAR 3 backward"""
    name = cells.name
    for u, v, weight, sign in zip(
        edges.pre.tolist(),
        edges.post.tolist(),
        edges.weight.tolist(),
        edges.sign.tolist(),
        strict=True,
    ):
        pair = f"{whole(name[u])} -> {whole(name[v])}"
        yield f"chemical {pair} {number(weight)}{SIGNS[sign]}{way}"


def electrical(cells: Cells, ends: Junctions, way: str = "") -> Iterator[str]:
    """electrical AVAL -> AVAR 3: it conducts from left to right, if it does."""
    name = cells.name
    for u, v, weight, forced in zip(
        ends.left.tolist(),
        ends.right.tolist(),
        ends.weight.tolist(),
        ends.forced.tolist(),
        strict=True,
    ):
        left, right = (v, u) if forced < 0 else (u, v)
        pair = f"{whole(name[left])} -> {whole(name[right])}"
        yield f"electrical {pair} {number(weight)}{way}"


def rows(connectome: Connectome, data: bytes) -> Iterator[str]:
    """A line a row of a connectome file, sorted; a digest if the file says more."""
    name, edges = connectome.cells.name, connectome.synapses
    columns = (
        edges.pre.tolist(),
        edges.post.tolist(),
        (edges.weight * np.where(edges.sign < 0, -1, 1)).tolist(),
        connectome.kind.tolist(),
    )
    yield from sorted(
        f"{'electrical' if kind else 'chemical'} {whole(name[u])} -> {whole(name[v])} {number(w)}"
        for u, v, w, kind in zip(*columns, strict=True)
    )
    facts = connectome.history["parse"]
    more = [word for word in ("comments", "ignored", "zero") if facts[word]]
    more += ["repeated"] if facts["repeated"]["rows"] else []
    if more:
        digest = hashlib.sha256(data).hexdigest()[:16]
        yield f"beside: {', '.join(more)}; file {digest}"


def whole(name: str) -> str:
    """A name on one line, however long: what is cut might be what changed."""
    return name if LABEL.fullmatch(name) else literal(name)


def plain_diff(name: str, old: str, new: str) -> bytes:
    """What git itself would show."""
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
