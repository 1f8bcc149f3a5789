"""What the class of a module that is swept adds to its own."""

from __future__ import annotations

import copyreg
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

from .function import Call, Swept, Transformed, hollow, transformed
from .operator import FORTH
from .sweeper import SWEEPERS, Sweeper

TENSORS = (Tensor, nn.Parameter)  # no subclass: fake, sharded, traced
exporting = getattr(torch.compiler, "is_exporting", torch.compiler.is_compiling)
traced: Any = torch._C._get_tracing_state
dispatched: Any = torch._C._len_torch_dispatch_stack


class Native(nn.Module):
    """A module of a generated class, swept where a sweep can do it: C, or Triton on a GPU.

    Attributes:
        kind: its own class.
        plain: the same, or the generated class that it extends.
        sweeper: what sweeps that class.
        direct: whether `activity` is the sweep's, so that `forward` need not call it.
    """

    kind: Any
    plain: Any
    sweeper: Sweeper
    direct = True

    def __init_subclass__(cls, **given: Any) -> None:
        super().__init_subclass__(**given)
        inner = getattr(cls.activity, "__wrapped__", None)  # of classes.own
        cls.direct = inner is Native.activity

    def forward(self, inputs: Tensor, *state: Tensor, **by_hand: Any) -> Any:
        """What the plain class gives."""
        if self.direct and not (state or by_hand or self.sweeper.late):
            found = self.swept(True, inputs, None)
            if found is not None:
                return found
        return self.plain.forward(self, inputs, *state, **by_hand)

    def activity(self, inputs: Tensor, *state: Tensor, **by_hand: Any) -> Tensor:
        """What the plain class gives."""
        alone = not any(each is not None for each in by_hand.values())
        if alone and len(state) == self.sweeper.late:
            found = self.swept(False, inputs, *state or (None,))
            if found is not None:
                return found
        plain: Tensor = self.plain.activity(self, inputs, *state, **by_hand)
        return plain

    def swept(self, motors: bool, inputs: Tensor, past: Tensor | None) -> Tensor | None:
        """The states of the motor neurons or of all; None where no sweep can compute them."""
        me: Any = self
        sweeper, gain, bias = self.sweeper, me.gain, me.bias
        weight = me.weight if sweeper.width else None
        compiling = torch.compiler.is_compiling()
        if foreign(compiling, inputs, past, gain, bias, weight):
            return None
        if not prepared(sweeper.key, bias.dtype, bias.device):
            return None
        if not sweeper.fits(gain, bias, weight):
            return None
        try:
            given = shaped(inputs, sweeper.inputs_shape, bias)
            before = None if past is None else shaped(past, sweeper.state_shape, bias)
        except ValueError:  # which the plain levels say better
            return None
        gain, bias = gain.contiguous(), bias.contiguous()
        weight = None if weight is None else weight.contiguous()
        tensors = given, before, gain, bias, weight
        if compiling:
            return operated(sweeper, motors, *tensors)
        if transformed():
            apply: Any = Transformed.apply
            found = apply(*tensors, Call(self, self.plain, sweeper, motors))[0]
        elif torch.is_grad_enabled() and differentiated(*tensors):
            apply = Swept.apply
            found = apply(*tensors, Call(self, self.plain, sweeper, motors))
        else:
            gain = torch.sigmoid(gain) if sweeper.gated else gain
            found = sweeper.forth(motors, False, given, before, gain, bias, weight)[0]
        outputs: Tensor = found
        return outputs

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle and copy by its own class, which can be imported."""
        found: Any = super().__reduce_ex__(max(2, protocol))
        made, given, *state = found
        if made is not copyreg.__newobj__:  # type: ignore[attr-defined]
            return found  # a class that says by itself how it is pickled
        return empty, (self.kind, *given[1:]), *state


def empty(kind: type[nn.Module]) -> nn.Module:
    """A module of a class that is swept, without its state: for pickle."""
    from .classes import swept_class

    found: Any = kind
    swept: Any = swept_class(found)
    made: nn.Module = swept.__new__(swept)
    return made


def foreign(compiling: bool, *tensors: Any) -> bool:
    """Whether the plain levels shall run: no sweep knows the tensors, or who asks."""
    _, _, _, bias, _ = tensors
    kind = "cpu" if bias.is_cpu else "cuda"
    if not (bias.is_cpu or bias.is_cuda) or torch.is_autocast_enabled(kind):
        return True
    if exporting() or (compiling and transformed()):
        return True
    if not compiling and (dispatched() or traced() is not None):
        return True
    if not compiling and not transformed() and forward_ad._current_level >= 0:
        return True  # torch.func.jvp nests in itself, a dual level does not
    for place, tensor in enumerate(tensors):
        if tensor is None:
            continue
        same = tensor.is_cpu if bias.is_cpu else tensor.device == bias.device
        if not same or (place > 1 and tensor.dtype != bias.dtype):
            return True
        if not compiling and (type(tensor) not in TENSORS or hollow(tensor)):
            return True
    return False


def differentiated(*tensors: Tensor | None) -> bool:
    """Whether any of the tensors has a gradient."""
    # parameters first: a step is answered at once
    return any(each is not None and each.requires_grad for each in reversed(tensors))


def operated(
    sweeper: Sweeper,
    motors: bool,
    inputs: Tensor,
    past: Tensor | None,
    gain: Tensor,
    bias: Tensor,
    weight: Tensor | None,
) -> Tensor:
    """The outputs by the operator, for torch.compile."""
    gain = torch.sigmoid(gain) if sweeper.gated else gain
    rest = sweeper.key, motors, torch.is_grad_enabled()
    outputs: Tensor = FORTH(inputs, past, gain, bias, weight, *rest)[0]
    return outputs


def prepared(key: str, dtype: torch.dtype, device: torch.device) -> bool:
    """Whether a sweeper has its engine and its wiring."""
    return SWEEPERS[key].ready(dtype, device)


# What torch.compiler.assume_constant_result sets; calling it would import the compiler.
vars(prepared)["_dynamo_marked_constant"] = True


def shaped(tensor: Tensor, size: tuple[int, ...], like: Tensor) -> Tensor:
    """(batch, *size), side by side in memory and of a parameter's type.

    Raises:
        ValueError: it is of another shape, and not of one neuron for all.
    """
    if tensor.shape[1:] != size:
        if tensor.shape[1:] != (1, *size[1:]):
            raise ValueError
        tensor = tensor.expand(-1, *size)
    if tensor.dtype != like.dtype:
        tensor = tensor.to(like.dtype)
    return tensor.contiguous()
