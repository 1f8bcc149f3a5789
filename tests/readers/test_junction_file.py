"""Two files of one animal: synapses in one, gap junctions in the other."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from support.command import run
from support.workbooks import Cell, xlsx

import elegansc
from elegansc.errors import InputError, UsageError
from elegansc.ir.stages import CHEMICAL, Connectome
from elegansc.module.read import read_model

CHEM = "pre,post,weight\nASEL,AVAL,3\nAVAL,DA1,2\nDA1,AVAL,1\n"
GAP = "cell1,cell2,count\nAVAL,AVAR,4\nAVAR,DA1,2\n"
ONE = (
    "pre,post,weight,kind\nASEL,AVAL,3,chemical\nAVAL,DA1,2,chemical\n"
    "DA1,AVAL,1,chemical\nAVAL,AVAR,4,electrical\nAVAR,DA1,2,electrical\n"
)
ROWS: list[list[Cell]] = [["pre", "post", "weight"], ["AVAL", "AVAR", 4]]
ROWS.append(["AVAR", "DA1", 2])


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with both files and the one that holds both."""
    monkeypatch.chdir(tmp_path)
    for name, text in {"chem.csv": CHEM, "gap.csv": GAP, "one.csv": ONE}.items():
        Path(name).write_text(text)
    return tmp_path


def rows(connectome: Connectome) -> list[tuple[str, str, float, bool]]:
    """(pre, post, weight, whether chemical), sorted."""
    name, edges = connectome.cells.name, connectome.synapses
    columns = (edges.pre, edges.post, edges.weight, connectome.kind == CHEMICAL)
    found = zip(*(column.tolist() for column in columns), strict=True)
    return sorted((name[u], name[v], weight, kind) for u, v, weight, kind in found)


def test_two_files_give_the_model_of_one_with_a_column_of_kinds() -> None:
    two = run("compile", "chem.csv", "--electrical", "gap.csv", "-o", "two.py")
    one = run("compile", "one.csv", "--label", "chem.csv", "-q")

    assert (two.exit_code, one.exit_code) == (0, 0)
    assert "file gap.csv: comma, header; pre = cell1, post = cell2" in two.stderr
    assert "weight = count; electrical\n" in two.stderr
    found = [Path("two.py").read_text().splitlines(), one.stdout.splitlines()]
    lines = [
        [
            line
            for line in text
            if not line.startswith(("# @generated", "Made by:", "OPTIONS"))
            and line not in ('    "electrical": "gap.csv",', "}")
        ]
        for text in found
    ]
    assert lines[0] == lines[1]
    assert run("verify", "two.py", "--against", "chem.csv").exit_code == 0


@pytest.mark.parametrize(
    "gap",
    [
        GAP.replace(",", "\t").encode(),
        b"AVAL AVAR 4\nAVAR DA1 2\n",
        gzip.compress(GAP.encode()),
        xlsx({"gj": ROWS}),
        b"pre,post,type,n\nAVAL,AVAR,EJ,4\nAVAR,DA1,EJ,2\n",
        b",AVAL,AVAR,DA1\nAVAL,0,4,0\nAVAR,0,0,2\nDA1,0,0,0\n",
        json.dumps(
            {
                "directed": False,
                "nodes": [{"id": "AVAL"}, {"id": "AVAR"}, {"id": "DA1"}],
                "links": [
                    {"source": "AVAL", "target": "AVAR", "weight": 4},
                    {"source": "AVAR", "target": "DA1", "weight": 2},
                ],
            }
        ).encode(),
    ],
    ids=["tab", "space", "gzip", "workbook", "kinds", "matrix", "undirected"],
)
def test_the_second_file_is_of_any_format(gap: bytes) -> None:
    Path("gap").write_bytes(gap)

    found = elegansc.read("chem.csv", electrical="gap")
    assert rows(found) == rows(elegansc.read("one.csv"))


