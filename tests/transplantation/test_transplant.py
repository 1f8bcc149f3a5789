"""Transplant: parameters keep their names, what is new starts as it would, nothing is run."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pickle
import subprocess
import sys
import tempfile
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from click.testing import CliRunner, Result
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support import toy
from support.command import contents, edited
from support.paths import ROOT
from torch import Tensor, nn
from torch.testing import assert_close

from elegansc.cli.exit_codes import Commands
from elegansc.cli.transplant import transplant_command
from elegansc.errors import InputError, UsageError
from elegansc.module.read import read_model
from elegansc.options import ACTIVATIONS, Options
from elegansc.transplantation import starts
from elegansc.transplantation.parameters import elements

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


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, empty."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


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


# What the tables say


@pytest.mark.parametrize("activation", toy.SPACE["activation"])
def test_layout_and_start_values_are_those_of_the_module(activation: str) -> None:
    """Bitwise, after the same seed, for everything that a neuron may compute."""
    for options in toy.everything(features=4, norm="layer", activation=activation):
        data, module = toy.build(options)
        parsed = read_model(data, "toy.py")
        found = elements(parsed)
        net = toy.network(module, seed=5)
        wanted = dict(net.named_parameters())
        assert {n: tuple(p.shape) for n, p in wanted.items()} == found.shapes
        assert found.synapses == tuple(module.SYNAPSES)
        assert found.wiring == module.WIRING
        dtypes = dict.fromkeys(wanted, torch.float32)
        drawn = starts.fresh(found, dtypes, seed=5)
        assert drawn.keys() == wanted.keys()
        for name, value in drawn.items():
            assert torch.equal(value, wanted[name]), (name, toy.told(options))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_start_gain_is_what_the_module_writes(name: str) -> None:
    assert eval(ACTIVATIONS[name].factor) == ACTIVATIONS[name].gain


GENERATED = [*ROOT.glob("generated/*.py"), *ROOT.glob("tests/golden/*/module.py")]


@pytest.mark.parametrize(
    "path", GENERATED, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_signatures_of_all_our_modules(path: Path) -> None:
    module = toy.load(path.read_bytes())
    found = elements(read_model(path.read_bytes(), path.name))
    assert found.wiring == module.WIRING
    assert found.synapses == tuple(module.SYNAPSES)
    assert list(found.live) == levels(module)


# The same wiring


@each_case
@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_the_same_model_is_the_same_to_the_bit(
    options: Options, ending: str, folder: Path
) -> None:
    module, net, other = pair(options, new=toy.EDGES, save=f"old{ending}")
    report = works(f"old{ending}", *WORDS[1:], f"new{ending}")

    again = loaded(other, f"new{ending}")
    state, before = get(f"new{ending}"), net.state_dict()
    assert state.keys() == before.keys()
    assert all(torch.equal(state[key], before[key]) for key in before)
    given = toy.arguments(module, 5)
    assert_close(again(*given), net(*given), rtol=0, atol=0)
    assert "0 new, 0 lost" in report and "unchanged in" in report


def test_another_order_of_the_same_synapses(folder: Path) -> None:
    """Rows of the file in another order, and a class of another name: nothing changes."""
    rows = toy.EDGES.splitlines()
    module, net, other = pair(
        new="\n".join([rows[0], *reversed(rows[1:-2]), *rows[-2:]])
    )
    report = works(*WORDS, "new.pt")
    assert by_name(other, loaded(other, "new.pt")) == by_name(module, net)
    assert "0 new, 0 lost" in report


# Other wiring


@each_case
@pytest.mark.parametrize("new", [GROWN, CHANGED], ids=["grown", "changed"])
def test_all_that_is_shared_is_carried_by_name(
    options: Options, new: str, folder: Path
) -> None:
    first, net, second = pair(options, new=new)
    works(*WORDS, "new.pt", "--seed", "3")

    old, found = by_name(first, net), by_name(second, loaded(second, "new.pt"))
    drawn = by_name(second, toy.network(second, seed=3))
    shared = old.keys() & found.keys()
    assert shared and found.keys() - shared
    assert (old.keys() - shared) or new == GROWN
    for key in shared:
        assert torch.equal(found[key], old[key]), key
    for key in found.keys() - shared:
        assert torch.equal(found[key], drawn[key]), key


@pytest.fixture(scope="module")
def worms() -> tuple[bytes, bytes]:
    """Two connectomes of grown worms."""
    return tuple(  # type: ignore[return-value]
        toy.written(toy.bundled(f"witvliet2021-{stage}"), Options(), f"Worm{stage}")
        for stage in (7, 8)
    )


def test_from_one_worm_to_another(worms: tuple[bytes, bytes], folder: Path) -> None:
    for name, data in zip(("old.py", "new.py"), worms, strict=True):
        Path(name).write_bytes(data)
    first, second = map(toy.load, worms)
    net = trained(first)
    put(net.state_dict(), "old.pt")
    found = json.loads(run(*WORDS, "new.safetensors", "--json").stdout)

    old = by_name(first, net)
    new = by_name(second, loaded(second, "new.safetensors"))
    drawn = by_name(second, toy.network(second, seed=0))
    shared = old.keys() & new.keys()
    assert len(shared) > 1000
    assert all(torch.equal(new[key], old[key]) for key in shared)
    assert all(torch.equal(new[key], drawn[key]) for key in new.keys() - shared)
    gain = [key for key in shared if "of a neuron" not in key]
    assert found["parameters"]["gain"]["kept"] == len(gain)
    assert found["parameters"]["gain"]["new"] == len(second.SYNAPSES) - len(gain)
    assert found["parameters"]["gain"]["lost"] == len(first.SYNAPSES) - len(gain)
    assert found["parameters"]["bias"]["kept"] == len(shared) - len(gain)
    assert set(found["neurons"]["lost"]) == set(first.NEURONS) - set(second.NEURONS)
    assert set(found["neurons"]["new"]) == set(second.NEURONS) - set(first.NEURONS)
    assert sum(found["why"]["new"].values()) == len(found["synapses"]["new"])
    assert sum(found["why"]["lost"].values()) == len(found["synapses"]["lost"])
    flipped = {
        frozenset((v, u))
        for v, u, kind in second.SYNAPSES
        if kind == "electrical" and (u, v, kind) in first.SYNAPSES
    }
    assert {frozenset(g[:2]) for g in found["synapses"]["turned"]} == flipped


NAMES = ("S1", "S2", "A", "B", "C", "M1", "M2")
row = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from(["chemical", "chemical", "electrical"]),
    st.integers(1, 5),
)


@given(
    st.lists(row, max_size=20),
    st.lists(row, max_size=8),
    st.sampled_from(["drop", "delay"]),
)
@settings(max_examples=25)
def test_any_two_graphs(
    rows: list[tuple[str, str, str, int]],
    more: list[tuple[str, str, str, int]],
    feedback: str,
) -> None:
    options = replace(toy.ROLES, outputs=("M*",), feedback=feedback)
    head, base = "pre,post,kind,weight\n", "S1,A,chemical,1\nA,M1,chemical,1\n"
    texts = [
        head + base + "".join(f"{','.join(map(str, r))}\n" for r in chosen)
        for chosen in (rows, rows[len(more) // 2 :] + more)
    ]
    try:
        datas = [toy.source(options, text) for text in texts]
    except (InputError, UsageError):  # no sensor reaches a motor, or there is none
        assume(False)
    first, second = map(toy.load, datas)
    with tempfile.TemporaryDirectory() as here, contextlib.chdir(here):
        for name, data in zip(("old.py", "new.py"), datas, strict=True):
            Path(name).write_bytes(data)
        net = trained(first)
        put(net.state_dict(), "old.pt")
        works(*WORDS, "new.pt")
        old, found = by_name(first, net), by_name(second, loaded(second, "new.pt"))
    drawn = by_name(second, toy.network(second, seed=0))
    for key, value in found.items():
        assert torch.equal(value, old[key] if key in old else drawn[key])


# Zero


@pytest.mark.parametrize("options", SUMS.values(), ids=SUMS.keys())
def test_with_zero_the_old_neurons_compute_what_they_did(
    options: Options, folder: Path
) -> None:
    first, net, second = pair(options, dtype=torch.float64)
    assert by_name(first, net).keys() < by_name(second, toy.network(second)).keys()
    report = works(*WORDS, "zero.pt", "--new", "zero")
    works(*WORDS, "draw.pt")

    shared, loose = levels(first), 0 if options.merge == "sum" else 1e-5
    zero, draw = (
        loaded(second, f"{n}.pt", dtype=torch.float64) for n in ("zero", "draw")
    )
    expected = activity(first, net, shared)
    near = {"rtol": max(loose, 1e-12), "atol": max(loose, 1e-12)}
    assert_close(activity(second, zero, shared), expected, **near)
    assert not torch.allclose(activity(second, draw, shared), expected, rtol=1e-3)
    assert "unchanged in" in report
    assert ("1e-7" in report) == (options.merge == "gated")


@pytest.mark.parametrize("options", SUMS.values(), ids=SUMS.keys())
def test_with_zero_what_is_new_learns(options: Options, folder: Path) -> None:
    """Zeros on both sides of a neuron would leave it without a gradient for ever."""
    _, _, second = pair(options, dtype=torch.float64)
    works(*WORDS, "zero.pt", "--new", "zero")
    net = loaded(second, "zero.pt", dtype=torch.float64)
    outputs = net(*toy.arguments(second, 5, dtype=torch.float64))
    (outputs[0] if isinstance(outputs, tuple) else outputs).square().sum().backward()
    slope = dict(zip(second.SYNAPSES, net.gain.grad, strict=True))
    assert slope["C", "N", "chemical"] != 0
    assert slope["M2", "N", "electrical"] != 0


def test_zero_says_who_computes_something_else(folder: Path) -> None:
    pair(new=CHANGED)
    found = json.loads(run(*WORDS, "new.pt", "--new", "zero", "--json").stdout)
    # A reads B no more, C neither B nor S2; M1 read B and C
    assert {"A", "C", "M1"} <= set(found["disturbed"])
    assert "S1" not in found["disturbed"] and "S2" not in found["disturbed"]


def test_a_neuron_that_becomes_a_sensor_is_told(folder: Path) -> None:
    first = model("old.py")
    model("new.py", replace(toy.ROLES, inputs=("S*", "B")))
    put(trained(first).state_dict(), "old.pt")
    report = works(*WORDS, "new.pt", "--new", "zero")
    assert "changed: 1 of 11 neurons that both have read other inputs: B" in report
    assert "inputs    5 -> 6 columns, in the order of SENSORY" in report


def test_zero_of_a_product_is_refused(folder: Path) -> None:
    pair(CASES["product"])
    assert "no gains" in refused(*WORDS, "new.pt", "--new", "zero", code=2)


# A larger state dict


class Larger(nn.Module):
    """A worm with something before and behind it."""

    def __init__(self, worm: nn.Module, head: int = 3) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        self.worm = worm
        self.head = nn.Linear(head, 2)


@pytest.mark.parametrize("words", [[], ["--prefix", "worm"], ["--prefix", "worm."]])
@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_a_worm_inside_a_larger_model(
    ending: str, words: list[str], folder: Path
) -> None:
    first, net, second = pair()
    whole = Larger(net)
    put(whole.state_dict(), f"whole{ending}")
    report = works(f"whole{ending}", *WORDS[1:], f"new{ending}", *words)

    other = Larger(toy.network(second))
    other.load_state_dict(get(f"new{ending}"), strict=True)
    old, new = by_name(first, net), by_name(second, other.worm)
    assert all(torch.equal(new[key], old[key]) for key in old)
    for key, value in whole.state_dict().items():
        if not key.startswith("worm."):
            assert torch.equal(other.state_dict()[key], value)
    assert "prefix    worm." in report
    assert "7 other entries are as before: " in report and "norm.bias" in report
    if ending == ".pt":
        assert get("new.pt")._metadata == whole.state_dict()._metadata  # type: ignore[attr-defined]


@pytest.mark.parametrize("prefix", ["module.", "module.worm.", "_orig_mod.", "a.b.0."])
def test_prefixes_of_wrappers(prefix: str, folder: Path) -> None:
    """As DistributedDataParallel, torch.compile and Sequential name entries."""
    first, net, second = pair()
    put({prefix + key: value for key, value in net.state_dict().items()}, "old.pt")
    works(*WORDS, "new.pt")

    state = get("new.pt")
    assert all(key.startswith(prefix) for key in state)
    other = toy.network(second)
    other.load_state_dict({k.removeprefix(prefix): v for k, v in state.items()})
    assert by_name(second, other).keys() > by_name(first, net).keys()


def test_distributed_data_parallel(folder: Path) -> None:
    first, net, second = pair()
    torch.distributed.init_process_group(
        "gloo", f"file://{folder}/meeting", rank=0, world_size=1
    )
    try:
        put(nn.parallel.DistributedDataParallel(net).state_dict(), "old.pt")
        works(*WORDS, "new.pt")
        other = nn.parallel.DistributedDataParallel(toy.network(second))
        other.load_state_dict(get("new.pt"), strict=True)
    finally:
        torch.distributed.destroy_process_group()
    old, new = by_name(first, net), by_name(second, other.module)
    assert all(torch.equal(new[key], old[key]) for key in old)


def test_two_worms_in_one_model_are_told_apart_by_prefix(folder: Path) -> None:
    first, _, second = pair()
    two = nn.ModuleDict({"left": trained(first, 1), "right": trained(first, 2)})
    put(two.state_dict(), "old.pt")
    told = refused(*WORDS, "new.pt")
    assert "2 modules like old.py, under left., right." in told and "--prefix" in told
    works(*WORDS, "half.pt", "--prefix", "left")
    works("half.pt", *WORDS[1:], "new.pt", "--prefix", "right")

    other = nn.ModuleDict({"left": toy.network(second), "right": toy.network(second)})
    other.load_state_dict(get("new.pt"), strict=True)
    for side in ("left", "right"):
        old, new = by_name(first, two[side]), by_name(second, other[side])
        assert all(torch.equal(new[key], old[key]) for key in old)


def test_the_signed_module_is_the_worm_not_its_like(folder: Path) -> None:
    """A layer with a bias of the same size as a product's, which has no other parameter."""
    first, net, _ = pair(CASES["product"])
    alike = nn.Linear(2, len(levels(first)))
    put(nn.ModuleDict({"alike": alike, "worm": net}).state_dict(), "old.pt")
    assert "prefix    worm." in works(*WORDS, "new.pt")
    assert torch.equal(get("new.pt")["alike.bias"], alike.bias)


