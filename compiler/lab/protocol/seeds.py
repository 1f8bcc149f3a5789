"""Refuse a rank test that ranks one training of a graph: it ranks the luck of its seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...errors import InputError

if TYPE_CHECKING:
    from .protocol import Protocol

LEAST = 2  # seeds of every graph that a test ranks
SEEN = "a rank test on one seed ranks the luck of a training, not the graph"
WRITE = (
    "write seeds = 3 or so in worm and in each arm of tests; or tests = [], to describe"
)


OLD = "--one-seed"  # the option of `lab compare` that runs such a protocol


def on_one_seed(protocol: Protocol) -> list[str]:
    """The tasks whose rank tests take one training of a graph."""
    return [
        task.name
        for task in protocol.tasks
        if task.tests and task.arm("worm").seeds < LEAST
    ]


def check_seeds(protocol: Protocol) -> None:
    """Raise InputError if a test of an old protocol, of schema 1, is on one seed."""
    for name in on_one_seed(protocol):
        hint = f"{WRITE}; {OLD} runs an old protocol as it stands"
        raise InputError(protocol.label, f"task.{name}.tests: {SEEN}", hint)