def test_either_file_may_be_standard_input_or_an_object() -> None:
    want = run("export", "one.csv", "-o", "-", "--format", "csv").stdout
    words = ("--electrical", "gap.csv", "-o", "-", "--format", "csv")
    assert run("export", "-", *words, stdin=CHEM).stdout == want
    words = ("--electrical", "-", "-o", "-", "--format", "csv")
    assert run("export", "chem.csv", *words, stdin=GAP).stdout == want
    edges: list[Any] = [("ASEL", "AVAL", 3), ("AVAL", "DA1", 2), ("DA1", "AVAL", 1)]
    found = elegansc.read(edges, electrical=Path("gap.csv"))
    assert rows(found) == rows(elegansc.read("one.csv"))


def test_every_finding_says_of_which_file_it_is() -> None:
    Path("chem.csv").write_text("pre,post,weight\nASEL,AVAL,3\nAVAL,DA1,2\nnan,DA1,1\n")
    Path("gap.csv").write_text("pre,post,weight,dist\nAVAL,AVAl,4,7\nAVAR,DA1,2,5\n")
    told = run("compile", "chem.csv", "--electrical", "gap.csv", "-o", "m.py").stderr

    assert "chem.csv: 1 row without a name left out: nan\n" in told
    assert 'EC101 gap.csv: not read: "dist" (numbers)\n' in told
    found = run("lint", "chem.csv", "--electrical", "gap.csv", "--json").stdout
    places = {row["code"]: row["place"] for row in json.loads(found)["findings"]}
    assert (places["EC205"], places["EC101"]) == ("chem.csv", "gap.csv")


@pytest.mark.parametrize(
    ("chem", "gap", "seen"),
    [
        (ONE, GAP, "chem.csv: 2 electrical rows beside --electrical gap.csv"),
        (CHEM, ONE, "gap.csv: 3 chemical rows in the file of --electrical"),
        (CHEM, "pre,post,weight\nAVAL,AVAR,x\n", "gap.csv:2:11: "),
        (CHEM, "pre,post,weight\nAVAL,AVAR,0\n", "gap.csv: no synapse is left"),
        ("pre,post,weight\nAVAL,AVAR,0\n", GAP, "chem.csv: no synapse is left"),
        (CHEM, "", "gap.csv: an empty file"),
    ],
)
def test_what_is_wrong_names_the_file(chem: str, gap: str, seen: str) -> None:
    Path("chem.csv").write_text(chem)
    Path("gap.csv").write_text(gap)
    with pytest.raises(InputError) as caught:
        elegansc.read("chem.csv", electrical="gap.csv")
    assert str(caught.value).startswith(seen)


def test_options_of_reading_are_of_both_files() -> None:
    text = "a,b,w\nAVAL,DA1,2\n"
    Path("chem.csv").write_text(text)
    Path("gap.csv").write_text(text.replace("DA1", "AVAR"))
    found = elegansc.read("chem.csv", electrical="gap.csv", columns="pre=a,post=b")
    assert len(rows(found)) == 2
    with pytest.raises(UsageError, match="in gap.csv, of --electrical"):
        elegansc.read(
            "one.csv", electrical="gap.csv", columns="pre=pre", where="kind=chemical"
        )
    with pytest.raises(UsageError, match="does not go with --electrical FILE"):
        elegansc.read([("A", "B")], electrical="gap.csv", kind="electrical")


def junction(path: str) -> float:
    """The weight between ASEL and DA1 in a model."""
    tables = read_model(Path(path).read_bytes(), path).tables.electrical
    pairs = {frozenset((u, v)): w for u, row in tables.items() for v, w in row.items()}
    return pairs[frozenset(("ASEL", "DA1"))]


def test_a_sheet_is_of_the_file_that_has_it() -> None:
    other: list[list[Cell]] = [["pre", "post"], ["X", "Y"]]
    Path("gap.xlsx").write_bytes(xlsx({"gj": ROWS, "old": other}))
    want = rows(elegansc.read("one.csv"))
    assert rows(elegansc.read("chem.csv", electrical="gap.xlsx", sheet="gj")) == want
    cells: list[list[Cell]] = [
        list(line.split(",")) for line in CHEM.splitlines()  # weights are texts
    ]
    Path("chem.xlsx").write_bytes(xlsx({"cs": cells, "older": other}))
    found = elegansc.read("chem.xlsx", electrical="gap.xlsx", sheet=["cs", "gj"])
    assert rows(found) == want
    with pytest.raises(UsageError, match="--sheet no: chem.xlsx has the sheets cs"):
        elegansc.read("chem.xlsx", electrical="gap.xlsx", sheet=["no", "gj"])


