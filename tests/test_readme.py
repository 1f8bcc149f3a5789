"""README says what is true: its output, its options, its figures."""

from __future__ import annotations

import re
import warnings
from dataclasses import fields
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.paths import ROOT

from elegansc.cli.main import cli
from elegansc.module.read import read_model
from elegansc.options import CHOICES, Options, dashed

README = (ROOT / "README.md").read_text()


def test_the_report_is_what_the_command_prints(tmp_path: Path) -> None:
    output = tmp_path / "model.py"
    result = CliRunner().invoke(cli, ["compile", "cook2019", "-o", str(output)])

    assert result.stderr.replace(str(output), "model.py") in README


def test_the_diff_is_what_the_command_prints() -> None:
    words = ["diff", "witvliet2021-1", "witvliet2021-8", "--keep", "all", "--summary"]
    result = CliRunner().invoke(cli, words)

    assert f"$ elegansc {' '.join(words)}\n{result.stdout}```" in README


def test_the_python_block_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    block = re.search(r"```python\n(import elegansc\n.*?)```", README, re.S)
    assert block
    monkeypatch.chdir(tmp_path)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        exec(block[1], {})
    assert (tmp_path / "model.py").is_file()
    told = capsys.readouterr().out
    assert "cells     157 neurons kept" in told
    assert "witvliet2021-8 -> model.py" in told


def test_its_pictures_are_of_the_models_beside_them() -> None:
    pictures = re.findall(r"!\[[^]]*\]\(([^)]+\.svg)\)", README)
    assert pictures == ["generated/witvliet1.svg"]
    for place in pictures:
        picture = (ROOT / place).read_text()
        data = (ROOT / place).with_suffix(".py").read_bytes()
        model = read_model(data, place)
        assert all(f">{name}</text>" in picture for name in model.plan.cells.name)
        assert f"{len(model.tables.levels)} levels" in picture


def test_every_option_of_a_model_is_listed() -> None:
    for option in fields(Options):
        if option.name not in ("kernel", "weight_unit"):
            assert f"`--{dashed(option.name)}" in README, option.name


def test_the_choices_are_all_there_in_order() -> None:
    for name in ("unit", "merge", "norm", "activation", "init", "feedback", "cycles"):
        row = re.search(rf"^\| `--{dashed(name)}` \| ([^|]*) \|", README, re.M)
        assert row and tuple(row[1].split(", ")) == CHOICES[name]
