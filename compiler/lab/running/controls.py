"""Controls: replacements of the tensor network, to tell its share of a score."""

from __future__ import annotations

import math

from torch import Tensor, nn

from ...errors import InputError
from .data import CLASSES

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


class Direct(nn.Module):
    """No graph of a routed task: the components, and what tells classes of them.

    Args:
        encoder: of images' pixels (batch, 784) to (batch, S).
        decoder: of (batch, S) to logits (batch, 10).
    """

    def __init__(self, encoder: nn.Module, decoder: nn.Module) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, images: Tensor) -> Tensor:
        """Logits (batch, 10) of images (batch, 1, 28, 28)."""
        logits: Tensor = self.decoder(self.encoder(images.flatten(1)))
        return logits

    def loss(self, images: Tensor, labels: Tensor) -> Tensor:
        """Mean cross entropy; labels (batch,), int64, from 0 to 9."""
        return nn.functional.cross_entropy(self(images), labels)


def routed_control(whole: nn.Module, arm: str) -> nn.Module:
    """Make a control of a model whose sensory neurons have inputs of their own.

    Args:
        whole: with submodules `encoder`, `network` and `decoder`.
        arm: identity, a linear read-out of the components; mlp, of three layers, with as
            many parameters as network and decoder; frozen; any other changes nothing.

    Raises:
        InputError: no MLP has as many parameters, within 1 %.
    """
    parts = (whole.get_submodule(name) for name in ("encoder", "network", "decoder"))
    encoder, network, decoder = parts
    inputs = encoder.get_parameter("weight").shape[0]
    if arm == "identity":
        return Direct(encoder, nn.Linear(inputs, CLASSES))
    if arm == "mlp":
        equal = layers(inputs, count(network) + count(decoder), CLASSES)
        return Direct(encoder, nn.Sequential(*equal))
    if arm == "frozen":
        network.requires_grad_(False)
    return whole


def count(module: nn.Module) -> int:
    """Number of parameters."""
    return sum(parameter.numel() for parameter in module.parameters())
