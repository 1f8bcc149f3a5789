"""Python inputs: the same graph in any object gives the same bytes of the model."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from scipy import sparse
from support.strategies import connectomes

import elegansc
from elegansc.exporting.canonical import canonical
from elegansc.exporting.forms import export
from elegansc.ir.text import digest
from elegansc.passes.merge_electrical import merge_electrical

ROWS: list[tuple[str, str, float, str]] = [
    ("S1", "I1", 2, "chemical"),
    ("S2", "I1", 1.5, "chemical"),
    ("I1", "I2", 3, "chemical"),
    ("I2", "M1", 4, "chemical"),
    ("I2", "I1", 0.1, "chemical"),
    ("S2", "I2", 7, "electrical"),
    ("I1", "M 2", 1, "chemical"),
]
TEXT = "pre,post,weight,kind\n" + "".join(f"{a},{b},{w},{k}\n" for a, b, w, k in ROWS)
FRAME = pd.DataFrame(ROWS, columns=["pre", "post", "weight", "kind"])


def graph() -> nx.MultiDiGraph:
    """The rows as a graph of networkx."""
    found = nx.MultiDiGraph()
    for pre, post, weight, kind in ROWS:
        found.add_edge(pre, post, weight=weight, kind=kind)
    return found


def keyed() -> nx.MultiDiGraph:
    """The same, the kind as the key."""
    found = nx.MultiDiGraph()
    for pre, post, weight, kind in ROWS:
        found.add_edge(pre, post, kind, weight=weight)
    return found


def indexed() -> pd.DataFrame:
    """The same, pre and post as levels of an index."""
    return FRAME.set_index(["pre", "post"])


OBJECTS: dict[str, Callable[[], Any]] = {
    "bytes": lambda: TEXT.encode(),
    "bytearray": lambda: bytearray(TEXT.encode()),
    "memoryview": lambda: memoryview(TEXT.encode()),
    "binary file": lambda: io.BytesIO(TEXT.encode()),
    "text file": lambda: io.StringIO(TEXT),
    "networkx": graph,
    "networkx, keys": keyed,
    "pandas": lambda: FRAME,
    "pandas, other order": lambda: FRAME[["kind", "weight", "post", "pre"]],
    "pandas, categories": lambda: FRAME.astype({"pre": "category", "kind": "category"}),
    "pandas, index": indexed,
    "pandas, numbers as titles": lambda: pd.DataFrame(ROWS),
    "pyarrow": lambda: pa.Table.from_pandas(FRAME),
    "record batch": lambda: pa.RecordBatch.from_pandas(FRAME),
    "tuples": lambda: ROWS,
    "generator": lambda: iter(ROWS),
    "lists": lambda: [list(row) for row in ROWS],
    "mappings": lambda: FRAME.to_dict("records"),
    "records": lambda: FRAME[["post", "kind", "pre", "weight"]].to_records(index=False),
    "array of objects": lambda: np.array(ROWS, object),
    "connectome": lambda: elegansc.read(TEXT.encode(), label="worm.csv"),
    "round trip, networkx": lambda: elegansc.to_networkx(TEXT.encode()),
    "round trip, pandas": lambda: elegansc.to_pandas(TEXT.encode()),
}


CHEMICAL = [row for row in ROWS if row[3] == "chemical"]
NAMES = sorted({name for row in CHEMICAL for name in row[:2]})
MATRIX = np.zeros((len(NAMES), len(NAMES)))
for sender, receiver, weight, _ in CHEMICAL:
    MATRIX[NAMES.index(sender), NAMES.index(receiver)] = weight
TITLED = pd.DataFrame(MATRIX, NAMES, NAMES)

MATRICES: dict[str, Callable[[], tuple[Any, dict[str, Any]]]] = {
    "array": lambda: (MATRIX, {"names": NAMES}),
    "array, names of an array": lambda: (MATRIX, {"names": np.array(NAMES)}),
    "array, transposed": lambda: (MATRIX.T, {"names": tuple(NAMES), "transpose": True}),
    "csr": lambda: (sparse.csr_array(MATRIX), {"names": NAMES}),
    "coo": lambda: (sparse.coo_matrix(MATRIX), {"names": NAMES}),
    "pandas": lambda: (TITLED, {}),
    "networkx's": lambda: (
        nx.to_pandas_adjacency(nx.from_pandas_adjacency(TITLED, nx.DiGraph)),
        {},
    ),
}


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The model of a file."""
    path = tmp_path_factory.mktemp("inputs") / "worm.csv"
    path.write_text(TEXT)
    return compiled(path).source


