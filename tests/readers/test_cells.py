"""Cells and roles: who is taken, as what, and that nobody is left out in silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.command import run

from elegansc.errors import UsageError
from elegansc.ir.stages import (
    CHEMICAL,
    INTER,
    MOTOR,
    SENSORY,
    CellFact,
    CellTable,
    Connectome,
)
from elegansc.ir.trace import Trace
from elegansc.module.read import Model, read_model
from elegansc.options import STAGES, Options
from elegansc.passes.select_cells import select_cells
from elegansc.pipeline import compile_source
from elegansc.readers.cells import cell_table, read_cells, role_of
from elegansc.readers.parse import parse

WORDS = {SENSORY: "sensory", INTER: "inter", MOTOR: "motor"}
WORM = (
    "pre,post,weight,kind\nALML,AVAL,5,S\nAVAL,VA01,3,S\nVA1,AVAL,1,S\nVA01,MVL01,9,S\n"
)
PLAIN = "pre,post\nS1,A\nS2,A\nA,B\nB,M1\nB,M2\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def model(text: str, *words: str) -> Model:
    """The model that the command line makes of a text."""
    Path("worm.csv").write_text(text)
    done = run("compile", "worm.csv", "-q", *words)
    assert (done.exit_code, done.stderr) == (0, "")
    return read_model(done.stdout_bytes, "worm.csv")


def report(text: str, *words: str) -> str:
    """What the command line says of a text."""
    Path("worm.csv").write_text(text)
    done = run("compile", "worm.csv", *words)
    assert done.exit_code == 0
    return done.stderr


def selected(text: str, **options: Any) -> Connectome:
    """A text after select_cells, with the bundled table."""
    table = options.pop("table", cell_table(Options()))
    return select_cells(parse(text.encode(), "worm.csv"), table=table, **options)


def roles(connectome: Connectome) -> dict[str, str]:
    """name -> sensory+motor, for all cells."""
    pairs = zip(connectome.cells.name, connectome.cells.role.tolist(), strict=True)
    return {n: "+".join(w for bit, w in WORDS.items() if r & bit) for n, r in pairs}


def whole(name: str, **options: Any) -> tuple[dict[str, Any], Connectome, Connectome]:
    """(history of select_cells, the bundled connectome, what was selected of it)."""
    from elegansc import catalog

    entry = catalog.find(name)
    assert entry
    before = parse(catalog.read(entry), name)
    after = select_cells(before, table=cell_table(Options(**options)))
    return dict(after.history.data()["select_cells"]), before, after


# Names


def test_padded_names_are_one_with_the_others_and_reported() -> None:
    found = selected(WORM)

    assert found.cells.name == ("ALML", "AVAL", "VA1")
    facts = found.history.data()["select_cells"]
    assert facts["renamed"] == {"VA01": "VA1"}
    assert facts["merged"] == 1
    assert "1 name without padding: VA01 -> VA1" in report(WORM)
    tables = model(WORM).tables
    assert tables.motor == ["VA1"]
    assert tables.chemical["VA1"] == {"AVAL": 3}


def test_rows_of_both_names_add_up() -> None:
    text = "pre,post,weight\nALML,AVAL,1\nAVAL,VA01,3\nAVAL,VA1,4\n"

    assert model(text).tables.chemical["VA1"] == {"AVAL": 7}


@pytest.mark.parametrize("name", ["VA001", "DB01", "AS01", "DA09", "VA12"])
def test_names_that_the_table_has_without_padding(name: str) -> None:
    found = selected(f"pre,post\nALML,AVAL\nAVAL,{name}\n").cells.name

    assert name.replace("0", "") in found
    assert name == name.replace("0", "") or name not in found


@pytest.mark.parametrize("name", ["007", "X01", "AVA01", "IL02", "va01"])
def test_all_other_names_stay_as_they_are(name: str) -> None:
    text = f"pre,post\nALML,AVAL\nAVAL,{name}\n{name},AVAR\n"
    found = selected(text)

    assert found.history.data()["select_cells"]["renamed"] == {}
    assert name in found.history.data()["select_cells"]["left_out"]["names"]


def test_names_of_other_animals_stay_as_they_are() -> None:
    text = "pre,post\n" + "".join(f"X0{n},VA0{n}\n" for n in range(1, 9))
    text += "".join(f"Q{n},R{n}\n" for n in range(40))
    found = selected(text)

    assert "VA01" in found.cells.name
    assert found.history.data()["select_cells"]["roles"] == "structure"


# What is left out


def test_what_is_cut_off_is_listed_with_its_rows_and_weight() -> None:
    facts = selected(WORM + "GLRDL,GLRDL,2,S\n").history.data()["select_cells"]

    assert facts["left_out"] == {
        "cells": 2,
        "kinds": {"muscle": 1, "other": 1},
        "rows": 2,
        "weight": 11.0,
        "names": {"GLRDL": 2.0, "MVL01": 9.0},
    }
    shown = report(WORM)
    assert "left out  1 cell (1 muscle), with 1 row, 9 units of weight" in shown
    assert "MVL01" in shown


@pytest.mark.parametrize("name", ["cook2019", "white1986", "witvliet2021-8"])
def test_what_is_kept_and_what_is_cut_off_add_up(name: str) -> None:
    facts, before, after = whole(name)
    gone = facts["left_out"]
    ends = zip(before.synapses.pre.tolist(), before.synapses.post.tolist(), strict=True)
    names = before.cells.name
    kept = set(after.cells.name)
    inner = [names[a] in kept and names[b] in kept for a, b in ends]
    weight = before.synapses.weight

    assert facts["cells"] + gone["cells"] + facts.get("merged", 0) == len(names)
    assert sum(gone["kinds"].values()) == gone["cells"] == len(gone["names"])
    assert len(after.synapses) + gone["rows"] == len(before.synapses)
    assert after.synapses.weight.sum() + gone["weight"] == weight.sum()
    assert sum(inner) == len(after.synapses)
    for cell in list(gone["names"])[::17]:
        row = names.index(cell)
        mine = (before.synapses.pre == row) | (before.synapses.post == row)
        assert gone["names"][cell] == weight[mine].sum()


def test_verbose_names_everyone() -> None:
    short = run("compile", "cook2019", "--cycles", "fast")
    full = run("compile", "cook2019", "--cycles", "fast", "--verbose")

    assert "... and 159 more (--verbose)" in short.stderr
    assert "--verbose" not in full.stderr
    assert "vBWMR24" in full.stderr or "MVR24" in full.stderr or "MDR24" in full.stderr


# Roles


def test_roles_of_cook2019() -> None:
    facts, _, after = whole("cook2019")

    assert (facts["cells"], facts["sensory"], facts["motor"]) == (302, 87, 128)
    assert facts["roles"] == "cook2019"
    found = roles(after)
    assert found["ALML"] == "sensory"
    assert found["AVAL"] == "inter"
    assert found["VA1"] == "motor"
    assert sum(role == "sensory+motor" for role in found.values()) == 4


def test_several_roles_of_varshney2011() -> None:
    facts, before, after = whole("varshney2011", roles_table="several")

    # VC6, a motor neuron, is connected to a muscle only: 279 and 134 without it.
    assert (facts["cells"], facts["sensory"], facts["motor"]) == (280, 98, 135)
    assert facts["roles"] == "several"
    assert facts["left_out"]["names"] == {"BWM": 1410.0}
    assert len(before.cells) == 281
    found = run(
        *("compile", "varshney2011", "--roles-table", "several", "--without", "VC6"),
        *("--cycles", "fast", "--json", "-q", "-o", "model.py"),
    )
    summary = json.loads(found.stdout)["summary"]
    assert (summary["sensory"], summary["motor"]) == (98, 134)
    one = roles(whole("varshney2011")[2])
    both = roles(after)
    assert one.keys() == both.keys()
    assert sum(role.count("+") for role in both.values()) > sum(
        role.count("+") for role in one.values()
    )


def test_roles_by_structure() -> None:
    found = model(PLAIN)
    assert found.tables.sensory == ["S1", "S2"]
    assert found.tables.motor == ["M1", "M2"]
    shown = report(PLAIN)
    assert "warning   no table of these cells: roles by structure" in shown
    assert "left out" not in shown


def test_structure_of_a_worm_must_be_asked_for() -> None:
    text = "pre,post\nAVAL,ALML\nALML,VA1\n"
    found = model(text, "--roles-table", "structure")

    assert (found.tables.sensory, found.tables.motor) == (["AVAL"], ["VA1"])
    assert (
        '"roles-table": "structure"'
        in run("compile", "worm.csv", "-q", "--roles-table", "structure").stdout
    )
    assert run("compile", "worm.csv", "-q").exit_code == 0  # ALML -> VA1


@pytest.mark.parametrize("junction", ["A,M,EJ\n", "A,M,EJ\nM,A,EJ\n", "M,A,EJ\n", ""])
def test_a_junction_gives_no_role_however_it_is_listed(junction: str) -> None:
    text = f"pre,post,kind\nS,A,S\nA,B,S\nB,M,S\n{junction}S,S,S\nM,M,S\n"

    assert roles(selected(text)) == {
        "A": "inter",
        "B": "inter",
        "S": "sensory",
        "M": "motor",
    }


def test_the_bundled_table_is_used_from_a_fifth_of_known_cells() -> None:
    known = "pre,post\nALML,AVAL\nAVAL,VA1\n"
    few = known + "".join(f"X{n},X{n + 1}\n" for n in range(11))
    many = known + "".join(f"X{n},X{n + 1}\n" for n in range(12))

    assert selected(few).history.data()["select_cells"]["roles"] == "cook2019"
    assert selected(many).history.data()["select_cells"]["roles"] == "structure"


# --inputs, --outputs, --only, --without


def test_patterns_replace_roles() -> None:
    found = model(PLAIN, "--inputs", "S2,B", "--outputs", "M?", "--outputs", "A")
    assert found.tables.sensory == ["B", "S2"]
    assert found.tables.motor == ["A", "M1", "M2"]

    found = model(WORM, "--inputs", "AV*")
    assert found.tables.sensory == ["AVAL"]
    assert found.tables.motor == ["VA1"]


def test_patterns_from_a_file() -> None:
    Path("lists").mkdir()
    Path("lists/in.txt").write_bytes(b"\xef\xbb\xbfS1\r\n\r\n  S2  \r\n")
    found = model(PLAIN, "--inputs", "@lists/in.txt", "--outputs", "[MB]*")

    assert found.tables.sensory == ["S1", "S2"]
    assert found.tables.motor == ["B", "M1", "M2"]
    assert found.tables.options == {"inputs": ["@in.txt"], "outputs": ["[MB]*"]}


def test_a_name_with_brackets_is_a_pattern_of_itself() -> None:
    found = model("pre,post\nS[1],A\nS1,A\nA,M\n", "--inputs", "S[1]")

    assert found.tables.sensory == ["S1", "S[1]"]


def test_patterns_tell_case_apart() -> None:
    with pytest.raises(UsageError):
        selected(PLAIN, inputs=("s*",))


def test_only_and_without() -> None:
    found = model(PLAIN, "--only", "S1,A,B,M*", "--without", "M2")
    assert sorted(found.plan.cells.name) == ["A", "B", "M1", "S1"]

    gone = selected(PLAIN, only=("S1", "A", "B", "M*"), without=("M2",)).history.data()
    assert gone["select_cells"]["left_out"]["names"] == {"M2": 1.0, "S2": 1.0}
    assert gone["select_cells"]["left_out"]["rows"] == 2
    assert "left out  2 cells (2 neuron" in report(PLAIN, "--without", "M2,S2")


def test_only_brings_no_muscle_back() -> None:
    assert selected(WORM, only=("*",)).cells.name == ("ALML", "AVAL", "VA1")


# --keep, --undirected, --min-weight


def test_keep_all_makes_muscles_motor() -> None:
    found = model(WORM, "--keep", "all")
    assert found.tables.motor == ["MVL01", "VA1"]
    assert "left out" not in report(WORM, "--keep", "all")

    facts = run("compile", "cook2019", "--keep", "all", "--emit", "selected")
    assert facts.exit_code == 0
    connectome = selected(WORM + "GLRDL,ALML,1,S\n", keep="all")
    assert roles(connectome)["GLRDL"] == ""
    assert len(connectome.cells) == 5


def test_undirected_doubles_every_chemical_pair() -> None:
    found = model(PLAIN, "--undirected", "--inputs", "M1", "--outputs", "S1")
    both = {
        (post, pre)
        for table in (found.tables.chemical, found.tables.feedback)
        for post, row in table.items()
        for pre in row
    }

    assert len(both) == 10
    assert both == {(b, a) for a, b in both}


def test_min_weight_drops_pairs_not_rows() -> None:
    text = "pre,post,weight\nS,A,1\nS,A,1\nA,M,5\nS,M,1\n"
    tables = model(text, "--min-weight", "2").tables

    assert tables.chemical == {"A": {"S": 2}, "M": {"A": 5}}
    assert tables.options == {"min-weight": 2.0}
    shown = report(text, "--min-weight", "2")
    assert "lighter than --min-weight: 1 synapse (1 units of weight)" in shown


# --cells


def test_a_table_of_cells_gives_roles_transmitters_and_kinds() -> None:
    Path("my cells.tsv").write_text(
        "Name\tRole\tTransmitter\tKind\n"
        "S1\tsensory\tGABA\n"
        "A\tinterneuron\n"
        "B\tsensory+motor\tACh+5HT\tneuron\n"
        "M1\tmotor\t\tmuscle\n"
        "Z\tmotor\n"
    )
    found = model(PLAIN, "--cells", "my cells.tsv")
    assert sorted(found.plan.cells.name) == ["A", "B", "S1"]
    assert found.tables.sensory == ["B", "S1"]
    assert found.tables.motor == ["B"]
    assert found.tables.transmitter == {"ACh+5HT": ["B"], "GABA": ["S1"]}
    assert found.tables.options == {"cells": "my-cells.tsv"}

    shown = report(PLAIN, "--cells", "my cells.tsv")
    assert "roles from the table my-cells.tsv" in shown
    assert "left out  3 cells (1 muscle, 2 other), with 3 rows" in shown

    kept = model(PLAIN, "--cells", "my cells.tsv", "--keep", "all").tables
    assert kept.motor == ["B", "M1"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_table_of_cells_in_any_layout(delimiter: str, ends: str) -> None:
    rows = [["type", "cell"], ["Sensory", '"S 1"'], ["", ""], ["Motor/inter", "M"]]
    text = ends.join(delimiter.join(row) for row in rows)
    table = read_cells(text.encode("utf-8-sig"), "cells.csv")

    assert table.facts == {"S 1": CellFact(SENSORY), "M": CellFact(MOTOR | INTER)}
    assert (table.origin, table.given) == ("cells.csv", True)


@pytest.mark.parametrize(
    ("word", "bits"),
    [
        ("sensory", SENSORY),
        (" Sensory Neuron ", SENSORY),
        ("interneuron", INTER),
        ("NA", INTER),
        ("motor; sensory", SENSORY | MOTOR),
        ("sensory,inter/motor", SENSORY | INTER | MOTOR),
        ("", 0),
        ("unknown", 0),
        ("boss", None),
        ("sensory+boss", None),
    ],
)
def test_words_for_roles(word: str, bits: int | None) -> None:
    assert role_of(word) == bits


def test_a_given_table_is_used_however_few_it_knows() -> None:
    table = CellTable(
        {"S1": CellFact(SENSORY), "A": CellFact(MOTOR)}, "mine", given=True
    )
    found = selected(PLAIN + "".join(f"X{n},Y{n}\n" for n in range(99)), table=table)

    assert roles(found) == {"A": "motor", "S1": "sensory"}


def test_verify_reads_the_table_of_cells_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "elegansc.verification.verify.run", lambda *_: iter(())
    )  # it takes its time
    Path("lists").mkdir()
    Path("lists/cells.csv").write_text("name,role\nS1,sensory\nA,inter\nB,motor\n")
    Path("worm.csv").write_text(PLAIN)
    words = ("compile", "worm.csv", "-q", "--cells", "lists/cells.csv", "-o", "m.py")
    assert run(*words).exit_code == 0
    against = ("verify", "m.py", "--against", "worm.csv")

    assert run(*against, "--cells", "lists/cells.csv").exit_code == 0
    lost = run(*against)
    assert lost.exit_code == 1
    assert lost.stderr.startswith("cells.csv: no such file")
    Path("lists/cells.csv").write_text("name,role\nS1,sensory\nA,motor\nB,motor\n")
    assert run(*against, "--cells", "lists/cells.csv").exit_code == 1


# All of it


def test_every_synapse_of_the_selection_is_in_the_model() -> None:
    trace = Trace(until="selected", keep=frozenset(STAGES))
    compile_source("witvliet2021-1", trace=trace)
    _, _, after = whole("witvliet2021-1")
    done = run("compile", "witvliet2021-1", "-q")
    tables = read_model(done.stdout_bytes, "x.py").tables
    chemical = after.kind == CHEMICAL

    assert trace.stages.keys() == {"connectome", "selected"}
    count = sum(
        len(row) for t in (tables.chemical, tables.feedback) for row in t.values()
    )
    assert count == chemical.sum()
    assert (
        sum(
            weight
            for t in (tables.chemical, tables.feedback)
            for row in t.values()
            for weight in row.values()
        )
        == after.synapses.weight[chemical].sum()
    )
