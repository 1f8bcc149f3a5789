"""The C sweep as a library: built once by the system's compiler, kept in a private folder.

Nothing is built on import. A library is named by the digest of all that it is made of: text,
flags, the compiler and its version, and the processor, for a home that machines share. Beside
it lies its own digest: one that is damaged is never loaded, it would end the process; it is
built again.
"""

from __future__ import annotations

import ctypes
import functools
import hashlib
import os
import platform
import shlex
import shutil
import signal
import subprocess
import tempfile
from importlib.resources import files
from pathlib import Path

from .. import caches

TEXT = files(__package__).joinpath("sweep.c").read_bytes()
SECONDS = 120  # that the compiler may take
FLAGS = (
    *("-O3", "-march=native", "-shared", "-fPIC", "-ffp-contract=fast"),
    # as -ffast-math allows, without what flushes denormals in the whole process or hides NaN
    *(
        "-fno-math-errno",
        "-fno-trapping-math",
        "-fassociative-math",
        "-fno-signed-zeros",
    ),
)
THREADS = (
    ("-fopenmp",),
    ("-Wno-unknown-pragmas",),
)  # the second: where there is no OpenMP
MOST = {"threads": 2**31 - 1}  # 1 in a forked process, where OpenMP's threads are gone
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: MOST.update(threads=1))
INTEGERS = (
    *("rows", "gains", "sensors", "motors", "before", "batch", "features", "threads"),
)
POINTERS = (
    *("first", "source", "order", "sensor", "motor"),
    *("gain", "bias", "weight", "inputs", "past"),
)


class Sweep(ctypes.Structure):
    """The argument of both functions: `Sweep` of sweep.c."""

    _fields_ = [
        *((name, ctypes.c_long) for name in INTEGERS),
        *((name, ctypes.c_void_p) for name in POINTERS),
    ]


class NotBuilt(Exception):
    """There is no library, and why."""


def library(activation: str, double: bool, width: int) -> ctypes.CDLL:
    """The library for an activation, a type of numbers, and a unit.

    Args:
        width: of a linear unit's matrices; 0: scalar units.

    Raises:
        NotBuilt: there is no compiler, it fails, or there is no private folder.
    """
    found = built(activation, double, width)
    if isinstance(found, NotBuilt):
        raise found
    return found


@functools.cache
def built(activation: str, double: bool, width: int) -> ctypes.CDLL | NotBuilt:
    """The library, or why there is none; a process tries once."""
    real = ["-DREAL=double"] if double else ["-DREAL=float", "-DSINGLE"]
    unit = [f"-DD={width}"] if width else []
    flags = [*FLAGS, *real, *unit, f"-D{activation.upper()}"]
    try:
        return loaded(flags)
    except NotBuilt as error:
        return error
    except OSError as error:
        return NotBuilt(str(error))


def loaded(flags: list[str]) -> ctypes.CDLL:
    """The library of these flags, built unless it is there."""
    compiler = compiler_found()
    folder = private_folder()
    maker = version(compiler, folder)
    made_of = [TEXT, " ".join(flags).encode(), maker, processor()]
    name = hashlib.sha256(b"\0".join(made_of)).hexdigest()[:32]
    place = folder / f"{name}.so"
    if not sound(place):
        build([*compiler, *flags], TEXT, place)
    found = ctypes.CDLL(str(place))
    pointer = ctypes.c_void_p
    found.forward.argtypes = (ctypes.POINTER(Sweep), pointer, pointer)
    found.backward.argtypes = (ctypes.POINTER(Sweep), *[pointer] * 5)
    return found


def compiler_found() -> list[str]:
    """The words of the compiler's command: CC, or cc.

    Raises:
        NotBuilt: it is not in PATH, CC is no command, or the system is none that we know.
    """
    try:
        words = shlex.split(os.environ.get("CC", "")) or ["cc"]
    except ValueError as error:
        raise NotBuilt(f"CC={os.environ['CC']}: {error}") from None
    path = shutil.which(words[0])
    if path is None:
        raise NotBuilt(f"there is no C compiler: {words[0]}")
    if not hasattr(os, "getuid"):
        raise NotBuilt("built on POSIX systems only")
    return [path, *words[1:]]


def private_folder() -> Path:
    """The folder of libraries, which nobody else may write to: who loads one, runs it.

    Raises:
        NotBuilt: others own it, or may write to it.
    """
    try:
        return caches.private_folder("native")
    except caches.NotPrivate as error:
        raise NotBuilt(str(error)) from None


def build(command: list[str], text: bytes, place: Path) -> None:
    """Compile a text into a library, whole or not at all.

    Raises:
        NotBuilt: the compiler fails, hangs, or writes nothing.
    """
    with tempfile.TemporaryDirectory(dir=place.parent) as folder:
        source, made = Path(folder, "sweep.c"), Path(folder, place.name)
        source.write_bytes(text)
        for threads in THREADS:
            files = [str(source), "-o", str(made), "-lm"]
            status, said = run([*command, *threads, *files], folder)
            if not status and made.is_file():
                ctypes.CDLL(str(made))  # what can not be loaded is not kept
                digest = Path(folder, "digest")
                digest.write_text(digest_of(made))
                put(made, place)
                put(digest, beside(place))
                return
        raise NotBuilt(f"{command[0]}: {said or 'wrote no library'}")


def beside(place: Path) -> Path:
    """Where the digest of a library lies."""
    return place.with_suffix(".sha256")


def digest_of(place: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(place.read_bytes()).hexdigest()


def sound(place: Path) -> bool:
    """Whether a library is there, and is what was built."""
    try:
        return beside(place).read_text() == digest_of(place)
    except (FileNotFoundError, UnicodeDecodeError):
        return False


def put(made: Path, place: Path) -> None:
    """Move a file to its place: whole, even if the machine stops."""
    with made.open("rb") as file:
        os.fsync(file.fileno())
    os.replace(made, place)


def version(compiler: list[str], place: Path) -> bytes:
    """The compiler's command and version; what it writes goes to a folder."""
    with tempfile.TemporaryDirectory(dir=place) as folder:
        _, said = run([*compiler, "--version"], folder)
    return f"{compiler} {said}".encode()


def run(command: list[str], folder: str) -> tuple[int, str]:
    """The status of a command, and the first line that it says.

    It and what it starts write to the folder alone, and end when the time is over.

    Raises:
        NotBuilt: it does not end.
    """
    said = Path(folder, "said")
    with said.open("wb") as words:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
            cwd=folder,
            env={**os.environ, "TMPDIR": folder},
            start_new_session=True,
        )
        try:
            status = process.wait(SECONDS)
        except BaseException as error:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            seen = f"{command[0]} did not end in {SECONDS} seconds"
            raise NotBuilt(seen) from None
    with said.open(errors="replace") as lines:
        return status, lines.readline().strip()


def processor() -> bytes:
    """The model of the processor and what it can do: -march=native depends on it."""
    machine = platform.machine().encode()
    try:
        lines = Path("/proc/cpuinfo").read_bytes().splitlines()
    except OSError:
        return machine + platform.processor().encode()
    wanted = (b"model name", b"flags", b"Features", b"CPU part")
    return b"\n".join([machine, *sorted({x for x in lines if x.startswith(wanted)})])
