"""Controls: replacements of the tensor network, to tell its share of a score."""

from __future__ import annotations

from torch import Tensor, nn

from ...errors import InputError
from ...module.read import CircuitModel, Model
from ..protocol.replaced import COMPILED
from .data import CLASSES
from .other_networks import other_network
from .replacements import (
    LinearMap,
    Perceptron,
    Spread,
    convolved,
    count,
    factored,
    layers,
)


def control(
    whole: nn.Module, arm: str, model: Model | CircuitModel, seed: int
) -> nn.Module:
    """Make a control of a task's model, in place.

    Args:
        whole: with submodules `encoder` and `network`, of (batch, 1, D) to
            (batch, motors, D).
        arm: one of CONTROLS; any other changes nothing.
        model: that `whole` was made of.
        seed: of a graph that is drawn.

    Raises:
        InputError: nothing of that kind has as many parameters, or the model is a
            published sweep, which no other compiled network stands in for.
    """
    network = whole.get_submodule("network")
    size, features = count(network), model.options.features
    motors = len(model.tables.motor)
    if arm == "identity":
        whole.network = Spread(motors)
    elif arm == "mlp":
        whole.network = Perceptron(features, motors, size)
    elif arm == "linear":
        whole.network = LinearMap(features, motors, size)
    elif arm == "convolution":
        whole.encoder = convolved(whole.get_submodule("encoder"), size)
        whole.network = Spread(motors)
    elif arm in COMPILED:
        if isinstance(model, CircuitModel):
            hint = "compile its source without --lowering published"
            raise InputError(model.path, f"a published sweep: no control {arm}", hint)
        whole.network = other_network(model, arm, size, seed)
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
        arm: identity, a linear read-out of the components; with as many parameters as
            network and decoder: linear, the same as two matrices, and mlp, of three layers;
            frozen; any other changes nothing.

    Raises:
        InputError: no MLP has as many parameters, within 1 %.
    """
    parts = (whole.get_submodule(name) for name in ("encoder", "network", "decoder"))
    encoder, network, decoder = parts
    inputs = encoder.get_parameter("weight").shape[0]
    size = count(network) + count(decoder)
    if arm == "identity":
        return Direct(encoder, nn.Linear(inputs, CLASSES))
    if arm == "linear":
        return Direct(encoder, factored(inputs, size, CLASSES))
    if arm == "mlp":
        equal = layers(inputs, size, CLASSES)
        return Direct(encoder, nn.Sequential(*equal))
    if arm == "frozen":
        network.requires_grad_(False)
    return whole
