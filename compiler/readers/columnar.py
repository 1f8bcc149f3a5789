"""The columns of a table as edges, without a Python call a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from itertools import count

import numpy as np

from ..arrays import Float64, Int32, Int64, UInt8
from ..ir.stages import LARGEST_WEIGHT
from .book import ByColumn, Coded
from .decimals import number_of
from .delimited import COUNTS
from .form import Form
from .kinds import kind_in
from .rows import Rows


def by_columns(
    table: ByColumn, form: Form, first: int, beside: Collection[int]
) -> Rows:
    """The columns of a table that have a role, as `collected` has them of its rows.

    Args:
        first: the number of the first row of edges; beside: places of more columns.
    """
    places = form.places
    counts = {places[role]: kind for role, kind in COUNTS.items() if role in places}
    kind = None if counts else places.get("kind", places.get("direction"))
    numbers = {place: number_reader(form, 0.0) for place in counts}
    weight = None if counts else places.get("weight")
    if weight is not None:
        numbers[weight] = number_reader(form, number_of("", form))
    sides = {places["pre"], places["post"]}
    words = {*sides, *form.wanted, *beside}
    words |= set() if kind is None else {kind}
    coded, found = table.columns(words, numbers, sides)
    values = {place: usable(column) for place, column in found.items()}
    line = np.arange(first, first + len(coded[places["pre"]].codes), dtype=np.int32)
    rows: Int64 | slice = slice(None)
    for place, cells in form.wanted.items():
        chosen = np.array([word.strip() in cells for word in coded[place].words], bool)
        rows = np.arange(len(line))[rows]
        rows = rows[chosen[coded[place].codes[rows]]]
    kinds = None if kind is None else kinds_of(coded[kind], form)[rows]
    weights = None if weight is None else values[weight][rows]
    if counts:
        rows = np.arange(len(line))[rows]
        rows, weights, kinds = counted(rows, values, counts)
    ends = [coded[places[role]] for role in ("pre", "post")]
    pre, post = (Coded(end.codes[rows], end.words) for end in ends)
    names, sender, receiver = numbered(pre, post)
    more = {p: Coded(coded[p].codes[rows], coded[p].words).stripped() for p in beside}
    return Rows(names, sender, receiver, weights, kinds, line[rows], beside=more)


def number_reader(form: Form, empty: float) -> Callable[[str], float]:
    """What reads the number of a cell; `empty` of one that holds nothing."""
    return lambda cell: number_of(cell, form) if cell.strip() else empty


def usable(weight: Float64) -> Float64:
    """Weights, nan for those that are no weight of an edge."""
    largest = np.fmax.reduce(weight, initial=0.0)
    if max(largest, -np.fmin.reduce(weight, initial=0.0)) <= LARGEST_WEIGHT:
        return weight
    return np.where(np.abs(weight) <= LARGEST_WEIGHT, weight, math.nan)


def kinds_of(column: Coded, form: Form) -> UInt8:
    """(E,) the kinds that a column of words tells."""
    kinds = np.array([kind_in(word, form.kinds) for word in column.words], np.uint8)
    found: UInt8 = kinds[column.codes]
    return found


def counted(
    rows: Int64, values: Mapping[int, Float64], counts: Mapping[int, int]
) -> tuple[Int64, Float64, UInt8]:
    """Row, weight and kind of an edge for every count; of 0 where all of a row are."""
    table = np.stack([values[place][rows] for place in counts], 1)
    there = table != 0
    there[~there.any(1), 0] = True
    row, column = np.nonzero(there)
    kind = np.array(list(counts.values()), np.uint8)[column]
    return rows[row], table[row, column], kind


def numbered(pre: Coded, post: Coded) -> tuple[tuple[str, ...], Int32, Int32]:
    """The names in the order in which rows have them, and (E,) numbers of both ends."""
    size, shift = len(pre.codes), 0
    row = np.arange(size - 1, -1, -1, dtype=np.int32)
    first, other = 2 * first_rows(pre, row), 2 * first_rows(post, row) + 1
    words = pre.words
    if words is post.words:
        first = np.minimum(first, other)
    else:
        words, shift = [*words, *post.words], len(words)
        first = np.r_[first, other]
    words = list(map(str.strip, words))
    order = np.argsort(first)[: int((first < 2 * size).sum())]
    names = tuple(dict.fromkeys(map(words.__getitem__, order.tolist())))
    number = np.full(len(words), -1, np.int32)
    if len(names) == len(order):
        number[order] = np.arange(len(names), dtype=np.int32)
    else:
        place = {**dict.fromkeys(words, -1), **dict(zip(names, count()))}
        number = np.fromiter(map(place.__getitem__, words), np.int32, len(words))
    return names, number[pre.codes], number[shift:][post.codes]


def first_rows(column: Coded, row: Int32) -> Int64:
    """The first row of each word of a column; the number of rows where none has it.

    Args:
        row: (E,) the numbers of the rows, the last one first.
    """
    found: Int64 = np.full(len(column.words), len(row))
    found[column.codes[::-1]] = row  # the last one written stands
    return found
