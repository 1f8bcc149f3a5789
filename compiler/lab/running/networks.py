"""A network that a pulse is sent into: what elegansc emits is run, nothing else."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import Tensor

from ...arrays import Float64, Int64
from ...errors import InputError
from ...module.importing import run, unrun
from ...options import Options
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


class Network(ABC):
    """A network in float64 with the neurons of a circuit, in its order.

    Args:
        page: the module; digest: of its graph; label: of its file, for messages.

    Attributes:
        gains: (synapses,) by anatomy.
        rows: (N,) the place of each neuron of the circuit among the module's.
    """

    gains: Float64
    rows: Tensor

    def __init__(self, page: bytes, digest: str, options: Options, label: str) -> None:
        torch.set_num_threads(1)  # sums of many differ from machine to machine
        self.module: ModuleType = unrun(f"elegansc_scored_{digest}", page, label)
        run(self.module)
        self.label, self.options = label, options
        made = getattr(self.module, NAME)(dtype=torch.float64)
        self.net: Any = made.requires_grad_(False)
        self.sensory = len(self.module.SENSORY)

    @property
    def size(self) -> int:
        """The number of neurons."""
        return len(self.rows)

    @property
    def negative(self) -> int:
        """Number of gains that anatomy makes negative."""
        return int((self.gains < 0).sum())

    @abstractmethod
    def anatomical(self, conductance: float) -> None:
        """Set parameters by the tables; a unit of a junction's weight conducts so much."""

    def uncouple(self) -> None:
        """Set all conductances to 0, where there are any."""
        self.net.conductance.zero_()

    @abstractmethod
    def still(self, state: Tensor, steps: int) -> tuple[Tensor, Tensor]:
        """The last but one state and the last (1, N) of some steps without input."""

    @abstractmethod
    def apart(self, rest: Tensor, rows: Tensor, pulse: Pulse) -> Tensor:
        """The largest difference (R, N) that a pulse into each of R places makes.

        Args:
            rest: (1, N) the state before it.
        """

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

    def rest(self, steps: int) -> tuple[Tensor, float, int]:
        """The state (1, N) that the network comes to by itself, its residue, the steps."""
        state: Tensor = self.net.bias.new_zeros(1, self.size)
        residue, done = float("inf"), 0
        while done < SETTLING and not residue < STILL:
            before, state = self.still(state, steps)
            residue, done = float((state - before).abs().max()), done + 1
        return state, residue, done * steps

    def peaks(self, stimulated: Sequence[int] | Int64, pulse: Pulse) -> Peaks:
        """The peak response to a pulse into each of some neurons, from rest.

        Raises:
            InputError: a state is no finite number.
        """
        asked = np.unique(stimulated)
        rest, residue, settled = self.rest(pulse.steps)
        peak = self.apart(rest, self.rows[torch.as_tensor(asked)], pulse)
        if not bool(peak.isfinite().all()):
            hint = "its states have no bound: a bounded activation, or smaller gains"
            raise InputError(self.label, "a response is no finite number", hint)
        response = np.zeros((self.size, self.size))
        response[:, asked] = peak[:, self.rows].numpy().T
        return Peaks(response, residue, settled)
