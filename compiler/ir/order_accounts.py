"""Accounts of the passes from the order on: frozen records for the report and `--json`."""

from __future__ import annotations

from dataclasses import dataclass, field

from .accounts import MERGED


@dataclass(frozen=True, slots=True)
class Loss:
    """What runs backward, self-loops apart, and what is lost by it.

    Attributes:
        method, bound, scale: see `Optimality`.
        components: strongly connected ones of more than one node; largest: nodes of one.
        synapses, weight: of what runs backward.
        halves: of them, those whose reciprocal synapse runs forward.
        walks: share of sensor-to-motor walk weight that runs forward, by hops from 1.
        of_synapses, of_weight: of all synapses, self-loops apart.
    """

    method: str
    bound: float | None
    scale: int
    components: int
    largest: int
    synapses: int
    weight: float
    halves: int
    walks: tuple[float, ...]
    of_synapses: int
    of_weight: float
    self_loops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """What `break_cycles` did. Weights and prices in the source's unit.

    Attributes:
        asked: option --cycles; "": an older order was taken as it is.
        rounded: whether weights were rounded to integers.
        alive, roles, symmetric, stick, max_levels: options.
        protected: arcs that are protected; unmatched: patterns without a synapse;
            unprotected: protected synapses that run backward.
        unique, least: see `Solution`; least_price: price of the order found first.
        too_large_to_revive: whether the graph is too large to keep neurons alive.
        few_price, brought_back, given_up, too_dear: see `Repaired`; silent: number of
            the neurons that are left on no path.
        flips: synapses that run another way than in the older model `like`.
        recorded: whether an older order was taken as it is.
        spent: whether the budget of an exact search ended before; certified: see
            `Optimality`.
        price: of what runs backward.
        lateral, lateral_weight: junctions within a level.
    """

    asked: str = ""
    rounded: bool
    alive: bool
    roles: str
    symmetric: bool
    protected: int
    unique: bool | None = None
    least_price: float
    least: float | None = None
    unmatched: tuple[str, ...]
    too_large_to_revive: bool = False
    max_levels: int = 0
    few_price: float | None = None
    brought_back: int | None = None
    given_up: tuple[str, ...] | None = None
    too_dear: bool = False
    silent: int = 0
    unprotected: tuple[str, ...]
    flips: int | None = None
    like: str = ""
    stick: float | None = None
    recorded: bool = False
    spent: bool = False
    certified: bool = True
    loss: Loss = field(metadata=MERGED)
    price: float
    lateral: int
    lateral_weight: float


@dataclass(frozen=True, slots=True)
class Sorted:
    """What `topological_sort` did: levels with and without junctions."""

    levels: int
    chemical_levels: int
    junctions: int
    junction_weight: float


@dataclass(frozen=True, slots=True)
class Marked:
    """What `mark_live` found.

    Attributes:
        live, of: neurons on a path from a sensor to a motor, and all.
        unreached: names of those that no sensor reaches; mute: of others that reach no
            motor neuron.
        dead_sensory, dead_motor: names of such neurons on no path.
    """

    live: int
    of: int
    unreached: tuple[str, ...]
    mute: tuple[str, ...]
    dead_sensory: tuple[str, ...]
    dead_motor: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What `schedule_levels` made: levels, and what joins the neurons in them."""

    levels: int
    widest: int
    neurons: int
    synapses: int
    feedback: int
    junctions: int
    junction_weight: float
