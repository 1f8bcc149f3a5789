"""Compiles of files that are made to hurt, each in a process of its own, within limits.

Each process is a fork of a server that has imported what a compile of text needs, so that
its memory is what the file costs beside that. Run as a script, this is the server: it reads
paths and writes accounts, a line of JSON each, one at a time.
"""

from __future__ import annotations

import atexit
import json
import os
import resource
import subprocess
import sys
import tempfile
import traceback
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SECONDS = 40  # of CPU, after which a process is ended
ROOM = 4 * 2**30  # bytes of addresses that a process may have


@dataclass(frozen=True)
class Account:
    """What became of a compile: its status, its words, and what it took.

    Attributes:
        status: of the process; below 0 the signal that ended it.
        memory: bytes at most at a time; seconds: of CPU.
    """

    status: int
    said: str
    memory: int
    seconds: float


def compiled(path: Path, folder: Path) -> Account:
    """`elegansc compile PATH`, run in a folder."""
    process = server()
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps([str(path), str(folder)]).encode() + b"\n")
    process.stdin.flush()
    return Account(**json.loads(process.stdout.readline()))


@cache
def server() -> subprocess.Popen[bytes]:
    """The server of this process; it ends when this process closes its input."""
    command = [sys.executable, "-P", __file__]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )
    atexit.register(process.communicate)
    return process


def serve() -> None:
    """Answer every request by a child."""
    import networkx
    import scipy.io

    from elegansc.cli.compile import compile_command
    from elegansc.readers.parse import parse

    assert compile_command and networkx and parse and scipy
    for line in iter(sys.stdin.buffer.readline, b""):
        path, folder = json.loads(line)
        with tempfile.NamedTemporaryFile() as words:
            child = os.fork()
            if not child:
                execute(path, folder, words.fileno())
            _, status, used = os.wait4(child, 0)
            words.seek(0)
            kilo = 1 if sys.platform == "darwin" else 1024
            account = {
                "status": os.waitstatus_to_exitcode(status),
                "said": words.read(100_000).decode(errors="replace"),
                "memory": used.ru_maxrss * kilo,
                "seconds": used.ru_utime + used.ru_stime,
            }
        print(json.dumps(account), flush=True)


def execute(path: str, folder: str, words: int) -> None:
    """Be the child: compile, and exit."""
    from elegansc.cli.main import cli

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (ROOM, ROOM))
    os.chdir(folder)
    os.dup2(words, 1)
    os.dup2(words, 2)
    options = ("--roles-table", "structure", "-o", "out.py", "--force")
    status = 99
    try:
        cli(["compile", path, *options], prog_name="elegansc")
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    serve()
