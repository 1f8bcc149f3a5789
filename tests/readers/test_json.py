"""JSON: each form of a graph, a table and a matrix; what is wrong is told with its place."""

from __future__ import annotations

import json
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from elegansc.arguments.layout import layout_of
from elegansc.errors import InputError, UsageError
from elegansc.exporting.canonical import signed
from elegansc.ir.stages import ELECTRICAL, MOTOR, SENSORY, Connectome
from elegansc.readers.parse import parse

Row = tuple[str, str, str, float]
PAIRS = [("A", "B", 2.0), ("B", "C", 0.1), ("C", "A", 7.0)]
EDGES = {(pre, post, "chemical", weight) for pre, post, weight in PAIRS}
JUNCTION = ("A", "C", "electrical", 3.0)


def read(value: Any, **given: Any) -> Connectome:
    """A value, or the text of a file, as it is read."""
    text = value if isinstance(value, str) else json.dumps(value)
    return parse(text.encode(), "worm.json", layout=layout_of(given))


def rows(found: Connectome) -> set[Row]:
    """The edges by name, kind and signed weight."""
    name, edges = found.cells.name, found.synapses
    kinds = ["electrical" if k == ELECTRICAL else "chemical" for k in found.kind]
    ends = zip(edges.pre.tolist(), edges.post.tolist(), strict=True)
    weights = signed(edges).tolist()
    return {
        (name[a], name[b], kind, weight)
        for (a, b), kind, weight in zip(ends, kinds, weights, strict=True)
    }


def graph() -> nx.MultiDiGraph:
    """The edges and a junction on one of their pairs, turned."""
    found = nx.MultiDiGraph()
    for pre, post, weight in PAIRS:
        found.add_edge(pre, post, kind="chemical", weight=weight)
    found.add_edge("A", "C", kind="electrical", weight=3.0)
    return found


@pytest.mark.parametrize(
    "value",
    [
        nx.node_link_data(graph(), edges="links"),
        nx.node_link_data(graph(), edges="edges"),
        nx.adjacency_data(graph()),
        nx.cytoscape_data(graph()),
        nx.cytoscape_data(graph())["elements"]["nodes"]
        + nx.cytoscape_data(graph())["elements"]["edges"],
        {"graph": nx.node_link_data(graph(), edges="edges")},
    ],
    ids=["links", "edges", "adjacency", "cytoscape", "elements", "jgf"],
)
def test_graphs_as_other_programs_write_them(value: Any) -> None:
    assert rows(read(value)) == EDGES | {JUNCTION}


@pytest.mark.parametrize(
    "value",
    [
        nx.to_dict_of_dicts(graph()),
        {"A": {"B": 2}, "B": {"C": {"weight": 0.1}}, "C": {"A": 7}},
        {
            "nodes": [{"name": name} for name in "ABC"],  # D3: ends by number
            "links": [
                {"source": "ABC".index(a), "target": "ABC".index(b), "value": w}
                for a, b, w in PAIRS
            ],
        },
        {
            "nodes": {name: {"label": f"cell {name}"} for name in "ABC"},
            "edges": [
                {"source": a, "target": b, "metadata": {"weight": w}}
                for a, b, w in PAIRS
            ],
        },
        {"nodes": list("ABC"), "edges": PAIRS},
        PAIRS,
        [{"pre": a, "post": b, "weight": w} for a, b, w in PAIRS],
        {"synapses": [{"from": a, "to": b, "count": w} for a, b, w in PAIRS]},
        "\n".join(json.dumps({"pre": a, "post": b, "n": w}) for a, b, w in PAIRS),
        "\ufeff" + json.dumps(PAIRS),
    ],
)
def test_other_forms_of_edges(value: Any) -> None:
    found = {(a[-1], b[-1], k, w) for a, b, k, w in rows(read(value))}
    assert {row for row in found if row[2] == "chemical"} == EDGES


@pytest.mark.parametrize("orient", ["records", "split", "table", "columns", "list"])
def test_tables_as_pandas_writes_them(orient: Any) -> None:
    table = pd.DataFrame(PAIRS, columns=["pre", "post", "weight"])
    if orient == "list":
        text = json.dumps(table.to_dict("list"))
    else:
        text = table.to_json(orient=orient, double_precision=15)
    assert rows(read(text)) == EDGES


