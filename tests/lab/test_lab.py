"""The laboratory's parts: images, augmentation, scores, controls, training, results."""

from __future__ import annotations

import csv
import errno
import json
import os
import sys
import types
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from support.lab_toys import COUNTS, images, model_of, write_data
from torch import nn

import elegansc
from elegansc.cli.main import cli
from elegansc.errors import InputError, Location, Mistake, UsageError
from elegansc.lab.protocol.protocol import Run
from elegansc.lab.running import appended, data, logs, scores, single, training
from elegansc.lab.running.augment import flip_and_crop
from elegansc.lab.running.data import Images, Splits
from elegansc.lab.running.machine import Machine
from elegansc.lab.running.models import TaskModel, load
from elegansc.lab.running.replacements import count, size, widths
from elegansc.lab.running.results import COSTS, KEYS, Results, read
from elegansc.lab.running.training import Outcome, Recipe, train
from elegansc.module.header import read_header

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_data(tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TaskModel]:
    place = tmp_path_factory.mktemp("models")
    return {task: load(model_of(place, task), "toy.py") for task in data.SHAPE}


# --- images


def test_images_are_bytes_with_channels_first(folder: Path) -> None:
    splits = data.load(str(folder), "cifar10")

    assert [len(part) for part in parts(splits)] == list(COUNTS.values())
    pixels, labels = images("cifar10", COUNTS["train"], 0)
    assert splits.train.images.dtype == torch.uint8
    assert (splits.train.images.numpy() == pixels.transpose(0, 3, 1, 2)).all()
    assert (splits.train.labels.numpy() == labels).all()


def parts(splits: Splits) -> tuple[Images, Images, Images]:
    return splits.train, splits.validation, splits.test


def test_the_last_training_images_are_held_out_where_no_file_has_any(
    folder: Path,
) -> None:
    splits = data.load(str(folder), "mnist")
    pixels, _ = images("mnist", COUNTS["train"], 0)

    assert len(splits.train) == 87 and len(splits.validation) == 9
    held = splits.validation.images.numpy()[:, 0]
    assert (held == pixels[-9:]).all()


def test_one_file_is_split_by_place(folder: Path) -> None:
    splits = data.load(str(folder / "cifar10_train.npz"), "cifar10")

    assert [len(part) for part in parts(splits)] == [78, 9, 9]


def test_a_choice_is_drawn_by_its_seed_and_the_test_images_are_the_first(
    folder: Path,
) -> None:
    whole = data.load(str(folder), "cifar10")
    one, same, other = (whole.choose(50, 20, 10, seed) for seed in (1, 1, 2))

    assert one.digest == same.digest != other.digest
    assert torch.equal(one.test.images, whole.test.images[:10])
    rows = {image.numpy().tobytes() for image in one.train.images}
    assert len(rows) == 50
    assert rows < {image.numpy().tobytes() for image in whole.train.images}


def test_more_images_than_there_are_is_said(folder: Path) -> None:
    with pytest.raises(InputError, match="97 asked for, 96 are there"):
        data.load(str(folder), "cifar10").choose(97, 1, 1, 0)


def good(**changes: Any) -> dict[str, Any]:
    pixels, labels = images("cifar10", 12, 0)
    return {"images": pixels, "labels": labels, **changes}


PIXELS, LABELS = images("cifar10", 12, 0)
BAD = {
    "of float32": good(images=PIXELS.astype(np.float32)),
    r"uint8 \(12, 28, 28, 3\)": good(images=PIXELS[:, :28, :28]),
    r"uint8 \(12, 32, 32\)": good(images=PIXELS[..., 0]),
    r"labels of int64 \(11,\), 12 images": good(labels=LABELS[:11]),
    "labels of float64": good(labels=LABELS.astype(float)),
    "label 10 of image 3": good(labels=np.where(np.arange(12) == 3, 10, LABELS)),
    "label -1 of image 0": good(labels=np.where(np.arange(12) == 0, -1, LABELS)),
    "no images": {"images": PIXELS[:0], "labels": LABELS[:0]},
    "no array labels in it": {"images": PIXELS},
    "Object arrays cannot be loaded": good(labels=np.array([{}] * 12)),
}


