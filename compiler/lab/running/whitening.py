"""Give each sensory neuron of a routed task its own component of the training images."""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import nn

from ...arrays import Float64
from ...errors import InputError
from .data import Images

LEAST = 1e-9  # of the largest variance: what has less is no component


def set_components(model: nn.Module, images: Images, seed: int) -> None:
    """Fill the model's frozen `encoder`, a linear layer of pixels.

    Raises:
        InputError: more sensory neurons than the images have components.
    """
    encoder = model.get_submodule("encoder")
    weight, bias = (encoder.get_parameter(name) for name in ("weight", "bias"))
    if images not in PRINCIPAL:
        pixels = images.images.flatten(1).cpu().numpy() / 255
        PRINCIPAL[images] = principal(pixels)
    found = PRINCIPAL[images].turned(weight.shape[0], seed)
    with torch.no_grad():
        for parameter, values in zip((weight, bias), found, strict=True):
            parameter.copy_(torch.from_numpy(values))


@dataclass(frozen=True, slots=True)
class Principal:
    """Principal components of images.

    Attributes:
        mean: (pixels,) of the images.
        variance: (pixels,) of each component, the largest first; axes: (pixels, pixels), a
            column each, its largest entry positive: a sign is any machine's.
    """

    mean: Float64
    variance: Float64
    axes: Float64

    def turned(self, count: int, seed: int) -> tuple[Float64, Float64]:
        """Weight (count, pixels) and bias (count,) that whiten and rotate images.

        The first components, each scaled to variance 1, turned by an orthogonal matrix drawn
        with the seed. Of the images given, the results have mean 0 and covariance 1.

        Raises:
            InputError: the images have fewer components that vary.

        Source: Mezzadri, "How to generate random matrices from the classical compact
        groups", Notices of the AMS 54, 2007: the rotation.
        """
        varying = int((self.variance > LEAST * self.variance[0]).sum())
        if count > varying:
            seen = f"{count:,} sensory neurons, {varying:,} components of the training images"
            hint = "take more images, or fewer sensory neurons: --inputs NAMES"
            raise InputError("mnist-routed", seen, hint)
        whitened = (self.axes[:, :count] / np.sqrt(self.variance[:count])).T
        drawn = np.random.default_rng(seed).standard_normal((count, count))
        rotation, upper = np.linalg.qr(drawn)
        weight = (rotation * np.sign(np.diag(upper))) @ whitened
        return weight, -weight @ self.mean


def principal(pixels: Float64) -> Principal:
    """The principal components of images (images, pixels), from 0 to 1."""
    mean = pixels.mean(axis=0)
    variance, axes = np.linalg.eigh(np.cov(pixels - mean, rowvar=False, ddof=0))
    variance, axes = variance[::-1], axes[:, ::-1]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(len(mean))]
    return Principal(mean, variance, axes * np.sign(largest))


PRINCIPAL: WeakKeyDictionary[Images, Principal] = WeakKeyDictionary()  # of a process