def test_values_that_are_no_tensors_are_carried(folder: Path) -> None:
    _, net, _ = pair()
    state = net.state_dict()
    state["other._extra_state"] = {"words": ["a", 1], "numbers": torch.ones(2)}
    put(state, "old.pt")
    told = refused(*WORDS, "new.safetensors")
    assert "other._extra_state is a dict: only .pt holds that" in told
    works(*WORDS, "new.pt")
    assert get("new.pt")["other._extra_state"]["words"] == ["a", 1]


def test_tied_and_strided_entries_survive_safetensors(folder: Path) -> None:
    _, net, _ = pair()
    tied = torch.randn(3, 4)
    state = {**net.state_dict(), "a.weight": tied, "b.weight": tied, "c": tied.t()[1:]}
    put(state, "old.pt")
    works(*WORDS, "new.safetensors")
    found = get("new.safetensors")
    assert all(torch.equal(found[k], state[k]) for k in ("a.weight", "b.weight", "c"))


# Types, formats, numbers


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float64])
@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_types_are_kept(dtype: torch.dtype, ending: str, folder: Path) -> None:
    first, net, second = pair(CASES["delay-tensor"], save=f"old{ending}", dtype=dtype)
    report = works(f"old{ending}", *WORDS[1:], f"new{ending}", "--seed", "4")
    old = by_name(first, net)
    new = by_name(second, loaded(second, f"new{ending}", dtype=dtype))
    drawn = by_name(second, toy.network(second, seed=4, dtype=dtype))
    assert {get(f"new{ending}")[n].dtype for n in ("gain", "weight", "bias")} == {dtype}
    assert all(torch.equal(v, old.get(key, drawn[key])) for key, v in new.items())
    assert f"of {str(dtype).removeprefix('torch.')};" in report


