"""The results file: one finished run a line, appended with fsync, never changed.

A last line that a crash cut short is dropped; no other line is ever removed.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import BinaryIO

from ...errors import InputError, Location, visible
from ...files import WRITTEN
from ...names import plural
from ..protocol.protocol import Line, Run

SCHEMA = 1
KEYS = (
    "schema",
    "protocol",
    "task",
    "arm",
    "graph",
    "seed",
    "graph_digest",
    "model_digest",
    "data_digest",
    "neurons",
    "live",
    "synapses_kept",
    "synapses",
    "backward_share",
    "depth",
    "parameters",
    "curve",
    "best_epoch",
    "validation",
    "test",
    "status",
    "seconds",
)


class Results:
    """A results file open for appending, by one process at a time.

    Attributes:
        lines: of the finished runs, by run.
    """

    def __init__(self, path: Path, protocol: str) -> None:
        """Open or make the file.

        Args:
            protocol: the digest that every line must carry.

        Raises:
            InputError: it is of another protocol, damaged, in use, or can not be written.
        """
        from filelock import FileLock, Timeout

        self.path = path
        self.lock = FileLock(path.with_name(f".{path.name}.lock"))
        try:
            self.lock.acquire(timeout=0)
        except Timeout:
            hint = "wait for it, or write to another folder"
            raise InputError(str(path), "another process adds to it", hint) from None
        try:
            self.file: BinaryIO = path.open("a+b")
            self.lines, size = read(path, protocol)
            self.file.truncate(size)
        except OSError as error:
            self.lock.release()
            raise InputError(str(path), f"cannot be opened: {error.strerror}") from None
        except InputError:
            self.file.close()
            self.lock.release()
            raise

    def add(self, line: Line) -> None:
        """Append a finished run; it is on the disk when this returns.

        Raises:
            InputError: it can not be written; the file is as it was before.
        """
        data = json.dumps(line, allow_nan=False).encode() + b"\n"
        size = self.file.seek(0, os.SEEK_END)
        try:
            self.file.write(data)
            self.file.flush()
            os.fsync(self.file.fileno())
        except OSError as error:
            with suppress(OSError):
                os.ftruncate(self.file.fileno(), size)
            kept = f"{plural(len(self.lines), 'finished run')} before it stay"
            hint = f"{kept}; make room and give the same command again"
            seen = f"cannot be written: {error.strerror}"
            raise InputError(str(self.path), seen, hint) from None
        WRITTEN.info("%s", visible(str(self.path)))
        self.lines[run_of(line)] = line

    def __enter__(self) -> Results:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError):  # what could not be written was said
            self.file.close()
        self.lock.release()


def run_of(line: Line) -> Run:
    """The run of a line."""
    return Run(line["task"], line["arm"], line["graph"], line["seed"])


def read(path: Path, protocol: str) -> tuple[dict[Run, Line], int]:
    """The finished runs, and the length in bytes of their complete lines.

    Raises:
        InputError: no plain file; or a line is of another protocol, malformed, or a
            duplicate.
    """
    if not path.is_file():  # /dev/full is read without end
        raise InputError(str(path), "is no plain file", "name another one")
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    found: dict[Run, Line] = {}
    for number, text in enumerate(whole.splitlines(), 1):
        at = Location(str(path), number)
        line = parsed(text, at)
        if line["protocol"] != protocol:
            digests = f"protocol {line['protocol']:.12}, here {protocol:.12}"
            seen = f"a run of other settings or images: {digests}"
            hint = "results of two settings never mix: write to another place"
            raise InputError(at, seen, hint)
        run = run_of(line)
        if run in found:
            raise InputError(at, f"{run.text} stands there twice", "remove one line")
        found[run] = line
    return found, len(whole)


def parsed(text: bytes, at: Location) -> Line:
    """A line as data.

    Raises:
        InputError: it is no JSON, lacks a key, or has a value of another type.
    """
    try:
        line = json.loads(text)
    except ValueError as error:
        hint = "repair or remove the line: its run is done again"
        raise InputError(at, f"no JSON: {error}", hint) from None
    missing = [key for key in KEYS if not isinstance(line, dict) or key not in line]
    if missing or line["schema"] != SCHEMA:
        seen = f"lacks {missing[0]}" if missing else f"schema {line['schema']}"
        raise InputError(
            at, f"no result of this elegansc: {seen}", "write to another place"
        )
    kinds = {"protocol": str, "task": str, "arm": str, "graph": int, "seed": int}
    wrong = next(
        (key for key, kind in kinds.items() if type(line[key]) is not kind), ""
    )
    if wrong:
        raise InputError(at, f"{wrong}: {line[wrong]!r:.40} is none", "remove the line")
    return dict(line)
