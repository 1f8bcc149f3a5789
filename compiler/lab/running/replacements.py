"""Modules in the network's place that have no graph: linear, perceptron, convolution.

Each has as many parameters as the network that it replaces, as near as its widths allow.
"""

from __future__ import annotations

import math

from torch import Tensor, nn

from ...errors import InputError

NEAR = 0.01  # the largest relative difference in parameters of an "equal" control


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
        self.layers = nn.Sequential(*layers(features, parameters, features), nn.Tanh())
        self.spread = Spread(motors)

    def forward(self, inputs: Tensor) -> Tensor:
        """From (batch, 1, D) to (batch, motors, D), the same for all motors."""
        motors: Tensor = self.spread(self.layers(inputs))
        return motors


def size(inputs: int, first: int, second: int, outputs: int) -> int:
    """Parameters of the three layers."""
    return (inputs + 1) * first + (first + 1) * second + (second + 1) * outputs


def layers(inputs: int, parameters: int, outputs: int) -> list[nn.Module]:
    """Three linear layers, tanh between them, of so many parameters within 1 %."""
    first, second = widths(inputs, parameters, outputs)
    return [
        nn.Linear(inputs, first),
        nn.Tanh(),
        nn.Linear(first, second),
        nn.Tanh(),
        nn.Linear(second, outputs),
    ]


def widths(inputs: int, parameters: int, outputs: int) -> tuple[int, int]:
    """Widths of the hidden layers: nearest in parameters, then nearest to each other.

    Raises:
        InputError: no widths give the number within 1 %.
    """
    best, found = (math.inf, math.inf), (0, 0)
    for first in range(1, 2 * math.isqrt(parameters) + 2):
        left = parameters - (inputs + 1) * first - outputs
        second = max(1, round(left / (first + 1 + outputs)))
        apart = abs(size(inputs, first, second, outputs) - parameters)
        key = (apart if apart > NEAR / 10 * parameters else 0, abs(first - second))
        if key < best:
            best, found = key, (first, second)
    if abs(size(inputs, *found, outputs) - parameters) > NEAR * parameters:
        seen = (
            f"no MLP of {inputs} features has within 1 % of {parameters:,} parameters"
        )
        raise InputError("mlp", seen, "leave the arm mlp out, or use a larger network")
    return found


class LinearMap(nn.Module):
    """One linear map of the encoder's vector to all motor neurons, `factored`."""

    def __init__(self, features: int, motors: int, parameters: int) -> None:
        super().__init__()
        self.motors = motors
        self.map = factored(features, parameters, motors * features)

    def forward(self, inputs: Tensor) -> Tensor:
        """From (batch, 1, D) to (batch, motors, D)."""
        found: Tensor = self.map(inputs.squeeze(1)).unflatten(1, (self.motors, -1))
        return found


def factored(inputs: int, parameters: int, outputs: int) -> nn.Sequential:
    """A linear map as two matrices of so many parameters, as near as may be; no activation.

    The numbers between the matrices set how many these are. Where they are fewer than
    inputs and outputs, the map is of low rank; where they are more, it can do no more.
    """
    between = max(1, round((parameters - outputs) / (inputs + outputs)))
    inner = nn.Linear(inputs, between, bias=False)
    return nn.Sequential(inner, nn.Linear(between, outputs))


class Convolution(nn.Sequential):
    """Two 3 x 3 convolutions of the encoder's last map, of a given number of parameters.

    From (batch, C, height, width) to the same.
    """

    def __init__(self, channels: int, parameters: int) -> None:
        fixed, each = 3 * channels, 18 * channels + 1
        between = max(1, round((parameters - fixed) / each))
        super().__init__(
            nn.Conv2d(channels, between, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(between, channels, 3, padding=1),
            nn.ReLU(),
            nn.BatchNorm2d(channels),
        )


def convolved(encoder: nn.Module, parameters: int) -> nn.Sequential:
    """The encoder of a task with a `Convolution` after its last map.

    Args:
        encoder: layers in a row: convolutions, then what flattens or averages their map.
    """
    layers = [*encoder.children()]
    flat = nn.AdaptiveAvgPool2d, nn.Flatten
    last = next(i for i, layer in enumerate(layers) if isinstance(layer, flat))
    maps = [layer for layer in layers[:last] if isinstance(layer, nn.Conv2d)]
    added = Convolution(maps[-1].out_channels, parameters)
    return nn.Sequential(*layers[:last], added, *layers[last:])


def count(module: nn.Module) -> int:
    """Number of parameters."""
    return sum(parameter.numel() for parameter in module.parameters())
