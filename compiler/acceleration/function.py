"""The sweep in PyTorch's autograd; what it has no rule for runs the plain levels."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from .sweeper import Sweeper

transform: Any = torch._C._functorch.peek_interpreter_stack


def transformed() -> bool:
    """Whether vmap, grad or their like look on."""
    return transform() is not None


# What torch.compiler.assume_constant_result sets; calling it would import the compiler.
vars(transformed)["_dynamo_marked_constant"] = True


def batched(grad: Tensor) -> bool:
    """Whether a gradient is many at once: of vmap, or of autograd's own."""
    return transformed() or not torch._C._has_storage(grad)


def alive(tensor: Tensor | None) -> Tensor | None:
    """A tensor, or what is in it where the transform that wrapped it is over."""
    return None if tensor is None else torch._C._functorch.unwrap_if_dead(tensor)


def hollow(tensor: Tensor) -> bool:
    """Whether its memory does not hold its numbers: none, as all are 0, or their negatives."""
    return tensor.is_neg() or tensor._is_zerotensor()


def solid(tensor: Tensor) -> Tensor:
    """The numbers of a tensor, side by side in memory."""
    if hollow(tensor):
        zero = torch.zeros_like if tensor._is_zerotensor() else Tensor.resolve_neg
        tensor = zero(tensor)
    return tensor.contiguous()


def version(tensor: Tensor) -> int:
    """How often a tensor was changed in place; -1: PyTorch does not count it."""
    return -1 if tensor.is_inference() else tensor._version


def unchanged(tensor: Tensor, counted: int) -> Tensor:
    """A tensor that was not changed since; RuntimeError of others, as autograd says."""
    if counted < 0 or tensor._version != counted:
        seen = "the inputs of a native network were changed in place, or are inference tensors"
        hint = (
            "gradients of gradients, and batches of gradients, compute its levels anew"
        )
        raise RuntimeError(f"{seen}: {hint}")
    return tensor


class Swept(torch.autograd.Function):
    """The states of the motor neurons or of all, of one call of a generated module.

    Tensors, in this order: inputs, the state of the step before or None, and the module's
    gain, bias and weight or None; after them the call.
    """

    @staticmethod
    def forward(ctx: Any, *given: Any) -> Any:
        *tensors, ctx.call = given
        outputs, kept = ctx.call.swept(*tensors)
        if not ctx.needs_input_grad[
            0
        ]:  # the sweep back does not read them: they may change
            ctx.held = tensors[0], version(tensors[0])
            tensors[0] = None
        ctx.save_for_backward(*tensors, kept)
        return outputs

    @staticmethod
    def backward(ctx: Any, grad: Tensor, *_: Any) -> Any:
        *tensors, kept = ctx.saved_tensors
        call: Call = ctx.call
        if torch.is_grad_enabled() or batched(grad):
            # of the gradient a gradient is wanted, or a batch of gradients
            if tensors[0] is None:
                tensors[0] = unchanged(*ctx.held)
            return *call.pulled(tensors, grad), None
        wanted, grad = ctx.needs_input_grad[:2], solid(grad)
        if tensors[0] is None:
            tensors[0] = grad  # of as many samples, and of their type
        return *call.swept_back(wanted, grad, kept, *tensors), None


class Transformed(Swept):
    """The same under the transforms of torch.func, which ask for more and take longer."""

    @staticmethod
    def forward(*given: Any) -> Any:
        *tensors, call = given
        return call.swept(*(each if each is None else solid(each) for each in tensors))

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        *tensors, ctx.call = inputs
        ctx.save_for_backward(*tensors, output[1])
        ctx.save_for_forward(*tensors)
        ctx.mark_non_differentiable(output[1])

    @staticmethod
    def backward(ctx: Any, grad: Tensor, *_: Any) -> Any:
        tensors = [alive(each) for each in ctx.saved_tensors[:5]]
        return *ctx.call.pulled(tensors, grad), None

    @staticmethod
    def jvp(ctx: Any, *tangents: Any) -> Any:
        primals = ctx.saved_tensors[:5]
        moved = [
            None if p is None else torch.zeros_like(p) if t is None else t
            for p, t in zip(primals, tangents, strict=False)
        ]
        return ctx.call.pushed(primals, moved), None

    @staticmethod
    def vmap(info: Any, dims: Any, *given: Any) -> Any:
        *tensors, call = given
        outputs = call.mapped(tensors, dims[:5])
        return (outputs, outputs.new_zeros(info.batch_size, 0)), (0, 0)


