"""A compile over a model keeps how it was made, or says what would change."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import EDGES, contents, run

import elegansc
from elegansc.errors import InputError

WIDE = ("--features", "8", "--unit", "linear")
SWEPT = ("--features", "8", "--lowering", "published", "--unit", "linear")
LEAKY = ("--dynamics", "leaky")
OVER = ("compile", "worm.csv", "-o", "worm.py")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory: `worm.py`, made of `worm.csv` with options."""
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text(EDGES)
    assert run(*OVER, "-q", *WIDE).exit_code == 0
    return tmp_path


def refused(*words: str, seen: str) -> str:
    """Assert that a compile over a model is refused, and changes nothing."""
    before = contents(Path())
    done = run(*words)
    assert contents(Path()) == before
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"was made with other options: {seen}\n" in done.stderr
    assert "elegansc update keeps them" in done.stderr
    return done.stderr


def test_forgotten_options_are_named_and_nothing_is_written(folder: Path) -> None:
    said = refused(*OVER, seen="features 8 -> 1, unit linear -> scalar")

    assert said.startswith("worm.py: was made with")
    assert "give --features --unit, or --force" in said


def test_the_same_options_are_no_change(folder: Path) -> None:
    assert run(*OVER, "-q", *WIDE).exit_code == 0


def test_what_is_given_may_change_be_it_to_its_default(folder: Path) -> None:
    refused(*OVER, "--features", "1", seen="unit linear -> scalar")
    refused(*OVER, "--unit", "linear", seen="features 8 -> 1")
    assert run(*OVER, "-q", *WIDE, "--activation", "relu").exit_code == 0
    refused(*OVER, *WIDE, seen="activation relu -> tanh")
    assert (
        run(*OVER, "-q", "--features=1", "--unit=scalar", "--activation=tanh").exit_code
        == 0
    )
    assert run(*OVER, "-q").exit_code == 0


def test_force_forgets_them(folder: Path) -> None:
    assert run(*OVER, "-q", "--force").exit_code == 0
    assert b'"features"' not in Path("worm.py").read_bytes()


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (("--inputs", "S", "--outputs", "M,I"), "inputs S -> none, outputs M,I -> none"),
        (("--no-keep-alive",), "keep-alive off -> on"),
        (("--undirected", "--min-weight", "0.5"), "min-weight 0.5 -> 0, undirected on -> off"),
        (("--weight-unit", "contacts"), "weight-unit contacts -> none"),
        (("--like", "old.py", "--stick", "0.5"), "like old.py -> none, stick 0.5 -> 0"),
        (("--name", "Mine"), "name Mine -> Worm"),
        (("--name", "Mine", "--max-levels", "9"), "max-levels 9 -> 0, name Mine -> Worm"),
    ],
    ids=lambda found: found if isinstance(found, str) else "",
)  # fmt: skip
def test_every_kind_of_option_is_kept(
    folder: Path, words: tuple[str, ...], seen: str
) -> None:
    assert run("compile", "worm.csv", "-q", "-o", "old.py").exit_code == 0
    Path("worm.py").unlink()
    assert run(*OVER, "-q", *words).exit_code == 0
    refused(*OVER, seen=seen)
    assert run(*OVER, "-q", *words).exit_code == 0


def test_a_class_that_follows_from_the_source_may_change(folder: Path) -> None:
    Path("other.csv").write_text(EDGES)
    assert run("compile", "other.csv", "-o", "worm.py", *WIDE, "-q").exit_code == 0
    assert b"class Other(" in Path("worm.py").read_bytes()


def test_a_model_brings_its_own_options(folder: Path) -> None:
    assert run("compile", "worm.csv", "-o", "plain.py", "-q").exit_code == 0
    refused(
        "compile",
        "plain.py",
        "-o",
        "worm.py",
        seen="features 8 -> 1, unit linear -> scalar",
    )
    assert run("compile", "worm.py", "-o", "copy.py", "-q").exit_code == 0
    assert run("compile", "worm.py", "-o", "copy.py", "-q").exit_code == 0


def test_check_and_diff_say_which_options_differ(folder: Path) -> None:
    for flag, code in (("--check", 1), ("--diff", 0)):
        done = run(*OVER, flag)
        assert done.exit_code == code
        assert "other options: features 8 -> 1, unit linear -> scalar" in done.stderr
        assert "it was made by: elegansc compile worm.csv --features 8" in done.stderr
    Path("worm.csv").write_text(EDGES + "S,M,1\n")
    assert "options" not in run(*OVER, *WIDE, "--diff").stderr


@pytest.mark.parametrize(
    ("made", "asked", "seen"),
    [
        (LEAKY, (*LEAKY, "--dt", "0.2"), "dt 0.1 -> 0.2"),
        (LEAKY, (), "dynamics leaky -> none"),
        (("--feedback", "delay"), LEAKY, "dynamics none -> leaky"),
        (SWEPT, WIDE, "lowering published -> acyclic"),
    ],
    ids=["dt", "none", "leaky", "swept"],
)
def test_check_says_it_of_models_without_levels_too(
    made: tuple[str, ...], asked: tuple[str, ...], seen: str, folder: Path
) -> None:
    words = ("compile", "worm.csv", "-o", "other.py")
    assert run(*words, *made, "-q").exit_code == 0
    assert run(*words, *made, "--check").exit_code == 0
    done = run(*words, *asked, "--check")
    assert done.exit_code == 1
    assert f"it was made by: elegansc compile worm.csv {' '.join(made)}" in done.stderr
    assert seen in done.stderr
    Path("worm.csv").write_text(EDGES + "S,M,1\n")
    assert "options" not in run(*words, *made, "--diff").stderr


def test_an_ensemble_keeps_them_too(folder: Path) -> None:
    Path("tie.csv").write_text("pre,post\nS,A\nS,B\nA,B\nB,A\nA,M\nB,M\n")
    words = ("compile", "tie.csv", "--ensemble", "2", "-o", "models", "-q")
    assert run(*words, "--features", "3").exit_code == 0
    done = run(*words)
    assert done.exit_code == 1 and "features 3 -> 1" in done.stderr
    assert run(*words, "--features", "1").exit_code == 0


def test_python_keeps_them_too(folder: Path) -> None:
    with pytest.raises(InputError, match="features 8 -> 1, unit linear -> scalar"):
        elegansc.compile("worm.csv").write("worm.py")
    elegansc.compile("worm.csv", features=8, unit="linear").write("worm.py")
    elegansc.compile("worm.csv").write("worm.py", force=True)


@pytest.mark.parametrize(
    "old", [b"", b"import torch\n", b"# Code generated by elegansc. DO NOT EDIT.\n"]
)
def test_what_is_no_model_has_no_options_to_keep(folder: Path, old: bytes) -> None:
    Path("worm.py").write_bytes(old)
    assert run(*OVER, "-q", "--force").exit_code == 0