def test_each_parameter_keeps_its_own_type(folder: Path) -> None:
    _, net, _ = pair()
    put({**net.state_dict(), "bias": net.bias.detach().double()}, "old.pt")
    assert "of gain float32, bias float64;" in works(*WORDS, "new.pt")
    assert (get("new.pt")["gain"].dtype, get("new.pt")["bias"].dtype) == (
        torch.float32,
        torch.float64,
    )


def test_nan_and_infinity_are_carried_to_the_bit(folder: Path) -> None:
    first, net, second = pair()
    odd = torch.tensor(
        [0x7FC12345, 0x7F800001, -0x800000, -0x80000000], dtype=torch.int32
    )
    with torch.no_grad():
        net.bias[:4] = odd.view(torch.float32)
    put(net.state_dict(), "old.safetensors")
    works("old.safetensors", *WORDS[1:], "new.safetensors")
    old, new = by_name(first, net), by_name(second, loaded(second, "new.safetensors"))
    for neuron in levels(first):
        key = ("bias", neuron, "of a neuron")
        assert old[key].view(torch.int32) == new[key].view(torch.int32)


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_an_unsigned_checkpoint_is_told_from_its_shapes(
    ending: str, folder: Path
) -> None:
    _, net, second = pair()
    put(dict(net.named_parameters()), "old.pt")
    put({k: v.detach() for k, v in net.named_parameters()}, "old.safetensors")
    report = works(f"old{ending}", *WORDS[1:], f"new{ending}")
    assert "unsigned: its shapes alone were checked" in report
    loaded(second, f"new{ending}")
    assert not any(value.requires_grad for value in get(f"new{ending}").values())


