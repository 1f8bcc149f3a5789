"""The strength of a synapse, made from its gain: free, of a fixed sign, or tied.

`--dale clamped` fixes the sign of every synapse whose sign is known: SIGN * |gain|. The
slope at 0 is 1, so that a gain that comes to 0 leaves it again. Where gains are tied, the
strength is the gain times the weight in the table.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import UsageError
from ..options import Options
from .merges import merge_of
from .wiring import Gain, Wiring

METHOD = "self.strengths()"  # of a generated module, where a gain alone is no strength


def clamped(options: Options) -> bool:
    """Whether known signs are fixed for good."""
    return options.dale == "clamped"


def expression(options: Options) -> str:
    """The strengths of all synapses, as a generated module writes them."""
    tied = options.tie != "none"
    return METHOD if tied or clamped(options) else merge_of(options).strength


def known_sign(wiring: Wiring, gain: Gain) -> int:
    """The sign of a chemical synapse, +1 or -1; 0 where it is not known, or none."""
    neuron, source, kind = gain
    if kind not in ("chemical", "feedback"):
        return 0
    return wiring.sign.get(neuron, {}).get(source, 0)


def check_signs(wiring: Wiring, gains: Iterable[Gain], options: Options) -> None:
    """Raise a UsageError where --dale holds no synapse, as no sign is known."""
    if options.dale == "free" or any(known_sign(wiring, gain) for gain in gains):
        return
    hint = "--signs transmitter, or --signs FILE, tells them"
    raise UsageError(f"--dale {options.dale}: no synapse has a known sign; {hint}")


@dataclass(frozen=True, slots=True)
class Strengths:
    """What makes the strength of each synapse of a network from its gain."""

    wiring: Wiring
    options: Options

    def weight(self, gain: Gain) -> float:
        """What the gain of a tied synapse, or its conductance, is multiplied by; else 1."""
        return 1.0 if self.options.tie == "none" else self.wiring.weight(gain)

    def sign(self, gain: Gain) -> int:
        """The sign that a synapse is held to; 0: none."""
        return known_sign(self.wiring, gain) if clamped(self.options) else 0

    def turn(self, gain: Gain, factor: float) -> int:
        """-1 where a factor has the other sign than its synapse is held to, else 1."""
        return -1 if self.sign(gain) * factor < 0 else 1

    def of(self, gain: Gain, value: float) -> float:
        """The strength of a synapse whose gain has a value."""
        factor = merge_of(self.options).factor(value)
        return self.turn(gain, factor) * factor * self.weight(gain)

    def slope(self, gain: Gain, value: float) -> float:
        """How the strength grows with the gain."""
        merge = merge_of(self.options)
        turn = self.turn(gain, merge.factor(value))
        return turn * merge.slope(value) * self.weight(gain)
