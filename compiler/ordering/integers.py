"""Weights as integers: the same sums everywhere, and bounds in whole numbers."""

from __future__ import annotations

import numpy as np

from ..arrays import Float64, Int64
from ..errors import InputError
from .exact import LARGEST

DIGITS = 10**6  # parts of a unit that fractional weights are rounded to where they are
COARSE = 1000  # too large to be solved exactly in so many
EDGES = 40_000_000  # of a graph: more would not fit the memory of a workstation
LIMIT = 2**60  # upper limit of a sum of weights: doubled it still fits int64


def integers(weight: Float64, label: str) -> tuple[Int64, int, bool]:
    """Weights as int64, scaled where they are fractions; the scale; whether none is rounded.

    Exactly: as decimal numbers, which is how files write them.

    Raises:
        InputError: their sum leaves the range of int64.
    """
    if len(weight) > EDGES:
        seen = f"{len(weight):,} synapses; orders are found for at most {EDGES:,}"
        raise InputError(label, seen, "drop the lightest with --min-weight")
    scale = scale_of(weight)
    if float(weight.sum()) * scale >= LIMIT:
        hint = "divide all weights by a constant"
        seen = f"the weights, in parts of 1/{scale:,}," if scale > 1 else "the weights"
        raise InputError(label, f"{seen} add up to more than 2**60", hint)
    scaled = np.rint(weight * scale)
    return scaled.astype(np.int64), scale, bool((scaled / scale == weight).all())


def parts(weight: Float64, scale: int, label: str) -> Float64:
    """Weights of gap junctions in the integers' parts of a unit, not rounded.

    Raises:
        InputError: their sum leaves the range of int64.
    """
    if float(weight.sum()) * scale >= LIMIT:
        seen = f"the weights of gap junctions, in parts of 1/{scale:,}, add up to more than 2**60"
        raise InputError(label, seen, "divide all weights by a constant")
    return weight * scale


def scale_of(weight: Float64) -> int:
    """The least power of ten that makes all weights whole and leaves them exact.

    Where there is none they are rounded, as finely as the exact search still resolves; or
    taken in DIGITS where that would leave too little.
    """
    most = float(weight.max(initial=0))
    powers = [int(10**digits) for digits in range(16)]
    for scale in powers:
        within = scale == 1 or most * scale <= LARGEST
        if within and (np.rint(weight * scale) / scale == weight).all():
            return scale
    finest = max((scale for scale in powers if most * scale <= LARGEST), default=1)
    return finest if finest >= COARSE else DIGITS
