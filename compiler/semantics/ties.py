"""Ties: synapses that share a gain, gap junctions a conductance, neurons a time constant.

Of those of one tie the strength is the shared gain times the weight in the table. A tie is
what its synapses have in common: the pair of types of both ends (`--tie type`), the pair
and its mirror image of left and right (`side`), or the kind alone (`all`: fixed by
anatomy). A gap junction has no direction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Float64
from ..errors import UsageError
from ..names import plural
from ..options import Options
from .wiring import Gain, Wiring

Tie = tuple[str, ...]  # of a synapse or junction; of a neuron, one word at most
OTHER_SIDE = {"L": "R", "R": "L"}


@dataclass(frozen=True, slots=True)
class Groups:
    """What is tied to what.

    Attributes:
        ties: each once, in the order of their first members.
        place: of each member, its tie's place in `ties`.
    """

    ties: tuple[Tie, ...]
    place: tuple[int, ...]

    def spread(self, values: Float64) -> Float64:
        """The value of each member, of those of the ties."""
        return values[list(self.place)]

    def added(self, gradients: Float64) -> Float64:
        """The gradient of each tie, of those of its members."""
        found = np.zeros(len(self.ties))
        np.add.at(found, list(self.place), gradients)
        return found


def gain_groups(wiring: Wiring, gains: Sequence[Gain], options: Options) -> Groups:
    """The ties of gains, or of conductances, where --tie asks for them."""
    return grouped(map(tie_of(wiring, options), gains))


def tau_groups(wiring: Wiring, options: Options) -> Groups | None:
    """The ties of the neurons' time constants; None where each stands alone."""
    if options.tie_tau == "none":
        return None
    by_type = options.tie_tau == "type"
    types = wiring.types
    return grouped((types.get(n, n),) if by_type else () for n in wiring.fire)


def grouped(ties: Iterable[Tie]) -> Groups:
    """The groups of members whose ties these are."""
    every = list(ties)
    number = {tie: place for place, tie in enumerate(dict.fromkeys(every))}
    return Groups(tuple(number), tuple(number[tie] for tie in every))


def tie_of(wiring: Wiring, options: Options) -> Callable[[Gain], Tie]:
    """What ties a synapse, by the options."""
    if options.tie == "all":
        return lambda gain: (kind_of(gain),)
    if options.tie == "type":
        types = wiring.types
        return lambda gain: tie(gain, lambda neuron: types.get(neuron, neuron))
    other = mirror(wiring)

    def sides(gain: Gain) -> Tie:
        return min(tie(gain, lambda neuron: neuron), tie(gain, other))

    return sides


def kind_of(gain: Gain) -> str:
    """Of a gain: chemical or electrical, wherever it stands in the order."""
    return "electrical" if gain[2] in ("electrical", "lateral") else "chemical"


def tie(gain: Gain, word: Callable[[str], str]) -> Tie:
    """(kind, word of the neuron, word of its input); of a junction in their order."""
    neuron, source, _ = gain
    ends = [word(neuron), word(source)]
    kind = kind_of(gain)
    return (kind, *(sorted(ends) if kind == "electrical" else ends))


def mirror(wiring: Wiring) -> Callable[[str], str]:
    """A neuron's partner on the other side, else itself: names that differ in a last L, R."""
    known = {*wiring.fire, *wiring.silent}

    def other(neuron: str) -> str:
        found = neuron[:-1] + OTHER_SIDE.get(neuron[-1], neuron[-1])
        return found if found in known else neuron

    return other


def check_types(wiring: Wiring, options: Options) -> None:
    """Raise a UsageError where neurons are to be tied by type and none has one."""
    asked = [
        f"--{name}"
        for name, value in (("tie", options.tie), ("tie-tau", options.tie_tau))
        if value == "type"
    ]
    if asked and not wiring.types:
        seen = (
            f"{asked[0]} type: none of {plural(len(wiring.fire), 'neuron')} has a type"
        )
        raise UsageError(f"{seen}; give a table of name, type: --types FILE")


def shared(
    values: Sequence[float], weights: Sequence[float], groups: Groups
) -> list[float]:
    """By tie: what the strengths of its members add up to, over what they weigh."""
    top, bottom = [0.0] * len(groups.ties), [0.0] * len(groups.ties)
    for value, weight, place in zip(values, weights, groups.place, strict=True):
        top[place] += value
        bottom[place] += weight
    return [one / other for one, other in zip(top, bottom, strict=True)]
