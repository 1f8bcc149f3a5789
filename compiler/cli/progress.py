"""Progress of long work: one line at the foot of a terminal, and what was written so far."""

from __future__ import annotations

import logging
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from struct import Struct
from threading import current_thread, main_thread
from time import monotonic, sleep
from types import FrameType
from typing import Any, TextIO

PATIENCE = 1.0  # seconds of silence until the line is shown
TICK = 0.5  # seconds between two looks
ERASE = "\r\x1b[K"
QUIET = {"-q", "--quiet"}
STATE = Struct(
    "<d?i"
)  # when something was printed, whether the line is shown, its length
SIZE = 4096  # bytes that both processes share


class Line:
    """A line that says what the work is at and for how long; erased by whatever is printed.

    A process of its own draws it: some steps hold the interpreter for seconds. Both share
    a piece of memory, and a lock, which the death of either gives back.

    Args:
        stream: the terminal.
        text: what is shown until a step says something.
    """

    def __init__(self, stream: TextIO, text: str) -> None:
        import mmap

        self.stream, self.begin, self.drawer = stream, monotonic(), 0
        self.file = tempfile.TemporaryFile()  # noqa: SIM115 (it lives as long)
        self.file.truncate(SIZE)
        self.memory = mmap.mmap(self.file.fileno(), SIZE)
        self.keep(self.begin, False, text)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep the other process from the terminal and from the memory."""
        import fcntl

        fcntl.lockf(self.file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self.file, fcntl.LOCK_UN)

    def keep(self, last: float, shown: bool, text: str) -> None:
        """Share when something was printed, whether the line is shown, and its text."""
        data = text.encode("utf-8", "replace")[: SIZE - STATE.size]
        STATE.pack_into(self.memory, 0, last, shown, len(data))
        self.memory[STATE.size : STATE.size + len(data)] = data

    def state(self) -> tuple[float, bool, str]:
        """What is shared, in the order of `keep`."""
        last, shown, size = STATE.unpack_from(self.memory)
        data = self.memory[STATE.size : STATE.size + size]
        return last, shown, data.decode("utf-8", "replace")

    @property
    def text(self) -> str:
        """What the work is at."""
        return self.state()[2]

    def say(self, text: str) -> None:
        """Say what the work is at from now on."""
        with self.locked():
            last, shown, _ = self.state()
            self.keep(last, shown, text)

    def start(self) -> None:
        """Start the process that draws."""
        parent = os.getpid()
        sys.stdout.flush()
        self.stream.flush()
        self.drawer = os.fork()
        if self.drawer:
            return
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            while os.getppid() == parent:
                sleep(TICK)
                self.tick(monotonic())
            with self.locked():
                self.erase()
        finally:
            os._exit(0)

    def tick(self, now: float) -> None:
        """Draw the line anew, if nobody has printed for a while."""
        with self.locked():
            last, _, text = self.state()
            if now - last < PATIENCE:
                return
            width = shutil.get_terminal_size().columns
            self.put(ERASE + f"{text}, {now - self.begin:.0f} s"[: width - 1])
            self.keep(last, True, text)

    def put(self, text: str) -> None:
        """Write to the terminal at once; one that is gone is left alone."""
        with suppress(OSError, ValueError):
            self.stream.write(text)
            self.stream.flush()

    def erase(self) -> None:
        """Take the line away: something else is printed. The lock is held."""
        _, shown, text = self.state()
        if shown:
            self.put(ERASE)
        self.keep(monotonic(), False, text)

    def end(self) -> None:
        """Take the line away for good."""
        with self.locked():
            self.erase()
            if self.drawer:
                os.kill(self.drawer, signal.SIGKILL)
        if self.drawer:
            os.waitpid(self.drawer, 0)
        self.memory.close()
        self.file.close()


class Watched:
    """A stream of the terminal: before anything is written to it, the line is erased."""

    def __init__(self, stream: TextIO, line: Line) -> None:
        self.stream, self.line = stream, line

    def write(self, text: str) -> int:
        """Write a text in place of the line."""
        with self.line.locked():
            if text:
                self.line.erase()
            found = self.stream.write(text)
            self.stream.flush()
            return found

    @property
    def buffer(self) -> Any:
        """The stream of bytes, which somebody is about to write to."""
        with self.line.locked():
            self.line.erase()
        return self.stream.buffer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class Steps(logging.Handler):
    """Takes what the steps say: the text of the line, and the files that were written.

    The next step is also where a Ctrl-C stops the work that Python or a library has
    swallowed: raised in a finalizer, or where somebody catches all.
    """

    def __init__(self) -> None:
        super().__init__()
        self.line: Line | None = None
        self.written: dict[str, None] = {}  # files, in the order of their first writing
        self.interrupted = False

    def emit(self, record: logging.LogRecord) -> None:
        """Take one message, of `elegansc.search` and so on."""
        step, text = record.name.rpartition(".")[2], record.getMessage()
        if step == "written":  # of a set of files others may follow: no place to stop
            self.written[text] = None
            return
        if self.line is not None:
            self.line.say(f"{step:<9} {text}")
        self.stop_if_interrupted()

    def interrupt(self, number: int, frame: FrameType | None) -> None:
        """Remember Ctrl-C, and raise it as Python does: a handler of signals."""
        self.interrupted = True
        raise KeyboardInterrupt

    def stop_if_interrupted(self) -> None:
        """Raise the Ctrl-C that nobody has answered."""
        if self.interrupted:
            self.interrupted = False
            raise KeyboardInterrupt


STEPS = Steps()


def show_progress(command: str) -> None:
    """Listen to the steps; on a terminal show them, unless somebody asked for quiet.

    Args:
        command: stands in the line until a step says something.
    """
    end_progress()
    log = logging.getLogger("elegansc")
    log.setLevel(logging.INFO)
    log.handlers = [STEPS]
    STEPS.written.clear()
    STEPS.interrupted = False
    usual = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if usual and current_thread() is main_thread():
        signal.signal(signal.SIGINT, STEPS.interrupt)
    seen = sys.stderr is not None and sys.stderr.isatty()
    able = hasattr(os, "fork") and os.environ.get("TERM") != "dumb"
    if not seen or not able or QUIET & set(sys.argv):
        return
    line = STEPS.line = Line(sys.stderr, f"{command:<9} at work")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and stream.isatty():
            setattr(sys, name, Watched(stream, line))
    line.start()


def end_progress() -> None:
    """Take the line away; the streams and Ctrl-C are again what they were."""
    if signal.getsignal(signal.SIGINT) == STEPS.interrupt:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    line, STEPS.line = STEPS.line, None
    if line is None:
        return
    line.end()
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, Watched):
            setattr(sys, name, stream.stream)


def so_far() -> str:
    """What was written until now, for who interrupts."""
    files = [*STEPS.written]
    if not files:
        return "no file was written"
    more = f" and {len(files) - 1:,} more files before it" if files[1:] else ""
    return f"written: {files[-1]}{more}"
