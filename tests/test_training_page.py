"""docs/training.md: its blocks run, one after the other, as a reader would run them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.paths import ROOT

from elegansc.cli.main import cli

PAGE = (ROOT / "docs" / "training.md").read_text()


def blocks(language: str) -> list[str]:
    """The blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)


@pytest.mark.slow
def test_every_block_runs_in_turn(tmp_path: Path) -> None:
    """In a process of its own; a block that fails is named by its first line."""
    (command,) = blocks("console")
    words = command.removeprefix("$ elegansc ").split()
    words[words.index("-o") + 1] = str(tmp_path / "worm.py")
    assert CliRunner().invoke(cli, words).exit_code == 0
    assert len(blocks("python")) >= 9
    (tmp_path / "page.py").write_text("\n".join(blocks("python")))
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "page.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]


def test_what_the_page_names_is_there() -> None:
    """The options that it tells of are options, and its test is this one."""
    from elegansc.options import Options

    named = {word.replace("-", "_") for word in re.findall(r"`--([a-z-]+)", PAGE)}
    assert named and named <= set(Options.__dataclass_fields__)
    assert f"`tests/{Path(__file__).name}`" in PAGE
