"""Columns of an edge list that tell of its cells: roles and transmitters of both ends.

As `elegansc export` writes them: pre_role, post_role, pre_transmitter, post_transmitter.
And nt_type or top_nt, the sender's transmitter, which the rows of one sender may contradict.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..arrays import Float64, Int32, magnitude
from ..errors import InputError, Location, Mistake
from ..ir.accounts import TextForm
from ..names import plain
from .delimited import plain_word
from .form import Form
from .reader import EdgeList
from .roles import role_of
from .transmitters import NONE, free_words, sender_place, with_senders

SIDES = ("pre", "post")
FACTS = ("role", "transmitter")

Places = Mapping[tuple[str, str], int]  # (side, fact) -> position from 0 of its column


class RowFacts(NamedTuple):
    """Some columns of rows.

    Attributes:
        line: (R,) where each row stands, ascending.
        cells: position of a column -> (R,) places in its different words, and those.
    """

    line: NDArray[np.integer]
    cells: Mapping[int, tuple[Int32, list[str]]]


def with_cell_columns(
    edges: EdgeList,
    form: Form,
    told: Callable[[Collection[int]], RowFacts],
    at: Callable[[int], Location],
) -> EdgeList:
    """The edge list with the roles and transmitters that columns tell, if there are any.

    Columns of roles with another word than sensory, inter, motor are left unread.

    Args:
        told: the cells of columns by their positions; at: where a line stands.

    Raises:
        InputError: two rows tell different things of one cell.
    """
    places = cell_places(form)
    sender = None if ("pre", "transmitter") in places else sender_place(form)
    if not places and sender is None:
        return edges
    columns = told([*places.values(), *([] if sender is None else [sender])])
    line, ends, weight = by_line(edges)
    cells = columns.cells
    if not np.array_equal(line, columns.line):
        stands = np.searchsorted(columns.line, line)
        cells = {place: (code[stands], w) for place, (code, w) in cells.items()}
    edges = with_facts(edges, form, places, RowFacts(line, cells), ends, at)
    if sender is None:
        return edges
    title = form.title(sender)
    edges = with_senders(edges, title, ends["pre"], weight, *cells[sender])
    return used(edges, {"pre transmitter": title})


def by_line(edges: EdgeList) -> tuple[Int32, Mapping[str, Int32], Float64]:
    """The lines of the edges, ascending, with both ends and the weight of each."""
    line, weight = edges.line, magnitude(edges.weight)
    if (line[1:] > line[:-1]).all():
        return line, {"pre": edges.pre, "post": edges.post}, weight
    line, first, row = np.unique(line, return_index=True, return_inverse=True)
    ends = {"pre": edges.pre[first], "post": edges.post[first]}
    return line, ends, np.bincount(row, weight).astype(np.float64)


def with_facts(
    edges: EdgeList,
    form: Form,
    places: Places,
    told: RowFacts,
    ends: Mapping[str, Int32],
    at: Callable[[int], Location],
) -> EdgeList:
    """The edge list with what columns tell of both ends, one thing of each cell.

    Args:
        ends: side -> (R,) numbers of names.
    """
    if not places:
        return edges
    known: dict[str, dict[int, str]] = {fact: {} for fact in FACTS}
    wrong: list[Mistake] = []
    for line, number, fact, word in sorted(facts(places, told, ends)):
        if known[fact].setdefault(number, word) != word:
            above = plain(known[fact][number])
            seen = f"{fact} {plain(word)} of {plain(edges.names[number])}; above it is {above}"
            hint = "keep one of the two, or name the column otherwise"
            wrong.append(Mistake(at(line), seen, hint))
    size = range(len(edges.names))
    bits = [role_of(known["role"].get(number, "")) for number in size]
    roles = [bit for bit in bits if bit is not None]
    if len(roles) < len(bits):
        return edges
    if wrong:
        raise InputError.of(wrong)
    titles = {
        f"{side} {fact}": form.title(place) for (side, fact), place in places.items()
    }
    return replace(
        used(edges, titles),
        role=np.array(roles, np.uint8),
        transmitter=tuple(known["transmitter"].get(number, "") for number in size),
    )


def with_table(
    edges: EdgeList,
    words_of: Mapping[str, Mapping[str, str]],
    titles: Mapping[str, str],
) -> EdgeList:
    """The edge list with what another table tells of its cells, if its rows do not.

    A table of roles with another word than sensory, inter, motor is left unread.

    Args:
        words_of: role, transmitter -> words by the cell's name.
        titles: of the columns by what they hold.
    """
    if not words_of:
        return edges
    words = [words_of.get("role", {}).get(name, "") for name in edges.names]
    bits = [role_of(word) for word in words]
    known = [bit for bit in bits if bit is not None]
    if "role" in words_of and len(known) == len(bits) and not edges.role.any():
        edges = replace(edges, role=np.array(known, np.uint8))
        edges = used(edges, {"role": titles["role"]})
    if "transmitter" in words_of and not any(edges.transmitter):
        found = (words_of["transmitter"].get(name, "") for name in edges.names)
        kept = tuple("" if plain_word(word) in NONE else word for word in found)
        edges = replace(edges, transmitter=kept)
        edges = used(edges, {"transmitter": titles["transmitter"]})
    return edges


def facts(
    places: Places, told: RowFacts, ends: Mapping[str, Int32]
) -> Iterator[tuple[int, int, str, str]]:
    """(line, number of a name, fact, word), each thing once."""
    for (side, fact), place in places.items():
        code, words = told.cells[place]
        pair = ends[side].astype(np.int64) * max(1, len(words)) + code
        _, rows = np.unique(pair, return_index=True)
        for row in rows.tolist():
            if word := words[code[row]].strip():
                yield int(told.line[row]), int(ends[side][row]), fact, word


def asked(form: Form) -> set[int]:
    """The positions of the columns that tell of cells."""
    sender = sender_place(form)
    return {*cell_places(form).values(), *([] if sender is None else [sender])}


def cell_places(form: Form) -> dict[tuple[str, str], int]:
    """(side, fact) -> position from 0 of its column, for those that are there."""
    free = free_words(form)
    return {
        (side, fact): free[side + fact]
        for side in SIDES
        for fact in FACTS
        if side + fact in free
    }


def in_rows(
    records: Iterable[tuple[int, list[str]]], places: Collection[int]
) -> RowFacts:
    """Columns of rows that are read one after the other."""
    lines, words = array("q"), [dict[str, int]() for _ in places]
    columns = [(place, array("i"), known) for place, known in zip(places, words)]
    for line, row in records:
        lines.append(line)
        width = len(row)
        for place, codes, known in columns:
            word = row[place].strip() if place < width else ""
            codes.append(known.setdefault(word, len(known)))
    cells = {
        place: (np.frombuffer(codes, np.int32), list(known))
        for place, codes, known in columns
    }
    return RowFacts(np.frombuffer(lines, np.int64), cells)


def used(edges: EdgeList, titles: Mapping[str, str]) -> EdgeList:
    """The edge list with these columns among those that are read."""
    form = edges.form
    assert isinstance(form, TextForm)
    ignored = tuple(title for title in form.ignored if title not in titles.values())
    columns = {**form.columns, **titles}
    return replace(edges, form=replace(form, columns=columns, ignored=ignored))