@pytest.mark.parametrize("last", ["new.pt", "new.pth", "new.PT", "new.safetensors"])
@pytest.mark.parametrize("first", ["old.pt", "old.safetensors"])
def test_the_suffix_decides_the_format(first: str, last: str, folder: Path) -> None:
    old, net, second = pair(save=first)
    works(first, *WORDS[1:], last)
    head = Path(last).read_bytes()[:4]
    assert (head == b"PK\x03\x04") == (not last.endswith("safetensors"))
    new = by_name(second, loaded(second, last))
    assert all(torch.equal(new[key], value) for key, value in by_name(old, net).items())


def test_notes_of_a_safetensors_file_are_carried(folder: Path) -> None:
    _, net, _ = pair()
    notes = {"format": "pt", **{f"note {i}": f"« {i} »" for i in range(9)}}
    safetensors.save_file(net.state_dict(), "old.safetensors", metadata=notes)
    works("old.safetensors", *WORDS[1:], "new.safetensors")
    from safetensors import safe_open

    with safe_open("new.safetensors", "pt") as file:
        assert file.metadata() == notes


# The same bytes each time


@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_the_same_bytes_each_time(ending: str, folder: Path) -> None:
    _, net, _ = pair(new=CHANGED)
    notes = {f"note {i}": "x" for i in range(9)}
    safetensors.save_file(Larger(net).state_dict(), "old.safetensors", metadata=notes)
    words = ["old.safetensors", *WORDS[1:]]
    first = works(*words, f"a{ending}").splitlines()[:-1]
    second = works(*words, f"b{ending}").splitlines()[:-1]
    works(*words, f"c{ending}", "--seed", "1")
    code = (
        "from elegansc.transplantation import transplant as t;"
        f"t('old.safetensors', 'old.py', 'new.py', 'd{ending}')"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "77", "OMP_NUM_THREADS": "2"}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)

    a, b, c, d = (Path(name + ending).read_bytes() for name in "abcd")
    assert (a, first) == (b, second) and a == d and a != c


