"""Export: a graph through every form and back, the same bytes again, hostile names."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.command import run
from support.graphs import cells, told
from support.hostile_names import ACCEPTED
from support.paths import ROOT
from support.strategies import connectome, connectomes
from support.workbooks import xlsx

import elegansc
from elegansc.errors import InputError
from elegansc.exporting.canonical import canonical, unmerged
from elegansc.exporting.forms import FORMS, NAMES, export
from elegansc.ir.stages import CHEMICAL, ELECTRICAL, MOTOR, SENSORY, Connectome
from elegansc.ir.text import digest
from elegansc.passes.merge_electrical import merge_electrical
from elegansc.readers.parse import parse


def read_by_networkx(data: bytes, form: str) -> nx.MultiDiGraph:
    """The graph as networkx reads it."""
    if form == "json":
        return nx.node_link_graph(json.loads(data), edges="edges")
    if form == "gml":
        return nx.parse_gml(data.decode())
    return nx.parse_graphml(data.decode(), force_multigraph=True)


def rows_of(graph: nx.MultiDiGraph) -> list[tuple[str, str, int, float]]:
    """Each edge of a graph of networkx, as `told` gives it."""
    kinds = {"chemical": CHEMICAL, "electrical": ELECTRICAL}
    edges = graph.edges(data=True)
    return sorted((a, b, kinds[of["kind"]], of["weight"]) for a, b, of in edges)


def usable(found: Connectome) -> bool:
    """Whether a file can be of it: it has a row."""
    return len(found.synapses) > 0


def with_transmitters(found: Connectome) -> Connectome:
    """The connectome with a transmitter for every second cell."""
    words = tuple("" if row % 2 else "ACh+GABA" for row in range(len(found.cells)))
    return replace(found, cells=replace(found.cells, transmitter=words))


@pytest.mark.parametrize("form", FORMS)
@given(connectomes().filter(usable), st.booleans())
@example(
    connectome([(0, 1, 0, 0.1, 1), (0, 1, 0, 0.2, -1), (1, 0, 0, 1 / 3, 1)], 2), True
)
def test_a_form_that_is_read_gives_the_same_graph(
    form: str, found: Connectome, more: bool
) -> None:
    found = with_transmitters(found) if more else found
    if not (found.synapses.sign < 0).any():  # a file tells signs by a negative one
        plain = np.zeros(len(found.synapses), np.int8)
        found = replace(found, synapses=replace(found.synapses, sign=plain))
    data = export(found, form)
    read = parse(data, "found")
    assert cells(read) == cells(found)
    assert told(read) == told(canonical(found))
    assert digest(merge_electrical(read)) == digest(merge_electrical(found))
    assert export(read, form) == data


@pytest.mark.parametrize("form", ["json", "gml", "graphml"])
@given(connectomes().filter(usable))
def test_networkx_reads_the_same_graph(form: str, found: Connectome) -> None:
    graph = read_by_networkx(export(found, form), form)
    assert list(graph) == list(found.cells.name)
    assert rows_of(graph) == told(canonical(found))
    assert graph.is_directed() and graph.is_multigraph()


@given(connectomes().filter(usable))
def test_the_order_of_rows_changes_no_byte(found: Connectome) -> None:
    turned = np.arange(len(found.synapses))[::-1]
    other = replace(
        found, synapses=found.synapses.take(turned), kind=found.kind[turned]
    )
    for form in NAMES:
        assert export(other, form) == export(found, form)


@pytest.mark.parametrize("form", FORMS)
@given(connectomes())
def test_a_circuit_comes_back_from_a_file(form: str, found: Connectome) -> None:
    """Of a model: unknown signs among known ones, all positive ones, junctions once."""
    circuit = merge_electrical(found)
    rows = unmerged(circuit)
    if usable(rows):
        read = parse(export(rows, form), "found")
        assert digest(merge_electrical(read)) == digest(circuit)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_hostile_names_come_back(form: str) -> None:
    known = {name for names in ACCEPTED.values() for name in names}
    table = io.StringIO()
    csv.writer(table, quoting=csv.QUOTE_ALL).writerows(
        [("pre", "post"), *((name, "hub") for name in sorted(known))]
    )
    found = parse(table.getvalue().encode(), "names.csv")
    kept = [name for name in found.cells.name if not FORMS[form].unfit(name)]
    assert len(kept) > 150
    star = connectome([(row, 0, 0, 1.0, 0) for row in range(len(kept))], len(kept))
    named = replace(star, cells=replace(star.cells, name=tuple(kept)))
    data = export(named, form)
    assert parse(data, "found").cells.name == named.cells.name
    if form == "csv":
        rows = csv.reader(io.StringIO(data.decode(), newline=""))
        assert {row[0] for row in rows} == {*kept, "pre"}
    elif form == "parquet":
        assert set(pd.read_parquet(io.BytesIO(data))["pre"]) == set(kept)
    else:
        assert list(read_by_networkx(data, form)) == kept


@pytest.mark.parametrize(
    "form, name", [("csv", " A"), ("csv.gz", "A\n"), ("graphml", "\uffff")]
)
def test_a_name_that_a_form_can_not_hold_is_refused(form: str, name: str) -> None:
    found = connectome([(0, 1, 0, 1.0, 0)], 2)
    bad = replace(found, cells=replace(found.cells, name=tuple(sorted([name, "B"]))))
    with pytest.raises(
        InputError, match="can not stand in a file of the form"
    ) as error:
        export(bad, form)
    assert "or export as" in str(error.value)
    assert export(bad, "json")


def test_rows_of_a_pair_are_added_up_and_signs_stay_apart() -> None:
    rows = [(1, 0, 0, 2.0, 1), (0, 1, 1, 4.0, 1), (1, 0, 0, 3.0, 1), (0, 1, 0, 1.0, -1)]
    rows += [(0, 0, 0, 1.0, 1), (0, 0, 0, 1.0, -1), (0, 0, 0, 1.0, -1)]
    found = connectome(rows, 3)
    bare = replace(found, cells=replace(found.cells, role=np.zeros(3, np.uint8)))
    assert export(bare, "csv").decode().splitlines() == [
        *("pre,post,kind,weight", "A,A,chemical,1", "A,A,chemical,-1"),
        *("A,A,chemical,-1", "A,AVAL,chemical,-1", "AVAL,A,chemical,5"),
        *("B,B,chemical,0", "A,AVAL,electrical,4"),
    ]


def test_a_sign_of_a_comment_in_quotes_begins_no_comment() -> None:
    """Although a line begins with it, within a name."""
    found = connectome([(0, 1, 0, 1.0, 0), (1, 2, 0, 1.0, 0), (2, 0, 0, 1.0, 0)], 3)
    names = ("# x", "% y", "a\n# z\nb")
    named = replace(found, cells=replace(found.cells, name=names))
    assert told(parse(export(named, "csv"), "found")) == told(named)


def test_columns_of_roles_travel_in_a_table() -> None:
    found = with_transmitters(connectome([(0, 1, 0, 1.0, 0)], 2))
    assert export(found, "csv").decode().splitlines() == [
        "pre,post,kind,weight,pre_role,post_role,pre_transmitter,post_transmitter",
        "A,AVAL,chemical,1,sensory,motor,ACh+GABA,",
    ]
    read = parse(export(found, "csv"), "worm.csv")
    assert read.history.data()["parse"]["columns"]["pre role"] == "pre_role"
    assert read.history.data()["parse"]["ignored"] == []


def test_roles_in_sheets_of_a_workbook_are_read(tmp_path: Path) -> None:
    rows = [["pre", "post", "pre_role", "post_role"], ["A", "B", "sensory", ""]]
    more = [["pre", "post", "post_role"], ["B", "C", "motor"]]
    path = tmp_path / "worm.xlsx"
    path.write_bytes(xlsx({"chemical": rows, "electrical": more}))
    read = elegansc.read(path, sheet=["chemical", "electrical"])
    assert cells(read) == [("A", SENSORY, ""), ("B", 0, ""), ("C", MOTOR, "")]
    clash = [*rows, ["C", "A", "", "motor"]]
    path.write_bytes(xlsx({"Sheet1": clash}))
    with pytest.raises(InputError, match="Sheet1!3: role motor of A; above it is"):
        elegansc.read(path)


def test_roles_of_one_cell_that_differ_are_refused() -> None:
    rows = b"pre,post,pre_role\nA,B,sensory\nA,C,motor\n"
    with pytest.raises(InputError) as error:
        parse(rows, "worm.csv")
    assert str(error.value).splitlines()[0] == (
        "worm.csv:3: role motor of A; above it is sensory"
    )


def test_columns_of_other_roles_are_left_unread() -> None:
    read = parse(b"pre,post,pre_role\nA,B,Kenyon cell\nA,C,\n", "fly.csv")
    assert not read.cells.role.any()
    assert read.history.data()["parse"]["ignored"] == ["pre_role"]


def test_a_packed_file_has_neither_time_nor_name() -> None:
    found = connectome([(0, 1, 0, 1.0, 0)], 2)
    data = export(found, "csv.gz")
    assert data[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff"
    assert gzip.decompress(data) == export(found, "csv")


@pytest.mark.parametrize(
    "form, worm",
    [
        *((form, "witvliet2021-1") for form in FORMS),
        *(pytest.param(form, "cook2019", marks=pytest.mark.slow) for form in FORMS),
    ],
)
def test_the_command_gives_the_same_bytes_again(
    form: str, worm: str, tmp_path: Path
) -> None:
    first, second = tmp_path / f"1.{form}", tmp_path / f"2.{form}"
    assert run("export", worm, "-o", str(first)).exit_code == 0
    done = run("export", str(first), "-o", str(second))
    assert done.exit_code == 0 and "chemical" in done.stderr
    assert first.read_bytes() == second.read_bytes()
    done = run("diff", worm, str(second), "--exit-code")
    assert done.exit_code == 0 and "no difference" in done.stdout


def test_a_model_has_the_same_bytes_from_every_export(tmp_path: Path) -> None:
    edges = "pre,post,kind,weight\nA,B,S,-1.5\nB,C,S,2\nB,C,Sp,0.1\nA,C,EJ,3\nD,C,R,1\nC,C,S,0\n"
    (tmp_path / "worm.csv").write_text(edges)
    options = ["--inputs", "A,D", "--outputs", "C", "--label", "worm.csv", "-q"]
    model = run("compile", str(tmp_path / "worm.csv"), *options).stdout
    assert model.startswith("# Code generated")
    for form in NAMES:
        path = str(tmp_path / f"clean.{form}")
        assert run("export", str(tmp_path / "worm.csv"), "-o", path).exit_code == 0
        assert run("compile", path, *options).stdout == model


def test_a_model_is_exported_by_its_tables(tmp_path: Path) -> None:
    model, edges = tmp_path / "model.py", tmp_path / "edges.csv"
    assert run("compile", "witvliet2021-1", "-o", str(model), "-q").exit_code == 0
    assert run("export", str(model), "-o", str(edges), "-q").exit_code == 0
    done = run("diff", str(model), str(edges), "--exit-code")
    assert done.exit_code == 0, done.stdout


def test_a_bundled_worm_is_its_own_export(tmp_path: Path) -> None:
    done = run("export", "cook2019", "-o", str(tmp_path / "worm.csv"))
    bundled = ROOT / "connectomes" / "cook2019.csv"
    assert (tmp_path / "worm.csv").read_bytes() == bundled.read_bytes()
    seen = "worm.csv: 473 cells; 4,879 chemical, 2,883 electrical rows"
    assert done.stderr.splitlines()[-1].endswith(seen)


def test_parquet_holds_the_columns_of_the_table() -> None:
    found = with_transmitters(connectome([(0, 1, 0, 2.0, 0), (1, 0, 1, 3.0, 0)], 3))
    frame = pd.read_parquet(io.BytesIO(export(found, "parquet")))
    table = pd.read_csv(io.BytesIO(export(found, "csv")), keep_default_na=False)
    assert frame.to_csv(index=False) == table.to_csv(index=False)
    assert frame["weight"].dtype == "int64"
    half = connectome([(0, 1, 0, 0.1, 0)], 2)
    frame = pd.read_parquet(io.BytesIO(export(half, "parquet")))
    assert frame["weight"].tolist() == [0.1]


def test_a_library_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = run("export", "white1986", "-o", "worm.parquet")
    assert done.exit_code == 1
    assert "pip install pyarrow" in done.stderr
    assert "Traceback" not in done.stderr and not Path("worm.parquet").exists()


def test_the_command_refuses_what_it_can_not_write(tmp_path: Path) -> None:
    there = tmp_path / "there.csv"
    there.write_text("mine")
    done = run("export", "white1986", "-o", str(there))
    assert done.exit_code == 1 and "--force replaces it" in done.stderr
    assert there.read_text() == "mine"
    done = run("export", "white1986", "-o", str(tmp_path / "x.xlsx"))
    assert done.exit_code == 2 and ".graphml" in done.stderr
    done = run("export", "white1986", "-o", "-")
    assert done.exit_code == 2 and "--format" in done.stderr
    done = run("export", "white1986", "-o", "-", "--format", "csv.gz")
    assert done.exit_code == 2 and "binary" in done.stderr
