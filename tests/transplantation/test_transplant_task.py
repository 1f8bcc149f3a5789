"""Transplant of a task model that `lab train --save` left: what of it is carried."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from click.testing import CliRunner
from support import lab_toys, toy
from torch import nn
from torch.testing import assert_close

from elegansc.cli.exit_codes import Commands
from elegansc.cli.lab_train import train_command
from elegansc.cli.transplant import transplant_command
from elegansc.options import Options

safetensors = pytest.importorskip("safetensors.torch")

ELEGANSC = Commands(
    "elegansc", commands={"transplant": transplant_command, "train": train_command}
)
TASK = replace(toy.ROLES, features=4, unit="linear", task="mnist", width=4)
MORE = toy.EDGES + """\
S1,C,chemical,1
S2,N,chemical,2
N,M2,chemical,3
"""


def run(*words: str) -> str:
    """What `elegansc WORDS` says, which works."""
    done = CliRunner().invoke(ELEGANSC, words)
    assert (done.exit_code, done.stdout) == (0, ""), done.output
    return done.stderr


def transplanted(data: bytes, *words: str) -> tuple[str, dict[str, torch.Tensor]]:
    """The report of a transplant to a model, and the new checkpoint."""
    Path("new.py").write_bytes(data)
    old = ["transplant", "old.safetensors", "--from", "old.py", "--to", "new.py"]
    report = run(*old, "-o", "new.safetensors", "--force", *words)
    return report, safetensors.load_file("new.safetensors")


def source(options: Options, edges: str = toy.EDGES) -> bytes:
    """The toy as a module."""
    return toy.written(toy.plan(toy.graph_options(toy.ROLES), edges), options)


def trained(options: Options) -> nn.Module:
    """old.py and old.safetensors after an epoch of `lab train`, and the model itself."""
    Path("old.py").write_bytes(source(options))
    lab_toys.write_data(Path("data"))
    words = ["--data", "data", "-o", "runs.jsonl", "--batch", "16", "--epochs", "1"]
    run("train", "old.py", *words, "--save", "old.safetensors", "-q")
    model = whole(source(options))
    model.load_state_dict(safetensors.load_file("old.safetensors"), strict=True)
    return model


def whole(data: bytes) -> nn.Module:
    """The task model of a module, ready to compute."""
    module = toy.load(data)
    made = getattr(module, "ElegansNetM1", None) or module.ElegansNetM2
    model: nn.Module = made()
    return model.eval()


def test_a_trained_task_model_is_carried_whole(folder: Path) -> None:
    """To the same synapses in other order, and it draws the same pictures."""
    old, images = trained(TASK), torch.rand(5, 1, 28, 28)
    head, *rows = toy.EDGES.splitlines(keepends=True)
    data = source(TASK, head + "".join(reversed(rows)))
    report, state = transplanted(data)
    new = whole(data)
    new.load_state_dict(state, strict=True)
    assert_close(new(images), old(images), rtol=1e-5, atol=1e-6)
    assert "prefix    network., the only place" in report
    assert "left out" not in report


def test_with_zero_gains_old_neurons_compute_what_they_did(folder: Path) -> None:
    """So the grown task model draws the same pictures."""
    old, data = trained(TASK), source(TASK, toy.EDGES + "S2,B,chemical,1\n")
    report, state = transplanted(data, "--new", "zero")
    assert "unchanged in 11 neurons" in report
    new = whole(data)
    new.load_state_dict(state, strict=True)
    images = torch.rand(5, 1, 28, 28)
    assert_close(new(images), old(images), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("readout", "choices", "edges", "gone"),
    [
        ("attention", {}, MORE, set()),
        ("attention", {"width": 8}, toy.EDGES, {"encoder", "decoder"}),
        ("attention", {"readout": "mean"}, toy.EDGES, {"readout"}),
        (
            "attention",
            {"task": "cifar10"},
            toy.EDGES,
            {"encoder", "decoder", "inner", "outer"},
        ),
        ("concat", {}, MORE, set()),
        ("concat", {}, toy.EDGES + "S1,M4,chemical,1\n", {"readout"}),
    ],
)
def test_parts_of_another_form_are_left_out_and_named(
    readout: str, choices: dict[str, Any], edges: str, gone: set[str], folder: Path
) -> None:
    options = replace(TASK, readout=readout)
    old, data = trained(options), source(replace(options, **choices), edges)
    report, state = transplanted(data)
    new = whole(data)
    fate = new.load_state_dict(state, strict=False)
    assert not fate.unexpected_keys
    assert {key.split(".")[0] for key in fate.missing_keys} <= gone
    assert {key.split(".")[0] for key in old.state_dict() if key not in state} == gone
    assert ("left out" in report) == bool(gone)
    for name, value in old.state_dict().items():
        if name in state and not name.startswith("network."):
            assert torch.equal(new.state_dict()[name], value)


def test_from_a_task_model_to_the_network_alone(folder: Path) -> None:
    trained(TASK)
    data = source(replace(TASK, task="none", width=0))
    report, state = transplanted(data)
    assert all(key.startswith("network.") for key in state)
    network = toy.network(toy.load(data))
    network.load_state_dict({k.removeprefix("network."): v for k, v in state.items()})
    assert "44 other entries are not in new.py" in report


def test_parts_around_a_network_of_other_features_are_left_out(folder: Path) -> None:
    old, new = source(TASK), source(replace(TASK, features=8))
    Path("old.py").write_bytes(old)
    safetensors.save_file(whole(old).state_dict(), "old.safetensors")
    report, state = transplanted(new)

    assert "not in new.py, or in another form: load with strict=False" in report
    found = whole(new).load_state_dict(state, strict=False)
    assert not found.unexpected_keys
    assert found.missing_keys
    assert not any(key.startswith("network.") for key in found.missing_keys)
