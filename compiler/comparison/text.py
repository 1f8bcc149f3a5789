"""Changes in words: a summary of ten seconds, then the details."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..names import amount, plain, plural
from .changes import WITHIN, Changes, ModelChanges, Table
from .version import Pair, Side

TOP = 12  # of each list, unless all were asked for
Paint = Callable[[str, str], str]  # (text, "+", "-", "~" or "") -> text


def unpainted(text: str, sign: str) -> str:
    """Text as it is."""
    return text


def summary(changes: Changes) -> Iterator[str]:
    """What a biologist reads first."""
    old, new, unit = changes.old, changes.new, changes.new.unit
    yield f"{plain(old.label)} -> {plain(new.label)}"
    if old.unit != new.unit:
        yield f"units      {old.unit} against {unit}: weights say little about each other"
    shared = len(old.roles) - len(changes.lost)
    came, went = len(changes.added), len(changes.lost)
    moves = f", {plural(len(changes.renamed), 'name')} written another way"
    roles = f", {plural(len(changes.roles), 'role')} changed"
    yield (
        f"neurons    {len(old.roles):,} -> {len(new.roles):,}: {shared:,} shared, +{came:,} -{went:,}"
        + (moves if changes.renamed else "")
        + (roles if changes.roles else "")
    )
    for word, table, held in (
        ("chemical", changes.chemical, (old.chemical, new.chemical)),
        ("junctions", changes.junctions, (old.junctions, new.junctions)),
    ):
        weights = " -> ".join(amount(sum(side.values())) for side in held)
        counts = " -> ".join(f"{len(side):,}" for side in held)
        hidden = (
            f", {table.hidden:,} below {amount(changes.threshold)} not shown"
            if table.hidden
            else ""
        )
        yield (
            f"{word:<10} {counts}: +{len(table.added):,} -{len(table.lost):,} "
            f"~{len(table.changed):,}, {table.same:,} unchanged{hidden}; {weights} {unit}"
        )
    yield from signs(changes)
    yield from model(changes)


def signs(changes: Changes) -> Iterator[str]:
    """How many synapses turned from excitatory to inhibitory, or back."""
    found = changes.signs
    if found.told[0] != found.told[1]:
        only = changes.old if found.told[0] else changes.new
        yield f"signs      only {plain(only.label)} tells what excites and what inhibits"
    elif found.turned or found.hidden:
        hidden = f", {found.hidden:,} below {amount(changes.threshold)} not shown"
        yield (
            f"signs      {plural(len(found.turned), 'synapse')} of another sign"
            + (hidden if found.hidden else "")
        )


def model(changes: Changes) -> Iterator[str]:
    """What changed in the model, in two lines."""
    for side in (changes.old, changes.new):
        if side.edited:
            yield f"model      {plain(side.label)} was edited by hand: its tables are compared, its text is not"
    found = changes.model
    if found is None:
        for side in (changes.old, changes.new):
            if side.why:
                yield f"model      none of {plain(side.label)}: {side.why}"
        return
    old, new = found.depth
    yield (
        f"model      {old} -> {new} levels, {found.moved:,} of {found.shared:,} neurons on another; "
        f"{plural(len(found.turned), 'synapse')} turned; {coupled(found)}"
        f"{len(found.fell):,} off every path, {len(found.rose):,} back on one"
    )
    if found.apart:
        apart = ", ".join(f"{name} {a} -> {b}" for name, a, b in found.apart)
        yield f"parameters none kept, they mean something else: {apart}"
        return
    yield (
        f"parameters {found.kept:,} kept, {found.new:,} new, {found.lost:,} lost: "
        "elegansc transplant carries the kept ones over"
    )


def coupled(found: ModelChanges) -> str:
    """How many junctions came within a level, and how many left one."""
    if not found.coupled:
        return ""
    fell = sum(where == WITHIN for _, where in found.coupled)
    left = len(found.coupled) - fell
    return f"{plural(fell, 'gap junction')} now within a level, {left:,} no longer; "


def details(
    changes: Changes, *, verbose: bool = False, paint: Paint = unpainted
) -> Iterator[str]:
    """Every change, the largest first; a dozen of each kind unless all are asked for."""
    most = 10**9 if verbose else TOP
    yield from listed("neurons added", "+", changes.added, most, paint)
    yield from listed("neurons lost", "-", changes.lost, most, paint)
    renamed = [f"{plain(a)} -> {plain(b)}" for a, b in changes.renamed]
    yield from listed("written another way", "~", renamed, most, paint, ready=True)
    roles = [f"{plain(n)}: {a} -> {b}" for n, a, b in changes.roles]
    yield from listed("roles changed", "~", roles, most, paint, ready=True)
    for word, table, arrow in (
        ("chemical synapses", changes.chemical, "->"),
        ("gap junctions", changes.junctions, "-"),
    ):
        yield from pairs(word, table, arrow, most, paint)
    turned = [
        f"{plain(u)} -> {plain(v)}  {a} -> {b}" for (u, v), a, b in changes.signs.turned
    ]
    yield from listed("synapses of another sign", "~", turned, most, paint, ready=True)
    if changes.model is not None:
        turned = [
            f"{plain(u)} -> {plain(v)} now {way}"
            for (u, v), way in changes.model.turned
        ]
        yield from listed("turned", "~", turned, most, paint, ready=True)
        within = [
            f"{plain(u)} - {plain(v)} now {where}"
            for (u, v), where in changes.model.coupled
        ]
        yield from listed(
            "gap junctions in or out of a level", "~", within, most, paint, ready=True
        )
        yield from listed("off every path", "-", changes.model.fell, most, paint)
        yield from listed("back on a path", "+", changes.model.rose, most, paint)
    for word, kind, arrow in (
        ("chemical synapses", "chemical", "->"),
        ("gap junctions", "junctions", "-"),
    ):
        if kind in changes.groups:
            both = changes.groups[kind]
            yield from groups(f"{word} by role", both.by_role, arrow, most)
            yield from groups(f"{word} by class", both.by_class, arrow, most)


def listed(
    word: str, sign: str, found: Any, most: int, paint: Paint, *, ready: bool = False
) -> Iterator[str]:
    """A heading and names, one a line."""
    if not found:
        return
    yield ""
    yield f"{word}: {len(found):,}"
    for name in found[:most]:
        yield paint(f"  {sign} {name if ready else plain(name)}", sign)
    if len(found) > most:
        yield f"    and {len(found) - most:,} more (--verbose)"


def pairs(
    word: str, table: Table, arrow: str, most: int, paint: Paint
) -> Iterator[str]:
    """Pairs that came, went, changed."""

    def heavy(held: Mapping[Pair, float]) -> list[str]:
        order = sorted(held.items(), key=lambda item: (-item[1], item[0]))
        return [f"{plain(u)} {arrow} {plain(v)}  {amount(w)}" for (u, v), w in order]

    yield from listed(f"{word} added", "+", heavy(table.added), most, paint, ready=True)
    yield from listed(f"{word} lost", "-", heavy(table.lost), most, paint, ready=True)
    order = sorted(
        table.changed.items(), key=lambda item: (-abs(item[1][1] - item[1][0]), item[0])
    )
    rows = [
        f"{plain(u)} {arrow} {plain(v)}  {amount(old)} -> {amount(new)}{relative(old, new)}"
        for (u, v), (old, new) in order
    ]
    yield from listed(f"{word} of another weight", "~", rows, most, paint, ready=True)


def relative(old: float, new: float) -> str:
    """The change as a share of the old weight."""
    return f"  {100 * (new - old) / old:+.0f} %" if old else ""


def groups(
    word: str, found: Mapping[Pair, tuple[int, int, int]], arrow: str, most: int
) -> Iterator[str]:
    """Counts of pairs of groups."""
    if not found:
        return
    yield ""
    yield f"{word}: +came -went ~changed"
    for (u, v), (a, b, c) in list(found.items())[:most]:
        yield f"    {plain(u)} {arrow} {plain(v)}  +{a:,} -{b:,} ~{c:,}"
    if len(found) > most:
        yield f"    and {len(found) - most:,} more (--verbose)"


def as_json(changes: Changes) -> dict[str, Any]:
    """The changes as plain data."""
    found = changes.model
    return {
        "schema": 1,
        "command": "diff",
        "differs": bool(changes),
        "old": about(changes.old),
        "new": about(changes.new),
        "unit": changes.new.unit,
        "threshold": changes.threshold,
        "neurons": {
            "added": list(changes.added),
            "lost": list(changes.lost),
            "renamed": [list(pair) for pair in changes.renamed],
            "roles": [list(row) for row in changes.roles],
        },
        "chemical": rows_of(changes.chemical),
        "junctions": rows_of(changes.junctions),
        "signs": {
            "turned": [[u, v, a, b] for (u, v), a, b in changes.signs.turned],
            "hidden": changes.signs.hidden,
            "told": list(changes.signs.told),
        },
        **grouped_rows(changes),
        "model": (
            None
            if found is None
            else {
                "depth": list(found.depth),
                "moved": found.moved,
                "shared": found.shared,
                "turned": [[u, v, way] for (u, v), way in found.turned],
                "coupled": [[u, v, where] for (u, v), where in found.coupled],
                "fell": list(found.fell),
                "rose": list(found.rose),
                "parameters": {
                    "kept": found.kept,
                    "new": found.new,
                    "lost": found.lost,
                    "apart": [list(row) for row in found.apart],
                },
            }
        ),
    }


def grouped_rows(changes: Changes) -> dict[str, list[list[str | int]]]:
    """Rows of two groups and three counts: by role and class, of synapses and junctions."""
    return {
        prefix
        + which: [
            [u, v, *counts]
            for (u, v), counts in getattr(changes.groups[kind], which).items()
        ]
        for kind, prefix in (("chemical", ""), ("junctions", "junctions_"))
        for which in ("by_role", "by_class")
    }


def about(side: Side) -> dict[str, Any]:
    """One side as plain data; why: there is no model of it."""
    return {
        "label": side.label,
        "neurons": len(side.roles),
        "edited": side.edited,
        "why": side.why,
    }


def rows_of(table: Table) -> dict[str, Any]:
    """A table's changes as lists."""
    return {
        "added": [[u, v, w] for (u, v), w in table.added.items()],
        "lost": [[u, v, w] for (u, v), w in table.lost.items()],
        "changed": [[u, v, a, b] for (u, v), (a, b) in table.changed.items()],
        "unchanged": table.same,
        "hidden": table.hidden,
    }


