"""A graph as GraphML, for networkx, igraph, Gephi, Cytoscape: names are the ids."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from ..ir.stages import Connectome
from ..names import number
from .columns import edges, facts

SPACES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
ROOT = '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">'


def write_graphml(connectome: Connectome) -> bytes:
    """A node a cell, an edge a row, each on a line; every edge is directed."""
    return ("\n".join(elements(connectome)) + "\n").encode()


def elements(connectome: Connectome) -> Iterator[str]:
    """The XML, an element a line; edges have ids, as a pair may have two kinds."""
    told = facts(connectome)
    yield HEAD
    yield ROOT
    for fact in ("role", "transmitter"):
        if any(fact in cell for cell in told):
            yield key("node", fact, "string")
    yield key("edge", "kind", "string")
    yield key("edge", "weight", "double")
    yield '<graph edgedefault="directed">'
    ids = [quoted(name) for name in connectome.cells.name]
    for name, cell in zip(ids, told, strict=True):
        yield f"<node id={name}>{data(cell)}</node>"
    for row, (pre, post, kind, weight) in enumerate(edges(connectome)):
        found = (
            f'<data key="kind">{kind}</data><data key="weight">{number(weight)}</data>'
        )
        yield f'<edge id="e{row}" source={ids[pre]} target={ids[post]}>{found}</edge>'
    yield "</graph>"
    yield "</graphml>"


def key(place: str, name: str, kind: str) -> str:
    """The declaration of an attribute of nodes or edges."""
    return f'<key id="{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>'


def data(attributes: dict[str, str]) -> str:
    """The data elements of some attributes."""
    return "".join(
        f'<data key="{name}">{escape(word)}</data>' for name, word in attributes.items()
    )


def quoted(text: str) -> str:
    """An attribute's value with its quotes."""
    return f'"{escape(text, SPACES)}"'


def unfit(name: str) -> bool:
    """Whether a name has a character that XML 1.0 does not allow."""
    return not all(map(allowed, map(ord, name)))


def allowed(code: int) -> bool:
    """Whether XML 1.0 allows the character."""
    if code < 32:
        return code in (9, 10, 13)
    return not (0xD800 <= code < 0xE000 or code in (0xFFFE, 0xFFFF))
