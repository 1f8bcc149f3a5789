"""A version whose neurons are given other names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from ..semantics.ties import Tie
from ..semantics.wiring import Link, link
from .version import Pair, Version

V = TypeVar("V")


def rename(old: Version, names: Mapping[str, str]) -> Version:
    """The version with some of its neurons renamed."""

    def new(name: str) -> str:
        return names.get(name, name)

    def pairs(held: Mapping[Pair, V]) -> dict[Pair, V]:
        return {(new(u), new(v)): value for (u, v), value in held.items()}

    def links(held: frozenset[Link]) -> frozenset[Link]:
        return frozenset(link((new(v), new(u), kind)) for v, u, kind in held)

    def tied(tie: Tie) -> Tie:
        kind, *ends = tie
        ends = [new(end) for end in ends]
        return (kind, *(sorted(ends) if kind == "electrical" else ends))

    level = old.level
    return replace(
        old,
        roles={new(name): role for name, role in old.roles.items()},
        chemical=pairs(old.chemical),
        junctions={(min(p), max(p)): w for p, w in pairs(old.junctions).items()},
        signs=pairs(old.signs),
        level=None if level is None else {new(n): at for n, at in level.items()},
        back=frozenset((new(u), new(v)) for u, v in old.back),
        lateral=frozenset(
            (min(new(u), new(v)), max(new(u), new(v))) for u, v in old.lateral
        ),
        gains=links(old.gains),
        conductances=links(old.conductances),
        ties={name: frozenset(map(tied, held)) for name, held in old.ties.items()},
        live=None if old.live is None else frozenset(map(new, old.live)),
    )
