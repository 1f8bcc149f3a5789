"""Signs of synapses: by none, by transmitter, by a table; in the model, found again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from support.command import run
from support.paths import SHARED

import elegansc
from elegansc.errors import InputError, UsageError
from elegansc.ir.sign_account import Signed
from elegansc.module.read import read_consistent
from elegansc.options import Options
from elegansc.passes.sign_synapses import sign_of
from elegansc.readers.signs import read_signs

EDGES = "pre,post,weight\nA1,B1,3\nB1,C1,2\nC1,A1,1\nA1,C1,4\nA1,D1,1\nD1,C1,1\n"
CELLS = "name,role,transmitter\nA1,sensory,GABA\nB1,inter,Glutamate\nC1,motor,\nD1,inter,Dopamine\n"
TABLE = "pre,post,sign\nA01,B1,+\nB1,C1,-\nC1,A1,complex\nA1,C1,0\nC1,B1,+\n"
SMALL = ("compile", "g.csv", "--cells", "cells.csv")
DIGEST = "e45c0bd1705ca31f"  # of cook2019, which tells no signs
WAYS: dict[str, dict[str, Any]] = {
    "acyclic": {},
    "delay": {"feedback": "delay"},
    "leaky": {"dynamics": "leaky"},
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a graph, its cells and signs, to work in."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("g.csv", EDGES), ("cells.csv", CELLS), ("signs.csv", TABLE)):
        Path(name).write_text(text)
    return tmp_path


def account(*words: str) -> tuple[dict[str, Any], str]:
    """(account of the pass in --json, text of the model) of a compile."""
    done = run(*SMALL, "-o", "m.py", "--force", "--json", *words)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)["passes"]["sign_synapses"]
    return found, Path("m.py").read_text()


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_table_signs_the_synapses(way: dict[str, Any], folder: Path) -> None:
    page = elegansc.compile("g.csv", cells="cells.csv", signs="signs.csv", **way).page
    assert read_consistent(page, "m.py").options.signs == "signs.csv"
    text = page.decode()
    assert (
        '    "B1": {"A1": 1},\n    "C1": {"B1": -1},\n}' in text.partition("SIGN: ")[2]
    )
    assert (
        "signs       1 positive, 1 negative, 4 free; from the table signs.csv" in text
    )


def test_what_is_free_is_counted_and_strangers_are_named(folder: Path) -> None:
    found, _ = account("--signs", "signs.csv")
    assert found == {
        "origin": "signs.csv",
        "positive": 1,
        "negative": 1,
        "free": {"0": 1, "absent": 2, "complex": 1},
        "senders": 2,
        "both": 0,
        "strangers": ["C1 -> B1"],
    }
    told = run(*SMALL, "--signs", "signs.csv", "-o", "n.py").stderr
    assert "signs     1 positive, 1 negative, from the table signs.csv\n" in told
    assert "          without a sign: 0 1, absent 2, complex 1\n" in told
    assert "1 pair of the table is no synapse: C1 -> B1\n" in told


def test_by_transmitter_is_a_guess_and_said(folder: Path) -> None:
    found, text = account("--signs", "transmitter")
    assert (found["positive"], found["negative"]) == (1, 3)
    assert found["free"] == {"Dopamine": 1, "unknown": 1}
    assert "signs       1 positive, 3 negative, 2 free; a guess by the sender's" in text
    assert '"B1": {"A1": -1},' in text


@pytest.mark.parametrize(
    ("word", "sign"),
    [
        ("GABA", -1),
        ("ACh", 1),
        ("Glutamatergic", 1),
        ("Acetylcholine+Serotonin", 1),
        ("Acetylcholine+Glutamate", 1),
        ("Acetylcholine+GABA", 0),
        ("*GABA", 0),
        ("Dopamine", 0),
        ("", 0),
    ],
)
def test_the_sign_of_a_transmitter(word: str, sign: int) -> None:
    assert sign_of(word) == (sign, word or "unknown")


def test_signs_of_the_source_are_dropped_and_said(folder: Path) -> None:
    Path("g.csv").write_text(EDGES.replace("A1,B1,3", "A1,B1,-3"))
    found, text = account("--signs", "none")
    assert found["dropped"] == 6 and "SIGN" not in text.partition("import torch")[2]
    assert "signs       none: those of the source are not used" in text
    told = run(*SMALL, "--signs", "none", "-o", "n.py").stderr
    assert "6 signs of the source not used\n" in told
    kept = elegansc.compile("g.csv", cells="cells.csv").page.decode()
    assert '"B1": {"A1": -1},' in kept and "    signs " not in kept


def test_the_default_leaves_the_graph_as_it_is() -> None:
    page = elegansc.compile("cook2019", dynamics="leaky").page.decode()
    signed = elegansc.compile("cook2019", dynamics="leaky", signs="none").page.decode()
    assert f"source=cook2019:{DIGEST}" in page and f"cook2019:{DIGEST}" in signed


def test_emit_circuit_shows_the_signs(folder: Path) -> None:
    told = run("compile", "g.csv", "--signs", "signs.csv", "--emit", "circuit").stdout
    assert "A1 -> B1 +3" in told and "B1 -> C1 -2" in told and "A1 -> C1 4" in told


def test_a_table_is_found_again_beside_the_model(folder: Path) -> None:
    _, text = account("--signs", "./signs.csv", "--dynamics", "leaky")
    assert "--signs signs.csv" in text and run("status", "m.py").exit_code == 0
    assert run("verify", "m.py", "--against", "g.csv").exit_code == 0
    told = run(
        "diff", "m.py", "g.csv", "--cells", "cells.csv", "--signs", "none"
    ).stdout
    assert "signs      only m.py tells what excites and what inhibits" in told
    Path("signs.csv").write_text(TABLE.replace("B1,C1,-", "B1,C1,+"))
    assert run("status", "m.py").exit_code == 1
    assert run("update", "m.py").exit_code == 0 and run("status", "m.py").exit_code == 0
    assert '"C1": {"B1": 1},' in Path("m.py").read_text()
    Path("signs.csv").unlink()
    told = run("status", "m.py")
    assert "not found beside it or above: signs.csv" in told.stdout


@pytest.mark.parametrize(
    ("table", "seen"),
    [
        ("pre,post,sign\nA1,B1,maybe\n", "s.csv:2: maybe is no sign"),
        ("pre,post,sign\nA1,B1,\n", 's.csv:2: "" is no sign'),
        ("pre,post,sign\nA1,B1,+\nA1,B1,-\n", "s.csv:3: A1 -> B1 is - here, + above"),
        ("pre,post,sign\nA1,B1,+\nA1,B1,complex\n", "s.csv:3: A1 -> B1 is complex"),
        ("pre,post,sign\nA1,B1\n", "s.csv:2: a row of 2, the sign is in column 3"),
        ("pre,post,sign\nA1,,+\n", "s.csv:2: a sign without both cells"),
        ("pre,post,weight\nA1,B1,3\n", "no columns pre, post, sign"),
        ("pre,post,sign\n", "no sign in it"),
        ("", "s.csv"),
    ],
)
def test_a_bad_table(table: str, seen: str, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(table)
    with pytest.raises(InputError) as raised:
        read_signs(str(path))
    assert seen in str(raised.value).replace(str(tmp_path) + "/", "")


def test_two_spellings_of_a_name_may_not_differ(folder: Path) -> None:
    Path("signs.csv").write_text("pre,post,sign\nA1,B1,+\nA01,B1,-\n")
    done = run("compile", "g.csv", "--signs", "signs.csv", "-o", "m.py")
    assert (
        done.exit_code == 1
        and "signs.csv:3: A01 -> B1 is - here, + above" in done.stderr
    )


def test_spellings_and_repeated_rows(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    rows = [
        "A,B,1",
        "A,C,-1",
        "A,D,Excitatory",
        "B,A,inhibitory",
        "B,C,no pred",
        "A,B,+",
    ]
    path.write_text("\n".join(rows), "utf-8")
    told = {pair: word for pair, (word, _) in read_signs(str(path)).told.items()}
    assert told == {
        ("A", "B"): "+",
        ("A", "C"): "-",
        ("A", "D"): "+",
        ("B", "A"): "-",
        ("B", "C"): "no prediction",
    }


@pytest.mark.parametrize(
    ("options", "seen"),
    [
        ({"signs": "receptor"}, "Fenyves 2020 are not bundled; give their table"),
        ({"signs": "a/none"}, "a model would name it none; rename the file"),
        ({"signs": ""}, "file, none, transmitter, or a table"),
        (
            {"signs": "none", "lowering": "published", "unit": "linear", "features": 2},
            "does not go with --signs; its neurons multiply",
        ),
    ],
)
def test_options_that_are_refused(options: dict[str, Any], seen: str) -> None:
    with pytest.raises(UsageError, match=seen):
        Options(**options)


@pytest.mark.shared
def test_the_predictions_of_fenyves(tmp_path: Path) -> None:
    table = SHARED / "activity" / "fenyves2020_signs.csv"
    if not table.exists():
        pytest.skip("no table of predictions")
    shutil.copy(table, tmp_path)
    artifact = elegansc.compile("cook2019", dynamics="leaky", signs=table)
    found = artifact.history.sign_synapses
    assert isinstance(found, Signed)
    assert (found.positive, found.negative) == (1_296, 409)
    assert found.free == {"absent": 193, "complex": 436, "no prediction": 1_375}
    assert (found.senders, found.both) == (241, 94)
