"""A results file: one finished run a line, appended with fsync, never changed.

A last line that a crash cut short is dropped; no other line is ever removed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Generic, Protocol, Self, TypeVar

from ...errors import InputError, Location, visible
from ...files import WRITTEN
from ...names import plural
from ..protocol.protocol import Line


class Named(Protocol):
    """What identifies a run: hashable, with words for messages."""

    @property
    def text(self) -> str:
        """Its name in a message."""

    def __hash__(self) -> int: ...


Key = TypeVar("Key", bound=Named)


@dataclass(frozen=True, slots=True)
class Form(Generic[Key]):
    """The form of the lines of a results file.

    Attributes:
        keys: that every line has; kinds: the types of some of them.
        key_of: the identity of a line's run.
    """

    schema: int
    keys: tuple[str, ...]
    kinds: Mapping[str, type]
    key_of: Callable[[Line], Key]


class Appended(Generic[Key]):
    """A results file open for appending, by one process at a time.

    Attributes:
        lines: of the finished runs, by run.
    """

    def __init__(self, path: Path, protocol: str, form: Form[Key]) -> None:
        """Open or make the file.

        Args:
            protocol: the digest that every line must carry.
            form: of the lines.

        Raises:
            InputError: it is of another protocol, damaged, in use, or can not be written.
        """
        from filelock import FileLock, Timeout

        self.path, self.form = path, form
        self.lock = FileLock(path.with_name(f".{path.name}.lock"))
        try:
            self.lock.acquire(timeout=0)
        except Timeout:
            hint = "wait for it, or write to another folder"
            raise InputError(str(path), "another process adds to it", hint) from None
        try:
            self.file: BinaryIO = path.open("a+b")
            self.lines, size = read(path, protocol, form)
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
        self.lines[self.form.key_of(line)] = line

    def __enter__(self) -> Self:
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


def read(path: Path, protocol: str, form: Form[Key]) -> tuple[dict[Key, Line], int]:
    """The finished runs, and the length in bytes of their complete lines.

    Raises:
        InputError: no plain file; or a line is of another protocol, malformed, or a
            duplicate.
    """
    if not path.is_file():  # /dev/full is read without end
        raise InputError(str(path), "is no plain file", "name another one")
    data = path.read_bytes()
    whole = data[: data.rfind(b"\n") + 1]
    found: dict[Key, Line] = {}
    for number, text in enumerate(whole.splitlines(), 1):
        at = Location(str(path), number)
        line = parsed(text, at, form)
        if line["protocol"] != protocol:
            digests = f"protocol {line['protocol']:.12}, here {protocol:.12}"
            seen = f"a run of other settings or images: {digests}"
            hint = "results of two settings never mix: write to another place"
            raise InputError(at, seen, hint)
        run = form.key_of(line)
        if run in found:
            raise InputError(at, f"{run.text} stands there twice", "remove one line")
        found[run] = line
    return found, len(whole)


def parsed(text: bytes, at: Location, form: Form[Key]) -> Line:
    """A line as data.

    Raises:
        InputError: it is no JSON, lacks a key, or has a value of another type.
    """
    try:
        line = json.loads(text)
    except ValueError as error:
        hint = "repair or remove the line: its run is done again"
        raise InputError(at, f"no JSON: {error}", hint) from None
    missing = [
        key for key in form.keys if not isinstance(line, dict) or key not in line
    ]
    if missing or line["schema"] != form.schema:
        seen = f"lacks {missing[0]}" if missing else f"schema {line['schema']}"
        raise InputError(
            at, f"no result of this elegansc: {seen}", "write to another place"
        )
    wrong = next(
        (key for key, kind in form.kinds.items() if type(line[key]) is not kind), ""
    )
    if wrong:
        raise InputError(at, f"{wrong}: {line[wrong]!r:.40} is none", "remove the line")
    return dict(line)
