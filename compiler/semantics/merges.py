"""How a neuron joins its inputs: one row a merge."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64
from ..options import Options


@dataclass(frozen=True, slots=True)
class Merge:
    """How inputs join, and what a gain does to one.

    Attributes:
        gains: each synapse has a gain; else each input neuron counts once.
        strength: the factor of a synapse in the generated module; "" without gains.
        factor: the factor of a synapse, of its gain.
        slope: of the factor, of the gain.
        words: what the docstring says.
        rest: the sum or product of no inputs.
        bias: where biases start.
        shut: the gain through which nothing passes.
    """

    gains: bool
    strength: str
    factor: Callable[[float], float]
    slope: Callable[[float], float]
    words: str
    rest: float = 0.0
    bias: float = 0.0
    shut: float = 0.0

    def join(self, factors: Sequence[Float64], like: Float64) -> Float64:
        """All factors as one, in their order; of the shape of `like`."""
        merged = np.full_like(like, self.rest)
        for factor in factors:
            merged = merged + factor if self.gains else merged * factor
        return merged

    def split(self, factors: Sequence[Float64], d: Float64) -> list[Float64]:
        """The gradient of each factor: of a product, times all the others."""
        if self.gains:
            return [d] * len(factors)
        shares = []
        for place in range(len(factors)):
            share = d
            for other, factor in enumerate(factors):
                if other != place:
                    share = share * factor
            shares.append(share)
        return shares


def gate(gain: float) -> float:
    """sigmoid(gain)."""
    return 1 / (1 + math.exp(-gain))


def weighted(factor: str) -> str:
    """What the docstring says of a sum."""
    return f"m = sum of {factor} * x over the inputs; sensory neurons add their input"


MERGES: Mapping[str, Merge] = {
    "sum": Merge(
        True, "self.gain", lambda gain: gain, lambda gain: 1.0, weighted("gain")
    ),
    "gated": Merge(
        True,
        "torch.sigmoid(self.gain)",
        gate,
        lambda gain: gate(gain) * (1 - gate(gain)),
        weighted("sigmoid(gain)"),
        shut=-16.0,  # lets 1e-7 through
    ),
    "product": Merge(
        False,
        "",
        lambda gain: 1.0,
        lambda gain: 0.0,
        "m = product of x over the input neurons; sensory neurons multiply their input",
        rest=1.0,
        bias=1.0,
    ),
}


def merge_of(options: Options) -> Merge:
    """The merge that the options ask for."""
    return MERGES[options.merge]
