"""diff: what changed, by name, whatever the two sides are made of."""

from __future__ import annotations

import csv
import json
import random
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.command import EDGES, contents, edited, run, spawn
from support.hostile_names import ACCEPTED
from support.paths import BUNDLED

from elegansc.catalog import class_of
from elegansc.comparison import json_report, markdown
from elegansc.comparison import text as changes_text
from elegansc.comparison.changes import Changes, compare
from elegansc.comparison.version import Pair, Version, read_versions
from elegansc.options import Options
from elegansc.readers.reader import Layout
from elegansc.transplantation.account import compared
from elegansc.transplantation.carry import side as transplant_side

DATA = BUNDLED
FAST = Options(keep="all", cycles="ratio", keep_alive=False)
QUICK = ("--cycles", "ratio", "--no-keep-alive")
FIRST, LAST = "witvliet2021-1", "witvliet2021-8"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with `old.csv` and `new.csv` in it."""
    monkeypatch.chdir(tmp_path)
    write("old.csv", EDGES)
    write("new.csv", "pre,post,weight\nS,I,2\nI,M,5\nS,M,1\n")
    return tmp_path


def write(path: str, text: str) -> str:
    """A file, and its path."""
    Path(path).write_text(text, encoding="utf-8")
    return path


def rows(path: str, found: Iterable[tuple[Any, ...]]) -> str:
    """A connectome file of (pre, post, weight[, kind])."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
        writer.writerow(["pre", "post", "weight", "kind"])
        writer.writerows([*row, "chemical"][:4] for row in found)
    return path


