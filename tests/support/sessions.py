"""A shell and a Python interpreter that a page talks to, block by block."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import Self

MARK = "=== the end of a block ==="
LIMIT = 600  # seconds a block may take
SIZES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS")
KEPT = ("LD_LIBRARY_PATH", "SSL_CERT_FILE", "TMPDIR", "COVERAGE_PROCESS_START", *SIZES)

LOOP = f"""
import ast, importlib, json, sys, traceback, warnings
warnings.simplefilter("ignore")
names = {{"__name__": "__main__"}}
for line in sys.stdin:
    source, page, above = json.loads(line)
    importlib.invalidate_caches()
    try:
        tree = ast.increment_lineno(ast.parse(source, page), above)
        exec(compile(tree, page, "exec"), names)
        code = 0
    except BaseException:
        traceback.print_exc()
        code = 1
    sys.stderr.flush()
    print("\\n{MARK}", code, flush=True)
"""


def environment(home: Path, path: str) -> dict[str, str]:
    """What a reader's shell knows: a home of its own, `path`, no colours, a name for git."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "gitconfig").write_text(
        "[user]\n\tname = Reader\n\temail = reader@example.org\n"
        "[init]\n\tdefaultBranch = main\n[advice]\n\tdefaultBranchName = false\n"
    )
    kept = {key: os.environ[key] for key in KEPT if key in os.environ}
    pip = {key: word for key, word in os.environ.items() if key.startswith("PIP_")}
    return {
        **kept,
        **pip,
        "PATH": path,
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_PAGER": "cat",
        "GIT_AUTHOR_DATE": "2000-01-01T00:00:00Z",
        "GIT_COMMITTER_DATE": "2000-01-01T00:00:00Z",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
        "COLUMNS": "100",
        "NO_COLOR": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }


class Session:
    """A process that reads a line, works, and prints the mark and an exit code."""

    def __init__(
        self, program: list[str], folder: Path, environment: dict[str, str]
    ) -> None:
        self.process = subprocess.Popen(
            program,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
        )

    def ask(self, line: str) -> tuple[int, str]:
        """The exit code and what was printed; a block that hangs is killed, and says so."""
        assert self.process.stdin and self.process.stdout
        watch = threading.Timer(LIMIT, self.kill)
        watch.start()
        seen = []
        try:
            self.process.stdin.write(line + "\n")
            self.process.stdin.flush()
            for printed in self.process.stdout:
                if printed.startswith(MARK):
                    return int(printed.removeprefix(MARK)), "".join(seen)[:-1]
                seen.append(printed)
        except BrokenPipeError:
            pass
        finally:
            watch.cancel()
        return 1, "".join(seen) + f"(ended, or took more than {LIMIT} seconds)\n"

    def kill(self) -> None:
        """End the process and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self.process.communicate()


class Shell(Session):
    """One bash for a whole page: `cd` and an activated venv last."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        super().__init__(["bash", "--noprofile", "--norc"], folder, environment)
        self.folder = folder
        self.environment = environment
        self.script = Path(environment["HOME"]) / "command.sh"

    def run(self, command: str) -> tuple[int, str]:
        """Run a command that finds nothing on its standard input."""
        self.script.write_text(command + "\n")
        return self.ask(f". '{self.script}' </dev/null; printf '\\n{MARK} %s\\n' $?")


class Interpreter:
    """The `python` that the shell finds, started when a block first asks for it."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.session: Session | None = None

    def run(self, source: str, page: str, line: int) -> tuple[int, str]:
        """Run a block whose fence stands in a line of a page, for its tracebacks."""
        if self.session is None:
            program = self.shell.run("type -P python")[1].strip()
            self.session = Session(
                [program, "-u", "-c", LOOP], self.shell.folder, self.shell.environment
            )
        return self.session.ask(json.dumps([source, page, line]))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.session is not None:
            self.session.__exit__()
