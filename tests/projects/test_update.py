"""update: models made again as they were made, and what pyproject.toml says of them."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from shutil import copy
from typing import Any

import pytest
from support.command import contents, edited, run
from support.paths import TESTS

from elegansc.module.read import made_with

OLDER = TESTS / "older"
MODELS = sorted(path.name for path in OLDER.glob("*.py"))
MORE = "ASEL,RIML,1,chemical\nAIYL,SMDVR,4,chemical\n"
ENTRY = '[tool.elegansc.models."worm.py"]\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: `worm.csv` and its model `worm.py` of 4 features."""
    monkeypatch.chdir(tmp_path)
    copy(OLDER / "worm.csv", tmp_path)
    words = ("--features", "4", "--unit", "linear", "--name", "Mine")
    assert run("compile", "worm.csv", "-o", "worm.py", "-q", *words).exit_code == 0
    return tmp_path


def grow(path: str = "worm.csv") -> None:
    """Two more synapses in the source."""
    with Path(path).open("a") as file:
        file.write(MORE)


def made(path: str = "worm.py") -> dict[str, Any]:
    """The options of a model."""
    return made_with(Path(path).read_bytes(), path).options.changed()


def refused(*words: str, seen: str, code: int = 1) -> None:
    """Assert that an update says what is wrong, and changes nothing."""
    before = contents(Path())
    done = run("update", *words)
    assert contents(Path()) == before
    assert done.exit_code == code, done.output
    assert seen in done.stderr, done.stderr


# One model


def test_an_update_keeps_options_label_and_class(folder: Path) -> None:
    grow()
    old = made_with(Path("worm.py").read_bytes(), "worm.py")
    done = run("update", "worm.py")

    assert done.exit_code == 0
    assert done.stderr.startswith("worm.py: updated, from worm.csv\n")
    assert made_with(Path("worm.py").read_bytes(), "worm.py") == old
    assert old.name == "Mine" and b'"ASEL": 1' in Path("worm.py").read_bytes()
    assert run("status", "worm.py", "--against", "worm.csv").exit_code == 0


@pytest.mark.parametrize("name", MODELS)
def test_an_update_of_an_unchanged_source_is_a_fixed_point(
    folder: Path, name: str
) -> None:
    """Of a model of an older elegansc, once it is in today's form."""
    copy(OLDER / name, folder)
    assert run("update", name).exit_code == 0
    Path(name).chmod(0o444)  # a write would fail
    before = Path(name).stat()
    done = run("update", name)

    assert (done.exit_code, "unchanged" in done.stderr) == (0, True), done.stderr
    assert Path(name).stat().st_mtime_ns == before.st_mtime_ns
    assert run("update", name, "--check").exit_code == 0
    assert made(name) == made_with((OLDER / name).read_bytes(), name).options.changed()


def test_check_writes_nothing(folder: Path) -> None:
    grow()
    refused("worm.py", "--check", seen="worm.py: would change, from worm.csv")
    assert run("update", "worm.py", "-q").output == ""
    assert run("update", "worm.py", "--check").exit_code == 0


def test_an_option_of_the_command_line_is_taken(folder: Path) -> None:
    done = run("update", "worm.py", "--features", "1", "--name", "Other")
    assert done.exit_code == 0
    assert "features 4 -> 1" in done.stderr and "name Mine -> Other" in done.stderr
    assert made() == {"unit": "linear"}


def test_an_update_stays_near_the_order_that_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    graph = "pre,post,weight\nS,X,1\nS,Y,1\nX,M,1\nY,M,1\nX,Y,{}\nY,X,{}\n{}"
    Path("a.csv").write_text(graph.format(1.2, 1, ""))
    words = ("--inputs", "S", "--outputs", "M", "-o", "a.py")
    assert run("compile", "a.csv", *words, "-q").exit_code == 0
    assert b'"Y": {"S": 1, "X": 1.2}' in Path("a.py").read_bytes()
    tie = graph.format(1, 1, "S,M,1\n")
    Path("a.csv").write_text(tie)
    assert run("update", "a.py").exit_code == 0
    assert b'"Y": {"S": 1, "X": 1}' in Path("a.py").read_bytes()
    Path("a.csv").write_text(graph.format(1, 1.2, "S,M,2\n"))
    assert run("update", "a.py", "--stick", "0.5").exit_code == 0
    assert b'"Y": {"S": 1, "X": 1}' in Path("a.py").read_bytes()
    assert made("a.py")["like"] == "a.py" and made("a.py")["stick"] == 0.5
    assert "unchanged" in run("update", "a.py").stderr
    assert run("update", "a.py", "--no-like").exit_code == 0
    assert b'"X": {"S": 1, "Y": 1.2}' in Path("a.py").read_bytes()
    assert "like" not in made("a.py")


