"""The C sweep of a generated class: tensors in, tensors out, no gradients of its own."""

from __future__ import annotations

import ctypes
from typing import Any

import torch
from torch import Tensor

from .library import MOST, Sweep, library
from .sweeper import Sweeper


class CSweep:
    """The C functions of a class and a type, on the processor.

    Attributes:
        sizes, addresses: by whether the states of the motor neurons alone are the outputs, the
            integers of `Sweep` up to `before`, and the tables.

    Raises:
        NotBuilt: there is no library.
    """

    def __init__(self, sweeper: Sweeper, dtype: torch.dtype) -> None:
        double = dtype == torch.float64
        self.library: Any = library(sweeper.activation, double, sweeper.width)
        self.sweeper, self.features = sweeper, sweeper.features
        wiring = sweeper.wiring
        tables = wiring.first, wiring.source, wiring.order, wiring.sensory
        self.sizes: dict[bool, tuple[int, ...]] = {}
        self.addresses: dict[bool, tuple[int, ...]] = {}
        for motors, target in ((True, wiring.motor), (False, wiring.neurons)):
            ends = len(wiring.sensory), len(target), wiring.before
            self.sizes[motors] = (wiring.rows, wiring.gains, *ends)
            data = (each.ctypes.data for each in (*tables, target))
            self.addresses[motors] = tuple(data)

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
        """The outputs and what `back` needs: see `Engine`."""
        sweeper, batch = self.sweeper, inputs.shape[0]
        outputs = inputs.new_empty((batch, *sweeper.output_shapes[motors]))
        size = sweeper.kept_size(batch * self.features) if keep else 0
        kept = inputs.new_empty(size)
        given = self.argument(motors, inputs, past, gain, bias, weight)
        place = kept.data_ptr() if keep else None
        checked(self.library.forward(given, place, outputs.data_ptr()))
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
        """The gradients: see `Engine`."""
        pull = torch.empty_like(inputs) if wanted[0] else None
        before = torch.empty_like(past) if wanted[1] and past is not None else None
        sums = inputs.new_empty(self.sweeper.parameters)
        given = self.argument(motors, inputs, past, gain, bias, weight)
        places = kept.data_ptr(), grad.data_ptr(), address(pull), address(before)
        checked(self.library.backward(given, *places, sums.data_ptr()))
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
        argument = Sweep(
            *self.sizes[motors],
            *(inputs.shape[0], self.features),
            min(torch.get_num_threads(), MOST["threads"]),
            *self.addresses[motors],
            *(gain.data_ptr(), bias.data_ptr(), address(weight)),
            *(inputs.data_ptr(), address(past)),
        )
        return ctypes.byref(argument)


def address(tensor: Tensor | None) -> int | None:
    """Where the numbers of a tensor begin."""
    return None if tensor is None else tensor.data_ptr()


def checked(failed: int) -> None:
    """Raise MemoryError where a C function found no memory."""
    if failed:
        raise MemoryError("the C sweep found no memory")
