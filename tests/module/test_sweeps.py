"""The three ways of a page: level by level, in place, and in stages for a compiler."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from unittest import mock

import networkx as nx
import pytest
import torch
from support import toy
from support.forms import form
from support.paths import GENERATED
from torch import Tensor
from torch.autograd import forward_ad
from torch.testing import assert_close

from elegansc.acceleration.module import prepared
from elegansc.verification.verify import prove

DOUBLE = torch.float64
SWEPT = ("scalar", "scalar-wide", "linear", "relu", "delay", "delay-linear")
ACTIVATIONS = ("elu", "gelu", "silu", "hardtanh", "sigmoid", "identity")


def way(module: Any, name: str) -> Any:
    """A context in which a module computes in this way: levels, in place, or stages."""
    if name == "levels":
        return mock.patch.object(module, "exporting", lambda: True)
    return mock.patch.object(torch.compiler, "is_compiling", lambda: name == "stages")


def answers(module: Any, name: str) -> list[Tensor]:
    """Outputs, and the gradients of parameters and arguments."""
    torch.manual_seed(0)
    net = module.Toy(dtype=DOUBLE)
    with torch.no_grad():
        net.bias.uniform_(-0.5, 0.5)
    arguments = toy.arguments(module, 5, dtype=DOUBLE)
    free = [*net.parameters(), *(each.requires_grad_() for each in arguments)]
    with way(module, name):
        found = net(*arguments)
        outputs = found[0] if isinstance(found, tuple) else found
        slopes = torch.autograd.grad(outputs.sin().sum(), free)
    return [outputs, *slopes]


@pytest.mark.parametrize("name", ["in place", "stages"])
@pytest.mark.parametrize("case", SWEPT)
def test_each_way_computes_the_levels(case: str, name: str) -> None:
    module = form(case).module
    assert_close(answers(module, name), answers(module, "levels"))


@pytest.mark.parametrize("unit", [{}, {"unit": "linear", "features": 4}])
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_each_activation_has_its_slope(activation: str, unit: dict[str, Any]) -> None:
    _, module = toy.build(replace(toy.ROLES, activation=activation, **unit))
    levels = answers(module, "levels")
    for name in ("in place", "stages"):
        assert_close(answers(module, name), levels)


@pytest.mark.parametrize("name", ["in place", "levels"])
@pytest.mark.parametrize("case", ["scalar", "linear"])
def test_nan_reaches_the_motors_that_a_path_joins_to_its_sensor(
    case: str, name: str
) -> None:
    module = form(case).module
    graph = nx.DiGraph((source, neuron) for neuron, source, _ in module.SYNAPSES)
    net, (inputs,) = module.Toy(), toy.arguments(module, 2)
    for place, sensor in enumerate(module.SENSORY):
        given = inputs.clone()
        given[:, place] = float("nan")
        with way(module, name), torch.no_grad():
            found = net(given).isnan().reshape(2, len(module.MOTOR), -1).any(2)
        reached = nx.descendants(graph, sensor) if sensor in graph else set()
        expected = [motor in reached | {sensor} for motor in module.MOTOR]
        assert found.tolist() == [expected] * 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("return None, grads, of_gain\n", "return None, grads, 2 * of_gain\n"),
        ("rows.add_(added(states, *wires))", "rows.sub_(added(states, *wires))"),
        ("total * slopes[a:b]", "total + slopes[a:b]"),
        ("torch.tanh(total) if", "torch.sin(total) if"),
        ("torch.cat([states, state])", "torch.cat([states, 2 * state])"),
    ],
)
def test_verify_proves_each_way(old: str, new: str) -> None:
    honest = toy.source().decode()
    assert honest.count(old) == 1
    checks = prove(honest.replace(old, new).encode(), "toy.py", trust=True)
    failed = {check.name for check in checks if not check.passed}
    assert failed & {"values float64", "gradients float64"}


TRANSFORMS: dict[str, Callable[[Any], Callable[[Tensor], Tensor]]] = {
    "vmap": lambda net: torch.vmap(lambda row: net(row[None])[0]),
    "grad": lambda net: torch.func.grad(lambda rows: net(rows).sin().sum()),
    "jvp": lambda net: lambda rows: torch.func.jvp(net, (rows,), (rows,))[1],
    "jacobian": lambda net: torch.func.jacrev(lambda rows: net(rows)[0]),
    "per sample": lambda net: torch.vmap(
        torch.func.grad(lambda row: net(row[None]).sin().sum())
    ),
}


@pytest.mark.parametrize("transform", TRANSFORMS)
@pytest.mark.parametrize("case", ["scalar", "linear"])
def test_a_transform_can_be_compiled(case: str, transform: str) -> None:
    module = form(case).module
    call = TRANSFORMS[transform](module.Toy(dtype=DOUBLE).requires_grad_(False))
    (inputs,) = toy.arguments(module, 3, dtype=DOUBLE)
    torch._dynamo.reset()
    compiled = torch.compile(call, backend="aot_eager", fullgraph=True)
    assert_close(compiled(inputs), call(inputs))
    torch._dynamo.reset()


def test_what_tracers_take_for_constant_is_marked_as_torch_marks_it() -> None:
    mark: Any = torch.compiler.assume_constant_result
    marked = vars(mark(lambda: True))
    assert marked == vars(form("scalar").module.transformed) == vars(prepared)


def test_a_compiler_gets_the_stages() -> None:
    module = form("scalar").module
    net, (inputs,) = module.Toy(dtype=DOUBLE), toy.arguments(module, 3, dtype=DOUBLE)
    torch._dynamo.reset()
    with mock.patch.object(module.Toy, "levels", None):
        compiled = torch.compile(net, backend="aot_eager", fullgraph=True)
        assert_close(compiled(inputs), net(inputs))
    torch._dynamo.reset()


LOADED = """
import importlib, sys
import torch
module = importlib.import_module(sys.argv[1])
net = getattr(module, sys.argv[2])()
if sys.argv[3]:
    import elegansc
    net = elegansc.native(net)
