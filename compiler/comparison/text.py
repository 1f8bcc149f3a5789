"""The report of diff as text: a short summary, then the details."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..names import amount, plain, plural
from ..options import RESHAPES
from .changes import WITHIN, Changes, ModelChanges, PairChanges
from .version import Pair, Version

CHANGES_SHOWN = 12  # of each list, unless verbose
Paint = Callable[[str, str], str]  # (text, "+", "-", "~" or "") -> text


def unpainted(text: str, sign: str) -> str:
    """Text as it is."""
    return text


def summary(changes: Changes) -> Iterator[str]:
    """The summary: neurons, synapses, junctions, signs, model."""
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
    for word, table, weighed in (
        ("chemical", changes.chemical, (old.chemical, new.chemical)),
        ("junctions", changes.junctions, (old.junctions, new.junctions)),
    ):
        weights = " -> ".join(amount(sum(side.values())) for side in weighed)
        counts = " -> ".join(f"{len(side):,}" for side in weighed)
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
    """The line of synapses with another sign."""
    found = changes.signs
    if found.known[0] != found.known[1]:
        only = changes.old if found.known[0] else changes.new
        yield f"signs      only {plain(only.label)} tells what excites and what inhibits"
    elif found.turned or found.hidden:
        hidden = f", {found.hidden:,} below {amount(changes.threshold)} not shown"
        yield (
            f"signs      {plural(len(found.turned), 'synapse')} of another sign"
            + (hidden if found.hidden else "")
        )


def model(changes: Changes) -> Iterator[str]:
    """The lines of the model and its parameters."""
    for version in (changes.old, changes.new):
        if version.edited:
            yield f"model      {plain(version.label)} was edited by hand: its tables are compared, its text is not"
    found = changes.model
    if found is None:
        for version in (changes.old, changes.new):
            if version.why:
                yield f"model      none of {plain(version.label)}: {version.why}"
        return
    old, new = found.depth
    if old and new:
        yield (
            f"model      {old} -> {new} levels, {found.moved:,} of {found.shared:,} neurons on another; "
            f"{plural(len(found.turned), 'synapse')} turned; {coupled(found)}"
            f"{len(found.fell):,} off every path, {len(found.rose):,} back on one"
        )
    else:
        ends = " -> ".join(map(computed, (changes.old, changes.new)))
        yield f"model      {ends}; {plural(found.shared, 'neuron')} in both"
    apart = ", ".join(f"{name} {a} -> {b}" for name, a, b in found.apart)
    if any(name not in RESHAPES for name, _, _ in found.apart):
        yield f"parameters none kept, they mean something else: {apart}"
        return
    why = "only one of them has" if "dynamics" in apart else "has another shape"
    shapes = f"; what {why} is new: {apart}" if apart else ""
    yield (
        f"parameters {found.kept:,} kept, {found.new:,} new, {found.lost:,} lost{shapes}: "
        "elegansc transplant carries the kept ones over"
    )


def computed(version: Version) -> str:
    """What the model of a version is, in words: its levels, or how time passes in it."""
    if version.level is not None:
        return plural(max(version.level.values(), default=-1) + 1, "level")
    time = [f"{name} {amount(version.time[name])}" for name in version.time]
    return ", ".join(("leaky", *time))


def coupled(found: ModelChanges) -> str:
    """Numbers of junctions newly within a level and no longer within one."""
    if not found.coupled:
        return ""
    fell = sum(where == WITHIN for _, where in found.coupled)
    left = len(found.coupled) - fell
    return f"{plural(fell, 'gap junction')} now within a level, {left:,} no longer; "


def details(
    changes: Changes,
    *,
    verbose: bool = False,
    paint: Paint = unpainted,
    least: int = 1,
) -> Iterator[str]:
    """Every change, the largest first; twelve of each kind unless `verbose`.

    Args:
        least: leave out groups of fewer changes by role and class: 2: those that only
            repeat a change.
    """
    most = 10**9 if verbose else CHANGES_SHOWN
    yield from change_list("neurons added", "+", changes.added, most, paint)
    yield from change_list("neurons lost", "-", changes.lost, most, paint)
    renamed = [f"{plain(a)} -> {plain(b)}" for a, b in changes.renamed]
    yield from change_list("written another way", "~", renamed, most, paint, ready=True)
    roles = [f"{plain(n)}: {a} -> {b}" for n, a, b in changes.roles]
    yield from change_list("roles changed", "~", roles, most, paint, ready=True)
    for word, table, arrow in (
        ("chemical synapses", changes.chemical, "->"),
        ("gap junctions", changes.junctions, "-"),
    ):
        yield from pairs(word, table, arrow, most, paint)
    turned = [
        f"{plain(u)} -> {plain(v)}  {a} -> {b}" for (u, v), a, b in changes.signs.turned
    ]
    yield from change_list(
        "synapses of another sign", "~", turned, most, paint, ready=True
    )
    if changes.model is not None:
        turned = [
            f"{plain(u)} -> {plain(v)} now {way}"
            for (u, v), way in changes.model.turned
        ]
        yield from change_list("turned", "~", turned, most, paint, ready=True)
        within = [
            f"{plain(u)} - {plain(v)} now {where}"
            for (u, v), where in changes.model.coupled
        ]
        yield from change_list(
            "gap junctions in or out of a level", "~", within, most, paint, ready=True
        )
        yield from change_list("off every path", "-", changes.model.fell, most, paint)
        yield from change_list("back on a path", "+", changes.model.rose, most, paint)
    for word, kind, arrow in (
        ("chemical synapses", "chemical", "->"),
        ("gap junctions", "junctions", "-"),
    ):
        if kind in changes.groups:
            both = changes.groups[kind]
            for by, found in (("role", both.by_role), ("class", both.by_class)):
                large = {pair: n for pair, n in found.items() if sum(n) >= least}
                yield from groups(f"{word} by {by}", large, arrow, most)


def change_list(
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
    word: str, table: PairChanges, arrow: str, most: int, paint: Paint
) -> Iterator[str]:
    """The lists of added, lost and reweighted pairs."""

    def heavy(weights: Mapping[Pair, float]) -> list[str]:
        order = sorted(weights.items(), key=lambda item: (-item[1], item[0]))
        return [f"{plain(u)} {arrow} {plain(v)}  {amount(w)}" for (u, v), w in order]

    yield from change_list(
        f"{word} added", "+", heavy(table.added), most, paint, ready=True
    )
    yield from change_list(
        f"{word} lost", "-", heavy(table.lost), most, paint, ready=True
    )
    order = sorted(
        table.changed.items(), key=lambda item: (-abs(item[1][1] - item[1][0]), item[0])
    )
    rows = [
        f"{plain(u)} {arrow} {plain(v)}  {amount(old)} -> {amount(new)}{relative(old, new)}"
        for (u, v), (old, new) in order
    ]
    yield from change_list(
        f"{word} of another weight", "~", rows, most, paint, ready=True
    )


def relative(old: float, new: float) -> str:
    """The change as a share of the old weight."""
    return f"  {100 * (new - old) / old:+.0f} %" if old else ""


def groups(
    word: str, found: Mapping[Pair, tuple[int, int, int]], arrow: str, most: int
) -> Iterator[str]:
    """The table of changes by pairs of groups."""
    if not found:
        return
    yield ""
    yield f"{word}: +came -went ~changed"
    for (u, v), (a, b, c) in list(found.items())[:most]:
        yield f"    {plain(u)} {arrow} {plain(v)}  +{a:,} -{b:,} ~{c:,}"
    if len(found) > most:
        yield f"    and {len(found) - most:,} more (--verbose)"
