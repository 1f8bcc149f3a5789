"""The C itself: no warning, and no access or arithmetic that the standard does not define."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from support.paths import ROOT, TESTS

from elegansc.acceleration.library import FLAGS, INTEGERS, POINTERS
from elegansc.options import CHOICES

FOLDER = ROOT / "compiler" / "acceleration"
REAL = {"float": ("-DREAL=float", "-DSINGLE"), "double": ("-DREAL=double",)}
UNITS: dict[str, tuple[str, ...]] = {"scalar": (), "linear": ("-DD=3",)}
WATCHED = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1")
LOUD = ("-Wall", "-Wextra", "-Werror", "-Wno-unknown-pragmas")


def watched(folder: Path, activation: str, real: str, unit: str) -> None:
    """Run sanitized.c under the address and undefined-behaviour sanitizers."""
    program = folder / "sanitized"
    flags = (*REAL[real], *UNITS[unit], f"-D{activation.upper()}", f"-I{FOLDER}")
    source = TESTS / "acceleration" / "sanitized.c"
    command = ["cc", *WATCHED, *LOUD, *flags, str(source), "-o", str(program), "-lm"]
    subprocess.run(command, check=True)
    done = subprocess.run([program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "clean\n"), done.stderr


@pytest.mark.parametrize("unit", UNITS)
def test_every_access_is_in_bounds(unit: str, tmp_path: Path) -> None:
    watched(tmp_path, "tanh", "float", unit)


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("real", REAL)
@pytest.mark.parametrize("activation", CHOICES["activation"])
def test_every_access_of_every_form_is_in_bounds(
    activation: str, real: str, unit: str, tmp_path: Path
) -> None:
    watched(tmp_path, activation, real, unit)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("real", REAL)
def test_compilers_have_nothing_to_warn_of(
    real: str, unit: str, tmp_path: Path
) -> None:
    for activation in ("silu", "tanh"):
        flags = (*FLAGS, "-fopenmp", "-O1", *LOUD, f"-D{activation.upper()}")
        built = ("-x", "c", str(FOLDER / "sweep.c"), "-o", str(tmp_path / "sweep.so"))
        command = ["cc", *flags, *REAL[real], *UNITS[unit], *built]
        subprocess.run(command, check=True)


def test_no_flag_changes_the_arithmetic_of_others() -> None:
    assert not {"-ffast-math", "-Ofast", "-funsafe-math-optimizations"} & set(FLAGS)


def test_the_structure_is_that_of_the_file() -> None:
    text = (FOLDER / "sweep.c").read_text()
    inside = text.split("typedef struct {")[1].split("} Sweep;")[0]
    lines = [line.split("/*")[0].strip() for line in inside.splitlines()]
    names = [
        name.strip(" *;")
        for line in filter(None, lines)
        for name in line.removeprefix("const ").split(" ", 1)[1].split(",")
    ]
    assert tuple(names) == (*INTEGERS, *POINTERS)
