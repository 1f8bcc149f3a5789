"""Formats that are refused by name, each with the way round it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NoReturn

from ..errors import InputError
from .containers.container import Container
from .reader import Layout


def refused(name: str, hint: str, recognises: Callable[[bytes], bool]) -> Container:
    """A container that raises InputError, whatever the file holds."""

    def refuse(data: bytes, label: str, layout: Layout) -> NoReturn:
        raise InputError(label, f"{name}: not delimited text", hint)

    return Container(name, recognises, refuse)


def signed(signature: bytes, name: str, hint: str) -> Container:
    """A refused format whose files all begin alike."""
    return refused(name, hint, lambda head: head.startswith(signature))


DOT = re.compile(
    rb"\s*+(?:(?://|#)[^\n]*+\s*+|/\*.*?\*/\s*+)*+(strict\s+)?(di)?graph\b[^\[\n]*\{",
    re.DOTALL,
)
# How protocols 0 and 1 begin, as text or nearly so; later ones say which they are.
PICKLE = re.compile(
    rb"\A(\x80[\2-\5]|\(?[dl]p\d+\n|\(?c[\w.]+\n\w+\n[pq(]|\(?[\]})]q[\0-\xff])",
    re.DOTALL,
)
RDS = (b"X\n\0\0\0", b"A\n2\n", b"A\n3\n", b"RDX2\n", b"RDX3\n", b"RDA2\n", b"RDA3\n")


def is_dot(head: bytes) -> bool:
    """Whether a file that begins so is of Graphviz."""
    return DOT.match(head) is not None


def is_safetensors(head: bytes) -> bool:
    """Whether a file that begins so is of safetensors: the length of its JSON, then that."""
    return head[8:10] == b'{"' and 2 <= int.from_bytes(head[:8], "little") < 2**32


REFUSED = (
    refused(
        "a pickle: it can run any program, and is never read",
        "load it where you trust it, and save the graph as CSV or GraphML",
        lambda head: PICKLE.match(head) is not None,
    ),
    refused(
        "a file of R (rds, RData)",
        "write.csv(edges, 'edges.csv', row.names = FALSE)",
        lambda head: head.startswith(RDS),
    ),
    signed(b"\xe2\x9b\xbe gt", "a graph-tool file", "g.save('graph.graphml')"),
    refused("Graphviz DOT", "write it as GraphML: gv2gml, or networkx", is_dot),
    refused(
        "a zlib stream, such as joblib writes around a pickle",
        "load it where you trust it, and save the graph as CSV or GraphML",
        lambda head: head[:2] in (b"x\x01", b"x\x9c"),
    ),
    refused(
        "arrays of safetensors: the tables of a generated module, or parameters",
        "give the module, the .py beside it",
        is_safetensors,
    ),
    signed(b"\x89PNG", "a PNG picture", "give an edge list"),
    signed(b"\xff\xd8\xff", "a JPEG picture", "give an edge list"),
    signed(b"%PDF", "a PDF file", "give an edge list"),
    signed(b"FEA1", "a Feather file of version 1", "save it as version 2"),
    signed(b"<?xml", "an XML file that is no GraphML", "export its edges as CSV"),
)
