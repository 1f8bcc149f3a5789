"""Progress of long work: one line at the foot of a terminal, and what was written so far."""

from __future__ import annotations

import logging
import shutil
import sys
import threading
from time import monotonic
from typing import Any, TextIO

PATIENCE = 1.0  # seconds of silence until the line is shown
TICK = 0.5  # seconds between two looks
ERASE = "\r\x1b[K"
QUIET = {"-q", "--quiet"}


class Line(threading.Thread):
    """A line that says what the work is at and for how long; erased by whatever is printed.

    Args:
        stream: the terminal.
        text: what is shown until a step says something.
    """

    def __init__(self, stream: TextIO, text: str) -> None:
        super().__init__(daemon=True)
        self.stream, self.text = stream, text
        self.begin = self.last = monotonic()
        self.shown, self.ends = "", threading.Event()
        self.lock = threading.RLock()

    def run(self) -> None:
        """Show the line until the end."""
        while not self.ends.wait(TICK):
            self.tick(monotonic())

    def tick(self, now: float) -> None:
        """Draw the line anew, if nobody has printed for a while."""
        with self.lock:
            if now - self.last < PATIENCE or self.ends.is_set():
                return
            width = shutil.get_terminal_size().columns
            text = f"{self.text}, {now - self.begin:.0f} s"[: width - 1]
            if text != self.shown:
                self.put(ERASE + text)
                self.shown = text

    def put(self, text: str) -> None:
        """Write to the terminal at once; one that is gone is left alone."""
        try:
            self.stream.write(text)
            self.stream.flush()
        except (OSError, ValueError):
            self.ends.set()

    def erase(self) -> None:
        """Take the line away: something else is printed."""
        with self.lock:
            if self.shown:
                self.put(ERASE)
            self.shown, self.last = "", monotonic()

    def end(self) -> None:
        """Take the line away for good."""
        self.ends.set()
        self.erase()


class Watched:
    """A stream of the terminal: before anything is written to it, the line is erased."""

    def __init__(self, stream: TextIO, line: Line) -> None:
        self.stream, self.line = stream, line

    def write(self, text: str) -> int:
        """Write a text in place of the line."""
        with self.line.lock:
            if text:
                self.line.erase()
            return self.stream.write(text)

    @property
    def buffer(self) -> Any:
        """The stream of bytes, which somebody is about to write to."""
        self.line.erase()
        return self.stream.buffer

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


class Steps(logging.Handler):
    """Takes what the steps say: the text of the line, and the files that were written."""

    def __init__(self) -> None:
        super().__init__()
        self.line: Line | None = None
        self.written: dict[str, None] = {}  # files, in the order of their first writing

    def emit(self, record: logging.LogRecord) -> None:
        """Take one message, of `elegansc.search` and so on."""
        step, text = record.name.rpartition(".")[2], record.getMessage()
        if step == "written":
            self.written[text] = None
        elif self.line is not None:
            self.line.text = f"{step:<9} {text}"


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
    seen = sys.stderr is not None and sys.stderr.isatty()
    if not seen or QUIET & set(sys.argv):
        return
    line = STEPS.line = Line(sys.stderr, f"{command:<9} at work")
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and stream.isatty():
            setattr(sys, name, Watched(stream, line))
    line.start()


def end_progress() -> None:
    """Take the line away, and the streams as they were."""
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