def compiled(value: Any, **choices: Any) -> elegansc.Compiled:
    """A model with roles of its own, so that no warning is due."""
    roles = {"inputs": "S*", "outputs": "M*", "roles_table": "structure"}
    return elegansc.compile(value, **{"features": 2, **roles, **choices})


@pytest.mark.parametrize("make", OBJECTS.values(), ids=OBJECTS)
def test_the_same_bytes_whatever_it_came_in(
    make: Callable[[], Any], model: str
) -> None:
    assert compiled(make(), label="worm.csv").source == model


@pytest.mark.parametrize("make", OBJECTS.values(), ids=OBJECTS)
def test_an_object_without_a_label_is_called_graph(make: Callable[[], Any]) -> None:
    value = make()
    found = elegansc.read(value)
    named = isinstance(value, elegansc.Connectome)
    assert found.source.label == ("worm.csv" if named else "graph")
    assert not elegansc.diff(TEXT.encode(), found)


@pytest.mark.parametrize("make", MATRICES.values(), ids=MATRICES)
def test_a_matrix_gives_the_bytes_of_its_edges(
    make: Callable[[], tuple[Any, dict[str, Any]]],
) -> None:
    value, names = make()
    same = compiled([row[:3] for row in CHEMICAL]).source
    assert compiled(value, **names).source == same


def test_a_matrix_of_counts_of_junctions_without_names() -> None:
    with pytest.warns(elegansc.CompilerWarning, match="cells are 1 to 3"):
        found = elegansc.read(np.eye(3, k=1, dtype=bool), kind="electrical")
    assert found.cells.name == ("1", "2", "3")
    assert found.kind.tolist() == [1, 1]
    assert elegansc.read(
        np.array([[0, -2], [1, 0]]), names=["A", "B"]
    ).synapses.sign.tolist() == [-1, 1]


@pytest.mark.parametrize(
    "value, choices, told",
    [
        (np.ones((2, 3)), {}, "graph: an array of shape (2, 3) and type float64"),
        (np.ones(4), {}, "graph: an array of shape (4,)"),
        (
            np.ones((2, 2), complex),
            {},
            "graph: an array of shape (2, 2) and type complex",
        ),
        (
            np.array([[0, np.nan], [1, 0]]),
            {},
            "graph: weight nan is not a finite number",
        ),
        (
            np.array([[0, np.inf], [1, 0]]),
            {},
            "graph: weight inf is not a finite number",
        ),
        (np.zeros((2, 2)), {"names": ["A", "B"]}, "graph: no synapse is left"),
        (
            np.ones((2, 2)),
            {"names": ["A", "B", "C"]},
            "graph: a matrix of 2 rows and 2 columns, 3",
        ),
        (np.ones((2, 2)), {"names": ["A", "A"]}, "graph: rows of one name: A"),
        (np.ones((2, 2)), {"names": ["A", ""]}, "graph: no name"),
        (sparse.csr_array(np.array([[0, np.nan], [1, 0]])), {}, "graph: weight nan"),
    ],
)
def test_what_is_wrong_with_a_matrix_is_told(
    value: Any, choices: Any, told: str
) -> None:
    with pytest.raises(elegansc.InputError) as error:
        elegansc.read(value, **choices)
    assert str(error.value).startswith(told)


def test_a_table_of_polars() -> None:
    polars = pytest.importorskip("polars", reason="NOT TESTED: polars is not here")
    found = polars.DataFrame(FRAME.to_dict("list"))
    assert compiled(found).source == compiled(FRAME).source
    batch = polars.DataFrame({"pre": ["A", None], "post": ["B", "C"]})
    assert elegansc.read(batch.head(1)).cells.name == ("A", "B")


