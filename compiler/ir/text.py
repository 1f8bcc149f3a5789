"""Stages as text: for `--emit` and `--dump`, for golden files, and for the digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Int32
from ..graph import ranks
from ..names import number, plain
from .stages import (
    CHEMICAL,
    INTER,
    MOTOR,
    SENSORY,
    Cells,
    Circuit,
    Connectome,
    Dag,
    Junctions,
    Order,
    Plan,
    Sweep,
    Synapses,
)

CHUNK = 2**18  # pairs whose text is made at once
Stage = Connectome | Circuit | Dag | Order | Plan | Sweep


def text(ir: Stage) -> str:
    """One stage as text: its cells, then its tables, a row a line."""
    return "\n".join(lines(ir)) + "\n"


def lines(ir: Stage) -> Iterator[str]:
    """The lines of `text`."""
    yield f"{type(ir).__name__.lower()} {ir.source.label}, weights in {ir.source.unit}"
    if isinstance(ir, Plan):
        yield from levels(ir)
    else:
        yield from cells(ir.cells, "neurons" if isinstance(ir, Order) else "cells")
    if isinstance(ir, Order):
        unlive = [
            n
            for n, live in zip(ir.cells.name, ir.live.tolist(), strict=True)
            if not live
        ]
        yield from block("unused", [plain(name) for name in unlive])
    if isinstance(ir, Connectome):
        chemical = ir.kind == CHEMICAL
        yield from synapses(ir.cells, ir.synapses.take(chemical), "chemical rows")
        yield from synapses(ir.cells, ir.synapses.take(~chemical), "electrical rows")
        return
    if isinstance(ir, Circuit):
        yield from synapses(ir.cells, ir.chemical, "chemical")
        yield from junctions(ir.cells, ir.junctions, "--")
        return
    if isinstance(ir, Sweep):
        yield from synapses(ir.cells, ir.chemical, "chemical")
        yield from junctions(ir.cells, ir.junctions, "--")
        yield from assignments(ir)
        return
    yield from synapses(ir.cells, ir.forward, "forward")
    yield from synapses(ir.cells, ir.feedback, "feedback")
    yield from junctions(ir.cells, ir.junctions, "--" if isinstance(ir, Dag) else "->")
    if len(ir.lateral):
        yield from junctions(ir.cells, ir.lateral, "--", "lateral")


def block(title: str, rows: list[str]) -> Iterator[str]:
    """A titled, counted list."""
    yield ""
    yield f"{title} {len(rows):,}"
    yield from (f"  {row}" for row in rows)


def role(bits: int) -> str:
    """`sensory`, `sensory+motor`, or `-`."""
    words = ((SENSORY, "sensory"), (INTER, "inter"), (MOTOR, "motor"))
    return "+".join(word for bit, word in words if bits & bit) or "-"


def cells(table: Cells, title: str) -> Iterator[str]:
    """A name and its role a line."""
    pairs = zip(table.name, table.role.tolist(), strict=True)
    yield from block(title, [f"{plain(name)} {role(bits)}" for name, bits in pairs])


def levels(plan: Plan) -> Iterator[str]:
    """A level a line, then the neurons in no level."""
    start = plan.level_start.tolist()
    rows = [
        " ".join(plain(name) for name in plan.cells.name[first:last])
        for first, last in zip(start, start[1:], strict=False)
    ]
    yield from block("levels", rows)
    yield from block("unused", [plain(name) for name in plan.cells.name[start[-1] :]])


def synapses(table: Cells, edges: Synapses, title: str) -> Iterator[str]:
    """`A -> B 3` a line, with the line of the file."""
    name = table.name
    signs = {0: "", 1: "+", -1: "-"}
    columns = (edges.pre, edges.post, edges.weight, edges.sign, edges.line)
    rows = [
        f"{plain(name[a])} -> {plain(name[b])} {signs[s]}{number(w)}"
        + (f"  line {at}" if at else "")
        for a, b, w, s, at in zip(*(column.tolist() for column in columns), strict=True)
    ]
    yield from block(title, rows)


def junctions(
    table: Cells, edges: Junctions, arrow: str, title: str = "junctions"
) -> Iterator[str]:
    """`A -- B 3` a line; `A -> B 3` once it has a direction."""
    name = table.name
    columns = (edges.left, edges.right, edges.weight, edges.line)
    rows = [
        f"{plain(name[a])} {arrow} {plain(name[b])} {number(w)}"
        + (f"  line {at}" if at else "")
        for a, b, w, at in zip(*(column.tolist() for column in columns), strict=True)
    ]
    yield from block(title, rows)


def assignments(sweep: Sweep) -> Iterator[str]:
    """A value a line: `7 VA1 = unit(3)`, `9 VA1 = 7 * 4`, then the output of each motor."""
    name = sweep.cells.name
    columns = (sweep.neuron, sweep.left, sweep.right)
    found = zip(*(column.tolist() for column in columns), strict=True)
    rows = [
        f"{v} {plain(name[n])} = "
        + ("input" if a < 0 else f"unit({a})" if b < 0 else f"{a} * {b}")
        for v, (n, a, b) in enumerate(found)
    ]
    yield from block("values", rows)
    given = [
        f"{plain(name[row])} {value}"
        for row, value in enumerate(sweep.output.tolist())
        if value >= 0
    ]
    yield from block("outputs", given)


def digest(ir: Circuit | Dag | Order | Plan | Sweep) -> str:
    """16 hex digits of the SHA-256 of a graph's canonical text.

    The text holds each neuron with its sensory and motor role and transmitter, each
    chemical pair with weight and sign, and each coupled pair, all by name and sorted: so
    it is the same for every stage from Circuit on, and for a model's tables.
    """
    name = ir.cells.name
    bits = [b & (SENSORY | MOTOR) for b in ir.cells.role.tolist()]
    neurons = sorted(zip(name, bits, ir.cells.transmitter, strict=True))
    tables, ends = (
        ([ir.chemical], [ir.junctions])
        if isinstance(ir, Circuit | Sweep)
        else ([ir.forward, ir.feedback], [ir.junctions, ir.lateral])
    )
    rank = ranks(np.array(name, object))
    pre, post, weight, sign = (
        np.concatenate([getattr(table, column) for table in tables])
        for column in ("pre", "post", "weight", "sign")
    )
    left, right, heavy = (
        np.concatenate([getattr(table, column) for table in ends])
        for column in ("left", "right", "weight")
    )
    turned = rank[left] > rank[right]
    one, two = np.where(turned, right, left), np.where(turned, left, right)
    found = hashlib.sha256(f"[{json.dumps(neurons, separators=(',', ':'))},[".encode())
    for more, columns in (
        ("],[", (pre, post, weight, sign)),
        ("]]", (one, two, heavy)),
    ):
        for part in pairs(name, rank, *columns):
            found.update(part.encode())
        found.update(more.encode())
    return found.hexdigest()[:16]


def pairs(
    name: tuple[str, ...], rank: Int32, one: Int32, two: Int32, *rest: NDArray[Any]
) -> Iterator[str]:
    """Rows of pairs as JSON, sorted by name, some thousands at a time: they may be millions.

    Args:
        rest: the weight, which is written as a text, and perhaps a sign.
    """
    quoted = [json.dumps(neuron) for neuron in name]
    order = np.lexsort((rank[two], rank[one]))
    for first in range(0, len(order), CHUNK):
        rows = order[first : first + CHUNK]
        ends = zip(one[rows].tolist(), two[rows].tolist(), strict=True)
        texts = [f"{quoted[a]},{quoted[b]}" for a, b in ends]
        for column in rest:
            value, place = np.unique(column[rows], return_inverse=True)
            words = [f'"{number(v)}"' for v in value.tolist()]
            if column.dtype == np.int8:
                words = [str(v) for v in value.tolist()]
            pairs = zip(texts, place.tolist(), strict=True)
            texts = [f"{text},{words[k]}" for text, k in pairs]
        yield ("," if first else "") + f"[{'],['.join(texts)}]"
