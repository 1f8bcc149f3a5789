"""Formats that are refused by name, each with the way round it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

from ..errors import InputError
from .containers.container import Container
from .reader import Layout


def refused(name: str, hint: str, recognises: Callable[[bytes], bool]) -> Container:
    """A container that raises InputError, whatever the file holds."""

    def refuse(data: bytes, label: str, layout: Layout) -> NoReturn:
        raise InputError(label, f"{name}: not delimited text", hint)

    return Container(name, recognises, refuse)


def signed(signature: bytes, name: str, hint: str) -> Container:
    """A refused format whose files all begin alike."""
    return refused(name, hint, lambda head: head.startswith(signature))


REFUSED = (
    signed(b"\x89PNG", "a PNG picture", "give an edge list"),
    signed(b"\xff\xd8\xff", "a JPEG picture", "give an edge list"),
    signed(b"%PDF", "a PDF file", "give an edge list"),
    signed(b"FEA1", "a Feather file of version 1", "save it as version 2"),
    signed(b"<?xml", "an XML file that is no GraphML", "export its edges as CSV"),
)
