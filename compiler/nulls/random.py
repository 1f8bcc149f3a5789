"""Random integers that are the same on every machine and under every numpy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Bool, Int64

BATCH = 4096  # numbers fetched at a time


class Dice:
    """Draws from the raw stream of PCG64, which numpy promises to leave as it is.

    It promises no such thing of the methods of `Generator` (NEP 19), so bounds and orders
    are made here, in integers.

    Args:
        seed: integers from 0; other integers, other numbers.
    """

    def __init__(self, *seed: int) -> None:
        self.bits = np.random.PCG64(np.random.SeedSequence(seed))
        self.numbers = self.stream()

    def stream(self) -> Iterator[int]:
        """Integers in [0, 2**64), without end."""
        while True:
            yield from self.bits.random_raw(BATCH).tolist()

    def below(self, bound: int) -> int:
        """An integer in [0, bound), all as likely but for bound / 2**64."""
        return next(self.numbers) * bound >> 64

    def each(self, bound: Int64) -> Int64:
        """(count,) an integer below each bound, of at most 2**32, as `below` draws it."""
        drawn, factor = self.bits.random_raw(len(bound)), bound.astype(np.uint64)
        high, low = drawn >> np.uint64(32), drawn & np.uint64(2**32 - 1)
        product = high * factor + (low * factor >> np.uint64(32))
        found: Int64 = (product >> np.uint64(32)).astype(np.int64)
        return found

    def order(self, count: int) -> Int64:
        """(count,) the integers in [0, count) in random order."""
        found: Int64 = np.argsort(self.bits.random_raw(count), kind="stable")
        return found

    def coins(self, count: int) -> Bool:
        """(count,) heads or tails."""
        found: Bool = self.bits.random_raw(count) >= np.uint64(2**63)
        return found
