"""On a terminal: progress, colours, and what Ctrl-C leaves."""

from __future__ import annotations

import io
import json
from pathlib import Path
from time import monotonic

import pytest
from support.command import EDGES, contents, run, spawn
from support.terminal import shown

from elegansc.cli.progress import ERASE, Line, Watched

pytestmark = pytest.mark.slow  # a process and a terminal each

LONG = ("compile", "cook2019", "--cycles", "exact", "--max-levels", "16")
MANY = ("rewire", "witvliet2021-1", "--null", "degree", "--count", "2000", "-o", "out")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a good file and a bad one, and no wish for colours."""
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text(EDGES)
    Path("bad.csv").write_text("pre,post,weight\nA,B,x\n")
    return tmp_path


# The line of progress


def test_the_line_waits_counts_and_goes_before_others() -> None:
    stream = io.StringIO()
    line = Line(stream, "compile   at work")
    line.tick(line.begin + 0.5)
    assert stream.getvalue() == ""
    line.tick(line.begin + 2)
    assert stream.getvalue() == f"{ERASE}compile   at work, 2 s"
    line.say("step      break cycles")
    assert Watched(stream, line).write("read\n") == 5
    assert stream.getvalue().endswith(f"2 s{ERASE}read\n")
    line.tick(monotonic())
    assert stream.getvalue().endswith("read\n")
    line.tick(line.begin + 9)
    assert stream.getvalue().endswith(f"{ERASE}step      break cycles, 9 s")
    line.end()
    assert stream.getvalue().endswith(f"9 s{ERASE}")


def test_the_line_is_no_longer_than_the_terminal(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    stream = io.StringIO()
    line = Line(stream, "x" * 50)
    line.tick(line.begin + 2)

    assert stream.getvalue() == ERASE + "x" * 19


def test_a_terminal_that_is_gone_is_left_alone() -> None:
    stream = io.StringIO()
    line = Line(stream, "x")
    stream.close()
    line.tick(line.begin + 2)
    line.end()


def test_nothing_of_it_is_in_a_pipe_or_with_quiet(folder: Path) -> None:
    done = spawn("compile", "worm.csv", "-o", "model.py")

    assert b"\x1b" not in done.stderr and b"\r" not in done.stderr
    assert shown("compile", "worm.csv", "-q", "-o", "other.py").text == ""


# Ctrl-C


def test_an_interrupted_compile_leaves_no_file(folder: Path) -> None:
    before = contents(folder)
    found = shown(*LONG, "-o", "model.py", interrupt_at=", 2 s")  # whatever it is at

    assert contents(folder) == before
    assert found.code == 130
    assert found.left.endswith("\x1b[0m: interrupted; no file was written\n")


SWALLOWED = """
import os, signal
from elegansc.ir import trace

class Finalized:
    def __del__(self):  # what is raised in here, Python prints and drops
        os.kill(os.getpid(), signal.SIGINT)

check = trace.check_invariants

def pressed(ir):
    Finalized()
    trace.check_invariants = check
    return check(ir)

signal.signal(signal.SIGINT, signal.default_int_handler)
trace.check_invariants = pressed
"""


def test_an_interrupt_that_was_swallowed_stops_the_next_step(folder: Path) -> None:
    before = contents(folder)
    done = spawn("compile", "worm.csv", "-o", "model.py", code=SWALLOWED)

    assert b"Exception ignored in" in done.stderr
    assert done.stderr.endswith(b"elegansc: interrupted; no file was written\n")
    assert done.returncode == 130
    assert contents(folder) == before


def test_interrupted_twins_are_all_there_and_told(folder: Path) -> None:
    found = shown(*MANY, interrupt_at="degree-3.csv: ")

    assert found.code == 130
    assert "interrupted; written: out/degree-" in found.left
    told = [
        each["file"]
        for each in json.loads(Path("out/rewired.json").read_text())["files"]
    ]
    there = {path.name for path in Path("out").iterdir()}
    # the edge list of one twin more, if it came between the two
    assert {*told, "cells.csv", "rewired.json"} <= there
    assert len(told) >= 3 and len(there) - len(told) in (2, 3)
    again = run(
        "rewire", "witvliet2021-1", "--null", "degree", "--count", "3", "-o", "two"
    )
    assert again.exit_code == 0
    assert (
        Path("two/degree-3.csv").read_bytes() == Path("out/degree-3.csv").read_bytes()
    )


# Colours


def test_a_terminal_is_coloured(folder: Path) -> None:
    report = shown("compile", "worm.csv", "-o", "model.py")
    assert "\x1b[36mread\x1b[0m      worm.csv" in report.text
    assert "\x1b[33mwarning\x1b[0m" in report.text
    assert "\x1b[32mwrote\x1b[0m     model.py" in report.text
    error = shown("compile", "bad.csv").text
    assert "\x1b[31m\x1b[1mbad.csv:2:5\x1b[0m: weight x" in error
    assert "\x1b[31m\x1b[1m      ^\x1b[0m" in error


def test_no_color_is_obeyed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("FORCE_COLOR", "1")
    for words in (("compile", "bad.csv"), ("compile", "worm.csv", "-o", "model.py")):
        assert "\x1b[3" not in shown(*words).text


def test_colours_are_in_pipes_only_where_they_are_asked_for(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("compile", "worm.csv", "-q", "-o", "model.py").exit_code == 0
    words = [
        ("status", "model.py", "--against", "worm.csv"),
        ("lint", "bad.csv", "cook2019"),
        ("compile", "worm.csv", "-o", "model.py"),
        ("update", "model.py", "--against", "worm.csv"),
        ("diff", "cook2019", "bad.csv"),
    ]
    for each in words:
        done = run(*each)
        assert "\x1b" not in done.stdout + done.stderr
    monkeypatch.setenv("FORCE_COLOR", "1")
    for each in words:
        done = run(*each)
        assert "\x1b[3" in done.stdout + done.stderr, each
        if each[0] != "update":
            assert "\x1b" not in run(*each, "--json").stdout


# Silence


@pytest.mark.parametrize(
    "words",
    [
        (*LONG, "-o", "model.py"),
        ("compile", "varshney2011", "--feedback", "delay", "-o", "model.py"),
        ("explain", "varshney2011", "--depths"),
        ("explain", "cook2019", "--max-levels", "16"),
        ("order", "twins/role-degree-2.csv"),
        MANY,
        ("draw", "cook2019", "--max-levels", "16", "-o", "cook.svg"),
        ("diff", "varshney2011", "cook2019", "--max-levels", "16"),
        ("verify", "old.py", "--against", "witvliet2021-1"),
        ("status", "old.py"),
        ("update", "old.py", "--max-levels", "12", "--check"),
        ("bisect", "witvliet2021-1", "witvliet2021-2", "--", "wc", "-c"),
    ],
    ids=lambda words: " ".join(words[:2]),
)
def test_no_command_is_silent_for_more_than_two_seconds(
    words: tuple[str, ...], folder: Path
) -> None:
    if "old.py" in words:
        assert run("compile", "witvliet2021-1", "-q", "-o", "old.py").exit_code == 0
    if words[0] == "order":
        twins = ("--null", "role-degree", "--count", "2", "-o", "twins", "-q")
        assert run("rewire", "varshney2011", *twins).exit_code == 0
    found = shown(*words, stop=20)

    assert found.code in (0, 1, 130), found.left
    assert found.gap <= 2
