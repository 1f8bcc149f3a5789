"""Cells of an edge list that go by their places in a list of names, as rows of a matrix do."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np

from ...errors import InputError, UsageError
from ...names import plain
from ..findings import find
from ..reader import EdgeList, Layout

PLACE = re.compile(r"0|[1-9]\d{0,8}", re.ASCII)


def placed(edges: EdgeList, layout: Layout, label: str) -> EdgeList:
    """The edges with the names that --names gives the places which stand in them.

    Raises:
        UsageError: cells go by names, and no file beside it may be meant.
        InputError: a place beyond the names; nothing tells whether 0 or 1 is the first.
    """
    if layout.names is None:
        return edges
    if not all(map(PLACE.fullmatch, edges.names)):
        if layout.electrical is None:
            seen = f"{label} is an edge list of cells by their names"
            raise UsageError(
                f"--names: of a matrix, or of cells by their places; {seen}"
            )
        return edges
    twice = [name for name, count in Counter(layout.names).items() if count > 1]
    if twice:
        seen = f"two cells of the name {plain(twice[0])} in --names"
        raise InputError(label, seen, "give every cell a name of its own")
    first = first_place([int(name) for name in edges.names], len(layout.names), label)
    rows = [int(name) - first for name in edges.names]
    alone = sorted({*range(len(layout.names))} - {*rows})
    none = np.zeros(len(alone), np.uint8)
    seen = f"cells go by their places in --names, from {first} on"
    return replace(
        edges,
        names=tuple(layout.names[row] for row in (*rows, *alone)),
        role=np.concatenate([edges.role, none]),
        transmitter=(*edges.transmitter, *[""] * len(alone)),
        findings=(*edges.findings, find("EC311", seen)),
    )


def first_place(places: list[int], count: int, label: str) -> int:
    """Whether places are counted from 0 or from 1; errors as of `placed`."""
    low, high = min(places), max(places)
    if high > count or (low == 0 and high == count):
        seen = f"a cell {high:,}, and {count:,} names in --names"
        raise InputError(label, seen, "give a name for every place")
    if low == 0:
        return 0
    if high == count:
        return 1
    seen = (
        f"cells {low:,} to {high:,}, and {count:,} names in --names: from 0 or from 1?"
    )
    hint = "write the names in place of the numbers, or only the names that are needed"
    raise InputError(label, seen, hint)
