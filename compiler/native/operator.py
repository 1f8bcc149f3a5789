"""The C sweep as an operator of PyTorch, for what torch.compile compiles."""

from __future__ import annotations

import functools
import hashlib
from importlib.resources import files
from typing import Any

import torch
from torch import Tensor

from .sweep import back, forth, kept_size
from .wiring import Arrays, unpacked

SIGNATURE = (
    "(Tensor inputs, Tensor? past, Tensor gain, Tensor late_gain, Tensor bias, "
    "Tensor weight, Tensor target, Tensor[] arrays, str activation, int before)"
)
SAVED = 5  # tensors before the arrays


def forward(
    inputs: Tensor,
    past: Tensor | None,
    gain: Tensor,
    late_gain: Tensor,
    bias: Tensor,
    weight: Tensor,
    target: Tensor,
    arrays: list[Tensor],
    activation: str,
    before: int,
) -> tuple[Tensor, Tensor]:
    """Outputs (batch, rows of target, D), and what the gradients need of the states."""
    rest = gain, late_gain, bias.contiguous(), weight.contiguous()
    return forth(
        unpacked(arrays, before), activation, target, inputs, past, *rest, keep=True
    )


def backward(
    grad: Tensor,
    kept: Tensor,
    inputs: Tensor,
    past: Tensor | None,
    gain: Tensor,
    late_gain: Tensor,
    bias: Tensor,
    weight: Tensor,
    target: Tensor,
    arrays: list[Tensor],
    activation: str,
    before: int,
) -> list[Tensor]:
    """The gradients of inputs, past (empty where there is none), and the parameters."""
    rest = gain, late_gain, bias.contiguous(), weight.contiguous()
    found = back(
        unpacked(arrays, before),
        activation,
        target,
        grad,
        kept,
        (True, past is not None),
        inputs,
        past,
        *rest,
    )
    return [inputs.new_empty(0) if each is None else each.clone() for each in found]


@functools.cache
def operator() -> Any:
    """The operator, named by the digest of what it is made of; defined once a process."""
    text = files(__package__).joinpath("sweep.c").read_bytes()
    space = f"elegansc_{hashlib.sha256(text + SIGNATURE.encode()).hexdigest()[:16]}"
    schema = f"{SIGNATURE} -> (Tensor, Tensor)"
    pulls = SIGNATURE.replace("(Tensor inputs", "(Tensor grad, Tensor kept, Tensor inputs")
    forth_op = torch.library.custom_op(
        f"{space}::sweep", forward, mutates_args=(), schema=schema
    )
    back_op = torch.library.custom_op(
        f"{space}::sweep_back", backward, mutates_args=(), schema=f"{pulls} -> Tensor[]"
    )

    @forth_op.register_fake
    def _(inputs: Tensor, past: Any, *rest: Any) -> tuple[Tensor, Tensor]:
        _, _, bias, weight, target, _, activation, _ = rest
        outputs = inputs.new_empty(inputs.shape[0], len(target), inputs.shape[2])
        width = weight.shape[2] if weight.dim() == 3 else 0
        size = kept_size(inputs, len(bias), activation, width)
        return outputs, inputs.new_empty(size)

    @back_op.register_fake
    def _(grad: Tensor, kept: Tensor, inputs: Tensor, past: Any, *rest: Any) -> Any:
        before = inputs.new_empty(0) if past is None else torch.empty_like(past)
        return [torch.empty_like(inputs), before, *map(torch.empty_like, rest[:4])]

    def keep(ctx: Any, inputs: Any, output: Any) -> None:
        tensors, ctx.rest = inputs[:7], inputs[8:]
        ctx.save_for_backward(*tensors, *inputs[7], output[1])

    def pull(ctx: Any, grad: Tensor, _: Any) -> Any:
        *saved, kept = ctx.saved_tensors
        tensors, arrays = saved[:7], saved[7:]
        found = back_op(grad, kept, *tensors, arrays, *ctx.rest)
        pulled, before, *sums = found
        past = None if tensors[1] is None else before
        return pulled, past, *sums, None, None, None, None

    forth_op.register_autograd(pull, setup_context=keep)
    return forth_op
