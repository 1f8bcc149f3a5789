"""Write a drawing as GraphML, for networkx, Gephi, Cytoscape: names are the ids."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from ..names import number
from .facts import role_words, title
from .labels import well_formed
from .scene import CHANGES, KINDS, Scene

SPACES = {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}
NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
KEYS = (
    ("node", "role", "string"),
    ("node", "level", "int"),
    ("node", "transmitter", "string"),
    ("edge", "kind", "string"),
    ("edge", "weight", "double"),
)
COMPARED = (
    ("node", "became", "string"),
    ("edge", "change", "string"),
    ("edge", "before", "double"),
)


def draw_graphml(scene: Scene) -> bytes:
    """The graph, UTF-8; each edge has an id, for a pair may have a synapse and a junction."""
    return ("\n".join(lines_of(scene)) + "\n").encode()


def lines_of(scene: Scene) -> Iterator[str]:
    """An element a line; the levels count from 1, and who is in none has none."""
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<graphml xmlns="{NAMESPACE}">'
    for place, name, kind in KEYS + (COMPARED if scene.old else ()):
        yield f'<key id="{name}" for="{place}" attr.name="{name}" attr.type="{kind}"/>'
    yield f'<graph id={quoted(title(scene))} edgedefault="directed">'
    names = ids(scene)
    yield from nodes(scene, names)
    yield from edges(scene, names)
    yield "</graph>"
    yield "</graphml>"


def nodes(scene: Scene, names: list[str]) -> Iterator[str]:
    """A neuron a line."""
    neurons = scene.neurons
    for row, name in enumerate(names):
        level = int(neurons.level[row])
        facts = {"role": role_words(int(neurons.role[row]))}
        if level >= 0:
            facts["level"] = str(level + 1)
        if neurons.transmitter[row]:
            facts["transmitter"] = neurons.transmitter[row]
        if scene.old:
            facts["became"] = CHANGES[neurons.change[row]]
        yield f"<node id={quoted(name)}>{held(facts)}</node>"


def edges(scene: Scene, names: list[str]) -> Iterator[str]:
    """A synapse or a junction a line; a junction from the earlier to the later."""
    lines = scene.lines
    for row in range(len(lines)):
        facts = {
            "kind": KINDS[lines.kind[row]],
            "weight": number(float(lines.weight[row])),
        }
        if scene.old:
            facts["change"] = CHANGES[lines.change[row]]
            facts["before"] = number(float(lines.before[row]))
        ends = f"source={quoted(names[lines.pre[row]])} target={quoted(names[lines.post[row]])}"
        yield f'<edge id="e{row}" {ends}>{held(facts)}</edge>'


def held(facts: dict[str, str]) -> str:
    """Facts as data elements."""
    return "".join(
        f'<data key="{key}">{escape(well_formed(word))}</data>'
        for key, word in facts.items()
    )


def ids(scene: Scene) -> list[str]:
    """The names as XML can hold them; should two become one, the later is lengthened."""
    found: dict[str, None] = {}
    for name in scene.neurons.name:
        known = well_formed(name)
        while known in found:
            known += "\N{REPLACEMENT CHARACTER}"
        found[known] = None
    return list(found)


def quoted(text: str) -> str:
    """An attribute's value with its quotes."""
    return f'"{escape(text, SPACES)}"'
