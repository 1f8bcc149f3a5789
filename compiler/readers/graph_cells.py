"""What the data of a property graph tell of its cells: roles and transmitters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..arrays import UInt8
from ..errors import Mistake
from ..ir.accounts import GraphForm
from .delimited import plain_word, weight_of
from .form import Form
from .reader import EdgeList
from .roles import role_of
from .transmitters import sender_place, with_senders

if TYPE_CHECKING:
    from .property_graph import PropertyGraph

TRANSMITTERS = (
    *("transmitter", "neurotransmitter", "neurotransmitters", "nttype", "topnt"),
)


def cell_data(
    graph: PropertyGraph, label: str
) -> tuple[UInt8, tuple[str, ...], list[Mistake]]:
    """Role and transmitter of each node, and what is wrong with them."""
    roles, wrong = [], []
    for line, word in node_data(graph, ("role", "roles")):
        bits = role_of(word)
        if bits is None:
            hint = "one of sensory, inter, motor (S, I, M; NA: inter), or several by commas"
            at = graph.node_at(label, line)
            wrong.append(Mistake(at, f"unknown role {word!a}", hint))
        roles.append(bits or 0)
    transmitter = tuple(
        "" if word == "NA" else word for _, word in node_data(graph, TRANSMITTERS)
    )
    return np.array(roles, np.uint8), transmitter, wrong


def node_data(graph: PropertyGraph, words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """(line, text) of one kind of data, a node each; "" where it has none."""
    for node in graph.nodes.values():
        data = {**graph.defaults, **node.data}
        found = {plain_word(key): text for key, text in data.items()}
        yield node.line, next((found[word] for word in words if word in found), "")


def with_edge_transmitters(
    edges: EdgeList, graph: PropertyGraph, form: Form
) -> EdgeList:
    """The edge list with the transmitters that directed edges tell of their senders.

    Args:
        form: the data of the edges as columns.
    """
    place = sender_place(form)
    if place is None:
        return edges
    key, number = form.title(place), {node: n for n, node in enumerate(graph.nodes)}
    heavy = form.title(form.places["weight"]) if "weight" in form.places else ""
    told = [edge for edge in graph.edges if edge.directed and edge.data.get(key)]
    weights = np.array([abs(weight_of(edge.data.get(heavy, "1"))) for edge in told])
    words: dict[str, int] = {}
    codes = [words.setdefault(edge.data[key].strip(), len(words)) for edge in told]
    edges = with_senders(
        edges,
        key,
        np.array([number[edge.source] for edge in told], np.int32),
        np.nan_to_num(weights, nan=1.0),
        np.array(codes, np.int32),
        list(words),
    )
    assert isinstance(edges.form, GraphForm)
    columns = {**edges.form.columns, "pre transmitter": key}
    return replace(edges, form=replace(edges.form, columns=columns))
