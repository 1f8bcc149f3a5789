"""Every option is emitted, reads as one would write it, and computes what it says."""

from __future__ import annotations

import ast
import itertools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import black
import numpy as np
import pytest
from support import toy

from elegansc.errors import UsageError
from elegansc.options import CHOICES, Options
from elegansc.verification.verify import prove

ALL = list(toy.everything())
LENGTHS = sorted(CHOICES["activation"], key=len)
DEFINED = r"(?=\n\n\n\S|(?<!\n)\n\n    (?:def|@))"  # also in a class
EXTREMES = LENGTHS[0], LENGTHS[-1]
MARK = b"# fmt: on\n"


def covering() -> list[Options]:
    """A few options in which every choice stands, by greed; first those apart."""
    missing = {(name, value) for name, values in toy.SPACE.items() for value in values}
    missing |= {
        ("merge+unit", pair) for pair in itertools.product(*two("merge", "unit"))
    }
    missing |= {
        ("merge+norm", pair) for pair in itertools.product(*two("merge", "norm"))
    }
    missing -= {("merge+norm", ("product", "none"))}
    missing |= {
        ("unit+feedback", pair) for pair in itertools.product(*two("unit", "feedback"))
    }
    rows: list[Options] = []
    while missing:
        best = max(ALL, key=lambda options: len(missing & choices(options)))
        missing -= choices(best)
        rows.append(best)
    return rows


def two(*names: str) -> Iterator[tuple[object, ...]]:
    """The choices of some options."""
    return (toy.SPACE[name] for name in names)


def choices(options: Options) -> set[tuple[str, object]]:
    """What `covering` wants to see once."""
    found: set[tuple[str, object]] = {
        (name, getattr(options, name)) for name in toy.SPACE
    }
    for pair in ("merge+unit", "merge+norm", "unit+feedback"):
        found.add((pair, tuple(getattr(options, name) for name in pair.split("+"))))
    return found


# What it computes


def test_options_refuse_what_is_documented_and_no_more() -> None:
    refused = {}
    for chosen in itertools.product(*toy.SPACE.values()):
        options = dict(zip(toy.SPACE, chosen, strict=True))
        try:
            Options(**options)
        except UsageError as error:
            refused[tuple(options.values())] = str(error)
    for chosen in itertools.product(*toy.SPACE.values()):
        features, unit, merge, norm, activation, init, feedback = chosen
        wrong = (
            (norm == "layer" and features < 4)
            or (norm == "layer" and (unit, activation) == ("scalar", "identity"))
            or (merge == "product" and (norm != "layer" or feedback == "delay"))
            or (merge == "product" and init == "counts")
        )
        assert (chosen in refused) == wrong
    assert {message.split(":")[0] for message in refused.values()} == {
        "--norm layer",
        "--norm layer --unit scalar --activation identity",
        "--merge product",
    }


@pytest.mark.parametrize("options", covering(), ids=toy.told)
def test_it_is_proved(options: Options) -> None:
    checks = prove(toy.source(options), "toy.py")

    assert [check for check in checks if not check.passed] == []
    assert {"emitted", "gradients float64", "gradients float32"} <= {
        c.name for c in checks
    }


@pytest.mark.parametrize("activation", CHOICES["activation"])
def test_values_and_gradients_are_the_interpreters(activation: str) -> None:
    """All that `prove` compares, for every combination, without its processes."""
    for options in toy.everything(activation=activation, init="uniform"):
        data, module = toy.build(options)
        model, numbers = toy.trial(data)
        net = toy.network(module, dtype=toy.torch.float64)
        toy.fill(net, numbers)
        found = toy.steps(net, numbers, model)
        expected = toy.gradients(toy.interpreted(model, numbers), numbers)
        assert found.keys() == expected.keys()
        for name, value in expected.items():
            error = np.abs(found[name].reshape(value.shape) - value).max()
            assert error <= 1e-9 * np.abs(value).max(), (toy.told(options), name)


# How it reads


@pytest.mark.parametrize("activation", EXTREMES)
def test_black_leaves_it_alone(activation: str) -> None:
    """Lines are cut by their length: names of least and of most letters."""
    for options in toy.everything(activation=activation):
        text = toy.source(options).decode("ascii")
        assert black.format_str(text, mode=black.Mode()) == text, toy.told(options)


@pytest.mark.slow
def test_black_leaves_every_activation_alone() -> None:
    """Methods and functions that stood in a text before are left out of the next."""
    seen: set[str] = set()
    for options in ALL:
        if options.activation in EXTREMES:
            continue
        first, *rest = re.split(DEFINED, toy.source(options).decode("ascii"))
        kept = [part for part in rest if part not in seen or "\nclass " in part]
        seen.update(rest)
        text = "".join([first, *kept]).rstrip("\n") + "\n"
        assert black.format_str(text, mode=black.Mode()) == text, toy.told(options)


@pytest.mark.slow
def test_it_is_ascii_and_imports_torch_and_the_standard_library() -> None:
    for options in ALL:
        tree = ast.parse(toy.source(options).decode("ascii"))
        for node in ast.walk(tree):
            modules = []
            if isinstance(node, ast.Import):
                modules = [name.name for name in node.names]
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0
                modules = [str(node.module)]
            for name in modules:
                assert name.split(".")[0] in {"torch", *sys.stdlib_module_names}


def test_below_the_tables_all_connectomes_read_the_same() -> None:
    for options in ALL:
        one = toy.source(options).split(MARK)[1]
        other = toy.source(options, toy.OTHER, "Other").split(MARK)[1]
        assert other.replace(b"class Other(", b"class Toy(") == one, toy.told(options)


def test_nothing_of_it_varies_with_the_name_of_the_class() -> None:
    longest = "L" * 60
    text = toy.source(name=longest).decode()
    assert black.format_str(text, mode=black.Mode()) == text


def test_ruff_finds_nothing(tmp_path: Path) -> None:
    for number, options in enumerate(ALL):
        (tmp_path / f"m{number}.py").write_bytes(toy.source(options))
    command = [
        sys.executable,
        "-m",
        "ruff",
        "check",
        "--isolated",
        "--no-cache",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr


@pytest.mark.slow
def test_mypy_strict_finds_nothing(tmp_path: Path) -> None:
    """Each text there is, whatever the activation: one run over all is quickest."""
    for number, options in enumerate(toy.everything(activation="gelu")):
        (tmp_path / f"m{number}.py").write_bytes(toy.source(options))
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--config-file=",
        str(tmp_path),
    ]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