def test_a_file_object_has_the_label_of_its_name(tmp_path: Path, model: str) -> None:
    path = tmp_path / "worm.csv"
    path.write_text(TEXT)
    with path.open("rb") as file:
        assert compiled(file).source == model


def test_the_model_of_an_object_is_written(tmp_path: Path, model: str) -> None:
    path = compiled(FRAME, label="worm.csv").write(tmp_path / "worm.py")
    assert path.read_text() == model
    assert elegansc.read(path.read_bytes()).synapses.weight.sum() == 18.6


def test_roles_of_nodes_and_columns_are_read() -> None:
    found = graph()
    for name in found:
        found.nodes[name]["role"] = {"S": "sensory", "M": "motor"}.get(name[0], "inter")
    found.nodes["S1"]["transmitter"] = "ACh"
    table = elegansc.to_pandas(found)
    other = elegansc.to_networkx(table)
    assert other.nodes["S1"] == {"role": "sensory", "transmitter": "ACh"}
    assert table["post_role"].tolist()[0] == "inter"
    sources = {
        elegansc.compile(value, label="w").source
        for value in (
            found,
            table,
            other,
            elegansc.read(found),
            export(elegansc.read(found), "graphml"),
        )
    }
    assert len(sources) == 1
    assert elegansc.compile(found).summary["motor"] == 2


def test_an_undirected_graph_conducts_both_ways() -> None:
    found = elegansc.read(nx.Graph([("A", "B"), ("B", "C")]))
    assert len(found.synapses) == 4
    assert found.history.parse is not None and found.history.parse.form.undirected == 2


def test_two_columns_and_three() -> None:
    assert elegansc.read([("A", "B"), ("A", "C")]).synapses.weight.tolist() == [1, 1]
    found = elegansc.read([("A", "B", 2), ("A", "C")])
    assert found.synapses.weight.tolist() == [2, 1]
    assert elegansc.read([("A", "B")], kind="electrical").kind.tolist() == [1]


def test_numbers_are_ids() -> None:
    large = 720575940628857210
    for value in (
        [(large, 1), (1, 2)],
        nx.DiGraph([(large, 1), (1, 2)]),
        pd.DataFrame({"pre": [large, 1], "post": [1, 2]}),
        pa.table({"pre": [large, 1], "post": [1, 2]}),
        pd.DataFrame({"pre": np.array([large, 1], np.uint64), "post": [1, 2]}),
    ):
        assert elegansc.read(value).cells.name == ("1", "2", str(large))


def test_a_column_is_named_by_its_title() -> None:
    table = FRAME.rename(columns={"weight": "mine"})
    found = elegansc.read(table, columns={"weight": "mine"})
    assert found.synapses.weight.sum() == 18.6


@pytest.mark.parametrize(
    "value, told",
    [
        (None, "source of type NoneType: use a path, bytes, a file, a networkx graph"),
        (3, "source 3: use a path"),
        ({"A": {"B": 1}}, "source of type dict: use a path"),
    ],
)
def test_what_can_not_be_read_is_told(value: Any, told: str) -> None:
    with pytest.raises(elegansc.UsageError) as error:
        elegansc.read(value)
    assert str(error.value).startswith(told)


