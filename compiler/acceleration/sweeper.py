"""What is known of a generated class that is swept, and what sweeps it on which device."""

from __future__ import annotations

import os
import warnings
from types import ModuleType
from typing import Any, Protocol

import torch
from torch import Tensor

from ..errors import CompilerWarning
from ..options import Options
from ..semantics.activations import ACTIVATIONS
from .library import NotBuilt
from .wiring import Wiring, wiring_of

CPU = torch.device("cpu")
TYPES = (torch.float32, torch.float64)
SWEEPERS: dict[str, Sweeper] = {}  # by key, for the operator


class Engine(Protocol):
    """What computes the sweep of a class on a device, in one type of numbers."""

    def forth(
        self,
        motors: bool,
        keep: bool,
        inputs: Tensor,
        past: Tensor | None,
        gain: Tensor,
        bias: Tensor,
        weight: Tensor | None,
    ) -> tuple[Tensor, Tensor]:
        """The states of the motor neurons or of all, and what `back` needs.

        Args:
            inputs: (batch, S[, D]); past: (batch, N[, D]), the state of the step before.
            gain: or the strength that a synapse has of it. All tensors are contiguous and
                of one type.
        """

    def back(
        self,
        motors: bool,
        wanted: tuple[bool, bool],
        grad: Tensor,
        kept: Tensor,
        inputs: Tensor,
        past: Tensor | None,
        gain: Tensor,
        bias: Tensor,
        weight: Tensor | None,
    ) -> tuple[Tensor | None, Tensor | None, Tensor]:
        """The gradients by inputs and past, and of all parameters, one behind the other.

        Args:
            wanted: whether those by inputs and past are.
            grad: of the outputs of `forth`, contiguous; the rest as of `forth`.
            inputs: if their gradients are not wanted, anything of as many samples and their type.
        """


class Sweeper:
    """What a sweep knows of a generated class.

    Attributes:
        key: names it in this process.
        features: numbers that a neuron holds.
        width: of a linear unit's matrices; 0: scalar units.
        gated: whether a synapse has the sigmoid of its gain.
        late: whether there is a state of the step before.
        engines: by device and type what sweeps there; None: nothing, the plain levels run.
    """

    def __init__(self, key: str, tables: ModuleType, options: Options) -> None:
        self.key, self.tables = key, tables
        self.activation = options.activation
        self.features = options.features
        self.width = options.features if options.unit == "linear" else 0
        self.gated, self.late = options.merge == "gated", options.late
        by_sums = ACTIVATIONS[self.activation].by_sums  # SUMS in sweep.c
        self.kept = 2 if self.width or by_sums else 1
        self.engines: dict[tuple[torch.device, torch.dtype], Engine | None] = {}
        self.wiring: Any = None
        SWEEPERS[key] = self

    def ready(self, dtype: torch.dtype, device: torch.device = CPU) -> bool:
        """Whether there is an engine for a type on a device; built on the first call."""
        key = device, dtype
        if key not in self.engines:
            self.engines[key] = self.built(*key) if dtype in TYPES else None
        return self.engines[key] is not None

    def built(self, device: torch.device, dtype: torch.dtype) -> Engine | None:
        """The engine, with a warning where there is none; the wiring beside it."""
        if os.environ.get("ELEGANSC_NATIVE") == "0":
            return None
        if self.wiring is None:
            self.wire(wiring_of(self.tables))
        triton = device.type == "cuda" or os.environ.get("TRITON_INTERPRET") == "1"
        try:
            if triton:
                from .triton_sweep import TritonSweep

                return TritonSweep(self, device, dtype)
            from .c_sweep import CSweep

            return CSweep(self, dtype)
        except NotBuilt as error:
            name = "Triton" if triton else "C"
            seen = f"no {name} sweep, plain PyTorch instead: {error}"
            warnings.warn(seen, CompilerWarning, stacklevel=6)
            return None

    def wire(self, wiring: Wiring) -> None:
        """Take over the wiring, and with it the shapes of all tensors."""
        rows, features = wiring.rows, self.features
        wide = (features,) if features > 1 else ()
        deep = (self.width,) if self.width else ()
        self.gain_shape = (wiring.gains,)
        self.bias_shape = (rows, *deep)
        self.weight_shape = (rows, *deep, *deep)
        self.inputs_shape = (len(wiring.sensory), *wide)
        self.state_shape = (len(wiring.neurons), *wide)
        self.output_shapes = {
            motors: (len(target), *wide)
            for motors, target in ((True, wiring.motor), (False, wiring.neurons))
        }
        wide_sizes = rows * self.width, rows * self.width**2
        self.sizes = wiring.gains, *(wide_sizes if self.width else (rows,))
        self.parameters = sum(self.sizes)
        self.wiring = wiring

    def fits(self, gain: Tensor, bias: Tensor, weight: Tensor | None) -> bool:
        """Whether parameters have the shapes that the tables give them."""
        return (
            gain.shape == self.gain_shape
            and bias.shape == self.bias_shape
            and (weight is None or weight.shape == self.weight_shape)
        )

    def kept_size(self, columns: Any) -> Any:
        """How many numbers of so many columns the gradients need."""
        return columns * (self.kept * self.wiring.rows + self.wiring.before)

    def forth(self, *given: Any) -> tuple[Tensor, Tensor]:
        """What the engine of the tensors gives."""
        found: Any = self.engines[given[2].device, given[2].dtype]
        return found.forth(*given)  # type: ignore[no-any-return]

    def back(self, *given: Any) -> tuple[Tensor | None, Tensor | None, Tensor]:
        """What the engine of the tensors gives."""
        found: Any = self.engines[given[2].device, given[2].dtype]
        return found.back(*given)  # type: ignore[no-any-return]

    def split(self, sums: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """The gradients of gain, bias and weight, of what `back` gives of all."""
        gain, bias, *rest = sums.split_with_sizes(self.sizes)
        if not self.width:
            return gain, bias, None
        (weight,) = rest
        return gain, bias.view(self.bias_shape), weight.view(self.weight_shape)
