"""Read GraphML: its XML, by a parser without entities, as a graph of nodes and edges.

Source: graphml.graphdrawing.org, specification 1.0; attributes as igraph writes them.
"""

from __future__ import annotations

from ..book import Book
from ..property_graph import Data, Edge, Node, PropertyGraph
from ..reader import Layout
from .container import Container
from .xml_file import XmlFile, begins


def read_graphml(data: bytes, label: str, layout: Layout) -> Book:
    """Read nodes and edges with their attributes.

    Raises:
        InputError: what is wrong with the XML.
    """
    return Book("GraphML", "graph", (Parser(label).read(data),))


GRAPHML = Container("GraphML", lambda head: begins(head, b"graphml"), read_graphml)


class Parser(XmlFile):
    """A parser of GraphML that fills a PropertyGraph."""

    root = "graphml"
    format = "GraphML"

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.graph = PropertyGraph("GraphML", "<node>")
        self.keys: dict[str, str] = {}  # id of a <key> -> name of the data
        self.directed = True  # whether edges are that do not say it
        self.graphs = 0
        self.parser.CharacterDataHandler = self.text
        self.element: Data | None = None  # the node or edge that is open
        self.key, self.parts = "", None  # type: str, list[str] | None

    def read(self, data: bytes) -> PropertyGraph:
        """All nodes and edges of a file."""
        self.parse(data)
        if not self.graphs:
            raise self.wrong("XML without a <graph>: not GraphML")
        return self.graph

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = self.begun(tag)
        if tag in ("hyperedge", "port"):
            raise self.wrong(f"a <{tag}>", "a synapse joins two neurons: give <edge>")
        if tag == "key":
            self.key = attributes.get("id", "")
            self.keys[self.key] = attributes.get("attr.name", self.key)
        elif tag == "graph":
            self.start_graph(attributes)
        elif tag == "node":
            self.start_node(attributes)
        elif tag == "edge":
            self.start_edge(attributes)
        elif tag in ("data", "default"):
            self.key = attributes.get("key", self.key)
            self.parts = []
        elif tag == "NodeLabel":  # yEd writes the name of a node into its shape
            self.parts = []

    def start_graph(self, attributes: dict[str, str]) -> None:
        """The graph begins."""
        self.graphs += 1
        if self.graphs > 1:
            raise self.wrong("a second <graph>", "give one graph a file")
        default = attributes.get("edgedefault", "directed")
        self.directed = default == "directed"

    def start_node(self, attributes: dict[str, str]) -> None:
        """A node begins."""
        name = self.attribute(attributes, "id", "node")
        if name in self.graph.nodes:
            raise self.wrong(f"node {name!a} stands there twice")
        self.element = {}
        self.graph.nodes[name] = Node(self.parser.CurrentLineNumber, self.element)

    def start_edge(self, attributes: dict[str, str]) -> None:
        """An edge begins."""
        source = self.attribute(attributes, "source", "edge")
        target = self.attribute(attributes, "target", "edge")
        way = attributes.get("directed", "true" if self.directed else "false")
        self.element = {}
        line = self.parser.CurrentLineNumber
        self.graph.edges.append(Edge(line, source, target, way == "true", self.element))

    def text(self, text: str) -> None:
        """Characters: of a <data> or between elements."""
        if self.parts is not None:
            self.parts.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        tag = self.ended(tag)
        if tag in ("node", "edge"):
            self.element = None
        elif tag == "NodeLabel" and self.parts is not None and self.element is not None:
            self.element.setdefault("label", "".join(self.parts).strip())
            self.parts = None
        elif tag in ("data", "default") and self.parts is not None:
            name = self.keys.get(self.key, self.key)
            held = self.graph.defaults if tag == "default" else self.element
            if held is not None:  # the graph's own data says nothing of synapses
                held[name] = "".join(self.parts).strip()
            self.parts = None
