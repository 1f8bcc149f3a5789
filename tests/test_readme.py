"""README says what is true in one screen: its report, its words, its pictures."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner
from support.paths import ROOT

from elegansc.cli.main import cli
from elegansc.module.read import read_model

README = (ROOT / "README.md").read_text()


def test_it_is_short() -> None:
    assert len(README.splitlines()) <= 150


def test_the_report_is_what_the_command_prints(tmp_path: Path) -> None:
    output = tmp_path / "model.py"
    result = CliRunner().invoke(cli, ["compile", "cook2019", "-o", str(output)])

    assert result.stderr.replace(str(output), "model.py") in README


def test_its_words_are_explained_before_the_first_report() -> None:
    words = re.findall(r"^- \*\*(\w+)\*\*: ", README, re.MULTILINE)
    assert words == ["Level", "Backward", "Alive", "Walk", "Junction", "Twin"]
    assert README.index("**Twin**") < README.index("\nread      ")


def test_its_pictures_are_of_the_models_beside_them() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+\.svg)\)", README)
    assert pictures == ["generated/witvliet1.svg", "docs/pictures/git-diff.svg"]
    place = pictures[0]
    picture = (ROOT / place).read_text()
    data = (ROOT / place).with_suffix(".py").read_bytes()
    model = read_model(data, place)
    assert all(f">{name}</text>" in picture for name in model.plan.cells.name)
    assert f"{len(model.tables.levels)} levels" in picture
