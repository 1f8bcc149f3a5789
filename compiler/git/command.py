"""Run git."""

from __future__ import annotations

import subprocess

from ..errors import InputError


def git(*words: str, stdin: bytes = b"") -> bytes:
    """The output of a git command; a word of the user's goes to it by stdin or after `--`.

    Raises:
        InputError: git is not installed, or fails.
    """
    try:
        done = subprocess.run(["git", *words], input=stdin, capture_output=True)
    except OSError as error:
        gone = isinstance(error, FileNotFoundError)
        why = "not found" if gone else f"can not be run: {error.strerror}"
        raise InputError("git", why, "install it") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        hint = f"git {words[0]} said so"
        raise InputError("git", said.removeprefix("fatal: ") or "failed", hint)
    return done.stdout


def decoded(output: bytes) -> str:
    """Names of files, with surrogate escapes where they are not UTF-8."""
    return output.decode("utf-8", "surrogateescape")
