"""Checkpoints of all types and formats: larger state dicts, the same bytes each time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from support import toy
from support.transplants import (
    CASES,
    CHANGED,
    WORDS,
    Larger,
    by_name,
    get,
    levels,
    loaded,
    pair,
    put,
    refused,
    safetensors,
    trained,
    works,
)
from torch import nn

# A larger state dict


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
