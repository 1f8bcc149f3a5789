"""Polyadic synapses: several receivers in one cell."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.command import run
from support.workbooks import Cell, xlsx

import elegansc
from elegansc.errors import UsageError
from elegansc.ir.stages import ELECTRICAL, Connectome
from elegansc.module.read import read_model

WORM = (
    'pre,post,kind,weight\nASEL,"AVAL,AVAR",chemical,3\nAVAL,DA1 ; DB1,chemical,2\n'
    'AVAR,DA1|DA1,chemical,1\nAVAL,"AVAR,AVBL",electrical,4\nAVAR,DA1,chemical,5\n'
)
WANTED = {
    ("ASEL", "AVAL"): 3,
    ("ASEL", "AVAR"): 3,
    ("AVAL", "DA1"): 2,
    ("AVAL", "DB1"): 2,
    ("AVAR", "DA1"): 1 + 1 + 5,
    ("AVAL", "AVAR,AVBL"): 4,  # a junction is of two cells
}


def pairs(found: Connectome) -> dict[tuple[str, str], float]:
    """The weight of each pair."""
    name, edges = found.cells.name, found.synapses
    weights: dict[tuple[str, str], float] = {}
    for u, v, weight in zip(
        edges.pre.tolist(), edges.post.tolist(), edges.weight.tolist(), strict=True
    ):
        weights[name[u], name[v]] = weights.get((name[u], name[v]), 0) + weight
    return weights


def read(data: Any, **choices: Any) -> Connectome:
    """A connectome whose receivers are parted; warnings are tested elsewhere."""
    with pytest.warns(Warning):
        return elegansc.read(data, polyadic=True, **choices)


def test_each_receiver_gets_the_rows_weight() -> None:
    found = read(WORM.encode())

    assert pairs(found) == WANTED
    assert "AVAL,AVAR" not in found.cells.name
    assert [found.kind.tolist().count(kind) for kind in (0, ELECTRICAL)] == [7, 1]


def test_receivers_are_parted_in_every_container() -> None:
    rows: list[list[Cell]] = [
        ["pre", "post", "kind", "weight"],
        ["ASEL", "AVAL,AVAR", "chemical", 3],
        ["AVAL", "DA1 ; DB1", "chemical", 2],
        ["AVAR", "DA1|DA1", "chemical", 1],
        ["AVAL", "AVAR,AVBL", "electrical", 4],
        ["AVAR", "DA1", "chemical", 5],
    ]
    records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    for data in (xlsx({"one": rows}), json.dumps(records).encode()):
        assert pairs(read(data)) == WANTED
    edges = [("ASEL", "AVAL,AVAR", 3), ("AVAL", "DA1", 2)]
    assert pairs(elegansc.read(edges, polyadic=True))[("ASEL", "AVAR")] == 3


def test_the_command_line_says_what_was_parted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text(WORM)
    done = run("compile", "worm.csv", "--polyadic", "-o", "worm.py")

    assert done.exit_code == 0, done.stderr
    told = "3 rows of several receivers read as 6, each of the row's weight: "
    assert told in done.stderr
    assert "read      worm.csv: 5 rows" in done.stderr
    plain = run("compile", "worm.csv", "-o", "plain.py")
    assert "(--polyadic reads a row for each)" in plain.stderr
    assert "EC306" in run("lint", "worm.csv", "--polyadic").stdout


def test_the_model_records_it_and_update_reads_so_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text(WORM)
    assert run("compile", "worm.csv", "--polyadic", "-q", "-o", "m.py").exit_code == 0
    assert '"polyadic": True' in Path("m.py").read_text()
    assert "--polyadic" in Path("m.py").read_text()  # in the command that made it
    assert run("verify", "m.py", "--against", "worm.csv").exit_code == 0
    assert run("status", "m.py").exit_code == 0
    Path("worm.csv").write_text(WORM + '"AVBL","DA1,DB1",chemical,7\nASEL,AVBL,S,2\n')
    assert run("update", "m.py").exit_code == 0
    tables = read_model(Path("m.py").read_bytes(), "m.py").tables
    assert tables.chemical["DB1"]["AVBL"] == 7
    assert run("compile", "worm.csv", "-o", "m.py").exit_code == 1  # it would be lost


def test_a_file_without_several_receivers_is_told_so() -> None:
    with pytest.raises(UsageError, match="--polyadic: no receiver in graph names"):
        elegansc.read(b"pre,post\nA,B\n", polyadic=True)


NAMES = st.lists(st.sampled_from(["A", "B", "C", "D,", "|E"]), min_size=1, max_size=3)
ROWS = st.lists(st.tuples(NAMES, NAMES, st.integers(1, 9)), min_size=1, max_size=8)


@given(ROWS)
def test_receivers_are_those_of_the_rows_written_apart(
    rows: list[tuple[list[str], list[str], int]],
) -> None:
    rows = [*rows, (["A"], ["B", "C"], 1)]
    joined = [
        (pre[0].strip(",|"), ";".join(post), weight) for pre, post, weight in rows
    ]
    apart = [
        (pre, name, weight)
        for pre, post, weight in joined
        for name in post.replace(",", ";").replace("|", ";").split(";")
        if name
    ]
    found = elegansc.read(joined, polyadic=True)

    assert pairs(found) == pairs(elegansc.read(apart))
    assert found.cells.name == elegansc.read(apart).cells.name
