"""What SECURITY.md promises: nothing is fetched or executed, and each promise has its tests."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.paths import ROOT

PAGE = (ROOT / "SECURITY.md").read_text()
XML = """<?xml version="1.0"?>
<!DOCTYPE graphml SYSTEM "http://127.0.0.1:9/x.dtd" [<!ENTITY e SYSTEM "http://127.0.0.1:9/e">]>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns"><graph edgedefault="directed">
<node id="A"/><node id="B"/><edge source="A" target="B"/></graph></graphml>
"""
# Runs elegansc where a connection, a program other than git, or an unpickled class is noted.
WATCHED = """
import json, os, sys
noted = []
def watch(event, given):
    if event.startswith(("socket.connect", "socket.getaddrinfo", "urllib.", "http.", "ftplib.")):
        noted.append(event)
    elif event in ("os.system", "os.exec", "os.posix_spawn", "pickle.find_class", "marshal.loads") and imported:
        noted.append(event)
    elif event == "subprocess.Popen" and os.path.basename(str(given[1][0])) != "git":
        noted.append(f"{event} {given[1]}")
imported = False
sys.addaudithook(watch)
from elegansc.cli.main import cli
status = {}
for words in json.loads(sys.argv[1]):
    try:
        cli.main(words, standalone_mode=True)
    except SystemExit as end:
        status[" ".join(words)] = end.code or 0
    except Exception as error:
        status[" ".join(words)] = type(error).__name__
if len(sys.argv) > 2:
    import socket
    try:
        socket.create_connection(("127.0.0.1", 9), 0.1)
    except OSError:
        pass
print(json.dumps([noted, status]), file=sys.__stderr__)
"""


class Program:
    """Runs a command where it is unpickled."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        import os

        return os.system, ("touch PWNED",)


def watched(
    folder: Path, *commands: list[str], connect: bool = False
) -> tuple[list[str], dict[str, object]]:
    """What was noted during commands, and how each ended."""
    command = [sys.executable, "-c", WATCHED, json.dumps(commands), *["x"] * connect]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    noted, status = json.loads(done.stderr.splitlines()[-1])
    return noted, status


def test_nothing_is_fetched_or_executed(tmp_path: Path) -> None:
    """Of files that ask for it in their own ways, and by the commands that only read."""
    pickled = io.BytesIO()
    np.save(pickled, np.array([[Program(), 1], [1, 1]], object), allow_pickle=True)
    (tmp_path / "pickle.npy").write_bytes(pickled.getvalue())
    (tmp_path / "entity.graphml").write_text(XML)
    (tmp_path / "url.csv").write_text(
        "pre,post,weight\nhttp://127.0.0.1:9/a,=HYPERLINK(1),3\n=HYPERLINK(1),__import__('os').system('touch PWNED'),2\n"
    )
    structure = ["--roles-table", "structure"]
    noted, status = watched(
        tmp_path,
        ["compile", "pickle.npy", "-o", "a.py"],
        ["compile", "entity.graphml", "-o", "b.py", *structure],
        ["compile", "url.csv", "-o", "c.py", "-q", *structure],
        ["status", "c.py"],
        ["diff", "url.csv", "c.py", "--summary"],
        ["diff", "url.csv", "c.py", "--summary", "--html", "page.html"],
        ["draw", "c.py", "-o", "c.html", "-q"],
        ["export", "url.csv", "-o", "d.graphml"],
        ["lint", "url.csv"],
    )
    assert noted == []
    assert not (tmp_path / "PWNED").exists()
    codes = list(status.values())
    assert codes[0] == 1 and codes[2:8] == [0] * 6


def test_a_connection_would_be_noted(tmp_path: Path) -> None:
    noted, _ = watched(tmp_path, ["connectomes"], connect=True)
    assert "socket.connect" in noted


def test_every_promise_names_tests_that_exist() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| **")]
    assert len(rows) == 8
    for row in rows:
        tests = re.findall(r"`(tests/[\w/.]+)`", row)
        assert tests, row
        for name in tests:
            assert (ROOT / name).exists(), name


@pytest.mark.parametrize("option", re.findall(r"`[a-z ]*(--[a-z]+)`", PAGE))
def test_options_that_the_page_names_exist(option: str) -> None:
    from elegansc.cli.main import cli

    command = cli.get_command(None, "verify")  # type: ignore[arg-type]
    assert command and option in {
        word for param in command.params for word in param.opts
    }


def test_limits_are_those_that_are_tested() -> None:
    text = (ROOT / "tests" / "readers" / "test_hostile_files.py").read_text()
    assert "MOST_MEMORY, MOST_SECONDS = 512 * 10**6, 10" in text
    assert "512 MB" in PAGE and "10 seconds" in PAGE
