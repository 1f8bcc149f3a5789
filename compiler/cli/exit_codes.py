"""Errors as messages and exit codes: 1 the input, 2 the command line, 70 our bug."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from .colours import echo_error
from .help import Sections

BUG = 70
INTERRUPTED = 130


class Commands(Sections):
    """A group that turns the errors of its commands into messages and exit codes."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        """Read the command line; --help and --version print from here."""
        with told():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command."""
        from .progress import end_progress

        try:
            with told():
                return super().invoke(ctx)
        finally:
            end_progress()


@contextmanager
def told() -> Iterator[None]:
    """Turn errors into messages and exit codes, never into tracebacks."""
    from .progress import STEPS, so_far

    try:
        yield
        STEPS.stop_if_interrupted()
    except click.NoSuchOption as error:
        say_no_effect(error)
        raise
    except (click.ClickException, click.exceptions.Exit, click.Abort):
        raise
    except KeyboardInterrupt:
        fail(f"elegansc: interrupted; {so_far()}", INTERRUPTED)
    except BrokenPipeError:
        drop_stdout()
        sys.exit(1)
    except OSError as error:
        drop_stdout()
        place = os.fsdecode(error.filename) if error.filename else "elegansc"
        hint = "look at the path, at its rights, at the space left"
        if error.errno == errno.EBADF:
            place, hint = "standard output", "it is closed: give it a file or a pipe"
        fail(f"{place}: {error.strerror or error}\n  {hint}", 1)
    except MemoryError:
        fail("elegansc: not enough memory for this graph", 1)
    except Exception as error:
        answer(error)


def answer(error: Exception) -> None:
    """Print an error that elegansc raised and exit by its kind; others are our bug."""
    from ..errors import CompilerError, InputError, UsageError, VerifyError

    match error:
        case InputError():
            fail(str(error), 1)
        case UsageError():
            fail(f"elegansc: {error}", 2)
        case VerifyError():
            bug(error)
        case CompilerError():
            fail(f"elegansc: {error}", 1)
        case _:
            bug(error)


def say_no_effect(error: click.NoSuchOption) -> None:
    """Exit if a command was given an option of models that changes nothing for it."""
    from .flags import is_of_models

    flag, command = error.option_name, error.ctx and error.ctx.info_name
    if command and is_of_models(flag):
        fail(f"elegansc: {flag} has no effect on {command}; leave it out", 2)


def open_standard_streams() -> None:
    """Occupy the descriptors of closed standard streams; writing to a closed stdout fails.

    Otherwise the next file that is opened would take the place of the stream, and what is
    printed would go into it.
    """
    for descriptor in range(3):
        try:
            os.fstat(descriptor)
        except OSError:
            flag = os.O_WRONLY if descriptor == 2 else os.O_RDONLY
            os.open(os.devnull, flag)  # takes the lowest free one: this
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def fail(message: str, code: int) -> None:
    """Print a message on stderr and exit."""
    complain(message)
    sys.exit(code)


def complain(message: str) -> None:
    """Print a message on stderr, its control characters escaped."""
    from ..errors import visible

    echo_error("\n".join(map(visible, message.split("\n"))))


def drop_stdout() -> None:
    """Discard the buffered output of a stdout that is closed or full."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def bug(error: Exception) -> None:
    """Report an internal error and exit."""
    if os.environ.get("ELEGANSC_TRACEBACK"):
        raise error
    notes = " ".join(getattr(error, "__notes__", ()))
    message = f"elegansc: our bug: {type(error).__name__}: {error} {notes}".rstrip()
    fail(f"{message}\n  ELEGANSC_TRACEBACK=1 shows where; please report it", BUG)
