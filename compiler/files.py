"""Read files; write them whole or not at all, and never over what is not ours."""

from __future__ import annotations

import logging
import os
import stat
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from .errors import InputError, visible
from .git.revision import is_revision, read_revision

WRITTEN = logging.getLogger("elegansc.written")  # silent where nobody listens
LIMIT = 4 * 2**30  # bytes of a file that is read
LFS = b"version https://git-lfs.github.com/spec/"  # how the pointer to a file begins


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, and what of it may be replaced without --force.

    Attributes:
        word: what it is, with its article.
        ours: whether these are the bytes of such a file; None: nothing tells who made
            one, so none is replaced.
        changed: why such a file, of a path, is no longer as it was written: what was
            seen, and what to do; None where it is.
        renewed: what takes the place of such a file: (the old bytes, the new ones); None:
            the new ones as they are.
    """

    word: str
    ours: Callable[[bytes], bool] | None = None
    changed: Callable[[bytes, str], tuple[str, str] | None] | None = None
    renewed: Callable[[bytes, bytes], bytes] | None = None


OTHER = Kind("a file")  # pictures, tables, checkpoints


def read_bytes(path: str, *, empty: str = "give one row for each synapse") -> bytes:
    """The bytes of a file, of standard input if the path is "-", or of REVISION:PATH of git.

    Args:
        empty: what to do if it is empty.

    Raises:
        InputError: it is missing, a directory, unreadable, empty, over LIMIT, or a pointer.
    """
    try:
        if path == "-":
            if sys.stdin is None:
                raise InputError("-", "standard input is closed", "give a file")
            data = limited(sys.stdin.buffer, "standard input")
        elif os.path.isdir(path):
            raise InputError(path, "a directory", "name one of the files in it")
        elif is_revision(path):
            data = read_revision(path, LIMIT)
        else:
            with open(path, "rb") as file:
                data = limited(file, path, os.fstat(file.fileno()).st_size)
    except FileNotFoundError:
        raise InputError(path, "no such file", "look at the path") from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError(path, f"unreadable: {why}", "look at the path") from None
    if not data:
        raise InputError(path, "an empty file", empty)
    if data.startswith(LFS):
        raise InputError(path, "a pointer of Git LFS, not the file", "git lfs pull")
    return data


def limited(file: BinaryIO, label: str, size: int = 0) -> bytes:
    """All bytes of a file unless it is larger than anyone means; at once if of known size."""
    parts = [file.read(min(size or 2**24, LIMIT) + 1)]
    while parts[-1] and sum(map(len, parts)) <= LIMIT:
        parts.append(file.read(min(2**24, LIMIT + 1)))
    data = b"".join(filter(None, parts))
    if len(data) > LIMIT:
        hint = "take out what is not needed: columns, weak synapses"
        raise InputError(label, f"more than {LIMIT // 2**30} GiB", hint)
    return data


def write(
    path: Path, data: bytes, *, kind: Kind, force: bool = False, source: str = ""
) -> bool:
    """Replace a file, atomically: a reader sees the old one or the new one.

    Args:
        kind: of the file that is to be written.
        force: also over a file that is not ours or was edited by hand.
        source: the input's path: it is never written over.

    Returns:
        Whether the file was written; one that holds these bytes already is left as it is.

    Raises:
        InputError: the file may not or can not be written; nothing has changed.
    """
    allow(path, kind=kind, force=force, source=source)
    return replace(path, renewed(path, data, kind))


def write_folder(
    folder: Path,
    files: Mapping[str, bytes],
    *,
    kind: Kind,
    force: bool = False,
    source: str | Iterable[str] = (),
) -> set[Path]:
    """Write files into a folder, all of them or none; arguments as of `write`.

    Args:
        files: bytes by file name.

    Returns:
        The files that were written.
    """
    paths = {folder / name: data for name, data in files.items()}
    sources = (source,) if isinstance(source, str) else tuple(source)
    for path in paths:
        allow(path, kind=kind, force=force, source=sources)
    with made(folder):
        return replace_all(
            {path: renewed(path, data, kind) for path, data in paths.items()}
        )


def renewed(path: Path, data: bytes, kind: Kind) -> bytes:
    """What takes the place of a file: the data, and what of an old file of its kind stays."""
    if kind.renewed is None or not path.is_file():
        return data
    return kind.renewed(path.read_bytes(), data)


def allow(
    path: Path, *, kind: Kind, force: bool = False, source: str | Iterable[str] = ()
) -> None:
    """Raise InputError if a path may not be written: what every command asks first.

    Args:
        kind: of the file that is to be written.
        force: also over a file that is not ours or was edited by hand.
        source: paths of inputs: they are never written over.
    """
    if os.path.isdir(path):
        raise InputError(str(path), "is a directory", "give a file name")
    sources = (source,) if isinstance(source, str) else source
    if any(read and same(path, read) for read in sources):
        raise InputError(str(path), "is the input", "write to another file")
    if os.path.exists(path):  # not path.exists(): that raises for a name too long
        guard(path, force, kind)


def same(path: Path, source: str) -> bool:
    """Whether two paths are one file."""
    with suppress(OSError):
        return path.samefile(source)
    return False


def guard(path: Path, force: bool, kind: Kind) -> None:
    """Refuse to replace a read-only file, or, without force, one that is not as we wrote it."""
    name = str(path)
    writable = path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    if not writable or not os.access(path, os.W_OK):
        hint = f"chmod u+w {path.name}, or another name"
        raise InputError(name, "is read-only", hint)
    if force or not path.is_file():
        return
    if kind.ours is None:
        raise InputError(str(path), "is there already", "--force replaces it")
    try:
        old = path.read_bytes()
    except OSError as error:
        seen = f"cannot be read: {error.strerror}"
        raise InputError(name, seen, "--force") from None
    if old and not kind.ours(old):
        raise InputError(name, f"is not {kind.word}", "--force replaces it")
    if old and kind.changed and (why := kind.changed(old, name)):
        raise InputError(name, *why)


def replace(path: Path, data: bytes) -> bool:
    """Write one file as `replace_all` does; whether it did not hold these bytes yet."""
    return path in replace_all({path: data})


def replace_all(files: Mapping[Path, bytes]) -> set[Path]:
    """Write files beside what is there, and only when all are whole rename them over it.

    Returns:
        The files that were written; one that holds its bytes already is left as it is.

    Raises:
        InputError: no such folder, no space, no right. Nothing was changed, or the error
            names what was.
    """
    ready: dict[Path, str] = {}
    written: list[Path] = []
    try:
        for path, data in files.items():
            with refusals(path, written):
                if not holds(path, data):
                    ready[path] = beside(path, data)
        for path, temporary in ready.items():
            with refusals(path, written):
                target = Path(os.path.realpath(path))
                if temporary:
                    os.replace(temporary, target)
                else:
                    target.write_bytes(files[path])
            written.append(path)
            WRITTEN.info("%s", visible(str(path)))
    finally:
        for temporary in filter(None, ready.values()):
            Path(temporary).unlink(missing_ok=True)
    return set(written)


@contextmanager
def refusals(path: Path, written: Sequence[Path]) -> Iterator[None]:
    """Turn what the system refuses into an InputError, which names files written before."""
    try:
        yield
    except FileNotFoundError:
        hint = f"make the folder first: mkdir -p {path.parent}"
        raise InputError(str(path), "cannot be written: no such folder", hint) from None
    except OSError as error:
        seen, hint = f"cannot be written: {error.strerror}", "nothing was changed"
        if written:
            hint = f"written before: {', '.join(map(str, written))}"
        raise InputError(str(path), seen, hint) from None


def holds(path: Path, data: bytes) -> bool:
    """Whether a file is there and has these bytes."""
    with suppress(PermissionError):
        return path.is_file() and path.read_bytes() == data
    return False


def beside(path: Path, data: bytes) -> str:
    """Write a temporary file beside the target, with its rights; "" for a device or a pipe."""
    target = Path(os.path.realpath(path))
    there = target.exists()
    if there and not target.is_file():  # /dev/null, a pipe
        return ""
    mode = stat.S_IMODE(target.stat().st_mode) if there else 0o666 & ~umask()
    handle, temporary = tempfile.mkstemp(prefix=".elegansc-", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return temporary


@contextmanager
def made(folder: Path) -> Iterator[None]:
    """Make a folder and those above it; remove what was made if the block raises.

    Raises:
        InputError: it can not be made.
    """
    new = [path for path in (folder, *folder.parents) if not os.path.lexists(path)]
    try:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            seen = f"cannot be made: {error.strerror}"
            raise InputError(str(folder), seen, "nothing was changed") from None
        yield
    except BaseException:
        for path in new:
            with suppress(OSError):
                path.rmdir()
        raise


def umask() -> int:
    """The process's file creation mask."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
