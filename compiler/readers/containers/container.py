"""The contract of a container: a format of files, and the book read from one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..book import Book
from ..reader import Layout


@dataclass(frozen=True, slots=True)
class Container:
    """A format of files.

    Attributes:
        name: of the format.
        sniff: whether a file that begins with these bytes is of the format.
        read: what a file holds: (its bytes, its name in messages, the user's wishes).
            Raises InputError for all that is wrong with the file, and UsageError for a
            wish that does not fit it. Nothing in a file is executed, followed or fetched.
    """

    name: str
    sniff: Callable[[bytes], bool]
    read: Callable[[bytes, str, Layout], Book]
