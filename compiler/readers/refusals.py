"""Texts that would be read as another graph than they hold: refused, with the way round."""

from __future__ import annotations

from ..errors import InputError, Location
from .columns import cells_of
from .delimited import plain_word
from .form import Form
from .reader import Layout
from .unread import shown

# Pairs of words that say which way a row runs.
WAYS = (
    frozenset(("upstream", "downstream")),
    frozenset(("incoming", "outgoing")),
    frozenset(("afferent", "efferent")),
)
# Such words where the title says so as well.
SHORT_WAYS = (
    frozenset(("in", "out")),
    frozenset(("input", "output")),
    frozenset(("inputs", "outputs")),
    frozenset(("pre", "post")),
)
DIRECTION = frozenset(("direction", "dir", "way", "prepost", "orientation"))
TRANSMITTERS = frozenset(("transmitter", "neurotransmitter", "ligand", "neuropeptide"))
RECEPTORS = frozenset(("receptor", "receptors"))


def refuse(form: Form, at: Location, layout: Layout) -> None:
    """Raise InputError for rows of two directions, and for signals outside synapses.

    Args:
        at: where the columns are named.
    """
    for place in range(form.width):
        if place not in form.wanted and place not in form.places.values():
            refuse_ways(form, place, at)
    words = {plain_word(title) for title in form.header or ()}
    silent = "kind" not in form.places and layout.kind is None
    if silent and words & TRANSMITTERS and words & RECEPTORS:
        raise InputError(
            at,
            "columns of transmitter and receptor, and none of kinds: "
            "extrasynaptic signals, no synapses",
            "--kind chemical reads every row as a chemical synapse all the same",
        )


def refuse_ways(form: Form, place: int, at: Location) -> None:
    """Raise InputError for a column that says of each row which way it runs."""
    cells = {cell.lower() for cell in cells_of(form.rows, place)}
    titled = plain_word(form.title(place)) in DIRECTION
    ways = (*WAYS, *SHORT_WAYS) if titled else WAYS
    if not cells or not any(cells <= way for way in ways):
        return
    title = form.title(place).removeprefix("column ")
    seen = ", ".join(sorted(cells))
    raise InputError(
        at,
        f"the column {shown(form, place)} says which way each row runs: {seen}",
        f"read the rows of one way, such as --where {title}={min(cells_of(form.rows, place))}, "
        "with --columns pre=...,post=... as they run; or write pre and post",
    )
