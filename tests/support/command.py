"""Run the command line, in this process or in one of its own, and watch a folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner, Result

from elegansc.cli.main import cli

EDGES = "pre,post,weight\nS,I,2\nI,M,3\n"


def run(*words: str, stdin: str | bytes | None = None) -> Result:
    """`elegansc WORDS`, in this process; an error that gets out fails the test."""
    done = CliRunner().invoke(cli, words, input=stdin, prog_name="elegansc")
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def spawn(
    *words: str | bytes, code: str = "", path: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """`elegansc WORDS` in a process of its own.

    Args:
        code: Python that runs before the command.
        path: a folder that stands before all others on Python's path.
    """
    start = "from elegansc.__main__ import main\n"
    command = [sys.executable, "-c", f"{code}\n{start}main()", *words]
    environment = dict(os.environ)
    if path:
        environment["PYTHONPATH"] = str(path)
    return subprocess.run(command, capture_output=True, env=environment, check=False)


def contents(folder: Path) -> dict[str, bytes]:
    """Everything below a folder by path: bytes, or where a link points."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            data = b"-> " + os.fsencode(os.readlink(path))
        else:
            data = path.read_bytes() if path.is_file() else b"(folder)"
        found[str(path.relative_to(folder))] = data
    return found


def edited(data: bytes, old: bytes, new: bytes, *, sign: bool = False) -> bytes:
    """A generated module with one place changed; signed: its digest fits again."""
    from elegansc.module.header import body_digest

    assert data.count(old) == 1, f"{old!r} stands there {data.count(old)} times"
    first, second, body = data.replace(old, new).split(b"\n", 2)
    if sign:
        second = second[:-16] + body_digest(body).encode()
    return b"\n".join([first, second, body])