net(torch.ones(2, len(module.SENSORY))).sum().backward()
print("torch._dynamo" in sys.modules)
"""


@pytest.mark.parametrize("native", ["", "native"])
@pytest.mark.parametrize("name", ["Cook2019", "Witvliet1", "Witvliet8"])
def test_no_compiler_of_torch_is_loaded_unasked(name: str, native: str) -> None:
    words = [sys.executable, "-c", LOADED, name.lower(), name, native]
    done = subprocess.run(words, cwd=GENERATED, capture_output=True, check=True)
    assert done.stdout == b"False\n"


def test_a_dual_number_goes_through_the_page() -> None:
    module = form("scalar").module
    net, (inputs,) = module.Toy(dtype=DOUBLE), toy.arguments(module, 3, dtype=DOUBLE)
    along = torch.ones_like(inputs)
    with forward_ad.dual_level():
        pushed = forward_ad.unpack_dual(
            net(forward_ad.make_dual(inputs, along))
        ).tangent
    assert_close(pushed, torch.func.jvp(net, (inputs,), (along,))[1])


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("case", SWEPT)
def test_an_empty_batch_gives_empty_outputs(case: str, threads: int) -> None:
    """embedding_bag fails of rows without a number, on several threads."""
    module = form(case).module
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        net = module.Toy()
        found = net(*toy.arguments(module, 0, dtype=torch.float32))
        outputs = found[0] if isinstance(found, tuple) else found
        outputs.sum().backward()
    finally:
        torch.set_num_threads(before)

    assert outputs.shape[0] == 0
    assert all(
        not each.grad.any() for each in net.parameters() if each.grad is not None
    )


@pytest.mark.parametrize("case", SWEPT)
def test_gradients_of_many_outputs_are_taken_at_once(case: str) -> None:
    module = form(case).module
    net = module.Toy(dtype=DOUBLE)
    first, *others = toy.arguments(module, 2, dtype=DOUBLE)

    def outputs(inputs: Tensor) -> Tensor:
        found = net(inputs, *others)
        return found[0] if isinstance(found, tuple) else found

    jacobian: Any = torch.autograd.functional.jacobian
    assert_close(jacobian(outputs, first, vectorize=True), jacobian(outputs, first))
