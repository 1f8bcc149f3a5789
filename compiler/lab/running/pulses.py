"""Run a leaky network: a pulse into every stimulated neuron, in one batched call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from ...arrays import Float64, Int64
from ...errors import InputError
from ...ir.stages import Circuit
from ...ir.text import digest
from ...module.emit_leaky import emit_leaky
from ...module.importing import run, unrun
from ...options import Options
from ...semantics import starts
from ...semantics.registry import semantics_of
from ...semantics.wiring import wiring_of_circuit
from ...transplantation import checkpoint
from ..protocol.pulse import Pulse

SETTLING = 50  # most runs of `steps` steps to a rest
STILL = 1e-9  # less than this a step moves a state there
NAME = "Scored"  # of every class


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """What a pulse into each neuron does.

    Attributes:
        response: (N, N) by responding and stimulated neuron; 0 where none was stimulated.
        residue: the most that a state moves in the last step before the pulse.
        settled: number of steps before it.
    """

    response: Float64
    residue: float
    settled: int


class Leaky:
    """A leaky network in float64; what elegansc emits for its circuit is run, nothing else.

    Args:
        label: of its file, for messages.
    """

    def __init__(self, circuit: Circuit, options: Options, label: str) -> None:
        torch.set_num_threads(1)  # sums of many differ from machine to machine
        page = emit_leaky(circuit, options=options, name=NAME).page
        module = unrun(f"elegansc_scored_{digest(circuit)}", page, label)
        run(module)
        self.label, self.options = label, options
        self.net: Any = getattr(module, NAME)(dtype=torch.float64).requires_grad_(False)
        self.size, self.sensory = len(circuit.cells), len(module.SENSORY)
        wiring = wiring_of_circuit(circuit)
        semantics = semantics_of(options)
        counted = replace(options, init="counts")
        synapses, ends = semantics.synapses(wiring), semantics.junctions(wiring)
        start = starts.leaky_gains(wiring, tuple(synapses), counted)
        assert isinstance(start, starts.Signed)  # by counts they are
        self.gains = np.array(start.size) * np.array(start.sign)
        self.weights = np.array([wiring.weight(end) for end in ends], np.float64)

    @property
    def negative(self) -> int:
        """Number of gains that anatomy makes negative."""
        return int((self.gains < 0).sum())

    def anatomical(self, conductance: float) -> None:
        """Set parameters by the tables; a unit of a junction's weight conducts so much."""
        self.net.gain.copy_(torch.from_numpy(self.gains))
        self.net.conductance.copy_(torch.from_numpy(self.weights * conductance))
        self.net.bias.zero_()
        self.net.tau.fill_(self.options.tau)

    def load(self, path: str) -> None:
        """Set parameters from a checkpoint.

        Raises:
            InputError: it is damaged, or of another model.
        """
        entries = checkpoint.read(path).entries
        try:
            self.net.load_state_dict(entries)
        except RuntimeError as error:
            hint = f"save the state_dict of {self.label}"
            seen = str(error).strip().splitlines()[-1].strip()
            raise InputError(path, seen, hint) from None

    def uncouple(self) -> None:
        """Set all conductances to 0."""
        self.net.conductance.zero_()

    def rest(self, steps: int) -> tuple[torch.Tensor, float, int]:
        """The state (1, N) that the network comes to by itself, its residue, the steps."""
        nothing = torch.zeros(1, steps, self.sensory, dtype=torch.float64)
        state, residue, done = self.net.initial_state(1), float("inf"), 0
        while done < SETTLING and not residue < STILL:
            states = self.net.activity(nothing, state)
            before = states[:, -2] if steps > 1 else state
            state, done = states[:, -1], done + 1
            residue = float((state - before).abs().max())
        return state, residue, done * steps

    def peaks(self, stimulated: Sequence[int] | Int64, pulse: Pulse) -> Peaks:
        """The peak response to a pulse into each of some neurons, from rest.

        Raises:
            InputError: a state is no finite number.
        """
        rows = torch.as_tensor(np.unique(stimulated))
        rest, residue, settled = self.rest(pulse.steps)
        x = rest.expand(len(rows) + 1, -1)  # the last one without a pulse
        drive = self.net.bias.expand(len(x), -1)
        pushed = drive.clone()
        pushed[torch.arange(len(rows)), rows] += pulse.size
        peak, system = torch.zeros(len(rows), self.size).double(), self.net.system()
        for step in range(pulse.steps):
            for _ in range(self.options.substeps):
                x = self.net.step(x, pushed if step < pulse.on else drive, system)
            peak = torch.maximum(peak, (x[:-1] - x[-1:]).abs_(), out=peak)
        if not bool(peak.isfinite().all()):
            hint = "its states have no bound: a bounded activation, or smaller gains"
            raise InputError(self.label, "a response is no finite number", hint)
        response = np.zeros((self.size, self.size))
        response[:, rows.numpy()] = peak.numpy().T
        return Peaks(response, residue, settled)
