"""Graphs in JSON: node-link, Cytoscape, adjacency, flyvis, neighbours by name.

Sources: the JSON writers of networkx, D3, Cytoscape.js, graphology; JSON Graph Format 2.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...errors import InputError
from ..book import Book, shown, text_of
from ..columns import by_name
from ..property_graph import Data, Edge, Node, PropertyGraph
from ..reader import Layout

LINKS = ("links", "edges", "connections", "synapses")
IDS = ("id", "key", "_id")
WITHIN = ("data", "attributes", "metadata")  # objects that hold an element's data
NODE = "node of nodes"
SPLIT = 'write it with orient="split", or as a list of objects with pre and post'


def word(value: Any) -> str:
    """A value as the text that CSV would have: 3.0 is 3, null is nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join(map(word, value)) if not any(map(nested, value)) else ""
    return "" if value is None or isinstance(value, dict) else text_of(value)


def nested(value: Any) -> bool:
    """Whether a value is an object or a list."""
    return isinstance(value, dict | list)


def graph_of(value: Any, label: str, layout: Layout) -> Book | None:
    """The graph of an object with nodes and links, or of Cytoscape's elements."""
    if elements := cytoscape(value):
        return built("Cytoscape JSON", *elements, value, label)
    if not isinstance(value, dict):
        return None
    inner = value.get("graph")
    if "nodes" not in value and isinstance(inner, dict) and "nodes" in inner:
        value = inner  # JSON Graph Format
    nodes = value.get("nodes")
    if isinstance(nodes, dict) and all(isinstance(n, dict) for n in nodes.values()):
        nodes = [{"id": name, **data} for name, data in nodes.items()]
    if not isinstance(nodes, list):
        return None
    if isinstance(value.get("adjacency"), list):
        edges = adjacent(nodes, value["adjacency"], label)
        return built("adjacency JSON", nodes, edges, ("nodes", "edge"), value, label)
    title = next((key for key in LINKS if isinstance(value.get(key), list)), "")
    if not title:
        return None
    edges = value[title]
    if edges and all(isinstance(e, dict) and "offsets" in e for e in edges):
        nodes, edges = flyvis(nodes, edges, value, label)
        format = "flyvis JSON (weight: the sum of offsets, sign: alpha)"
        return built(format, nodes, edges, ("nodes", title), value, label)
    return built("node-link JSON", nodes, edges, ("nodes", title), value, label)


def cytoscape(value: Any) -> tuple[list[Any], list[Any], tuple[str, str]] | None:
    """Nodes, edges and their titles, if a value is Cytoscape's."""
    found = value.get("elements") if isinstance(value, dict) else value
    if isinstance(found, dict) and isinstance(found.get("nodes"), list):
        titles = ("elements.nodes", "elements.edges")
        edges = found.get("edges", [])
        return (found["nodes"], edges, titles) if isinstance(edges, list) else None
    if not isinstance(found, list) or not found:
        return None
    if not all(isinstance(e, dict) and isinstance(e.get("data"), dict) for e in found):
        return None
    nodes = [e for e in found if "source" not in e["data"]]
    edges = [e for e in found if "source" in e["data"]]
    return nodes, edges, ("nodes", "edges")


def adjacent(nodes: Sequence[Any], lists: Sequence[Any], label: str) -> list[Any]:
    """The edges that go from each node to those of its list."""
    if len(lists) != len(nodes) or not all(isinstance(found, list) for found in lists):
        seen = f"{len(nodes):,} nodes, {len(lists):,} lists of neighbours"
        raise InputError(label, seen, "give one list a node")
    found = []
    for node, others in zip(nodes, lists, strict=True):
        source = node.get("id") if isinstance(node, dict) else node
        for other in others:
            data = other if isinstance(other, dict) else {"id": other}
            more = {key: of for key, of in data.items() if key != "id"}
            found.append({**more, "source": source, "target": data.get("id")})
    return found


def flyvis(
    nodes: Sequence[Any], edges: Sequence[Any], value: Mapping[str, Any], label: str
) -> tuple[list[Any], list[Any]]:
    """Nodes with roles, and edges whose weight sums up their offsets, signed by alpha.

    Source: Lappalainen et al., Nature 634, 2024: a synapse count by offset of columns.
    """
    lists = {"sensory": "input_units", "motor": "output_units"}
    roles = {
        role: set(map(word, found)) if isinstance(found, list) else set[str]()
        for role, key in lists.items()
        for found in [value.get(key)]
    }
    known = []
    for node in nodes:
        name = word(node.get("name")) if isinstance(node, dict) else word(node)
        said = ",".join(role for role, names in roles.items() if name in names)
        known.append({"id": name, "role": said})
    found = []
    for place, edge in enumerate(edges):
        try:
            weight = sum(float(count) for _, count in edge["offsets"])
            weight = math.copysign(weight, float(edge.get("alpha", 1)))
        except (TypeError, ValueError, OverflowError):
            seen = f"{label}:edges[{place}]: offsets that are no [[u, v], count]"
            raise InputError(label, seen) from None
        found.append({**edge, "weight": weight})
    return known, found


