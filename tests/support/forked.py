"""Processes that start with torch imported: forked from one that has done so.

`verify` runs every module in a process of its own. Here that is still so, but the
process is a fork of a server that has imported torch and its compiler's front end, which
alone take four seconds.
tests/verification/test_running.py holds this against processes that start anew.

Run as a script, this is the server: it reads requests and writes replies, a line of
JSON each, one at a time.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any


def run(
    command: Sequence[str],
    *,
    capture_output: bool,
    timeout: float,
    env: dict[str, str],
    check: bool,
) -> subprocess.CompletedProcess[bytes]:
    """`subprocess.run` of `python -c CODE WORDS`, by a fork of the server."""
    python, option, code, *words = command
    assert (python, option) == (sys.executable, "-c")
    assert capture_output and not check
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        wanted = {
            "code": code,
            "words": words,
            "environment": env,
            "folder": os.getcwd(),
            "files": [str(out), str(err)],
            "timeout": timeout,
        }
        status = ask(server(), wanted)
        if status is None:
            raise subprocess.TimeoutExpired(command, timeout)
        return subprocess.CompletedProcess(
            command, status, out.read_bytes(), err.read_bytes()
        )


@cache
def server() -> subprocess.Popen[bytes]:
    """The server of this process; it ends when this process closes its input."""
    command = [sys.executable, "-P", __file__]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    )


def ask(process: subprocess.Popen[bytes], wanted: dict[str, Any]) -> int | None:
    """The exit status of one child; None: it took too long."""
    assert process.stdin and process.stdout
    process.stdin.write(json.dumps(wanted).encode() + b"\n")
    process.stdin.flush()
    status: int | None = json.loads(process.stdout.readline())
    return status


def serve() -> None:
    """Answer every request by a child."""
    import gc

    import numpy
    import torch._dynamo  # which every generated module of a graph imports

    assert numpy and torch
    gc.freeze()  # no collection touches, and so copies, the pages that children share
    for line in iter(sys.stdin.buffer.readline, b""):
        wanted = json.loads(line)
        child = os.fork()
        if not child:
            execute(wanted)
        print(json.dumps(waited(child, wanted["timeout"])), flush=True)


def waited(child: int, seconds: float) -> int | None:
    """The exit status; None: killed after so many seconds."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def execute(wanted: dict[str, Any]) -> None:
    """Be the child: run the code as `python -c` does, and exit."""
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    for stream, file in enumerate(wanted["files"], 1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), stream)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    sys.argv = ["-c", *wanted["words"]]
    sys.path.insert(0, "")
    status = 0
    try:
        exec(compile(wanted["code"], "<string>", "exec"), {"__name__": "__main__"})
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    serve()
