"""A library is imported where a file needs it, and nowhere else."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import spawn

READERS = (
    "backports h5py igraph lxml networkx openpyxl pandas polars pyarrow python_calamine "
    "scipy.io sqlite3 xlrd"
).split()
# What none but other commands and other formats needs.
OPTIONAL = (
    *READERS,
    *("compression", "filelock", "lightning_fabric", "matplotlib", "onnx", "ray"),
    *("safetensors", "torch", "torchvision"),
)
WITHOUT = f"""
import sys
for name in {OPTIONAL!r}:
    sys.modules[name] = None
"""
PROGRAM = f"""
import sys
from elegansc.readers.parse import parse
parse(b"pre,post,weight\\nA,B,1\\nB,C,2\\n", "worm.csv")
print([name for name in {[*READERS, "scipy", "zipfile"]!r} if name in sys.modules])
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a connectome in it."""
    monkeypatch.chdir(tmp_path)
    Path("worm.csv").write_text("pre,post,weight\nS,A,1\nA,B,2\nB,A,1\nB,M,1\n")
    return tmp_path


def test_a_text_is_read_without_the_libraries_of_other_formats() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("words", [["--help"], ["compile", "worm.csv", "-o", "m.py"]])
def test_help_and_a_compile_import_no_library_of_a_reader(words: list[str]) -> None:
    command = [sys.executable, "-X", "importtime", "-m", "elegansc", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    imported = set(re.findall(r"^import time:.*\| +(\S+)$", done.stderr, re.MULTILINE))
    assert "elegansc.cli.main" in imported
    assert not imported & {*OPTIONAL}


def test_a_text_is_compiled_where_all_that_is_optional_is_absent() -> None:
    done = spawn("compile", "worm.csv", "-o", "m.py", code=WITHOUT)
    assert done.returncode == 0, done.stderr
    found = Path("m.py").read_bytes()
    assert spawn("compile", "worm.csv", "-o", "n.py").returncode == 0
    assert Path("n.py").read_bytes() == found


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"PAR1", "pip install pyarrow"),
        (b"ARROW1\0\0", "pip install pyarrow"),
        (b"\x89HDF\r\n\x1a\n", "pip install h5py"),
        (b"\x28\xb5\x2f\xfd", "pip install backports.zstd"),
    ],
)
def test_a_library_that_is_missing_is_named(data: bytes, told: str) -> None:
    Path("worm").write_bytes(data)
    done = spawn("compile", "worm", "-o", "m.py", code=WITHOUT)
    assert done.returncode == 1
    assert done.stderr.startswith(b"worm: ")
    assert told in done.stderr.decode()
    assert b"Traceback" not in done.stderr
