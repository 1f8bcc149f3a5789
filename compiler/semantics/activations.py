"""Activations and the layer norm with their slopes, as PyTorch defines them: float64 numpy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

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


# By name as in options.ACTIVATIONS: the function, and its slope; at the corners PyTorch's.
FUNCTIONS: Mapping[str, tuple[Function, Function]] = {
    "tanh": (np.tanh, lambda a: 1 - np.tanh(a) ** 2),
    "relu": (lambda a: np.maximum(a, 0), lambda a: np.where(a > 0, 1.0, 0.0)),
    "elu": (
        lambda a: np.where(a > 0, a, np.expm1(np.minimum(a, 0))),
        lambda a: np.where(a > 0, 1.0, np.exp(np.minimum(a, 0))),
    ),
    "gelu": (
        lambda a: a * normal(a),
        lambda a: normal(a) + a * np.exp(-(a**2) / 2) / math.sqrt(2 * math.pi),
    ),
    "silu": (
        lambda a: a * sigmoid(a),
        lambda a: sigmoid(a) * (1 + a * (1 - sigmoid(a))),
    ),
    "hardtanh": (
        lambda a: np.clip(a, -1, 1),
        lambda a: np.where(np.abs(a) < 1, 1.0, 0.0),
    ),
    "sigmoid": (sigmoid, lambda a: sigmoid(a) * (1 - sigmoid(a))),
    "identity": (lambda a: a, np.ones_like),
}


def activate(name: str, a: Float64) -> Float64:
    """The activation at a.

    Raises:
        VerifyError: no activation of this name.
    """
    return functions(name)[0](a)


def derivative(name: str, a: Float64) -> Float64:
    """The slope of the activation at a.

    Raises:
        VerifyError: no activation of this name.
    """
    return functions(name)[1](a)


def functions(name: str) -> tuple[Function, Function]:
    """An activation and its slope; an unknown one is never the identity."""
    if name not in FUNCTIONS:
        raise VerifyError(f"the interpreter has no activation {name!r}")
    return FUNCTIONS[name]
