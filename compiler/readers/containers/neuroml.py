"""NeuroML 2 networks: populations and the projections between them.

Source: docs.neuroml.org, Schema/Networks. A chemical synapse is a connection of a
projection or of a continuousProjection; an electricalProjection holds gap junctions. The
components that say what a synapse does are not read.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ..book import Book
from ..property_graph import Edge, Node, PropertyGraph
from ..reader import Layout
from .container import Container
from .xml_file import XmlFile, begins

FORMAT = "NeuroML (the components of synapses, and their signs, are not read)"
KINDS = {
    "projection": "chemical",
    "continuousProjection": "chemical",
    "electricalProjection": "electrical",
}
CONNECTION = re.compile(
    r"(connection|electricalConnection|continuousConnection)(WD|Instance|InstanceW)?"
)
SINGLE = re.compile(r"synapticConnection(WD)?")
PATH = re.compile(r"(?:\.\./)?([^/\[\]]+)(?:/([^/]+)(?:/.*)?|\[([^\]]+)\])?")
CELLS = 1_000_000  # of all populations


class Population(NamedTuple):
    """A population: the line where it stands, its announced size, ids of its cells."""

    line: int
    size: int
    cells: list[str]


class End(NamedTuple):
    """An end of a connection: a population and the id of a cell in it."""

    population: str
    cell: str


class Link(NamedTuple):
    """A connection, with the line where it stands."""

    line: int
    pre: End
    post: End
    kind: str
    weight: str


def read_neuroml(data: bytes, label: str, layout: Layout) -> Book:
    """Read the cells of all populations, and the connections between them.

    Raises:
        InputError: what is wrong with the XML, or with a connection.
    """
    return Book("NeuroML", "network", (Parser(label).read(data),))


NEUROML = Container("NeuroML", lambda head: begins(head, b"neuroml"), read_neuroml)


class Parser(XmlFile):
    """A parser of NeuroML that gathers populations and connections."""

    root = "neuroml"
    format = "NeuroML"

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.networks = 0
        self.populations: dict[str, Population] = {}
        self.links: list[Link] = []
        self.population: Population | None = None  # the one that is open
        self.projection: tuple[str, str, str] | None = None  # pre, post, kind
        self.cells = 0

    def read(self, data: bytes) -> PropertyGraph:
        """The graph of a file; a cell alone in its population has that one's name."""
        self.parse(data)
        if not self.networks:
            raise self.wrong(
                "NeuroML without a <network>", "give the file of a network"
            )
        graph = PropertyGraph(FORMAT, "<population>", defaults={"weight": "1"})
        for name, population in self.populations.items():
            for cell in population.cells:
                graph.nodes[self.name(End(name, cell))] = Node(population.line, {})
        for line, pre, post, kind, weight in self.links:
            data_of = {"kind": kind, **({"weight": weight} if weight else {})}
            ends = self.name(pre), self.name(post)
            graph.edges.append(Edge(line, *ends, True, data_of))
        return graph

    def name(self, end: End) -> str:
        """The name of a cell."""
        known = self.populations.get(end.population)
        alone = known is not None and known.cells == [end.cell]
        return end.population if alone else f"{end.population}[{end.cell}]"

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        tag = self.begun(tag)
        if tag == "network":
            self.networks += 1
            if self.networks > 1:
                raise self.wrong("a second <network>", "give one network a file")
        elif tag == "population":
            self.start_population(attributes)
        elif tag == "instance" and self.population is not None:
            number = str(len(self.population.cells))
            self.add_cell(self.population, attributes.get("id", number))
        elif tag in KINDS:
            ends = [f"{side}synapticPopulation" for side in ("pre", "post")]
            pre, post = (self.attribute(attributes, key, tag) for key in ends)
            self.projection = pre, post, KINDS[tag]
        elif self.projection and CONNECTION.fullmatch(tag):
            self.start_connection(tag, attributes)
        elif SINGLE.fullmatch(tag):
            ends = [self.attribute(attributes, key, tag) for key in ("from", "to")]
            self.link(ends, ("", ""), "chemical", attributes)

    def start_population(self, attributes: dict[str, str]) -> None:
        """A population begins; it may list its cells, or say how many there are."""
        name = self.attribute(attributes, "id", "population")
        if name in self.populations:
            raise self.wrong(f"population {name!a} stands there twice")
        size = attributes.get("size", "1")
        if not re.fullmatch(r"\d{1,9}", size) or int(size) > CELLS:
            raise self.wrong(f"a population of size {size[:20]!a}")
        self.population = Population(self.parser.CurrentLineNumber, int(size), [])
        self.populations[name] = self.population

    def add_cell(self, population: Population, cell: str) -> None:
        """Add a cell to a population."""
        self.cells += 1
        if self.cells > CELLS:
            raise self.wrong(f"more than {CELLS:,} cells")
        population.cells.append(cell)

    def start_connection(self, tag: str, attributes: dict[str, str]) -> None:
        """A connection of a projection begins; its ends are paths, or ids of cells."""
        assert self.projection is not None
        pre, post, kind = self.projection
        keys = ("preCell", "postCell")
        if f"{keys[0]}Id" in attributes:
            keys = ("preCellId", "postCellId")
        ends = [self.attribute(attributes, key, tag) for key in keys]
        self.link(ends, (pre, post), kind, attributes)

    def link(
        self,
        ends: list[str],
        populations: tuple[str, str],
        kind: str,
        attributes: dict[str, str],
    ) -> None:
        """Add a connection.

        Args:
            ends: `../AVAL/0/Cell`, `AVAL[0]`, or within a projection `0`.
            populations: of the projection, "" outside of one.
        """
        found = []
        for path, population in zip(ends, populations, strict=True):
            match = PATH.fullmatch(path)
            if match is None:
                raise self.wrong(f"an end {path[:60]!a}", "write ../population/0/cell")
            cell = match[2] or match[3]
            if cell is None and population:
                found.append(End(population, match[1]))
            elif population and match[1] != population:
                seen = f"an end {path[:60]!a} in a projection of {population!a}"
                raise self.wrong(seen)
            else:
                found.append(End(match[1], cell or "0"))
        line, weight = self.parser.CurrentLineNumber, attributes.get("weight", "")
        self.links.append(Link(line, found[0], found[1], kind, weight))

    def end(self, tag: str) -> None:
        """An element ends."""
        tag = self.ended(tag)
        if tag == "population" and self.population is not None:
            if not self.population.cells:
                for number in range(self.population.size):
                    self.add_cell(self.population, str(number))
            self.population = None
        elif tag in KINDS:
            self.projection = None
