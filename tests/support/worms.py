"""Bundled connectomes, each compiled once a session."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

import elegansc
from elegansc.ir.artifact import Artifact

DEFAULT = {"witvliet2021-1", "witvliet2021-5", "varshney2011"}  # the others are slow


@cache
def compiled(name: str, **options: Any) -> Artifact:
    """What `elegansc.compile` makes of a connectome."""
    return elegansc.compile(name, **options)


def worms(names: Iterable[str]) -> list[Any]:
    """Parameters of a test; those beside DEFAULT are marked slow."""
    return [
        name if name in DEFAULT else pytest.param(name, marks=pytest.mark.slow)
        for name in names
    ]
