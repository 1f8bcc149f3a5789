"""Read GraphML: what nodes and edges are called, weigh and do, as a table of rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..arrays import UInt8
from ..errors import InputError, Location, Mistake, UsageError
from ..ir.stages import CHEMICAL
from ..names import plain
from .blame import TROUBLES, wrong_name
from .cells import ROLES
from .columns import by_name
from .delimited import Layout, kind_of, plain_word, weight_of
from .rows import Table
from .xml_graph import Reader, Seen

# Which data of a node is its name: of several the first that no two nodes share.
NAMES = ("cellname", "name", "label", "neuron", "cell")
EDGE_DATA = ("weight", "kind")
TRANSMITTERS = ("transmitter", "neurotransmitter", "neurotransmitters")
START = re.compile(rb"\s*<(\?xml|!--|graphml|[a-z]+:graphml)")
MARKS = re.compile(rb"\A(\xef\xbb\xbf|\xff\xfe|\xfe\xff)|\0")  # of UTF-8, UTF-16
SEVERAL = re.compile(r"[,;/+]| and ")  # between the roles of one node
HEAD = 65_536  # bytes in which the root element stands


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """What a GraphML file holds.

    Attributes:
        table: its edges as rows; an undirected chemical edge is two, one each way.
        role: (N,) bit sets by the number of a name, 0 where the file says none.
        transmitter: by the number of a name, "" where the file says none.
        facts: how it is laid out.
    """

    table: Table
    role: UInt8
    transmitter: tuple[str, ...]
    facts: Mapping[str, Any]


def is_graphml(data: bytes) -> bool:
    """Whether these bytes are an XML file whose root may be <graphml>."""
    head = MARKS.sub(b"", data[:HEAD])
    return START.match(head) is not None and b"graphml" in head


def read_graphml(data: bytes, label: str, layout: Layout, kind: int) -> Graph:
    """Read nodes and edges; attributes are found by name, as columns are.

    Args:
        layout: its `columns` name the edges' weight and kind.
        kind: of all edges, where they do not tell it.

    Raises:
        InputError: what is wrong with the file, all of it.
        UsageError: `layout` names what edges do not have, or says how text is split.

    Source: graphml.graphdrawing.org, specification 1.0; attributes as igraph writes them.
    """
    if layout.delimiter is not None or layout.header is not None:
        option = "header" if layout.delimiter is None else "delimiter"
        raise UsageError(f"--{option}: of delimited text; {label} is GraphML")
    seen = Reader(label).read(data)
    if not seen.edges:
        raise InputError(label, "a graph without edges", "give one for each synapse")
    named, unnamed = names_of(seen)
    wrong = wrong_names(seen, label, named)
    places = edge_data(seen, layout)
    table, more = rows(seen, label, named, places, kind)
    role, transmitter, still = cell_data(seen, label)
    if mistakes := [*wrong, *more, *still]:
        raise InputError.of(sorted(mistakes, key=lambda mistake: mistake.at.line))
    facts = {
        "format": "GraphML",
        "columns": places,
        "undirected": len(table.pre) - len(seen.edges),
        "unnamed": unnamed,
    }
    return Graph(table, role, transmitter, facts)


def names_of(seen: Seen) -> tuple[dict[str, str], str]:
    """The name of each node by its id; why that is its id where data could have named it."""
    keys = {plain_word(key): key for _, held in seen.nodes.values() for key in held}
    why = ""
    for key in (keys[word] for word in NAMES if word in keys):
        names = [held.get(key, "") for _, held in seen.nodes.values()]
        name, count = Counter(names).most_common(1)[0]
        if all(names) and count == 1:
            return dict(zip(seen.nodes, names, strict=True)), ""
        shared = f"{count:,} nodes share {plain(name)}"
        why = why or f"{plain(key)}: {shared if all(names) else 'not all have one'}"
    return {node: node for node in seen.nodes}, why


def wrong_names(seen: Seen, label: str, named: Mapping[str, str]) -> list[Mistake]:
    """The nodes whose names can not be a neuron's."""
    return [
        Mistake(Location(label, line), why, "give every node another name")
        for (line, _), name in zip(seen.nodes.values(), named.values(), strict=True)
        if (why := wrong_name(name))
    ]


