"""Forms of a model's file: as written, of an older elegansc, reformatted, below a licence."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy, copytree

import pytest
from support.command import edited, run
from support.paths import TESTS

from elegansc.module.header import is_generated, read_header
from elegansc.module.read import read_module
from elegansc.sources import emitted
from elegansc.verification.verify import prove

OLDER = TESTS / "older"
MODELS = sorted(path.name for path in OLDER.glob("*.py"))
CHECKPOINTS = sorted(path.stem for path in OLDER.glob("*.pt"))
LICENCE = b"# Copyright of the laboratory.\n# SPDX-License-Identifier: MIT\n\n"
ABOVE = {
    "licence": LICENCE,
    "shebang": b"#!/usr/bin/env python3\n",
    "coding": b"# -*- coding: utf-8 -*-\n",
    "latin-1": b"# coding: latin-1\n# \xa9 us\n",
    "mark": b"\xef\xbb\xbf",
    "all": b"\xef\xbb\xbf#!/usr/bin/env python3\n# coding: utf-8\n \n# \xc3\xa9\n\x0c\n",
}
NO_COMMENTS = {
    "code": b"import os\n",
    "docstring": b'"""The model."""\n',
    "comment, then code": b"# Licence\nfrom __future__ import annotations\n",
    "one line of code": b"x = 1  # Licence\n",
    "latin-1 unsaid": b"# \xa9 us\n",
    "an encoding that hides code": b"# coding: utf-7\n# +AAo-import os\n",
    "another encoding": b"# coding: unicode_escape\n# \\nimport os\n",
    "no such encoding": b"# coding: of-mine\n",
    "mark and latin-1": b"\xef\xbb\xbf# coding: latin-1\n",
    "carriage return": b"# Licence\rimport os\n",
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: models that an older elegansc made, and their source."""
    copytree(OLDER, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def worm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """A model as today's elegansc writes it, `worm.py`, beside its source."""
    copy(OLDER / "worm.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run("compile", "worm.csv", "-q", "-o", "worm.py").exit_code == 0
    return Path("worm.py").read_bytes()


def status(*words: str, path: str = "worm.py", code: int = 0) -> str:
    """What `status` says of a model beside its source."""
    done = run("status", path, "--against", "worm.csv", *words)
    assert done.exit_code == code, done.output
    return done.stdout.split("\n")[0].removeprefix(f"{path}: ")


def older(data: bytes) -> bytes:
    """A model whose text below the tables is another one, with a digest that holds."""
    return edited(
        data, b"class Worm(nn.Module):\n", b"class Worm(nn.Module):\n\n", sign=True
    )


# Of an older elegansc


def test_every_form_of_model_is_there() -> None:
    assert len(MODELS) >= 24 and {"m1", "m2", "published"} < {
        n[:-3] for n in MODELS
    } | {"delay"}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_of_an_older_elegansc_is_fresh(folder: Path, name: str) -> None:
    source = "witvliet2021-1" if name == "bundled.py" else "worm.csv"
    done = run("status", name, "--against", source)

    assert done.exit_code == 0
    assert done.stdout.startswith(f"{name}: fresh")
    assert "edited by hand" not in done.output


@pytest.mark.parametrize("name", MODELS)
def test_an_older_model_says_the_same_as_its_new_form(folder: Path, name: str) -> None:
    old = read_module(Path(name).read_bytes(), name)
    new = read_module(emitted(old), name)

    assert (new.options, new.name) == (old.options, old.name)
    assert new.header.source == old.header.source
    if not name.startswith(("published", "m1_published")):
        Path("new.py").write_bytes(emitted(old))
        done = run("diff", name, "new.py")
        assert done.exit_code == 0 and done.stdout.endswith("no difference\n")
        assert "edited by hand" not in done.output


@pytest.mark.slow
@pytest.mark.parametrize("name", MODELS)
def test_an_older_model_is_proved(folder: Path, name: str) -> None:
    done = run("verify", name)

    assert done.exit_code == 0, done.output
    assert f"{name}: proved" in done.stdout and "values float64" in done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("name", CHECKPOINTS)
def test_a_checkpoint_of_an_older_model_loads_and_moves(
    folder: Path, name: str
) -> None:
    """Its signature is that of the new form, strictly; `transplant` carries it over."""
    module = read_module(Path(f"{name}.py").read_bytes(), name)
    Path("new.py").write_bytes(emitted(module))
    code = (
        "import sys, torch; sys.path.insert(0, '.'); import new;"
        f"new.Worm().load_state_dict(torch.load('{name}.pt'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    if name != "published":
        words = (f"{name}.pt", "--from", f"{name}.py", "--to", "new.py", "-o", "new.pt")
        assert run("transplant", *words).exit_code == 0


def test_an_older_form_is_fresh_and_named(worm: bytes) -> None:
    Path("worm.py").write_bytes(older(worm))

    assert status().startswith("fresh, older form: elegansc update: just what")
    assert status("--strict", code=1).startswith("fresh, older form")
    Path("worm.csv").write_bytes(b"pre,post\nASEL,SMDDL\nASER,SMDDL\n")
    assert status(code=1).startswith("out of date")


def test_an_older_form_is_proved_by_what_is_emitted_for_it(worm: bytes) -> None:
    """The text of the file, which would fail, is never run, but under --trust."""
    trap = edited(worm, b"import torch\n", b"import torch\n\n1 / 0\n", sign=True)
    checks = {check.name: check for check in prove(trap, "worm.py")}

    assert all(check.passed for check in checks.values())
    assert "older form" in checks and "emitted" not in checks
    assert "elegansc update" in checks["older form"].detail
    trusted = prove(trap, "worm.py", trust=True)
    assert [c.name for c in trusted if not c.passed] == ["values float64"]

    Path("worm.py").write_bytes(trap)
    done = run("verify", "worm.py")
    assert done.exit_code == 0
    last = done.stdout.splitlines()[-1]
    assert last.startswith("worm.py: proved by its tables; an older form")


def test_an_older_form_whose_graph_is_not_the_signed_one_is_edited(worm: bytes) -> None:
    head, rest = worm.split(b"source=worm.csv:")
    forged = b"source=worm.csv:".join([head, b"0123456789abcdef" + rest[16:]])
    Path("worm.py").write_bytes(forged)

    assert status(code=1).startswith("edited by hand")
    assert run("verify", "worm.py").exit_code == 1


def test_an_older_form_is_no_edit_to_any_command(worm: bytes) -> None:
    Path("old.py").write_bytes(older(worm))
    for words in (
        ("diff", "old.py", "worm.py"),
        ("compile", "old.py", "-q"),
        ("compile", "worm.csv", "--like", "old.py", "-q"),
        ("compile", "worm.csv", "-o", "old.py", "-q"),
    ):
        done = run(*words)
        assert done.exit_code == 0 and "edited by hand" not in done.output, words
    assert Path("old.py").read_bytes().split(b"\n")[2:] == worm.split(b"\n")[2:]


# Below other lines


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_comments_above_the_header_are_no_edit(worm: bytes, above: bytes) -> None:
    data = above + worm
    assert is_generated(data) and not read_header(data, "").edited
    Path("worm.py").write_bytes(data)

    assert status() == "fresh: just what worm.csv gives"
    assert run("compile", "worm.csv", "-o", "worm.py", "--check").exit_code == 0
    assert all(check.passed for check in prove(data, "worm.py"))
    assert run("diff", "worm.py", "worm.csv", "--exit-code").exit_code == 0
    assert b"text " in run("textconv", "worm.py").stdout_bytes  # nothing is hidden
    assert run("compile", "worm.csv", "-q", "-o", "worm.py").exit_code == 0
    assert Path("worm.py").read_bytes() == data


@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_an_edit_below_them_is_found(worm: bytes, above: bytes) -> None:
    Path("worm.py").write_bytes(above + worm.replace(b"torch.tanh(", b"torch.sin("))

    assert run("status", "--skip-others", "worm.py").exit_code == 1
    line = above.count(b"\n") + 1
    place = worm[: worm.index(b"torch.tanh(")].count(b"\n") + line
    assert f"@@ -{place} +{place} @@" in run("status", "worm.py").stdout
    done = run("compile", "worm.csv", "-o", "worm.py")
    assert done.exit_code == 1 and "was edited by hand" in done.stderr
    done = run("verify", "worm.py")
    assert done.exit_code == 1 and "FAILED  body" in done.stdout


@pytest.mark.parametrize("above", NO_COMMENTS.values(), ids=NO_COMMENTS)
def test_anything_else_above_is_an_edit(worm: bytes, above: bytes) -> None:
    data = above + worm
    assert is_generated(data) and read_header(data, "").edited
    Path("worm.py").write_bytes(data)

    assert run("status", "--skip-others", "worm.py").exit_code == 1
    assert status(code=1).startswith("edited by hand: more than comments stands above")
    done = run("compile", "worm.csv", "-o", "worm.py")
    assert done.exit_code == 1 and "was edited by hand" in done.stderr
    assert run("verify", "worm.py").exit_code == 1
    assert run("compile", "worm.csv", "-o", "worm.py", "--force").exit_code == 0
    assert Path("worm.py").read_bytes() == worm


@pytest.mark.parametrize("end", [b"\r\n", b"\r"], ids=["CRLF", "CR"])
def test_line_ends_are_no_edit(worm: bytes, end: bytes) -> None:
    Path("worm.py").write_bytes((LICENCE + worm).replace(b"\n", end))

    assert status() == "fresh: just what worm.csv gives"
    assert run("verify", "worm.py").exit_code == 0


def test_the_line_of_an_error_is_that_of_the_file(worm: bytes) -> None:
    bad = worm.replace(b"format=1", b"format=9")
    for above, line in ((b"", 2), (LICENCE, 5)):
        Path("bad.py").write_bytes(above + bad)
        assert run("status", "bad.py").stderr.startswith(f"bad.py:{line}: format 9")
    row = worm[: worm.index(b"UNUSED: ")].count(b"\n") + 1
    Path("bad.py").write_bytes(LICENCE + worm.replace(b"UNUSED: ", b"UNUSED: ( "))
    assert f"bad.py:{row + 3}" in run("status", "bad.py").stderr


def test_a_label_that_python_takes_for_an_encoding_is_refused(worm: bytes) -> None:
    done = run("compile", "worm.csv", "--label", "my-coding")
    assert done.exit_code == 2 and "encoding" in done.stderr


# Reformatted


def black(*words: str) -> Callable[[Path], None]:
    """black with these words."""

    def formatted(path: Path) -> None:
        command = [sys.executable, "-m", "black", "-q", *words, str(path)]
        subprocess.run(command, check=True, cwd=path.parent)

    return formatted


def ruff(config: str) -> Callable[[Path], None]:
    """ruff format with this configuration."""

    def formatted(path: Path) -> None:
        (path.parent / "ruff.toml").write_text(config)
        subprocess.run(["ruff", "format", "-q", path.name], check=True, cwd=path.parent)

    return formatted


FORMATTERS: dict[str, Callable[[Path], None]] = {
    "black 79": black("-l", "79"),
    "black 60": black("-l", "60"),
    "black 120": black("-l", "120"),
    "black 79, single quotes": black("-l", "79", "-S"),
    "ruff 79": ruff("line-length = 79\n"),
    "ruff 100": ruff("line-length = 100\n"),
    "ruff single": ruff('line-length = 79\n[format]\nquote-style = "single"\n'),
    "ruff tabs": ruff('[format]\nindent-style = "tab"\n'),
}


def every(data: bytes) -> Iterator[str]:
    """The commands that take a reformatted model for what it is."""
    yield "status --against worm.csv worm.py"
    yield "compile worm.csv -o worm.py --check"
    yield "compile worm.py -q"
    yield "diff worm.py worm.csv"


@pytest.mark.parametrize("formatter", FORMATTERS.values(), ids=FORMATTERS)
def test_a_reformatted_model_is_fresh(
    worm: bytes, formatter: Callable[[Path], None], tmp_path: Path
) -> None:
    formatter(tmp_path / "worm.py")
    data = Path("worm.py").read_bytes()
    changed = data != worm
    word = "fresh, reformatted" if changed else "fresh"

    assert status() == f"{word}: just what worm.csv gives"
    for line in every(data):
        done = run(*line.split())
        assert done.exit_code == 0 and "edited by hand" not in done.output, line
    assert all(check.passed for check in prove(data, "worm.py"))
    assert run("compile", "worm.csv", "-o", "worm.py", "-q").exit_code == 0
    assert Path("worm.py").read_bytes() == worm


def test_a_formatter_that_went_back_is_seen_through(
    worm: bytes, tmp_path: Path
) -> None:
    black("-l", "79")(tmp_path / "worm.py")
    black()(tmp_path / "worm.py")

    assert Path("worm.py").read_bytes() != worm
    assert status().startswith("fresh, reformatted")
    black("-l", "79")(tmp_path / "worm.py")
    licensed = LICENCE + Path("worm.py").read_bytes()
    Path("worm.py").write_bytes(licensed.replace(b"\n", b"\r\n"))
    assert status().startswith("fresh, reformatted")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"import json\nimport math\n", b"import math\nimport json\n"),
        (b"# fmt: on\n", b""),
        (b"torch.tanh(", b"torch.sin("),
        (b"class Worm(nn.Module):\n", b"class Worm(nn.Module):  # mine\n"),
        (b'    "AIYL": {"ASEL": 3,', b'    "AIYL": {"ASEL": 4,'),
        (b"Synapses and", b"Synapses or"),
    ],
)
def test_what_is_more_than_layout_is_an_edit(
    worm: bytes, old: bytes, new: bytes, tmp_path: Path
) -> None:
    if old not in worm:
        old, new = b"as a feed-forward", b"as my feed-forward"
    Path("worm.py").write_bytes(worm.replace(old, new))
    black("-l", "79")(tmp_path / "worm.py")

    assert status(code=1).startswith("edited by hand")
    assert not all(c.passed for c in prove(Path("worm.py").read_bytes(), "worm.py"))


def test_code_beside_a_reformatted_text_never_runs(worm: bytes, tmp_path: Path) -> None:
    Path("worm.py").write_bytes(worm + b"open('ran', 'w')\n")
    black("-l", "79")(tmp_path / "worm.py")
    for words in (("status", "worm.py"), ("verify", "worm.py")):
        assert run(*words).exit_code == 1

    assert not Path("ran").exists()


def test_no_formatter_of_a_repository_decides_bytes(
    worm: bytes, tmp_path: Path
) -> None:
    settings = "[tool.black]\nline-length = 40\nskip-string-normalization = true\n"
    Path("pyproject.toml").write_text(settings + "[tool.ruff]\nline-length = 40\n")
    Path(".editorconfig").write_text("root = true\n[*.py]\nmax_line_length = 40\n")
    Path("ruff.toml").write_text('line-length = 40\n[format]\nquote-style = "single"\n')

    assert run("compile", "worm.csv", "-q").stdout_bytes == worm