def test_update_reads_both_files_again_and_a_change_of_either_is_stale() -> None:
    words = ("--electrical", "gap.csv", "-o", "model.py", "-q")
    assert run("compile", "chem.csv", *words).exit_code == 0
    assert run("status", "model.py").exit_code == 0
    assert run("compile", "chem.csv", "-o", "model.py").exit_code == 1  # loses it
    Path("gap.csv").write_text(GAP + "ASEL,DA1,9\n")
    assert run("status", "model.py").exit_code == 1
    assert run("update", "model.py").exit_code == 0
    assert junction("model.py") == 9
    assert run("status", "model.py").exit_code == 0
    Path("gap.csv").unlink()
    done = run("update", "model.py")
    assert "from its own tables: gap.csv not found" in done.stderr
    assert junction("model.py") == 9


def test_a_source_beside_its_model_is_read_as_the_model_records() -> None:
    words = ("--electrical", "gap.csv", "--keep", "all", "-q", "-o", "m.py")
    assert run("compile", "chem.csv", *words).exit_code == 0
    same = ("--exit-code",)
    for pair in (("chem.csv", "m.py"), ("m.py", "chem.csv"), ("one.csv", "m.py")):
        done = run("diff", *pair, *same)
        assert done.exit_code == 0, (pair, done.stdout, done.stderr)
    words = ("diff", "chem.csv", "m.py", "--electrical", "gap.csv", *same)
    assert run(*words).exit_code == 0
    assert not elegansc.diff("chem.csv", "m.py")
    assert not elegansc.diff("chem.csv", "m.py", electrical="gap.csv")
    Path("gap.csv").write_text(GAP + "ASEL,DA1,9\n")
    assert run("diff", "m.py", "chem.csv", *same).exit_code == 1


def test_a_project_names_both_files_from_its_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("pyproject.toml").write_text(
        '[tool.elegansc.models."model.py"]\nsource = "chem.csv"\nelectrical = "gap.csv"\n'
    )
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert run("update", "../model.py").exit_code == 0
    assert '"electrical": "gap.csv"' in Path("../model.py").read_text()
    assert run("status", "../model.py").exit_code == 0
    Path("../gap.csv").write_text(GAP + "ASEL,DA1,9\n")
    others = ("status", "--skip-others")
    assert run(*others, "../gap.csv").exit_code == 1  # the model that comes from it
    assert run(*others, "../one.csv").exit_code == 0


def test_a_project_names_the_names_of_a_matrix_from_its_folder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    Path("matrix.csv").write_text("0,3,0\n0,0,2\n0,0,0\n")
    Path("names.txt").write_text("ASEL\nAVAL\nDA1\n")
    Path("pyproject.toml").write_text(
        '[tool.elegansc.models."model.py"]\nsource = "matrix.csv"\nnames = "names.txt"\n'
    )
    Path("below").mkdir()
    monkeypatch.chdir("below")
    assert run("update", "../model.py").exit_code == 0
    assert '"AVAL": {"ASEL": 3}' in Path("../model.py").read_text()
    Path("../names.txt").write_text("ASER\nAVAR\nDA1\n")
    assert run("status", "--skip-others", "../names.txt").exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        ("order", "chem.csv"),
        ("explain", "chem.csv"),
        ("diff", "chem.csv", "one.csv"),
        ("draw", "chem.csv", "-o", "x.svg"),
        ("rewire", "chem.csv", "--null", "er", "-o", "twins"),
    ],
    ids=lambda words: words[0],
)
def test_every_command_that_reads_a_source_reads_both(words: tuple[str, ...]) -> None:
    if words[0] == "diff":
        assert run("compile", "one.csv", "-q", "-o", "one.py").exit_code == 0
        words = ("diff", "chem.csv", "one.py", "--exit-code")
    done = run(*words, "--electrical", "gap.csv")
    assert done.exit_code == 0, done.stderr
    assert run(*words, "--electrical", "none.csv").exit_code != 0
