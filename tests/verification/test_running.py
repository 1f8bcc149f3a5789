"""A module is run in a process of its own: forked, as by tests, or started anew."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from support import toy

import elegansc
from elegansc.errors import CompilerError
from elegansc.options import Options
from elegansc.verification import running
from elegansc.verification.comparison import Numbers, judged
from elegansc.verification.running import Form, execute, numbers

WAYS = ["fork", "anew"]
SLEEPS = b"import time\ntime.sleep(60)\n"


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How the process of a module starts."""
    if request.param == "anew":
        monkeypatch.setattr(running, "subprocess", subprocess)
    name: str = request.param
    return name


def ran(data: bytes, options: Options = toy.ROLES) -> Numbers:
    """What a module computes in float32 on random numbers."""
    _, trial = toy.trial(toy.source(options))
    wide, state = options.features > 1, options.feedback == "delay"
    return execute(data, "Toy", numbers(trial), "float32", Form(wide, state))


@pytest.mark.parametrize("feedback", ["drop", "delay"])
def test_both_ways_compute_the_same_bits(
    feedback: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = replace(toy.ROLES, feedback=feedback, features=4, unit="linear")
    forked = ran(toy.source(options), options)
    monkeypatch.setattr(running, "subprocess", subprocess)
    anew = ran(toy.source(options), options)

    assert {"outputs", "gain", "weight"} <= forked.keys() == anew.keys()
    assert all(np.array_equal(forked[key], anew[key]) for key in anew)


def failure(run: Callable[[], object]) -> str:
    """The message of the error that is raised."""
    with pytest.raises(CompilerError) as raised:
        run()
    return str(raised.value)


@pytest.mark.usefixtures("way")
def test_a_module_that_fails_is_told_by_its_last_line() -> None:
    said = failure(lambda: ran(b"print('before')\n1 / 0\n"))
    assert said == "the module failed: ZeroDivisionError: division by zero"


@pytest.mark.usefixtures("way")
def test_a_module_that_takes_too_long_is_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "SECONDS", 0.2)
    assert failure(lambda: ran(SLEEPS)) == "the module ran for more than 0 s"


def test_a_forked_module_changes_nothing_of_the_next() -> None:
    spoils = b"import os, torch\nos.environ['X'] = 'x'\ntorch.tanh = None\n1 / 0\n"
    assert "ZeroDivision" in failure(lambda: ran(spoils))
    clean = b"import os, torch\nassert 'X' not in os.environ and torch.tanh\n1 / 0\n"
    assert "ZeroDivision" in failure(lambda: ran(clean))


@pytest.mark.parametrize(
    ("error", "moved", "ok", "word"),
    [
        (5e-5, 0.0, True, "allowed 1e-04"),
        (2e-4, 0.0, False, "allowed 1e-04"),
        (2e-4, 1e-6, False, "allowed 1e-04"),
        (2e-4, 1e-4, True, "rounding the parameters alone moves it by 1e-04"),
        (2e-2, 1e-4, False, "allowed 2e-03"),
        (0.4, 0.2, True, "not to be compared"),
        (np.inf, 0.2, False, "not to be compared"),
    ],
)
def test_an_error_is_allowed_what_rounding_explains(
    error: float, moved: float, ok: bool, word: str
) -> None:
    check = judged("values float32", error, 1e-4, moved)

    assert check.passed == ok
    assert word in check.detail


def test_a_deep_product_of_layers_is_proved_as_far_as_a_type_can_tell(
    tmp_path: Path,
) -> None:
    """Rounding alone moves float32 by as much as its values."""
    options = {"features": 4, "norm": "layer", "merge": "product", "unit": "linear"}
    path = tmp_path / "worm.py"
    elegansc.compile("witvliet2021-1", **options).write(path)
    found = elegansc.verify(path)

    assert found.passed
    told = {check.name: check.detail for check in found.checks}
    assert "allowed 1e-09" in told["values float64"]
    assert "rounding the parameters alone" in told["values float32"]
