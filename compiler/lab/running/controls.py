"""Controls: what takes the place of the tensor network, so that its share can be told."""

from __future__ import annotations

import math

from torch import Tensor, nn

from ...errors import InputError

NEAR = 0.01  # the largest relative difference in parameters of an "equal" MLP


class Spread(nn.Module):
    """No graph: every motor neuron gets the encoder's vector.

    Takes (batch, 1, D) to (batch, motors, D), as the tensor network does.
    """

    def __init__(self, motors: int) -> None:
        super().__init__()
        self.motors = motors

    def forward(self, inputs: Tensor) -> Tensor:
        """The vector, once a motor neuron."""
        return inputs.expand(-1, self.motors, -1)


class Perceptron(nn.Module):
    """Three linear layers of about so many parameters, then `Spread`.

    Raises:
        InputError: no widths come within 1 % of the number.
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
        """(batch, 1, D) to (batch, motors, D), all motors alike."""
        motors: Tensor = self.spread(self.layers(inputs))
        return motors


def size(features: int, first: int, second: int) -> int:
    """Parameters of the three layers."""
    return (features + 1) * first + (first + 1) * second + (second + 1) * features


def widths(features: int, parameters: int) -> tuple[int, int]:
    """The widths of the two hidden layers: the nearest in parameters, then the squarest."""
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
        arm: identity, mlp or frozen; any other leaves it as it is.
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
