"""Controls: replacements of the tensor network, to tell its share of a score."""

from __future__ import annotations

import math

from torch import Tensor, nn

from ...errors import InputError

NEAR = 0.01  # the largest relative difference in parameters of an "equal" MLP


class Spread(nn.Module):
    """No graph: copy the encoder's vector to every motor neuron.

    From (batch, 1, D) to (batch, motors, D), as the tensor network.
    """

    def __init__(self, motors: int) -> None:
        super().__init__()
        self.motors = motors

    def forward(self, inputs: Tensor) -> Tensor:
        """Repeat the vector for each motor neuron."""
        return inputs.expand(-1, self.motors, -1)


class Perceptron(nn.Module):
    """A perceptron of three linear layers and a given number of parameters, then `Spread`.

    Raises:
        InputError: no widths give the number within 1 %.
    """

    def __init__(self, features: int, motors: int, parameters: int) -> None:
        super().__init__()
        first, second = widths(features, parameters)
        self.layers = nn.Sequential(
            nn.Linear(features, first),
            nn.Tanh(),
            nn.Linear(first, second),
            nn.Tanh(),
            nn.Linear(second, features),
            nn.Tanh(),
        )
        self.spread = Spread(motors)

    def forward(self, inputs: Tensor) -> Tensor:
        """From (batch, 1, D) to (batch, motors, D), the same for all motors."""
        motors: Tensor = self.spread(self.layers(inputs))
        return motors


def size(features: int, first: int, second: int) -> int:
    """Parameters of the three layers."""
    return (features + 1) * first + (first + 1) * second + (second + 1) * features


def widths(features: int, parameters: int) -> tuple[int, int]:
    """Widths of the hidden layers: nearest in parameters, then nearest to each other."""
    best, found = (math.inf, math.inf), (0, 0)
    for first in range(1, 2 * math.isqrt(parameters) + 2):
        left = parameters - (features + 1) * first - features
        second = max(1, round(left / (first + 1 + features)))
        apart = abs(size(features, first, second) - parameters)
        key = (apart if apart > NEAR / 10 * parameters else 0, abs(first - second))
        if key < best:
            best, found = key, (first, second)
    if abs(size(features, *found) - parameters) > NEAR * parameters:
        seen = (
            f"no MLP of {features} features has within 1 % of {parameters:,} parameters"
        )
        raise InputError("mlp", seen, "leave the arm mlp out, or use a larger network")
    return found


def control(whole: nn.Module, arm: str, motors: int, features: int) -> nn.Module:
    """Make a control of a model, in place.

    Args:
        whole: with a submodule `network`, of (batch, 1, D) to (batch, motors, D).
        arm: identity, mlp or frozen; any other changes nothing.
    """
    network = whole.get_submodule("network")
    if arm == "identity":
        whole.network = Spread(motors)
    elif arm == "mlp":
        whole.network = Perceptron(features, motors, count(network))
    elif arm == "frozen":
        network.requires_grad_(False)  # the gradient still goes through to the encoder
    return whole


def count(module: nn.Module) -> int:
    """Number of parameters."""
    return sum(parameter.numel() for parameter in module.parameters())