# Refusals


def test_other_wiring_is_refused(folder: Path) -> None:
    _, _, other = pair(new=toy.EDGES.replace("S2,A", "S2,B"))
    put(trained(other).state_dict(), "other.pt")
    model("third.py", edges=toy.EDGES.replace("S2,A", "S1,C"))
    words = ("other.pt", "--from", "old.py", "--to", "third.py", "-o", "new.pt")
    assert "other.pt: signed with other wiring or options than old.py" in refused(
        *words
    )


def test_a_checkpoint_of_the_new_model_is_told(folder: Path) -> None:
    _, _, second = pair()
    put(trained(second).state_dict(), "old.pt")
    assert "the wiring of new.py, the new model, not of old.py" in refused(
        *WORDS, "new.pt"
    )


@pytest.mark.parametrize("name", ["gain", "bias"])
def test_other_shapes_are_refused(name: str, folder: Path) -> None:
    _, net, _ = pair()
    state = {k: v.detach() for k, v in net.named_parameters()}
    state[name] = torch.zeros(3, 2)
    for path in ("old.pt", "old.safetensors"):
        put(state, path)
        told = refused(path, *WORDS[1:], "new.pt")
        assert f"{name} has the shape (3, 2), in old.py it has (" in told


@pytest.mark.parametrize(
    "odd",
    [
        torch.zeros(18, dtype=torch.int64),
        torch.zeros(18, dtype=torch.complex64),
        torch.zeros(18, device="meta"),
        torch.zeros(18).to_sparse(),
        [0.0] * 18,
    ],
    ids=["int64", "complex64", "meta", "sparse", "list"],
)
def test_gains_that_are_no_plain_numbers_are_refused(odd: Any, folder: Path) -> None:
    _, net, _ = pair()
    put({**net.state_dict(), "gain": odd}, "old.pt")
    assert "old.pt: gain is " in refused(*WORDS, "new.pt")


@pytest.mark.parametrize("state", ["x", {}, torch.zeros(3), torch.zeros(32)])
def test_a_strange_signature_is_refused(state: Any, folder: Path) -> None:
    _, net, _ = pair()
    put({**net.state_dict(), "_extra_state": state}, "old.pt")
    assert "signed with other wiring" in refused(*WORDS, "new.pt")


@pytest.mark.parametrize("prefix", ["nobody", "nobody.", ""])
def test_a_prefix_that_nothing_has_is_refused(prefix: str, folder: Path) -> None:
    _, net, _ = pair()
    put(Larger(net).state_dict(), "old.pt")
    told = refused(*WORDS, "new.pt", "--prefix", prefix)
    name = "nobody.gain and nobody.bias" if prefix else "gain and bias"
    assert f"holds no {name}, the parameters of old.py" in told
    assert "its entries: norm.weight, norm.bias," in told and "more" in told


def test_a_training_checkpoint_is_told_from_a_state_dict(folder: Path) -> None:
    _, net, _ = pair()
    put({"model": net.state_dict(), "epoch": 3}, "old.pt")
    assert "its entries: model, epoch" in refused(*WORDS, "new.pt")


