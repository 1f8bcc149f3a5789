"""The C sweep as a library: built once by the system's compiler, kept in a private folder.

Nothing is built on import; a library is named by the digest of all that it is made of: text,
flags, the compiler and its version, and the processor, for a home that machines share.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shutil
import stat
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path

TIME = 120  # seconds that the compiler may take
FLAGS = (
    *("-O3", "-march=native", "-fopenmp", "-shared", "-fPIC", "-ffp-contract=fast"),
    # as -ffast-math allows, without what flushes denormals in the whole process or hides NaN
    *("-fno-math-errno", "-fno-trapping-math", "-fassociative-math", "-fno-signed-zeros"),
)
INTEGERS = ("rows", "sensors", "motors", "before", "batch", "features", "threads")
POINTERS = (
    *("first", "late_first", "source", "late_source", "sensor", "motor"),
    *("gain", "late_gain", "bias", "weight", "inputs", "past"),
)


class Sweep(ctypes.Structure):
    """The argument of both functions: `Sweep` of sweep.c."""

    _fields_ = [
        *((name, ctypes.c_long) for name in INTEGERS),
        *((name, ctypes.c_void_p) for name in POINTERS),
    ]


class NotBuilt(Exception):
    """There is no library, and why."""


@functools.cache
def library(activation: str, double: bool, width: int) -> ctypes.CDLL:
    """The library for an activation, a type of numbers, and a unit.

    Args:
        width: of a linear unit's matrices; 0: scalar units.

    Raises:
        NotBuilt: there is no compiler, it fails, or there is no private folder.
    """
    compiler = shutil.which(os.environ.get("CC") or "cc")
    if compiler is None:
        raise NotBuilt("there is no C compiler: cc")
    text = files(__package__).joinpath("sweep.c").read_bytes()
    real = ["-DREAL=double"] if double else ["-DREAL=float", "-DSINGLE"]
    unit = [f"-DD={width}"] if width else []
    flags = [*FLAGS, *real, *unit, f"-D{activation.upper()}"]
    made_of = [text, " ".join(flags).encode(), version(compiler), processor()]
    name = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:32]
    try:
        place = private_folder() / f"{name}.so"
        if not place.exists():
            build(compiler, flags, text, place)
        return declared(ctypes.CDLL(str(place)))
    except OSError as error:
        raise NotBuilt(str(error)) from None


def declared(found: ctypes.CDLL) -> ctypes.CDLL:
    """A library whose functions know their arguments."""
    pointer = ctypes.c_void_p
    found.forward.argtypes = (ctypes.POINTER(Sweep), pointer, pointer)
    found.backward.argtypes = (ctypes.POINTER(Sweep), *[pointer] * 5)
    return found


def private_folder() -> Path:
    """The folder of libraries, which nobody else may write to: who loads one, runs it.

    Raises:
        NotBuilt: it is not one's own.
    """
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(home, "elegansc", "native")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for place in (folder, folder.parent):
        seen = place.lstat()
        shared = stat.S_IMODE(seen.st_mode) & 0o022
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or shared:
            raise NotBuilt(f"{place}: others may write to it, or own it")
    return folder


def build(compiler: str, flags: list[str], text: bytes, place: Path) -> None:
    """Compile a text into a library, whole or not at all.

    Raises:
        NotBuilt: the compiler fails, hangs, or writes nothing.
    """
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        made = Path(folder, place.name)
        command = [compiler, *flags, "-x", "c", "-", "-o", str(made), "-lm"]
        try:
            done = subprocess.run(
                command,
                input=text,
                capture_output=True,
                timeout=TIME,
                env={**os.environ, "TMPDIR": folder},
            )
        except subprocess.TimeoutExpired:
            raise NotBuilt(f"{compiler} did not end in {TIME} seconds") from None
        if done.returncode or not made.is_file():
            seen = done.stderr.decode("utf-8", "replace").strip().splitlines()
            raise NotBuilt(f"{compiler}: {seen[0] if seen else 'wrote no library'}")
        os.replace(made, place)


def version(compiler: str) -> bytes:
    """The compiler's path and version."""
    try:
        done = subprocess.run(
            [compiler, "--version"], capture_output=True, timeout=TIME
        )
    except subprocess.TimeoutExpired:
        raise NotBuilt(f"{compiler} --version did not end") from None
    return compiler.encode() + done.stdout


def processor() -> bytes:
    """The model of the processor and what it can do; -march=native depends on it."""
    told = platform.machine().encode()
    try:
        lines = Path("/proc/cpuinfo").read_bytes().splitlines()
    except OSError:
        return told + platform.processor().encode()
    wanted = (b"model name", b"flags", b"Features", b"CPU part")
    return b"\n".join([told, *sorted({x for x in lines if x.startswith(wanted)})])
