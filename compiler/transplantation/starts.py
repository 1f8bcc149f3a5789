"""Start values: the draws of `reset_parameters` of a generated module, made without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..semantics.semantics import Parameter
from ..semantics.starts import Constant, Shifted, Signed, Uniform
from .parameters import Elements

if TYPE_CHECKING:
    from torch import Generator, Tensor, dtype


def fresh(found: Elements, dtypes: dict[str, dtype], seed: int) -> dict[str, Tensor]:
    """The parameters of a module made after `torch.manual_seed(seed)`, to the bit.

    Args:
        dtypes: of each parameter.
    """
    import torch

    generator = torch.Generator().manual_seed(seed)
    values: dict[str, Tensor] = {}
    for parameter in found.parameters:
        blank = torch.empty(parameter.shape, dtype=dtypes[parameter.name])
        values[parameter.name] = started(parameter, blank, found, values, generator)
    return values


def started(
    parameter: Parameter,
    blank: Tensor,
    found: Elements,
    values: dict[str, Tensor],
    generator: Generator,
) -> Tensor:
    """One parameter as it starts.

    Args:
        values: the parameters before it.
    """
    import torch

    start = parameter.start()
    if isinstance(start, Constant):
        value = blank.fill_(start.value)
        if start.per_gain:
            row = {neuron: index for index, neuron in enumerate(found.live)}
            place = torch.tensor([row[neuron] for neuron, _, _ in found.synapses])
            gains = strengths(values["gain"], found)
            value.index_add_(0, place, gains, alpha=start.per_gain)
        return value
    drawn = blank.uniform_(-1, 1, generator=generator)
    match start:
        case Uniform(bound, sign):
            if isinstance(bound, float):
                return drawn.mul_(bound)
            drawn.mul_(drawn.new_tensor(bound))
            if not sign:
                return drawn
            return torch.where(drawn.new_tensor(sign) * drawn < 0, -drawn, drawn)
        case Shifted(shift):
            return drawn.sub_(drawn.new_tensor(shift))
        case Signed(size, sign):
            known = drawn.new_tensor(sign)
            signs = torch.where(known == 0, drawn.sign(), known)
            return signs.mul_(drawn.new_tensor(size))


def strengths(gain: Tensor, found: Elements) -> Tensor:
    """What each synapse starts with: its own gain, or its tie's times its weight."""
    import torch

    if "gain" not in found.ties:
        return gain
    value = gain[list(found.ties["gain"].place)] * gain.new_tensor(found.weights)
    return torch.where(gain.new_tensor(found.signs) * value < 0, -value, value)
