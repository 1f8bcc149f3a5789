"""Controls of equal parameters: what stands in the network's place, and what it costs."""

from __future__ import annotations

import functools
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
import torch
from support import lab_toys

import elegansc
from elegansc.errors import InputError
from elegansc.ir.stages import MOTOR, SENSORY
from elegansc.lab.protocol.reading import read_protocol
from elegansc.lab.protocol.replaced import COMPILED, CONTROLS, STEPS
from elegansc.lab.running import other_networks
from elegansc.lab.running.models import TaskModel, load
from elegansc.lab.running.other_networks import CHANCE, NEAREST, rising
from elegansc.lab.running.replacements import LinearMap, count
from elegansc.nulls.random import RandomIntegers
from elegansc.nulls.wiring import small_world

FEATURES, WIDTH = 8, 4
IMAGES = {"cifar10": (3, 32, 32), "mnist": (1, 28, 28)}
EQUAL = ("mlp", "linear", "convolution", "randwire", "published", "delay")
NEAR = {"published": 0.06}  # all its units are of one width
torch.set_num_threads(1)


@functools.cache
def model(task: str) -> TaskModel:
    """The brain of a newborn worm in a task."""
    artifact = elegansc.compile(
        "witvliet2021-1",
        name="Worm",
        task=task,
        features=FEATURES,
        unit="linear",
        width=WIDTH,
        cycles="fast",
    )
    return load(artifact.page, "worm.py")


@pytest.mark.parametrize("task", IMAGES)
@pytest.mark.parametrize("arm", EQUAL)
def test_a_control_has_as_many_parameters_and_learns(task: str, arm: str) -> None:
    network = model(task)
    worm = network.facts("worm", network.make("worm", 0))
    whole = network.make(arm, 1)
    facts = network.facts(arm, whole)

    same = pytest.approx(worm["network_parameters"], rel=NEAR.get(arm, 0.03))
    assert facts["network_parameters"] == same
    shared = worm["parameters"] - worm["network_parameters"]
    assert facts["parameters"] == facts["network_parameters"] + shared
    assert facts["neurons"] is None and facts["model_digest"] == worm["model_digest"]

    loss: Any = whole.loss
    images, labels = torch.rand(4, *IMAGES[task]), torch.arange(4)
    loss(images, *([labels] if task == "cifar10" else [])).backward()
    silent = [name for name, part in whole.named_parameters() if part.grad is None]
    assert silent == []


@pytest.mark.parametrize("arm", COMPILED)
def test_a_compiled_control_is_the_same_again_by_its_seed(arm: str) -> None:
    network, images = model("cifar10"), torch.rand(2, 3, 32, 32)
    one, same, other = (network.make(arm, seed).eval() for seed in (1, 1, 2))

    assert torch.equal(one(images), same(images))
    assert not torch.equal(one(images), other(images))


def test_linear_is_linear_and_reaches_every_motor_apart() -> None:
    part, zero = LinearMap(FEATURES, 5, 1000), torch.zeros(1, 1, FEATURES)
    a, b = torch.rand(2, 3, 1, FEATURES)

    torch.testing.assert_close(part(a + b) - part(b), part(a) - part(zero))
    assert part(a).shape == (3, 5, FEATURES)
    assert part(a)[0].unique(dim=0).shape[0] == 5
    assert count(part) == pytest.approx(1000, rel=0.03)


def test_a_graph_of_randwire_runs_from_the_lower_index_to_the_higher() -> None:
    size = 40
    pairs = small_world(size, NEAREST, CHANCE, RandomIntegers(3))
    circuit = rising(pairs, size)

    edges = [*zip(circuit.chemical.pre, circuit.chemical.post, strict=True)]
    graph = nx.DiGraph(edges)
    assert {tuple(sorted(pair)) for pair in pairs} == {*edges}
    assert len(edges) == NEAREST * size and all(pre < post for pre, post in edges)
    role = circuit.cells.role
    assert [*np.flatnonzero(role == SENSORY)] == sorted(
        node for node, degree in graph.in_degree if not degree
    )
    assert [*np.flatnonzero(role == MOTOR)] == sorted(
        node for node, degree in graph.out_degree if not degree
    )


def test_delay_is_the_worm_in_its_first_step_and_not_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With the same parameters: of the step before there is nothing to read yet."""
    network = model("cifar10")
    worm: Any = network.make("worm", 0).get_submodule("network")
    part: Any = network.make("delay", 0).get_submodule("network")
    late, tables = part.network, sys.modules[type(part.network).__module__]
    row = {name: place for place, name in enumerate(network.module.LIVE)}
    lives = [row[name] for name in tables.LIVE]
    gain = {one: place for place, one in enumerate(network.module.SYNAPSES)}
    now = [gain[one] for one in tables.NOW]
    with torch.no_grad():
        late.gain[: len(now)] = worm.gain[now]
        late.weight.copy_(worm.weight[lives])
        late.bias.copy_(late.bias.normal_())
        worm.bias[lives] = late.bias
    given = torch.rand(3, 1, FEATURES)

    assert STEPS > 1 and not torch.allclose(part(given), worm(given), atol=1e-2)
    monkeypatch.setattr(other_networks, "STEPS", 1)
    torch.testing.assert_close(part(given), worm(given))


def test_multiply_adds_are_those_of_the_parts() -> None:
    network = model("cifar10")
    cost = {
        arm: network.facts(arm, network.make(arm, 0))["multiply_adds"]
        for arm in ("worm", "identity", "linear", "convolution")
    }
    tables, motors = network.module, len(network.module.MOTOR)

    own = len(tables.LIVE) * FEATURES**2 + len(tables.SYNAPSES) * FEATURES
    assert cost["worm"] - cost["identity"] == own
    inner: Any = network.make("linear", 0).get_submodule("network")
    between = inner.map[0].out_features
    assert cost["linear"] - cost["identity"] == between * FEATURES * (1 + motors)
    whole: Any = network.make("convolution", 0)
    channels, hidden = 2 * WIDTH, whole.encoder[-5][0].out_channels
    assert cost["convolution"] - cost["identity"] == 2 * 9 * channels * hidden * 16


def test_an_arm_that_the_options_rule_out_is_a_mistake_of_the_protocol(
    tmp_path: Path,
) -> None:
    path = lab_toys.write_protocol(tmp_path, lab_toys.WORM, "delay = {seeds = 1}")
    read_protocol(str(path))
    text = path.read_text()
    path.write_text(
        text.replace(
            "[task.cifar10.compile]",
            '[task.cifar10.compile]\nmerge = "product"\nnorm = "layer"',
        )
    )
    with pytest.raises(InputError, match="arms.delay: .*product has no delayed factor"):
        read_protocol(str(path))
    one_number = text.replace("features = 4", "").replace('unit = "linear"', "")
    one_number = one_number.replace("width = 4", "").replace("cifar10", "mnist-routed")
    for arm in ("convolution", "randwire", "delay"):
        path.write_text(one_number.replace("delay =", f"{arm} ="))
        with pytest.raises(InputError, match=f"arms.{arm}: mnist-routed gives each"):
            read_protocol(str(path))
    assert {*EQUAL} < {*CONTROLS}