class Bomb:
    """Makes a file when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("exploded",)


def bombs() -> Iterator[tuple[str, bytes]]:
    """Ways to plant it."""
    for name, held in {
        "alone": Bomb(),
        "entry": OrderedDict(gain=torch.zeros(18), bias=torch.zeros(11), x=Bomb()),
        "module": nn.Linear(2, 2),
        "function": OrderedDict(bias=os.system),
    }.items():
        file = io.BytesIO()
        torch.save(held, file)
        yield f"zip {name}", file.getvalue()
        file = io.BytesIO()
        torch.save(held, file, _use_new_zipfile_serialization=False)
        yield f"legacy {name}", file.getvalue()
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield f"pickle {protocol}", pickle.dumps({"bias": Bomb()}, protocol)


BOMBS = dict(bombs())


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
@pytest.mark.parametrize("path", ["old.pth", "old.safetensors"])
def test_a_pickle_is_never_run(path: str, bomb: bytes, folder: Path) -> None:
    pair()
    Path(path).write_bytes(bomb)
    told = refused(path, *WORDS[1:], "new.pt")
    assert not Path("exploded").exists()
    if path.endswith("h") and bomb.startswith(b"PK"):
        assert "not of tensors alone; nothing of it was loaded" in told


def test_what_torch_saved_before_its_zip_archives_is_refused(folder: Path) -> None:
    """PyTorch before 2.6 could be made to run code by such a file, weights_only or not."""
    _, net, _ = pair()
    torch.save(net.state_dict(), "old.pt", _use_new_zipfile_serialization=False)
    assert "not the zip archive that torch.save writes" in refused(*WORDS, "new.pt")


def test_the_bomb_is_one(folder: Path) -> None:
    pickle.loads(pickle.dumps(Bomb()))
    assert Path("exploded").exists()


def test_a_script_archive_is_never_run(folder: Path) -> None:
    pair()
    with zipfile.ZipFile("old.pt", "w") as file:
        file.writestr("a/constants.pkl", pickle.dumps(Bomb()))
        file.writestr("a/data.pkl", pickle.dumps(Bomb()))
        file.writestr("a/version", "3\n")
        file.writestr("a/code/x.py", "import os\nos.mkdir('exploded')\n")
    refused(*WORDS, "new.pt")
    assert not Path("exploded").exists()


def spoilt(data: bytes) -> dict[str, bytes]:
    """A file cut short, or none of its kind."""
    return {
        "empty": b"",
        "a byte": data[:1],
        "half": data[: len(data) // 2],
        "end cut": data[:-5],
        "start cut": data[5:],
        "text": b"pre,post,weight\nS,M,1\n",
        "zeros": b"\0" * 500,
        "zip of nothing": b"PK\x05\x06" + b"\0" * 18,
        "zip of junk": b"PK\x03\x04" + b"\0" * 500,
        "huge header": b"\xff" * 8 + data[8:],
        "list": saved([1, 2]),
        "numbers for names": saved({1: torch.zeros(2)}),
        "tensor": saved(torch.zeros(2)),
        "no entries": saved({}),
    }


def saved(held: Any) -> bytes:
    """What torch.save writes."""
    file = io.BytesIO()
    torch.save(held, file)
    return file.getvalue()


@pytest.mark.parametrize("path", ["old.pt", "old.safetensors"])
@pytest.mark.parametrize("how", spoilt(b"").keys())
def test_what_is_no_checkpoint_is_refused(path: str, how: str, folder: Path) -> None:
    pair(save=path)
    Path(path).write_bytes(spoilt(Path(path).read_bytes())[how])
    assert refused(path, *WORDS[1:], "new.pt").startswith(f"{path}: ")


def test_damaged_bytes_are_refused_or_read(folder: Path) -> None:
    """Whatever bit flips: a message or a checkpoint, never a traceback."""
    _, net, _ = pair()
    put(net.state_dict(), "old.safetensors")
    for path in ("old.pt", "old.safetensors"):
        data = Path(path).read_bytes()
        for place in range(0, len(data), len(data) // 25):
            broken = bytearray(data)
            broken[place] ^= 0x41
            Path(path).write_bytes(broken)
            done = run(path, *WORDS[1:], "new.pt", "--force", "-q")
            assert done.exit_code in (0, 1), (place, done.stderr)
            assert "our bug" not in done.stderr


def test_files_that_are_not_there(folder: Path) -> None:
    pair()
    for words, told in (
        (("no.pt", *WORDS[1:], "new.pt"), "no.pt: no such file"),
        (("no.safetensors", *WORDS[1:], "new.pt"), "no.safetensors: no such file"),
        (("old.pt", "--from", "no.py", *WORDS[3:], "new.pt"), "no.py: no such file"),
        ((*WORDS[:3], "--to", "no.py", "-o", "new.pt"), "no.py: no such file"),
        ((*WORDS, "no/new.pt"), "no/new.pt: cannot be written: no such folder"),
    ):
        assert told in refused(*words)


def test_folders_instead_of_files(folder: Path) -> None:
    pair()
    for name in ("a.pt", "b.safetensors", "c.py"):
        Path(name).mkdir()
    assert "a.pt: a directory" in refused("a.pt", *WORDS[1:], "new.pt")
    assert "b.safetensors: a directory" in refused("b.safetensors", *WORDS[1:], "n.pt")
    assert "c.py: a directory" in refused(
        "old.pt", "--from", "c.py", *WORDS[3:], "n.pt"
    )
    assert "a.pt: is a directory" in refused(*WORDS, "a.pt")


@pytest.mark.parametrize("name", ["new", "new.bin", "new.py", "-", "new.pt.gz"])
def test_other_names_are_refused(name: str, folder: Path) -> None:
    pair()
    for words in ((*WORDS, name), (name, *WORDS[1:], "new.pt")):
        assert "ends in .safetensors, .pt, .pth" in refused(*words, code=2)


def test_the_output_is_never_the_input_unless_forced(folder: Path) -> None:
    first, net, second = pair()
    os.link("old.pt", "link.pt")
    os.symlink("old.pt", "sym.pt")
    for name in ("old.pt", "./old.pt", "link.pt", "sym.pt"):
        assert f"{name}: is the input" in refused(*WORDS, name)
    works(*WORDS, "old.pt", "--force")
    old, new = by_name(first, net), by_name(second, loaded(second, "old.pt"))
    assert all(torch.equal(new[key], old[key]) for key in old)


def test_a_file_that_is_there_is_kept_unless_forced(folder: Path) -> None:
    pair()
    Path("new.pt").write_bytes(b"mine")
    assert "new.pt: is there already" in refused(*WORDS, "new.pt")
    Path("new.pt").chmod(0o444)
    assert "new.pt: is read-only" in refused(*WORDS, "new.pt", "--force")
    Path("new.pt").chmod(0o644)
    works(*WORDS, "new.pt", "--force")


def test_a_model_is_never_the_output(folder: Path) -> None:
    pair()
    os.link("new.py", "new.pt")
    assert "new.pt: is one of the models" in refused(*WORDS, "new.pt", "--force")


def test_models_that_are_not_ours_are_refused(folder: Path) -> None:
    pair()
    good = Path("old.py").read_bytes()
    for data, told in (
        (b"import torch\n", "not a module that elegansc generated"),
        (b"", "an empty file"),
        (b"\xff\xfe\0\0", "not a module that elegansc generated"),
        (good[: len(good) // 2], "ot Python"),
        (good.replace(b"self.bias.zero_()", b"self.bias.fill_(1)"), "edited by hand"),
        (edited(good, b'"S1": 3', b'"S9": 3', sign=True), "S9"),
    ):
        for name in ("old.py", "new.py"):
            kept = Path(name).read_bytes()
            Path(name).write_bytes(data)
            assert told in run(*WORDS, "new.pt").stderr, (name, told)
            assert refusal_of(*WORDS, "new.pt").startswith(name)
            Path(name).write_bytes(kept)


def refusal_of(*words: str) -> str:
    """The message; nothing else has changed."""
    before = contents(Path.cwd())
    done = run(*words)
    assert done.exit_code == 1 and contents(Path.cwd()) == before
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_model_is_never_run(folder: Path) -> None:
    """A signed module whose code would leave a folder behind."""
    pair()
    for name in ("old.py", "new.py"):
        bad = b"import os\nos.mkdir('exploded')\nimport torch\nfrom torch import Tensor, nn\n"
        good = b"import torch\nfrom torch import Tensor, nn\n"
        data = edited(Path(name).read_bytes(), good, bad, sign=True)
        Path(name).write_bytes(data)
    works(*WORDS, "new.pt")
    assert not Path("exploded").exists()


@pytest.mark.parametrize(
    "change, told",
    [
        ({"activation": "relu"}, "activation relu against tanh"),
        ({"features": 4}, "features 4 against 1"),
        ({"unit": "linear"}, "unit linear against scalar"),
        ({"merge": "gated"}, "merge gated against sum"),
        ({"feedback": "delay"}, "feedback delay against drop"),
        (
            {"features": 4, "norm": "layer"},
            "features 4 against 1, norm layer against none",
        ),
    ],
    ids=str,
)
def test_options_that_change_a_meaning_are_refused(
    change: dict[str, Any], told: str, folder: Path
) -> None:
    pair()
    model("new.py", replace(toy.ROLES, **change))
    message = refused(*WORDS, "new.pt")
    assert f"new.py: its parameters are not those of old.py: {told}" in message
    assert "compile it with --" in message


def test_options_that_do_no_harm_are_told(folder: Path) -> None:
    _, net, _ = pair()
    other = model("new.py", replace(toy.ROLES, init="counts", min_weight=1.0))
    report = works(*WORDS, "new.pt")
    assert (
        "options   differ, but parameters mean the same: init 'uniform' -> 'counts'"
        in report
    )
    assert "min-weight 0.0 -> 1.0" in report
    assert torch.equal(loaded(other, "new.pt").gain, net.gain)


def test_without_torch_or_safetensors(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair()
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "safetensors.torch", None)
        told = refused(*WORDS, "new.safetensors")
        assert "pip install safetensors" in told
        works(*WORDS, "new.pt")
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "pip install torch" in refused(*WORDS, "other.pt")


def test_a_full_disk_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert "No space left on device" in refused(*WORDS, "new.pt")


# The report


def test_the_report(folder: Path) -> None:
    pair(new=CHANGED)
    assert works(*WORDS, "new.pt") == """\
