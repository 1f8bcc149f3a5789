"""Cells and roles: who is taken, as what, and that nobody is left out in silence."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from support.command import run
from support.workbooks import Cell, xlsx
from support.worms import worms

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
from elegansc.readers.cells import cell_table, read_cells
from elegansc.readers.parse import parse
from elegansc.readers.roles import role_of

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

    assert "; --verbose names them" in short.stderr
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
    assert "warning   EC401 no table of these cells: roles by structure" in shown
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


def test_the_bundled_table_is_used_where_more_than_half_are_known() -> None:
    known = "pre,post\nALML,AVAL\nAVAL,VA1\n"
    few = known + "".join(f"X{n},X{n + 1}\n" for n in range(1))
    many = known + "".join(f"X{n},X{n + 1}\n" for n in range(2))

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
        "elegansc.verification.verify.run", lambda *_, **__: iter(())
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


# Names that are nearly known, cells that are left out, tables of other animals


def test_roles_that_were_asked_for_are_no_guess() -> None:
    told = {
        (
            "--inputs",
            "S1,S2",
            "--outputs",
            "M1",
        ): "roles as told by --inputs, --outputs",
        ("--roles-table", "structure"): "roles as told by --roles-table structure",
    }
    for words, line in told.items():
        shown = report(PLAIN, *words)
        assert line in shown and "EC401" not in shown
    assert "roles by structure" in report(PLAIN, "--inputs", "S1,S2")


@pytest.mark.parametrize(
    "text",
    [
        "pre,post,weight\nDA1,VA1,3\nVA1,DA2,2\n",  # glomeruli of a fly
        "pre,post,weight\nORN,DA1,3\nDA1,VA1,3\nVA1,DA2,2\nDA2,LH,1\n",
        "pre,post,weight\nV1,S1,3\nS1,M1,2\nM1,PPC,1\n",  # areas of a mouse
        "pre,post,weight\nEVIL,S1,3\nS1,M1,2\n",
        "pre,post,weight\nAVAL,X1,3\nX1,X2,2\n",  # one of three
    ],
)
def test_another_animal_does_not_get_the_worms_roles(text: str) -> None:
    assert "roles by structure" in report(text)
    assert selected(text).history.data()["select_cells"]["left_out"]["cells"] == 0


@pytest.mark.parametrize(
    "text",
    [
        "pre,post,weight\nASEL,AVAL,3\nAVAL,DA1,2\n",
        "pre,post,weight\nDA01,DB01,3\nDB01,VD1,2\n",  # only worms are padded
        "pre,post,weight\nASEL,AVAL,3\nAVAL,VA01,2\nVA01,MVL01,2\n",
        "pre,post,weight\nASEL,AVAL,3\nAVAL,DA1,2\nAVAL,X,1\n",
        "pre,post,weight\nASEL,AVAL,3\n"
        + "".join(f"AVAL,MDL{n},1\n" for n in range(25, 90)),
    ],
)
def test_a_worm_is_known_by_most_of_its_neurons(text: str) -> None:
    account = selected(text).history.data()["select_cells"]
    assert account["roles"] == "cook2019"


NEARLY = "pre,post,weight\nASEL,AVAL,3\nAVAL,AIYL,2\nAIYL,DA1,2\nAIYL,RIAL,1\n"


@pytest.mark.parametrize(
    "name, known",
    [
        ("AVAl", "AVAL"),
        ("aval", "AVAL"),
        ("ASE L", "ASEL"),
        (" AVA  R", "AVAR"),
        ("AVA_L", "AVAL"),
        ("AVA-L", "AVAL"),
        ("va01", "VA1"),
        ("VA 1", "VA1"),
        ("VA_01", "VA1"),
    ],
)
def test_a_name_nearly_known_is_warned_with_the_nearest(name: str, known: str) -> None:
    text = f"{NEARLY}AVAL,{name},3\n"
    shown = name.strip() if " " not in name.strip() else f'"{name.strip()}"'
    names = f"as the table cook2019 writes their names another way: {shown} ({known})"
    assert f"warning   EC201 left out, {names}\n" in report(text)
    assert f"warning   EC201 without a role, {names}\n" in report(text, "--keep", "all")
    assert "1 of them not in the table cook2019: " + shown in report(text)


def test_the_nearest_is_of_the_users_own_table_too() -> None:
    Path("cells.csv").write_text("name,role\nIn 1,sensory\nMid,inter\nOut,motor\n")
    text = "pre,post\nIn 1,Mid\nIn1,Mid\nMid,Out\nmid,Out\n"
    told = report(text, "--cells", "cells.csv")
    assert 'another way: In1 ("In 1"), mid (Mid)\n' in told


def test_a_worm_in_other_letters_is_told_so() -> None:
    text = "pre,post\nasel,aval\naval,aiyl\naiyl,da1\n"
    told = report(text)
    assert "roles by structure" in told
    assert "nearly names of C. elegans, and not taken for them: aiyl (AIYL)" in told
    assert "nearly" not in report("pre,post\nda1,va1\nva1,m1x\n")


@pytest.mark.parametrize("name", worms(["cook2019", "witvliet2021-1", "white1986"]))
def test_no_bundled_name_is_nearly_another(name: str) -> None:
    account, _, _ = whole(name)
    assert account["roles"] == "cook2019"
    assert "near" not in account and "unknown" not in account


def test_who_was_left_out_is_said_when_the_compile_fails() -> None:
    Path("worm.csv").write_text(
        "pre,post,weight\nASEL,X1,3\nX1,AVAL,2\nAVAR,RIAL,2\nRIAL,DA1,1\nAIYL,RIAL,1\n"
    )
    left = (
        "left out 1 cell that the table cook2019 does not know: X1; "
        "--keep all, --cells FILE or --roles-table structure keeps them"
    )
    done = run("compile", "worm.csv", "-o", "m.py")
    assert done.exit_code == 1 and not Path("m.py").exists()
    assert (
        "no path leads from any of 1 sensory neurons to any of 1 motor" in done.stderr
    )
    assert left in done.stderr
    words = ("--lowering", "published", "--unit", "linear", "--features", "2")
    assert left in run("compile", "worm.csv", *words).stderr
    assert left in run("compile", "worm.csv", "--only", "X1").stderr
    assert run("compile", "worm.csv", "--roles-table", "structure").exit_code == 0


@pytest.mark.parametrize(
    "words, told",
    [
        (("--inputs", "X1"), "--inputs X1: X1 of the file was left out; the table cook2019 does not know it: --keep all"),
        (("--outputs", "MVL01"), "--outputs MVL01: MVL01 of the file was left out; it is no neuron: --keep all keeps it"),
        (("--inputs", "AIYL", "--without", "AIYL"), "AIYL of the file was left out; --only or --without says so"),
        (("--inputs", "VA01"), "--inputs VA01: the file's VA01 is VA1 here"),
        (("--inputs", "avaL"), "--inputs avaL: no cell has such a name; did you mean AVAL?"),
        (("--inputs", "ZZ*"), '--inputs "ZZ*": no cell has such a name\n'),
        (("--only", "aval"), "--only aval: no cell has such a name; did you mean AVAL?"),
    ],
)  # fmt: skip
def test_a_pattern_that_matches_no_cell_is_told_why(
    words: tuple[str, ...], told: str
) -> None:
    Path("worm.csv").write_text(
        "pre,post,weight\nASEL,AVAL,3\nAVAL,VA01,2\nVA01,MVL01,2\nAIYL,AVAL,1\nX1,AVAL,1\n"
    )
    done = run("compile", "worm.csv", *words)
    assert done.exit_code == 2 and told in done.stderr, done.stderr


# No path: because of the order, of the roles, of what was left out

CUT = (
    "pre,post,kind,weight\nA,B,chemical,3\nB,C,chemical,2\nC,A,chemical,1\nB,D,electrical,1\n"
    "D,C,chemical,2\nA,E,chemical,1\nE,F,chemical,1\nF,E,chemical,2\nF,G,electrical,2\n"
    "H,A,chemical,1\nB,B,chemical,2\nC,B,chemical,4\n"
)


def refusal(text: str, *words: str) -> str:
    """What the command line says of a text that it refuses."""
    Path("worm.csv").write_text(text)
    done = run("compile", "worm.csv", *words)
    assert done.exit_code == 1, done.stderr
    return done.stderr


def test_an_order_that_cuts_every_path_is_named_as_the_reason() -> None:
    ends = ("--inputs", "A", "--outputs", "C", "--max-levels", "2")
    told = refusal(CUT, *ends, "--no-keep-alive")
    assert "1 motor neurons: the order cuts every path of the graph\n" in told
    assert "allow more than --max-levels 2\n  leave out --no-keep-alive\n" in told
    assert "say which they are" not in told and "--protect 'PRE>POST'" in told


def test_roles_and_weights_that_leave_no_path_are_named() -> None:
    told = refusal("pre,post,weight\nA,B,3\nC,D,2\n", "--inputs", "A", "--outputs", "D")
    assert "1 motor neurons, whatever the order\n  say which they are" in told
    ends = ("--inputs", "A", "--outputs", "C", "--min-weight", "2")
    told = refusal("pre,post,weight\nA,B,3\nB,C,1\nC,D,2\n", *ends)
    assert "--min-weight left out 1 pair\n" in told
    told = refusal("pre,post\nAVAL,RIAL\nRIAL,AVAR\n")
    assert "roles are from the table cook2019; say which they are" in told


def test_a_table_of_cells_comes_in_any_container() -> None:
    rows: list[list[Cell]] = [
        ["root_id", "super_class", "nt_type"],
        ["720575940600000001", "sensory", "ACH"],
        ["720575940600000002", "central", "GABA"],
        ["720575940600000003", "motor", "ACH"],
    ]
    text = "\n".join(",".join(str(cell) for cell in row) for row in rows).encode()
    for data in (text, gzip.compress(text), xlsx({"classification": rows})):
        found = read_cells(data, "classification")
        assert [fact.role for fact in found.facts.values()] == [SENSORY, INTER, MOTOR]
        assert "720575940600000001" in found.facts
