"""status, compile --check and --diff: whether a model is as it was written, and still right."""

from __future__ import annotations

import json
import os
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from support.command import EDGES, contents, edited, run
from support.paths import ROOT

from elegansc.cli.main import cli

BOMB = b"__import__('os').system('touch PWNED')"
CHANGED = "pre,post,weight\nS,I,2\nI,M,4\nS,M,1\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with `worm.csv`, its model `worm.py` and `other.csv`."""
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text(EDGES)
    Path("other.csv").write_text(CHANGED)
    assert run("compile", "worm.csv", "-q", "-o", "worm.py").exit_code == 0
    return tmp_path


def change(old: bytes, new: bytes, path: str = "worm.py", *, sign: bool = False) -> str:
    """A copy of `worm.py` with one place changed, and its path."""
    Path(path).write_bytes(edited(Path("worm.py").read_bytes(), old, new, sign=sign))
    return path


def told(*words: str, code: int) -> dict[str, Any]:
    """What `elegansc status WORDS --json` says of one model."""
    before = contents(Path())
    done = run("status", *words, "--json")
    assert (done.exit_code, done.stderr) == (code, "")
    assert contents(Path()) == before
    found: dict[str, Any] = json.loads(done.stdout)
    assert set(found) == {"schema", "command", "model", "status", "why", "detail"}
    return found


# Fresh and out of date


def test_a_fresh_model(folder: Path) -> None:
    done = run("status", "worm.py", "--against", "worm.csv")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "worm.py: fresh: just what worm.csv gives\n"


def test_a_source_that_is_not_at_hand(folder: Path) -> None:
    """Beside the model it is found by its label; unknown is not fresh."""
    assert (
        run("status", "worm.py").stdout == "worm.py: fresh: just what worm.csv gives\n"
    )
    Path("worm.csv").rename("moved.csv")
    done = run("status", "worm.py")

    assert done.exit_code == 1
    why = "as it was written: not found beside it or above: worm.csv"
    assert done.stdout.startswith(f"worm.py: {why}; give its source with --against")


@pytest.mark.parametrize("name", ["witvliet1.py", "witvliet8.py"])
def test_a_bundled_source_is_found_by_its_label(name: str) -> None:
    found = told(str(ROOT / "generated" / name), code=0)

    assert found["status"] == "fresh"
    assert found["why"] == f"just what witvliet2021-{name[8]} gives"


def test_a_source_that_changed(folder: Path) -> None:
    done = run("status", "worm.py", "--against", "other.csv")

    assert done.exit_code == 1
    assert done.stdout.splitlines()[:4] == [
        "worm.py: out of date: other.csv has changed",
        "  neurons    3 -> 3: 3 shared, +0 -0",
        "  chemical   2 -> 3: +1 -0 ~1, 1 unchanged; 5 -> 7 units of weight",
        "  junctions  0 -> 0: +0 -0 ~0, 0 unchanged; 0 -> 0 units of weight",
    ]


def test_files_that_are_read_with_a_source_may_be_what_changed(folder: Path) -> None:
    Path("gap.csv").write_text("pre,post,weight\nS,I,1\n")
    words = ("--electrical", "gap.csv", "--force", "-q", "-o", "worm.py")
    assert run("compile", "worm.csv", *words).exit_code == 0
    Path("gap.csv").write_text("pre,post,weight\nS,I,2\n")

    assert told("worm.py", code=1)["why"] == "worm.csv has changed, or gap.csv"


def test_rows_in_another_order_change_nothing(folder: Path) -> None:
    Path("worm.csv").write_text("pre,post,weight\nI,M,3\nS,I,2\n")

    assert told("worm.py", "--against", "worm.csv", code=0)["status"] == "fresh"


def test_a_source_that_no_longer_compiles(folder: Path) -> None:
    Path("worm.csv").write_text("pre,post\nA,B\nB,A\n")
    found = told("worm.py", "--against", "worm.csv", code=1)

    assert found["status"] == "out of date"
    assert "no longer compiles" in found["why"] and "no path leads" in found["why"]


def test_line_ends_are_no_edit(folder: Path) -> None:
    Path("worm.py").write_bytes(Path("worm.py").read_bytes().replace(b"\n", b"\r\n"))

    assert told("worm.py", "--against", "worm.csv", code=0)["status"] == "fresh"


