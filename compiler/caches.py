"""The folders of caches of this user: what lies in them may be run, so nobody else writes there."""

from __future__ import annotations

import os
import stat
from pathlib import Path


class NotPrivate(Exception):
    """Others own a folder, or may write to it."""


def cache_folder() -> Path:
    """Where this user's caches of elegansc lie, perhaps not made yet."""
    home = os.environ.get("XDG_CACHE_HOME", "")
    base = home if os.path.isabs(home) else os.path.expanduser("~/.cache")
    return Path(base, "elegansc")


def private_folder(name: str) -> Path:
    """One of the folders of caches, made if it is not there.

    Raises:
        NotPrivate: others own it, or may write to it. OSError: it can not be made.
    """
    folder = cache_folder() / name
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    for place in (folder.parent, folder) if hasattr(os, "getuid") else ():
        seen = place.lstat()
        others = stat.S_IMODE(seen.st_mode) & (stat.S_IWGRP | stat.S_IWOTH)
        if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != os.getuid() or others:
            raise NotPrivate(f"{place}: others may write to it, or own it")
    return folder