def edge_data(seen: Seen, layout: Layout) -> dict[str, str]:
    """What the edges call their weight and their kind."""
    keys = list(dict.fromkeys(key for *_, held in seen.edges for key in held))
    places = {role: keys[place] for role, place in by_name(keys).items()}
    found = {role: name for role, name in places.items() if role in EDGE_DATA}
    for role, name in layout.columns.items():
        if role not in EDGE_DATA:
            raise UsageError(f"--columns {role}: a GraphML edge says its ends itself")
        if name and name not in keys:
            known = ", ".join(keys) or "no data"
            raise UsageError(f"--columns {role}={name}: the edges have {known}")
        found[role] = name
    return {role: name for role, name in found.items() if name}


def rows(
    seen: Seen,
    label: str,
    named: Mapping[str, str],
    places: Mapping[str, str],
    kind: int,
) -> tuple[Table, list[Mistake]]:
    """The edges as columns."""
    number = {node: place for place, node in enumerate(seen.nodes)}
    wrong: list[Mistake] = []
    columns: list[tuple[int, int, float, int, int]] = []
    for line, source, target, directed, held in seen.edges:
        at = Location(label, line)
        stray = [end for end in (source, target) if end not in number]
        if stray:
            hint = "every end of an edge is the id of a <node>"
            wrong.append(Mistake(at, f"no node {stray[0]!a}", hint))
            continue
        held = {**seen.defaults, **held}
        for role in places:
            if trouble := TROUBLES[role](held.get(places[role], "")):
                wrong.append(Mistake(at, *trouble))
        weight = (
            weight_of(held.get(places["weight"], "")) if "weight" in places else 1.0
        )
        found = kind_of(held.get(places["kind"], "")) if "kind" in places else kind
        ends = number[source], number[target]
        columns.append((*ends, weight, found, line))
        if not directed and found == CHEMICAL and source != target:
            columns.append((*ends[::-1], weight, found, line))
    return as_table(tuple(named.values()), columns), wrong


def as_table(
    names: tuple[str, ...], columns: Sequence[tuple[int, int, float, int, int]]
) -> Table:
    """Rows as numpy columns."""
    pre, post, weight, kind, line = zip(*columns, strict=True) if columns else [()] * 5
    return Table(
        names=names,
        pre=np.array(pre, np.int32),
        post=np.array(post, np.int32),
        weight=np.array(weight, np.float64),
        kind=np.array(kind, np.uint8),
        line=np.array(line, np.int32),
        blank=0,
    )


def cell_data(seen: Seen, label: str) -> tuple[UInt8, tuple[str, ...], list[Mistake]]:
    """Role and transmitter of each node."""
    roles, wrong = [], []
    for line, word in node_data(seen, ("role", "roles")):
        known = [ROLES.get(part.strip().lower()) for part in SEVERAL.split(word)]
        if None in known:
            hint = "one of sensory, inter, motor (S, I, M; NA: inter), or several by commas"
            wrong.append(Mistake(Location(label, line), f"unknown role {word!a}", hint))
        roles.append(sum({bit for bit in known if bit}))
    transmitter = tuple(
        "" if word == "NA" else word for _, word in node_data(seen, TRANSMITTERS)
    )
    return np.array(roles, np.uint8), transmitter, wrong


def node_data(seen: Seen, words: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """(line, text) of one kind of data, a node each; "" where it has none."""
    for line, held in seen.nodes.values():
        found = {
            plain_word(key): text for key, text in {**seen.defaults, **held}.items()
        }
        yield line, next((found[word] for word in words if word in found), "")
