"""What Triton's interpreter proves: pytest runs this file by name, with TRITON_INTERPRET=1.

test_triton.py does so, in a process of its own: Triton asks for that when it is imported.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from support import toy
from support.paths import GENERATED, TESTS
from support.swept import (
    NEAR,
    all_of,
    arguments,
    assert_same,
    file_class,
    pair,
    toy_class,
)
from torch.testing import assert_close

import elegansc
from elegansc import acceleration
from elegansc.acceleration import kernels, triton_sweep
from elegansc.acceleration.operator import FORTH
from elegansc.acceleration.triton_sweep import TritonSweep
from elegansc.options import CHOICES

FORMS: dict[str, dict[str, Any]] = {
    "scalar": {},
    "wide": {"features": 3},
    "gated": {"features": 3, "merge": "gated"},
    "delay": {"feedback": "delay"},
    "delay-gated": {"features": 2, "merge": "gated", "feedback": "delay"},
    "lateral": {"feedback": "delay", "max_levels": 3},
}
SINGLE, DOUBLE = torch.float32, torch.float64
TYPED = [*((name, DOUBLE) for name in FORMS), ("delay", SINGLE)]
PROVED = ("scalar", "wide", "gated", "delay", "delay_lateral")
MUTANTS = (
    ("m += tl.load(gain + tl.load(order + e)) * x", "m += x"),
    ("tl.load(bias + v)", "0"),
    ("d = d * (1 - y * y)", "d = d * (1 - y)"),
    ("v = rows - 1 - back", "v = back"),
    ("tl.sum(u * y, 0)", "tl.sum(u, 0)"),
    ("d += tl.load(gain + tl.load(order + e)) * u", "d += u"),
    ("tl.store(sums + e,", "tl.store(sums + tl.load(order + e),"),
    ("sums += program.to(tl.int64) * (reads + rows + 1)", "sums += 0"),
    ("tl.store(sums + reads + v, tl.sum(d, 0))", "pass"),
    ("y * 0, y, mine", "y, y, mine"),
    ("past + (sample * before + k) * F + feature, d", "past + k + column * 0, d"),
    ("sample, feature = column // F, column % F", "sample, feature = column // F, 0"),
    ("(start + program)", "(start + program * 0)"),
)


@pytest.mark.parametrize(("name", "dtype"), TYPED, ids=str)
def test_values_and_gradients_are_those_of_the_page(name: str, dtype: Any) -> None:
    kind = toy_class(**FORMS[name])
    near = NEAR[dtype]
    plain, swept = pair(kind, dtype)
    for batch, states in ((1, False), (33, True)):
        given = arguments(kind, batch, dtype)
        found, wanted = (all_of(net, given, states=states) for net in (swept, plain))
        assert_close(found, wanted, rtol=near, atol=near)
    assert_triton(swept)


@pytest.mark.parametrize("activation", CHOICES["activation"])
def test_every_activation_is_that_of_the_page(activation: str) -> None:
    kind = toy_class(activation=activation)
    given = arguments(kind, 3, DOUBLE)
    wanted, swept = (all_of(net, given, states=True) for net in pair(kind, DOUBLE))
    assert_close(swept, wanted, rtol=1e-10, atol=1e-10)


@pytest.mark.parametrize(
    "path",
    [*(TESTS / "older" / f"{name}.py" for name in PROVED), GENERATED / "witvliet1.py"],
    ids=lambda path: path.stem,
)
def test_the_interpreter_says_the_same(path: Path) -> None:
    model, numbers = toy.trial(path.read_bytes())
    swept = elegansc.native(file_class(path)(dtype=DOUBLE))
    toy.fill(swept, numbers)
    found = toy.steps(swept, numbers, model)
    wanted = toy.gradients(toy.interpreted(model, numbers), numbers)
    assert_triton(swept)
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert_close(found[name], value, rtol=1e-10, atol=1e-10)


def test_the_command_proves_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")  # so that C cannot stand in
    found = elegansc.verify(TESTS / "older" / "scalar.py", native=True)
    names = [each.name for each in found.checks if each.name.startswith("native ")]
    assert found and len(names) == 4, found.report


@pytest.mark.parametrize("activation", ["tanh", "elu", "silu", "gelu"])
def test_small_sums_lose_nothing(activation: str) -> None:
    kind = toy_class(activation=activation)
    for net in (found := pair(kind)):
        for parameter in net.parameters():
            parameter.data.mul_(1e-3)
    given = arguments(kind, 5, SINGLE)
    wanted, swept = (all_of(net, given, states=False) for net in found)
    assert_close(swept, wanted, rtol=1e-4, atol=0)


def test_a_nan_stays_and_infinity_is_no_nan() -> None:
    for activation in CHOICES["activation"]:
        plain, swept = pair(toy_class(activation=activation))
        inputs = arguments(type(plain), 3, SINGLE)[0].detach()
        inputs[:] = torch.tensor([[torch.nan], [1e4], [-1e4]])
        assert_close(swept(inputs), plain(inputs), equal_nan=True)


def test_shares_are_summed_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    kind = toy_class(feedback="delay")
    given = arguments(kind, 40, SINGLE)
    plain, swept = pair(kind)
    whole, again = (all_of(swept, given, states=True) for _ in range(2))
    monkeypatch.setattr(triton_sweep, "ROOM", 1)  # a program at a time
    apart = all_of(swept, given, states=True)
    assert all(map(torch.equal, whole, again))
    assert_close(apart, all_of(plain, given, states=True), rtol=1e-4, atol=1e-4)


def test_no_sample_and_one_input_for_all() -> None:
    plain, swept = pair(toy_class())
    assert swept(arguments(toy_class(), 0, SINGLE)[0]).shape[0] == 0
    one = torch.randn(4, 1)
    assert_close(swept(one), plain(one))


def test_the_operator_has_the_shapes_that_it_says() -> None:
    kind = toy_class(feedback="delay")
    _, swept = pair(kind)
    given = arguments(kind, 5, SINGLE)
    swept(*given)
    inputs, past = (*given, None)[:2]
    tensors = inputs, past, swept.gain, swept.bias, None
    found = torch.library.opcheck(FORTH, (*tensors, swept.sweeper.key, False, True))
    assert set(found.values()) == {"SUCCESS"}


def test_compiled_it_is_one_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    plain, swept = pair(toy_class())
    monkeypatch.setattr(swept.sweeper, "engines", {})  # built while it is compiled
    compiled = torch.compile(swept, fullgraph=True, backend="aot_eager")
    given = arguments(type(plain), 5, SINGLE)
    outputs = compiled(*given)
    slopes = torch.autograd.grad(outputs.sum(), [*given, *swept.parameters()])
    wanted = plain(*given)
    assert_close(outputs, wanted)
    assert_close(
        slopes, torch.autograd.grad(wanted.sum(), [*given, *plain.parameters()])
    )
    assert_triton(swept)


def test_linear_units_run_the_page() -> None:
    plain, swept = pair(toy_class(features=4, unit="linear"))
    (inputs,) = arguments(type(plain), 3, SINGLE)
    with pytest.warns(elegansc.CompilerWarning, match="no Triton sweep.*linear units"):
        assert torch.equal(swept(inputs), plain(inputs))


@pytest.mark.parametrize(("right", "wrong"), MUTANTS)
def test_kernels_that_are_wrong_are_found(
    right: str, wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = Path(kernels.__file__).read_text()
    assert right in text
    path = tmp_path / "mutant.py"
    path.write_text(text.replace(right, wrong))
    monkeypatch.setattr(acceleration, "kernels", imported(path))
    kind = toy_class(features=3, merge="gated", feedback="delay")
    monkeypatch.setattr(pair(kind)[1].sweeper, "engines", {})
    with pytest.raises(AssertionError):
        assert_same(kind, SINGLE, batch=12)


def assert_triton(swept: Any) -> None:
    """A network is swept by Triton."""
    found = list(swept.sweeper.engines.values())
    assert found and all(isinstance(engine, TritonSweep) for engine in found)


def imported(path: Path) -> ModuleType:
    """The module of a file."""
    spec = importlib.util.spec_from_file_location("mutant", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
