"""Random integers that are the same on every machine and with every numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Bool, Int64, UInt64

BATCH = 4096  # numbers fetched at a time


def scaled(drawn: UInt64, bound: Int64) -> Int64:
    """(count,) of integers in [0, 2**64) ones below each bound; bounds up to 2**32."""
    factor = bound.astype(np.uint64)
    high, low = drawn >> np.uint64(32), drawn & np.uint64(2**32 - 1)
    product = high * factor + (low * factor >> np.uint64(32))
    found: Int64 = (product >> np.uint64(32)).astype(np.int64)
    return found


class RandomIntegers:
    """Random integers from the raw stream of PCG64, which numpy promises to keep.

    The methods of `Generator` may change (NEP 19), so bounded integers and permutations
    are made here.

    Args:
        seed: integers >= 0.
    """

    def __init__(self, *seed: int) -> None:
        self.bits = np.random.PCG64(np.random.SeedSequence(seed))
        self.numbers = self.stream()

    def stream(self) -> Iterator[int]:
        """Endless integers in [0, 2**64)."""
        while True:
            yield from self.bits.random_raw(BATCH).tolist()

    def below(self, bound: int) -> int:
        """An integer in [0, bound), uniform up to bound / 2**64."""
        return next(self.numbers) * bound >> 64

    def each(self, bound: Int64) -> Int64:
        """(count,) an integer below each bound, as `below` draws it; bounds up to 2**32."""
        return scaled(self.bits.random_raw(len(bound)), bound)

    def order(self, count: int) -> Int64:
        """(count,) a random permutation of [0, count)."""
        found: Int64 = np.argsort(self.bits.random_raw(count), kind="stable")
        return found

    def coins(self, count: int) -> Bool:
        """(count,) random bits."""
        found: Bool = self.bits.random_raw(count) >= np.uint64(2**63)
        return found
