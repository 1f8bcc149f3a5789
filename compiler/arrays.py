"""Types of numpy arrays, by element."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Int8 = NDArray[np.int8]
UInt8 = NDArray[np.uint8]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
UInt64 = NDArray[np.uint64]
Float64 = NDArray[np.float64]
Bool = NDArray[np.bool_]


def magnitude(numbers: Float64) -> Float64:
    """The numbers without their signs; the same array where none is negative."""
    return np.abs(numbers) if (numbers < 0).any() else numbers
