"""The accounts of the passes that sign synapses and give cells their types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Signed:
    """What `sign_synapses` did.

    Attributes:
        origin: "none", "transmitter", or the label of a table.
        positive, negative: numbers of synapses.
        free: number of synapses without a sign, by the reason: a word of the table, a
            transmitter, or "absent" for those that the table does not list.
        senders: neurons that send a synapse with a sign; both: of them, with both signs.
        dropped: signs of the source that are not used.
        strangers: pairs of the table that are no synapse, as `A -> B`.
    """

    origin: str
    positive: int
    negative: int
    free: Mapping[str, int]
    senders: int
    both: int
    dropped: int = 0
    strangers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Typed:
    """What `type_cells` did.

    Attributes:
        origin: where types are from, in words.
        types: number of them.
        typed: number of neurons that have one.
        own: neurons without one, each a type of its own.
        strangers: names of the table that are no neuron.
    """

    origin: str
    types: int
    typed: int
    own: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
