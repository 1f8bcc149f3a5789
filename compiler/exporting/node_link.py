"""A graph as node-link JSON, for networkx, D3 and scripts: a node or an edge a line."""

from __future__ import annotations

import json

from ..ir.stages import Connectome
from ..names import number
from .columns import edges, facts

HEAD = '{"directed": true, "multigraph": true, "graph": {}'


def write_node_link(connectome: Connectome) -> bytes:
    """Nodes `id`, role, transmitter; edges `source`, `target`, kind, weight. ASCII."""
    name = connectome.cells.name
    nodes = [
        json.dumps({"id": cell, **told})
        for cell, told in zip(name, facts(connectome), strict=True)
    ]
    ids = list(map(json.dumps, name))
    links = [
        f'{{"source": {ids[pre]}, "target": {ids[post]}, "kind": "{kind}", "weight": {number(weight)}}}'
        for pre, post, kind, weight in edges(connectome)
    ]
    return f"{HEAD},\n{array('nodes', nodes)},\n{array('edges', links)}}}\n".encode()


def array(title: str, items: list[str]) -> str:
    """A named array of values, one a line."""
    return f'"{title}": [\n' + ",\n".join(items) + "\n]"
