"""Write files whole or not at all, and never over what is not ours."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from .errors import InputError
from .module.emit import body_digest
from .module.read import header, is_model


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file, and what of it may be replaced without --force.

    Attributes:
        word: what it is, with its article.
        ours: whether these are the bytes of such a file; None: nothing tells who made
            one, so none is replaced.
    """

    word: str
    ours: Callable[[bytes], bool] | None = None


MODULE = Kind("a file that elegansc made", is_model)
OTHER = Kind("a file")  # pictures, tables, checkpoints


def write(path: Path, data: bytes, *, force: bool = False, source: str = "") -> None:
    """Replace a generated module, atomically: a reader sees the old one or the new one.

    Args:
        force: also over a file that is not ours or was edited by hand.
        source: the input's path: it is never written over.

    Raises:
        InputError: the file may not or can not be written; nothing has changed.
    """
    allow(path, force=force, source=source)
    replace(path, data)


def allow(
    path: Path,
    *,
    force: bool = False,
    source: str | Iterable[str] = (),
    kind: Kind = MODULE,
) -> None:
    """Raise InputError if a path may not be written: what every command asks first.

    Args:
        force: also over a file that is not ours or was edited by hand.
        source: paths of inputs: they are never written over.
        kind: of the file that is to be written.
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
    try:
        return path.samefile(source)
    except OSError:
        return False


def guard(path: Path, force: bool, kind: Kind) -> None:
    """Refuse to replace a read-only file, or, without force, one that is not as we wrote it."""
    writable = path.stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    if not writable or not os.access(path, os.W_OK):
        raise InputError(
            str(path), "is read-only", f"chmod u+w {path.name}, or another name"
        )
    if force or not path.is_file():
        return
    if kind.ours is None:
        raise InputError(str(path), "is there already", "--force replaces it")
    try:
        old = path.read_bytes()
    except OSError as error:
        raise InputError(
            str(path), f"cannot be read: {error.strerror}", "--force"
        ) from None
    if not old:
        return
    if not kind.ours(old):
        raise InputError(str(path), f"is not {kind.word}", "--force replaces it")
    if kind is MODULE and b"\n<<<<<<< " in old:
        hint = "settle the merge of its source; then --force replaces it"
        raise InputError(str(path), "holds two versions of a merge", hint)
    if kind is MODULE and edited(old, str(path)):
        hint = "git diff shows the edits; --force drops them"
        raise InputError(str(path), "was edited by hand", hint)


def edited(data: bytes, label: str) -> bool:
    """Whether a generated module is not as it was written."""
    try:
        head = header(data, label)
    except InputError:
        return True
    return body_digest(head.text) != head.body


def replace(path: Path, data: bytes) -> None:
    """Write beside the file, then rename over it.

    Raises:
        InputError: no such folder, no space, no right; nothing is left behind.
    """
    target = Path(os.path.realpath(path))
    temporary = ""
    try:
        mode = (
            stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~umask()
        )
        if target.exists() and not target.is_file():  # /dev/null, a pipe
            target.write_bytes(data)
            return
        handle, temporary = tempfile.mkstemp(prefix=".elegansc-", dir=target.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, mode)
        os.replace(temporary, target)
        temporary = ""
    except FileNotFoundError:
        hint = f"make the folder first: mkdir -p {path.parent}"
        raise InputError(str(path), "cannot be written: no such folder", hint) from None
    except OSError as error:
        seen = f"cannot be written: {error.strerror}"
        raise InputError(str(path), seen, "nothing was changed") from None
    finally:
        if temporary:
            Path(temporary).unlink(missing_ok=True)


def umask() -> int:
    """The process's file creation mask."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
