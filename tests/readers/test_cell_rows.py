"""Tables of cells as others publish them: any container, columns by title or place."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from support.command import run
from support.workbooks import Cell, xlsx

import elegansc
from elegansc.errors import InputError, UsageError
from elegansc.files import read_bytes
from elegansc.ir.stages import INTER, MOTOR, MUSCLE, SENSORY, CellFact
from elegansc.module.read import read_model
from elegansc.readers.cells import read_cells

WORM = "pre,post,weight\n1,2,5\n2,3,3\n3,2,1\n"
# As Codex writes classification.csv.
CODEX = (
    "root_id,flow,super_class,class,sub_class,hemilineage,side,nerve\n"
    "1,afferent,sensory,,,,left,AN\n2,intrinsic,central,CX,,,left,\n3,efferent,motor,,,,right,\n"
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def facts(data: bytes, columns: str = "") -> dict[str, CellFact]:
    """What a table says, by name."""
    return dict(read_cells(data, "cells", columns).facts)


def roles(data: bytes, columns: str = "") -> dict[str, int]:
    """The role by name."""
    return {name: fact.role for name, fact in facts(data, columns).items()}


@pytest.mark.parametrize("columns", ["", "name=root_id,role=flow", "name=1,role=3"])
def test_codexs_classification_is_read_by_title_and_by_place(columns: str) -> None:
    found = roles(gzip.compress(CODEX.encode()), columns)

    assert found == {"1": SENSORY, "2": INTER, "3": MOTOR}


def test_a_graph_a_database_and_json_are_tables_of_cells_too() -> None:
    wanted = {"S": SENSORY, "M": MOTOR}
    nodes = [
        {"id": "n0", "name": "S", "role": "sensory"},
        {"id": "n1", "name": "M", "role": "motor"},
    ]
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE cells (cell_id INTEGER, cell_name TEXT, role TEXT)")
    database.execute("CREATE TABLE links (pre TEXT, post TEXT)")
    database.executemany(
        "INSERT INTO cells VALUES (?, ?, ?)", [(1, "S", "S"), (2, "M", "M")]
    )
    database.commit()
    notes: list[list[Cell]] = [["see the other sheet"]]
    rows: list[list[Cell]] = [["cell", "role"], ["S", "sensory"], ["M", "motor"]]
    files = {
        "node-link": json.dumps({"nodes": nodes, "links": []}).encode(),
        "records": json.dumps(nodes).encode(),
        "database": database.serialize(),
        "workbook": xlsx({"notes": notes, "cells": rows}),
        "UTF-16": "name;role\nS;sensory\nM;motor\n".encode("utf-16"),
        "below lines": b"# from a paper\nTable 2,\nname,role\nS,sensory\nM,motor\n",
        "sep": b"sep=;\nname;role\nS;sensory\nM;motor\n",
    }
    assert {key: roles(data) for key, data in files.items()} == dict.fromkeys(
        files, wanted
    )


def test_columns_of_parquet_and_feather_are_found_too() -> None:
    pa = pytest.importorskip("pyarrow")
    from pyarrow import feather, parquet

    ids = [720575940600000001, 720575940600000002]
    table = pa.table({"root_id": ids, "super_class": ["sensory", "motor"]})
    for write in (feather.write_feather, parquet.write_table):
        target = pa.BufferOutputStream()
        write(table, target)
        found = roles(target.getvalue().to_pybytes())
        assert found == {str(ids[0]): SENSORY, str(ids[1]): MOTOR}


def test_a_table_without_roles_leaves_them_to_the_file() -> None:
    Path("worm.csv").write_text("pre,post,weight\n1,2,5\n2,3,3\n2,2,1\n")
    Path("nt.csv").write_text("root_id,nt_type\n1,ACH\n2,GABA\n3,\n")
    words = ("compile", "worm.csv", "--cells", "nt.csv", "-o", "m.py")
    assert run(*words).exit_code == 1
    done = run(*words, "--cells-columns", "role=")
    assert done.exit_code == 0 and "EC401" in done.stderr
    tables = read_model(Path("m.py").read_bytes(), "").tables
    assert (tables.sensory, tables.motor) == (["1"], ["3"])
    assert tables.transmitter == {"ACH": ["1"], "GABA": ["2"]}


def test_names_are_compared_in_unicodes_form() -> None:
    assert roles("name,role\nCafe\u0301,sensory\n".encode()) == {"Caf\u00e9": SENSORY}


def test_owmeta_gives_roles_transmitters_and_muscles() -> None:
    owmeta = {
        "muscle_info": {"MDL01": ["IRI", [], [], [], "? (Mu) DL1", "0 0.6 0"]},
        "neuron_info": {
            "ADAL": ["IRI", ["interneuron"], ["GLR"], ["Glutamate"], "ADAL", "0 0 1"],
            "AIML": ["IRI", ["motor", "sensory"], [], ["GABA"], "AIML", "0 0 1"],
        },
    }
    found = facts(json.dumps(owmeta).encode())

    assert found["ADAL"] == CellFact(INTER, "Glutamate")
    assert found["AIML"] == CellFact(SENSORY | MOTOR, "GABA")
    assert found["MDL01"].kind == MUSCLE


def test_columns_by_place_need_no_header() -> None:
    assert roles(b"S,x,sensory\nM,y,motor\n", "name=1,role=3") == {
        "S": SENSORY,
        "M": MOTOR,
    }
    found = facts(b"id,kind,role\nS,muscle,motor\n", "name=1,role=3")
    assert found == {"S": CellFact(MOTOR, "", MUSCLE)}


def test_a_title_may_hold_a_comma_and_a_table_may_lack_roles() -> None:
    data = b'"id, new",nt_type\n1,GABA\n2,ACH\n'
    found = facts(data, "name=id, new,role=")

    assert found == {"1": CellFact(0, "GABA"), "2": CellFact(0, "ACH")}


@pytest.mark.parametrize(
    "data, columns, seen",
    [
        (b"id,io\n1,input\n2,inter\n", "", "words for roles stand in io"),
        (b"a,io\n1,input\n", "", "--cells-columns name=COLUMN,role=COLUMN"),
        (CODEX.encode(), "role=fow", "no columns name and role: the columns are root"),
        (CODEX.encode(), "role=class", "other columns of roles: flow, super_class"),
        (b"name,role\n1,S\n1,M\n", "", "1 stands there twice\n"),
        (b"name,role\n1\n", "", "1 cell, the header has 2"),
        (b"\x93NUMPY\x01\0", "", "NumPy"),
        (b'["A", "B"]', "", "no columns name and role"),
    ],
)
def test_what_is_wrong_is_said_with_the_columns_there_are(
    data: bytes, columns: str, seen: str
) -> None:
    with pytest.raises(InputError) as caught:
        read_cells(data, "cells", columns)
    assert seen in str(caught.value)


def test_sheets_that_differ_are_not_chosen_from() -> None:
    cells: list[list[Cell]] = [["name", "role"], ["S", "sensory"]]
    other: list[list[Cell]] = [["name", "kind", "role"], ["S", "neuron", "motor"]]
    with pytest.raises(InputError, match="with several sheets of cells: one, two"):
        read_cells(xlsx({"one": cells, "two": other}), "cells")
    with pytest.raises(UsageError, match="--cells-columns 'colour=2': write name=A"):
        read_cells(CODEX.encode(), "cells", "colour=2")


def test_the_columns_are_recorded_said_and_kept_by_update() -> None:
    Path("worm.csv").write_text(WORM)
    Path("codex.csv.gz").write_bytes(gzip.compress(CODEX.encode()))
    table = ("--cells", "codex.csv.gz", "--cells-columns", "name=root_id,role=flow")
    done = run("compile", "worm.csv", *table, "-o", "model.py")

    assert done.exit_code == 0, done.stderr
    told = 'roles from the table codex.csv.gz; name = "root_id", role = "flow"\n'
    assert told in done.stderr
    model = Path("model.py").read_text()
    assert '"cells-columns": "name=root_id,role=flow"' in model
    assert read_model(model.encode(), "").tables.sensory == ["1"]
    assert run("status", "model.py").exit_code == 0
    Path("worm.csv").write_text(WORM + "1,3,2\n")
    assert run("update", "model.py").exit_code == 0
    assert '"cells-columns": "name=root_id,role=flow"' in Path("model.py").read_text()
    assert run("compile", "worm.csv", *table[2:]).exit_code == 2


def test_python_takes_the_columns_as_a_text_or_a_mapping() -> None:
    Path("worm.csv").write_text(WORM)
    Path("cells.csv").write_text(CODEX)
    table = {"name": "root_id", "role": 2}
    one = elegansc.compile("worm.csv", cells="cells.csv", cells_columns=table)
    two = elegansc.compile(
        "worm.csv", cells=Path("cells.csv"), cells_columns="name=root_id,role=2"
    )
    assert one.source == two.source


@pytest.mark.parametrize(
    "words",
    [
        ("order", "worm.csv"),
        ("explain", "worm.csv"),
        ("diff", "worm.csv", "worm.csv"),
        ("draw", "worm.csv", "-o", "x.svg", "--force"),
        ("rewire", "worm.csv", "--null", "er", "-o", "twins"),
        ("lint", "worm.csv", "--ignore", "EC"),
    ],
    ids=lambda words: words[0],
)
def test_every_command_that_takes_a_table_takes_its_columns(
    words: tuple[str, ...],
) -> None:
    Path("worm.csv").write_text(WORM)
    Path("cells.csv").write_text(CODEX)
    table = ("--cells", "cells.csv", "--cells-columns")

    done = run(*words, *table, "name=root_id,role=flow")
    assert done.exit_code == 0, done.stderr
    refused = run(*words, *table, "role=nothing")
    assert refused.exit_code and "no columns name and role" in refused.stderr


PUBLISHED_TABLES = {
    # file, columns: sensory, inter, motor, cells
    ("drosophila_larva/meta_data.csv", "name=1,role=io"): (468, 2703, 420, 3591),
    ("neuron_roles/roles_merged.csv", ""): (88, 94, 128, 302),
    ("neuron_roles/roles_merged.csv", "role=owmeta"): (111, 119, 147, 302),
    ("c302/owmeta_cache.json", ""): (111, 119, 147, 397),
    ("celegans_chen2006_db/celegans_herm.db", ""): (98, 0, 89, 279),
    ("elegans_ai/celegans.graphml.xml", ""): (98, 92, 89, 279),
}


@pytest.mark.parametrize("path, columns", PUBLISHED_TABLES)
def test_published_tables_of_cells_are_read(
    path: str, columns: str, shared: Path
) -> None:
    found = roles(read_bytes(str(shared / path)), columns)

    count = Counter(
        bit for role in found.values() for bit in (SENSORY, INTER, MOTOR) if role & bit
    )
    wanted = PUBLISHED_TABLES[path, columns]
    assert (count[SENSORY], count[INTER], count[MOTOR], len(found)) == wanted