def told(*words: str) -> dict[str, Any]:
    """`elegansc diff WORDS --json`, read."""
    done = run("diff", *words, "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


# Against the files themselves


def counted(table: Mapping[str, Any]) -> tuple[int, ...]:
    """How many pairs were added, lost, changed, and are as they were."""
    return (
        *(len(table[word]) for word in ("added", "lost", "changed")),
        table["unchanged"],
    )


def test_the_first_larva_and_the_adult() -> None:
    found = told(FIRST, LAST, "--keep", "all")

    assert (found["old"]["neurons"], found["new"]["neurons"]) == (187, 219)
    assert (len(found["neurons"]["added"]), len(found["neurons"]["lost"])) == (35, 3)
    assert counted(found["chemical"]) == (1552, 141, 531, 103)
    text = run("diff", FIRST, LAST, "--keep", "all", "--summary").stdout.splitlines()
    assert text[:3] == [
        f"{FIRST} -> {LAST}",
        "neurons    187 -> 219: 184 shared, +35 -3",
        "chemical   775 -> 2,186: +1,552 -141 ~531, 103 unchanged; 1,296 -> 7,970 synapses",
    ]


Weights = dict[Pair, float]


def read(name: str) -> tuple[set[str], Weights, Weights]:
    """Cells, chemical pairs and junctions of a bundled file, by pandas alone."""
    frame = pd.read_csv(DATA / f"{name}.csv", keep_default_na=False)
    frame = frame[frame.weight != 0]
    chemical = frame[frame.kind == "chemical"].groupby(["pre", "post"]).weight.sum()
    ends = frame[(frame.kind == "electrical") & (frame.pre != frame.post)]
    way = ends.groupby(["pre", "post"]).weight.sum().reset_index()
    way["left"] = way[["pre", "post"]].min(axis=1)
    way["right"] = way[["pre", "post"]].max(axis=1)
    junctions = way.groupby(["left", "right"]).weight.max()
    cells = {*frame.pre, *frame.post}
    return cells, dict(chemical.items()), dict(junctions.items())  # type: ignore[arg-type]


def expected(old: Weights, new: Weights) -> dict[str, Any]:
    """The table of a pair of weights."""
    both = sorted(set(old) & set(new))
    return {
        "added": [[*pair, new[pair]] for pair in sorted(set(new) - set(old))],
        "lost": [[*pair, old[pair]] for pair in sorted(set(old) - set(new))],
        "changed": [[*p, old[p], new[p]] for p in both if old[p] != new[p]],
        "unchanged": sum(old[pair] == new[pair] for pair in both),
        "hidden": 0,
    }


@pytest.mark.parametrize(
    "old, new",
    [
        (FIRST, LAST),
        ("witvliet2021-4", "witvliet2021-3"),
        ("witvliet2021-7", "white1986"),
        ("varshney2011", "cook2019"),
        ("cook2019", "cook2019-male"),
    ],
)
def test_pandas_finds_the_same(old: str, new: str) -> None:
    found = json_report.as_json(compare(*read_versions(old, new, FAST, Layout())))
    before, after = read(old), read(new)
    renamed = [name for pair in found["neurons"]["renamed"] for name in pair]

    assert renamed == []
    assert found["neurons"]["added"] == sorted(after[0] - before[0])
    assert found["neurons"]["lost"] == sorted(before[0] - after[0])
    assert found["chemical"] == expected(before[1], after[1])
    assert found["junctions"] == expected(before[2], after[2])


# Whatever the sides are made of


def test_files_bundled_names_and_models_in_any_mix(folder: Path) -> None:
    sides: list[list[str]] = []
    for name in (FIRST, "witvliet2021-2"):
        Path(f"{name}.csv").write_bytes((DATA / f"{name}.csv").read_bytes())
        words = ("compile", name, *QUICK, "-q", "-o", f"{name}.py")
        assert run(*words).exit_code == 0
        sides.append([name, f"{name}.csv", f"{name}.py"])
    found = []
    for old, new in product(*sides):
        report = told(old, new, *QUICK)
        for word in ("old", "new"):
            assert report[word].pop("label").startswith("witvliet2021-")
        assert report.pop("unit") in ("synapses", "units of weight")
        found.append(report)

    assert found[0]["chemical"]["added"]
    assert all(report == found[0] for report in found)


def test_a_model_and_its_own_source_are_the_same(folder: Path) -> None:
    words = ("--roles", "prefer", "--keep", "all", "--feedback", "delay")
    assert run("compile", FIRST, *words, "-q", "-o", "model.py").exit_code == 0
    for old, new in (("model.py", FIRST), (FIRST, "model.py"), ("model.py",) * 2):
        done = run("diff", old, new, "--exit-code")
        assert done.exit_code == 0
        assert done.stdout.endswith("\nno difference\n")
        assert "+0 -0" in done.stdout and "levels, 0 of" in done.stdout


def test_a_model_made_to_stick_to_another_and_its_source(folder: Path) -> None:
    rows("a.csv", [("S", "A", 1), ("A", "B", 2), ("B", "A", 2), ("B", "M", 1)])
    assert run("compile", "a.csv", "-q", "-o", "a.py").exit_code == 0
    like = ("--like", "a.py", "--stick", "0.5")
    assert run("compile", "a.csv", *like, "-q", "-o", "b.py").exit_code == 0

    assert run("diff", "b.py", "a.csv", "--exit-code").exit_code == 0


def test_shuffled_rows_give_the_same_text(folder: Path) -> None:
    head, *body = (DATA / f"{LAST}.csv").read_text().splitlines()
    random.Random(7).shuffle(body)
    texts = []
    for place, lines in (("a", [head, *body]), ("b", [head, *reversed(body)])):
        Path(place).mkdir()
        write(f"{place}/worm.csv", "\n".join(lines) + "\n")
        words = ("diff", FIRST, f"{place}/worm.csv", *QUICK, "--verbose")
        texts.append(run(*words).stdout)

    assert texts[0] == texts[1]
    assert len(texts[0].splitlines()) > 2000
    same = run("diff", "a/worm.csv", "b/worm.csv", *QUICK, "--exit-code")
    assert same.exit_code == 0


def test_each_side_is_read_once_so_that_it_may_be_a_pipe(folder: Path) -> None:
    done = run("diff", "-", "new.csv", "--summary", stdin=EDGES)

    assert done.exit_code == 0
    assert done.stdout.startswith("stdin -> new.csv\nneurons    3 -> 3")
    model = run("compile", "old.csv", "-q").stdout
    done = run("diff", "new.csv", "-", stdin=model)
    assert "chemical   3 -> 2" in done.stdout


def test_a_model_that_a_hand_changed_is_said_to_be(folder: Path) -> None:
    assert run("compile", "old.csv", "-q", "-o", "old.py").exit_code == 0
    data = Path("old.py").read_bytes()
    Path("bad.py").write_bytes(
        edited(data, b"state = torch.tanh(", b"state = torch.relu(")
    )
    done = run("diff", "bad.py", "old.csv")

    seen = (
        "model      bad.py was edited by hand: its tables are compared, its text is not"
    )
    assert seen in done.stdout.splitlines()
    assert told("bad.py", "old.csv")["old"]["edited"]
    assert not told("old.py", "old.csv")["old"]["edited"]


# Neurons: names and roles


@pytest.mark.parametrize(
    "old, new, same",
    [
        ("VA01", "VA1", True),
        ("N007", "N7", True),
        ("aval", "AVAL", True),
        ("AVA L", "AVA_L", True),
        ("bwm-dl01", "BWMDL1", True),
        ("VA10", "VA1", False),
        ("VA1", "VB1", False),
        ("N0", "N", False),
        ("N00", "N0", True),
        ("A.1.10", "A1_10", True),
        ("A1.10", "A11.0", False),
        ("A1-0", "A10", False),
        ("\u00c9", "\u00e9", True),
    ],
)
def test_names_written_another_way(
    folder: Path, old: str, new: str, same: bool
) -> None:
    graph = [("S", "{}", 2), ("{}", "M", 3), ("{}", "M", 1, "electrical")]
    graph += [(f"cell {n}", "M", 1) for n in range(9)]  # or they were taken for worms
    for path, name in (("a.csv", old), ("b.csv", new)):
        rows(path, [(u.format(name), v.format(name), *w) for u, v, *w in graph])
    found = told("a.csv", "b.csv")

    assert found["neurons"]["renamed"] == ([[old, new]] if same else [])
    assert found["neurons"]["added"] == ([] if same else [new])
    assert counted(found["chemical"]) == ((0, 0, 0, 11) if same else (2, 2, 0, 9))
    assert counted(found["junctions"]) == ((0, 0, 0, 1) if same else (1, 1, 0, 0))
    assert found["differs"]
    if same:
        assert ", 1 name written another way" in run("diff", "a.csv", "b.csv").stdout


def test_two_that_could_be_one_are_not_taken_for_it(folder: Path) -> None:
    rows("a.csv", [("S", "x1", 1), ("x1", "M", 1)])
    rows("b.csv", [("S", "X1", 1), ("S", "x01", 1), ("X1", "M", 1), ("x01", "M", 1)])
    found = told("a.csv", "b.csv")["neurons"]

    assert found == {"added": ["X1", "x01"], "lost": ["x1"], "renamed": [], "roles": []}


def test_a_renamed_neuron_keeps_its_place_in_the_model(folder: Path) -> None:
    for path, name in (("a.csv", "I01"), ("b.csv", "I1")):
        rows(path, [("S", name, 2), (name, "J", 3), ("J", name, 1), ("J", "M", 1)])
    found = told("a.csv", "b.csv")

    assert (found["model"]["moved"], found["model"]["shared"]) == (0, 4)
    assert found["model"]["parameters"] == {
        "kept": 4,
        "new": 3,
        "lost": 3,  # as a transplant has it
        "apart": [],
    }


def test_roles_that_changed(folder: Path) -> None:
    write("a.txt", "name,role\nS,sensory\nI,inter\nM,motor\n")
    write("b.txt", "name,role\nS,sensory\nI,sensory+motor\nM,motor\n")
    words = ("compile", "old.csv", "--cells", "a.txt", "-q", "-o", "a.py")
    assert run(*words).exit_code == 0
    found = told("a.py", "old.csv", "--cells", "b.txt")

    assert found["neurons"]["roles"] == [["I", "inter", "both"]]
    assert found["differs"]
    text = run("diff", "a.py", "old.csv", "--cells", "b.txt").stdout
    assert "3 shared, +0 -0, 1 role changed" in text
    assert "roles changed: 1\n  ~ I: inter -> both\n" in text


# What is shown


def test_a_threshold_hides_and_counts(folder: Path) -> None:
    rows("a.csv", [("S", "I", 5), ("I", "M", 9), ("S", "M", 1), ("M", "S", 2)])
    rows("b.csv", [("S", "I", 6), ("I", "M", 4), ("I", "S", 3), ("M", "I", 2)])
    found = told("a.csv", "b.csv", "--threshold", "2.5")

    assert found["chemical"] == {
        "added": [["I", "S", 3.0]],
        "lost": [],
        "changed": [["I", "M", 9.0, 4.0]],
        "unchanged": 0,
        "hidden": 4,
    }
    assert found["threshold"] == 2.5
    assert ", 4 below 2.5 not shown; 17 -> 15" in run(
        "diff", "a.csv", "b.csv", "--threshold", "2.5", "--summary"
    ).stdout.replace("units of weight", "")
    assert counted(told("a.csv", "b.csv")["chemical"]) == (2, 2, 2, 0)
    edge = told("a.csv", "b.csv", "--threshold", "3")["chemical"]
    assert edge["added"] == [["I", "S", 3.0]]  # what weighs just as much is shown


def test_changes_that_are_hidden_are_no_difference(folder: Path) -> None:
    rows("a.csv", [("S", "I", 5), ("I", "M", 9)])
    rows("b.csv", [("S", "I", 6), ("I", "M", 8)])
    words = ("diff", "a.csv", "b.csv", "--exit-code")

    assert run(*words).exit_code == 1
    assert run(*words, "--threshold", "2").exit_code == 0


def test_fold_joins_left_and_right(folder: Path) -> None:
    rows("a.csv", [("S", "M", 1)])
    found = [
        ("S", "M", 1),
        ("PL", "QR", 1),
        ("PR", "QL", 1),
        ("PL", "M", 1),
        ("L", "M", 1),
    ]
    rows("b.csv", found)

    assert told("a.csv", "b.csv", "--fold")["by_class"] == [
        ["P", "Q", 2, 0, 0],
        ["L", "M", 1, 0, 0],
        ["P", "M", 1, 0, 0],
    ]
    assert [row[:2] for row in told("a.csv", "b.csv")["by_class"]] == [
        ["L", "M"],
        ["PL", "M"],
        ["PL", "QR"],
        ["PR", "QL"],
    ]


def test_fold_knows_the_classes_of_the_worm() -> None:
    assert class_of("ALMR", True) == "ALM"
    assert class_of("ALMR", False) == "ALMR"
    assert class_of("VA12", True) == "VA"
    assert class_of("VA12", False) == "VA"
    assert class_of("AVL", True) == "AVL"  # a class of its own, on no side


def test_groups_add_up_to_the_changes() -> None:
    found = compare(*read_versions(FIRST, LAST, FAST, Layout()), fold=True)
    for kind in ("chemical", "junctions"):
        table, groups = getattr(found, kind), found.groups[kind]
        total = (len(table.added), len(table.lost), len(table.changed))
        for group in (groups.by_role, groups.by_class):
            assert tuple(map(sum, zip(*group.values(), strict=True))) == total


def test_a_group_of_junctions_has_no_direction() -> None:
    found = compare(*read_versions(FIRST, LAST, FAST, Layout()), fold=True)
    for group in (
        found.groups["junctions"].by_role,
        found.groups["junctions"].by_class,
    ):
        assert group and all(u <= v for u, v in group)


def test_a_dozen_of_each_unless_all_are_asked_for(folder: Path) -> None:
    rows(
        "b.csv",
        [("S", "I", 2), ("I", "M", 3), *((f"n{i:02}", "M", i + 1) for i in range(30))],
    )
    short = run("diff", "old.csv", "b.csv").stdout
    full = run("diff", "old.csv", "b.csv", "--verbose").stdout

    assert "neurons added: 30\n" in short and "    and 18 more (--verbose)\n" in short
    assert "  + n29 -> M  30\n  + n28 -> M  29\n" in short  # the heaviest first
    assert "n05" not in short.split("chemical synapses added")[1].split("\n\n")[0]
    assert "(--verbose)" not in full and "  + n05 -> M  6\n" in full


def test_colour_is_asked_for(folder: Path) -> None:
    assert "\x1b[" not in run("diff", "old.csv", "new.csv").stdout
    shown = run("diff", "old.csv", "new.csv", "--color").stdout
    assert "\x1b[32m  + S -> M  1\x1b[0m" in shown
    assert re.sub(r"\x1b\[\d+m", "", shown) == run("diff", "old.csv", "new.csv").stdout


# JSON


def kinds(found: Any) -> Any:
    """The types of plain data; of a list of lists, those of its first item."""
    if isinstance(found, dict):
        return {key: kinds(value) for key, value in found.items()}
    if isinstance(found, list):
        rows = found[:1] if found and isinstance(found[0], list) else found
        return [kinds(item) for item in rows]
    return type(found).__name__


def test_the_schema_of_json(folder: Path) -> None:
    rows(
        "a.csv",
        [
            ("S", "I", 2),
            ("I", "M", 3),
            ("S", "M", 1),
            ("x", "M", 1),
            ("y1", "M", 1),
            ("S", "I", 1, "electrical"),
        ],
    )
    rows(
        "b.csv",
        [
            ("S", "I", 4),
            ("I", "M", 3),
            ("S", "Y1", 1),
            ("z", "M", 1),
            ("Y1", "M", 1),
            ("S", "I", 2, "electrical"),
        ],
    )
    found = told("a.csv", "b.csv")
    side = {"label": "str", "neurons": "int", "edited": "bool", "why": "str"}
    pair, changed = [["str", "str", "float"]], [["str", "str", "float", "float"]]
    group = [["str", "str", "int", "int", "int"]]

    assert found["schema"] == 1
    assert kinds(found) == {
        "schema": "int",
        "command": "str",
        "differs": "bool",
        "old": side,
        "new": side,
        "unit": "str",
        "threshold": "float",
        "neurons": {
            "added": ["str"],
            "lost": ["str"],
            "renamed": [["str"] * 2],
            "roles": [["str"] * 3],
        },
        "chemical": {
            "added": pair,
            "lost": pair,
            "changed": changed,
            "unchanged": "int",
            "hidden": "int",
        },
        "junctions": {
            "added": [],
            "lost": [],
            "changed": changed,
            "unchanged": "int",
            "hidden": "int",
        },
        "signs": {"turned": [], "hidden": "int", "told": ["bool", "bool"]},
        "by_role": group,
        "by_class": group,
        "junctions_by_role": group,
        "junctions_by_class": group,
        "model": {
            "depth": ["int", "int"],
            "moved": "int",
            "shared": "int",
            "turned": [],
            "coupled": [],
            "fell": [],
            "rose": [],
            "parameters": {"kept": "int", "new": "int", "lost": "int", "apart": []},
        },
    }


def test_a_side_without_a_model_says_why(folder: Path) -> None:
    rows("a.csv", [("A", "B", 1), ("B", "A", 1)])
    found = told("a.csv", "new.csv")

    assert found["model"] is None
    assert found["old"]["why"].startswith("no path leads from any of 0 sensory")
    assert found["new"]["why"] == ""
    text = run("diff", "a.csv", "new.csv").stdout
    assert "\nmodel      none of a.csv: no path leads from any" in text


# Markdown


def test_markdown(folder: Path) -> None:
    lines = run("diff", "old.csv", "new.csv", "--markdown").stdout.splitlines()

    assert lines[:5] == [
        "**old.csv -> new.csv**",
        "",
        "| | |",
        "|---|---|",
        "| neurons | 3 -> 3: 3 shared, +0 -0 |",
    ]
    seen = "2 -> 3: +1 -0 ~1, 1 unchanged; 5 -> 8 units of weight"
    assert lines[5] == f"| chemical | {seen} |"
    assert lines[-1] == "</details>"
    assert "+ S -> M  1" in lines and "! I -> M  3 -> 5  +67 %" in lines
    same = run("diff", "old.csv", "old.csv", "--markdown").stdout
    assert "<details>" not in same


def test_markdown_says_one_change_once(folder: Path) -> None:
    """The tables by role and class stay where they count more than one change."""
    lines = run("diff", "old.csv", "new.csv", "--markdown").stdout.splitlines()
    assert sum("I -> M" in line or "inter -> motor" in line for line in lines) == 1
    assert sum("by role" in line or "by class" in line for line in lines) == 0

    many = "pre,post,weight\n" + "".join(f"S,I{n},1\nI{n},M,1\n" for n in range(3))
    write("many.csv", many)
    lines = run("diff", "old.csv", "many.csv", "--markdown").stdout.splitlines()
    assert "    sensory -> inter  +3 -1 ~0" in lines
    assert not any("by class" in line for line in lines)


NAMES = [name for group in ACCEPTED.values() for name in group if len(name) < 3000]
TICKS = ["`", "```", "`````", "a``````b", "~~~", "</details>", "<!--"]


def test_markdown_holds_whatever_names_there_are(folder: Path) -> None:
    names = sorted(
        {name.strip() or "x" for name in [*NAMES, *TICKS]} - {"\ufeff", *"SIM"}
    )
    rows("a.csv", [("S", "I", 2), ("I", "M", 3)])
    rows("b.csv", [("S", "I", 2), ("I", "M", 3), *((name, "M", 1) for name in names)])
    done = run("diff", "a.csv", "b.csv", "--markdown", "--verbose")
    assert done.exit_code == 0
    lines = done.stdout.split("\n")
    fence = next(line for line in lines if line.startswith("```"))
    ticks = fence.removesuffix("diff")
    first, last = lines.index(fence), lines.index(ticks)
    body = lines[first + 1 : last]

    assert set(ticks) == {"`"} and len(ticks) == 7
    assert all(line.isascii() and line.isprintable() for line in lines)
    assert all(len(run) < len(ticks) for run in re.findall("`+", "\n".join(body)))
    added = sum(line.startswith(("+ ", "- ", "! ")) for line in body)
    assert added >= 2 * len(names)
    outside = lines[:first] + lines[last + 1 :]
    assert [line for line in outside if "<" in line] == [
        "<details><summary>Details</summary>",
        "</details>",
    ]


@given(st.text())
def test_escaped_text_is_neither_markdown_nor_html(text: str) -> None:
    found = markdown.escaped(text)
    bare = re.sub(r"\\[\\`*_{}\[\]#|~]", "", found)

    assert not set(bare) & set("`*_{}[]|~\\<>")
    assert "<" not in found


@given(st.text("ab ->~1<&`*|", max_size=30))
def test_readable_text_opens_nothing(text: str) -> None:
    """A > is inside a line, and each ~ follows a space, so that it ends nothing."""
    found = markdown.readable(text)

    assert "<" not in found
    assert all(found[: at.start()].endswith(" -") for at in re.finditer(">", found))
    bare = re.sub(r"\\.", "", found)
    assert all(bare[: at.start()].endswith(" ") for at in re.finditer("~", bare))


# Exit codes


def test_exit_codes(folder: Path) -> None:
    assert run("diff", "old.csv", "old.csv").exit_code == 0
    assert run("diff", "old.csv", "new.csv").exit_code == 0
    assert run("diff", "old.csv", "new.csv", "--exit-code").exit_code == 1
    assert run("diff", "old.csv", "new.csv", "--exit-code", "--json").exit_code == 1
    assert run("diff", "old.csv", "old.csv", "--exit-code", "--json").exit_code == 0
    process = spawn("diff", "old.csv", "new.csv", "--exit-code", "--markdown")
    assert process.returncode == 1


def damaged(path: str) -> None:
    """The model of `old.csv`, cut short."""
    data = run("compile", "old.csv", "-q").stdout
    write(path, data[:500])


@pytest.mark.parametrize(
    "path, text, seen",
    [
        ("nope.csv", None, "nope.csv: no such file"),
        ("cook2091", None, "did you mean cook2019?"),
        ("bad.csv", "pre,post,weight\nA,B,x\n", "bad.csv:2:5: "),
        ("bad.csv", "", "bad.csv: an empty file"),
        ("bad.csv", "\0\0", "bad.csv:1: "),
        ("bad.py", "import torch\n\n\nclass Worm: ...\n", "bad.py:"),
        ("cut.py", damaged, "cut.py:"),
        (".", None, ".: a directory"),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_what_can_not_be_read_is_told_once(
    folder: Path, path: str, text: Any, seen: str, turned: bool
) -> None:
    if callable(text):
        text(path)
    elif text is not None:
        write(path, text)
    before = contents(folder)
    sides = ("old.csv", path) if turned else (path, "old.csv")
    done = run("diff", *sides, "--exit-code")

    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.count(seen) == 1
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) <= 5
    assert contents(folder) == before


def test_options_that_can_not_be_are_trouble_too(folder: Path) -> None:
    for words in (
        ("--features", "0"),
        ("--threshold", "-1"),
        ("--columns", "x"),
        ("--cells", "nope.txt"),
    ):
        done = run("diff", "old.csv", "new.csv", *words)
        assert (done.exit_code, done.stdout) == (2, ""), words


def test_a_bug_of_ours_is_no_trouble_of_the_input(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    broken.__name__ = "break_cycles"
    monkeypatch.setattr("elegansc.pipeline.break_cycles", broken)
    done = run("diff", "old.csv", "new.csv")
    assert done.exit_code == 70
    assert "our bug: ZeroDivisionError" in done.stderr


# The promise itself

CELLS = st.sampled_from(["A", "a", "B1", "B01", "b-1", "C", "D d", "D_d", "E", "F"])
WEIGHTS = st.sampled_from([1.0, 1.0, 2.0, 3.0, 0.5, 2.0**40])


@st.composite
def versions(draw: st.DrawFn) -> Version:
    """A graph with levels, gains and backward pairs, without regard to sense."""
    cells = sorted(draw(st.sets(CELLS, min_size=1)))
    cell = st.sampled_from(cells)
    word = st.sampled_from(["sensory", "inter", "motor", "both"])
    found = draw(st.dictionaries(st.tuples(cell, cell), WEIGHTS, max_size=12))
    ends = draw(st.dictionaries(st.tuples(cell, cell), WEIGHTS, max_size=6))
    level = draw(st.none() | st.dictionaries(cell, st.integers(0, 3)))
    gains = frozenset((v, u, "chemical") for u, v in found)
    back = draw(st.sets(st.sampled_from(sorted(found)))) if found else set()
    signs = {pair: draw(st.sampled_from([0, 0, 1, -1])) for pair in found}
    return Version(
        "side",
        "contacts",
        {name: draw(word) for name in cells},
        found,
        {(min(pair), max(pair)): w for pair, w in ends.items() if pair[0] != pair[1]},
        level,
        frozenset(back),
        gains,
        signs={pair: sign for pair, sign in signs.items() if sign},
    )


@settings(max_examples=60)
@given(versions(), versions())
def test_the_way_back_mirrors_the_way_there(old: Version, new: Version) -> None:
    there, back = compare(old, new), compare(new, old)
    now = dict(there.renamed)

    def under(pairs: Iterable[Pair], ordered: bool = True) -> set[Pair]:
        named = [(now.get(u, u), now.get(v, v)) for u, v in pairs]
        return set(named) if ordered else {(min(p), max(p)) for p in named}

    assert (there.added, there.lost) == (back.lost, back.added)
    assert {(b, a) for a, b in there.renamed} == set(back.renamed)
    assert {(n, b, a) for n, a, b in there.roles} == {
        (now.get(n, n), a, b) for n, a, b in back.roles
    }
    for one, other, ordered in (
        (there.chemical, back.chemical, True),
        (there.junctions, back.junctions, False),
    ):
        assert set(one.added) == under(other.lost, ordered)
        assert set(one.lost) == under(other.added, ordered)
        assert set(one.changed) == under(other.changed, ordered)
        assert (one.same, one.weight) == (other.same, -other.weight)
    assert {(p, b, a) for p, a, b in there.signs.turned} == {
        ((now.get(u, u), now.get(v, v)), a, b) for (u, v), a, b in back.signs.turned
    }
    assert there.signs.known == back.signs.known[::-1]
    assert bool(there) == bool(back)
    if there.model is not None:
        assert back.model is not None
        assert there.model.depth == back.model.depth[::-1]
        assert (there.model.new, there.model.lost) == (back.model.lost, back.model.new)
        assert there.model.moved == back.model.moved
        assert len(there.model.fell) == len(back.model.rose)


def applied(found: Changes, old: Version) -> tuple[set[str], Weights, Weights]:
    """What the changes make of the old graph."""
    names = dict(found.renamed)
    cells = {names.get(name, name) for name in old.roles}
    cells = cells - set(found.lost) | set(found.added)
    graphs = []
    for held, table, ordered in (
        (old.chemical, found.chemical, True),
        (old.junctions, found.junctions, False),
    ):
        graph = {(names.get(u, u), names.get(v, v)): w for (u, v), w in held.items()}
        if not ordered:
            graph = {(min(pair), max(pair)): w for pair, w in graph.items()}
        for pair, weight in table.lost.items():
            assert graph.pop(pair) == weight
        for pair, (before, after) in table.changed.items():
            assert graph[pair] == before
            graph[pair] = after
        assert not set(graph) & set(table.added)
        graphs.append({**graph, **table.added})
    return cells, graphs[0], graphs[1]


@settings(max_examples=60)
@given(versions(), versions())
def test_the_changes_applied_to_the_old_give_the_new(
    old: Version, new: Version
) -> None:
    found = compare(old, new)

    assert applied(found, old) == (set(new.roles), new.chemical, new.junctions)
    assert bool(compare(new, new)) is False
    assert bool(found) or (old.roles, old.chemical) == (new.roles, new.chemical)


@settings(max_examples=60)
@given(versions(), versions(), st.sampled_from([0.5, 1.0, 1.5, 5.0]))
def test_a_threshold_loses_count_of_nothing(
    old: Version, new: Version, least: float
) -> None:
    every, some = compare(old, new), compare(old, new, threshold=least)
    for one, other in (
        (every.chemical, some.chemical),
        (every.junctions, some.junctions),
    ):
        shown = [len(t.added) + len(t.lost) + len(t.changed) for t in (one, other)]
        assert shown[1] + other.hidden == shown[0]
        assert one.same == other.same
        assert all(weight >= least for weight in other.added.values())


@settings(max_examples=60)
@given(versions(), versions(), st.booleans())
def test_every_text_is_of_printable_lines(
    old: Version, new: Version, verbose: bool
) -> None:
    odd = replace(new, roles={**new.roles, "\x1b[31m\n": "inter"})
    found = compare(old, odd)
    lines = [
        *changes_text.summary(found),
        *changes_text.details(found, verbose=verbose),
        *markdown.markdown(found, verbose=verbose),
    ]
    assert all(line.isprintable() for line in lines)
    json.dumps(json_report.as_json(found), allow_nan=False)


@pytest.mark.parametrize("command", ["diff", "bisect", "verify"])
def test_a_file_called_like_a_bundled_connectome(folder: Path, command: str) -> None:
    """These commands have no --label, so the message tells of none."""
    Path("cook2019").write_text(EDGES)
    assert run("compile", "old.csv", "-q", "-o", "old.py").exit_code == 0
    words = {
        "diff": ("diff", "./cook2019", "new.csv"),
        "bisect": ("bisect", "./cook2019", "new.csv", "--", "true"),
        "verify": ("verify", "old.py", "--against", "./cook2019"),
    }

    done = run(*words[command])

    assert done.exit_code == 2
    assert "is the name of a bundled connectome; rename the file" in done.stderr
    assert "--label" not in done.stderr


# Signs


def test_a_synapse_that_turned_from_excitatory_to_inhibitory(folder: Path) -> None:
    graph = [("S", "I", 2), ("I", "M", 3), ("S", "M", -1)]
    rows("a.csv", graph)
    rows("b.csv", [("S", "I", -2), ("I", "M", 3), ("S", "M", -1)])
    assert run("compile", "a.csv", "-q", "-o", "a.py").exit_code == 0
    for old in ("a.csv", "a.py"):
        found = told(old, "b.csv")
        assert found["differs"]
        assert counted(found["chemical"]) == (0, 0, 0, 3)
        assert found["signs"] == {
            "turned": [["S", "I", "excitatory", "inhibitory"]],
            "hidden": 0,
            "told": [True, True],
        }
    text = run("diff", "a.csv", "b.csv").stdout
    assert "\nsigns      1 synapse of another sign\n" in text
    assert "\n  ~ S -> I  excitatory -> inhibitory\n" in text
    assert run("diff", "a.csv", "b.csv", "--exit-code").exit_code == 1
    done = run("status", "a.py", "--against", "b.csv")
    assert (done.exit_code, "out of date" in done.stdout) == (1, True)


def test_a_sign_that_only_one_side_tells(folder: Path) -> None:
    rows("a.csv", [("S", "I", 2), ("I", "M", 3)])
    rows("b.csv", [("S", "I", -2), ("I", "M", 3)])
    found = told("a.csv", "b.csv")

    assert found["differs"]
    assert found["signs"] == {"turned": [], "hidden": 0, "told": [False, True]}
    text = run("diff", "a.csv", "b.csv").stdout
    assert "\nsigns      only b.csv tells what excites and what inhibits\n" in text


def test_signs_of_weak_synapses_are_noise_too(folder: Path) -> None:
    rows("a.csv", [("S", "I", 2), ("I", "M", 3), ("S", "M", -1)])
    rows("b.csv", [("S", "I", -2), ("I", "M", -3), ("S", "M", 1)])
    found = told("a.csv", "b.csv", "--threshold", "4")

    assert [row[:2] for row in found["signs"]["turned"]] == [["I", "M"], ["S", "I"]]
    assert found["signs"]["hidden"] == 1
    text = run("diff", "a.csv", "b.csv", "--threshold", "4").stdout
    assert "signs      2 synapses of another sign, 1 below 4 not shown" in text


# What a transplant makes of it


@pytest.mark.parametrize("feedback", ["drop", "delay"])
def test_parameters_are_counted_as_a_transplant_counts_them(
    feedback: str, folder: Path
) -> None:
    """A junction that conducts the other way now has the gain it had."""
    for stage in (4, 5):
        words = ("-q", "--feedback", feedback, "-o", f"w{stage}.py", "--label", "w")
        words = (*words, *QUICK)
        assert run("compile", f"witvliet2021-{stage}", *words).exit_code == 0
    old, new = (transplant_side(f"w{stage}.py") for stage in (4, 5))
    account = compared(old, new, "draw")
    found = told("w4.py", "w5.py")["model"]["parameters"]

    fates = account["synapses"], account["live"]
    assert account["turned"]
    assert found == {
        "kept": sum(fate.kept for fate in fates),
        "new": sum(len(fate.new) for fate in fates),
        "lost": sum(len(fate.lost) for fate in fates),
        "apart": [],
    }


def test_parameters_of_another_meaning_are_not_kept(folder: Path) -> None:
    assert run("compile", "old.csv", "-q", "-o", "a.py").exit_code == 0
    words = ("--features", "4", "--unit", "linear")
    assert run("compile", "old.csv", "-q", "-o", "b.py", *words).exit_code == 0
    found = told("a.py", "b.py")["model"]["parameters"]

    assert found["kept"] == 0
    assert found["apart"] == [["features", 1, 4], ["unit", "scalar", "linear"]]
    text = run("diff", "a.py", "b.py", "--summary").stdout
    line = "none kept, they mean something else: features 1 -> 4, unit scalar -> linear"
    assert f"\nparameters {line}\n" in text
