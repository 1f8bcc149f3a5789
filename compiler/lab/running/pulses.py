"""Run a leaky network: a pulse into every stimulated neuron, in one batched call."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from ...ir.stages import Circuit
from ...ir.text import digest
from ...module.emit_leaky import emit_leaky
from ...options import Options
from ...semantics import starts
from ...semantics.registry import semantics_of
from ...semantics.wiring import wiring_of_circuit
from ..protocol.pulse import Pulse
from .networks import NAME, Network


class Leaky(Network):
    """A leaky network.

    Args:
        label: of its file, for messages.
    """

    def __init__(self, circuit: Circuit, options: Options, label: str) -> None:
        page = emit_leaky(circuit, options=options, name=NAME).page
        super().__init__(page, digest(circuit), options, label)
        self.rows = torch.arange(len(circuit.cells))
        wiring = wiring_of_circuit(circuit)
        semantics = semantics_of(options)
        counted = replace(options, init="counts")
        synapses, ends = semantics.synapses(wiring), semantics.junctions(wiring)
        start = starts.leaky_gains(wiring, tuple(synapses), counted)
        assert isinstance(start, starts.Signed)  # by counts they are
        self.gains = np.array(start.size) * np.array(start.sign)
        self.weights = np.array([wiring.weight(end) for end in ends], np.float64)

    def anatomical(self, conductance: float) -> None:
        """Set parameters by the tables; a unit of a junction's weight conducts so much."""
        self.net.gain.copy_(torch.from_numpy(self.gains))
        self.net.conductance.copy_(torch.from_numpy(self.weights * conductance))
        self.net.bias.zero_()
        self.net.tau.fill_(self.options.tau)

    def still(self, state: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """The last but one state and the last (1, N) of some steps without input."""
        nothing = state.new_zeros(1, steps, self.sensory)
        states = self.net.activity(nothing, state)
        return states[:, -2] if steps > 1 else state, states[:, -1]

    def apart(self, rest: Tensor, rows: Tensor, pulse: Pulse) -> Tensor:
        """The largest difference (R, N) that a pulse into each of R places makes."""
        x = rest.expand(len(rows) + 1, -1)  # the last one without a pulse
        drive = self.net.bias.expand(len(x), -1)
        pushed = drive.clone()
        pushed[torch.arange(len(rows)), rows] += pulse.size
        peak, system = rest.new_zeros(len(rows), self.size), self.net.system()
        for step in range(pulse.steps):
            for _ in range(self.options.substeps):
                x = self.net.step(x, pushed if step < pulse.on else drive, system)
            peak = torch.maximum(peak, (x[:-1] - x[-1:]).abs_(), out=peak)
        return peak