@pytest.mark.parametrize(
    "words",
    [
        ("--roles", "prefer"),
        ("--features", "4", "--unit", "linear", "--feedback", "delay"),
        ("--inputs", "S", "--outputs", "M"),
        ("--min-weight", "2.5", "--weight-unit", "contacts"),
    ],
    ids=lambda words: words[0],
)
def test_the_options_are_those_of_the_model(
    folder: Path, words: tuple[str, ...]
) -> None:
    Path("worm.csv").write_text("pre,post,weight\nS,I,3\nI,M,3\nS,M,9\nM,S,3\nI,J,1\n")
    words = ("--outputs", "M", "--inputs", "S", *words)
    made = run("compile", "worm.csv", *words, "-q", "-o", "worm.py")
    assert made.exit_code == 0

    assert told("worm.py", "--against", "worm.csv", code=0)["status"] == "fresh"
    assert told("worm.py", "--against", "other.csv", code=1)["status"] == "out of date"


def test_a_table_of_yours_is_looked_for_beside_it(folder: Path) -> None:
    """Another file of its name gives another model; without one nobody knows."""
    Path("cells.txt").write_text("name,role\nS,sensory\nI,inter\nM,motor\n")
    words = ("compile", "worm.csv", "--cells", "cells.txt", "-q", "-o", "worm.py")
    assert run(*words).exit_code == 0
    assert told("worm.py", code=0)["status"] == "fresh"
    Path("cells.txt").write_text("name,role\nS,sensory\nI,motor\nM,motor\n")
    assert told("worm.py", code=1)["status"] == "out of date"
    Path("cells.txt").unlink()
    found = told("worm.py", "--against", "worm.csv", code=1)

    assert found["status"] == "as it was written"
    assert "not found beside it or above: cells.txt" in found["why"]


# Edited


def test_an_edit_of_the_text_is_shown(folder: Path) -> None:
    change(b"state = torch.tanh(total)", b"state = torch.relu(total)")
    done = run("status", "worm.py", "--against", "worm.csv")

    assert done.exit_code == 1
    first, *lines = done.stdout.splitlines()
    assert first == "worm.py: edited by hand: its text is not what its header signs"
    assert [line.split("=")[1] for line in lines[-2:]] == [
        " torch.tanh(total)",
        " torch.relu(total)",
    ]
    assert len(lines) == 5


def test_an_edit_of_a_table_is_told(folder: Path) -> None:
    path = change(b'{"S": 2}', b'{"S": 3}')
    found = told(path, "--against", "worm.csv", code=1)

    assert found["status"] == "edited by hand"
    assert found["detail"][-3:] == [
        "its tables beside worm.csv:",
        "chemical synapses of another weight: 1",
        "  ~ S -> I  2 -> 3  +50 %",
    ]
    Path("worm.csv").unlink()
    found = told(path, code=1)
    assert found["why"].endswith("the edit is inside the tables: git diff shows it")


def test_many_edits_are_cut(folder: Path) -> None:
    Path("worm.py").write_bytes(Path("worm.py").read_bytes() + b"# more\n" * 135)
    found = told("worm.py", code=1)

    assert len(found["detail"]) == 41
    assert found["detail"][-1] == "and 100 more lines"


def test_an_edit_that_would_move_the_cursor_is_shown_plain(folder: Path) -> None:
    Path("worm.py").write_bytes(Path("worm.py").read_bytes() + b"# \x1b[2J\xc2\x9b\r\n")
    done = run("status", "worm.py")

    assert done.exit_code == 1
    assert all(c.isprintable() or c == "\n" for c in done.stdout)
    assert "  +# \N{WHITE SQUARE}[2J\N{WHITE SQUARE}" in done.stdout


def test_a_text_that_signs_itself_is_of_an_older_form(folder: Path) -> None:
    change(b"state = torch.tanh(total)", b"state = torch.relu(total)", sign=True)
    found = told("worm.py", "--against", "worm.csv", code=0)
    assert found["status"] == "fresh, older form: elegansc update"
    found = told("worm.py", "--against", "worm.csv", "--strict", code=1)
    assert found["status"] == "fresh, older form: elegansc update"
    found = told("worm.py", "--against", "other.csv", code=1)
    assert found["status"] == "out of date"


