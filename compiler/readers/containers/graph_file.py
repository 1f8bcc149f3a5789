"""GML, GEXF and lists of edges with data, by networkx; Pajek, whose files it refuses often.

GML goes by the ids of its nodes, so that two of one label and those without any are read;
pairs with a synapse and a junction are read without `multigraph 1` too.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from ...errors import InputError
from ..book import Book, text_of
from ..property_graph import Data, Edge, Node, PropertyGraph
from ..reader import Layout
from .container import Container
from .xml_file import XmlFile, begins

LONGEST = 200  # characters of what a message quotes
GML = re.compile(r"^[ \t]*graph\s*\[", re.MULTILINE)
GML_HEAD = re.compile(
    rb"\A\s*+(?:(?:#|(?:Creator|Version|comment)\b)[^\n]*+\s*+)*+graph\s*\[", re.I
)
LISTED = re.compile(
    rb"\A(?:\s++|#[^\n]*+\n)*+[^\s{}]+[ \t]+[^\s{}]+[ \t]+\{[^\n]*\}[ \t]*\r?(\n|\Z)"
)


def decoded(data: bytes) -> str:
    """A text in UTF-8, or in Latin-1 as older tools write it."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def parse_gml(data: bytes) -> Any:
    """The graph of a GML file, its nodes by their ids."""
    import networkx as nx

    text = decoded(data)
    if not re.search(r"^\s*multigraph\s+1", text, re.MULTILINE):
        text = GML.sub("graph [\n  multigraph 1", text, count=1)
    return nx.parse_gml(text, label="id")


def parse_gexf(data: bytes) -> Any:
    """The graph of a GEXF file."""
    import networkx as nx

    return nx.read_gexf(io.BytesIO(data))


def parse_listed(data: bytes) -> Any:
    """The graph of lines such as `A B {'weight': 3}`, from the first to the second."""
    import networkx as nx

    return nx.parse_edgelist(decoded(data).splitlines(), create_using=nx.MultiDiGraph)


def reader(
    format: str, parse: Callable[[bytes], Any]
) -> Callable[[bytes, str, Layout], Book]:
    """The function that reads a format of networkx."""

    def read(data: bytes, label: str, layout: Layout) -> Book:
        """Read nodes and edges with their data.

        Raises:
            InputError: what is wrong with the file.
        """
        if format == "GEXF":
            Elements(label).parse(data)
        try:
            found = parse(data)
        except RecursionError:
            raise InputError(label, f"{format} that nests too deep") from None
        except Exception as error:  # networkx raises whatever it runs into
            why = " ".join((str(error) or type(error).__name__).split())[:LONGEST]
            seen = f"{format} that can not be read: {why}"
            raise InputError(
                label, seen, "write it again with the tool it is from"
            ) from None
        return Book(format, "graph", (graph_of(found, format),))

    return read


class Elements(XmlFile):
    """A parser that looks for entities and depth, and keeps nothing."""

    root = "gexf"
    format = "GEXF"

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        self.begun(tag)

    def end(self, tag: str) -> None:
        """An element ends."""
        self.ended(tag)


def graph_of(found: Any, format: str) -> PropertyGraph:
    """A graph of networkx with its data as text."""
    graph = PropertyGraph(format, "node", nodes_in="nodes", edges_in="edges")
    for place, (node, data) in enumerate(found.nodes(data=True)):
        graph.nodes[str(node)] = Node(place, texts(data))
    directed = found.is_directed()
    for place, (source, target, data) in enumerate(found.edges(data=True)):
        edge = Edge(place, str(source), str(target), directed, texts(data))
        graph.edges.append(edge)
    return graph


def texts(data: dict[Any, Any]) -> Data:
    """Data as text, without what holds further data."""
    return {
        str(key): text_of(value)
        for key, value in data.items()
        if isinstance(value, str | int | float)
    }


GML_FILES = Container(
    "GML", lambda head: bool(GML_HEAD.match(head)), reader("GML", parse_gml)
)
GEXF_FILES = Container(
    "GEXF", lambda head: begins(head, b"gexf"), reader("GEXF", parse_gexf)
)
LISTED_FILES = Container(
    "edges with data",
    lambda head: bool(LISTED.match(head)),
    reader("a list of edges with data", parse_listed),
)
