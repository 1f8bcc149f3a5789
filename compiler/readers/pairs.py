"""Several rows of one pair: what tells them apart, and whether they may be added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from ..arrays import Bool, Float64, Int64
from ..errors import InputError, Location
from ..ir.accounts import Finding, TextForm
from ..ir.stages import ELECTRICAL
from ..names import amount, plain, plural
from .book import ByColumn, Coded
from .columns import NUMBER
from .delimited import plain_word, weight_of
from .findings import find
from .form import Form
from .reader import EdgeList, Layout
from .regions import nested
from .unread import ANIMALS, is_end, shown

BLOCK = 65_536  # places that are numbered at a time
LOOKED_AT = 100_000  # rows of repeated pairs
MOST_VALUES = 50  # of a column that tells animals apart
# Columns that tell parts of one animal apart; compared as `plain_word` writes them.
PARTS = frozenset(
    "neuropil neuropils roi rois region regions brainregion compartment np layer "
    "nt nttype topnt transmitter neurotransmitter synclass receptor note notes comment".split()
)
SYNAPSE_TABLE = ("prept", "postpt", "ctrpt", "cleft")  # in titles: a row a synapse


@dataclass(frozen=True, slots=True, eq=False)
class Repeats:
    """The rows of pairs that stand in several rows, sorted by pair.

    Attributes:
        pair: (R,) number of the row's pair; line: (R,) where it stands.
        weight: (R,) as it was read; cells: of free columns by their positions, (R,) each.
    """

    pair: Int64
    line: Int64
    weight: Float64
    cells: Mapping[int, Coded]


# Of columns and lines, ascending: the lines that there are, and (L,) cells of each column.
Some = Callable[[Sequence[int], Int64], tuple[Int64, Mapping[int, Coded]]]


def of_rows(records: Iterable[tuple[int, list[str]]]) -> Some:
    """Cells of some lines, from all rows."""

    def some(places: Sequence[int], lines: Int64) -> tuple[Int64, dict[int, Coded]]:
        chosen, found = set(lines.tolist()), {}
        for line, row in islice(records, max(chosen)):
            if line in chosen:
                found[line] = [
                    row[place].strip() if place < len(row) else "" for place in places
                ]
        columns = zip(*found.values(), strict=True) if found else [()] * len(places)
        cells = {p: Coded.of(column) for p, column in zip(places, columns, strict=True)}
        return np.array(list(found), np.int64), cells

    return some


def of_columns(table: ByColumn, first: int) -> Some:
    """Cells of some lines, from a table whose first row is on the line `first`."""

    def some(places: Sequence[int], lines: Int64) -> tuple[Int64, dict[int, Coded]]:
        found = table.some(places, lines - first)
        return lines, {place: found[place].stripped() for place in places}

    return some


def weighed(
    edges: EdgeList,
    form: Form,
    layout: Layout,
    label: str,
    some: Some,
) -> tuple[EdgeList, frozenset[int]]:
    """The edges with what their repeated pairs tell, and the columns that findings name.

    Raises:
        InputError: the weight of a pair stands in several rows, or is spread over them.
    """
    rows = repeats(edges, form, some)
    told: dict[int, Finding] = {}
    if is_synapse_table(form, layout, rows):
        edges, size = a_row_a_synapse(edges, form)
        told[form.places["weight"]] = size
    elif rows is not None:
        refuse_totals(form, layout, rows, label)
    if rows is not None:
        told |= dict(animals(form, rows))
        told |= dict(regions(form, rows))
    findings = (*edges.findings, *told.values())
    return replace(edges, findings=findings), frozenset(told)


def a_row_a_synapse(edges: EdgeList, form: Form) -> tuple[EdgeList, Finding]:
    """The edges with weight 1 each, and the finding that says so."""
    title = form.title(form.places["weight"])
    text = edges.form
    assert isinstance(text, TextForm)
    columns = {role: name for role, name in text.columns.items() if role != "weight"}
    text = replace(text, columns=columns, ignored=(*text.ignored, title))
    seen = f"one row a synapse: each counts 1 (--columns weight={title} takes their {title})"
    weight = np.ones(len(edges.pre))
    return replace(edges, weight=weight, form=text), find("EC103", seen)


def repeated(edges: EdgeList) -> Int64:
    """Rows of pairs that stand there several times with one kind, ascending."""
    size, bits = max(1, len(edges.names)), len(edges.pre).bit_length()
    key = edges.pre.astype(np.int64)  # in place: a column more is memory, and its time
    key *= size
    key += edges.post
    key *= 2
    key += edges.kind
    synaptic = edges.kind <= ELECTRICAL
    rows = None if synaptic.all() else np.flatnonzero(synaptic)
    if rows is not None:
        key = key[rows]
    if (2 * size * size) >> (63 - bits):
        order = np.argsort(key, kind="stable")
        place = order[standing_together(key[order])]
    else:  # a place behind its key: integers sort several times as fast as places do
        key <<= bits
        for start in range(0, len(key), BLOCK):
            part = key[start : start + BLOCK]
            part |= np.arange(start, start + len(part))
        key.sort(kind="stable")  # made for runs: a sender's rows often stand together
        place = key[standing_together(key >> bits)] & ((1 << bits) - 1)
    several = np.zeros(len(key), bool)
    several[place] = True
    found: Int64 = np.flatnonzero(several)
    return found if rows is None else rows[found]


def standing_together(key: Int64) -> Bool:
    """(E,) whether a key, of those in order, stands there twice or more."""
    same = key[1:] == key[:-1]
    found = np.zeros(len(key), bool)
    found[1:] = same
    found[:-1] |= same
    return found


def repeats(edges: EdgeList, form: Form, some: Some) -> Repeats | None:
    """The repeated pairs with the cells of the columns that have no role."""
    taken = {*form.places.values(), *form.wanted}
    free = [place for place in range(form.width) if place not in taken]
    sized = "weight" in form.places and form.title(form.places["weight"]) == "size"
    rows = repeated(edges) if free or sized else np.zeros(0, np.int64)
    if not len(rows):
        return None
    ordered = np.sort(edges.line[rows], kind="stable")  # of rows that mostly ascend
    asked = np.unique(ordered[:LOOKED_AT]).astype(np.int64)
    lines, found = some(free, asked)
    rows = rows[np.isin(edges.line[rows], lines, kind="table")]
    key = edges.pre[rows].astype(np.int64) * len(edges.names) + edges.post[rows]
    _, pair = np.unique(key * 2 + edges.kind[rows], return_inverse=True)
    order = np.argsort(pair, kind="stable")
    rows = rows[order]
    at = np.searchsorted(lines, edges.line[rows])
    cells = {place: Coded(cell.codes[at], cell.words) for place, cell in found.items()}
    line = edges.line[rows].astype(np.int64)
    return Repeats(pair[order].astype(np.int64), line, edges.weight[rows], cells)


def is_synapse_table(form: Form, layout: Layout, rows: Repeats | None) -> bool:
    """Whether a row is a synapse, and its weight the size of that."""
    place = form.places.get("weight")
    if place is None or "weight" in layout.columns or not form.header:
        return False
    words = [plain_word(title) for title in form.header]
    if words[place] != "size":
        return False
    return rows is not None or any(
        part in word for word in words for part in SYNAPSE_TABLE
    )


def tellers(rows: Repeats) -> Iterator[int]:
    """The columns whose cells differ within at least half of the repeated pairs."""
    first = np.r_[True, np.diff(rows.pair) != 0]
    start = np.flatnonzero(first)
    for place, (code, _) in rows.cells.items():
        differs = np.minimum.reduceat(code, start) != np.maximum.reduceat(code, start)
        if 2 * int(differs.sum()) >= len(start):
            yield place


def animals(form: Form, rows: Repeats) -> Iterator[tuple[int, Finding]]:
    """The columns that tell animals apart, whose rows of one pair are added up."""
    for place in tellers(rows):
        word, cells = plain_word(form.title(place)), rows.cells[place]
        values = sorted(cells.words)
        sure = word in ANIMALS
        if word in PARTS or is_end(word) or len(values) > MOST_VALUES:
            continue
        numbers = any(map(NUMBER.fullmatch, values))
        if not sure and (numbers or 2 * len(values) > len(cells.codes)):
            continue
        title = form.title(place).removeprefix("column ")
        example = next(value for value in values if value)
        seen = ", ".join(plain(value) if value else "none" for value in values[:8])
        yield place, find(
            "EC102",
            f"{shown(form, place)} tells apart rows of one pair, and they are added up: "
            f"{seen}{', ...' if len(values) > 8 else ''}; --where {title}={plain(example)} reads one",
        )


def regions(form: Form, rows: Repeats) -> Iterator[tuple[int, Finding]]:
    """The columns of regions within regions, whose rows of one pair are added up."""
    for place, cells in rows.cells.items():
        found = list(nested(cells, rows.pair, rows.weight))
        if found:
            inner, outer, pairs = found[0]
            seen = f"{shown(form, place)}: {plain(inner)} lies within {plain(outer)}, and the "
            seen += f"rows of both are added up ({plural(pairs, 'pair')}"
            more = f"; so {plural(len(found) - 1, 'other region')}" if found[1:] else ""
            title = form.title(place).removeprefix("column ")
            yield place, find(
                "EC106", f"{seen}{more}); --where {title}=REGION reads one"
            )


def refuse_totals(form: Form, layout: Layout, rows: Repeats, label: str) -> None:
    """Raise InputError where the weight of a pair is repeated in each row of its parts."""
    if "weight" not in form.places or "weight" in layout.columns:
        return
    start = np.flatnonzero(np.r_[True, np.diff(rows.pair) != 0])
    least = np.minimum.reduceat(rows.weight, start)
    if (least != np.maximum.reduceat(rows.weight, start)).any() or (least <= 1).all():
        return
    for part in tellers(rows):
        if any(map(NUMBER.fullmatch, rows.cells[part].words)):
            continue
        for place, cells in rows.cells.items():
            own = np.array([weight_of(word) for word in cells.words])[cells.codes]
            if (
                (own <= rows.weight).all()
                and (own >= 0).all()
                and (own < rows.weight).any()
            ):
                raise two_readings(form, rows, part, place, own, label)


def two_readings(
    form: Form,
    rows: Repeats,
    part: int,
    place: int,
    own: Float64,
    label: str,
) -> InputError:
    """The error for a pair whose rows say its weight, and each a count of its part."""
    pair = rows.pair == rows.pair[0]
    weight, sum_of_weights = rows.weight[0], rows.weight[pair].sum()
    codes, words = rows.cells[part]
    parts = [plain(words[code]) for code in codes[pair].tolist()]
    counts = " and ".join(map(amount, own[pair].tolist()))
    title, other = form.title(form.places["weight"]), form.title(place)
    seen = (
        f"a pair in {int(pair.sum())} rows of {title} {amount(weight)}, one for each "
        f"{form.title(part)} ({', '.join(parts[:4])}), with {other} {counts}: "
        f"is it {amount(sum_of_weights)} or {amount(own[pair].sum())}?"
    )
    hint = (
        f"--columns weight={other} adds up {amount(own[pair].sum())}, "
        f"--columns weight={title} {amount(sum_of_weights)}"
    )
    return InputError(Location(label, int(rows.line[pair].max())), seen, hint)
