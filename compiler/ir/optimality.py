"""What is known of an order, and what a new order may take from an older one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

# Directed cycles, each with how much of it is packed, in millionths of a unit of weight.
Component = tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Optimality:
    """How an order was found and what is proved of it.

    Attributes:
        method: "exact", "sift", "ratio"; "exact+sift" where components differ.
        bound: no order loses less, in the source's unit; None where nothing is proved.
        packing: by component, the cycles that prove it; empty where they are not at hand.
        order: the names in the order that was found first; scale: integers a unit.
        lost: price of that order, in the source's unit; None of a model that is read.
        certified: whether `packing` proves the bound; else an integer program does.
    """

    method: str
    bound: float | None = None
    packing: tuple[Component, ...] = field(default=(), compare=False)
    order: tuple[str, ...] = field(default=(), compare=False)
    scale: int = field(default=1, compare=False)
    lost: float | None = field(default=None, compare=False)
    certified: bool = field(default=True, compare=False)

    @property
    def proved(self) -> bool:
        """Whether the order that was found first is proved to lose least."""
        if self.bound is None or self.lost is None:
            return False
        return self.bound >= self.lost


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """What an older model did with the synapses it has in common with a new one.

    Attributes:
        label: of its file.
        back: (pre, post) -> whether it ran backward; rank: name -> place in its levels.
        rising: (left, right) of junctions as they conducted.
        lateral: (one, other), sorted, of those within a level.
        optimality: what was known of its order.
        same: it is of the same graph and options: its order stands as it is.
    """

    label: str
    back: Mapping[tuple[str, str], bool]
    rank: Mapping[str, int]
    rising: frozenset[tuple[str, str]]
    optimality: Optimality
    same: bool = False
    lateral: frozenset[tuple[str, str]] = frozenset()
