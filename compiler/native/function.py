"""The C sweep in PyTorch's autograd; what it has no rule for runs the plain levels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .sweep import back, forth
from .wiring import Arrays


class Swept(torch.autograd.Function):
    """The states of some neurons, (batch, rows, D), of a generated module.

    Tensors, in this order: inputs (batch, S, D), the state of the step before
    (batch, N, D) or None, and the module's gain, bias and weight or None.
    """

    @staticmethod
    def forward(
        inputs: Tensor,
        past: Tensor | None,
        gain: Tensor,
        bias: Tensor,
        weight: Tensor | None,
        job: Job,
    ) -> Any:
        rest = job.parameters(gain, bias, weight)
        return forth(job.arrays, job.activation, job.target, inputs, past, *rest, keep=job.keep)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.job = inputs
        ctx.save_for_backward(*tensors, output[1])
        ctx.save_for_forward(*tensors)
        ctx.mark_non_differentiable(output[1])

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Any) -> Any:
        inputs, past, gain, bias, weight, kept = ctx.saved_tensors
        job = ctx.job
        if torch.is_grad_enabled():  # of the gradient a gradient is wanted
            return *job.pulled((inputs, past, gain, bias, weight), grad), None
        rest = job.parameters(gain, bias, weight)
        found = back(
            job.arrays,
            job.activation,
            job.target,
            grad,
            kept,
            ctx.needs_input_grad[:2],
            inputs,
            past,
            *rest,
        )
        pull, before, *sums = found
        last = None if weight is None else sums[3]
        return pull, before, job.gradient(gain, sums), sums[2], last, None

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        primals = ctx.saved_tensors[:5]
        moved = [
            None if p is None else torch.zeros_like(p) if t is None else t
            for p, t in zip(primals, tangents, strict=False)
        ]
        return ctx.job.pushed(primals, moved), None

    @staticmethod
    def vmap(info: Any, dims: Any, *given: Any) -> Any:
        *tensors, job = given
        outputs = job.mapped(tensors, dims[:5])
        return (outputs, outputs.new_zeros(info.batch_size, 0)), (0, 0)


class Job:
    """One call: of which module, and the states of which neurons.

    Args:
        method: of the plain module, `forward` or `activity`, that gives the same.
    """

    def __init__(self, model: nn.Module, arrays: Arrays, method: str) -> None:
        self.model, self.arrays, self.method = model, arrays, method
        options = model.options  # type: ignore[attr-defined]
        self.activation = str(options.activation)
        self.gated = options.merge == "gated"
        self.keep = True  # the states, for gradients
        self.target = arrays.motor if method == "forward" else arrays.all

    def parameters(
        self, gain: Tensor, bias: Tensor, weight: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Gains in the order of rows, those of the step before, biases, and matrices."""
        weight = gain.new_empty(0) if weight is None else weight.contiguous()
        gain = torch.sigmoid(gain) if self.gated else gain
        now, late = self.arrays.order, self.arrays.late_order
        rows = gain.index_select(0, now), gain.index_select(0, late)
        return *rows, bias.contiguous(), weight

    def gradient(self, gain: Tensor, sums: list[Tensor]) -> Tensor:
        """The gradient by the module's own gains."""
        found = torch.zeros_like(gain)
        found.index_add_(0, self.arrays.order, sums[0])
        found.index_add_(0, self.arrays.late_order, sums[1])
        if self.gated:
            share = torch.sigmoid(gain)
            found *= share * (1 - share)
        return found

    def plain(self, *tensors: Tensor | None) -> Tensor:
        """The same by the levels, a function of the tensors."""
        inputs, past, gain, bias, weight = tensors
        flat = self.model.flat  # type: ignore[attr-defined]
        given = [inputs] if past is None else [inputs, past]
        found = torch.func.functional_call(
            self.model,
            {"gain": gain, "bias": bias} | ({} if weight is None else {"weight": weight}),
            tuple(flat(each) for each in given),
            {"plain": self.method},
        )
        return found.reshape(*found.shape[:2], -1)  # type: ignore[no-any-return]

    def without_none(self, tensors: Any) -> tuple[list[Tensor], Any]:
        """The tensors that there are, and the plain levels as a function of these."""
        places = [k for k, each in enumerate(tensors) if each is not None]

        def call(*given: Tensor) -> Tensor:
            whole: list[Tensor | None] = [None] * 5
            for place, each in zip(places, given, strict=True):
                whole[place] = each
            return self.plain(*whole)

        return [tensors[k] for k in places], call

    def pulled(self, tensors: Any, grad: Tensor) -> list[Tensor | None]:
        """The gradients by all tensors, differentiable."""
        given, call = self.without_none(tensors)
        found = iter(torch.func.vjp(call, *given)[1](grad))
        return [None if each is None else next(found) for each in tensors]

    def pushed(self, tensors: Any, tangents: Any) -> Tensor:
        """The derivative along the tangents."""
        given, call = self.without_none(tensors)
        moved = tuple(each for each in tangents if each is not None)
        return torch.func.jvp(call, tuple(given), moved)[1]  # type: ignore[no-any-return]

    def mapped(self, tensors: Any, dims: Any) -> Tensor:
        """The outputs for every one of a batch of tensors."""
        given, call = self.without_none(tensors)
        axes = tuple(d for d, each in zip(dims, tensors, strict=True) if each is not None)
        return torch.vmap(call, in_dims=axes)(*given)  # type: ignore[no-any-return]
