"""Columns of an edge list that tell of its cells: roles and transmitters of both ends.

As `elegansc export` writes them: pre_role, post_role, pre_transmitter, post_transmitter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ..errors import InputError, Location, Mistake
from ..ir.accounts import TextForm
from ..names import plain
from .book import Columns
from .cells import held
from .delimited import plain_word
from .form import Form
from .reader import EdgeList
from .roles import role_of

SIDES = ("pre", "post")
FACTS = ("role", "transmitter")

Places = Mapping[tuple[str, str], int]  # (side, fact) -> position from 0 of its column


class Fact(NamedTuple):
    """What a row tells of a cell."""

    fact: str
    line: int
    name: str
    word: str


def with_cell_columns(
    edges: EdgeList,
    form: Form,
    facts: Callable[[Places], Iterable[Fact]],
    at: Callable[[int], Location],
) -> EdgeList:
    """The edge list with the roles and transmitters that columns tell, if there are any.

    Columns of roles with another word than sensory, inter, motor are left unread.

    Args:
        facts: what the columns at some places tell; at: where a line stands.

    Raises:
        InputError: two rows tell different things of one cell.
    """
    places = cell_places(form)
    if not places:
        return edges
    told: dict[str, dict[str, str]] = {fact: {} for fact in FACTS}
    wrong: list[Mistake] = []
    for fact, line, name, word in facts(places):
        if word and told[fact].setdefault(name, word) != word:
            seen = f"{fact} {plain(word)} of {plain(name)}; above it is {plain(told[fact][name])}"
            hint = "keep one of the two, or name the column otherwise"
            wrong.append(Mistake(at(line), seen, hint))
    bits = [role_of(told["role"].get(name, "")) for name in edges.names]
    known = [bit for bit in bits if bit is not None]
    if len(known) < len(bits):
        return edges
    if wrong:
        raise InputError.of(wrong)
    names = tuple(told["transmitter"].get(name, "") for name in edges.names)
    assert isinstance(edges.form, TextForm)
    titles = {
        f"{side} {fact}": form.title(place) for (side, fact), place in places.items()
    }
    return replace(
        edges,
        role=np.array(known, np.uint8),
        transmitter=names,
        form=used(edges.form, titles),
    )


def cell_places(form: Form) -> dict[tuple[str, str], int]:
    """(side, fact) -> position from 0 of its column, for those that are there."""
    words = [plain_word(title) for title in form.header or ()]
    taken = form.places.values()
    return {
        (side, fact): words.index(side + fact)
        for side in SIDES
        for fact in FACTS
        if side + fact in words and words.index(side + fact) not in taken
    }


def in_rows(
    records: Iterable[tuple[int, list[str]]], form: Form, places: Places
) -> Iterator[Fact]:
    """What each of the rows tells."""
    for line, row in records:
        for (side, fact), place in places.items():
            yield Fact(fact, line, held(row, form.places[side]), held(row, place))


def in_columns(
    table: Columns, form: Form, first: int, places: Places
) -> Iterator[Fact]:
    """What the rows of a table tell, each thing once.

    Args:
        first: the number of the first row.
    """
    for (side, fact), place in places.items():
        name, names = table.coded(form.places[side])
        word, words = table.coded(place)
        pair = name.astype(np.int64) * max(1, len(words)) + word
        _, rows = np.unique(pair, return_index=True)
        for row in np.sort(rows).tolist():
            yield Fact(fact, first + row, names[name[row]].strip(), words[word[row]])


def used(form: TextForm, titles: Mapping[str, str]) -> TextForm:
    """The layout of the text with these columns among those that are read."""
    ignored = tuple(title for title in form.ignored if title not in titles.values())
    return replace(form, columns={**form.columns, **titles}, ignored=ignored)
