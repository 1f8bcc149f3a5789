"""The C sweep as a function of PyTorch, with its gradients."""

from __future__ import annotations

import ctypes
from typing import Any

import torch
from torch import Tensor

from .library import Sweep, library
from .wiring import Arrays

BLOCK, SAMPLES = 64, 8  # columns of a block; samples, where units are linear: W of sweep.c
TWICE = ("silu", "gelu")  # activations whose slope needs the sum, too


def kept_size(inputs: Tensor, rows: int, activation: str, width: int) -> int:
    """How many numbers are kept for the gradients: states of all columns, in blocks."""
    columns, block = inputs.shape[0] * inputs.shape[2], SAMPLES * width or BLOCK
    size = (columns + block - 1) // block * block * rows
    return size * (1 + (activation in TWICE) + (width > 0))


def argument(
    arrays: Arrays, target: Tensor, inputs: Tensor, past: Tensor | None, *rest: Tensor
) -> Sweep:
    """The argument of both C functions; it holds addresses alone.

    Args:
        target: rows of the outputs; rest: gains, those of the step before, biases, and
            matrices, empty where units are scalar.
    """
    gain, late_gain, bias, weight = rest
    batch, sensors, features = inputs.shape
    return Sweep(
        *(len(bias), sensors, len(target), arrays.width, batch, features),
        torch.get_num_threads(),
        *(address(arrays.first), address(arrays.late_first)),
        *(address(arrays.source), address(arrays.late_source)),
        *(address(arrays.sensor), address(target)),
        *(address(gain), address(late_gain), address(bias), address(weight)),
        address(inputs),
        None if past is None else address(past),
    )


def address(tensor: Tensor) -> int:
    """Where the numbers of a tensor begin."""
    return tensor.data_ptr()


def checked(failed: int) -> None:
    """Raise MemoryError where a C function found no memory."""
    if failed:
        raise MemoryError("the C sweep found no memory")


def forth(
    arrays: Arrays,
    activation: str,
    target: Tensor,
    inputs: Tensor,
    past: Tensor | None,
    *rest: Tensor,
    keep: bool,
) -> tuple[Tensor, Tensor]:
    """Outputs (batch, rows of target, D), and the states that `back` needs."""
    width = len(rest[3]) and rest[3].shape[2]
    found = library(activation, inputs.dtype == torch.float64, width)
    outputs = inputs.new_empty(inputs.shape[0], len(target), inputs.shape[2])
    size = kept_size(inputs, len(rest[2]), activation, width) if keep else 0
    kept = inputs.new_empty(size)
    swept = argument(arrays, target, inputs, past, *rest)
    room = address(kept) if keep else None
    checked(found.forward(ctypes.byref(swept), room, address(outputs)))
    return outputs, kept


def back(
    arrays: Arrays,
    activation: str,
    target: Tensor,
    grad: Tensor,
    kept: Tensor,
    wanted: tuple[bool, bool],
    inputs: Tensor,
    past: Tensor | None,
    *rest: Tensor,
) -> tuple[Tensor | None, ...]:
    """The gradients of inputs, past, gains, those of the step before, biases, matrices.

    Args:
        wanted: whether those of inputs and past are.
    """
    width = len(rest[3]) and rest[3].shape[2]
    found = library(activation, inputs.dtype == torch.float64, width)
    grad = grad.contiguous()
    pull = torch.empty_like(inputs) if wanted[0] else None
    before = torch.zeros_like(past) if wanted[1] and past is not None else None
    sizes = [each.numel() for each in rest]
    sums = inputs.new_empty(sum(sizes))
    swept = argument(arrays, target, inputs, past, *rest)
    given: list[Any] = [kept, grad, pull, before, sums]
    places = [None if each is None else address(each) for each in given]
    checked(found.backward(ctypes.byref(swept), *places))
    parts = zip(sums.split_with_sizes(sizes), rest, strict=True)
    return pull, before, *(part.view_as(each) for part, each in parts)
