"""The signal atlas: which neuron responds when another is stimulated, as measured."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ... import catalog
from ...arrays import Bool, Float64
from ...errors import InputError, Mistake
from ...files import read_bytes
from ...names import plain, plural, some, unpadded
from ...options import base
from ...readers.book import Sheet, Text, shown
from ...readers.cell_rows import Row, book_of, rows_of
from ...readers.cleaning import clean
from ...readers.positions import Positions
from .score import Pairs

COLUMNS = ("stimulated", "responding", "q", "dff", "n")
HINT = f"give a table with a header: {','.join(COLUMNS)}"
Q = 0.05  # false discovery rate below which a pair responds
MOST = 10  # mistakes that are told


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """The measured pairs of an atlas, K in all.

    Attributes:
        label: the last part of the file's path; digest: SHA-256 of its bytes, hex.
        stimulated, responding: (K,) names.
        q: (K,) false discovery rate of "it responds"; NaN: not measured.
        dff: (K,) mean response; NaN: not measured.
        n: (K,) number of stimulations.
    """

    label: str
    digest: str
    stimulated: tuple[str, ...]
    responding: tuple[str, ...]
    q: Float64
    dff: Float64
    n: Float64


@dataclass(frozen=True, slots=True)
class Joined:
    """What became of the rows of an atlas that was joined with a graph.

    Attributes:
        pairs: number of pairs that count; positive: of those that respond.
        itself: rows of a neuron with itself; unmeasured: without q or dF/F.
        absent: names of the atlas that the graph has not; cut: those among them that the
            name of one of its neurons begins with.
        unplaced: names without a position.
        left_out: rows of absent or unplaced names.
    """

    pairs: int
    positive: int
    itself: int
    unmeasured: int
    absent: tuple[str, ...]
    cut: tuple[str, ...]
    unplaced: tuple[str, ...]
    left_out: int


def read_atlas(path: str) -> Atlas:
    """Read an atlas.

    Raises:
        InputError: a column is missing, a number is none or out of range, or a pair
            stands there twice.
    """
    data = read_bytes(path, empty=HINT)
    rows, place = table(data, path)
    names: dict[tuple[str, str], None] = {}
    numbers: list[tuple[float, float, float]] = []
    mistakes: list[Mistake] = []
    for at, row in rows:
        cells = [row[k].strip() if k < len(row) else "" for k in place]
        pair = clean(cells[0]), clean(cells[1])
        found = numbers_of(cells[2:])
        if not all(pair):
            mistakes.append(Mistake(at, "a pair without a name", "name both neurons"))
        elif isinstance(found, str):
            mistakes.append(
                Mistake(at, f"{' -> '.join(map(plain, pair))}: {found}", HINT)
            )
        elif pair in names:
            seen = f"{' -> '.join(map(plain, pair))} stands there twice"
            mistakes.append(Mistake(at, seen, "keep one row a pair"))
        else:
            names[pair] = None
            numbers.append(found)
    if mistakes:
        raise InputError.of(mistakes)
    if not names:
        raise InputError(path, "no pair in it", HINT)
    stimulated, responding = zip(*names, strict=True)
    q, dff, n = np.array(numbers).T
    digest = hashlib.sha256(data).hexdigest()
    return Atlas(base(path), digest, stimulated, responding, q, dff, n)


def table(data: bytes, label: str) -> tuple[list[Row], list[int]]:
    """The rows of the first table with the columns of an atlas, and their places.

    Raises:
        InputError: there is none.
    """
    seen = "no table"
    for part in book_of(data, label).parts:
        if not isinstance(part, Sheet | Text):
            continue
        rows = [row for row in rows_of(part, label) if any(map(str.strip, row[1]))]
        titles = [cell.strip().lower() for cell in rows[0][1]] if rows else []
        if all(title in titles for title in COLUMNS):
            return rows[1:], [titles.index(title) for title in COLUMNS]
        seen = f"the columns are {shown(rows[0][1])}" if rows else seen
    raise InputError(label, f"no atlas: {seen}", HINT)


def numbers_of(cells: Sequence[str]) -> tuple[float, float, float] | str:
    """q, dF/F and n in cells, or what is wrong with them; NaN where q or dF/F is empty."""
    try:
        q, dff, n = (float(cell) if cell else math.nan for cell in cells)
    except ValueError:
        return f"q, dff, n are {', '.join(map(plain, cells))}: no numbers"
    if q < 0 or q > 1:
        return f"q is {plain(cells[0])}, from 0 to 1"
    if math.isinf(dff):
        return f"dff is {plain(cells[1])}"
    if not 1 <= n < math.inf:
        return f"n is {plain(cells[2])}, 1 or more"
    return q, dff, n


def joined(
    atlas: Atlas, names: Sequence[str], positions: Positions, label: str
) -> tuple[Pairs, Joined]:
    """The pairs of an atlas between neurons of a graph, and what became of all rows.

    Args:
        names: of the neurons; label: of the graph, for messages.

    Raises:
        InputError: no pair of them responds, or all do.
    """
    placed = positions.of(names, label)
    rows = {unpadded(name): row for row, name in enumerate(names)}
    rows |= {name: row for row, name in enumerate(names)}
    ends = [
        np.array([rows.get(name, rows.get(unpadded(name), -1)) for name in side])
        for side in (atlas.responding, atlas.stimulated)
    ]
    responder, stimulated = ends
    nowhere = np.isnan(placed.points[:, 0])
    here = (responder >= 0) & (stimulated >= 0)
    here &= ~nowhere[responder] & ~nowhere[stimulated]
    other = responder != stimulated
    measured = np.isfinite(atlas.q) & np.isfinite(atlas.dff)
    kept = here & other & measured
    told = account(atlas, rows, here, other, measured)
    if told.positive in (0, told.pairs):
        some_pairs = plural(told.pairs, "pair")
        seen = f"{told.positive:,} of {some_pairs} of {label} respond, q < {Q}"
        hint = f"it names {some(list(dict.fromkeys(atlas.stimulated)))}"
        raise InputError(atlas.label, seen, hint)
    unplaced = [
        n for n in dict.fromkeys(placed.missing) if n in named(atlas, rows, names)
    ]
    told = replace(told, unplaced=tuple(unplaced))
    responder, stimulated = responder[kept], stimulated[kept]
    gap = placed.points[responder] - placed.points[stimulated]
    part = np.unique(placed.parts, return_inverse=True)[1].ravel()
    cell = [catalog.class_of(unpadded(names[row])) for row in stimulated.tolist()]
    return (
        Pairs(
            responder,
            stimulated,
            atlas.q[kept] < Q,
            np.sqrt((gap**2).sum(1)),
            part[responder] == part[stimulated],
            atlas.n[kept],
            np.unique(cell, return_inverse=True)[1].ravel(),
        ),
        told,
    )


def named(atlas: Atlas, rows: Mapping[str, int], names: Sequence[str]) -> set[str]:
    """The neurons of a graph that an atlas names."""
    every = {*atlas.stimulated, *atlas.responding}
    found = {rows.get(name, rows.get(unpadded(name), -1)) for name in every} - {-1}
    return {names[row] for row in found}


def account(
    atlas: Atlas, rows: Mapping[str, int], here: Bool, other: Bool, measured: Bool
) -> Joined:
    """What became of the rows, but for the names without a position."""
    every = dict.fromkeys((*atlas.stimulated, *atlas.responding))
    absent = [name for name in every if unpadded(name) not in rows and name not in rows]
    cut = tuple(name for name in absent if any(own.startswith(name) for own in rows))
    kept = here & other & measured
    return Joined(
        int(kept.sum()),
        int((atlas.q[kept] < Q).sum()),
        int((here & ~other).sum()),
        int((here & other & ~measured).sum()),
        tuple(absent),
        cut,
        (),
        int((~here).sum()),
    )