def matrix() -> pd.DataFrame:
    """The edges as a matrix."""
    found = pd.DataFrame(0.0, index=list("ABC"), columns=list("ABC"))
    for pre, post, weight in PAIRS:
        found.loc[pre, post] = weight
    return found


@pytest.mark.parametrize(
    "value",
    [
        json.loads(matrix().to_json(orient="split")),
        {"names": list("ABC"), "chemical": matrix().to_numpy().tolist()},
        {"nodes": list("ABC"), "connections": {"a": matrix().to_numpy().tolist()}},
        {"neurons": list("ABC"), "m": [[None, 2, 0], [0, None, 0.1], [7, 0, None]]},
    ],
)
def test_matrices_have_the_names_beside_them(value: Any) -> None:
    assert rows(read(value)) == EDGES


def test_two_matrices_are_two_kinds_and_a_list_gives_the_senders_signs() -> None:
    value = {
        "chemical_sign": [1, -1.0, 1],
        "chemical": matrix().to_numpy().tolist(),
        "electrical": [[0, 0, 3], [0, 0, 0], [0, 0, 0]],
    }
    expected = {(a, b, k, -w if a == "B" else w) for a, b, k, w in EDGES | {JUNCTION}}
    assert rows(read(value, names=list("ABC"))) == expected
    turned = {(b, a, k, -w if b == "B" else w) for a, b, k, w in EDGES | {JUNCTION}}
    assert rows(read(value, names=list("ABC"), transpose=True)) == turned


def test_a_matrix_without_names_numbers_its_cells() -> None:
    found = read(np.eye(5, k=1).tolist())
    assert rows(found) == {(str(n), str(n + 1), "chemical", 1.0) for n in range(1, 5)}


def test_nemanode_counts_entries_and_names_kinds_by_number() -> None:
    value = [
        {"ids": [7, 8], "pre": "A", "post": "B", "typ": 0, "syn": [5, 1]},
        {"ids": [9], "pre": "B", "post": "C", "typ": 2, "syn": [4]},
    ]
    found = read(value)
    assert rows(found) == {("A", "B", "chemical", 2.0), ("B", "C", "electrical", 1.0)}
    assert found.history.parse is not None
    assert "entries of syn" in str(found.history.parse.form)


def test_flyvis_sums_offsets_and_takes_signs_and_ends() -> None:
    edge = {"src": "R1", "tar": "L1", "edge_type": "chem", "alpha": -1}
    value = {
        "nodes": [{"name": "R1"}, {"name": "L1"}, {"name": "T1"}],
        "edges": [
            {**edge, "offsets": [[[0, 0], 40], [[1, 0], 1.5]]},
            {**edge, "src": "L1", "tar": "T1", "alpha": 1, "offsets": [[[0, 0], 2]]},
        ],
        "input_units": ["R1"],
        "output_units": ["T1"],
    }
    found = read(value)
    assert rows(found) == {
        ("R1", "L1", "chemical", -41.5),
        ("L1", "T1", "chemical", 2.0),
    }
    assert dict(zip(found.cells.name, found.cells.role.tolist(), strict=True)) == {
        "L1": 0,
        "R1": SENSORY,
        "T1": MOTOR,
    }
    value["edges"][1]["offsets"] = [[7]]
    with pytest.raises(InputError, match=r"worm.json:edges\[1\]: offsets"):
        read(value)


def test_undirected_edges_stand_both_ways() -> None:
    value = nx.node_link_data(nx.Graph([("A", "B")]), edges="edges")
    assert rows(read(value)) == {("A", "B", "chemical", 1), ("B", "A", "chemical", 1)}


def test_roles_and_transmitters_of_nodes() -> None:
    nodes = [
        {"id": "A", "role": ["sensory", "motor"]},
        {"id": "B", "transmitter": "ACh"},
    ]
    found = read({"nodes": nodes, "links": [{"source": "A", "target": "B"}]})
    assert found.cells.role.tolist() == [SENSORY | MOTOR, 0]
    assert found.cells.transmitter == ("", "ACh")


