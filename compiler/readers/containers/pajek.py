"""Pajek files: *Vertices, then *Arcs that are directed and *Edges that are not.

Source: Batagelj and Mrvar, "Pajek: programs for analysis and visualization of very large
networks", reference manual, 5.1.
"""

from __future__ import annotations

import re

from ...errors import InputError, Location, Mistake
from ...names import plain
from ..book import Book
from ..property_graph import Edge, Node, PropertyGraph
from ..reader import Layout
from .arrays import MOST_NAMES
from .container import Container
from .graph_file import decoded

HEAD = re.compile(
    rb"\A(\xef\xbb\xbf)?(?:%[^\n]*+\n|\s++)*+\*(vertices|network)\b", re.I
)
WORD = re.compile(r'"([^"]*)"|(\S+)')
SECTIONS = ("*vertices", "*arcs", "*edges", "*arcslist", "*edgeslist")


def read_pajek(data: bytes, label: str, layout: Layout) -> Book:
    """Read vertices, arcs and edges; a vertex without a label goes by its number.

    Raises:
        InputError: what is wrong with the lines, all of it.
    """
    graph = PropertyGraph("Pajek", "*Vertices line")
    wrong: list[Mistake] = []
    section = ""
    for line, text in enumerate(decoded(data).splitlines(), 1):
        at = Location(label, line, text=text)
        words = [quoted or bare for quoted, bare in WORD.findall(text)]
        if not words or words[0].startswith("%"):
            continue
        if words[0].startswith("*"):
            section = words[0].lower()
            if section == "*vertices":
                number_vertices(graph, words, at)
            elif section not in SECTIONS and section != "*network":
                hint = f"give the edges below one of {', '.join(SECTIONS[1:])}"
                raise InputError(at, f"Pajek: {plain(words[0])} is not read", hint)
        elif section == "*vertices":
            if words[0] not in graph.nodes:
                wrong.append(
                    Mistake(at, f"vertex {plain(words[0])} is beyond their number")
                )
            elif len(words) > 1:
                graph.nodes[words[0]] = Node(line, {"label": words[1]})
        elif section in SECTIONS and len(words) > 1:
            graph.edges.extend(edges(words, section, line))
        elif section in SECTIONS:
            wrong.append(
                Mistake(at, "an edge with one end", "give two vertices, and a weight")
            )
    if wrong:
        raise InputError.of(wrong)
    if any(edge.data for edge in graph.edges):
        graph.defaults["weight"] = "1"
    return Book("Pajek", "graph", (graph,))


PAJEK = Container("Pajek", lambda head: HEAD.match(head) is not None, read_pajek)


def number_vertices(graph: PropertyGraph, words: list[str], at: Location) -> None:
    """Give the graph as many vertices as the line says.

    Raises:
        InputError: it says no number, or more than anyone means.
    """
    if len(words) < 2 or not words[1].isdecimal() or int(words[1][:9]) > MOST_NAMES:
        seen = "Pajek: *Vertices without a number of them up to"
        raise InputError(at, f"{seen} {MOST_NAMES:,}", "*Vertices 302")
    for number in range(1, int(words[1]) + 1):
        graph.nodes[str(number)] = Node(at.line, {"label": str(number)})


def edges(words: list[str], section: str, line: int) -> list[Edge]:
    """The edges of a line: of two vertices, or of one and all that follow."""
    directed = section.startswith("*arcs")
    if section.endswith("list"):
        return [Edge(line, words[0], other, directed, {}) for other in words[1:]]
    data = {"weight": words[2]} if len(words) > 2 else {}
    return [Edge(line, words[0], words[1], directed, data)]
