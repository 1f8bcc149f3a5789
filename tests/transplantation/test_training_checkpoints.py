"""Checkpoints of a training: the model's state dict among others; and other features."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from support import toy
from support.transplants import (
    WORDS,
    Larger,
    by_name,
    get,
    loaded,
    model,
    pair,
    put,
    refused,
    run,
    trained,
    works,
)
from torch import nn

# {"model": ..., "optimizer": ...}


def stepped(net: nn.Module) -> dict[str, Any]:
    """The state of an optimiser that has made a step."""
    optimizer = torch.optim.AdamW(net.parameters())
    sum(p.sum() for p in net.parameters()).backward()  # type: ignore[union-attr]
    optimizer.step()
    return optimizer.state_dict()


@pytest.mark.parametrize("words", [[], ["--key", "model"]])
@pytest.mark.parametrize("prefix", ["", "module.", "_orig_mod.", "module._orig_mod."])
def test_a_training_checkpoint(prefix: str, words: list[str], folder: Path) -> None:
    first, net, second = pair()
    state = {prefix + name: value for name, value in net.state_dict().items()}
    whole = {"epoch": 3, "optimizer": stepped(net), "model": state, "config": {"a": 1}}
    state |= {prefix + name: value.clone() for name, value in net.state_dict().items()}
    put(whole, "old.pt")
    report = works(*WORDS, "new.pt", *words)

    assert "key       model; left behind: epoch optimizer config" in report
    found = get("new.pt")  # the state dict alone: an optimiser's would not fit
    other = toy.network(second)
    other.load_state_dict({k.removeprefix(prefix): v for k, v in found.items()})
    old, new = by_name(first, net), by_name(second, other)
    assert all(torch.equal(new[key], old[key]) for key in old)


def test_a_checkpoint_of_lightning(folder: Path) -> None:
    """Its module holds ours as an attribute, its state dict stands under state_dict."""
    first, net, second = pair()
    whole = Larger(net)
    put(
        {
            "epoch": 1,
            "global_step": 9,
            "pytorch-lightning_version": "2.4.0",
            "state_dict": whole.state_dict(),
            "optimizer_states": [stepped(net)],
            "lr_schedulers": [],
            "loops": {"fit_loop": {"state_dict": {}, "progress": {"total": 3}}},
        },
        "old.pt",
    )
    put({"state_dict": whole.state_dict()}, "old.pth")
    report = works(*WORDS, "new.safetensors")

    assert "key       state_dict; left behind: epoch" in report
    assert "prefix    worm." in report
    other = Larger(toy.network(second))
    other.load_state_dict(get("new.safetensors"), strict=True)
    old, new = by_name(first, net), by_name(second, other.worm)
    assert all(torch.equal(new[key], old[key]) for key in old)
    alone = works("old.pth", *WORDS[1:], "alone.safetensors")
    assert "key       state_dict\n" in alone
    assert (
        Path("alone.safetensors").read_bytes() == Path("new.safetensors").read_bytes()
    )


def test_two_state_dicts_that_fit_are_told_apart_by_key(folder: Path) -> None:
    first, net, second = pair()
    average = trained(first, 5)
    put({"model": net.state_dict(), "ema": average.state_dict()}, "old.pt")
    told = refused(*WORDS, "new.pt")
    assert "holds 2 state dicts of old.py, under model, ema" in told
    assert "choose one with --key" in told
    works(*WORDS, "new.pt", "--key", "ema")

    old, new = by_name(first, average), by_name(second, loaded(second, "new.pt"))
    assert all(torch.equal(new[key], old[key]) for key in old)


def test_a_state_dict_deeper_inside(folder: Path) -> None:
    _, net, _ = pair()
    put({"state": {"nets": {"worm": net.state_dict()}}, "step": 3}, "old.pt")
    # {"state": {...}} is itself a dict that nobody loads: keys joined by dots name ours
    report = works(*WORDS, "new.pt")
    assert "key       state.nets.worm; left behind: step\n" in report


def test_of_two_only_the_one_that_fits(folder: Path) -> None:
    """The other is of another wiring: its signature tells."""
    _, net, second = pair()
    put({"a": trained(second).state_dict(), "b": net.state_dict()}, "old.pt")
    assert "key       b; left behind: a" in works(*WORDS, "new.pt")
    told = refused(*WORDS, "other.pt", "--key", "a")
    assert "signed with the wiring of new.py" in told


@pytest.mark.parametrize(
    ("entries", "words", "seen", "hint"),
    [
        ({"x": {"y": 1}}, [], "holds no gain and bias", "its entries: x"),
        ({"x": {"y": 1}}, ["--key", "x"], "holds no gain and bias", "its entries: y"),
        ({"x": {"y": 1}}, ["--key", "z"], "no state dict under the key z", "dicts: x"),
        ({"x": 3}, ["--key", "x"], "no state dict under the key x", "dicts: none"),
        ({"x": {1: 2}}, [], "holds no gain and bias", "its entries: x"),
        ({"\x1b[2J": {"y": 1}}, ["--key", "q"], "no state dict", '"\\x1b[2J"'),
    ],
)
def test_a_training_checkpoint_without_the_model(
    entries: dict[str, Any], words: list[str], seen: str, hint: str, folder: Path
) -> None:
    pair()
    put(entries, "old.pt")
    told = refused(*WORDS, "new.pt", *words)
    assert told.startswith("old.pt: ") and seen in told and hint in told


# Other features

SCALAR = toy.ROLES
LINEAR = replace(toy.ROLES, unit="linear")


def across(old: Any, new: Any) -> tuple[Any, Any, Any, Any, str]:
    """A transplant from one number of features to another, and its report."""
    first, second = model("old.py", old), model("new.py", new)
    net = trained(first)
    put(net.state_dict(), "old.pt")
    report = works(*WORDS, "new.pt")
    return first, net, second, loaded(second, "new.pt"), report


def test_gains_are_the_same_numbers_under_other_features(folder: Path) -> None:
    linear = replace(LINEAR, features=4), replace(LINEAR, features=8)
    for old, new in (linear, linear[::-1], (SCALAR, replace(SCALAR, features=8))):
        first, net, second, other, report = across(old, new)
        before, after = by_name(first, net), by_name(second, other)
        assert before.keys() == after.keys()
        kept = [key for key in before if torch.equal(before[key], after[key])]
        same = [key for key in before if before[key].shape == after[key].shape]
        assert kept == same and any("of a neuron" not in key for key in kept)
        sizes = f"{old.features} -> {new.features} numbers a neuron"
        assert f"function  changed: {sizes}" in report
        assert ("the old have another shape" in report) == (old.unit == "linear")
        assert not any("features" in line for line in report.splitlines()[-3:])
        Path("new.pt").unlink()


def test_what_starts_anew_is_as_a_new_model_has_it(folder: Path) -> None:
    old, new = replace(LINEAR, features=4), replace(LINEAR, features=8)
    _, _, second, other, _ = across(old, new)
    torch.manual_seed(0)
    blank = toy.network(second, 0)
    assert torch.equal(other.weight, blank.weight)
    assert torch.equal(other.bias, blank.bias)


def test_diff_and_transplant_count_the_same_across_features(folder: Path) -> None:
    import json

    from support.command import run as elegansc

    old, new = replace(LINEAR, features=4), replace(LINEAR, features=8)
    across(old, new)
    Path("new.pt").unlink()
    done = run(*WORDS, "new.pt", "--json", "-q")
    sizes = json.loads(done.stdout)["parameters"]
    found = json.loads(elegansc("diff", "old.py", "new.py", "--json").stdout)
    counted = found["model"]["parameters"]

    assert counted["kept"] == sizes["gain"]["kept"] == sizes["gain"]["shape"][0]
    assert sizes["weight"]["kept"] == sizes["bias"]["kept"] == 0
    assert counted["apart"] == [["features", 4, 8]]
    text = elegansc("diff", "old.py", "new.py", "--summary").stdout
    assert "what has another shape is new: features 4 -> 8: elegansc" in text