def markdown(changes: Changes, *, verbose: bool = False) -> Iterator[str]:
    """For a pull request: the summary, and the details folded away."""
    first, *rest = summary(changes)
    yield f"**{escaped(first)}**"
    yield ""
    yield "| | |"
    yield "|---|---|"
    for line in rest:
        word, _, text = line.partition(" ")
        yield f"| {word} | {escaped(text.strip())} |"
    body = list(details(changes, verbose=verbose))
    if body:
        yield ""
        yield "<details><summary>Details</summary>"
        yield ""
        fence = "`" * max(3, 1 + longest(body))
        yield f"{fence}diff"
        for line in body:
            yield signed(line)
        yield fence
        yield ""
        yield "</details>"


def longest(lines: list[str]) -> int:
    """The longest run of back ticks in some lines."""
    runs = [
        run
        for line in lines
        for run in "".join(c if c == "`" else " " for c in line).split()
    ]
    return max(map(len, runs), default=0)


def signed(line: str) -> str:
    """A line as a diff shows it in colour: its sign first."""
    mark = line[2:3] if line.startswith("  ") and line[2:3] in "+-~" else ""
    if mark == "~":
        return f"! {line[4:]}"
    return f"{mark} {line[4:]}" if mark else line


def escaped(text: str) -> str:
    """Text that Markdown and HTML leave alone."""
    found = html.escape(text, quote=False)
    for mark in "\\`*_{}[]#|~":
        found = found.replace(mark, f"\\{mark}")
    return found
