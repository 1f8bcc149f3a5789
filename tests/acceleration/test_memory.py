"""What hands C no plain memory: zeros without any, negatives, batches of gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from support.swept import arguments, pair, toy_class
from torch import Tensor
from torch.autograd.functional import hessian, jacobian
from torch.func import functional_call, grad, jacrev, jvp, vjp, vmap
from torch.func import hessian as hessian_of
from torch.testing import assert_close

from elegansc.acceleration.operator import FORTH

DOUBLE = torch.float64
FORMS: dict[str, dict[str, Any]] = {
    "scalar": {},
    "linear": {"features": 4, "unit": "linear"},
    "gated": {"features": 3, "merge": "gated"},
    "delay": {"feedback": "delay"},
}
each_form = pytest.mark.parametrize("name", FORMS)
zeros: Any = torch._efficientzerotensor  # type: ignore[attr-defined]
negated: Any = torch._neg_view  # type: ignore[attr-defined]
HOLLOW: dict[str, Callable[[Tensor], Tensor]] = {
    "zero": lambda x: zeros(x.shape, dtype=x.dtype),  # type: ignore[no-any-return]
    "negated": lambda x: negated(x),  # type: ignore[no-any-return]
}
each_hollow = pytest.mark.parametrize("hollow", HOLLOW)


def made(name: str) -> tuple[Any, Any, list[Tensor]]:
    """(plain, swept, what they are given)."""
    kind = toy_class(**FORMS[name])
    given = [each.detach() for each in arguments(kind, 5, DOUBLE)]
    return *pair(kind, DOUBLE), given


def first(outputs: Any) -> Tensor:
    """The outputs, of which a late network gives the states, too."""
    return outputs[0] if isinstance(outputs, tuple) else outputs  # type: ignore[no-any-return]


@each_form
@each_hollow
def test_inputs_without_memory_of_their_own(hollow: str, name: str) -> None:
    plain, swept, given = made(name)
    given = list(map(HOLLOW[hollow], given))
    assert_close(swept(*given), plain(*given))
    if name != "delay":
        assert_close(vmap(swept)(given[0][None]), plain(*given)[None])
        found, wanted = (
            grad(lambda x, net=net: net(x).square().sum())(*given)
            for net in (swept, plain)
        )
        assert_close(found, wanted)


@each_form
@each_hollow
def test_gradients_without_memory_of_their_own(hollow: str, name: str) -> None:
    found = []
    for net in made(name)[:2]:
        given = [each.requires_grad_() for each in made(name)[2]]
        outputs = first(net(*given))
        slope = HOLLOW[hollow](torch.linspace(-1, 1, outputs.numel(), dtype=DOUBLE))
        wanted = [*given, *net.parameters()]
        found.append(torch.autograd.grad(outputs, wanted, slope.view(outputs.shape)))
    assert_close(*found)


def test_the_sign_of_outputs_has_no_gradient() -> None:
    _, swept, (inputs,) = made("scalar")
    torch.sgn(swept(inputs)).sum().backward()
    assert all(not each.grad.any() for each in swept.parameters())


@each_form
@each_hollow
def test_parameters_without_memory_of_their_own(hollow: str, name: str) -> None:
    plain, swept, given = made(name)
    values = {
        key: HOLLOW[hollow](value.detach()) for key, value in plain.named_parameters()
    }
    found, wanted = (
        functional_call(net, values, tuple(given)) for net in (swept, plain)
    )
    assert_close(found, wanted)


@each_hollow
def test_the_operator_reads_numbers(hollow: str) -> None:
    plain, swept, (inputs,) = made("scalar")
    inputs = HOLLOW[hollow](inputs)
    wanted = plain(inputs)
    swept(inputs.clone())
    given = inputs, None, swept.gain, swept.bias, None, swept.sweeper.key
    outputs = FORTH(*given, True, True)[0]
    assert_close(outputs, wanted)
    slope = HOLLOW[hollow](torch.ones_like(outputs))
    found = torch.autograd.grad(outputs, swept.gain, slope)
    assert_close(found, torch.autograd.grad(wanted, plain.gain, slope))


# PyTorch's batches of gradients know no `flatten`, which the page of linear units calls.
@pytest.mark.parametrize("name", ["scalar", "gated", "delay"])
def test_batches_of_gradients(name: str) -> None:
    plain, swept, given = made(name)
    found, wanted = (
        jacobian(lambda *x, net=net: first(net(*x)), tuple(given), vectorize=True)
        for net in (swept, plain)
    )
    assert_close(found, wanted)
    found, wanted = (
        hessian(
            lambda *x, net=net: first(net(*x)).square().sum(),
            tuple(each[:1] for each in given),
            vectorize=True,
        )
        for net in (swept, plain)
    )
    assert_close(found, wanted)
    both = []
    for net in (swept, plain):
        outputs = first(net(*given))
        slopes = torch.linspace(-1, 1, 3 * outputs.numel(), dtype=DOUBLE)
        rows = slopes.view(3, *outputs.shape)
        parameters = list(net.parameters())
        both.append(
            torch.autograd.grad(outputs, parameters, rows, is_grads_batched=True)
        )
    assert_close(*both)


@pytest.mark.parametrize("name", ["scalar", "linear", "gated"])
def test_inputs_may_be_changed_once_they_are_swept(name: str) -> None:
    found = []
    for net in made(name)[:2]:
        (inputs,) = made(name)[2]
        outputs = net(inputs)
        inputs.zero_().resize_(0)
        found.append(torch.autograd.grad(outputs.sum(), list(net.parameters())))
    assert_close(*found)


def test_gradients_of_gradients_want_the_inputs_as_they_were() -> None:
    _, swept, (inputs,) = made("scalar")
    parameters = list(swept.parameters())
    loss = swept(inputs).square().sum()
    torch.autograd.grad(loss, parameters, create_graph=True, retain_graph=True)
    inputs.zero_()
    with pytest.raises(RuntimeError, match="changed in place"):
        torch.autograd.grad(loss, parameters, create_graph=True)


def test_inputs_of_inference_mode_are_swept() -> None:
    plain, swept, _ = made("scalar")
    with torch.inference_mode():
        (inputs,) = made("scalar")[2]
    found, wanted = (
        torch.autograd.grad(net(inputs).sum(), list(net.parameters()))
        for net in (swept, plain)
    )
    assert_close(found, wanted)


@pytest.mark.parametrize("grads", [False, True])
def test_a_gradient_taken_after_its_transform(grads: bool) -> None:
    plain, swept, (inputs,) = made("scalar")
    slope = torch.ones_like(plain(inputs)).detach()
    with torch.set_grad_enabled(grads):
        found, wanted = (vjp(net, inputs)[1](slope) for net in (swept, plain))
    assert_close(found, wanted)


TRANSFORMS: dict[str, Callable[[Any], Callable[[Tensor], Any]]] = {
    "jvp": lambda net: lambda x: jvp(net, (x,), (x.cos(),))[1],
    "grad": lambda net: grad(lambda x: net(x).square().sum()),
    "by sample": lambda net: vmap(grad(lambda x: net(x[None]).square().sum())),
    "jacrev": lambda net: jacrev(net),
    "vjp": lambda net: lambda x: vjp(net, x)[1](net(x))[0],
    "hessian": lambda net: hessian_of(lambda x: net(x).square().sum()),
}


@pytest.mark.slow
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize("transform", TRANSFORMS)
def test_a_compiled_transform_runs_the_page(transform: str, backend: str) -> None:
    torch._dynamo.reset()
    plain, swept, (inputs,) = made("scalar")
    wanted = TRANSFORMS[transform](plain)(inputs)
    call: Any = torch.compile(TRANSFORMS[transform](swept), backend=backend)
    assert_close(call(inputs), wanted)


def test_a_compiled_derivative_is_no_zero() -> None:
    torch._dynamo.reset()
    plain, swept, (inputs,) = made("scalar")
    call: Any = torch.compile(TRANSFORMS["jvp"](swept), backend="eager")
    assert_close(call(inputs), TRANSFORMS["jvp"](plain)(inputs))
