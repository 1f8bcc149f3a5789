"""`--task`: encoder, network, read-out, decoder and loss in one file."""

from __future__ import annotations

import importlib.util
import types
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

import elegansc
from elegansc.errors import UsageError
from elegansc.module.read import read_model

READOUTS = ("attention", "mean", "concat")
IMAGES = {"cifar10": (6, 3, 32, 32), "mnist": (6, 1, 28, 28)}
ROUTED = {"task": "mnist-routed", "features": 1, "unit": "scalar"}
GRAPH = """pre,post,kind,weight
S1,I1,chemical,3
S2,I1,chemical,1
S2,I2,chemical,2
I1,I2,chemical,4
I2,I1,chemical,1
I1,M1,chemical,2
I2,M2,chemical,5
I2,M1,electrical,2
I1,M3,chemical,1
X,M4,chemical,1
"""
ROLES = """name,role
S1,sensory
S2,sensory
I1,inter
I2,inter
X,inter
M1,motor
M2,motor
M3,motor
M4,motor
"""


def source_of(folder: Path, **choices: object) -> bytes:
    """A small graph as a task's module; M4 is on no path."""
    edges, cells = folder / "toy.csv", folder / "cells.csv"
    edges.write_text(GRAPH)
    cells.write_text(ROLES)
    options = {"features": 8, "unit": "linear", "cells": str(cells), "name": "Toy"}
    artifact = elegansc.compile(str(edges), **{**options, **choices})  # type: ignore[arg-type]
    return next(iter(artifact.files.values()))


def load(folder: Path, source: bytes) -> types.ModuleType:
    path = folder / "toy_task.py"
    path.write_bytes(source)
    spec = importlib.util.spec_from_file_location("toy_task", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def whole(module: types.ModuleType) -> nn.Module:
    torch.manual_seed(0)
    made = getattr(module, "ElegansNetM1", None) or module.ElegansNetM2
    model: nn.Module = made()
    return model


def lost(model: nn.Module, images: Tensor, labels: Tensor) -> Tensor:
    m1 = type(model).__name__ == "ElegansNetM1"
    loss: Tensor = model.loss(images, labels) if m1 else model.loss(images)  # type: ignore[operator]
    return loss


@pytest.fixture(params=[(t, r) for t in IMAGES for r in READOUTS], ids="-".join)
def case(
    request: pytest.FixtureRequest, tmp_path: Path
) -> tuple[str, str, types.ModuleType]:
    task, readout = request.param
    source = source_of(tmp_path, task=task, readout=readout)
    return task, readout, load(tmp_path, source)


def test_shapes_and_gradients(case: tuple[str, str, types.ModuleType]) -> None:
    task, _, module = case
    model = whole(module)
    images, labels = torch.rand(IMAGES[task]), torch.arange(6)
    logits = model(images)
    assert logits.shape == ((6, 10) if task == "cifar10" else images.shape)
    assert model.latent(images).shape == (6, 8)  # type: ignore[operator]

    lost(model, images, labels).backward()  # type: ignore[no-untyped-call]

    idle = [
        name
        for name, part in model.named_parameters()
        if part.grad is None or not part.grad.any()
    ]
    assert idle == []


def test_no_output_of_the_readout_hangs_on_a_dead_motor_neuron(
    case: tuple[str, str, types.ModuleType],
) -> None:
    module = case[2]
    assert module.MOTOR == ["M1", "M2", "M3", "M4"] and "M4" in module.UNUSED
    assert module.HEARD == [0, 1, 2]


def composed(model: nn.Module, task: str, readout: str, images: Tensor) -> Tensor:
    """The whole from its parts' parameters, by other functions than the file's."""
    parts = dict(model.named_children())
    vector = parts["encoder"](images if task == "cifar10" else images.gt(0.3).float())
    motors = parts["network"](vector[:, None, :])[:, :3]
    read = parts["readout"]
    if readout == "attention":
        heads = nn.MultiheadAttention(8, 8, batch_first=True)
        with torch.no_grad():
            weights = [read.query.weight, read.key.weight, read.value.weight]
            nothing = torch.zeros(8)
            biases = [read.query.bias, nothing, read.value.bias]
            heads.in_proj_weight.copy_(torch.cat(weights))
            heads.in_proj_bias.copy_(torch.cat(biases))
            heads.out_proj.weight.copy_(read.joined.weight)
            heads.out_proj.bias.copy_(read.joined.bias)
        found = heads(vector[:, None], motors, motors, need_weights=False)[0][:, 0]
    elif readout == "mean":
        found = sum(motors.unbind(1)) / 3
    else:
        found = torch.cat(motors.unbind(1), 1) @ read.joined.weight.T + read.joined.bias
    latent = nn.functional.layer_norm(
        found, [8]
    )  # its own factors are 1 and 0 at start
    if task == "mnist":
        latent = nn.functional.layer_norm(latent, [8]) * nn.functional.layer_norm(
            vector, [8]
        )
    logits: Tensor = parts["decoder"](latent)
    return logits


def test_it_is_what_its_parts_make(case: tuple[str, str, types.ModuleType]) -> None:
    task, readout, module = case
    model = whole(module)
    images = torch.rand(IMAGES[task])

    torch.testing.assert_close(
        model(images), composed(model, task, readout, images), rtol=1e-4, atol=1e-5
    )


def test_losses_are_as_published(tmp_path: Path) -> None:
    images, labels = torch.rand(4, 3, 32, 32), torch.tensor([0, 9, 3, 3])
    m1 = whole(load(tmp_path, source_of(tmp_path, task="cifar10")))
    chosen = m1(images).softmax(1)[torch.arange(4), labels]
    torch.testing.assert_close(lost(m1, images, labels), -chosen.log().mean())

    m2 = whole(load(tmp_path, source_of(tmp_path, task="mnist")))
    images = torch.rand(4, 1, 28, 28)
    lit, wanted = m2(images).sigmoid(), images > 0.3
    entropy = -torch.where(wanted, lit, 1 - lit).log().mean()
    last = m2.decoder.pixels  # type: ignore[union-attr]
    size = last.weight.abs().sum() + last.bias.abs().sum()  # type: ignore[union-attr,operator]
    penalty = 1e-4 * (lit.sum() / 4 + size)
    torch.testing.assert_close(lost(m2, images, labels), entropy + penalty)


@pytest.mark.parametrize("task", IMAGES)
def test_it_learns(task: str, tmp_path: Path) -> None:
    model = whole(load(tmp_path, source_of(tmp_path, task=task)))
    images, labels = torch.zeros(IMAGES[task]), torch.arange(6)
    for label in range(6):
        images[label, :, 4 * label : 4 * label + 4] = 1  # a bar
    optimiser = torch.optim.Adam(model.parameters(), 1e-2)
    losses = []
    for _ in range(25):
        optimiser.zero_grad()
        loss = lost(model, images, labels)
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]


