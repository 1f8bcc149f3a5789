"""The text of hunks, and their JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ..comparison.version import ROLES
from ..names import amount, plain, plural
from ..report.words import listed as names_listed
from .hunks import (
    ADDED,
    CHEMICAL_WORD,
    ELECTRICAL_WORD,
    LOST,
    NAMES,
    ROLE,
    Difference,
    Fact,
    Hunk,
    Key,
    Value,
    moved,
)

CHANGES_SHOWN = 24  # changes that are listed, unless all are asked for


def hunk_lines(
    found: Difference, hunks: Iterable[int], *, verbose: bool
) -> Iterator[str]:
    """Lines of hunks by number, each with its changes, the largest first."""
    places = sorted(hunks)
    most = max(3, CHANGES_SHOWN // len(places))
    for place in places:
        yield titled(found, place)
        lines = list(changes(found, found.hunks[place], verbose=verbose))
        yield from (
            f"             {line}" for line in lines[: None if verbose else most]
        )
        if len(lines) > most and not verbose:
            yield f"             and {len(lines) - most:,} more (--verbose)"


def titled(found: Difference, place: int) -> str:
    """A hunk in a line: number, kind, size."""
    hunk = found.hunks[place]
    words = [plural(len(hunk.cells), "cell")] if hunk.cells else []
    if hunk.edges:
        pairs = plural(len(hunk.edges), "pair")
        words.append(f"{pairs}, {amount(hunk.weight)} {found.unit} moved")
    return f"{place + 1:>9}  {title(hunk)}" + (": " if words else "") + ", ".join(words)


def title(hunk: Hunk) -> str:
    """Kind and group of a hunk."""
    names = [plain(name) for name in hunk.group]
    if hunk.kind == CHEMICAL_WORD:
        return f"chemical {'onto ' if len(names) == 1 else ''}{' -> '.join(names)}"
    if hunk.kind == ELECTRICAL_WORD:
        return f"electrical {' - '.join(names)}"
    if hunk.kind == ROLE:
        return f"role or transmitter of {names[0]}"
    return f"{hunk.kind} {names[0]}" if names else "names written another way"


def changes(found: Difference, hunk: Hunk, *, verbose: bool) -> Iterator[str]:
    """The changes of a hunk, a line each; added or lost cells on one line."""
    old, new = found.old, found.new
    if hunk.kind in (ADDED, LOST):
        names = names_listed(list(hunk.cells), verbose)
        yield f"{'+' if hunk.kind == ADDED else '-'} {names}"
    if hunk.kind == ROLE:
        yield from (cell_line(n, old.cells[n], new.cells[n]) for n in hunk.cells)
    if hunk.kind == NAMES:
        pairs = sorted(found.spelling.items())
        yield from (f"~ {plain(a)} -> {plain(b)}" for b, a in pairs)
    for key in heaviest(found, hunk):
        yield edge_line(key, old.edges.get(key), new.edges.get(key))


def heaviest(found: Difference, hunk: Hunk) -> list[Key]:
    """The synapses of a hunk, the largest changes of weight first."""
    old, new = found.old.edges, found.new.edges
    return sorted(hunk.edges, key=lambda key: (-moved(old.get(key), new.get(key)), key))


def cell_line(name: str, old: Fact, new: Fact) -> str:
    """The line of a cell with another role or transmitter."""
    before, after = ((ROLES[role], word or "unknown") for role, word in (old, new))
    turned = [f"{a} -> {b}" for a, b in zip(before, after, strict=True) if a != b]
    return f"~ {plain(name)}: {', '.join(turned)}"


def edge_line(key: Key, old: Value | None, new: Value | None) -> str:
    """The line of an added, lost or reweighted synapse or junction."""
    kind, one, other = key
    arrow = "-" if kind == ELECTRICAL_WORD else "->"
    sign = "+" if old is None else "-" if new is None else "~"
    signed = old is not None and new is not None and old[1] != new[1]
    weights = " -> ".join(weight(value, signed) for value in (old, new) if value)
    return f"{sign} {plain(one)} {arrow} {plain(other)}  {weights}"


def weight(value: Value, signed: bool) -> str:
    """A weight, with its sign if that changed."""
    mark = {1: "+", -1: "-", 0: "unsigned "}[value[1]] if signed else ""
    return mark + amount(value[0])


def hunk_json(found: Difference, place: int) -> dict[str, Any]:
    """A hunk as plain data; weights are [weight, sign], None: no such synapse."""
    hunk, old, new = found.hunks[place], found.old, found.new
    return {
        "hunk": place + 1,
        "kind": hunk.kind,
        "group": list(hunk.group),
        "weight": hunk.weight,
        "cells": [
            [name, cell_json(old.cells.get(name)), cell_json(new.cells.get(name))]
            for name in hunk.cells
        ],
        "synapses": [
            [*key, old.edges.get(key), new.edges.get(key)] for key in hunk.edges
        ],
    }


def cell_json(fact: Fact | None) -> list[str] | None:
    """[role, transmitter] of a cell."""
    return None if fact is None else [ROLES[fact[0]], fact[1]]
