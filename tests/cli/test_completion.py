"""Completion: what a shell is told by the protocol, and where its script is written."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.command import EDGES, run

from elegansc.catalog import entries
from elegansc.cli.main import HIDDEN, SECTIONS, cli
from elegansc.options import CHOICES


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's home, which is the working directory, with a file in it."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    Path("witness.csv").write_text(EDGES)
    return tmp_path


def completed(*words: str) -> list[tuple[str, str]]:
    """(type, value) of what bash is offered for the last word."""
    environment = {
        "_ELEGANSC_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(["elegansc", *words]),
        "COMP_CWORD": str(len(words)),
    }
    done = CliRunner().invoke(cli, [], prog_name="elegansc", env=environment)
    assert done.exit_code == 0 and done.stderr == ""
    rows = (line.partition(",") for line in done.stdout.splitlines() if line)
    return [(kind, value) for kind, _, value in rows]


def values(*words: str) -> list[str]:
    """The values alone."""
    return [value for _, value in completed(*words)]


def test_commands_are_offered_but_those_that_git_calls() -> None:
    listed = [name for names in SECTIONS.values() for name in names]
    assert values("") == listed and not {*HIDDEN} & {*listed}
    assert values("comp") == ["compile", "completion"]
    assert values("lab", "") == [
        "train",
        "compare",
        "table",
        "pilot",
        "figure",
        "score",
        "replay",
    ]


def test_bundled_names_are_offered_and_files_beside_them(home: Path) -> None:
    names = [entry.name for entry in entries()]
    worms = [name for name in names if name.startswith("wit")]
    assert values("compile", "wit") == [*worms, "witness.csv"]
    assert values("diff", names[0], "") == [*names, "witness.csv"]
    assert values("connectomes", "show", "coo") == ["cook2019", "cook2019-male"]
    assert completed("compile", "./w") == [("file", "./w")]
    assert completed("verify", "mo") == [("file", "mo")]
    assert completed("rewire", "-o", "tw") == [("dir", "tw")]


def test_options_and_choices_are_offered() -> None:
    assert values("compile", "--act") == ["--activation"]
    assert values("order", "--act") == []
    assert values("compile", "--activation", "") == [*CHOICES["activation"]]


@pytest.mark.skipif(not shutil.which("bash"), reason="no bash")
def test_bash_itself_completes(home: Path) -> None:
    program = home / "elegansc"
    start = "from elegansc.__main__ import main\nmain()\n"
    program.write_text(f"#!{sys.executable}\n{start}")
    program.chmod(0o755)
    (home / "script").write_text(run("completion", "bash").stdout)
    asks = (
        "complete() { :; }; export PATH=$PWD:$PATH; source ./script; COMP_WORDS=(elegansc compile cook); "
        "COMP_CWORD=2; _elegansc_completion elegansc; echo ${COMPREPLY[*]}"
    )
    done = subprocess.run(["bash", "-c", asks], capture_output=True, text=True)
    assert done.stdout.split() == ["cook2019", "cook2019-male"]


@pytest.mark.parametrize(
    ("shell", "place"),
    [
        ("bash", ".local/share/bash-completion/completions/elegansc"),
        ("zsh", ".local/share/elegansc/completion.zsh"),
        ("fish", ".config/fish/completions/elegansc.fish"),
    ],
)
def test_it_is_written_where_the_shell_finds_it(
    shell: str, place: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHELL", f"/bin/{shell}")
    Path(".zshrc").write_text("# mine")
    for word in ("wrote", "unchanged"):
        done = run("completion", "--install")
        assert (done.exit_code, done.stdout) == (0, "")
        assert done.stderr.startswith(f"{word:<10}{home / place}\n")
    assert Path(place).read_text() == run("completion", shell).stdout
    line = f"source {home / place}\n" if shell == "zsh" else ""
    assert Path(".zshrc").read_text() == ("# mine\n" + line if line else "# mine")


def test_an_unknown_shell_is_to_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELL", "/bin/tcsh")
    done = run("completion")

    assert done.exit_code == 2 and "tcsh; name bash, zsh, fish" in done.stderr
