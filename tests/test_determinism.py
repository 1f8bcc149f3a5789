"""The same bytes whatever the order of the rows, the folder, the locale, the hash seed."""

from __future__ import annotations

import locale
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.paths import BUNDLED

import elegansc
from elegansc.errors import InputError

SOURCE = BUNDLED / "witvliet2021-3.csv"
WORDS = [sys.executable, "-m", "elegansc", "compile", "--label", "worm.csv", "-q"]


def shuffled(path: Path) -> bytes:
    """A CSV with its rows back to front, every second one first."""
    header, *rows = path.read_bytes().splitlines(keepends=True)
    return header + b"".join(rows[::2][::-1] + rows[1::2])


@pytest.fixture(scope="module")
def expected() -> bytes:
    """What this process writes."""
    (data,) = elegansc.compile(str(SOURCE), label="worm.csv").files.values()
    return data


def spawned(
    *words: str, stdin: bytes = b"", cwd: Path | None = None, **environment: str
) -> bytes:
    """What a process of its own writes to stdout."""
    done = subprocess.run(
        [*WORDS, *words],
        input=stdin,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def test_twice_in_one_process(expected: bytes) -> None:
    (again,) = elegansc.compile(str(SOURCE), label="worm.csv").files.values()

    assert again == expected


def test_rows_in_another_order(expected: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(shuffled(SOURCE))

    (found,) = elegansc.compile(str(path), label="worm.csv").files.values()
    assert found == expected


@pytest.mark.parametrize("seed", ["0", "1", "4294967295", "random"])
def test_another_hash_seed(seed: str, expected: bytes) -> None:
    assert spawned(str(SOURCE), PYTHONHASHSEED=seed) == expected


def test_another_folder_and_a_relative_path(expected: bytes, tmp_path: Path) -> None:
    assert spawned(str(SOURCE), cwd=tmp_path) == expected
    assert spawned(SOURCE.name, cwd=SOURCE.parent) == expected


def test_standard_input(expected: bytes) -> None:
    assert spawned("-", stdin=SOURCE.read_bytes()) == expected
    assert spawned("-", stdin=shuffled(SOURCE)) == expected


def test_a_file_instead_of_stdout(expected: bytes, tmp_path: Path) -> None:
    spawned(str(SOURCE), "-o", str(tmp_path / "model.py"))

    assert (tmp_path / "model.py").read_bytes() == expected


@pytest.mark.slow
@pytest.mark.parametrize(
    "environment",
    [
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "C.UTF-8"},
        {"LC_ALL": "tr_TR.UTF-8"},
        {"TZ": "Pacific/Kiritimati"},
        {"PYTHONIOENCODING": "latin-1"},
        {"COLUMNS": "40", "NO_COLOR": "1", "TERM": "dumb"},
        {"OMP_NUM_THREADS": "3", "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3"},
        {"SOURCE_DATE_EPOCH": "0", "USER": "nobody", "HOME": "/nowhere"},
    ],
    ids=lambda e: next(iter(e.items())),
)
def test_another_environment(environment: dict[str, str], expected: bytes) -> None:
    name = environment.get("LC_ALL")
    if name:
        was = locale.setlocale(locale.LC_ALL)
        try:
            locale.setlocale(locale.LC_ALL, name)
        except locale.Error:
            pytest.skip(f"no locale {name} here")
        finally:
            locale.setlocale(locale.LC_ALL, was)

    assert spawned(str(SOURCE), **environment) == expected


@pytest.mark.slow
def test_optimised_python(expected: bytes) -> None:
    words = [sys.executable, "-OO", *WORDS[1:], str(SOURCE)]

    assert subprocess.run(words, capture_output=True, check=True).stdout == expected


def compiled(rows: list[str]) -> bytes | None:
    """The model of rows of a CSV; None where no sensor reaches a motor."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "toy.csv")
        path.write_text("\n".join(["pre,post,kind,weight", *rows]) + "\n")
        try:
            (data,) = elegansc.compile(
                str(path), roles_table="structure", inputs=("A", "B"), outputs=("G",)
            ).files.values()
        except (InputError, elegansc.UsageError):
            return None
        return data


Row = tuple[str, str, str, int]


@st.composite
def files(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Rows, and the same with some split in two, in another order."""
    cell = st.sampled_from("ABCDEFG")
    kind = st.sampled_from(["chemical", "chemical", "electrical"])
    row = st.tuples(cell, cell, kind, st.integers(1, 9))
    rows = draw(st.lists(row, min_size=4, max_size=25))
    rows += [("A", "C", "chemical", 2), ("C", "G", "chemical", 3)]
    rows += [("B", "C", "chemical", 1)]
    split = []
    for pre, post, kind_, weight in rows:
        part = draw(st.integers(0, weight - 1))
        split += [(pre, post, kind_, n) for n in (part, weight - part) if n]
    return rows, draw(st.permutations(split))


def lines(rows: list[Row]) -> list[str]:
    """Rows as lines of a CSV."""
    return [f"{a},{b},{kind},{weight}" for a, b, kind, weight in rows]


@pytest.mark.slow
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files())
def test_rows_split_in_two_and_shuffled(both: tuple[list[Row], list[Row]]) -> None:
    rows, split = both

    assert compiled(lines(split)) == compiled(lines(rows))
