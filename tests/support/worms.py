"""Bundled connectomes, each compiled once a session."""

from __future__ import annotations

from functools import cache
from typing import Any

import elegansc
from elegansc.ir.artifact import Artifact


@cache
def compiled(name: str, **options: Any) -> Artifact:
    """What `elegansc.compile` makes of a connectome."""
    return elegansc.compile(name, **options)
