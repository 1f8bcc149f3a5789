"""Roles and transmitters of a table of cells travel with an exported graph."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import run

from elegansc.exporting.forms import FORMS
from elegansc.module.read import read_model

FLY = "pre,post,weight\n1,2,5\n2,3,3\n3,4,1\n4,2,1\n"
CELLS = "root_id,super_class,nt_type\n1,sensory,ACH\n2,central,GABA\n3,motor,\n5,motor,ACH\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a graph and its table of cells."""
    monkeypatch.chdir(tmp_path)
    Path("fly.csv").write_text(FLY)
    Path("codex.csv").write_text(CELLS)
    return tmp_path


@pytest.mark.parametrize("form", FORMS)
def test_a_graph_with_its_table_in_one_file_is_the_same_model(form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    done = run("export", "fly.csv", "--cells", "codex.csv", "-o", f"clean.{form}")
    assert done.exit_code == 0, done.stderr
    again = run("export", f"clean.{form}", "-o", f"again.{form}")
    assert again.exit_code == 0
    assert Path(f"clean.{form}").read_bytes() == Path(f"again.{form}").read_bytes()

    one = run("compile", f"clean.{form}", "--label", "fly.csv", "-q").stdout_bytes
    found = read_model(one, "").tables
    assert (found.sensory, found.motor) == (["1"], ["3"])
    assert found.transmitter == {"ACH": ["1"], "GABA": ["2"]}
    assert found.chemical["2"] == {"1": 5}


def test_columns_are_named_and_what_the_table_lacks_stays() -> None:
    text = "pre,post,weight,post_role,pre_transmitter\n1,2,5,inter,GLUT\n2,3,3,motor,\n"
    Path("own.csv").write_text(text)
    words = ("--cells", "codex.csv", "--cells-columns", "role=super_class,transmitter=")
    done = run("export", "own.csv", *words, "-o", "-", "--format", "csv")

    assert done.stdout.splitlines()[1:] == [
        "1,2,chemical,5,sensory,inter,GLUT,",
        "2,3,chemical,3,inter,motor,,",
    ]


def test_a_table_of_other_cells_and_of_a_model_is_refused() -> None:
    Path("other.csv").write_text("name,role\nX,sensory\n")
    done = run("export", "fly.csv", "--cells", "other.csv", "-o", "x.csv")
    assert done.exit_code == 1 and "no cell of fly.csv" in done.stderr
    words = ("compile", "fly.csv", "-q", "--cells", "codex.csv", "-o", "fly.py")
    assert run(*words).exit_code == 0
    done = run("export", "fly.py", "--cells", "codex.csv", "-o", "x.csv")
    assert done.exit_code == 2 and "--cells" in done.stderr
    words = ("export", "fly.csv", "--cells-columns", "role=x", "-o", "x.csv")
    assert run(*words).exit_code == 2


def test_a_model_made_with_a_table_exports_its_roles() -> None:
    words = ("compile", "fly.csv", "-q", "--cells", "codex.csv", "-o", "fly.py")
    assert run(*words).exit_code == 0
    done = run("export", "fly.py", "-o", "-", "--format", "csv")
    assert done.stdout.splitlines()[1] == "1,2,chemical,5,sensory,inter,ACH,GABA"
