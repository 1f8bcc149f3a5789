"""An order of the cells alone, as a table, and the score of such a table.

The form is that of the FlyWire ordering challenge (codex.flywire.ai/app/mfas_challenge):
a CSV of ids, each with its place; forward weight is what counts.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

import numpy as np

from ..errors import InputError, Location
from ..ir.stages import Circuit
from ..ir.trace import STEP
from ..options import Options
from .feedback_arc_set import names_in_order
from .problem import Problem

HEADER = ("Node ID", "Order")


@dataclass(frozen=True)
class Ranking:
    """An order of the cells and its score.

    Attributes:
        forward, total: weight that runs forward, and all of it, self-loops apart.
        bound: no order loses less; None where nothing is proved.
    """

    names: tuple[str, ...]
    forward: float
    total: float
    bound: float | None
    method: str


def rank(circuit: Circuit, options: Options) -> Ranking:
    """Find an order of a circuit's cells by its chemical synapses."""
    STEP.info("order %d cells", len(circuit.cells))
    problem = Problem.of(circuit, options)
    found = problem.feedback_arc_set()
    names = names_in_order(problem.instance, found.back)
    tried = options.cycles in ("auto", "exact") and (found.bound or not found.sifted)
    proved = problem.exact and tried
    method = "sift" if found.sifted else "exact"
    method = "ratio" if options.cycles == "ratio" else method
    bound = problem.bound(found) if proved else None
    return replace(score(circuit, names), bound=bound, method=method)


def score(circuit: Circuit, names: tuple[str, ...]) -> Ranking:
    """Score an order that names every cell once."""
    place = {name: number for number, name in enumerate(names)}
    row = np.array([place[name] for name in circuit.cells.name], np.int64)
    edges = circuit.chemical
    proper = edges.pre != edges.post
    forward = row[edges.pre] < row[edges.post]
    whole, ahead = (
        float(edges.weight[mask].sum()) for mask in (proper, forward & proper)
    )
    return Ranking(names, ahead, whole, None, "given")


def table(ranking: Ranking) -> bytes:
    """The order as a CSV: a line a cell, with its place from 0."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    writer.writerows(zip(ranking.names, range(len(ranking.names)), strict=True))
    return text.getvalue().encode()


def read_table(data: bytes, label: str, circuit: Circuit) -> tuple[str, ...]:
    """The names of an order, first to last: `id,place` lines, or ids alone in order.

    Raises:
        InputError: a line that is neither, a cell missing, unknown or named twice.
    """
    text = io.StringIO(data.decode("utf-8-sig", "replace"), newline=None)
    known = set(circuit.cells.name)
    places: dict[str, Decimal] = {}
    reader = csv.reader(text)
    try:
        for row in reader:
            if not row or (reader.line_num == 1 and is_header(row, known)):
                continue
            name, at = row[0].strip(), Location(label, reader.line_num)
            if name not in known:
                raise InputError(at, f"{name!r} is no cell of {circuit.source.label}")
            if name in places:
                raise InputError(at, f"{name!r} is named twice")
            places[name] = place(row[1], at) if len(row) > 1 else Decimal(len(places))
    except csv.Error as error:
        at = Location(label, reader.line_num)
        raise InputError(at, f"no CSV: {error}", "write id,place lines") from None
    gone = sorted(known - set(places))
    if gone:
        some = ", ".join(map(repr, gone[:5]))
        raise InputError(label, f"{len(gone):,} cells have no place: {some}")
    return tuple(sorted(places, key=lambda name: (places[name], name)))


def is_header(row: list[str], known: set[str]) -> bool:
    """Whether a first line names columns: ours, or words that are neither cell nor place."""
    if tuple(row) == HEADER:
        return True
    return row[0].strip() not in known and not (len(row) > 1 and is_place(row[1]))


def is_place(word: str) -> bool:
    """Whether a word is a finite number."""
    try:
        return Decimal(word.strip()).is_finite()
    except InvalidOperation:
        return False


def place(word: str, at: Location) -> Decimal:
    """A place in an order, exactly."""
    if not is_place(word):
        raise InputError(at, f"{word!r} is no place", "write id,place")
    return Decimal(word.strip())
