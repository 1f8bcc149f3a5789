"""Manners by form: programs and files made of a network, run with batches of any size."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import onnxruntime
import pytest
import torch
from support import toy
from support.forms import each_form, form, tensors
from support.paths import ROOT
from torch import Tensor
from torch.testing import assert_close

from elegansc.options import Options

pytestmark = pytest.mark.slow
# ONNX has no matrix inverse: test_leaky.py exports a step of a folded system, and sees the
# whole refused by the name of what is missing.
NO_INVERSE = ("leaky", "leaky-counts", "tied-leaky")


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What the exporters of torch say of themselves is not ours to mend."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def names(count: int, word: str) -> list[str]:
    """The names of the inputs or outputs of a file."""
    return [f"{word}{place}" for place in range(count)]


def running(path: Path, arguments: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """What a file computes in onnxruntime."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    given = dict(zip(names(len(arguments), "x"), arguments, strict=True))
    found = session.run(None, {key: part.numpy() for key, part in given.items()})
    return tuple(map(torch.from_numpy, found))


def assert_runs(path: Path, net: Any, arguments: tuple[Tensor, ...]) -> None:
    """The file computes what the network does."""
    expected = tuple(part.detach() for part in tensors(net(*arguments)))
    assert_close(running(path, arguments), expected, rtol=1e-3, atol=1e-4)


@each_form()
def test_an_exported_program_takes_any_batch(name: str) -> None:
    net, arguments = form(name).network(), form(name).arguments(4)
    batch = torch.export.Dim("batch", min=0, max=4096)
    shapes = tuple({0: batch} for _ in arguments)
    program = torch.export.export(net, arguments, dynamic_shapes=shapes)
    file = io.BytesIO()
    torch.export.save(program, file)
    file.seek(0)
    again = torch.export.load(file).module()
    for size in (1, 7, 0):
        others = form(name).arguments(size)
        found, expected = tensors(again(*others)), tensors(net(*others))
        assert_close(found, expected, rtol=1e-4, atol=1e-5)


@each_form(*NO_INVERSE)
def test_an_onnx_file_takes_any_batch(name: str, tmp_path: Path) -> None:
    net, arguments = form(name).network(), form(name).arguments(4)
    batch = torch.export.Dim("batch", min=1, max=4096)
    torch.onnx.export(
        net,
        arguments,
        str(tmp_path / "toy.onnx"),
        dynamo=True,
        dynamic_shapes=tuple({0: batch} for _ in arguments),
        input_names=names(len(arguments), "x"),
        verbose=False,
    )
    for size in (9, 1, 4):
        assert_runs(tmp_path / "toy.onnx", net, form(name).arguments(size))


@each_form(*NO_INVERSE)
def test_the_older_exporter_of_onnx(name: str, tmp_path: Path) -> None:
    net, arguments = form(name).network(), form(name).arguments(4)
    words = names(len(arguments), "x")
    torch.onnx.export(
        net,
        arguments,
        str(tmp_path / "toy.onnx"),
        dynamo=False,
        input_names=words,
        dynamic_axes={word: {0: "batch"} for word in words},
    )
    for size in (9, 1, 4):
        assert_runs(tmp_path / "toy.onnx", net, form(name).arguments(size))


def worms() -> dict[str, Any]:
    """Networks of a real graph, and what they take."""
    plain = toy.load(toy.written(toy.bundled("cook2019"), Options(), "Cook2019"))
    whole = toy.load((ROOT / "generated" / "elegansnet_m1.py").read_bytes())
    return {
        "cook2019": (toy.network(plain), toy.arguments(plain, 4)),
        "m1": (whole.ElegansNetM1(), (torch.rand(4, 3, 32, 32),)),
    }


@pytest.mark.parametrize("dynamo", [True, False])
@pytest.mark.parametrize("worm", ["cook2019", "m1"])
def test_the_worm_is_loaded_by_onnxruntime(
    worm: str, dynamo: bool, tmp_path: Path
) -> None:
    """By the exporter's defaults: a hundred levels, whose sizes it keeps as tensors."""
    net, arguments = worms()[worm]
    path = tmp_path / "worm.onnx"
    torch.onnx.export(
        net.eval(), arguments, str(path), dynamo=dynamo, input_names=["x0"]
    )
    assert_runs(path, net, arguments)
