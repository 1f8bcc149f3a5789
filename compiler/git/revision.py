"""REVISION:PATH, a file as it stands in a revision of the repository: HEAD~1:model.py."""

from __future__ import annotations

import os
import re
from contextlib import suppress

from ..errors import InputError
from ..names import plain
from .command import git

FOUND = re.compile(rb"([0-9a-f]{40,64}) (\w+) (\d+)\n")  # what git says of an object
KINDS = {"tree": "a folder", "commit": "a submodule"}


def is_revision(path: str) -> bool:
    """Whether an argument is REVISION:PATH, or :PATH in the index; a file called so wins."""
    name = path.partition(":")[2]
    return bool(name) and not os.path.lexists(path)


def file_name(path: str) -> str:
    """The base name of the file that an argument names, be it of a revision."""
    name = path.partition(":")[2] if is_revision(path) else path
    return os.path.basename(name)


def read_revision(spec: str, limit: int) -> bytes:
    """The bytes of REVISION:PATH, as git holds them; PATH as git reads it: from the root, or ./here.

    Args:
        limit: the most bytes that are read.

    Raises:
        InputError: no git, no repository, no such revision, no such file there.
    """
    try:
        found = look_up(spec)
    except InputError as error:
        why = error.mistakes[0].seen.split("\n")[0]
        hint = error.mistakes[0].hint
        raise InputError(spec, f"no such file; git: {why}", hint) from None
    if found is None:
        raise missing(spec)
    number, kind, size = found
    if kind != "blob":
        seen = f"{KINDS.get(kind, f'a {kind}')} in that revision"
        raise InputError(spec, seen, "name one of the files in it")
    if size > limit:
        seen = f"more than {limit // 2**30} GiB"
        raise InputError(spec, seen, "take out what is not needed")
    return git("cat-file", "blob", number)


def missing(spec: str) -> InputError:
    """The error for a file that git does not have: no such revision, or not in it."""
    revision, _, name = spec.partition(":")
    if revision and look_up(f"{revision}^{{tree}}") is None:
        seen = f"no such file, and git knows no revision {plain(revision)}"
        return InputError(spec, seen, "git log --oneline lists them")
    hint = f"git ls-tree -r --name-only {revision or 'HEAD'} lists its files, from the root"
    with suppress(InputError):  # outside the repository
        if look_up(f"{revision}:./{name}"):
            hint = f"it is {revision}:./{name}"
    where = plain(revision) if revision else "the index"
    return InputError(spec, f"{where} has no {plain(name)}", hint)


def look_up(spec: str) -> tuple[str, str, int] | None:
    """(name, kind, size) of an object of the repository; None: there is none.

    git reads `spec` from its standard input: nothing of it can be an option.
    """
    if "\n" in spec or "\0" in spec:
        return None
    line = os.fsencode(spec) + b"\n"
    said = git("cat-file", "--batch-check", stdin=line)
    match = FOUND.fullmatch(said)
    return match and (match[1].decode(), match[2].decode(), int(match[3]))
