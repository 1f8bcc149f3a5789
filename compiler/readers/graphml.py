"""Read GraphML: its XML, by a parser without entities, as a graph of nodes and edges.

Source: graphml.graphdrawing.org, specification 1.0; attributes as igraph writes them.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from ..errors import InputError, Location
from .book import Book
from .containers.container import Container
from .property_graph import Data, Edge, Node, PropertyGraph
from .reader import Layout

START = re.compile(rb"\s*<(\?xml|!--|graphml|[a-z]+:graphml)")
MARKS = re.compile(rb"\A(\xef\xbb\xbf|\xff\xfe|\xfe\xff)|\0")  # of UTF-8, UTF-16


def is_graphml(head: bytes) -> bool:
    """Whether a file that begins so is XML whose root may be <graphml>."""
    head = MARKS.sub(b"", head)
    return START.match(head) is not None and b"graphml" in head


def read_graphml(data: bytes, label: str, layout: Layout) -> Book:
    """Read nodes and edges with their attributes.

    Raises:
        InputError: what is wrong with the XML.
    """
    return Book("GraphML", "graph", (Parser(label).read(data),))


GRAPHML = Container("GraphML", is_graphml, read_graphml)


class Parser:
    """A parser of XML without entities that fills a PropertyGraph."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.graph = PropertyGraph("GraphML", "<node>")
        self.keys: dict[str, str] = {}  # id of a <key> -> name of the data
        self.directed = True  # whether edges are that do not say it
        self.graphs, self.rooted = 0, False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.element: Data | None = None  # the node or edge that is open
        self.key, self.parts = "", None  # type: str, list[str] | None

    def read(self, data: bytes) -> PropertyGraph:
        """All nodes and edges of a file."""
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            at = Location(self.label, error.lineno, error.offset + 1)
            seen = f"not well-formed XML: {expat.ErrorString(error.code)}"
            raise InputError(
                at, seen, "write it again with the tool it is from"
            ) from None
        except (LookupError, ValueError) as error:
            raise InputError(self.label, f"unreadable XML: {error}") from None
        if not self.graphs:
            raise InputError(self.label, "XML without a <graph>: not GraphML")
        return self.graph

    def wrong(self, seen: str, hint: str = "") -> InputError:
        """The error at the line that is being read."""
        return InputError(
            Location(self.label, self.parser.CurrentLineNumber), seen, hint
        )

    def doctype(self, *_: object) -> None:
        """Entities can blow up a parser, and GraphML needs none."""
        raise self.wrong("a DOCTYPE: it can define entities", "take the line out")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = tag.rsplit(":", 1)[-1]
        if not self.rooted and tag != "graphml":
            raise self.wrong(f"XML that begins with <{tag}>: not GraphML")
        self.rooted = True
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

    def attribute(self, attributes: dict[str, str], name: str, tag: str) -> str:
        """An attribute that must be there."""
        if name not in attributes:
            raise self.wrong(f"<{tag}> without {name!r}")
        return attributes[name]

    def text(self, text: str) -> None:
        """Characters: of a <data> or between elements."""
        if self.parts is not None:
            self.parts.append(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        tag = tag.rsplit(":", 1)[-1]
        if tag in ("node", "edge"):
            self.element = None
        elif tag in ("data", "default") and self.parts is not None:
            name = self.keys.get(self.key, self.key)
            held = self.graph.defaults if tag == "default" else self.element
            if held is not None:  # the graph's own data says nothing of synapses
                held[name] = "".join(self.parts).strip()
            self.parts = None
