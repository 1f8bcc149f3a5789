"""`generated/` is what the compiler writes today, byte for byte."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from support.paths import GENERATED

from elegansc.cli.main import cli
from elegansc.verification.verify import prove, static

FOLDER = GENERATED
MODELS = sorted(FOLDER.glob("*.py"))


def command(model: Path) -> list[str]:
    """The words after `Made by: elegansc` in a model's docstring."""
    text = model.read_text()
    start = text.index("Made by: elegansc ") + len("Made by: elegansc ")
    end = min(text.index(stop, start) for stop in ("\nSource:", '"""'))
    return shlex.split(text[start:end].replace("\n", " "))


DEFAULT = {"witvliet1", "cook2019_tensor"}  # the others are slow


def test_all_eight_are_there() -> None:
    names = {model.name for model in MODELS}
    assert names >= {
        "cook2019.py",
        "cook2019_leaky.py",
        "cook2019_tensor.py",
        "witvliet1.py",
        "witvliet8.py",
        "elegansnet_m1.py",
        "elegansnet_m2.py",
        "mnist_routed.py",
    }


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(
            model,
            marks=[] if model.stem in DEFAULT else [pytest.mark.slow],
            id=model.name,
        )
        for model in MODELS
    ],
)
def test_the_command_in_its_docstring_writes_it(model: Path) -> None:
    result = CliRunner().invoke(cli, [*command(model), "--quiet"])

    assert result.exit_code == 0, result.output
    assert result.stdout_bytes == model.read_bytes()


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.name)
def test_it_passes_every_static_check(model: Path) -> None:
    data = model.read_bytes()
    checks = prove(data, model.name) if "leaky" in model.stem else static(data, "m.py")
    assert [check for check in checks if not check.passed] == []
