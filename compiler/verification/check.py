"""A check and its outcome."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was checked.

    Attributes:
        name: of the check, stable: for scripts.
        passed: whether it holds.
        detail: what was found, for people.
    """

    name: str
    passed: bool
    detail: str = ""
