"""The C sweep of a generated class: tensors in, tensors out, no gradients of its own."""

from __future__ import annotations

import ctypes
import os
import warnings
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from ..errors import CompilerWarning
from ..options import Options
from ..semantics.activations import ACTIVATIONS
from .library import NotBuilt, Sweep, library
from .wiring import Wiring, wiring_of

TYPES = (torch.float32, torch.float64)
MOST_FEATURES = 128  # of a matrix; wider ones are the business of BLAS
THREADS = {"most": 2**31 - 1}  # 1 in a forked process, where OpenMP's threads are gone
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=lambda: THREADS.update(most=1))
SWEEPERS: dict[str, Sweeper] = {}  # by key, for the operator


class Target(NamedTuple):
    """Whose states are the outputs: their shape, and what the C functions are given.

    Attributes:
        shape: of the outputs of a sample.
        sizes, addresses: the integers of `Sweep` up to `before`, the tables.
    """

    shape: tuple[int, ...]
    sizes: tuple[int, ...]
    addresses: tuple[int, ...]


class Sweeper:
    """What the C sweep knows of a generated class.

    Attributes:
        key: names it in this process.
        features: numbers that a neuron holds.
        width: of a linear unit's matrices; 0: scalar units.
        gated: whether a synapse has the sigmoid of its gain.
        late: whether there is a state of the step before.
    """

    def __init__(self, key: str, tables: ModuleType, options: Options) -> None:
        self.key, self.tables = key, tables
        self.activation = options.activation
        self.features = options.features
        self.width = options.features if options.unit == "linear" else 0
        self.gated, self.late = options.merge == "gated", options.late
        by_sums = ACTIVATIONS[self.activation].by_sums  # SUMS in sweep.c
        self.kept = 2 if self.width or by_sums else 1
        self.libraries: dict[torch.dtype, ctypes.CDLL | None] = {}
        self.targets: dict[bool, Target] = {}
        self.wiring: Any = None
        SWEEPERS[key] = self

    def ready(self, dtype: torch.dtype) -> bool:
        """Whether there is a library for a type; built on the first call."""
        if dtype not in self.libraries:
            self.libraries[dtype] = self.built(dtype) if dtype in TYPES else None
        return self.libraries[dtype] is not None

    def built(self, dtype: torch.dtype) -> ctypes.CDLL | None:
        """The library, with a warning where there is none; the wiring beside it."""
        if os.environ.get("ELEGANSC_NATIVE") == "0":
            return None
        try:
            found = library(self.activation, dtype == torch.float64, self.width)
        except NotBuilt as error:
            seen = f"no C sweep, plain PyTorch instead: {error}"
            warnings.warn(seen, CompilerWarning, stacklevel=6)
            return None
        if self.wiring is None:
            self.wire(wiring_of(self.tables))
        return found

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
        tables = wiring.first, wiring.source, wiring.order, wiring.sensory
        for motors, target in ((True, wiring.motor), (False, wiring.neurons)):
            self.targets[motors] = Target(
                (len(target), *wide),
                (rows, wiring.gains, len(wiring.sensory), len(target), wiring.before),
                tuple(each.ctypes.data for each in (*tables, target)),
            )
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
        batch = inputs.shape[0]
        outputs = inputs.new_empty((batch, *self.targets[motors].shape))
        size = self.kept_size(batch * self.features) if keep else 0
        kept = inputs.new_empty(size)
        given = self.argument(motors, inputs, past, gain, bias, weight)
        place = kept.data_ptr() if keep else None
        found: Any = self.libraries[inputs.dtype]
        checked(found.forward(given, place, outputs.data_ptr()))
        return outputs, kept

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
        """
        pull = torch.empty_like(inputs) if wanted[0] else None
        before = torch.empty_like(past) if wanted[1] and past is not None else None
        sums = inputs.new_empty(self.parameters)
        given = self.argument(motors, inputs, past, gain, bias, weight)
        found: Any = self.libraries[inputs.dtype]
        places = kept.data_ptr(), grad.data_ptr(), address(pull), address(before)
        checked(found.backward(given, *places, sums.data_ptr()))
        return pull, before, sums

    def argument(
        self,
        motors: bool,
        inputs: Tensor,
        past: Tensor | None,
        gain: Tensor,
        bias: Tensor,
        weight: Tensor | None,
    ) -> Any:
        """The argument of both C functions; it holds addresses alone."""
        target = self.targets[motors]
        argument = Sweep(
            *target.sizes,
            *(inputs.shape[0], self.features),
            min(torch.get_num_threads(), THREADS["most"]),
            *target.addresses,
            *(gain.data_ptr(), bias.data_ptr(), address(weight)),
            *(inputs.data_ptr(), address(past)),
        )
        return ctypes.byref(argument)

    def split(self, sums: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        """The gradients of gain, bias and weight, of what `back` gives of all."""
        gain, bias, *rest = sums.split_with_sizes(self.sizes)
        if not self.width:
            return gain, bias, None
        (weight,) = rest
        return gain, bias.view(self.bias_shape), weight.view(self.weight_shape)


def address(tensor: Tensor | None) -> int | None:
    """Where the numbers of a tensor begin."""
    return None if tensor is None else tensor.data_ptr()


def checked(failed: int) -> None:
    """Raise MemoryError where a C function found no memory."""
    if failed:
        raise MemoryError("the C sweep found no memory")