def built(
    format: str,
    nodes: Sequence[Any],
    edges: Sequence[Any],
    titles: tuple[str, str],
    value: Any,
    label: str,
) -> Book:
    """The graph of lists of nodes and edges.

    Args:
        titles: of the two lists; value: the object that says whether edges are directed.

    Raises:
        InputError: an element that is no node or no edge, a node that stands twice.
    """
    graph = PropertyGraph(format, NODE, nodes_in=titles[0], edges_in=titles[1])
    links = [
        edge_data(edge, graph, label, place) for place, edge in enumerate(edges, 1)
    ]
    pre, post = ends_of(links, label, titles[1])
    counted = bool(links) and all(type(link[pre]) is int for link in links)
    for place, node in enumerate(nodes, 1):
        name, data = node_data(node, place - 1, counted)
        if name in graph.nodes:
            at = graph.node_at(label, place)
            raise InputError(at, f"node {name!a} stands there twice")
        graph.nodes[name] = Node(place, data)
    said = value.get("directed", True) if isinstance(value, dict) else True
    for place, link in enumerate(links, 1):
        way = link.get("directed", said)
        ends = word(end_of(link.get(pre))), word(end_of(link.get(post)))
        data = {key: word(of) for key, of in link.items() if key not in (pre, post)}
        graph.edges.append(Edge(place, *ends, way is not False, data))
    return Book(format, "graph", (graph,))


def node_data(node: Any, place: int, counted: bool) -> tuple[str, Data]:
    """The id of a node, and its data.

    Args:
        place: from 0; counted: edges name their ends by number.
    """
    if not isinstance(node, dict):
        return word(node), {}
    data = flat(node)
    key = next((key for key in IDS if key in data), "")
    if not key and not counted:
        key = next((key for key in ("name", "label") if key in data), "")
    name = word(data[key]) if key else str(place)
    return name, {other: word(of) for other, of in data.items() if other not in IDS}


def edge_data(
    edge: Any, graph: PropertyGraph, label: str, place: int
) -> dict[str, Any]:
    """The data of an edge, its ends among them; of a list: source, target, weight."""
    if isinstance(edge, dict):
        return flat(edge)
    if isinstance(edge, list) and len(edge) in (2, 3):
        return dict(zip(("source", "target", "weight"), edge, strict=False))
    at = graph.edge_at(label, place)
    raise InputError(at, "no edge", "an edge is an object with source and target")


def flat(element: Mapping[str, Any]) -> dict[str, Any]:
    """The data of an element, those that stand in an object of their own too."""
    found = {key: of for key, of in element.items() if key not in WITHIN}
    for key in WITHIN:
        inner = element.get(key)
        found |= inner if isinstance(inner, dict) else {}
    return found


def ends_of(links: Sequence[Mapping[str, Any]], label: str, title: str) -> list[str]:
    """The keys of the two ends of edges."""
    keys = list(dict.fromkeys(key for link in links for key in link))
    places = by_name(keys)
    if links and not {"pre", "post"} <= places.keys():
        seen = f"{title} without source and target: their keys are {shown(keys)}"
        raise InputError(label, seen, "call the ends source and target")
    return [keys[places[side]] for side in ("pre", "post")] if links else ["", ""]


def end_of(value: Any) -> Any:
    """The id of an end; D3 writes the node itself there."""
    return (
        next((value[key] for key in IDS if key in value), None)
        if isinstance(value, dict)
        else value
    )


def neighbours_of(value: Any, label: str, layout: Layout) -> Book | None:
    """The graph of an object that gives each cell those it sends to.

    The neighbours are a list of names, or an object of weights or of data.

    Raises:
        InputError: it is a table of pandas, whose columns may send or receive.
    """
    if not isinstance(value, dict) or not value:
        return None
    if all(isinstance(found, list) for found in value.values()):
        names = [name for found in value.values() for name in found]
        if not names or not all(isinstance(n, str) and n in value for n in names):
            return None
    elif not all(isinstance(found, dict) for found in value.values()):
        return None
    elif dense(value):
        seen = "a matrix by columns or by rows: JSON objects do not tell which sends"
        raise InputError(label, seen, SPLIT)
    edges = list(neighbours(value))
    if not edges or any(edge is None for edge in edges):
        return None
    nodes = dict.fromkeys((*value, *(edge["target"] for edge in edges if edge)))
    titles = ("nodes", "edge")
    return built("JSON of neighbours", list(nodes), edges, titles, {}, label)


def dense(value: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether each cell gives a number for every cell, as pandas writes a matrix."""
    keys = [found.keys() for found in value.values()]
    return len(value) > 1 and all(found == value.keys() for found in keys)


def neighbours(value: Mapping[str, Any]) -> Iterator[dict[str, Any] | None]:
    """The edges; None for what is none."""
    for source, others in value.items():
        for target in others:
            of = others[target] if isinstance(others, dict) else {}
            if isinstance(of, int | float) and not isinstance(of, bool):
                of = {"weight": of}
            if not isinstance(of, dict):
                yield None
            elif of and all(isinstance(inner, dict) for inner in of.values()):
                for inner in of.values():  # of a multigraph: by key
                    yield {**inner, "source": source, "target": target}
            else:
                yield {**of, "source": source, "target": target}
