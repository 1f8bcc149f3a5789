"""Progress of a long read, for whoever listens to the log `elegansc.read`."""

from __future__ import annotations

import io
import logging

READING = logging.getLogger("elegansc.read")  # silent where nobody listens
STEP = 32 * 2**20  # bytes between two messages


class Bytes(io.BytesIO):
    """The bytes of a long text, which say how far they are read."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.size = len(data)

    def read1(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        before, found = self.tell(), super().read1(size)
        log_bytes(before, self.tell(), self.size)
        return found


def log_bytes(before: int, now: int, size: int) -> None:
    """Log how many of `size` bytes are read, at every STEP."""
    if now // STEP > before // STEP:
        READING.info("%d of %d MB", now >> 20, size >> 20)
