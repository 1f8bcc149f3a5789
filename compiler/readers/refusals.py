"""Texts that would be read as another graph than they hold: refused, with the way round."""

from __future__ import annotations

import math

from ..errors import InputError, Location
from ..names import plain
from .columns import NUMBER, cells_of
from .delimited import plain_word
from .form import Form
from .reader import EdgeList, Layout
from .side_by_side import refuse_beside
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
    """Raise InputError for rows of two directions, signals outside synapses, and two tables.

    Args:
        at: where the columns are named.
    """
    refuse_beside(form, at, layout)
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


def refuse_fractions(edges: EdgeList, form: Form, layout: Layout, label: str) -> None:
    """Raise InputError for numbers with a fraction where names stand: no name is one."""
    if form.header or layout.columns or not all(map(NUMBER.fullmatch, edges.names)):
        return
    found = [name for name in edges.names if is_fraction(name)]
    if found:
        raise InputError(
            label,
            f"{plain(found[0])} where a cell's name stands, and no header: a matrix?",
            "a matrix of three cells has their names above it; --columns "
            "pre=1,post=2,weight=3 reads it as edges",
        )


def is_fraction(name: str) -> bool:
    """Whether a name is a finite number that is not whole."""
    try:
        value = float(name)
    except ValueError:
        return False
    return math.isfinite(value) and not value.is_integer()


def refuse_list(edges: EdgeList, form: Form, layout: Layout, label: str) -> None:
    """Raise InputError for two columns whose cells never meet: a list of names.

    No cell stands in both columns, and each stands once; or one column counts the rows.
    """
    if form.header or form.width != 2 or layout.columns or len(edges.pre) < 3:
        return
    pre, post = set(edges.pre.tolist()), set(edges.post.tolist())
    rows = len(edges.pre)
    if pre & post or len(pre) < rows:
        return
    first = [edges.names[number] for number in edges.pre.tolist()]
    running = all(map(str.isdecimal, first)) and not any(
        edges.names[number].isdecimal() for number in post
    )
    if len(post) == rows or running:
        raise InputError(
            label,
            f"{rows:,} rows of two cells that never meet: a list of names?",
            "--names FILE names the cells of a matrix, --cells FILE tells their roles; "
            "--columns pre=1,post=2 reads it as edges",
        )