@pytest.mark.parametrize("seen", BAD)
def test_arrays_that_are_no_images_of_the_task_are_refused(
    seen: str, tmp_path: Path
) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **BAD[seen])

    with pytest.raises(InputError, match=seen) as found:
        data.read_npz(path, "cifar10")
    assert str(path) in str(found.value)


@pytest.mark.parametrize("kept", [0, 1, 100, 0.5, 0.99])
def test_a_file_that_is_cut_short_is_refused(
    kept: float, folder: Path, tmp_path: Path
) -> None:
    whole = (folder / "cifar10_train.npz").read_bytes()
    path = tmp_path / "short.npz"
    path.write_bytes(whole[: int(kept * len(whole)) if 0 < kept < 1 else int(kept)])

    with pytest.raises(
        InputError, match="cut short" if kept > 1 or 0 < kept < 1 else "no .npz"
    ):
        data.read_npz(path, "cifar10")


def test_a_text_is_not_called_a_pickle(tmp_path: Path) -> None:
    path = tmp_path / "mnist_train.npz"
    path.write_text("5,0,0,0\n")

    with pytest.raises(InputError, match="no .npz file: not a zip archive"):
        data.read_npz(path, "mnist")


def test_a_damaged_array_is_refused(folder: Path, tmp_path: Path) -> None:
    whole = bytearray((folder / "cifar10_train.npz").read_bytes())
    whole[len(whole) // 3 : len(whole) // 3 + 50] = bytes(50)
    path = tmp_path / "bad.npz"
    path.write_bytes(whole)

    with pytest.raises(InputError, match="damaged"):
        data.read_npz(path, "cifar10")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="mnist_train.npz: cannot be read: No such"):
        data.load(str(tmp_path), "mnist")


