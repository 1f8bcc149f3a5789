"""Measure: run the user's command on a model and read the number that it prints."""

from __future__ import annotations

import math
import os
import shlex
import signal
import statistics
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..names import plain
from ..readers.delimited import weight_of

SKIP = 125  # exit code for a model that can not be tested, as in `git bisect run`
TAIL = 65_536  # bytes of an output that are read, from its end
STDERR_LINES_SHOWN = 20  # lines of an error output that a message shows
GRACE = 2.0  # seconds between asking a command to end and ending it
HINT = "--keep-models DIR keeps the models, to run it by hand"


class Skipped(Exception):
    """A model that can not be tested, and why."""


@dataclass(frozen=True)
class Command:
    """The command to run on each model, without a shell.

    Attributes:
        words: `{}` stands for the path of the model, which comes last if no word has it.
        repeat: runs of each model; timeout: of one run, in seconds.
    """

    words: tuple[str, ...]
    repeat: int = 1
    timeout: float | None = None

    def __str__(self) -> str:
        text = shlex.join(self.words)
        return text if len(text) <= 60 else text[:57] + "..."

    def numbers(self, model: Path) -> tuple[float, ...]:
        """The numbers that it prints, one a run.

        Raises:
            InputError: it fails, takes too long, or prints no number. Skipped: exit 125.
        """
        return tuple(self.number(model, run) for run in range(self.repeat))

    def number(self, model: Path, run: int) -> float:
        """The number that one run prints; its output files lie beside the model."""
        here = {"ELEGANSC_MODEL": str(model), "ELEGANSC_RUN": str(run)}
        out, err = model.with_suffix(".out"), model.with_suffix(".err")
        with out.open("wb") as stdout, err.open("wb") as stderr:
            try:
                process = subprocess.Popen(
                    filled(self.words, str(model)),
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    env={**os.environ, **here},
                    start_new_session=True,  # so that its children end with it
                )
            except (OSError, ValueError) as error:
                why = getattr(error, "strerror", None) or str(error)
                hint = "it is run without a shell: give the program, then its arguments"
                raise InputError(str(self), f"cannot be run: {why}", hint) from None
            code = self.wait(process)
        if code == SKIP:
            raise Skipped(f"exit {SKIP}")
        if code:
            how = f"exit {code}" if code > 0 else f"killed by {signal_name(-code)}"
            raise InputError(str(self), how + end_of_output("stderr", tail(err)), HINT)
        return self.read(tail(out))

    def wait(self, process: subprocess.Popen[bytes]) -> int:
        """Wait for the exit code; on any error, end the command."""
        try:
            return process.wait(self.timeout)
        except subprocess.TimeoutExpired:
            seen = f"no end after {self.timeout:g} s"
            raise InputError(str(self), seen, "give it more with --timeout") from None
        finally:
            if process.returncode is None:
                end(process)

    def read(self, lines: list[str]) -> float:
        """The number in the last line."""
        last = next((line.strip() for line in reversed(lines) if line.strip()), None)
        if last is None:
            hint = "let the last line that it prints be the number"
            raise InputError(str(self), "printed nothing on stdout", hint)
        number = weight_of(last)
        if math.isnan(number):
            seen = f"the last line of its stdout is {plain(last)}, no finite number"
            raise InputError(str(self), seen, "let it be the number alone")
        return number


def filled(words: tuple[str, ...], model: str) -> list[str]:
    """The words with the path of the model filled in."""
    if not any("{}" in word for word in words):
        return [*words, model]
    return [word.replace("{}", model) for word in words]


def end(process: subprocess.Popen[bytes]) -> None:
    """Terminate a command and its children, then kill them."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, sign)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE)


def tail(path: Path) -> list[str]:
    """The last lines of a file."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        return file.read().decode("utf-8", "replace").splitlines()


def end_of_output(title: str, lines: list[str]) -> str:
    """The last lines of an output, to stand below a message."""
    if not lines:
        return f", nothing on {title}"
    return f"; its {title} ends:" + "".join(
        f"\n  | {x}" for x in lines[-STDERR_LINES_SHOWN:]
    )


def signal_name(number: int) -> str:
    """SIGKILL for 9."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def median(numbers: tuple[float, ...]) -> float:
    """The median."""
    return statistics.median(numbers)


def spread(numbers: tuple[float, ...]) -> float:
    """The range of the numbers of one model."""
    return max(numbers) - min(numbers)
