"""A graph as GML, for networkx, igraph, Gephi, yEd: names are the labels."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..ir.stages import Connectome
from ..names import number
from .columns import edges, facts

# Strings are printable ASCII; all else, and what ends a string, is a reference.
REFERRED = re.compile(r'[^ -~]|[&"]')


def write_gml(connectome: Connectome) -> bytes:
    """A directed multigraph; nodes have numbers from 0 and the names as labels."""
    return ("\n".join(lines(connectome)) + "\n").encode("ascii")


def lines(connectome: Connectome) -> Iterator[str]:
    """The text, a node or an edge a line."""
    yield "graph ["
    yield "  directed 1"
    yield "  multigraph 1"
    cells = zip(connectome.cells.name, facts(connectome), strict=True)
    for row, (name, told) in enumerate(cells):
        known = {"label": name, **told}
        words = " ".join(f"{key} {string(word)}" for key, word in known.items())
        yield f"  node [ id {row} {words} ]"
    for row, (pre, post, kind, weight) in enumerate(edges(connectome)):
        found = f'key {row} kind "{kind}" weight {real(weight)}'
        yield f"  edge [ source {pre} target {post} {found} ]"
    yield "]"


def string(text: str) -> str:
    """A string with its quotes."""
    found = REFERRED.sub(lambda match: f"&#{ord(match[0])};", text)
    return f'"{found}"'


def real(value: float) -> str:
    """A number; a real one has a point before its exponent."""
    return re.sub(r"\A(-?\d+)e", r"\1.0e", number(value))
