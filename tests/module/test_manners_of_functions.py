"""Manners by form: what torch makes of a network as a function. The rows of seconds."""

from __future__ import annotations

import copy
import warnings
from typing import Any

import pytest
import torch
from support.forms import Form, each_form, form, loss, tensors, trained
from torch import Tensor, nn
from torch.func import (
    functional_call,
    grad,
    hessian,
    jvp,
    stack_module_state,
    vjp,
    vmap,
)
from torch.nn.utils import parametrizations, parametrize, prune
from torch.testing import assert_close
from torch.utils.checkpoint import checkpoint

DOUBLE = torch.float64


def made(name: str, batch: int = 3, **keywords: Any) -> tuple[Form, Any, Any]:
    """(form, network, arguments)."""
    found = form(name)
    return found, found.network(**keywords), found.arguments(batch, **keywords)


def summed(net: Any, arguments: tuple[Tensor, ...]) -> Tensor:
    """A smooth number of the outputs, in the outputs' type."""
    return torch.stack([part.square().sum() for part in tensors(net(*arguments))]).sum()


@each_form()
def test_vmap_over_inputs(name: str) -> None:
    shape, net, _ = made(name)
    pair = [shape.arguments(3), shape.arguments(3)]
    pair[1] = tuple(part + 0.1 for part in pair[1])
    stacked = tuple(torch.stack(parts) for parts in zip(*pair, strict=True))
    found = tensors(vmap(net)(*stacked))
    for place, arguments in enumerate(pair):
        one = tuple(part[place] for part in found)
        assert_close(one, tensors(net(*arguments)), rtol=1e-4, atol=1e-5)


@each_form()
def test_vmap_over_networks_on_a_meta_base(name: str) -> None:
    shape, _, arguments = made(name)
    nets = [shape.network(seed) for seed in range(3)]
    stacked = stack_module_state(nets)
    base = copy.deepcopy(nets[0])
    for device in ("cpu", "meta"):
        base.to(device)
        found = tensors(
            vmap(lambda p, b: functional_call(base, (p, b), arguments))(*stacked)
        )
        for place, net in enumerate(nets):
            one = tuple(part[place] for part in found)
            assert_close(one, tensors(net(*arguments)), rtol=1e-4, atol=1e-5)


@each_form()
def test_gradients_per_sample(name: str) -> None:
    _, net, arguments = made(name, dtype=DOUBLE)
    parameters = trained(net)

    def one(values: dict[str, Tensor], *parts: Tensor) -> Tensor:
        rows = tuple(part[None] for part in parts)
        outputs = tensors(functional_call(net, values, rows))
        return torch.stack([part.square().sum() for part in outputs]).sum()

    places = (None, *(0 for _ in arguments))
    found = vmap(grad(one), places)(parameters, *arguments)
    whole = torch.autograd.grad(summed(net, arguments), list(parameters.values()))
    for key, expected in zip(parameters, whole, strict=True):
        assert_close(found[key].sum(0), expected)


@each_form()
def test_forward_derivatives_are_those_of_backward(name: str) -> None:
    """By inputs and parameters at once."""
    _, net, arguments = made(name, dtype=DOUBLE)
    values = {key: part.detach() for key, part in net.named_parameters()}
    torch.manual_seed(0)
    along = tuple(torch.randn_like(part) for part in (*arguments, *values.values()))

    def call(*parts: Tensor) -> tuple[Tensor, ...]:
        given, free = parts[: len(arguments)], parts[len(arguments) :]
        named = dict(zip(values, free, strict=True))
        return tensors(functional_call(net, named, given))

    outputs, slope = jvp(call, (*arguments, *values.values()), along)
    weights = tuple(torch.randn_like(part) for part in outputs)
    _, back = vjp(call, *arguments, *values.values())
    forward = sum((w * s).sum() for w, s in zip(weights, slope, strict=True))
    pairs = zip(back(weights), along, strict=True)
    backward = sum((g * a).sum() for g, a in pairs)
    assert_close(forward, backward)
    assert forward != 0


@pytest.mark.slow
@each_form()
def test_second_derivatives(name: str) -> None:
    """Of the parameters that stand nearest the graph; checked against differences."""
    shape, net, arguments = made(name, batch=2, dtype=DOUBLE)
    inner = shape.inner(net)
    prefix = "network." if inner is not net else ""
    values = {f"{prefix}{key}": part for key, part in inner.named_parameters()}
    if hasattr(net, "readout"):
        readout = dict(net.readout.named_parameters())
        values |= {f"readout.{key}": part for key, part in readout.items()}
    names = list(values)
    free = [part.detach().clone().requires_grad_() for part in values.values()]

    def call(*parts: Tensor) -> Any:
        return functional_call(net, dict(zip(names, parts, strict=True)), arguments)

    torch.manual_seed(0)
    assert torch.autograd.gradcheck(call, free, fast_mode=True)
    torch.manual_seed(0)
    assert torch.autograd.gradgradcheck(call, free, fast_mode=True)


@pytest.mark.slow
@each_form()
def test_hessian(name: str) -> None:
    shape, net, arguments = made(name, batch=1, dtype=DOUBLE)
    key = next(key for key, _ in shape.inner(net).named_parameters() if key == "bias")
    prefix = "network." if shape.inner(net) is not net else ""
    bias = shape.inner(net).bias.detach()
    flat = bias.flatten()[:5].clone()

    def of(part: Tensor) -> Tensor:
        whole = torch.cat((part, bias.flatten()[5:])).view(bias.shape)
        outputs = tensors(functional_call(net, {f"{prefix}{key}": whole}, arguments))
        return torch.stack([part.square().sum() for part in outputs]).sum()

    found = hessian(of)(flat)
    assert found.shape == (5, 5) and found.isfinite().all() and found.any()
    assert_close(found, found.mT)


