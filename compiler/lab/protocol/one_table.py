"""Check that the rows of a protocol make tables: nothing is tested, all steps are equal."""

from __future__ import annotations

from ...errors import InputError
from .protocol import Protocol, Task

EQUAL = ("images", "validation", "test", "epochs", "batch", "split_seed", "metric")


def check_table(protocol: Protocol) -> None:
    """Raise InputError if a task has tests, or two tasks of a kind differ in data or steps."""
    first: dict[str, Task] = {}
    for task in protocol.tasks:
        if task.tests:
            seen = f"task.{task.name}.tests: a table tests nothing"
            hint = "write tests = []; lab compare and lab figure test"
            raise InputError(protocol.label, seen, hint)
        other = first.setdefault(task.kind, task)
        for name in EQUAL:
            one, two = getattr(other, name), getattr(task, name)
            if one != two:
                seen = f"task.{task.name}.{name}: {two} here, {one} in {other.name}"
                hint = "rows of one table have equal data and steps"
                raise InputError(protocol.label, seen, hint)
