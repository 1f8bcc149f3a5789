"""The sweep as an operator of PyTorch, which torch.compile leaves whole."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from .library import TEXT
from .sweeper import SWEEPERS

TENSORS = "Tensor inputs, Tensor? past, Tensor gain, Tensor bias, Tensor? weight"
DIGEST = hashlib.sha256(TEXT + Path(__file__).read_bytes()).hexdigest()
SPACE = f"elegansc_{DIGEST[:16]}"


def sweep(
    inputs: Tensor,
    past: Tensor | None,
    gain: Tensor,
    bias: Tensor,
    weight: Tensor | None,
    key: str,
    motors: bool,
    keep: bool,
) -> tuple[Tensor, Tensor]:
    """The outputs of the sweeper of a key, and what the gradients need if they are kept."""
    tensors = contiguous(inputs, past, gain, bias, weight)
    return SWEEPERS[key].forth(motors, keep, *tensors)


def sweep_back(
    grad: Tensor,
    kept: Tensor,
    inputs: Tensor,
    past: Tensor | None,
    gain: Tensor,
    bias: Tensor,
    weight: Tensor | None,
    key: str,
    motors: bool,
    wanted: list[bool],
) -> tuple[Tensor, Tensor, Tensor]:
    """What `Sweeper.back` gives; an empty tensor for what is not wanted."""
    tensors = contiguous(inputs, past, gain, bias, weight)
    pulled = (wanted[0], wanted[1])
    found = SWEEPERS[key].back(motors, pulled, grad.contiguous(), kept, *tensors)
    pull, before = (inputs.new_empty(0) if each is None else each for each in found[:2])
    return pull, before, found[2]


def contiguous(*tensors: Tensor | None) -> Any:
    """The tensors, their numbers side by side."""
    return [each if each is None else each.contiguous() for each in tensors]


def defined(name: str, arguments: str, outputs: str, call: Any) -> Any:
    """An operator of these arguments and outputs, which is a function on every device.

    Not `custom_op`, whose checks of every call take longer than a small sweep.
    """
    whole = f"{SPACE}::{name}"
    torch.library.define(whole, f"({arguments}) -> ({outputs})")
    torch.library.impl(whole, ("cpu", "cuda"))(call)
    return getattr(getattr(torch.ops, SPACE), name).default


FORTH = defined(
    *("sweep", f"{TENSORS}, str key, bool motors, bool keep", "Tensor, Tensor"), sweep
)
GIVEN = f"Tensor grad, Tensor kept, {TENSORS}, str key, bool motors, bool[] wanted"
BACK = defined("sweep_back", GIVEN, "Tensor, Tensor, Tensor", sweep_back)


@torch.library.register_fake(f"{SPACE}::sweep")  # type: ignore[untyped-decorator]
def _(inputs: Tensor, *given: Any) -> tuple[Tensor, Tensor]:
    """The shapes of what `sweep` gives."""
    key, motors, keep = given[4:]
    sweeper = SWEEPERS[key]
    outputs = inputs.new_empty((inputs.shape[0], *sweeper.output_shapes[motors]))
    size = sweeper.kept_size(inputs.shape[0] * sweeper.features) if keep else 0
    return outputs, inputs.new_empty(size)


@torch.library.register_fake(f"{SPACE}::sweep_back")  # type: ignore[untyped-decorator]
def _(grad: Tensor, kept: Tensor, *given: Any) -> tuple[Tensor, Tensor, Tensor]:
    """The shapes of what `sweep_back` gives."""
    inputs, past, _, _, _, key, _, wanted = given
    pull = inputs.new_empty(inputs.shape if wanted[0] else 0)
    before = inputs.new_empty(past.shape if wanted[1] else 0)
    return pull, before, inputs.new_empty(SWEEPERS[key].parameters)


def keep_inputs(ctx: Any, inputs: Any, output: Any) -> None:
    """Save for the gradients what a call was given and what it kept."""
    *tensors, ctx.key, ctx.motors, _ = inputs
    ctx.save_for_backward(*tensors, output[1])
    ctx.mark_non_differentiable(output[1])


def pulled(ctx: Any, grad: Tensor, _: Any) -> Any:
    """The gradients by all inputs of `sweep`."""
    *tensors, kept = ctx.saved_tensors
    wanted = [ctx.needs_input_grad[0], ctx.needs_input_grad[1]]
    pull, before, sums = BACK(grad, kept, *tensors, ctx.key, ctx.motors, wanted)
    first = pull if wanted[0] else None, before if wanted[1] else None
    return *first, *SWEEPERS[ctx.key].split(sums), None, None, None


torch.library.register_autograd(f"{SPACE}::sweep", pulled, setup_context=keep_inputs)
