"""A graph of networkx as edges; the data of nodes and edges mean what they do in GraphML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...arguments.values import as_text
from ...errors import InputError
from ...names import plain
from ...readers.columns import by_name
from ...readers.delimited import UNKNOWN, kind_of
from ...readers.property_graph import (
    Data,
    Edge,
    Node,
    PropertyGraph,
    edge_list,
)
from ...readers.reader import EdgeList, Layout
from .wishes import check_wishes

FORMAT = "networkx"


def graph_edges(graph: Any, label: str, layout: Layout) -> EdgeList:
    """The edges of a graph; of one without directions, both ways.

    The keys of a multigraph tell the kind if all are words for one and no data does.

    Raises:
        InputError: what is wrong with the graph, all of it; places count nodes or edges.
        UsageError: `layout` names what edges do not have.
    """
    check_wishes(layout, label, "a graph of networkx", ("columns", "kind"))
    found = PropertyGraph(FORMAT, "node")
    ids = {node: as_text(node) for node in graph}
    for place, (node, data) in enumerate(graph.nodes(data=True), 1):
        if ids[node] in found.nodes:
            seen = f"two nodes are called {plain(ids[node])}"
            raise InputError(label, seen, "give every node a name of its own")
        found.nodes[ids[node]] = Node(place, texts(data))
    ways = graph.is_directed()
    for place, (pre, post, data) in enumerate(graph.edges(data=True), 1):
        found.edges.append(Edge(place, ids[pre], ids[post], ways, texts(data)))
    if graph.is_multigraph():
        by_key(found, [key for _, _, key in graph.edges(keys=True)])
    return edge_list(found, label, layout)


def by_key(graph: PropertyGraph, keys: list[object]) -> None:
    """Give each edge the kind that its key tells, if only keys tell it."""
    words = [as_text(key) if isinstance(key, str) else "" for key in keys]
    names = list({name for edge in graph.edges for name in edge.data})
    if "kind" in by_name(names) or any(kind_of(word) == UNKNOWN for word in words):
        return
    for edge, word in zip(graph.edges, words, strict=True):
        edge.data["kind"] = word


def texts(data: Mapping[Any, Any]) -> Data:
    """The data of a node or an edge as text, without what is none."""
    found = {as_text(key): as_text(value) for key, value in data.items()}
    return {key: word for key, word in found.items() if word}
