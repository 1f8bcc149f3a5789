"""Write a drawing as GraphML, for networkx, Gephi, Cytoscape: names are the ids."""

from __future__ import annotations

from collections.abc import Iterator

from ..exporting.graphml import HEAD, ROOT, data, key, quoted
from ..names import number
from .facts import role_words, title
from .labels import well_formed
from .scene import CHANGES, KINDS, Scene

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
    """The graph, UTF-8; edges have ids, as a pair may have a synapse and a junction."""
    return ("\n".join(elements(scene)) + "\n").encode()


def elements(scene: Scene) -> Iterator[str]:
    """The XML, an element a line; levels count from 1, neurons in none have none."""
    yield HEAD
    yield ROOT
    for place, name, kind in KEYS + (COMPARED if scene.old else ()):
        yield key(place, name, kind)
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
        if level >= 0 and not scene.uncut:
            facts["level"] = str(level + 1)
        if neurons.transmitter[row]:
            facts["transmitter"] = neurons.transmitter[row]
        if scene.old:
            facts["became"] = CHANGES[neurons.change[row]]
        yield f"<node id={quoted(name)}>{data_elements(facts)}</node>"


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
        yield f'<edge id="e{row}" {ends}>{data_elements(facts)}</edge>'


def data_elements(facts: dict[str, str]) -> str:
    """The data elements of some attributes, in characters that XML allows."""
    return data({name: well_formed(word) for name, word in facts.items()})


def ids(scene: Scene) -> list[str]:
    """The names as valid XML; if two become equal, the later is lengthened."""
    found: dict[str, None] = {}
    for name in scene.neurons.name:
        known = well_formed(name)
        while known in found:
            known += "\N{REPLACEMENT CHARACTER}"
        found[known] = None
    return list(found)