@pytest.mark.parametrize("task", IMAGES)
def test_manners(task: str, tmp_path: Path) -> None:
    module = load(tmp_path, source_of(tmp_path, task=task))
    model = whole(module).eval()
    images = torch.rand(IMAGES[task])

    compiled = torch.compile(model, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(images), model(images))

    blank = type(model)(device="meta").to_empty(device="cpu").eval()
    blank.load_state_dict(model.state_dict())
    assert torch.equal(blank(images), model(images))

    drawn = type(model)(device="meta").to_empty(device="cpu")
    torch.manual_seed(1)
    drawn.reset_parameters()
    assert all(part.isfinite().all() for part in drawn.parameters())
    assert type(model)(dtype=torch.float64)(images.double()).dtype == torch.float64


def test_it_is_read_back_and_differs_from_a_twin_in_its_tables_alone(
    tmp_path: Path,
) -> None:
    first = source_of(tmp_path, task="cifar10")
    (tmp_path / "model.py").write_bytes(first)
    again = elegansc.compile(str(tmp_path / "model.py"))
    assert [*again.files.values()] == [first]
    model = read_model(first, "model.py")
    assert (model.name, model.options.task) == ("Toy", "cifar10")

    options = {"task": "cifar10", "features": 8, "unit": "linear", "name": "Toy"}
    other = elegansc.compile("witvliet2021-1", **options)
    text = next(iter(other.files.values())).decode()
    mark = "# From here on"
    assert text.split(mark)[1] == first.decode().split(mark)[1]


def test_of_a_routed_task_only_network_and_readout_learn(tmp_path: Path) -> None:
    module = load(tmp_path, source_of(tmp_path, **ROUTED))
    torch.manual_seed(0)
    model = module.RoutedDigits()
    weight = model.encoder.weight
    torch.testing.assert_close(weight @ weight.T, torch.eye(2), rtol=1e-4, atol=1e-5)
    images, labels = torch.rand(6, 1, 28, 28), torch.arange(6)

    model.loss(images, labels).backward()
    idle = {n for n, part in model.named_parameters() if part.grad is None}
    assert idle == {"encoder.weight", "encoder.bias"} <= model.state_dict().keys()

    given = images.flatten(1) @ weight.T
    heard = model.network(given)[:, module.HEARD]
    wanted = heard @ model.decoder.weight.T + model.decoder.bias
    torch.testing.assert_close(model(images), wanted)
    with pytest.raises(ValueError, match=r"\(batch, 1, 28, 28\), not \(6, 784\)"):
        model(images.flatten(1))


@pytest.mark.parametrize(
    ("choices", "hint"),
    [
        ({"task": "cifar10", "features": 1, "unit": "scalar"}, "--features 4"),
        ({"task": "mnist", "feedback": "delay"}, "--feedback delay"),
        ({"task": "mnist", "width": 2}, "--width"),
        ({"readout": "mean"}, "--readout"),
        ({"width": 8}, "--width"),
        ({"task": "imagenet"}, "cifar10"),
        ({"task": "mnist-routed"}, "--features"),
        ({**ROUTED, "feedback": "delay"}, "--feedback delay"),
        ({**ROUTED, "dynamics": "leaky"}, "--task"),
        ({**ROUTED, "width": 8}, "--width"),
        ({**ROUTED, "readout": "mean"}, "--readout"),
    ],
)
def test_what_does_not_fit_is_refused(
    choices: dict[str, object], hint: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=hint):
        source_of(tmp_path, **choices)
