"""A connectome or a model as sorted lines, a synapse a line, for git to compare.

Where the tables do not say all of a file, the file stands there as it is.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterator
from difflib import unified_diff
from itertools import islice
from pathlib import Path

import numpy as np

from ..errors import CompilerError, visible
from ..files import read_bytes
from ..ir.accounts import TextForm
from ..ir.stages import (
    MOTOR,
    SENSORY,
    Cells,
    Connectome,
    Junctions,
    Plan,
    Source,
    Synapses,
)
from ..module.header import is_generated, unified
from ..module.plan_arrays import is_tables, plan_from
from ..module.read import CircuitModel, Model, read_module, unswept
from ..module.restore import unplanned
from ..module.tables import cycles_of
from ..names import LABEL, literal, number
from ..readers.reader import Layout
from ..sources import emitted, read_source

EQUALS = b"======="
MARKS = {
    b"<<<<<<< ": "ours",
    b"||||||| ": "base",
    EQUALS: "theirs",
    b">>>>>>> ": "both",
}
SIGNS = {1: " positive", 0: "", -1: " negative"}


def textconv(path: str) -> tuple[bytes, str]:
    """A connectome or a model as lines; any other file, and any that fails, unchanged.

    Returns:
        The text, and a bug of ours if one kept the file from being listed.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}\n".encode(), ""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            lines = list(unmerged(data, path) or listing(data, path))
        return "".join(f"{line}\n" for line in lines).encode(), ""
    except CompilerError:
        return data, ""
    except Exception as error:
        return data, f"{type(error).__name__}: {error}"


def listing(data: bytes, path: str) -> Iterator[str]:
    """A line for each neuron, synapse and junction, and for all else in the file.

    Raises:
        CompilerError: it is neither a connectome nor a model.
    """
    if is_tables(data):
        yield from graph_lines(plan_from(data, path, Source("", ""), {}))
        return
    source = read_source(data, path, Layout())
    if isinstance(source, Connectome):
        yield from rows(source, data)
    else:
        model = unswept(source)
        yield from model_lines(model)
        yield from edits(model, data)


def unmerged(data: bytes, path: str) -> list[str]:
    """The lines of both sides of a merge that stopped in this file; none if none did.

    Raises:
        CompilerError: one of the sides is neither a connectome nor a model.
    """
    both = sides(data)
    if both is None:
        return []
    ours, theirs = (list(listing(side, path)) for side in both)
    lines = list(unified_diff(ours, theirs, n=len(ours), lineterm=""))
    return [
        "unmerged: merge its source and compile it again",
        *([line[1:] for line in lines[3:]] if lines else ours),
    ]


def sides(data: bytes) -> tuple[bytes, bytes] | None:
    """Our side and their side of a file with conflict markers; None: it has none."""
    lines: dict[str, list[bytes]] = {"ours": [], "theirs": [], "base": []}
    state, stopped = "both", False
    for line in data.splitlines(keepends=True):
        mark = MARKS.get(line[:8] if line[:7] != EQUALS else line.rstrip(b"\r\n"), "")
        if mark and (mark == "ours") == (state == "both"):
            state, stopped = mark, True
            continue
        for side in ("ours", "theirs") if state == "both" else (state,):
            lines[side].append(line)
    if not stopped or state != "both":
        return None
    return b"".join(lines["ours"]), b"".join(lines["theirs"])


def edits(model: Model | CircuitModel, data: bytes) -> Iterator[str]:
    """Differences between a model's text and the text emitted for its tables."""
    again, data = emitted(model), unified(data)
    if again == data:
        return
    ours, theirs = (
        text.decode("utf-8", "replace").split("\n") for text in (again, data)
    )
    for line in islice(unified_diff(ours, theirs, n=0, lineterm=""), 2, None):
        yield f"text {visible(line)}"


def is_unedited(path: str) -> bool:
    """Whether the tables of a model give all of its text; True for other files."""
    data = read_bytes(path)
    try:
        return not (is_generated(data) and any(edits(read_module(data, path), data)))
    except Exception:  # whatever it is: then the plain diff is shown too
        return False


def model_lines(model: Model | CircuitModel) -> Iterator[str]:
    """The lines of a model's tables; levels follow from them."""
    yield f"model {model.name} of {model.header.label}"
    for option, value in model.options.changed().items():
        yield f"option {option} {value}"
    if isinstance(model, CircuitModel):
        circuit = model.circuit
        yield from neurons(circuit.cells, set())
        yield from sorted(chemical(circuit.cells, circuit.chemical))
        yield from sorted(electrical(circuit.cells, circuit.junctions))
        return
    cycles = cycles_of(model.plan).values()
    said = (each if isinstance(each, str) else number(each) for each in cycles)
    yield " ".join(["cycles", *said])
    yield from graph_lines(model.plan)


def graph_lines(plan: Plan) -> Iterator[str]:
    """The lines of neurons, synapses and junctions."""
    circuit, dag = unplanned(plan)
    cells, first = circuit.cells, int(plan.level_start[-1])
    yield from neurons(cells, set(plan.cells.name[first:]))
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
    """A sorted line for each row of a connectome file; a digest if the file has more."""
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
    account = connectome.history.parse
    assert account is not None
    form, more = account.form, []
    if isinstance(form, TextForm):
        more += [word for word in ("comments", "ignored") if getattr(form, word)]
    more += ["zero"] if account.zero else []
    more += ["repeated"] if account.repeated.rows else []
    if more:
        digest = hashlib.sha256(data).hexdigest()[:16]
        yield f"beside: {', '.join(more)}; file {digest}"


def whole(name: str) -> str:
    """A name on one line, never cut, as a change may be at its end."""
    return name if LABEL.fullmatch(name) else literal(name)