def test_a_model_without_its_source_gets_todays_form(folder: Path) -> None:
    data = Path("worm.py").read_bytes()
    older = edited(
        data, b"class Mine(nn.Module):\n", b"class Mine(nn.Module):\n\n", sign=True
    )
    Path("worm.py").write_bytes(b"# Licence\n" + older)
    Path("worm.csv").unlink()
    done = run("update", "worm.py")

    assert done.exit_code == 0
    assert "from its own tables: worm.csv not found" in done.stderr
    assert Path("worm.py").read_bytes() == b"# Licence\n" + data
    assert "unchanged" in run("update", "worm.py").stderr
    refused(
        "worm.py", "--features", "2", seen="so that nothing can change: features 4 -> 2"
    )


def test_comments_above_and_layout_are_left_alone(folder: Path) -> None:
    licence = b"#!/usr/bin/env python3\n# Licence\n"
    Path("worm.py").write_bytes(licence + Path("worm.py").read_bytes())
    subprocess.run(
        [sys.executable, "-m", "black", "-q", "-l", "60", "worm.py"], check=True
    )
    assert "unchanged" in run("update", "worm.py").stderr
    grow()
    assert run("update", "worm.py").exit_code == 0
    assert Path("worm.py").read_bytes().startswith(licence + b"# Code generated")


def test_an_edited_model_is_not_updated(folder: Path) -> None:
    Path("worm.py").write_bytes(Path("worm.py").read_bytes() + b"# mine\n")
    refused("worm.py", seen="was edited by hand")
    assert run("update", "worm.py", "--force").exit_code == 0
    assert b"# mine" not in Path("worm.py").read_bytes()


def test_lists_and_tables_are_found_by_their_names(folder: Path) -> None:
    Path("lists").mkdir()
    Path("lists/in.txt").write_text("ASEL\n")
    Path("lists/cells.csv").write_text(
        "name,role\n"
        + "".join(
            f"{n},{r}\n"
            for n, r in (("ASEL", "sensory"), ("ASER", "sensory"), ("SMDDL", "motor"))
        )
    )
    words = (
        "--inputs",
        "@lists/in.txt",
        "--cells",
        "lists/cells.csv",
        "--outputs",
        "SMD*",
    )
    assert (
        run("compile", "worm.csv", "-o", "worm.py", "-q", "--force", *words).exit_code
        == 0
    )
    done = run("update", "worm.py")
    assert "from its own tables: cells.csv, in.txt not found" in done.stderr
    for name in ("in.txt", "cells.csv"):
        copy(f"lists/{name}", name)
    assert "unchanged, from worm.csv" in run("update", "worm.py").stderr


# Several, and pyproject.toml


def configure(*lines: str) -> None:
    """Write pyproject.toml."""
    Path("pyproject.toml").write_text("\n".join(lines) + "\n")


def test_a_repository_of_models_takes_no_arguments(folder: Path) -> None:
    configure(
        "[tool.elegansc]",
        "features = 2",
        'source = "data/edges.csv"',
        '[tool.elegansc.models."worm.py"]',
        'unit = "scalar"',
        '[tool.elegansc.models."models/wide.py"]',
        "features = 8",
        "keep-alive = false",
        'name = "Wide"',
        'label = "the-worm"',
        'inputs = ["ASE*"]',
        'outputs = "SMD*, RIML"',
    )
    Path("data").mkdir()
    Path("models").mkdir()
    Path("worm.csv").rename("data/edges.csv")
    done = run("update")

    assert done.exit_code == 0, done.stderr
    assert "worm.py: updated" in done.stderr and "features 4 -> 2" in done.stderr
    assert made() == {"features": 2}
    wide = made_with(Path("models/wide.py").read_bytes(), "wide.py")
    assert (wide.name, wide.label) == ("Wide", "the-worm")
    assert wide.options.features == 8 and not wide.options.keep_alive
    assert wide.options.outputs == ("SMD*", "RIML")
    os.chdir("models")
    done = run("update")
    assert done.exit_code == 0 and done.stderr.count("unchanged") == 2
    assert run("update", "wide.py", "--features", "3").exit_code == 0
    assert made("wide.py")["features"] == 3  # the command line before the file
    assert "features 3 -> 8" in run("update", "--check").stderr


