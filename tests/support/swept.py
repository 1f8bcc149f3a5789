"""Networks beside the same swept: what is compared of both."""

from __future__ import annotations

import copy
import importlib.util
import sys
import warnings
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import torch
from support import toy
from support.search import short_search
from torch import Tensor, nn
from torch.testing import assert_close

import elegansc

NEAR = {torch.float32: 1e-4, torch.float64: 1e-10}


@cache
def toy_class(**options: Any) -> type[nn.Module]:
    """The class of the toy under some options."""
    with short_search(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # roles are guessed
        roles = {"roles_table": "structure", "inputs": ["S*"], "outputs": ["M*", "SX"]}
        rows = toy.EDGES.encode()
        given: dict[str, Any] = roles | options
        return elegansc.compile(rows, name="Toy", label="toy", **given).load()


@cache
def file_class(path: Path) -> type[nn.Module]:
    """The network's class of a generated file."""
    name = f"swept_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    classes = [
        each
        for each in vars(module).values()
        if isinstance(each, type)
        and each.__module__ == name
        and hasattr(each, "activity")
    ]
    (found,) = classes
    return found


def tables(kind: type) -> ModuleType:
    """The module of a network's class."""
    return sys.modules[kind.__module__]


def pair(
    kind: type[nn.Module], dtype: torch.dtype = torch.float32, device: str = "cpu"
) -> tuple[Any, Any]:
    """A network, and a copy that is swept."""
    torch.manual_seed(0)
    plain = kind(dtype=dtype)
    with torch.no_grad():
        for parameter in plain.parameters():
            parameter.uniform_(-1, 1)
    plain.to(device)
    return plain, elegansc.native(copy.deepcopy(plain))


def arguments(
    kind: type, batch: int, dtype: torch.dtype, device: str = "cpu"
) -> tuple[Tensor, ...]:
    """What `activity` takes, with gradients."""
    found = toy.arguments(tables(kind), batch, dtype=dtype)
    return tuple(each.to(device).requires_grad_() for each in found)


def all_of(net: Any, given: tuple[Tensor, ...], *, states: bool) -> list[Tensor]:
    """Outputs, or the states of all neurons, and every gradient."""
    outputs = net.activity(*given) if states else net(*given)
    parts = outputs if isinstance(outputs, tuple) else (outputs,)
    weighed = [
        part * torch.linspace(-1, 2, part.numel()).to(part).view(part.shape)
        for part in parts
    ]
    loss = torch.stack([part.sum() for part in weighed]).sum()
    wanted = [*given, *net.parameters()]
    slopes = torch.autograd.grad(loss, wanted)
    return [*(part.detach() for part in parts), *slopes]


def assert_same(
    kind: type[nn.Module], dtype: torch.dtype, batch: int = 70, device: str = "cpu"
) -> None:
    """A network and the same swept give the same values and gradients."""
    plain, swept = pair(kind, dtype, device)
    for size in (1, batch):
        given = arguments(kind, size, dtype, device)
        for states in (False, True):
            found = all_of(swept, given, states=states)
            wanted = all_of(plain, given, states=states)
            assert_close(found, wanted, rtol=NEAR[dtype], atol=NEAR[dtype])
    assert swept.sweeper.engines[swept.bias.device, dtype] is not None
