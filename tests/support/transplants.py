"""Two models and a checkpoint of the first, to be carried over to the second."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from click.testing import CliRunner, Result
from support import toy
from support.command import contents
from torch import Tensor, nn

from elegansc.cli.exit_codes import Commands
from elegansc.cli.transplant import transplant_command
from elegansc.options import Options

safetensors = pytest.importorskip("safetensors.torch")

ELEGANSC = Commands("elegansc", commands={"transplant": transplant_command})
WORDS = ("old.pt", "--from", "old.py", "--to", "new.py", "-o")
CASES = {
    "plain": toy.ROLES,
    "tensor": replace(toy.ROLES, features=64, unit="linear"),
    "columns": replace(toy.ROLES, features=4),
    "gated": replace(toy.ROLES, merge="gated", init="counts"),
    "gated-tensor": replace(toy.ROLES, merge="gated", features=4, unit="linear"),
    "product": replace(toy.ROLES, features=4, merge="product", norm="layer"),
    "product-tensor": replace(
        toy.ROLES, features=4, merge="product", norm="layer", unit="linear"
    ),
    "delay": replace(toy.ROLES, feedback="delay"),
    "delay-tensor": replace(toy.ROLES, feedback="delay", features=4, unit="linear"),
    "counts": replace(toy.ROLES, init="counts", activation="relu"),
}
SUMS = {name: case for name, case in CASES.items() if "product" not in name}
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES.keys())
# The toy and more: a synapse, two junctions, a new neuron N, and Y gets a sensor's input.
GROWN = f"""{toy.EDGES}\
S1,C,chemical,1
S1,M2,electrical,1
S2,N,chemical,2
N,C,chemical,3
N,M2,electrical,1
S2,Y,chemical,1
"""
# The toy with other neurons and synapses: B and S2 -> C are gone, A and C fire the other
# way round, with their junction.
CHANGED = """\
pre,post,kind,weight
S1,A,chemical,3
S2,A,chemical,1
SX,C,chemical,1
S1,C,chemical,2
A,C,chemical,1
C,A,chemical,9
A,C,electrical,2
A,A,chemical,3
A,M1,chemical,2
A,SX,chemical,2
C,N,chemical,1
N,M2,chemical,1
C,M2,electrical,3
N,M4,chemical,1
S3,D,chemical,1
"""


def run(*words: str) -> Result:
    """`elegansc transplant WORDS`, in this process."""
    done = CliRunner().invoke(ELEGANSC, ["transplant", *words])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def works(*words: str) -> str:
    """The report of a transplant that works."""
    done = run(*words)
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    return done.stderr


def refused(*words: str, code: int = 1) -> str:
    """The message of a transplant that is refused; no file has changed."""
    before = contents(Path.cwd())
    done = run(*words)
    assert (done.exit_code, done.stdout) == (code, ""), done.stderr
    assert contents(Path.cwd()) == before
    assert "Traceback" not in done.stderr and "our bug" not in done.stderr
    lines = done.stderr.splitlines()
    assert 1 <= len(lines) <= 2 and all(line.startswith("  ") for line in lines[1:])
    return done.stderr


@cache
def built(options: Options, edges: str) -> tuple[bytes, ModuleType]:
    """A generated module, as bytes and imported."""
    data = toy.source(options, edges)
    return data, toy.load(data)


def model(
    path: str, options: Options = toy.ROLES, edges: str = toy.EDGES
) -> ModuleType:
    """Write a generated module; it is imported from elsewhere."""
    data, module = built(options, edges)
    Path(path).write_bytes(data)
    return module


def trained(module: ModuleType, seed: int = 1, **keywords: Any) -> Any:
    """A network all of whose parameters are noise."""
    net = toy.network(module, **keywords)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.normal_(generator=generator).mul_(0.3)
    return net


def pair(
    options: Options = toy.ROLES,
    old: str = toy.EDGES,
    new: str = GROWN,
    save: str = "old.pt",
    **keywords: Any,
) -> tuple[ModuleType, Any, ModuleType]:
    """old.py, new.py and a checkpoint: (old module, trained network, new module)."""
    first, second = model("old.py", options, old), model("new.py", options, new)
    net = trained(first, **keywords)
    put(net.state_dict(), save)
    return first, net, second


def put(state: Any, path: str) -> None:
    """Save a state dict as people do."""
    if path.endswith(".safetensors"):
        safetensors.save_file(state, path)
    else:
        torch.save(state, path)


def get(path: str) -> dict[str, Any]:
    """Load a state dict as people do."""
    if path.endswith(".safetensors"):
        return safetensors.load_file(path)
    return torch.load(path, weights_only=True)


def loaded(module: ModuleType, path: str, seed: int = 9, **keywords: Any) -> Any:
    """A network with a checkpoint in it."""
    net = toy.network(module, seed, **keywords)
    net.load_state_dict(get(path), strict=True)
    return net


def by_name(module: ModuleType, net: Any) -> dict[Any, Tensor]:
    """Every gain, bias and weight by name, looked up in the imported module.

    A junction is known by its two ends, a synapse by where it goes and whence it comes.
    """
    found: dict[Any, Tensor] = {}
    parameters = dict(net.named_parameters())
    if "gain" in parameters:
        for (neuron, source, kind), gain in zip(
            module.SYNAPSES, parameters["gain"].detach(), strict=True
        ):
            electrical = kind == "electrical"
            key = frozenset((neuron, source)) if electrical else (source, neuron)
            assert key not in found
            found[key] = gain
    live = [neuron for level in module.LEVELS for neuron in level]
    for name in ("bias", "weight"):
        if name in parameters:
            for neuron, row in zip(live, parameters[name].detach(), strict=True):
                found[name, neuron, "of a neuron"] = row
    return found


def activity(module: ModuleType, net: Any, shared: list[str]) -> Tensor:
    """What the shared neurons do on inputs by name, over three steps if there are steps."""
    d = module.OPTIONS.get("features", 1)
    inputs = []
    for neuron in module.SENSORY:
        generator = torch.Generator().manual_seed(sum(neuron.encode()))
        inputs.append(torch.randn(5, d, generator=generator, dtype=torch.float64))
    given = torch.stack(inputs, 1)
    given = given if d > 1 else given.squeeze(-1)
    rows = [module.NEURONS.index(neuron) for neuron in shared]
    if module.OPTIONS.get("feedback") != "delay":
        return net.activity(given)[:, rows].detach()
    state, found = net.initial_state(5), []
    for step in range(3):
        state = net.activity(given + step, state)
        found.append(state[:, rows].detach())
    return torch.stack(found)


def levels(module: ModuleType) -> list[str]:
    """The neurons in use."""
    return [neuron for level in module.LEVELS for neuron in level]


class Larger(nn.Module):
    """A worm with something before and behind it."""

    def __init__(self, worm: nn.Module, head: int = 3) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        self.worm = worm
        self.head = nn.Linear(head, 2)
