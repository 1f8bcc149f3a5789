"""The task mnist-routed in the laboratory: whitened components, controls, a training."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from click.testing import CliRunner
from support import lab_toys
from support.paths import GENERATED

import elegansc
from elegansc.acceleration.module import Native
from elegansc.cli.main import cli
from elegansc.errors import InputError
from elegansc.lab.protocol.protocol import Run, Sample
from elegansc.lab.protocol.reading import read_protocol
from elegansc.lab.running.data import load as read_images
from elegansc.lab.running.machine import Machine
from elegansc.lab.running.models import TaskModel, load
from elegansc.lab.running.replacements import count
from elegansc.lab.running.training import Recipe
from elegansc.lab.running.whitening import principal
from elegansc.lab.running.worker import Job, work


def network_of(folder: Path) -> tuple[Path, TaskModel]:
    artifact = elegansc.compile(
        str(lab_toys.write_graph(folder)),
        name="Worm",
        task="mnist-routed",
        roles_table="structure",
    )
    path = folder / "routed.py"
    path.write_bytes(artifact.page)
    return path, load(artifact.page, "routed.py")


def test_components_are_white_and_turned_by_the_seed() -> None:
    pixels = np.random.default_rng(0).random((300, 20)) @ np.diag(np.arange(1.0, 21))
    weight, bias = principal(pixels).turned(6, 1)
    given = pixels @ weight.T + bias

    np.testing.assert_allclose(given.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(np.cov(given.T, ddof=0), np.eye(6), atol=1e-9)
    other = principal(pixels).turned(6, 2)[0]
    turn = other @ np.linalg.pinv(weight)  # of the same six directions
    np.testing.assert_allclose(turn @ turn.T, np.eye(6), atol=1e-9)
    np.testing.assert_allclose(turn @ weight, other, atol=1e-9)
    assert np.abs(turn - np.eye(6)).max() > 0.1


def test_more_sensors_than_components_are_refused() -> None:
    pixels = np.zeros((9, 20))
    pixels[:, :3] = np.random.default_rng(0).random((9, 3))
    with pytest.raises(InputError, match="4 sensory neurons, 3 components"):
        principal(pixels).turned(4, 0)


def test_controls_have_no_graph_or_keep_it() -> None:
    task = load((GENERATED / "mnist_routed.py").read_bytes(), "mnist_routed.py")
    worm, mlp, identity = (task.make(a, 0) for a in ("worm", "mlp", "identity"))
    images = torch.rand(5, 1, 28, 28)
    assert {part(images).shape for part in (worm, mlp, identity)} == {(5, 10)}

    learned = task.facts("worm", worm)["parameters"]
    assert learned == count(worm) - 785 * 87
    assert task.facts("mlp", mlp)["parameters"] == pytest.approx(learned, rel=0.01)
    assert task.facts("identity", identity)["parameters"] == 87 * 10 + 10
    frozen = task.make("frozen", 0)
    free = {name for name, part in frozen.named_parameters() if part.requires_grad}
    assert free == {"decoder.weight", "decoder.bias"}


def test_train_fills_the_components_and_saves_them(tmp_path: Path) -> None:
    data = lab_toys.write_data(tmp_path / "images")
    path, _ = network_of(tmp_path)
    out, kept = tmp_path / "r.jsonl", tmp_path / "kept.pt"
    words = ["lab", "train", path, "--data", data, "-o", out, "--save", kept]
    result = CliRunner().invoke(
        cli, [str(word) for word in (*words, "--epochs", 2, "--batch", 16)]
    )
    assert result.exit_code == 0, result.output

    line = json.loads(out.read_text().splitlines()[-1])
    assert (line["task"], line["status"]) == ("mnist-routed", "finished")
    assert set(line["test"]) == {"top1"}
    with np.load(data / "mnist_train.npz") as file:
        pixels = file["images"].reshape(len(file["images"]), -1)
    state = torch.load(kept)
    weight, bias = state["encoder.weight"].numpy(), state["encoder.bias"].numpy()
    given = pixels[: len(pixels) - len(pixels) // 10] / 255 @ weight.T + bias
    np.testing.assert_allclose(np.cov(given.T, ddof=0), np.eye(3), atol=1e-3)


def test_a_protocol_knows_the_task(tmp_path: Path) -> None:
    path = lab_toys.write_protocol(tmp_path, lab_toys.WORM)
    text = path.read_text().replace("cifar10", "mnist-routed")
    for option in ("features = 4\n", 'unit = "linear"\n', "width = 4\n"):
        text = text.replace(option, "")
    path.write_text(text)
    (task,) = read_protocol(str(path)).tasks
    assert (task.name, task.metric) == ("mnist-routed", "top1")
    path.write_text(text.replace("epochs =", 'augmentation = "flip-crop"\nepochs ='))
    with pytest.raises(InputError, match="of digits, has none"):
        read_protocol(str(path))


def test_a_swept_training_is_the_plain_one(tmp_path: Path) -> None:
    path, _ = network_of(tmp_path)
    data = lab_toys.write_data(tmp_path / "images")
    splits = read_images(str(data), "mnist-routed")
    sample = Sample("mnist-routed", 8, 8, 8, 0)
    recipe = Recipe("mnist-routed", 2, 16, "top1", lr=0.01, seed=3)
    found = {}
    for native in (False, True):
        run = Run("mnist-routed", "worm", 0, 0)
        machine = Machine("cpu", native=native)
        job = Job(run, "p", path.read_bytes(), "worm.py", recipe, sample, machine)
        found[native] = work(job, splits)

    plain, swept = found[False], found[True]
    assert swept.pop("native") is True and "native" not in plain
    for one, other in zip(plain["curve"], swept["curve"], strict=True):
        assert one["train_loss"] == pytest.approx(other["train_loss"], rel=1e-4)


def test_each_network_is_swept_if_asked(tmp_path: Path) -> None:
    _, task = network_of(tmp_path)
    for arm, swept in {"worm": True, "frozen": True, "identity": False}.items():
        whole = task.make(arm, 0)
        Machine("cpu", native=True).prepare(whole)
        assert any(isinstance(each, Native) for each in whole.modules()) is swept
        other = task.make(arm, 0)
        Machine("cpu").prepare(other)
        assert not any(isinstance(each, Native) for each in other.modules())
