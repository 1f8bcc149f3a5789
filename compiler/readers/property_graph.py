"""Graphs of nodes and edges with data: data -> names, weights, kinds, roles, transmitters.

The half of a graph format that does not depend on how its file is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from ..errors import InputError, Location, Mistake, UsageError
from ..ir.accounts import GraphForm
from ..ir.stages import CHEMICAL
from ..names import plain, plural
from .blame import TROUBLES, wrong_name
from .columns import by_name
from .delimited import COUNTS, UNKNOWN, layout_kind, plain_word
from .findings import find
from .form import Form
from .graph_cells import cell_data, with_edge_transmitters
from .kinds import kind_in, weights, with_excitation, with_kinds
from .reader import EdgeList, Layout
from .unread import unread

# The data that names a node: of several the first that no two nodes share.
NAMES = ("cellname", "name", "label", "neuron", "cell", "dnname")
EDGE_DATA = ("weight", "kind")
SAMPLE = 256  # edges by whose data keys are understood

Data = dict[str, str]  # name -> text
Row = tuple[int, int, float, int, int]  # pre, post, weight, kind, line


class Node(NamedTuple):
    """A node and where it stands: its line, or its place from 1 among the nodes."""

    line: int
    data: Data


class Edge(NamedTuple):
    """An edge between two nodes by their ids, and where it stands, as of a node."""

    line: int
    source: str
    target: str
    directed: bool
    data: Data


@dataclass(slots=True)
class PropertyGraph:
    """Nodes and edges of a file, each with its data as text.

    Attributes:
        format: as messages name it; node: how a node is written in it.
        nodes: by id, in the order of the file.
        defaults: data of every node and edge that has no other.
        nodes_in, edges_in: the lists in which they stand: `links`; "" where lines count.
    """

    format: str
    node: str
    nodes: dict[str, Node] = field(default_factory=dict)
    edges: list[Edge] = field(default_factory=list)
    defaults: Data = field(default_factory=dict)
    nodes_in: str = ""
    edges_in: str = ""

    def node_at(self, label: str, line: int) -> Location:
        """Where a node stands: its line, or `nodes[41]`."""
        return place_in(self.nodes_in, label, line)

    def edge_at(self, label: str, line: int) -> Location:
        """Where an edge stands: its line, or `links[41]`."""
        return place_in(self.edges_in, label, line)


def place_in(title: str, label: str, line: int) -> Location:
    """A place in a list from 1, or a line where there is no list."""
    if not title:
        return Location(label, line)
    return Location(label, spot=f"{title}[{line - 1}]")


def edge_list(graph: PropertyGraph, label: str, layout: Layout) -> EdgeList:
    """The edges as rows; data are found by name, as columns are.

    An undirected chemical edge is two rows, one each way.

    Args:
        layout: its `columns` name the edges' weight and kind; its `kind` is that of all
            edges without data for it.

    Raises:
        InputError: what is wrong with the graph, all of it.
        UsageError: `layout` names what edges do not have, or says how text is split.
    """
    if not graph.edges:
        raise InputError(label, "a graph without edges", "give one for each synapse")
    check_layout(layout, label, graph.format)
    kind = layout_kind(layout)
    choose(graph, layout, label)
    named, unnamed = names_of(graph, layout.columns.get("name", ""))
    wrong = wrong_names(graph, label, named)
    form = edge_form(graph, layout)
    found, more, unweighed, doubled = rows(graph, label, form, kind)
    role, transmitter, still = cell_data(graph, label)
    if mistakes := [*wrong, *more, *still]:
        raise InputError.of(sorted(mistakes, key=lambda mistake: mistake.at.line))
    places = {name: form.title(place) for name, place in form.places.items()}
    findings = list(unread(form, frozenset()))
    if unnamed:
        findings.append(find("EC104", f"nodes go by their ids, not by {unnamed}"))
    if unweighed:
        seen = f"{plural(unweighed, 'edge')} without a weight: each counts 1"
        findings.append(find("EC303", seen))
    if doubled:
        seen = f"{plural(doubled, 'undirected edge')} read both ways"
        findings.append(find("EC304", seen))
    pre, post, weight, kinds, line = zip(*found, strict=True)
    edges = EdgeList(
        names=tuple(named.values()),
        pre=np.array(pre, np.int32),
        post=np.array(post, np.int32),
        weight=np.array(weight, np.float64),
        kind=np.array(kinds, np.uint8),
        line=np.array(line, np.int32),
        role=role,
        transmitter=transmitter,
        form=GraphForm(graph.format, places, doubled, unnamed),
        findings=tuple(findings),
    )
    return with_edge_transmitters(edges, graph, form)


def check_layout(layout: Layout, label: str, format: str) -> None:
    """Raise a UsageError for an unknown kind, or for what only text or a matrix has."""
    layout_kind(layout)
    text, matrix = "delimited text", "a matrix"
    wishes = (
        ("delimiter", layout.delimiter is not None, text),
        ("header", layout.header is not None, text),
        ("names", layout.names is not None, matrix),
        ("transpose", layout.transpose, matrix),
    )
    for option, wished, what in wishes:
        if wished:
            raise UsageError(f"--{option}: of {what}; {label} is {format}")


def choose(graph: PropertyGraph, layout: Layout, label: str) -> None:
    """Keep the edges that --where chooses.

    Raises:
        UsageError: it chooses none.
    """
    for key, values in layout.where.items():
        kept = [edge for edge in graph.edges if edge.data.get(key) in values]
        if not kept:
            seen = f"--where {key}={values[0]}"
            raise UsageError(f"{seen}: no edge of {label} has it")
        graph.edges[:] = kept


def names_of(graph: PropertyGraph, wish: str) -> tuple[dict[str, str], str]:
    """The name of each node by its id, and why that is its id although nodes have names.

    Args:
        wish: the key of their names, as the user says it; "": one of NAMES.

    Raises:
        UsageError: the nodes have no such key.
    """
    nodes = graph.nodes.values()
    keys = {plain_word(key): key for node in nodes for key in node.data}
    if wish and wish not in keys.values():
        known = ", ".join(keys.values()) or "no data"
        raise UsageError(f"--columns name={wish}: the nodes have {known}")
    why = ""
    wanted = (keys[word] for word in NAMES if word in keys)
    for key in [wish] if wish else wanted:
        names = [node.data.get(key, "") for node in nodes]
        name, count = Counter(names).most_common(1)[0]
        if all(names) and count == 1:
            return dict(zip(graph.nodes, names, strict=True)), ""
        shared = f"{count:,} nodes share {plain(name)}"
        why = why or f"{plain(key)}: {shared if all(names) else 'not all have one'}"
    return {node: node for node in graph.nodes}, why


def wrong_names(
    graph: PropertyGraph, label: str, named: Mapping[str, str]
) -> list[Mistake]:
    """The nodes whose names can not be a neuron's."""
    return [
        Mistake(graph.node_at(label, node.line), why, "give every node another name")
        for node, name in zip(graph.nodes.values(), named.values(), strict=True)
        if (why := wrong_name(name))
    ]