read      old.pt: Toy, 27 parameters of float32; signed with the wiring of old.py
neurons   10 kept, 1 new, 6 lost
          new: N
          lost: B E M3 S4 X Y
          in use, unused before: M4
          unused, in use before: D S3
inputs    5 -> 4 columns, in the order of SENSORY
outputs   5 -> 4 columns, in the order of MOTOR
gains     5 kept, 6 new, 11 lost
          new: 3 of new neurons, 3 between neurons that were there
            C -> A, S1 -> C, A -> M1, N -> M2, N -> M4, C -> N
          lost: 5 of neurons that are gone, 3 between neurons that are there, 2 running backward now, 1 with an unused end now
            B -> A, S1 -> B, A -> C, B -> C, S2 -> C, SX -> C, S3 -> D, B -> M1, C -> M1, M1 - M2, D - M3
          1 kept, but conduct the other way now: C - A
biases    7 kept, 2 new, 4 lost, one a neuron
start     new values as in Toy() after torch.manual_seed(0): draw gains of deviation 5 / 3 / sqrt(number of inputs), as suits tanh
function  changed: 4 of 7 neurons that both have read other inputs: A C M1 M2
wrote     new.pt: Toy, 20 parameters, signed with its wiring
"""
    assert works(*WORDS, "other.pt", "-q") == ""


def test_the_report_of_a_recurrent_model(folder: Path) -> None:
    """A synapse keeps its gain when it is read at another time."""
    pair(CASES["delay-tensor"], new=CHANGED, save="old.safetensors")
    told = works("old.safetensors", *WORDS[1:], "new.pt", "--new", "zero", "--verbose")
    assert (
        "2 kept, but read at another time (now, a step late): A -> C, SX -> C" in told
    )
    assert "C - A" in told and "weights   " in told and "... and" not in told
    assert (
        "new gains 0 into neurons that both have; other new values as in Toy()" in told
    )


def test_a_long_report_is_cut(folder: Path) -> None:
    _, net, _ = pair()
    put(
        {**net.state_dict(), **{f"layer {i}": torch.zeros(1) for i in range(40)}},
        "old.pt",
    )
    words = (*WORDS, "new.pt", "--force")
    assert "... and 28 more (--verbose)" in works(*words)
    assert '"layer 39"' in works(*words, "--verbose")


def test_json(folder: Path) -> None:
    pair()
    done = run(*WORDS, "new.pt", "--json", "--quiet", "--seed", "7")
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert (found["schema"], found["command"], found["seed"]) == (1, "transplant", 7)
    assert found["neurons"]["new"] == ["N"] and found["neurons"]["lost"] == []
    assert ["C", "N", "chemical"] in found["synapses"]["new"]
    assert found["parameters"]["gain"]["new"] == len(found["synapses"]["new"])
    assert found["signed"] and found["prefix"] == "" and found["others"] == []


def test_help_and_import_load_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; from elegansc.cli.transplant import transplant_command as t;"
        "t(['--help'], standalone_mode=False);"
        "print([m for m in ('torch', 'safetensors', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.endswith("[]\n") and "--prefix" in done.stdout, done.stderr
    code = "import sys, elegansc.transplantation; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_the_function_of_the_package_raises(folder: Path) -> None:
    from elegansc.transplantation import transplant

    pair()
    with pytest.raises(InputError, match="no such file"):
        transplant("no.pt", "old.py", "new.py", "new.pt")
    account = transplant("old.pt", "old.py", "new.py", "new.pt", start="zero")
    assert account.neurons.new == ("N",) and not account.disturbed
    assert set(account.live.new) == {"N", "Y", "M4"}  # a path to M4 leads through Y