@pytest.mark.parametrize("sign", [False, True])
@pytest.mark.parametrize(
    "old, new",
    [
        (b'{"S": 2}', b'{"S": %s}' % BOMB),
        (b'["S"],', b"[%s]," % BOMB),
        (b'["S"],', b"[f'''{%s}''']," % BOMB),
        (b"str]] = {}", b"str]] = {%s: 1}" % BOMB),
        (b"import json\n", b"import json\n%s\n" % BOMB),
        (b'"exact"', b"%s" % BOMB),
        (b"class Worm(", b"class Worm(%s, " % BOMB),
    ],
)
def test_code_in_a_model_never_runs(
    folder: Path, old: bytes, new: bytes, sign: bool
) -> None:
    change(old, new, "bad.py", sign=sign)
    for words in (("--against", "worm.csv"), ("--against", "other.csv"), ()):
        done = run("status", "bad.py", "--strict", *words)
        assert done.exit_code == 1
        assert "Traceback" not in done.output
    run("diff", "bad.py", "worm.csv")
    run("compile", "worm.csv", "-o", "bad.py", "--check")
    run("textconv", "bad.py")

    assert not Path("PWNED").exists()


# What can not be read


def cut(share: float) -> bytes:
    """The beginning of `worm.py`."""
    data = Path("worm.py").read_bytes()
    return data[: int(share * len(data))]