@each_form()
def test_autocast(name: str) -> None:
    _, net, arguments = made(name)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = net(*arguments)
        loss(outputs).backward()
    assert all(
        p.grad is not None and p.grad.isfinite().all() for p in trained(net).values()
    )
    assert_close(loss(outputs), loss(net(*arguments)), rtol=0.2, atol=0.2)


@pytest.mark.slow
@each_form()
@pytest.mark.parametrize("reentrant", [False, True])
def test_checkpointing(name: str, reentrant: bool) -> None:
    _, net, arguments = made(name)
    given = tuple(part.clone().requires_grad_() for part in arguments)
    found = checkpoint(net, *given, use_reentrant=reentrant)
    ours = torch.autograd.grad(loss(net(*arguments)), list(trained(net).values()))
    loss(found).backward()
    theirs = [part.grad for part in trained(net).values()]
    assert_close(theirs, list(ours), rtol=1e-4, atol=1e-5)


@pytest.mark.slow
@each_form()
@pytest.mark.parametrize("kind", [torch.optim.Adam, torch.optim.AdamW, torch.optim.SGD])
def test_fused_and_foreach_optimisers_step_alike(name: str, kind: Any) -> None:
    nets = []
    for ways in ({"foreach": False}, {"foreach": True}, {"fused": True}):
        _, net, arguments = made(name)
        optimiser = kind(net.parameters(), lr=1e-3, **ways)
        for _ in range(2):
            optimiser.zero_grad()
            loss(net(*arguments)).backward()
            optimiser.step()
        nets.append(net)
    for other in nets[1:]:
        assert_close(
            dict(other.named_parameters()),
            dict(nets[0].named_parameters()),
            rtol=1e-4,
            atol=1e-4,
        )


class Doubled(nn.Module):
    """Twice a parameter."""

    def forward(self, value: Tensor) -> Tensor:
        return 2 * value

    def right_inverse(self, value: Tensor) -> Tensor:
        return value / 2


@each_form()
def test_parametrized(name: str) -> None:
    """As a linear layer is: of a parameter that is computed, values and gradients."""
    shape, net, arguments = made(name)
    expected = tensors(net(*arguments))
    for key in dict(shape.inner(net).named_parameters()):
        other = copy.deepcopy(net)
        parametrize.register_parametrization(shape.inner(other), key, Doubled())
        found = other(*arguments)
        assert_close(tensors(found), expected, rtol=1e-4, atol=1e-5)
        loss(found).backward()
        assert all(part.grad is not None for part in trained(other).values())
        parametrize.remove_parametrizations(shape.inner(other), key)
        assert_close(tensors(other(*arguments)), expected, rtol=1e-4, atol=1e-5)


@each_form()
def test_weight_norm_and_pruning(name: str) -> None:
    shape, net, arguments = made(name)
    expected = tensors(net(*arguments))
    key = "gain" if hasattr(shape.inner(net), "gain") else "bias"
    if key == "gain" or shape.inner(net).bias.any():
        normed = copy.deepcopy(net)
        parametrizations.weight_norm(shape.inner(normed), key)
        assert_close(tensors(normed(*arguments)), expected, rtol=1e-4, atol=1e-5)
    pruned = copy.deepcopy(net)
    half = (getattr(shape.inner(net), key).numel() + 1) // 2
    prune.random_unstructured(shape.inner(pruned), key, amount=half)
    loss(pruned(*arguments)).backward()
    prune.remove(shape.inner(pruned), key)
    assert (getattr(shape.inner(pruned), key) == 0).sum() >= 1
    assert tensors(pruned(*arguments))[0].isfinite().all()


@each_form()
def test_a_batch_of_none(name: str) -> None:
    _, net, arguments = made(name, batch=0)
    outputs = net(*arguments)
    assert {len(part) for part in tensors(outputs)} == {0}
    loss(outputs).backward()
    expected = [part.shape[1:] for part in tensors(net(*form(name).arguments(2)))]
    assert [part.shape[1:] for part in tensors(outputs)] == expected


@pytest.mark.slow
@each_form()
def test_traced_by_torch_jit(name: str) -> None:
    shape, net, arguments = made(name)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jit is deprecated
        traced = torch.jit.trace(net, arguments)
        for batch in (3, 7):
            others = shape.arguments(batch)
            assert_close(
                tensors(traced(*others)), tensors(net(*others)), rtol=1e-4, atol=1e-5
            )


@pytest.mark.slow
@each_form()
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
def test_compiled_in_one_graph(name: str, backend: str) -> None:
    shape, net, arguments = made(name)
    torch.compiler.reset()
    compiled = torch.compile(net, fullgraph=True, backend=backend)
    for batch in (3, 7):
        others = shape.arguments(batch)
        assert_close(
            tensors(compiled(*others)), tensors(net(*others)), rtol=1e-4, atol=1e-5
        )
    ours = torch.autograd.grad(loss(compiled(*arguments)), list(trained(net).values()))
    theirs = torch.autograd.grad(loss(net(*arguments)), list(trained(net).values()))
    assert_close(ours, theirs, rtol=1e-3, atol=1e-4)