def test_one_that_fails_does_not_stop_the_others(folder: Path) -> None:
    Path("bad.py").write_text("import torch\n")
    grow()
    done = run("update", "bad.py", "nope.py", "worm.py")

    assert done.exit_code == 1
    assert "bad.py: not a module that elegansc" in done.stderr
    assert "nope.py: no such file" in done.stderr
    assert "worm.py: updated" in done.stderr


BAD = {
    "no TOML": ("[tool.elegansc\n", "pyproject.toml:1:15: no TOML"),
    "unknown option": (f"{ENTRY}feature = 2\n", "pyproject.toml:2: no option 'feature'"),
    "did you mean": (f"{ENTRY}feature = 2\n", "did you mean features?"),
    "underscore": (f"{ENTRY}keep_alive = false\n", "did you mean keep-alive?"),
    "unknown for all": ("[tool.elegansc]\nmodel = 1\n", "did you mean models?"),
    "a choice": (f'{ENTRY}unit = "cubic"\n', "pyproject.toml:2: unit: one of scalar"),
    "a type": (f"{ENTRY}features = true\n", "pyproject.toml:2: features"),
    "no text": (f"{ENTRY}source = 3\n", "pyproject.toml:2: source 3: use a text"),
    "no table": ("[tool.elegansc.models]\n'worm.py' = 3\n", "worm.py is no table"),
    "absolute source": (f'{ENTRY}source = "/etc/passwd"\n', "outside of this project"),
    "source above": (f'{ENTRY}source = "a/../../worm.csv"\n', "outside of this project"),
    "model above": ('[tool.elegansc.models."../worm.py"]\n', "outside of this project"),
    "twice": (f'{ENTRY}[tool.elegansc.models."./worm.py"]\n', "stands there twice"),
    "defined twice": (f"{ENTRY}{ENTRY}", "no TOML"),
    "no such source": (f'{ENTRY}source = "no.csv"\n', "no.csv: no such file"),
    "at odds": (f'{ENTRY}norm = "layer"\nfeatures = 1\n', "--norm layer: needs"),
    "out of range": (f"{ENTRY}features = 0\n", "features: from 1 to"),
    "no UTF-8": (b"\xff\n", "not UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "seen"), BAD.values(), ids=BAD)
def test_a_configuration_that_is_wrong_is_shown(
    folder: Path, text: str | bytes, seen: str
) -> None:
    data = text if isinstance(text, bytes) else text.encode()
    Path("pyproject.toml").write_bytes(data)
    refused("worm.py", seen=seen)


def test_without_models_there_is_nothing_to_update(folder: Path) -> None:
    refused(seen="no models: name models, or list them", code=2)
    configure("[tool.black]", "line-length = 79")
    refused(seen="no models", code=2)


# Disks and names


@pytest.mark.parametrize("call", ["fsync", "replace", "fdopen", "chmod"])
def test_a_full_disk(folder: Path, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    grow()
    with monkeypatch.context() as patch:
        patch.setattr(f"elegansc.files.os.{call}", full)
        refused("worm.py", seen="No space left on device")


def test_a_name_is_data(folder: Path) -> None:
    name = "a b'$(touch PWNED);\u00e9.py"
    Path("worm.py").rename(name)
    Path("worm.csv").rename("-q.csv")
    Path("pyproject.toml").write_text(
        f'[tool.elegansc.models."{name}"]\nsource = "-q.csv"\n'
    )
    done = run("update", name)
    assert done.exit_code == 0 and "unchanged" in done.stderr, done.stderr
    assert run("update").exit_code == 0
    assert not Path("PWNED").exists()


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_killed_while_it_works(folder: Path, step: str) -> None:
    """A model is the old one or the new one, and the next update makes it."""
    grow()
    before = Path("worm.py").read_bytes()
    code = f"""
import os, elegansc.files
def die(*_):
    os.kill(os.getpid(), 9)
elegansc.files.os.{step} = die
from elegansc.__main__ import main
main()"""
    done = subprocess.run([sys.executable, "-c", code, "update", "worm.py"])

    assert done.returncode == -signal.SIGKILL
    assert Path("worm.py").read_bytes() == before
    assert run("update", "worm.py").exit_code == 0
    assert Path("worm.py").read_bytes() != before
