"""The changes between two connectomes and their models, by name, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..catalog import class_of
from ..options import RESHAPES, Value, apart, dashed
from .cell_names import renames
from .renaming import rename
from .version import Pair, Version

WITHIN, BETWEEN = "within a level", "between levels"  # where a junction is
SIGNS = {1: "excitatory", -1: "inhibitory", 0: "unknown"}


@dataclass(frozen=True)
class PairChanges:
    """The changes of one kind of pair, chemical or electrical.

    Attributes:
        added, lost: pair -> weight; changed: pair -> (old, new) weight.
        same: number of unchanged pairs.
        hidden: number of changes below the threshold, left out above.
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
        """The change of the total weight, by the changes that are shown."""
        turned = sum(new - old for old, new in self.changed.values())
        return sum(self.added.values()) - sum(self.lost.values()) + turned


@dataclass(frozen=True)
class Signs:
    """Chemical pairs with different signs in the old and the new.

    Attributes:
        turned: (pair, old, new) signs, as words of SIGNS; empty if only one side has
            signs at all.
        hidden: number of such pairs below the threshold, left out above.
        known: whether the old has signs, whether the new has.
    """

    turned: tuple[tuple[Pair, str, str], ...] = ()
    hidden: int = 0
    known: tuple[bool, bool] = (False, False)

    def __bool__(self) -> bool:
        return bool(self.turned) or self.known[0] != self.known[1]


@dataclass(frozen=True)
class ModelChanges:
    """The changes of the model.

    Attributes:
        depth: number of levels of the old and the new; 0: nothing is cut.
        moved: number of shared neurons with another level; shared: number in both.
        turned: shared pairs that run forward in one and backward in the other.
        coupled: shared junctions that conduct in only one of the two.
        fell, rose: neurons that are no longer, or newly, on a path.
        kept, new, lost: numbers in the parameters, by exact name of synapse and neuron.
        apart: (option, old, new) that make a parameter mean something else: none is kept;
            across options of RESHAPES those of the same shape are.
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
    """Numbers of added, lost and changed pairs by group.

    Attributes:
        by_role, by_class: (group, group) -> (added, lost, changed), sorted by sum.
    """

    by_role: Mapping[Pair, tuple[int, int, int]]
    by_class: Mapping[Pair, tuple[int, int, int]]


@dataclass(frozen=True)
class Changes:
    """All changes from `old` to `new`; keys of `groups`: "chemical", "junctions"."""

    old: Version
    new: Version
    added: tuple[str, ...]
    lost: tuple[str, ...]
    renamed: tuple[Pair, ...]
    roles: tuple[tuple[str, str, str], ...]
    chemical: PairChanges
    junctions: PairChanges
    signs: Signs
    model: ModelChanges | None
    threshold: float = 0.0
    groups: Mapping[str, Groups] = field(default_factory=dict)

    def __bool__(self) -> bool:
        graph = self.added or self.lost or self.renamed or self.roles
        wiring = self.chemical or self.junctions or self.signs
        return bool(graph or wiring or self.model)


def compare(
    old: Version, new: Version, *, threshold: float = 0.0, fold: bool = False
) -> Changes:
    """Compare two connectomes or models.

    Args:
        threshold: smaller changes of weight are counted but left out.
        fold: count left and right partners as one in the groups by class.
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


def table(
    old: Mapping[Pair, float], new: Mapping[Pair, float], least: float
) -> PairChanges:
    """The added, lost and reweighted pairs."""
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
    return PairChanges(added, lost, changed, same, every - shown)


def signs(old: Version, new: Version, least: float) -> Signs:
    """The shared chemical pairs with different signs."""
    known = bool(old.signs), bool(new.signs)
    if not all(known):
        return Signs((), 0, known)
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
    return Signs(turned, len(other) - len(shown), known)


def models(
    old: Version, new: Version, kept: tuple[int, int, int]
) -> ModelChanges | None:
    """The changes of the model; None unless both versions have one.

    Args:
        kept: parameters that are kept, new and lost.
    """
    if old.live is None or new.live is None:
        return None
    known = set(old.roles) & set(new.roles)
    differ = apart(old.meaning, new.meaning)
    meant = tuple(
        (dashed(name), old.meaning[name], new.meaning[name]) for name in differ
    )
    if old.level is None or new.level is None:
        return ModelChanges(
            (depth(old.level or {}), depth(new.level or {})),
            0,
            len(known & old.live & new.live),
            (),
            tuple(sorted(known & (old.live - new.live))),
            tuple(sorted(known & (new.live - old.live))),
            *kept,
            meant,
        )
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
        meant,
        tuple(
            (pair, WITHIN if pair in new.lateral else BETWEEN)
            for pair in sorted(set(old.junctions) & set(new.junctions))
            if (pair in old.lateral) != (pair in new.lateral)
        ),
    )


def parameters(old: Version, new: Version) -> tuple[int, int, int]:
    """How many numbers of the parameters a transplant keeps, adds and drops."""
    before, after, kept = old.parameters(), new.parameters(), 0
    if not set(apart(old.meaning, new.meaning)) - set(RESHAPES):
        kept = new.parameters(like=old)
    return kept, after - kept, before - kept


def depth(level: Mapping[str, int]) -> int:
    """Number of levels."""
    return max(level.values(), default=-1) + 1


def grouped(
    found: PairChanges, group: Mapping[str, str], ways: int = 2
) -> dict[Pair, tuple[int, int, int]]:
    """(group, group) -> number of added, lost and changed pairs, sorted by sum.

    Args:
        ways: 1: count (a, b) and (b, a) as one.
    """
    counts: dict[Pair, list[int]] = {}
    for place, pairs in enumerate((found.added, found.lost, found.changed)):
        for u, v in pairs:
            ends = (group[u], group[v])
            ends = ends if ways == 2 else (min(ends), max(ends))
            counts.setdefault(ends, [0, 0, 0])[place] += 1
    rows = sorted(counts.items(), key=lambda item: (-sum(item[1]), item[0]))
    return {pair: (a, b, c) for pair, (a, b, c) in rows}
