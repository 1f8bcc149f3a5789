"""The rows of a graph as columns of values: what every form of a file is written from."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..arrays import Float64, Int64
from ..graph import EXACT
from ..ir.stages import CHEMICAL, Connectome
from ..ir.text import role
from .canonical import isolated, signed

KINDS = ("chemical", "electrical")  # by the number of the kind

Facts = dict[str, str]  # of a cell: role, transmitter


def edges(connectome: Connectome) -> Iterator[tuple[int, int, str, float]]:
    """(pre, post, kind, signed weight) of each synapse and junction; cells by row."""
    table = connectome.synapses
    kinds = [KINDS[kind] for kind in connectome.kind.tolist()]
    weights = signed(table).tolist()
    return zip(table.pre.tolist(), table.post.tolist(), kinds, weights, strict=True)


def facts(connectome: Connectome) -> list[Facts]:
    """(N,) role, as `sensory+motor`, and transmitter of each cell, where they are known."""
    cells = connectome.cells
    roles = [role(bits) if bits else "" for bits in cells.role.tolist()]
    found = [
        {"role": words, "transmitter": name}
        for words, name in zip(roles, cells.transmitter, strict=True)
    ]
    return [{key: word for key, word in cell.items() if word} for cell in found]


def columns(
    connectome: Connectome, cell: Callable[[str], str] = str
) -> dict[str, list[str] | list[float]]:
    """Columns by title: pre, post, kind, weight; roles and transmitters if any is known.

    A cell without a synapse has a row of weight 0 with itself: a table of edges has no
    other place for it.

    Args:
        cell: how a name, a role or a transmitter is written; called once a neuron.
    """
    lone = isolated(connectome)
    table = connectome.synapses
    pre, post = np.append(table.pre, lone), np.append(table.post, lone)
    weight = np.append(signed(table), np.zeros(len(lone)))
    kind = np.append(connectome.kind, np.full(len(lone), CHEMICAL))
    order = np.lexsort((np.arange(len(pre)), post, pre, kind))
    ends = {"pre": pre[order].tolist(), "post": post[order].tolist()}
    name, told = list(map(cell, connectome.cells.name)), facts(connectome)
    found: dict[str, list[str] | list[float]] = {
        side: [name[row] for row in rows] for side, rows in ends.items()
    }
    found["kind"] = [KINDS[number] for number in kind[order].tolist()]
    found["weight"] = weight[order].tolist()
    for fact in ("role", "transmitter"):
        if any(fact in known for known in told):
            words = [cell(known.get(fact, "")) for known in told]
            for side, rows in ends.items():
                found[f"{side}_{fact}"] = [words[row] for row in rows]
    return found


def whole(value: float) -> int | float:
    """A number as an integer where it is one."""
    return int(value) if value == int(value) and abs(value) < EXACT else value


def whole_if_all(values: list[str] | list[float]) -> Int64 | Float64:
    """Numbers as integers where all are."""
    found = np.array(values, np.float64)
    exact = (found == np.trunc(found)).all() and (np.abs(found) < EXACT).all()
    return found.astype(np.int64) if exact else found