def test_torchvision_is_asked_for_both_halves(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stand-in: torchvision itself may not be there."""
    asked = []

    class Fake:
        def __init__(self, root: str, train: bool, download: bool) -> None:
            asked.append((root, train, download))
            self.data, labels = images("cifar10", 50 if train else 10, int(train))
            self.targets = labels.tolist()

    module = types.ModuleType("torchvision")
    module.datasets = types.SimpleNamespace(CIFAR10=Fake)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "torchvision", module)

    splits = data.load(f"torchvision:{tmp_path}", "cifar10")

    assert asked == [(str(tmp_path), True, True), (str(tmp_path), False, True)]
    assert [len(part) for part in parts(splits)] == [45, 5, 10]


def test_without_torchvision_there_is_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(UsageError, match="pip install torchvision"):
        data.load("torchvision:x", "mnist")


# --- augmentation and scores


def test_an_augmented_image_is_one_of_the_crops_that_may_be() -> None:
    pixels = torch.arange(6 * 3 * 32 * 32).remainder(251).add(1).to(torch.uint8)
    pixels = pixels.view(6, 3, 32, 32)
    dice = torch.Generator().manual_seed(0)
    made = flip_and_crop(pixels.repeat(40, 1, 1, 1), dice)

    seen = set()
    for place, image in enumerate(made.numpy()):
        crops = every_crop(pixels[place % 6].numpy())
        assert image.tobytes() in crops
        seen.add(crops[image.tobytes()])
    assert {flip for flip, _, _ in seen} == {False, True}
    assert {down for _, down, _ in seen} == set(range(9))
    assert {right for _, _, right in seen} == set(range(9))


def every_crop(image: Any) -> dict[bytes, tuple[bool, int, int]]:
    """All 162, as bytes."""
    wide = np.pad(image, ((0, 0), (4, 4), (4, 4)))
    found = {}
    for down in range(9):
        for right in range(9):
            crop = wide[:, down : down + 32, right : right + 32]
            found[crop.tobytes()] = (False, down, right)
            found[np.ascontiguousarray(crop[..., ::-1]).tobytes()] = (True, down, right)
    return found


class Drawn(nn.Module):
    """Gives logits that were made before, whatever the image."""

    def __init__(self, logits: torch.Tensor) -> None:
        super().__init__()
        self.logits = logits

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        return self.logits

    def latent(self, pixels: torch.Tensor) -> torch.Tensor:
        return pixels.flatten(1)[:, :20]


def test_scores_of_pixels_are_what_they_say() -> None:
    dice = np.random.default_rng(0)
    pixels = dice.integers(0, 256, (7, 1, 28, 28)).astype(np.uint8)
    chance = dice.uniform(0.01, 0.99, pixels.shape)
    part = Images(torch.from_numpy(pixels), torch.zeros(7, dtype=torch.long))
    model = Drawn(torch.from_numpy(np.log(chance / (1 - chance))))

    found = scores.reconstruction_scores(model, part)

    white, called = pixels / 255 > 0.3, chance >= 0.25
    precision = (white & called).sum() / called.sum()
    recall = (white & called).sum() / white.sum()
    entropy = -np.where(white, np.log(chance), np.log(1 - chance))
    assert found["pixel_accuracy"] == pytest.approx(((chance > 0.5) == white).mean())
    assert found["f1"] == pytest.approx(2 / (1 / precision + 1 / recall))
    assert found["bce"] == pytest.approx(entropy.mean())
    assert scores.all_black(part) == pytest.approx(1 - white.mean())


def test_the_probe_finds_classes_that_a_line_can_tell() -> None:
    dice = np.random.default_rng(0)
    labels = dice.integers(0, 10, 300)
    pixels = dice.integers(0, 40, (300, 1, 28, 28)).astype(np.uint8)
    pixels[np.arange(300), 0, 0, labels] = 255
    whole = Images(torch.from_numpy(pixels), torch.from_numpy(labels))
    train_on, test = whole.take(slice(200)), whole.take(slice(200, None))

    assert scores.probed(Drawn(torch.zeros(1)), train_on, test) == 1
    shuffled = Images(test.images, test.labels.roll(1))
    assert scores.probed(Drawn(torch.zeros(1)), train_on, shuffled) < 0.3


# --- controls


@given(st.integers(4, 128), st.integers(3_000, 2_000_000))
@settings(max_examples=30)
def test_an_mlp_has_as_many_parameters_to_one_percent(d: int, wanted: int) -> None:
    try:
        found = size(d, *widths(d, wanted, d), d)
    except InputError:
        assert wanted < (2 * d + 2) * 20  # hardly room for the first and last layer
        return
    assert abs(found - wanted) <= 0.01 * wanted


def test_an_mlp_that_cannot_be_is_said() -> None:
    with pytest.raises(InputError, match="no MLP of 64 features"):
        widths(64, 150, 64)


def test_the_mlp_of_a_model_has_its_size(networks: dict[str, TaskModel]) -> None:
    whole, mlp = (networks["cifar10"].make(arm, 0) for arm in ("worm", "mlp"))

    wanted, found = (count(m.get_submodule("network")) for m in (whole, mlp))
    assert abs(found - wanted) <= 0.01 * wanted


def test_the_identity_hands_the_vector_to_every_motor_neuron(
    networks: dict[str, TaskModel],
) -> None:
    network = networks["cifar10"].make("identity", 0).get_submodule("network")
    vector = torch.randn(5, 1, 4)

    assert torch.equal(network(vector), vector.repeat(1, 3, 1))
    assert count(network) == 0


@pytest.mark.parametrize("task", data.SHAPE)
def test_a_frozen_network_stays_and_its_encoder_learns(
    task: str, networks: dict[str, TaskModel], folder: Path
) -> None:
    whole = networks[task].make("frozen", 0)
    before = {name: p.clone() for name, p in whole.named_parameters()}
    trained(networks[task], folder, task, arm="frozen", model=whole)

    moved = {n for n, p in whole.named_parameters() if not torch.equal(p, before[n])}
    assert not any(name.startswith("network.") for name in moved)
    assert {n for n in before if n.startswith("encoder.")} <= moved


# --- training


def trained(
    network: TaskModel,
    folder: Path,
    task: str = "cifar10",
    arm: str = "worm",
    model: nn.Module | None = None,
    **changes: Any,
) -> Outcome:
    metric = {"cifar10": "top1", "mnist": "bce"}[task]
    recipe = replace(Recipe(task, 2, 16, metric, lr=1e-2), **changes)
    whole = model or network.make(arm, recipe.seed)
    splits = data.load(str(folder), task)
    return train(whole, splits, recipe, Machine("cpu").fabric())


def test_a_seed_gives_one_curve(networks: dict[str, TaskModel], folder: Path) -> None:
    options = {"augmentation": "flip-crop"}
    one, same, other = (
        trained(networks["cifar10"], folder, seed=seed, **options) for seed in (3, 3, 4)
    )

    timeless = {"seconds": 0, "step_seconds": 0}
    assert replace(one, **timeless) == replace(same, **timeless)
    assert one.curve != other.curve


def test_a_model_learns_what_can_be_learned(
    networks: dict[str, TaskModel], folder: Path
) -> None:
    outcome = trained(networks["cifar10"], folder, epochs=25, lr=3e-2)

    assert outcome.test["top1"] > 0.25  # chance is 0.1
    last, first = outcome.curve[-1].train_loss, outcome.curve[0].train_loss
    assert last is not None and first is not None and last < first - 0.3


def test_the_best_epoch_is_kept(networks: dict[str, TaskModel], folder: Path) -> None:
    network = networks["mnist"]
    whole = network.make("worm", 0)
    outcome = trained(network, folder, "mnist", model=whole, lr=0.2, epochs=4)

    curve = [epoch.validation for epoch in outcome.curve]
    assert outcome.best_epoch == 1 + curve.index(min(v for v in curve if v is not None))
    held = data.load(str(folder), "mnist").validation
    whole.eval()
    assert scores.reconstruction_scores(whole, held)["bce"] == outcome.validation
    assert set(outcome.test) == {
        *("pixel_accuracy", "f1", "bce", "probe_top1", "all_black")
    }


def test_the_test_images_are_looked_at_once(
    networks: dict[str, TaskModel], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    scored: Callable[..., dict[str, float]] = scores.scored

    def counted(*args: Any, **options: Any) -> dict[str, float]:
        seen.append(len(args[3]))
        return scored(*args, **options)

    monkeypatch.setattr(training, "scored", counted)
    splits = data.load(str(folder), "cifar10").choose(64, 20, 33, 0)
    recipe = Recipe("cifar10", 3, 16, "top1")
    train(networks["cifar10"].make("worm", 0), splits, recipe, Machine("cpu").fabric())

    assert seen == [20, 20, 20, 33]


def test_a_loss_that_is_no_number_ends_it(
    networks: dict[str, TaskModel], folder: Path
) -> None:
    away = {
        "lr": 10.0,
        "weight_decay": 10.0,
    }  # each step makes a parameter -99 times it
    outcome = trained(networks["cifar10"], folder, epochs=20, **away)

    assert outcome.status == "nan" and outcome.test == {}
    assert outcome.validation is None and len(outcome.curve) < 20
    assert outcome.curve[-1].train_loss is None


def test_adam_by_hand_is_what_a_step_does(networks: dict[str, TaskModel]) -> None:
    """The learning rate that the schedule gives arrives at the optimiser."""
    whole = networks["cifar10"].make("worm", 0)
    pixels, labels = images("cifar10", 16, 0)
    part = data.checked(pixels, labels, "toy", "cifar10")
    recipe = Recipe("cifar10", 1, 16, "top1", lr=0.01)
    bias = whole.get_submodule("decoder").bias
    before = bias.detach().clone()  # type: ignore[union-attr,operator]

    train(whole, Splits(part, part, part), recipe, Machine("cpu").fabric())

    step = (bias - before).abs()  # type: ignore[operator]
    assert torch.allclose(step, torch.full_like(step, 0.01), rtol=1e-3)


def test_the_cosine_goes_from_one_to_nothing() -> None:
    rates = [training.rate("cosine", part / 8) for part in range(9)]

    assert rates[0] == 1 and rates[4] == pytest.approx(0.5) and rates[8] == 0
    assert rates == sorted(rates, reverse=True)
    assert training.rate("constant", 0.7) == 1


# --- models


def test_a_model_that_was_changed_is_never_run(tmp_path: Path) -> None:
    source, flag = model_of(tmp_path), tmp_path / "ran"
    planted = f"\nopen({str(flag)!r}, 'w')\n".encode()

    with pytest.raises(InputError, match="edited by hand"):
        load(source + planted, "bad.py")
    older = load(resigned(source + planted), "old.py").module  # not its own text
    assert not flag.exists()
    assert vars(older)["CHEMICAL"] == vars(load(source, "m.py").module)["CHEMICAL"]
    digest = read_header(source, "m.py").source.encode()
    forged = source.replace(digest, b"0123456789abcdef", 1)
    with pytest.raises(InputError, match="signs another graph"):
        load(forged, "bad.py")


def resigned(source: bytes) -> bytes:
    """With a digest that fits."""
    from elegansc.module.header import body_digest

    first, second, body = source.split(b"\n", 2)
    end = second.rindex(b"=") + 1
    second = second[:end] + body_digest(body).encode()
    return b"\n".join([first, second, body])


def test_a_model_without_a_task_is_refused() -> None:
    artifact = elegansc.compile("witvliet2021-1")
    with pytest.raises(InputError, match="a model without a task"):
        load(next(iter(artifact.files.values())), "plain.py")


def test_facts_are_those_of_the_tables(networks: dict[str, TaskModel]) -> None:
    network = networks["cifar10"]
    module = network.module
    facts = network.facts("worm", network.make("worm", 0))

    assert facts["neurons"] == len(module.NEURONS) and facts["depth"] == len(
        module.LEVELS
    )
    assert facts["live"] == len(module.LIVE)
    assert facts["synapses_kept"] == len(module.SYNAPSES)
    back = sum(sum(row.values()) for row in module.FEEDBACK.values())
    kept = sum(sum(row.values()) for row in module.CHEMICAL.values())
    assert facts["backward_share"] == pytest.approx(back / (back + kept))
    whole = network.make("identity", 0)
    assert network.facts("identity", whole)["depth"] is None


@pytest.mark.parametrize("task", data.SHAPE)
def test_a_published_sweep_is_trained(task: str, tmp_path: Path, folder: Path) -> None:
    network = load(
        model_of(tmp_path, task, lowering="published", norm="layer"), "toy.py"
    )
    whole = network.make("worm", 0)
    before = [each.clone() for each in whole.parameters()]
    outcome = trained(network, folder, task, model=whole)
    module, facts = network.module, network.facts("worm", whole)

    assert outcome.status == "finished"
    moved = zip(before, whole.parameters(), strict=True)
    assert all(not torch.equal(old, new) for old, new in moved)
    assert facts["neurons"] == 14 and facts["backward_share"] is None
    reads = [bool(source) + len(factors) for _, source, factors in module.SWEEP]
    assert facts["synapses_kept"] == sum(reads)
    assert facts["live"] == facts["neurons"] - len(module.UNUSED)
    assert facts["network_parameters"] == count(whole.get_submodule("network"))
    mlp = network.make("mlp", 0)
    assert network.facts("mlp", mlp)["live"] is None
    with pytest.raises(InputError, match="a published sweep: no control delay"):
        network.make("delay", 0)


def test_a_leaky_network_is_no_task_model() -> None:
    artifact = elegansc.compile("witvliet2021-1", dynamics="leaky")
    with pytest.raises(InputError, match="a leaky network, which has no levels"):
        load(next(iter(artifact.files.values())), "leaky.py")


# --- the results file


def fake(seed: int, protocol: str = "p", **changes: Any) -> dict[str, Any]:
    found = dict.fromkeys(KEYS)
    return {
        **found,
        "schema": 1,
        "protocol": protocol,
        "task": "cifar10",
        "arm": "er",
        "graph": 1,
        "seed": seed,
        "test": {},
        **changes,
    }


def written(path: Path, count_of: int) -> bytes:
    with Results(path, "p") as results:
        for seed in range(count_of):
            results.add(fake(seed))
    return path.read_bytes()


def test_lines_are_read_again(tmp_path: Path) -> None:
    whole = written(tmp_path / "r.jsonl", 3)

    with Results(tmp_path / "r.jsonl", "p") as results:
        assert [*results.lines] == [Run("cifar10", "er", 1, s) for s in range(3)]
    assert (tmp_path / "r.jsonl").read_bytes() == whole


@given(st.integers(1, 10_000))
@settings(max_examples=20)
def test_a_line_that_was_cut_short_is_dropped(cut: int) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "r.jsonl"
        whole = written(path, 3)
        path.write_bytes(whole[: -(1 + cut % (len(whole) - 1))])
        left = path.read_bytes().count(b"\n")

        with Results(path, "p") as results:
            assert len(results.lines) == left
            for seed in range(left, 3):
                results.add(fake(seed))

        assert path.read_bytes() == whole


def test_results_of_another_protocol_are_refused_and_kept(tmp_path: Path) -> None:
    whole = written(tmp_path / "r.jsonl", 2)

    with pytest.raises(
        InputError, match="r.jsonl:1: a run of other settings.* protocol p, here"
    ):
        Results(tmp_path / "r.jsonl", "q")
    assert (tmp_path / "r.jsonl").read_bytes() == whole


@pytest.mark.parametrize(
    "text, seen",
    [
        ("{", "no JSON"),
        ("[]", "lacks schema"),
        (json.dumps(fake(0, schema=2)), "schema 2"),
        (json.dumps({k: v for k, v in fake(0).items() if k != "test"}), "lacks test"),
        (json.dumps(fake(1.5)), "seed: 1.5"),
        (json.dumps(fake(5)) + "\n" + json.dumps(fake(5)), "stands there twice"),
    ],
)
def test_a_line_that_is_none_is_named(text: str, seen: str, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(f"{text}\n{json.dumps(fake(9))}\n")

    with pytest.raises(InputError, match=seen):
        Results(path, "p")


def test_two_processes_do_not_add_to_one_file(tmp_path: Path) -> None:
    with Results(tmp_path / "r.jsonl", "p"), pytest.raises(InputError, match="another"):
        Results(tmp_path / "r.jsonl", "p")


def test_a_full_disk_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = written(tmp_path / "r.jsonl", 2)

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Results(tmp_path / "r.jsonl", "p") as results:
        monkeypatch.setattr(appended.os, "fsync", full)
        with pytest.raises(InputError, match="No space left.*\n.*2 finished runs"):
            results.add(fake(2))
    assert (tmp_path / "r.jsonl").read_bytes() == whole


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_device_that_is_full_is_an_error_too(tmp_path: Path) -> None:
    with Results(tmp_path / "r.jsonl", "p") as results:
        results.file.close()
        results.file = open("/dev/full", "wb")  # noqa: SIM115
        with pytest.raises(InputError, match="No space left"):
            results.add(fake(0))
    assert results.lines == {}


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
@pytest.mark.parametrize("path", ["/dev/full", "."])
def test_a_device_or_a_folder_is_no_results_file(path: str) -> None:
    with pytest.raises(InputError, match="is no plain file"):
        read(Path(path), "p")


def test_errors_cross_processes() -> None:
    import pickle

    mistakes = [Mistake(Location("a", 3), "seen", "hint"), Mistake(Location("b"), "x")]
    error = InputError.of(mistakes)
    again = pickle.loads(pickle.dumps(error))

    assert str(again) == str(error) and again.mistakes == error.mistakes


# --- the command train


def invoke(*words: object) -> Result:
    return CliRunner().invoke(cli, ["lab", *map(str, words)])


def test_train_adds_a_line_and_saves_the_best_epoch(
    tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "worm.py").write_bytes(model_of(tmp_path))
    words = ["train", tmp_path / "worm.py", "--data", folder, "--accelerator", "cpu"]
    words += ["-o", tmp_path / "r.jsonl", "--epochs", 2, "--batch", 16]

    first = invoke(*words, "--save", tmp_path / "best.safetensors")

    assert first.exit_code == 0, first.output
    line = json.loads((tmp_path / "r.jsonl").read_text())
    assert list(line) and set(line) == {*KEYS, *COSTS}
    assert [epoch["epoch"] for epoch in line["curve"]] == [1, 2]
    whole = load((tmp_path / "worm.py").read_bytes(), "worm.py").make("worm", 1)
    whole.load_state_dict(saved(tmp_path / "best.safetensors"))
    whole.eval()
    held = data.load(str(folder), "cifar10").validation
    assert scores.classification_scores(whole, held)["top1"] == line["validation"]

    again = invoke(*words)
    assert again.exit_code == 1 and "worm seed 0 stands there already" in again.output
    assert invoke(*words, "--seed", 1, "--control", "mlp").exit_code == 0
    other = invoke(*words, "--lr", "0.1", "--seed", 2)
    assert other.exit_code == 1 and "results of two settings never mix" in other.output
    assert len((tmp_path / "r.jsonl").read_text().splitlines()) == 2


def test_a_checkpoint_without_room_leaves_its_run_to_be_done(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "worm.py").write_bytes(model_of(tmp_path))
    words = ["train", tmp_path / "worm.py", "--data", folder, "--accelerator", "cpu"]
    words += ["-o", tmp_path / "r.jsonl", "--save", tmp_path / "x.pt", "--smoke"]

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr("os.replace", full)
        found = invoke(*words)

    assert found.exit_code == 1 and "x.pt: cannot be written: No space" in found.output
    assert not (tmp_path / "r.jsonl").exists()
    assert invoke(*words).exit_code == 0


def logged(place: Path, data: Path, kind: str, *words: object) -> Result:
    (place / "worm.py").write_bytes(model_of(place))
    given = ["--data", data, "--accelerator", "cpu", "--epochs", 2, "--batch", 16]
    given += ["-o", place / "r.jsonl", "--logger", kind, *words]
    return invoke("train", place / "worm.py", *given)


def test_a_log_is_a_table_of_what_the_results_say(tmp_path: Path, folder: Path) -> None:
    found = logged(tmp_path, folder, "csv")

    assert found.exit_code == 0, found.output
    line = json.loads((tmp_path / "r.jsonl").read_text())
    table = tmp_path / "r.logs" / "cifar10-worm-seed-0" / "metrics.csv"
    rows = [*csv.DictReader(table.read_text().splitlines())]
    of_epochs = [
        {
            "epoch": int(row["step"]),
            "train_loss": float(row["train_loss"]),
            "validation": float(row["validation_top1"]),
        }
        for row in rows[:2]
    ]
    assert of_epochs == line["curve"]
    assert int(rows[2]["step"]) == line["best_epoch"]
    assert float(rows[2]["test_top1"]) == line["test"]["top1"] and not rows[3:]


def test_a_log_that_is_there_is_not_replaced_unasked(
    tmp_path: Path, folder: Path
) -> None:
    place = tmp_path / "logs" / "cifar10-worm-seed-0"
    place.mkdir(parents=True)
    (place / "metrics.csv").write_text("mine\n")
    there = logged(tmp_path, folder, "csv", "--logs", tmp_path / "logs")

    assert there.exit_code == 1 and "metrics.csv: is there already" in there.output
    assert (place / "metrics.csv").read_text() == "mine\n"
    assert not (tmp_path / "r.jsonl").exists()
    forced = logged(tmp_path, folder, "csv", "--logs", tmp_path / "logs", "--force")
    assert forced.exit_code == 0, forced.output
    assert "mine" not in (place / "metrics.csv").read_text()


def test_tensorboard_gets_the_same_scalars(tmp_path: Path, folder: Path) -> None:
    writer = pytest.importorskip("tensorboardX")
    found = logged(tmp_path, folder, "tensorboard")

    assert found.exit_code == 0, found.output
    line = json.loads((tmp_path / "r.jsonl").read_text())
    (path,) = (tmp_path / "r.logs" / "cifar10-worm-seed-0").iterdir()
    seen: dict[str, list[tuple[int, float]]] = {}
    for record in records(path.read_bytes()):
        event = writer.proto.event_pb2.Event.FromString(record)
        for value in event.summary.value:
            seen.setdefault(value.tag, []).append((event.step, value.simple_value))
    assert seen["train_loss"] == [
        (epoch["epoch"], pytest.approx(epoch["train_loss"])) for epoch in line["curve"]
    ]
    best = line["best_epoch"], pytest.approx(line["test"]["top1"])
    assert seen["test_top1"] == [best]


def records(data: bytes) -> Iterator[bytes]:
    """The records of an event file: a length of 8 bytes, a sum of 4, the record, a sum."""
    at = 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 8], "little")
        yield data[at + 12 : at + 12 + size]
        at += size + 16


def test_a_logger_that_lacks_its_package_is_told_before_any_work(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "find_spec", lambda name: None)
    found = logged(tmp_path, folder, "tensorboard")

    assert found.exit_code == 1 and "pip install tensorboardX" in found.output
    assert not (tmp_path / "r.jsonl").exists() and not (tmp_path / "r.logs").exists()


def test_a_log_without_room_is_told(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("lightning_fabric.loggers.CSVLogger.log_metrics", full)
    found = logged(tmp_path, folder, "csv")

    assert (
        found.exit_code == 1 and "seed-0: cannot be written: No space" in found.output
    )


def test_logs_go_with_a_logger(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "worm.py").write_bytes(model_of(tmp_path))
    words = ["--data", folder, "-o", tmp_path / "r.jsonl", "--logs", tmp_path]
    found = invoke("train", tmp_path / "worm.py", *words)

    assert found.exit_code == 2 and "goes with --logger" in found.output


def saved(path: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(path)


@pytest.mark.parametrize(
    "words, code, seen",
    [
        (["--accelerator", "tpu"], 2, "--accelerator"),
        (["--accelerator", "abacus"], 2, "--accelerator"),
        (["--metric", "f1"], 2, "cifar10 has top1"),
        (["--images", "1000"], 1, "1,000 asked for, 96 are there"),
        (["-o", "nowhere/r.jsonl"], 1, "its folder does not exist"),
        (["--save", "x.txt"], 2, "a checkpoint's name ends in"),
    ],
)
def test_train_says_what_will_not_do(
    words: list[str], code: int, seen: str, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "worm.py").write_bytes(model_of(tmp_path))
    output = ["-o", tmp_path / "r.jsonl"]

    found = invoke("train", tmp_path / "worm.py", "--data", folder, *output, *words)

    assert found.exit_code == code and seen in found.output, found.output
    assert not (tmp_path / "r.jsonl").exists()


def test_settings_have_one_digest_whatever_the_seed(folder: Path) -> None:
    splits = data.load(str(folder), "cifar10")
    recipe = Recipe("cifar10", 1, 16, "top1")

    one = single.digest(recipe, splits)
    assert one == single.digest(replace(recipe, seed=9), splits)
    assert one != single.digest(replace(recipe, lr=1.0), splits)
    assert one != single.digest(recipe, splits.choose(50, 20, 10, 0))