class Call:
    """One call: of which module, for the states of which neurons.

    Args:
        plain: the module's class as it was generated.
        motors: the states of the motor neurons alone, or of all.
    """

    __slots__ = ("model", "motors", "plain", "sweeper")

    def __init__(
        self, model: nn.Module, plain: Any, sweeper: Sweeper, motors: bool
    ) -> None:
        self.model, self.plain, self.sweeper, self.motors = (
            model,
            plain,
            sweeper,
            motors,
        )

    def swept(
        self,
        inputs: Tensor,
        past: Tensor | None,
        gain: Tensor,
        bias: Tensor,
        weight: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """The outputs, and what the gradients need."""
        gain = torch.sigmoid(gain) if self.sweeper.gated else gain
        return self.sweeper.forth(self.motors, True, inputs, past, gain, bias, weight)

    def swept_back(
        self,
        wanted: tuple[bool, bool],
        grad: Tensor,
        kept: Tensor,
        inputs: Tensor,
        past: Tensor | None,
        gain: Tensor,
        bias: Tensor,
        weight: Tensor | None,
    ) -> list[Tensor | None]:
        """The gradients by all tensors."""
        sweeper = self.sweeper
        strength = torch.sigmoid(gain) if sweeper.gated else gain
        rest = grad, kept, inputs, past, strength, bias, weight
        pull, before, sums = sweeper.back(self.motors, wanted, *rest)
        found = sweeper.split(sums)
        if sweeper.gated:
            found[0].mul_(strength * (1 - strength))
        return [pull, before, *found]

    def levels(self, *tensors: Tensor | None) -> Tensor:
        """The same by the plain levels, a function of the tensors."""
        inputs, past, gain, bias, weight = tensors
        given = {"model.gain": gain, "model.bias": bias, "model.weight": weight}
        values = {name: value for name, value in given.items() if value is not None}
        state = () if past is None else (past,)
        found: Tensor = torch.func.functional_call(
            Plain(self), values, (inputs, *state), tie_weights=False
        )
        return found

    def without_none(self, tensors: Any) -> tuple[list[Tensor], Any]:
        """The tensors that there are, and the plain levels as a function of these."""
        places = [k for k, each in enumerate(tensors) if each is not None]

        def call(*given: Tensor) -> Tensor:
            whole: list[Tensor | None] = [None] * 5
            for place, each in zip(places, given, strict=True):
                whole[place] = each
            return self.levels(*whole)

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
        found: Tensor = torch.func.jvp(call, tuple(given), moved)[1]
        return found

    def mapped(self, tensors: Any, dims: Any) -> Tensor:
        """The outputs for every one of a batch of tensors."""
        given, call = self.without_none(tensors)
        axes = tuple(
            d for d, each in zip(dims, tensors, strict=True) if each is not None
        )
        found: Tensor = torch.vmap(call, in_dims=axes)(*given)
        return found


class Plain(nn.Module):
    """A generated module around which `functional_call` puts other parameters."""

    def __init__(self, call: Call) -> None:
        super().__init__()
        self.call, self.model = call, call.model

    def forward(self, *given: Tensor) -> Tensor:
        """What the plain levels make of inputs and a state."""
        model: Any = self.model
        state: Tensor = self.call.plain.activity(model, *given)
        return model.motor_of(state) if self.call.motors else state
