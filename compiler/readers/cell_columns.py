"""Columns of an edge list that tell of its cells: roles and transmitters of both ends.

As `elegansc export` writes them: pre_role, post_role, pre_transmitter, post_transmitter.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from ..errors import InputError, Location, Mistake
from ..ir.accounts import TextForm
from ..names import plain
from .blame import records_of
from .cells import held, role_of
from .delimited import plain_word
from .form import Form
from .reader import EdgeList, Layout

SIDES = ("pre", "post")
FACTS = ("role", "transmitter")


def with_cell_columns(
    edges: EdgeList, data: bytes, label: str, layout: Layout, form: Form
) -> EdgeList:
    """The edge list with the roles and transmitters that columns of its text tell.

    Columns of roles with another word than sensory, inter, motor are left unread.

    Raises:
        InputError: two rows tell different things of one cell.
    """
    places = cell_places(form)
    if not places:
        return edges
    told: dict[str, dict[str, str]] = {fact: {} for fact in FACTS}
    wrong: list[Mistake] = []
    for line, row in records_of(data, layout, form):
        for (side, fact), place in places.items():
            name = held(row, form.places[side])
            word = held(row, place)
            if word and told[fact].setdefault(name, word) != word:
                other = told[fact][name]
                seen = (
                    f"{fact} {plain(word)} of {plain(name)}; above it is {plain(other)}"
                )
                hint = "keep one of the two, or name the column otherwise"
                wrong.append(Mistake(Location(label, line), seen, hint))
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


def used(form: TextForm, titles: Mapping[str, str]) -> TextForm:
    """The layout of the text with these columns among those that are read."""
    ignored = tuple(title for title in form.ignored if title not in titles.values())
    return replace(form, columns={**form.columns, **titles}, ignored=ignored)
