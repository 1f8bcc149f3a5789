"""What changed between two connectomes, and in the models made of them. Data only.

All by name: neurons, chemical pairs, gap junctions; then the order that was found.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from .. import catalog
from ..options import Value
from .version import Pair, Side, rename

WITHIN, BETWEEN = "within a level", "between levels"  # where a junction is
SIGNS = {1: "excitatory", -1: "inhibitory", 0: "unknown"}


@dataclass(frozen=True)
class Table:
    """Changes of one kind of pair.

    Attributes:
        added, lost: pair -> weight; changed: pair -> (old, new); same: how many.
        hidden: changes below the threshold, that stand in none of these.
    """

    added: Mapping[Pair, float]
    lost: Mapping[Pair, float]
    changed: Mapping[Pair, tuple[float, float]]
    same: int
    hidden: int = 0

    def __bool__(self) -> bool:
        return bool(self.added or self.lost or self.changed)

    @property
    def weight(self) -> float:
        """How much more the new one weighs, of what is shown."""
        turned = sum(new - old for old, new in self.changed.values())
        return sum(self.added.values()) - sum(self.lost.values()) + turned


@dataclass(frozen=True)
class Signs:
    """Chemical pairs in both whose sign differs.

    Attributes:
        turned: (pair, old, new); a sign is a word of SIGNS. Empty where one side alone
            tells signs: all would be here.
        hidden: pairs of less weight than the threshold, that do not stand there.
        told: whether the old and the new tell any sign.
    """

    turned: tuple[tuple[Pair, str, str], ...] = ()
    hidden: int = 0
    told: tuple[bool, bool] = (False, False)

    def __bool__(self) -> bool:
        return bool(self.turned) or self.told[0] != self.told[1]


@dataclass(frozen=True)
class ModelChanges:
    """What changed in the model.

    Attributes:
        depth: levels of the old and the new.
        moved: neurons in both whose level differs; shared: neurons in both.
        turned: pairs in both that run backward in one and forward in the other.
        coupled: junctions in both that conduct between levels in one alone.
        fell, rose: neurons that came off every path, and onto one.
        kept, new, lost: parameters by exact name: gains by synapse, biases by neuron.
        apart: (option, old, new) that make a parameter mean something else: none is kept.
    """

    depth: tuple[int, int]
    moved: int
    shared: int
    turned: tuple[tuple[Pair, str], ...]
    fell: tuple[str, ...]
    rose: tuple[str, ...]
    kept: int
    new: int
    lost: int
    apart: tuple[tuple[str, Value, Value], ...] = ()
    coupled: tuple[tuple[Pair, str], ...] = ()

    def __bool__(self) -> bool:
        other = self.turned or self.coupled
        return bool(other or self.moved or self.fell or self.rose)


@dataclass(frozen=True)
class Groups:
    """How many pairs came, went and changed, of one kind of pair.

    Attributes:
        by_role, by_class: (group, group) -> (came, went, changed), the most first.
    """

    by_role: Mapping[Pair, tuple[int, int, int]]
    by_class: Mapping[Pair, tuple[int, int, int]]


@dataclass(frozen=True)
class Changes:
    """What changed from `old` to `new`; `groups` are of "chemical" and "junctions"."""

    old: Side
    new: Side
    added: tuple[str, ...]
    lost: tuple[str, ...]
    renamed: tuple[Pair, ...]
    roles: tuple[tuple[str, str, str], ...]
    chemical: Table
    junctions: Table
    signs: Signs
    model: ModelChanges | None
    threshold: float = 0.0
    groups: Mapping[str, Groups] = field(default_factory=dict)

    def __bool__(self) -> bool:
        graph = self.added or self.lost or self.renamed or self.roles
        wiring = self.chemical or self.junctions or self.signs
        return bool(graph or wiring or self.model)


def compare(
    old: Side, new: Side, *, threshold: float = 0.0, fold: bool = False
) -> Changes:
    """All that changed.

    Args:
        threshold: changes of less weight are counted, not shown.
        fold: left and right partners count as one by class.
    """
    added = sorted(set(new.roles) - set(old.roles))
    lost = sorted(set(old.roles) - set(new.roles))
    renamed = renames(lost, added)
    kept = parameters(old, new)  # a transplant goes by exact names
    if renamed:
        old = rename(old, dict(renamed))
        added = [name for name in added if name not in {b for _, b in renamed}]
        lost = [name for name in lost if name not in {a for a, _ in renamed}]
    roles = tuple(
        (name, old.roles[name], role)
        for name, role in sorted(new.roles.items())
        if name in old.roles and old.roles[name] != role
    )
    chemical = table(old.chemical, new.chemical, threshold)
    junctions = table(old.junctions, new.junctions, threshold)
    role = {**old.roles, **new.roles}
    cell_class = {name: class_of(name, fold) for name in role}
    return Changes(
        old,
        new,
        tuple(added),
        tuple(lost),
        renamed,
        roles,
        chemical,
        junctions,
        signs(old, new, threshold),
        models(old, new, kept),
        threshold,
        {
            "chemical": Groups(grouped(chemical, role), grouped(chemical, cell_class)),
            "junctions": Groups(
                grouped(junctions, role, ways=1), grouped(junctions, cell_class, ways=1)
            ),
        },
    )


def table(old: Mapping[Pair, float], new: Mapping[Pair, float], least: float) -> Table:
    """Pairs that came, went and changed weight."""
    both = sorted(set(old) & set(new))
    added = {pair: new[pair] for pair in sorted(set(new) - set(old))}
    lost = {pair: old[pair] for pair in sorted(set(old) - set(new))}
    changed = {pair: (old[pair], new[pair]) for pair in both if old[pair] != new[pair]}
    same = len(both) - len(changed)
    every = len(added) + len(lost) + len(changed)
    added = {pair: w for pair, w in added.items() if w >= least}
    lost = {pair: w for pair, w in lost.items() if w >= least}
    changed = {p: (a, b) for p, (a, b) in changed.items() if abs(b - a) >= least}
    shown = len(added) + len(lost) + len(changed)
    return Table(added, lost, changed, same, every - shown)


def signs(old: Side, new: Side, least: float) -> Signs:
    """Chemical pairs that are excitatory in one and inhibitory in the other."""
    told = bool(old.signs), bool(new.signs)
    if not all(told):
        return Signs((), 0, told)
    other = [
        pair
        for pair in sorted(set(old.chemical) & set(new.chemical))
        if old.signs.get(pair, 0) != new.signs.get(pair, 0)
    ]
    shown = [p for p in other if old.chemical[p] + new.chemical[p] >= least]
    turned = tuple(
        (pair, SIGNS[old.signs.get(pair, 0)], SIGNS[new.signs.get(pair, 0)])
        for pair in shown
    )
    return Signs(turned, len(other) - len(shown), told)


def renames(lost: list[str], added: list[str]) -> tuple[Pair, ...]:
    """(old, new) names that differ by case, padding or separators alone."""
    by_key: dict[str, list[str]] = {}
    for name in added:
        by_key.setdefault(key(name), []).append(name)
    olds: dict[str, list[str]] = {}
    for name in lost:
        olds.setdefault(key(name), []).append(name)
    return tuple(
        (names[0], by_key[word][0])
        for word, names in olds.items()
        if len(names) == 1 and len(by_key.get(word, ())) == 1
    )


def key(name: str) -> str:
    """What is left of a name without case, padding zeros and separators.

    Between digits a separator stays, as a slash: 1-10 is not 11-0.
    """
    split = re.sub(r"(?<=\d)[\s_\-.]+(?=\d)", "/", name)
    bare = re.sub(r"[\s_\-.]+", "", split).casefold()
    return re.sub(r"(?<!\d)0+(?=\d)", "", bare)


def models(old: Side, new: Side, kept: tuple[int, int, int]) -> ModelChanges | None:
    """What changed in the model, where both sides have one.

    Args:
        kept: parameters that are kept, new and lost.
    """
    if old.level is None or new.level is None:
        return None
    known = set(old.roles) & set(new.roles)
    shared = set(old.chemical) & set(new.chemical)
    turned = tuple(
        (pair, "backward" if pair in new.back else "forward")
        for pair in sorted(shared)
        if (pair in old.back) != (pair in new.back) and pair[0] != pair[1]
    )
    live = known & set(old.level) & set(new.level)
    return ModelChanges(
        (depth(old.level), depth(new.level)),
        sum(old.level[name] != new.level[name] for name in live),
        len(live),
        turned,
        tuple(sorted(known & set(old.level) - set(new.level))),
        tuple(sorted(known & set(new.level) - set(old.level))),
        *kept,
        tuple(
            (name, value, new.meaning[name])
            for name, value in old.meaning.items()
            if value != new.meaning[name]
        ),
        tuple(
            (pair, WITHIN if pair in new.lateral else BETWEEN)
            for pair in sorted(set(old.junctions) & set(new.junctions))
            if (pair in old.lateral) != (pair in new.lateral)
        ),
    )


def parameters(old: Side, new: Side) -> tuple[int, int, int]:
    """How many parameters a transplant keeps, adds and drops."""
    before, after = ({*side.gains, *(side.level or ())} for side in (old, new))
    both = before & after if old.meaning == new.meaning else set()
    return len(both), len(after) - len(both), len(before) - len(both)


def depth(level: Mapping[str, int]) -> int:
    """How many levels there are."""
    return max(level.values(), default=-1) + 1


def grouped(
    found: Table, group: Mapping[str, str], ways: int = 2
) -> dict[Pair, tuple[int, int, int]]:
    """(group, group) -> how many pairs came, went and changed, the most first.

    Args:
        ways: 1: (a, b) and (b, a) are one.
    """
    counts: dict[Pair, list[int]] = {}
    for place, pairs in enumerate((found.added, found.lost, found.changed)):
        for u, v in pairs:
            ends = (group[u], group[v])
            ends = ends if ways == 2 else (min(ends), max(ends))
            counts.setdefault(ends, [0, 0, 0])[place] += 1
    rows = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return {pair: (a, b, c) for pair, (a, b, c) in rows}


def class_of(name: str, fold: bool) -> str:
    """The class of a C. elegans cell, or the name without its side if asked to fold."""
    cell = catalog.cells().get(name)
    if cell is not None and cell.cell_class:
        return cell.cell_class if fold else cell.cell_class + cell.side
    return name[:-1] if fold and name[-1:] in ("L", "R") and len(name) > 1 else name