@pytest.mark.parametrize("share", [0.001, 0.01, 0.02, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_model(folder: Path, share: float) -> None:
    Path("cut.py").write_bytes(cut(share))
    done = run("status", "cut.py", "--against", "worm.csv")

    assert done.exit_code == 1
    assert "cut.py:" in done.output
    assert "fresh" not in done.output and "Traceback" not in done.output


def test_a_newer_format(folder: Path) -> None:
    done = run("status", change(b"format=1", b"format=2"))

    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("worm.py:2: format 2, newer than this elegansc")
    assert "update elegansc" in done.stderr


@pytest.mark.parametrize(
    "path, data, seen",
    [
        ("other.py", b"import torch\n", "not a module that elegansc generated"),
        ("empty.py", b"", "an empty file"),
        ("nope.py", None, "no such file"),
        ("worm.csv", EDGES.encode(), "not a module that elegansc generated"),
        (".", None, "a directory"),
    ],
)
def test_what_is_not_ours(
    folder: Path, path: str, data: bytes | None, seen: str
) -> None:
    if data is not None:
        Path(path).write_bytes(data)
    done = run("status", path)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.count(seen) == 1
    found = told(path, code=1)
    assert found["status"] == "unreadable" and seen in found["why"]


# Several


def test_one_that_can_not_be_read_does_not_hide_the_others(folder: Path) -> None:
    change(b"state = torch.tanh(total)", b"state = torch.relu(total)", "edited.py")
    Path("other.py").write_text("import torch\n")
    models = ("worm.py", "other.py", "edited.py", "nope.py", "worm.py")
    done = run("status", *models, "--against", "worm.csv")
    assert done.exit_code == 1
    fresh = "worm.py: fresh: just what worm.csv gives"
    assert done.stdout.splitlines()[0] == done.stdout.splitlines()[-1] == fresh
    assert "edited.py: edited by hand" in done.stdout
    assert "other.py:1: not a module" in done.stderr and "nope.py: no" in done.stderr

    lines = run("status", *models, "--against", "worm.csv", "--json").stdout
    found = [json.loads(line) for line in lines.splitlines()]
    assert [each["model"] for each in found] == list(models)
    words = ["fresh", "unreadable", "edited by hand", "unreadable", "fresh"]
    assert [each["status"] for each in found] == words
    assert all(each["schema"] == 1 and each["command"] == "status" for each in found)


def test_other_files_are_skipped_if_asked(folder: Path) -> None:
    Path("__init__.py").write_text("")
    Path("other.py").write_text("import torch\n")
    done = run("status", "--skip-others", "__init__.py", "other.py", "worm.py")
    assert (done.exit_code, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1
    done = run("status", "--skip-others", "__init__.py", "other.py")
    assert (done.exit_code, done.output) == (0, "")
    done = run("status", "--skip-others", "nope.py", "worm.py")
    assert done.exit_code == 1 and "nope.py: no such file" in done.stderr

    Path("cut.py").write_bytes(cut(0.1))
    assert run("status", "--skip-others", "cut.py").exit_code == 1


def test_no_model_at_all_is_a_wrong_command_line(folder: Path) -> None:
    assert run("status").exit_code == 2
    assert run("status", "worm.py", "--columns", "x").exit_code == 2


def test_the_hook_for_pre_commit_is_a_command_that_exists(folder: Path) -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text()
    entries = re.findall(r"^  entry: (.*)$", text, re.MULTILINE)
    hooks = {shlex.split(entry)[1]: shlex.split(entry) for entry in entries}
    assert hooks.keys() == {"lint", "status", "update"} <= cli.commands.keys()
    program, command, *words = hooks["status"]
    assert program == "elegansc"
    Path("setup.py").write_text("from setuptools import setup\n")
    Path("__init__.py").write_text("")

    assert run(command, *words, "setup.py", "__init__.py", "worm.py").exit_code == 0
    change(b'{"S": 2}', b'{"S": 3}')
    assert run(command, *words, "setup.py", "__init__.py", "worm.py").exit_code == 1


# compile --check and --diff


@pytest.fixture
def sticky(folder: Path) -> tuple[str, ...]:
    """A command whose model, `b.py`, keeps the order of an older one at a price."""
    graph = "pre,post,weight\nS,X,1\nS,Y,1\nX,M,1\nY,M,1\nX,Y,{}\nY,X,{}\n"
    Path("a.csv").write_text(graph.format(1.2, 1))
    Path("b.csv").write_text(graph.format(1, 1.2))
    assert run("compile", "a.csv", "-q", "-o", "a.py").exit_code == 0
    words = ("compile", "b.csv", "--like", "a.py", "--stick", "0.5", "-o", "b.py")
    assert run(*words, "-q").exit_code == 0
    return words


def looked(*words: str) -> Any:
    """The result of a command that writes nothing."""
    before = {path: os.stat(path).st_mtime_ns for path in os.listdir()}
    data = contents(Path())
    done = run(*words)
    assert contents(Path()) == data
    assert {path: os.stat(path).st_mtime_ns for path in os.listdir()} == before
    return done


def test_check_of_a_model_that_is_right(folder: Path) -> None:
    done = looked("compile", "worm.csv", "-o", "worm.py", "--check")

    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr == "worm.py is as elegansc writes it\n"
    done = looked("compile", "worm.csv", "-o", "worm.py", "--diff")
    assert (done.exit_code, done.stdout) == (0, "")


@pytest.mark.parametrize("source", ["other.csv", "worm.csv"])
def test_check_of_a_model_that_is_not(folder: Path, source: str) -> None:
    if source == "worm.csv":
        change(b"state = torch.tanh(total)", b"state = torch.relu(total)")
    words = ("compile", source, "--label", "worm.csv", "-o", "worm.py")
    done = looked(*words, "--check")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "worm.py: is out of date or was edited\n  compile it again\n"
    )

    done = looked(*words, "--diff")
    assert done.exit_code == 0
    assert done.stdout.startswith("--- worm.py\n+++ worm.py (as compiled)\n@@ ")
    both = looked(*words, "--diff", "--check")
    assert (both.exit_code, both.stdout) == (1, done.stdout)


def test_the_diff_of_compile_is_a_patch(folder: Path) -> None:
    """Applied to the file, it gives what a compile writes."""
    words = ("compile", "other.csv", "--label", "worm.csv", "-o")
    patch = looked(*words, "worm.py", "--diff").stdout.split("\n")[2:-1]
    old = Path("worm.py").read_text().split("\n")
    made, place = [], 0
    for line in patch:
        if line.startswith("@@"):
            first = int(line.split()[1][1:].split(",")[0]) - 1
            made += old[place:first]
            place = first
        else:
            if line[0] != "-":
                made.append(line[1:])
            if line[0] != "+":
                assert old[place] == line[1:]
                place += 1
    assert run(*words, "new.py", "-q", "--name", "Worm").exit_code == 0

    assert made + old[place:] == Path("new.py").read_text().split("\n")


def test_a_file_that_is_not_there_differs_from_all(folder: Path) -> None:
    done = looked("compile", "worm.csv", "-o", "new.py", "--diff")
    assert done.exit_code == 0
    assert done.stdout.startswith("--- new.py\n+++ new.py (as compiled)\n@@ -0,0 +1,")
    done = looked("compile", "worm.csv", "-o", "new.py", "--check")
    assert done.exit_code == 1 and "new.py: no such file" in done.stderr


def test_check_and_diff_need_a_file(folder: Path) -> None:
    for flag in ("--check", "--diff"):
        assert looked("compile", "worm.csv", flag).exit_code == 2


def test_check_keeps_the_order_that_stands(sticky: tuple[str, ...]) -> None:
    """The bytes are the same, though a solver would find another order."""
    done = looked(*sticky, "--check")

    assert done.exit_code == 0
    assert done.stderr.splitlines() == [
        "b.py is as elegansc writes it",
        "a fresh solve would lose 0.2 units of weight less",
    ]
    assert run("status", "b.py", "--against", "b.csv").exit_code == 0
    assert run("status", "b.py", "--against", "a.csv").exit_code == 1


def test_an_order_that_nothing_beats_is_not_grumbled_about(
    sticky: tuple[str, ...],
) -> None:
    done = looked("compile", "a.csv", "-o", "a.py", "--check")

    assert (done.exit_code, done.stderr) == (0, "a.py is as elegansc writes it\n")


def test_check_reads_standard_input_once(sticky: tuple[str, ...]) -> None:
    words = ("--label", "b.csv", "--like", "a.py", "--stick", "0.5", "-o", "b.py")
    data = Path("b.csv").read_bytes()
    done = run("compile", "-", *words, "--check", stdin=data)

    assert done.exit_code == 0, done.stderr
    assert done.stderr.splitlines() == [
        "b.py is as elegansc writes it",
        "a fresh solve would lose 0.2 units of weight less",
    ]


@pytest.mark.parametrize(
    "words", [(), ("--like", "a.py"), ("--like", "a.py", "--stick", "0.01")]
)
def test_diff_shows_the_order_that_a_compile_would_take(
    sticky: tuple[str, ...], words: tuple[str, ...]
) -> None:
    """Under another --like or --stick not the one that stands."""
    done = looked("compile", "b.csv", *words, "-o", "b.py", "--diff")
    compiled = run("compile", "b.csv", *words, "-o", "b.py", "-q", "--force")
    assert compiled.exit_code == 0
    new = Path("b.py").read_text()
    moved = [line[1:] for line in done.stdout.splitlines() if line[:1] == "+"][1:]

    assert moved and set(moved) <= set(new.splitlines())
    assert '    "X": {"S": 1, "Y": 1.2},' in moved  # Y -> X runs forward


def test_check_needs_the_options_of_the_model(sticky: tuple[str, ...]) -> None:
    done = looked("compile", "b.csv", "-o", "b.py", "--check")

    assert done.exit_code == 1
    assert done.stderr.startswith("b.py: is out of date or was edited\n")
    assert "  it was made by: elegansc compile b.csv --like a.py" in done.stderr


@pytest.mark.parametrize("like", ["a", "b"])
def test_another_of_two_orders_that_lose_as_much(
    sticky: tuple[str, ...], like: str
) -> None:
    """Neither is out of date, and none is grumbled about."""
    graph = "pre,post,weight\nS,X,1\nS,Y,1\nX,M,1\nY,M,1\nX,Y,1\nY,X,1\n"
    Path("tie.csv").write_text(graph)
    assert run("compile", f"{like}.csv", "-q", "-o", "old.py").exit_code == 0
    words = ("compile", "tie.csv", "--like", "old.py", "-o", "tie.py")
    assert run(*words, "-q").exit_code == 0
    back = {"a": '"X": {"Y": 1}', "b": '"Y": {"X": 1}'}[like]
    assert back in Path("tie.py").read_text().split("FEEDBACK: ")[1][:80]

    done = looked(*words, "--check")
    assert (done.exit_code, done.stderr) == (0, "tie.py is as elegansc writes it\n")
    assert told("tie.py", "--against", "tie.csv", code=0)["status"] == "fresh"


def test_a_file_of_ones_own_against_a_model_of_a_bundled_one(folder: Path) -> None:
    """Its label is taken; that is no reason to call the model out of date."""
    name = "witvliet2021-1"
    Path("mine.csv").write_bytes((ROOT / "connectomes" / f"{name}.csv").read_bytes())
    words = ("--cycles", "ratio", "--no-keep-alive", "-q", "-o", "small.py")
    assert run("compile", name, *words).exit_code == 0

    done = run("status", "small.py", "--against", "mine.csv")

    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "small.py: fresh: just what mine.csv gives\n"


def test_a_hand_edit_is_shown_with_its_line(folder: Path) -> None:
    path = change(b"import json\n", b"import json  # mine\n", "edited.py")
    line = Path(path).read_bytes().split(b"\n").index(b"import json  # mine") + 1

    assert f"@@ -{line} +{line} @@" in told(path, code=1)["detail"]