@pytest.mark.parametrize(
    "value, told",
    [
        (b"", "graph: no bytes"),
        ([], "graph: no rows"),
        (["AB", "CD"], "graph:1: a row of type str"),
        ([("A", "B"), ("A",)], "graph:2: a row of 1 values"),
        ([("A", "B", 1, "chemical", 5)], "graph:1: a row of 5 values"),
        ([("A", "B", "x")], "graph:1:5: weight x is not a finite number"),
        ([("A", "B", 1, "gapp")], "graph:1:7: unknown synapse kind gapp"),
        ([("A\ud800", "B")], "graph: half a character, U+D800"),
        (io.StringIO("pre,post\nA\ud800,B\n"), "graph: half a character, U+D800"),
        ([("A", "B\x00")], "graph:1"),
        (nx.DiGraph([("A\ud800", "B")]), "graph:1: the control character U+D800"),
        (pd.DataFrame(), "graph: a table without columns"),
        (nx.DiGraph(), "graph: a graph without edges"),
        (nx.DiGraph([("1", "B"), (1, "C")]), "graph: two nodes are called 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(value: Any, told: str) -> None:
    with pytest.raises(elegansc.InputError) as error:
        elegansc.read(value)
    assert str(error.value).startswith(told)


def test_options_of_text_are_refused_for_objects() -> None:
    with pytest.raises(elegansc.UsageError, match="--delimiter: graph is a table"):
        elegansc.read(FRAME, delimiter="tab")
    with pytest.raises(elegansc.UsageError, match="--header: graph is a graph"):
        elegansc.read(graph(), header=True)
    with pytest.raises(elegansc.UsageError, match="--names: graph is a table"):
        elegansc.read(FRAME, names=["A"])
    with pytest.raises(elegansc.UsageError, match="--names: graph is a table with"):
        elegansc.read(TITLED, names=["A"])
    with pytest.raises(elegansc.UsageError, match="--columns: graph is a matrix"):
        elegansc.read(MATRIX, columns={"pre": 1})
    with pytest.raises(elegansc.UsageError, match="--sheet: graph is a graph"):
        elegansc.read(graph(), sheet="1")
    with pytest.raises(elegansc.UsageError, match="bundled"):
        elegansc.read(FRAME, label="cook2019")
    with pytest.raises(elegansc.UsageError, match="no option 'colums'"):
        elegansc.read(FRAME, colums="x")  # type: ignore[call-arg]


def test_a_path_and_a_bundled_name_are_read_as_by_compile() -> None:
    worm = elegansc.read("cook2019")
    assert len(worm.cells) == 473 and worm.source.unit == "EM sections"
    found = elegansc.to_networkx("cook2019")
    assert found.number_of_edges("AVAL", "AVAR") == 2
    kinds = {of["kind"] for of in found["AVAL"]["AVAR"].values()}
    assert kinds == {"chemical", "electrical"}
    assert len(elegansc.to_pandas("cook2019")) == 7762


@given(connectomes().filter(lambda found: len(found.synapses) > 0))
def test_a_graph_comes_back_from_networkx_and_pandas(
    found: elegansc.Connectome,
) -> None:
    told = merge_electrical(elegansc.read(export(found, "csv")))
    for there in (elegansc.to_networkx, elegansc.to_pandas):
        again = elegansc.read(there(found))
        assert digest(merge_electrical(again)) == digest(told)
        assert again.cells.name == canonical(found).cells.name


def test_nothing_is_imported_for_it() -> None:
    code = """
import sys, elegansc
elegansc.compile([("A", "B"), ("B", "C")], inputs="A", outputs="C", roles_table="structure")
elegansc.read(b"pre,post\\nA,B\\n")
print([m for m in ("networkx", "pandas", "polars", "pyarrow", "torch") if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "[]\n", done.stderr


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, call in (
        ("networkx", elegansc.to_networkx),
        ("pandas", elegansc.to_pandas),
    ):
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, name, None)
            with pytest.raises(elegansc.CompilerError, match=f"pip install {name}"):
                call([("A", "B")])


def test_the_report_tells_what_came_in() -> None:
    lines = compiled(FRAME).report.splitlines()
    assert lines[0] == "read      graph: 7 rows, 6 cells; 6 chemical, 1 electrical"
    assert lines[1].lstrip().startswith('a table of pandas, header; pre = "pre", post')
    assert "rows, header" in compiled(ROWS).report
    assert "networkx; " in compiled(graph()).report
    assert "matrix of 6 x 6, rows send" in compiled(TITLED).report
    assert elegansc.read(FRAME).synapses.line.tolist() == list(range(1, 8))
    with pytest.warns(elegansc.CompilerWarning, match="nodes go by their ids") as told:
        elegansc.read(nx.relabel_nodes(graph_of_one_label(), str))
    assert told[0].filename == __file__


def graph_of_one_label() -> nx.DiGraph:
    """Two nodes of one name."""
    found = nx.DiGraph([(1, 2)])
    nx.set_node_attributes(found, "same", "label")
    return found
