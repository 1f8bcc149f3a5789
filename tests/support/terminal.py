"""Run the command line on a pseudo-terminal, as a user sees it."""

from __future__ import annotations

import os
import pty
import select
import signal
import sys
import time
from dataclasses import dataclass

START = "from elegansc.__main__ import main\nmain()\n"


@dataclass(frozen=True)
class Shown:
    """What a terminal showed.

    Attributes:
        code: exit code.
        text: all of it, with the codes that erase and colour.
        gap: longest time without a byte, in seconds.
    """

    code: int
    text: str
    gap: float

    @property
    def left(self) -> str:
        """The text that stands there in the end: without the line that was erased."""
        lines = self.text.replace("\r\n", "\n").split("\n")
        return "\n".join(line.rpartition("\r\x1b[K")[2] for line in lines)


def shown(*words: str, interrupt_at: str = "", stop: float = 0) -> Shown:
    """`elegansc WORDS` on a terminal.

    Args:
        interrupt_at: press Ctrl-C once this is shown.
        stop: or after so many seconds; 0: never.
    """
    process, terminal = pty.fork()
    if process == 0:
        os.execv(sys.executable, [sys.executable, "-c", START, *words])
    begin = last = time.monotonic()
    found, gap, pressed = b"", 0.0, False
    while True:
        ready, _, _ = select.select([terminal], [], [], 0.1)
        now = time.monotonic()
        asked = (
            interrupt_at.encode() in found if interrupt_at else 0 < stop < now - begin
        )
        if asked and not pressed:
            os.kill(process, signal.SIGINT)
            pressed = True
        if not ready:
            continue
        try:
            data = os.read(terminal, 1 << 16)
        except OSError:  # Linux, once the other end is closed
            data = b""
        gap, last = max(gap, now - last), now
        if not data:
            break
        found += data
    os.close(terminal)
    _, status = os.waitpid(process, 0)
    code = os.waitstatus_to_exitcode(status)
    return Shown(code, found.decode("utf-8", "replace"), gap)
