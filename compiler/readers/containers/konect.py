"""KONECT files: a first line that says whether edges have a direction, then the edges.

Source: Kunegis, "Handbook of network analysis: the KONECT project", the format of `out.*`.
"""

from __future__ import annotations

import re

from ...errors import InputError, Location, Mistake
from ...names import plain
from ..book import Book
from ..property_graph import Edge, Node, PropertyGraph
from ..reader import Layout
from .container import Container
from .graph_file import decoded

HEAD = re.compile(
    rb"\A%\s*(sym|asym|bip)\s+(unweighted|positive|posweighted|signed|multisigned|weighted|"
    rb"multiweighted|multiposweighted|dynamic)\b"
)


def read_konect(data: bytes, label: str, layout: Layout) -> Book:
    """Read the edges: source, target, weight, time; the times are not used.

    Raises:
        InputError: the nodes are of two sorts, edges come and go, a line holds no edge.
    """
    found = HEAD.match(data)
    assert found is not None
    form, weights = found[1].decode(), found[2].decode()
    if form == "bip":
        seen = "KONECT: bip: two sorts of nodes, numbered each from 1"
        raise InputError(Location(label, 1), seen, "number them apart, and write asym")
    if weights == "dynamic":
        seen = "KONECT: dynamic: edges come and go with the time"
        raise InputError(Location(label, 1), seen, "write the edges of one time")
    graph = PropertyGraph("KONECT", "number")
    wrong: list[Mistake] = []
    longest = 0
    for line, text in enumerate(decoded(data).splitlines(), 1):
        words = text.split()
        if not words or words[0].startswith("%"):
            continue
        if len(words) < 2 or len(words) > 4:
            at = Location(label, line, text=text)
            hint = "give source, target and, if there are any, weight and time"
            wrong.append(Mistake(at, f"{len(words)} words: no edge", hint))
            continue
        for end in words[:2]:
            if end not in graph.nodes:
                graph.nodes[end] = Node(line, {})
        longest = max(longest, len(words))
        told = {"weight": words[2]} if len(words) > 2 else {}
        graph.edges.append(Edge(line, words[0], words[1], form == "asym", told))
    if wrong:
        raise InputError.of(wrong)
    if any(edge.data for edge in graph.edges):
        graph.defaults["weight"] = "1"
    graph.format = (
        f"KONECT ({plain(f'{form} {weights}')}{', times not used' * (longest > 3)})"
    )
    return Book("KONECT", "graph", (graph,))


KONECT = Container("KONECT", lambda head: HEAD.match(head) is not None, read_konect)
