"""Nodes and edges of a GraphML file as they stand in it, by a parser without entities."""

from __future__ import annotations

from dataclasses import dataclass, field
from xml.parsers import expat

from ..errors import InputError, Location

Element = dict[str, str]  # key -> text of a <data>


@dataclass(slots=True)
class Seen:
    """Nodes and edges while the file is read, each with the line where it stands."""

    keys: dict[str, str] = field(default_factory=dict)  # id -> name of the data
    defaults: dict[str, str] = field(default_factory=dict)  # name -> text
    nodes: dict[str, tuple[int, Element]] = field(default_factory=dict)
    edges: list[tuple[int, str, str, bool, Element]] = field(default_factory=list)
    directed: bool = True
    graphs: int = 0
    rooted: bool = False


class Reader:
    """Feeds what expat finds into a Seen."""

    def __init__(self, label: str) -> None:
        self.label, self.seen = label, Seen()
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.element: Element | None = None  # the node or edge that is open
        self.key, self.parts = "", None  # type: str, list[str] | None

    def read(self, data: bytes) -> Seen:
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
        if not self.seen.graphs:
            raise InputError(self.label, "XML without a <graph>: not GraphML")
        return self.seen

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
        if not self.seen.rooted and tag != "graphml":
            raise self.wrong(f"XML that begins with <{tag}>: not GraphML")
        self.seen.rooted = True
        if tag in ("hyperedge", "port"):
            raise self.wrong(f"a <{tag}>", "a synapse joins two neurons: give <edge>")
        if tag == "key":
            self.key = attributes.get("id", "")
            self.seen.keys[self.key] = attributes.get("attr.name", self.key)
        elif tag == "graph":
            self.graph(attributes)
        elif tag == "node":
            self.node(attributes)
        elif tag == "edge":
            self.edge(attributes)
        elif tag in ("data", "default"):
            self.key = attributes.get("key", self.key)
            self.parts = []

    def graph(self, attributes: dict[str, str]) -> None:
        """The graph begins."""
        self.seen.graphs += 1
        if self.seen.graphs > 1:
            raise self.wrong("a second <graph>", "give one graph a file")
        default = attributes.get("edgedefault", "directed")
        self.seen.directed = default == "directed"

    def node(self, attributes: dict[str, str]) -> None:
        """A node begins."""
        name = self.attribute(attributes, "id", "node")
        if name in self.seen.nodes:
            raise self.wrong(f"node {name!a} stands there twice")
        self.element = {}
        self.seen.nodes[name] = self.parser.CurrentLineNumber, self.element

    def edge(self, attributes: dict[str, str]) -> None:
        """An edge begins."""
        source = self.attribute(attributes, "source", "edge")
        target = self.attribute(attributes, "target", "edge")
        way = attributes.get("directed", "true" if self.seen.directed else "false")
        self.element = {}
        line = self.parser.CurrentLineNumber
        self.seen.edges.append((line, source, target, way == "true", self.element))

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
            name = self.seen.keys.get(self.key, self.key)
            held = self.seen.defaults if tag == "default" else self.element
            if held is not None:  # the graph's own data says nothing of synapses
                held[name] = "".join(self.parts).strip()
            self.parts = None
