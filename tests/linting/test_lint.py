"""Lint: each trap has its code; what is right has none; three forms of output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from reference.samples import SAMPLES
from support.command import run
from support.paths import BUNDLED

from elegansc.linting.codes import ALL
from elegansc.linting.lint import lint
from elegansc.readers.findings import NOTE, WARNING
from elegansc.readers.reader import Layout

CLEAN = "pre,post,weight,kind\nS1,A,3,chemical\nA,M1,2,chemical\nA,B,1,electrical\n"
TRAPS = {code: found.text for code, found in SAMPLES.items() if not found.command}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("code", TRAPS)
def test_a_trap_has_its_code(code: str) -> None:
    Path("worm.csv").write_text(TRAPS[code])
    found = [each.code for each in lint("worm.csv", Layout()).findings]
    assert code in found
    Path("worm.csv").write_text(CLEAN)
    assert code not in [each.code for each in lint("worm.csv", Layout()).findings]


def test_a_clean_file_has_no_finding() -> None:
    Path("worm.csv").write_text(CLEAN)
    assert lint("worm.csv", Layout()).findings == ()
    done = run("lint", "worm.csv")
    assert (done.exit_code, done.stdout) == (0, "worm.csv: 0 warnings, 0 notes\n")


@pytest.mark.parametrize("worm", ["cook2019", "varshney2011", "witvliet2021-8"])
def test_a_bundled_connectome_has_no_warning(worm: str) -> None:
    assert lint(worm, Layout()).warnings == 0


@pytest.mark.shared
def test_names_one_place_further_and_polyadic_rows_are_told(shared: Path) -> None:
    """Elegans-AI's graph: its in- and out-degrees are those of Varshney's next cell."""
    found = lint(str(shared / "elegans_ai/celegans.graphml.xml"), Layout())
    told = {each.code: each.message for each in found.findings}
    assert "other names for 168 cells" in told["EC508"] and "DVA" in told["EC508"]
    assert "6,394 synapses; here are 5,043" in told["EC507"]
    database = lint(str(shared / "varshney2011/NeuronConnect.xls"), Layout())
    assert not {"EC507", "EC508"} & {each.code for each in database.findings}


def test_a_bundled_connectome_under_other_names() -> None:
    """Names moved by one from a cell on, as when a row is lost."""
    lines = (BUNDLED / "varshney2011.csv").read_text().splitlines()
    rows = [line.split(",") for line in lines[1:] if ",chemical," in line]
    known = [row for row in rows if {*row[:2]}.isdisjoint({"BWM", "NMJ"})]
    names = sorted({name for row in known for name in row[:2]})
    at = names.index("DVA")
    moved = {
        name: names[k + 1 if at <= k < len(names) - 1 else k]
        for k, name in enumerate(names)
    }
    moved[names[-1]] = "DVA"
    text = [",".join((moved[a], moved[b], k, w)) for a, b, k, w in known]
    Path("moved.csv").write_text("\n".join([lines[0], *text]))
    found = {each.code for each in lint("moved.csv", Layout()).findings}
    assert "EC508" in found and "EC507" not in found


def test_warnings_fail_and_notes_do_not() -> None:
    Path("note.csv").write_text(TRAPS["EC503"])
    Path("trap.csv").write_text(TRAPS["EC511"])
    assert run("lint", "note.csv").exit_code == 0
    assert run("lint", "note.csv", "trap.csv").exit_code == 1
    assert run("lint", "trap.csv", "--ignore", "EC5").exit_code == 0
    done = run("lint", "trap.csv", "--select", "EC511")
    assert done.stdout.splitlines() == [
        "trap.csv: EC511 warning: one name in two cases: AVFL, avfl",
        "trap.csv: 1 warning, 0 notes",
    ]
    assert run("lint", "trap.csv", "--select", "EC9").exit_code == 2
    done = run("lint", "gone.csv", "note.csv")
    assert done.exit_code == 1
    assert "gone.csv" in done.stderr and "EC503" in done.stdout


def test_json_and_annotations() -> None:
    Path("trap.csv").write_text(TRAPS["EC511"])
    found = json.loads(run("lint", "trap.csv", "--json").stdout)
    assert found["file"] == "trap.csv"
    (each,) = [each for each in found["findings"] if each["code"] == "EC511"]
    assert each["severity"] == WARNING and "AVFL" in each["message"]
    told = run("lint", "trap.csv", "--format", "github", "--select", "EC511").stdout
    assert told == (
        "::warning file=trap.csv,title=EC511 one name in two cases"
        "::one name in two cases: AVFL, avfl\n"
    )


@pytest.mark.parametrize("code", ALL)
def test_every_code_is_explained(code: str) -> None:
    done = run("lint", "--explain", code.lower())
    assert done.exit_code == 0
    found = ALL[code]
    assert found.severity in (WARNING, NOTE)
    assert found.why in done.stdout and found.remedy in done.stdout


def test_a_generated_model_is_no_connectome() -> None:
    Path("worm.csv").write_text(CLEAN)
    assert run("compile", "worm.csv", "-o", "worm.py").exit_code == 0
    done = run("lint", "worm.py")
    assert done.exit_code == 1 and "no connectome" in done.stderr


def test_names_near_those_of_a_table_are_found(tmp_path: Path) -> None:
    path = tmp_path / "worm.csv"
    path.write_text("pre,post,weight\nashl,aval,3\naval,va1,2\n")
    found = lint(str(path), Layout())

    assert [each.code for each in found.findings] == ["EC201"]
    assert "aval (AVAL)" in found.findings[0].message