def edge_form(graph: PropertyGraph, layout: Layout) -> Form:
    """The data of the edges as columns, each key one: weight, kind, counts by their places.

    Raises:
        UsageError: `layout` names what edges do not have.
    """
    keys = list(dict.fromkeys(key for edge in graph.edges for key in edge.data))
    places = {role: p for role, p in by_name(keys).items() if role in EDGE_DATA}
    for role, name in layout.columns.items():
        if role == "name":
            continue
        if role not in (*EDGE_DATA, *COUNTS):
            seen = f"a {graph.format} edge says its ends itself"
            raise UsageError(f"--columns {role}: {seen}")
        if name and name not in keys:
            known = ", ".join(keys) or "no data"
            raise UsageError(f"--columns {role}={name}: the edges have {known}")
        places.pop(role, None)
        if name:
            places[role] = keys.index(name)
    sample = [
        [edge.data.get(key, "").strip() for key in keys]
        for edge in graph.edges[:SAMPLE]
    ]
    form = Form("", tuple(keys), 1, places, len(keys), 1.0, True, sample)
    chosen = {keys.index(key): frozenset[str]() for key in layout.where}
    form = with_kinds(form, layout)
    title = form.title(form.places["kind"]) if "kind" in form.places else ""
    form = with_excitation(form, (edge.data.get(title, "") for edge in graph.edges))
    return replace(form, wanted=chosen)


def rows(
    graph: PropertyGraph, label: str, form: Form, kind: int
) -> tuple[list[Row], list[Mistake], int, int]:
    """The edges as rows, what is wrong, how many have no weight, and how many no direction.

    Args:
        form: the data of the edges; kind: of all edges whose data do not tell it.
    """
    number = {node: place for place, node in enumerate(graph.nodes)}
    keys = {role: form.title(place) for role, place in form.places.items()}
    wrong: list[Mistake] = []
    found: list[Row] = []
    unweighed = doubled = 0
    for line, source, target, directed, data in graph.edges:
        at = graph.edge_at(label, line)
        stray = [end for end in (source, target) if end not in number]
        if stray:
            hint = f"every end of an edge is the id of a {graph.node}"
            wrong.append(Mistake(at, f"no node {stray[0]!a}", hint))
            continue
        data = {**graph.defaults, **data}
        texts = {role: data.get(key, "").strip() for role, key in keys.items()}
        if texts.get("weight") == "":
            unweighed += 1
            texts["weight"] = "1"
        for role, text in texts.items():
            known = role == "kind" and kind_in(text, form.kinds) != UNKNOWN
            if not known and (trouble := TROUBLES[role](text)):
                wrong.append(Mistake(at, *trouble))
        ends = number[source], number[target]
        for weight, sort in weights(texts, form, kind):
            found.append((*ends, weight, sort, line))
            if not directed and sort == CHEMICAL and source != target:
                found.append((*ends[::-1], weight, sort, line))
                doubled += 1
    return found, wrong, unweighed, doubled
