"""The file of tables beside the module of a large graph: found, and held to its digest."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from ..errors import InputError
from ..files import Kind, read_bytes
from ..ir.artifact import beside_of
from .plan_arrays import digest_of, is_tables

TABLES = Kind("a file of tables that elegansc made", is_tables)
GIVE = "name the module's own path, beside which its tables stand"


def is_filed(data: bytes) -> bool:
    """Whether the tables of a module stand in a file beside it."""
    return b"\nDIGEST: str = " in data.replace(b"\r", b"\n")


def left_over(path: str) -> bool:
    """Whether a file of tables lies beside a module, which then may not need it."""
    beside = Path(beside_of(path))
    with suppress(OSError):  # too long a name, no right: then it is none of ours
        found = beside != Path(path) and beside.is_file()
        return found and is_tables(beside.read_bytes())
    return False


def read_beside(path: str, digest: str) -> bytes:
    """The file of tables beside a module, which may be of a revision of git.

    Args:
        digest: SHA-256 of the file, as the module has it.

    Raises:
        InputError: it is not there, or can not be looked for.
    """
    short = digest[:16]
    if path in ("", "-"):
        seen = f"its tables stand in a file beside it, SHA-256 {short}"
        raise InputError(path or "a module", seen, GIVE)
    name = beside_of(path)
    try:
        data = read_bytes(name, empty="compile the model again")
    except InputError as error:
        hint = f"the tables of {path} stand there, SHA-256 {short}"
        raise InputError(name, error.mistakes[0].seen, hint) from None
    return data


def check_digest(data: bytes, digest: str, name: str) -> None:
    """Raise InputError unless a file of tables is the one that its module signs."""
    found = digest_of(data)
    if found != digest:
        seen = (
            f"not the tables of its module, SHA-256 {digest[:16]}, but of {found[:16]}"
        )
        hint = "they are another model's, or cut short: compile it again"
        raise InputError(name, seen, hint)
