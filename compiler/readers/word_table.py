"""Different words by number, in a hash table of arrays: no Python call a word."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..arrays import Bool, Int32, Int64, UInt64

PIECE = 8  # bytes of a word that are compared at once
MIX = np.uint64(0xBF58476D1CE4E5B9)  # of splitmix64
ODD = 0x9E3779B97F4A7C15  # 2**64 over the golden ratio


class WordTable:
    """The different words of cells, numbered as they come.

    A word is a row of pieces of 8 bytes, the bytes behind it 0. Open addressing, linear
    probing: every probe is a step of all cells at once.
    """

    def __init__(self) -> None:
        self.count = 0
        self.words = np.zeros((1024, 1), np.uint64)  # (capacity, pieces)
        self.slots = np.full(0, -1, np.int32)  # number of the word in each; -1: free

    def codes(self, cells: Sequence[UInt64]) -> Int32:
        """(E,) numbers of cells, each given by its pieces; those of new words are next.

        Args:
            cells: (E,) the first pieces, the second, and so on.
        """
        if not len(cells[0]):
            return np.zeros(0, np.int32)
        start = np.r_[True, differs([c[1:] for c in cells], [c[:-1] for c in cells])]
        run = np.flatnonzero(start)  # the rows of one sender often stand together
        if 2 * len(run) > len(start):
            return self.found(cells)
        found: Int32 = self.found([piece[run] for piece in cells])[np.cumsum(start) - 1]
        return found

    def found(self, cells: Sequence[UInt64]) -> Int32:
        """(E,) numbers of cells; those of new words are next."""
        self.fit(len(cells[0]), len(cells))
        cells = [
            *cells,
            *[np.zeros_like(cells[0])] * (self.words.shape[1] - len(cells)),
        ]
        slot, mask = self.home(cells), len(self.slots) - 1
        rows = np.arange(len(slot))
        code = np.empty(len(slot), np.int32)
        while len(rows):
            held = self.slots[slot]
            free = np.flatnonzero(held < 0)
            if len(free):
                self.add(cells, free, slot[free])
                held[free] = self.slots[slot[free]]
            code[rows] = held
            other = np.flatnonzero(differs(cells, list(self.words[held].T)))
            rows, cells = rows[other], [piece[other] for piece in cells]
            slot = (slot[other] + 1) & mask
        return code

    def add(self, cells: Sequence[UInt64], rows: Int64, at: Int64) -> None:
        """Number a word for each free slot: of the first of the rows that ask for it."""
        order = np.arange(len(rows), dtype=np.int32)
        self.slots[at[::-1]] = order[::-1]  # the last one written stands
        first = self.slots[at] == order
        new = np.arange(self.count, self.count + int(first.sum()), dtype=np.int32)
        self.slots[at[first]] = new
        for place, piece in enumerate(cells):
            self.words[new, place] = piece[rows[first]]
        self.count += len(new)

    def fit(self, size: int, pieces: int) -> None:
        """Make room for so many more words of so many pieces."""
        most = self.count + size
        capacity, wide = self.words.shape
        if pieces > wide or most > capacity:
            grown = np.zeros((max(capacity, 2 * most), max(wide, pieces)), np.uint64)
            grown[: self.count, :wide] = self.words[: self.count]
            self.words = grown
        if 2 * most > len(self.slots):
            self.slots = np.full(1 << (2 * most).bit_length(), -1, np.int32)
            self.rehash()

    def rehash(self) -> None:
        """Give every word its slot again."""
        words = self.words[: self.count]
        slot, mask = self.home(list(words.T)), len(self.slots) - 1
        rows = np.arange(self.count)
        while len(rows):
            at = slot[rows]
            free = self.slots[at] < 0
            self.slots[at[free]] = rows[free]
            rows = rows[self.slots[at] != rows]
            slot[rows] = (slot[rows] + 1) & mask

    def home(self, cells: Sequence[UInt64]) -> Int64:
        """(E,) the slot where the search for each cell begins; zeros at the end count nothing."""
        mixed = np.zeros_like(cells[0])
        for place, piece in enumerate(cells):
            mixed += piece * np.uint64(ODD * (2 * place + 1) % 2**64)
        mixed = (mixed ^ (mixed >> np.uint64(29))) * MIX
        bits = (len(self.slots) - 1).bit_length()
        found: Int64 = (mixed >> np.uint64(64 - bits)).astype(np.int64)
        return found

    def texts(self) -> list[str]:
        """The words by number, of UTF-8."""
        if not self.count:
            return []
        words = np.ascontiguousarray(self.words[: self.count].astype("<u8"))
        found = words.view(f"S{PIECE * words.shape[1]}").ravel().tolist()
        return b"\n".join(found).decode().split("\n")


def differs(one: Sequence[UInt64], other: Sequence[UInt64]) -> Bool:
    """(E,) whether any piece of two cells differs."""
    found: Bool = one[0] != other[0]
    for left, right in zip(one[1:], other[1:], strict=True):
        found |= left != right
    return found