LINK = {"source": "A", "target": "B"}
NODES = [{"id": "A"}, {"id": "B"}]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            {"nodes": NODES, "links": [LINK, {**LINK, "target": "X"}]},
            r":links\[1\]: no node 'X'",
        ),
        (
            {"nodes": [*NODES, {"id": "A"}], "links": [LINK]},
            r":nodes\[2\]: node 'A' stands",
        ),
        ({"nodes": NODES, "links": [{**LINK, "weight": "many"}]}, r":links\[0\]: "),
        ({"nodes": NODES, "links": [{**LINK, "weight": 10**400}]}, r":links\[0\]: "),
        ({"nodes": NODES, "links": [{"a": "A"}]}, "links without source and target"),
        ({"nodes": NODES, "links": [7]}, r":links\[0\]: no edge"),
        ({"nodes": NODES, "links": []}, "a graph without edges"),
        ({"nodes": NODES, "adjacency": [[]]}, "2 nodes, 1 lists of neighbours"),
        ([{"pre": "A", "post": "B", "weight": "x"}], r":\[0\]: "),
        (
            {"syn": [{"pre": "A", "post": "B"}, {"pre": "\a", "post": "B"}]},
            r":syn\[1\]: ",
        ),
        ({"chemical": [[0, 1], [2]]}, r":chemical\[1\]: a row of 1, the first has 2"),
        ({"chemical": [[0, 1], [2, "x"]]}, r":chemical\[1\]\[1\]: no finite number"),
        (
            {"chemical": [[0, 1], [10**400, 0]]},
            r":chemical\[1\]\[0\]: no finite number",
        ),
        ({"chemical": [[0, 1], [1, 0]], "chemical_sign": [1]}, "chemical_sign: not -1"),
        ({"names": ["A", "A"], "m": [[0, 1], [1, 0]]}, "of one name: A"),
        ([[0, 1], [1, 0]], "a matrix, or edges"),
        ([[0.5] * 20_000], "a first row of 20,000 values, 1 rows"),
        (json.loads(matrix().to_json()), "do not tell which sends"),
        (
            {"head": ["one ganglion"], "one ganglion": ["BAGL"]},
            "holds no edges: the keys",
        ),
        ({"neuron_info": {"AVAL": ["iri", ["inter"]]}}, "goes with --cells"),
        ({}, "an empty object"),
        ('{"a": 1, "a": 2}', "an object in which a stands twice"),
        ('[{"pre": "A"', r"worm.json:1:\d+: not JSON"),
        ("[" * 100_000, "nested too deep"),
        ("[" * 10_000 + "]" * 10_000, "nested too deep"),
        ('[["A", "B", ' + "9" * 5_000 + "]]", "not JSON"),
        ('[{"pre": "A", "post": "B", "weight": 1e999}]', r":\[0\]: "),
        ('[["A", "\\ud800"]]', "control character"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(value: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read(value)


def test_a_file_cut_anywhere_is_refused() -> None:
    data = json.dumps(nx.node_link_data(graph(), edges="edges")).encode()
    for tenth in range(1, 10):
        with pytest.raises(InputError, match="not JSON"):
            parse(data[: len(data) * tenth // 10], "worm.json")
    with pytest.raises(InputError, match="UTF-8"):
        parse(data.replace(b"A", b"\xff"), "worm.json")


def test_more_values_than_anyone_means_take_no_memory() -> None:
    for data, told in (
        (b"[" + b"[]," * 1_000_001, "10,000,000 values, or 1,000,000 objects"),
        (b"[[" + b"1," * 10_000_001, "10,000,000 values, or 1,000,000 objects"),
        (b'[["' + b"a" * 101_000_000, "96 MiB"),
        (b'[["\\u1234' + b"a" * 26_000_000, "24 MiB"),
    ):
        with pytest.raises(InputError, match=f"JSON of more than {told}"):
            parse(data, "worm.json")


def test_edges_are_chosen_by_their_data() -> None:
    links = [{**LINK, "animal": "N2U"}, {"source": "B", "target": "A", "animal": "JSH"}]
    value = {"nodes": NODES, "links": links}
    found = read(value, where=["animal=JSH"])
    assert rows(found) == {("B", "A", "chemical", 1.0)}
    with pytest.raises(UsageError, match="no edge of worm.json has it"):
        read(value, where=["animal=N2T"])
    for given in ({"transpose": True}, {"names": ["A", "B"]}):
        with pytest.raises(UsageError, match="of a matrix"):
            read(value, **given)
