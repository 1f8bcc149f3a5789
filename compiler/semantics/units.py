"""What a neuron does to its merged inputs before the activation: one row a unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64
from ..options import Options


@dataclass(frozen=True, slots=True)
class Unit:
    """A bias, or a matrix and a bias vector, for each neuron.

    Attributes:
        matrix: whether there is a matrix W.
    """

    matrix: bool

    def shapes(self, neurons: int, features: int) -> dict[str, tuple[int, ...]]:
        """The shape of each parameter, in the order of the module."""
        if self.matrix:
            return {
                "weight": (neurons, features, features),
                "bias": (neurons, features),
            }
        return {"bias": (neurons,)}

    def formula(self, merged: str) -> str:
        """The argument of the activation, in words."""
        return f"W {merged} + b" if self.matrix else f"{merged} + b"

    def words(self, neurons: int, features: int) -> dict[str, str]:
        """What the docstring counts, by parameter."""
        if self.matrix:
            return {
                "weight": f"{neurons:,} matrices W of {features} x {features}",
                "bias": f"{neurons:,} vectors b",
            }
        return {"bias": "1 bias" if neurons == 1 else f"{neurons:,} biases b"}

    def argument(self, m: Float64, own: Mapping[str, Float64]) -> Float64:
        """The argument of the activation; m is (batch, D).

        Args:
            own: the neuron's own parameters, by name.
        """
        return m @ own["weight"].T + own["bias"] if self.matrix else m + own["bias"]

    def back(
        self, m: Float64, own: Mapping[str, Float64], d: Float64
    ) -> tuple[Float64, dict[str, Float64]]:
        """The gradients of m and of the neuron's parameters, of that of the argument."""
        bias = own["bias"]
        found = {"bias": d.sum(0) if bias.shape else np.asarray(d.sum())}
        if not self.matrix:
            return d, found
        return d @ own["weight"], {"weight": d.T @ m, **found}


SCALAR, LINEAR = Unit(matrix=False), Unit(matrix=True)
UNITS: Mapping[str, Unit] = {"scalar": SCALAR, "linear": LINEAR}


def unit_of(options: Options) -> Unit:
    """The unit that the options ask for."""
    return UNITS[options.unit]
