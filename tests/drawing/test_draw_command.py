"""`elegansc draw`: what it writes, says and refuses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import networkx as nx
import pytest
from click.testing import CliRunner, Result
from support import strategies, toy
from support.command import run as elegansc
from support.drawings import (
    ADULT,
    WORM,
    Page,
    compared,
    drawn,
    needs_matplotlib,
    scene,
)

from elegansc.cli.draw import draw_command
from elegansc.cli.exit_codes import Commands
from elegansc.drawing import draw
from elegansc.errors import UsageError
from elegansc.options import Options


@click.group(cls=Commands)
def cli() -> None:
    """A face with this one command, whatever the others are."""


cli.add_command(draw_command)


def run(*words: str, stdin: str | None = None) -> Result:
    """`elegansc draw WORDS`, in this process; an error that gets out fails the test."""
    done = CliRunner().invoke(cli, ["draw", *words], input=stdin)
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_draw_writes_and_says_so(folder: Path) -> None:
    done = run(WORM, "-o", "worm.html")
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith(
        f"wrote     worm.html: {WORM}: 161 neurons in 54 levels"
    )
    assert Path("worm.html").read_bytes() == drawn("html")
    assert not run(WORM, "-o", "worm.HTML", "-q").output


@needs_matplotlib
def test_draw_writes_a_difference(folder: Path) -> None:
    done = run(WORM, ADULT, "-o", "both.svg", "--style", "matrix")
    assert done.exit_code == 0 and "19 added" in done.stderr
    assert Path("both.svg").read_bytes() == draw(compared(), "svg", "matrix")


@pytest.mark.parametrize("kind", ["html", "dot", "graphml"])
def test_a_generated_model_is_drawn_as_its_source(folder: Path, kind: str) -> None:
    Path("model.py").write_bytes(toy.written(toy.bundled(WORM), Options(), "Worm"))
    assert run("model.py", "-o", f"model.{kind}").exit_code == 0
    assert Path(f"model.{kind}").read_bytes() == drawn(kind)


def test_a_model_against_a_connectome(folder: Path) -> None:
    Path("model.py").write_bytes(toy.written(toy.bundled(WORM), Options(), "Worm"))
    assert run("model.py", ADULT, "-o", "both.dot").exit_code == 0
    assert Path("both.dot").read_bytes() == draw(compared(), "dot")
    refused = run("model.py", "-o", "x.dot", "--min-weight", "2")
    assert refused.exit_code == 2 and "--min-weight" in refused.stderr


def test_options_of_a_compile_count(folder: Path) -> None:
    assert (
        run(
            WORM, "-o", "few.graphml", "--min-weight", "3", "--label", "strong"
        ).exit_code
        == 0
    )
    graph = nx.read_graphml("few.graphml")
    assert graph.graph.get("id", "strong") == "strong"
    assert min(weight for *_, weight in graph.edges(data="weight")) == 3


def test_text_goes_to_stdout_if_asked() -> None:
    done = run(
        "-",
        "-o",
        "-",
        "--format",
        "dot",
        "--roles-table",
        "structure",
        stdin="pre,post,weight\nS,I,2\nI,M,3\n",
    )
    assert done.exit_code == 0 and done.stdout.startswith('digraph "stdin" {')


@pytest.mark.parametrize(
    "given, code, said",
    [
        ([WORM, "-o", "there.dot"], 1, "there.dot: is there already\n  --force replaces it"),
        ([WORM, "-o", "worm.gif"], 2, ".svg, .png, .pdf, .html, .dot, .graphml"),
        ([WORM, "-o", "worm"], 2, "no suffix; one of .svg"),
        ([WORM, "-o", "-"], 2, "say which --format"),
        ([WORM, "-o", "-", "--format", "png"], 2, "png is binary; give a file"),
        ([WORM, "-o", "-", "--format", "pdf"], 2, "pdf is binary; give a file"),
        ([WORM, "-o", "x.html", "--style", "matrix"], 2, "for svg, png, pdf only, not html"),
        ([WORM, "-o", "x.dot", "--style", "figure1"], 2, "not dot"),
        ([WORM, "-o", "x.svg", "--style", "cubist"], 2, "cubist"),
        ([WORM, "-o", "folder.dot"], 1, "is a directory"),
        ([WORM, "-o", "no/where.dot"], 1, "no such folder"),
        (["there.dot", "-o", "there.dot", "--force"], 1, "is the input"),
        ([WORM, "there.dot", "-o", "there.dot", "--force"], 1, "is the input"),
        (["-", "-", "-o", "x.dot"], 2, "stdin can be only one"),
        (["witvliet2021-9", "-o", "x.dot"], 1, "did you mean"),
        (["missing.csv", "-o", "x.dot"], 1, "missing.csv"),
        ([WORM], 2, "--output"),
    ],
)  # fmt: skip
def test_what_is_refused(folder: Path, given: list[str], code: int, said: str) -> None:
    Path("there.dot").write_text("mine")
    Path("folder.dot").mkdir()
    if "svg" in str(given) or "png" in str(given) or "pdf" in str(given):
        pytest.importorskip("matplotlib")
    done = run(*given)
    assert done.exit_code == code, done.output
    assert said in done.stderr
    assert Path("there.dot").read_text() == "mine"
    assert sorted(os.listdir()) == ["folder.dot", "there.dot"]


def test_force_replaces(folder: Path) -> None:
    Path("worm.dot").write_text("mine")
    assert run(WORM, "-o", "worm.dot", "--force").exit_code == 0
    assert Path("worm.dot").read_bytes() == drawn("dot")


def test_draw_itself_refuses() -> None:
    with pytest.raises(UsageError, match="one of svg"):
        draw(scene(), "gif")
    with pytest.raises(UsageError, match="one of levels"):
        draw(scene(), "dot", "cubist")


def test_without_matplotlib_there_is_one_clear_message(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = run("missing.csv", "-o", "worm.svg")
    assert done.exit_code == 1
    assert (
        done.stderr
        == "draw: pictures need matplotlib, which is not installed\n  pip install matplotlib\n"
    )
    assert run(WORM, "-o", "worm.html").exit_code == 0


def test_little_is_imported() -> None:
    code = (
        "import sys, elegansc.cli.draw; early = set(sys.modules)\n"
        "from elegansc.drawing import draw; from elegansc.drawing.scene import *\n"
        "from elegansc.options import Options; from elegansc.readers.reader import Layout\n"
        f"made = scene_of(planned({WORM!r}, options=Options(), layout=Layout()))\n"
        "[draw(made, kind) for kind in ('html', 'dot', 'graphml')]\n"
        "print([m for m in ('numpy', 'jinja2', 'scipy', 'matplotlib') if m in early],"
        " [m for m in ('matplotlib', 'networkx', 'torch') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[] []", done.stderr


@pytest.mark.parametrize("kind", ["dot", "html"])
def test_a_source_and_its_model_look_alike(folder: Path, kind: str) -> None:
    """Two neurons of the grown worm have no role on record, and a model no such word."""
    quick = ("--cycles", "ratio", "--no-keep-alive")
    words = ("compile", "cook2019", *quick, "-q", "-o", "cook.py")
    assert elegansc(*words).exit_code == 0
    assert run("cook2019", *quick, "-o", f"source.{kind}").exit_code == 0
    assert run("cook.py", "-o", f"model.{kind}").exit_code == 0

    assert Path(f"source.{kind}").read_bytes() == Path(f"model.{kind}").read_bytes()


def test_a_large_page_is_made(tmp_path: Path) -> None:
    """Beyond 600 neurons: dots without names."""
    path = tmp_path / "large.csv"
    path.write_text(strategies.seeded(900, 6_000))
    output = tmp_path / "large.html"
    roles = (
        "--inputs",
        "N000*",
        "--outputs",
        "N008*",
        "--cycles",
        "ratio",
        "--no-keep-alive",
    )
    assert run(str(path), "-o", str(output), *roles).exit_code == 0
    held = Page(output.read_bytes()).held
    assert not held["named"] and len(held["neurons"]["name"]) == 900
