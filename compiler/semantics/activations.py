"""What a neuron applies, and its slopes, as PyTorch defines them: float64 numpy."""

from __future__ import annotations

import math

import numpy as np

from ..arrays import Float64

EPSILON = 1e-5  # of the layer norm, as in torch.nn.functional.layer_norm


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


def activate(name: str, a: Float64) -> Float64:
    """The activation, as PyTorch defines it."""
    if name == "tanh":
        return np.tanh(a)
    if name == "relu":
        return np.maximum(a, 0)
    if name == "elu":
        return np.where(a > 0, a, np.expm1(np.minimum(a, 0)))
    if name == "gelu":
        return a * normal(a)
    if name == "silu":
        return a * sigmoid(a)
    if name == "hardtanh":
        return np.clip(a, -1, 1)
    if name == "sigmoid":
        return sigmoid(a)
    return a


def derivative(name: str, a: Float64) -> Float64:
    """The slope of the activation at a; PyTorch's choice at the corners."""
    if name == "tanh":
        return 1 - np.tanh(a) ** 2
    if name == "relu":
        return np.where(a > 0, 1.0, 0.0)
    if name == "elu":
        return np.where(a > 0, 1.0, np.exp(np.minimum(a, 0)))
    if name == "gelu":
        return normal(a) + a * np.exp(-(a**2) / 2) / math.sqrt(2 * math.pi)
    if name == "silu":
        return sigmoid(a) * (1 + a * (1 - sigmoid(a)))
    if name == "hardtanh":
        return np.where(np.abs(a) < 1, 1.0, 0.0)
    if name == "sigmoid":
        return sigmoid(a) * (1 - sigmoid(a))
    return np.ones_like(a)


def sigmoid(a: Float64) -> Float64:
    """1 / (1 + exp(-a)), without overflow."""
    return 0.5 * (1 + np.tanh(a / 2))


def normal(a: Float64) -> Float64:
    """The normal distribution's share below a."""
    return np.array([0.5 * math.erfc(-v / math.sqrt(2)) for v in a.flat]).reshape(
        a.shape
    )
