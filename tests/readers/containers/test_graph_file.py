"""Graph files of other tools: directed or not, names, data, and what is wrong in them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import pytest
from support.damage import cut, edges, is_read_or_told, is_told, read

from elegansc.errors import InputError
from elegansc.ir.stages import CHEMICAL, ELECTRICAL

SENT = {("AVAL", "AVAR", 1.5), ("AVAR", "PVC", 2.0)}
BACK = {("AVAR", "AVAL", 1.5), ("PVC", "AVAR", 2.0)}


def graph(kind: Any = nx.DiGraph) -> Any:
    """A graph of networkx."""
    found = kind()
    found.add_edge("AVAL", "AVAR", weight=1.5)
    found.add_edge("AVAR", "PVC", weight=2.0)
    return found


def gml(found: Any) -> bytes:
    """A GML file."""
    return "\n".join(nx.generate_gml(found)).encode()


def gexf(found: Any) -> bytes:
    """A GEXF file."""
    return "\n".join(nx.generate_gexf(found)).encode()


def pajek(found: Any) -> bytes:
    """A Pajek file."""
    return "\n".join(nx.generate_pajek(found)).encode()


def listed(found: Any) -> bytes:
    """A list of edges with data."""
    return "\n".join(nx.generate_edgelist(found)).encode()


FORMS = pytest.mark.parametrize("saved", [gml, gexf, pajek])


@FORMS
def test_a_directed_graph_is_read(saved: Any) -> None:
    assert edges(read(saved(graph()))) == SENT
    assert edges(read(listed(graph()))) == SENT


@FORMS
def test_an_undirected_graph_conducts_both_ways(saved: Any) -> None:
    assert edges(read(saved(graph(nx.Graph)))) == SENT | BACK


@pytest.mark.parametrize("saved", [gml, gexf])
def test_a_pair_has_a_synapse_and_a_junction(saved: Any) -> None:
    found = graph(nx.MultiDiGraph)
    for *_, data in found.edges(data=True):
        data["kind"] = "chemical"
    found.add_edge("AVAL", "AVAR", weight=3.0, kind="electrical")
    given = read(saved(found).replace(b"  multigraph 1\n", b""))
    assert edges(given, CHEMICAL) == SENT
    assert edges(given, ELECTRICAL) == {("AVAL", "AVAR", 3.0)}


def test_gml_of_igraph_is_read(tmp_path: Path) -> None:
    found = igraph.Graph([(0, 1), (1, 2)], directed=True)
    found.vs["name"] = ["AVAL", "AVAR", "PVC"]
    found.es["weight"] = [1.5, 2]
    found.write_gml(str(tmp_path / "a.gml"))
    assert edges(read((tmp_path / "a.gml").read_bytes())) == SENT


def test_pajek_labels_hold_what_they_like_or_are_left_out() -> None:
    text = '%x\n*Vertices 3\n1 "O\'Neill" 0.1 0.2\n2 AVA\n*Arcs :1 "x"\n1 2 4\n*Edges\n2 3\n'
    assert edges(read(text.encode())) == {
        *(("O'Neill", "AVA", 4), ("AVA", "3", 1), ("3", "AVA", 1)),
    }
    lists = "*Vertices 3\n*Arcslist\n1 2 3\n"
    assert edges(read(lists.encode())) == {("1", "2", 1), ("1", "3", 1)}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("*Vertices\n", "without a number"),
        ("*Vertices 900000000000\n*Arcs\n1 2\n", "without a number of them up to"),
        ("*Vertices 2\n*Matrix\n0 1\n1 0\n", "Matrix.* is not read"),
        ("*Vertices 2\n3 C\n*Arcs\n1 2\n", "beyond their number"),
        ("*Vertices 2\n*Arcs\n1\n", "an edge with one end"),
        ("*Vertices 2\n*Arcs\n1 3\n", "no node '3'"),
        ("*Vertices 2\n*Arcs\n1 2 x\n", "x"),
        ("graph [\n node [ id 1 ]\n edge [ source 1 target 2 ]\n]", "GML"),
        ("graph [\n" + "a [\n" * 10_000, "GML that"),
        ("<gexf><!DOCTYPE a><graph></graph></gexf>", "XML"),
        ('<!DOCTYPE gexf [<!ENTITY a "b">]><gexf></gexf>', "entity"),
        ('<!DOCTYPE gexf [<!ENTITY a SYSTEM "file:///etc/passwd">]><gexf/>', "entity"),
        ("<gexf>" + "<a>" * 10_000, "1,000 elements"),
        ("<gexf></gexf>", "GEXF that can not be read"),
        ("A B {'weight': 1}\nB C {'weight': open('x')}\n", "can not be read"),
    ],
)
def test_what_is_wrong_is_told(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(text.encode())


@pytest.mark.parametrize("saved", [gml, gexf, pajek, listed])
def test_a_file_cut_short_is_read_or_told(saved: Any) -> None:
    data = saved(graph())
    assert all(map(is_read_or_told, cut(data)))
    if saved in (gml, gexf):
        assert all(map(is_told, cut(data)))


def test_names_are_not_evaluated() -> None:
    file = io.BytesIO()
    nx.write_edgelist(nx.DiGraph([("open", "exec")]), file)
    assert edges(read(file.getvalue())) == {("open", "exec", 1)}
