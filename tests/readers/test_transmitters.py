"""The sender's transmitter in a column of rows: nt_type, top_nt."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from support.command import run
from support.workbooks import Cell, xlsx

from elegansc.errors import InputError
from elegansc.ir.stages import Connectome
from elegansc.module.read import read_model
from elegansc.readers.parse import parse

# As Codex writes connections.csv.
FLY = (
    "pre_root_id,post_root_id,neuropil,syn_count,nt_type\n"
    "1,2,AL_L,5,ACH\n1,3,AL_L,2,GABA\n1,3,AL_R,4,GABA\n"
    "2,3,AL_L,9,ACH\n3,1,AL_L,1,\n2,1,AL_L,3,ACH\n4,1,AL_L,3,XYZ\n3,2,AL_L,1,unknown\n"
)


def told(found: Connectome) -> dict[str, str]:
    """The transmitter by name."""
    return dict(zip(found.cells.name, found.cells.transmitter, strict=True))


def findings(found: Connectome) -> dict[str, str]:
    """The findings by code."""
    account = found.history.parse
    assert account is not None
    return {finding.code: finding.message for finding in account.findings}


@pytest.mark.parametrize("title", ["nt_type", "top_nt", "NT Type", "pre_nt_type"])
def test_the_transmitter_of_most_weight_is_the_senders(title: str) -> None:
    found = parse(FLY.replace("nt_type", title).encode(), "fly.csv")

    assert told(found) == {"1": "GABA", "2": "ACH", "3": "", "4": "XYZ"}
    assert findings(found)["EC307"] == (
        f"{title}: 1 of 3 senders with several; each has the one of most weight: "
        "1 GABA, 6 of 11 by weight"
    )
    assert findings(found)["EC308"] == (
        f"{title}: no known transmitter: XYZ; kept as written"
    )


def test_every_container_tells_it() -> None:
    pa = pytest.importorskip("pyarrow")
    feather = pytest.importorskip("pyarrow.feather")
    rows: list[list[Cell]] = [list(line.split(",")) for line in FLY.splitlines()]
    records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    columns = {
        str(title): [row[place] for row in rows[1:]]
        for place, title in enumerate(rows[0])
    }
    columns["syn_count"] = [int(str(cell)) for cell in columns["syn_count"]]
    sink = pa.BufferOutputStream()
    feather.write_feather(pa.table(columns), sink)
    want = told(parse(FLY.encode(), "fly.csv"))
    for data in (
        xlsx({"one": rows}),
        json.dumps(records).encode(),
        sink.getvalue().to_pybytes(),
    ):
        assert told(parse(data, "fly")) == want


def test_directed_edges_of_a_graph_tell_it_and_its_nodes_do() -> None:
    rows = [line.split(",") for line in FLY.splitlines()]
    links = [
        {"source": pre, "target": post, "weight": int(count), "nt_type": word}
        for pre, post, _, count, word in rows[1:]
    ]
    nodes = [{"id": name} for name in "1234"]
    graph = {"directed": True, "multigraph": True, "nodes": nodes, "links": links}
    found = parse(json.dumps(graph).encode(), "fly.json")
    assert told(found) == told(parse(FLY.encode(), "fly.csv"))
    assert "1 of 3 senders with several" in findings(found)["EC307"]

    graph["directed"] = False
    assert not any(parse(json.dumps(graph).encode(), "fly.json").cells.transmitter)
    graph["nodes"] = [{"id": name, "top_nt": "GABA"} for name in "1234"]
    named = parse(json.dumps(graph).encode(), "fly.json").cells.transmitter
    assert named == ("GABA",) * 4


def test_the_columns_of_an_export_come_first_and_contradictions_are_errors() -> None:
    text = "pre,post,pre_transmitter,nt_type\nA,B,GABA,ACH\nB,A,ACH,ACH\n"
    found = parse(text.encode(), "fly.csv")
    assert told(found) == {"A": "GABA", "B": "ACH"} and "EC307" not in findings(found)
    with pytest.raises(InputError, match="fly.csv:4: transmitter ACH of A; above it"):
        parse((text + "A,A,ACH,\n").encode(), "fly.csv")


def test_rows_that_weigh_nothing_tell_it_too_and_blank_lines_do_not_shift() -> None:
    text = "pre,post,w,nt_type\nA,B,0,GABA\n\nB,C,2,ACH\n,,,\nC,A,1,gaba\n"
    found = parse(text.encode(), "fly.csv")

    assert told(found) == {"A": "GABA", "B": "ACH", "C": "gaba"}
    assert not {"EC307", "EC308"} & findings(found).keys()


def test_an_undirected_row_tells_of_its_first_cell() -> None:
    text = (
        "source,target,type,weight,nt_type\nA,B,Undirected,2,GABA\nB,C,Directed,1,ACH\n"
    )
    found = parse(text.encode(), "fly.csv")

    assert told(found) == {"A": "GABA", "B": "ACH", "C": ""}


def test_gaba_starts_negative_and_a_table_of_roles_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("fly.csv").write_text(FLY)
    Path("roles.csv").write_text(
        "root_id,super_class\n1,sensory\n2,central\n3,motor\n4,central\n"
    )
    Path("all.csv").write_text("root_id,super_class,nt_type\n1,sensory,ACH\n3,motor,\n")
    words = ("compile", "fly.csv", "-q", "--cells")
    roles = read_model(run(*words, "roles.csv").stdout_bytes, "").tables
    table = read_model(run(*words, "all.csv").stdout_bytes, "").tables

    assert roles.transmitter == {"ACH": ["2"], "GABA": ["1"], "XYZ": ["4"]}
    assert table.transmitter == {"ACH": ["1"]}
    ends = ("--inputs", "1", "--outputs", "3", "-o", "fly.py")
    assert 'pre transmitter = "nt_type"' in run("compile", "fly.csv", *ends).stderr
    assert run("verify", "fly.py", "--against", "fly.csv").exit_code == 0


def test_many_senders_are_as_a_count_by_hand() -> None:
    random = np.random.default_rng(3)
    words = ["ACH", "GABA", "GLUT", "", "unknown"]
    rows = [
        (int(pre), int(post), int(weight), words[code])
        for pre, post, weight, code in zip(
            *(random.integers(0, high, 4000) for high in (60, 60, 9, 5)), strict=True
        )
    ]
    text = "pre,post,weight,nt_type\n" + "".join(
        f"n{pre},n{post},{weight},{word}\n" for pre, post, weight, word in rows
    )
    weights: dict[str, dict[str, int]] = {}
    for pre, _, weight, word in rows:
        if word not in ("", "unknown"):
            own = weights.setdefault(f"n{pre}", {})
            own[word] = own.get(word, 0) + weight
    found = told(parse(text.encode(), "fly.csv"))

    assert len(weights) == 60
    for name, own in weights.items():
        assert own[found[name]] == max(own.values())
