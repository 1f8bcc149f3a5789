"""Activations and the layer norm with their slopes, as PyTorch defines them: float64 numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64
from ..errors import VerifyError

EPSILON = 1e-5  # of the layer norm, as in torch.nn.functional.layer_norm

Function = Callable[[Float64], Float64]


def normalise(m: Float64) -> Float64:
    """Each sample's features less their mean, over their standard deviation."""
    centred = m - m.mean(-1, keepdims=True)
    result: Float64 = centred / np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
    return result


def normalise_back(m: Float64, d: Float64) -> Float64:
    """The gradient of `normalise` at m."""
    centred = m - m.mean(-1, keepdims=True)
    scale = np.sqrt((centred**2).mean(-1, keepdims=True) + EPSILON)
    y = centred / scale
    result: Float64 = (
        d - d.mean(-1, keepdims=True) - y * (d * y).mean(-1, keepdims=True)
    ) / scale
    return result


def sigmoid(a: Float64) -> Float64:
    """1 / (1 + exp(-a)), without overflow."""
    return 0.5 * (1 + np.tanh(a / 2))


def normal(a: Float64) -> Float64:
    """The normal distribution's share below a."""
    return np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in a.flat]).reshape(
        a.shape
    )


@dataclass(frozen=True, slots=True)
class Activation:
    """What a neuron applies to its sum.

    Attributes:
        call: how the generated module calls it; "" for the identity.
        in_place: its statement that applies it to `rows`; "" for the identity.
        slopes: its expression of the slope, of the `states` alone or of the `totals` that it is given.
        function, slope: as PyTorch defines them; at the corners its choice.
        gain: factor on the start gains that keeps the deviation of a deep network's
            states: 1 / sqrt(mean(f(z)**2)), z ~ N(0, 1), where the network is stable
            there, else the most that is.
        text: the factor in the generated module, where its decimals do not say it.
        bounded: never beyond -1 and 1.
        rectifies: never negative and 0 below 0: a neuron that never fires learns nothing.
    """

    call: str
    in_place: str
    slopes: str
    function: Function
    slope: Function
    gain: float = 1.0
    text: str = ""
    rectifies: bool = False
    bounded: bool = False

    @property
    def by_sums(self) -> bool:
        """Whether its slope needs the sum, not the state alone."""
        return "totals" in self.slopes

    @property
    def factor(self) -> str:
        """The start gain as Python writes it."""
        return self.text or f"{self.gain:g}"


# An activation is a row here and its name in options.CHOICES.
ACTIVATIONS: Mapping[str, Activation] = {
    "tanh": Activation(
        "torch.tanh",
        "torch.tanh_(rows)",
        "1 - states * states",
        np.tanh,
        lambda a: 1 - np.tanh(a) ** 2,
        5 / 3,
        "5 / 3",
        bounded=True,
    ),
    "relu": Activation(
        "torch.relu",
        "torch.relu_(rows)",
        "(states > 0).to(states.dtype)",
        lambda a: np.maximum(a, 0),
        lambda a: np.where(a > 0, 1.0, 0.0),
        2**0.5,
        "2**0.5",
        rectifies=True,
    ),
    "elu": Activation(
        "nn.functional.elu",
        "nn.functional.elu(rows, inplace=True)",
        "torch.where(states > 0, 1, states + 1)",
        lambda a: np.where(a > 0, a, np.expm1(np.minimum(a, 0))),
        lambda a: np.where(a > 0, 1.0, np.exp(np.minimum(a, 0))),
        1.25,
    ),
    "gelu": Activation(
        "nn.functional.gelu",
        "rows.copy_(nn.functional.gelu(rows))",
        "(\n            torch.special.ndtr(totals)\n            + totals"
        " * torch.exp(-totals * totals / 2) * (2 * torch.pi) ** -0.5\n        )",
        lambda a: a * normal(a),
        lambda a: normal(a) + a * np.exp(-(a**2) / 2) / math.sqrt(2 * math.pi),
        1.5,
    ),
    "silu": Activation(
        "nn.functional.silu",
        "nn.functional.silu(rows, inplace=True)",
        "torch.sigmoid(totals) * (1 + totals * torch.sigmoid(-totals))",
        lambda a: a * sigmoid(a),
        lambda a: sigmoid(a) * (1 + a * (1 - sigmoid(a))),
        1.65,
    ),
    "hardtanh": Activation(
        "nn.functional.hardtanh",
        "nn.functional.hardtanh(rows, inplace=True)",
        "(states.abs() < 1).to(states.dtype)",
        lambda a: np.clip(a, -1, 1),
        lambda a: np.where(np.abs(a) < 1, 1.0, 0.0),
        1.3,
        bounded=True,
    ),
    "sigmoid": Activation(
        "torch.sigmoid",
        "torch.sigmoid_(rows)",
        "states * (1 - states)",
        sigmoid,
        lambda a: sigmoid(a) * (1 - sigmoid(a)),
        bounded=True,
    ),
    "identity": Activation(
        "", "", "torch.ones_like(states)", lambda a: a, np.ones_like
    ),
}


def activation(name: str) -> Activation:
    """The activation of a name; an unknown one is never the identity.

    Raises:
        VerifyError: there is none.
    """
    if name not in ACTIVATIONS:
        raise VerifyError(f"no activation {name!r}")
    return ACTIVATIONS[name]
