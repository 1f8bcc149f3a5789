"""Run a network with levels: a pulse of one pass into every stimulated neuron."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from ...arrays import Float64
from ...ir.stages import Circuit, Plan
from ...ir.text import digest
from ...ir.trace import Trace
from ...module.emit import emit
from ...options import Options
from ...pipeline import lower_circuit
from ...semantics.registry import semantics_of
from ...semantics.semantics import Semantics
from ...semantics.starts import SHARE, start_sign
from ...semantics.wiring import JUNCTIONS, Gain, Wiring, wiring_of
from ..protocol.pulse import Pulse
from .networks import NAME, Network
from .pulses import Leaky


class Levels(Network):
    """A network with levels, with a state or without.

    Args:
        plan: its levels; None: as the circuit compiles with the options.
        label: of its file, for messages.
    """

    def __init__(
        self, circuit: Circuit, options: Options, label: str, plan: Plan | None = None
    ) -> None:
        if plan is None:  # a twin's order is like no other's
            plan = lower_circuit(circuit, replace(options, like=""), Trace())
        page = emit(plan, options=options, name=NAME).page
        super().__init__(page, digest(circuit), options, label)
        row = {name: place for place, name in enumerate(self.module.NEURONS)}
        self.rows = torch.tensor([row[name] for name in circuit.cells.name])
        self.semantics = semantics_of(options)
        self.gains = anatomical_gains(wiring_of(plan), self.semantics)

    def anatomical(self, conductance: float) -> None:
        """Set parameters by the tables; there are no conductances."""
        self.net.gain.copy_(torch.from_numpy(self.gains))
        self.net.bias.zero_()

    def states(self, x: Tensor, current: Tensor | None = None) -> Tensor:
        """The states (batch, N) after one pass."""
        nothing = x.new_zeros(len(x), self.sensory)
        before = (x,) if self.semantics.state else ()
        found: Tensor = self.net.activity(nothing, *before, current=current)
        return found

    def still(self, state: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """The last but one state and the last (1, N) of some passes without input."""
        before = state
        for _ in range(steps):
            before, state = state, self.states(state)
        return before, state

    def rest(self, steps: int) -> tuple[Tensor, float, int]:
        """The state (1, N) before a pulse, its residue, the steps; without a state none."""
        if self.semantics.state:
            return super().rest(steps)
        return self.net.bias.new_zeros(1, self.size), 0.0, 0

    def apart(self, rest: Tensor, rows: Tensor, pulse: Pulse) -> Tensor:
        """The largest difference (R, N) that a pulse into each of R places makes."""
        x = rest.expand(len(rows) + 1, -1)  # the last one without a pulse
        pushed = rest.new_zeros(x.shape)
        pushed[torch.arange(len(rows)), rows] = pulse.size
        x = self.states(x, pushed)
        peak = (x[:-1] - x[-1:]).abs()
        for _ in range(1, pulse.steps if self.semantics.state else 1):
            x = self.states(x)
            peak = torch.maximum(peak, (x[:-1] - x[-1:]).abs_(), out=peak)
        return peak


def anatomical_gains(wiring: Wiring, semantics: Semantics) -> Float64:
    """(synapses,) gains by anatomy: SHARE of all that a neuron could read, by weight.

    That is every synapse onto it and every junction of it, whether the semantics conducts
    them or not. A junction with one gain for both ends has the mean of both shares.
    """
    total = dict.fromkeys((*wiring.fire, *wiring.silent), 0.0)
    for kind, table in wiring.tables.items():
        for neuron, inputs in table.items():
            for source, weight in inputs.items():
                total[neuron] += weight
                if kind in JUNCTIONS:
                    total[source] += weight

    def gain_of(gain: Gain) -> float:
        readers = [read.neuron for read in semantics.through(gain)]
        share = np.mean([wiring.weight(gain) / total[neuron] for neuron in readers])
        return SHARE * float(share) * (start_sign(wiring, gain) or 1)

    return np.array([gain_of(gain) for gain in semantics.synapses(wiring)])


def network(
    circuit: Circuit, options: Options, label: str, plan: Plan | None = None
) -> Network:
    """The network that options make of a circuit; arguments as of `Levels`."""
    if semantics_of(options).levels:
        return Levels(circuit, options, label, plan)
    return Leaky(circuit, options, label)
