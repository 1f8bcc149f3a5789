"""The three-way merge of values by key: the base, our change and their change."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Both(Generic[K, V]):
    """A merge in two variants, which differ in the conflicts alone.

    Attributes:
        ours, theirs: with our value, with theirs where both changed one differently.
        conflicts: the keys of those, sorted, with (base, ours, theirs); None: absent.
    """

    ours: dict[K, V]
    theirs: dict[K, V]
    conflicts: dict[K, tuple[V | None, V | None, V | None]]


def three_way(
    base: Mapping[K, V], ours: Mapping[K, V], theirs: Mapping[K, V]
) -> Both[K, V]:
    """Merge two changes of a mapping: whoever changed a key, or removed it, has its way."""
    found: Both[K, V] = Both({}, {}, {})
    for key in sorted({*base, *ours, *theirs}):  # type: ignore[type-var]
        was, one, other = base.get(key), ours.get(key), theirs.get(key)
        first, second = one, other
        if one == was:
            first = other
        elif other in (was, one):
            second = one
        else:
            found.conflicts[key] = (was, one, other)
        for variant, value in ((found.ours, first), (found.theirs, second)):
            if value is not None:
                variant[key] = value
    return found
