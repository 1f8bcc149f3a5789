"""The Triton sweep of a generated class: scalar units on an NVIDIA GPU.

No GPU has run it yet. It is proved by Triton's interpreter, which runs the same kernels on a
processor where TRITON_INTERPRET=1 stands in the environment (slowly: to prove, not to train).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor

from ..arrays import Int32, Int64
from ..ir.invariants import check
from .library import NotBuilt
from .sweeper import Sweeper
from .wiring import Wiring

ROOM = 2**26  # numbers that the shares of programs that run at once may take


class TritonSweep:
    """The kernels, and the tables of a class on a device.

    Raises:
        NotBuilt: there is no Triton, it does not compile, or it knows neither unit nor device.
    """

    def __init__(
        self, sweeper: Sweeper, device: torch.device, dtype: torch.dtype
    ) -> None:
        if sweeper.width:
            raise NotBuilt("linear units are swept on processors alone")
        if torch.version.hip:
            raise NotBuilt("written for NVIDIA's GPUs alone")
        try:
            from . import kernels
        except ImportError as error:
            raise NotBuilt(f"there is no Triton: {error}") from None
        self.sweeper, self.kernels = sweeper, kernels
        wiring = sweeper.wiring
        self.sizes = {
            "rows": wiring.rows,
            "before": wiring.before,
            "S": len(wiring.sensory),
            "F": sweeper.features,
            "W": kernels.W,
            "ACTIVATION": sweeper.activation,
            "SUMS": sweeper.kept > 1,
            "num_warps": 1,
            "enable_fp_fusion": True,
        }
        ends = {True: wiring.motor, False: wiring.neurons}
        self.ends = {
            motors: {"motor": on(device, places(rows, wiring)), "M": len(rows)}
            for motors, rows in ends.items()
        }
        self.sensor = on(device, places(wiring.sensory, wiring))
        reads = {"source": wiring.source, "order": wiring.order}
        self.reads = {"first": on(device, wiring.first)}
        self.reads |= {name: on(device, table) for name, table in reads.items()}
        self.readers = {
            name: on(device, each) for name, each in read_by(wiring).items()
        }
        self.reads_of = on(device, reads_of_gains(wiring))
        try:
            self.compile(device, dtype)
        except kernels.FAILURES as error:  # as where Triton finds no C compiler
            raise NotBuilt(f"Triton: {error}") from None

    def compile(self, device: torch.device, dtype: torch.dtype) -> None:
        """Compute the outputs of no sample at all."""
        sweeper = self.sweeper
        shapes = (
            *((0, *sweeper.inputs_shape), (0, *sweeper.state_shape)),
            *(sweeper.gain_shape, sweeper.bias_shape),
        )
        made = [torch.zeros(shape, dtype=dtype, device=device) for shape in shapes]
        inputs, past, gain, bias = made
        self.forth(
            True, False, inputs, past if sweeper.late else None, gain, bias, None
        )

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
        batch, shape = inputs.shape[0], self.sweeper.output_shapes[motors]
        columns = batch * self.sweeper.features
        outputs = inputs.new_zeros((batch, *shape))  # of neurons on no path, for good
        state = inputs.new_empty(self.sweeper.kept_size(columns))
        given = {"inputs": inputs, "past": past, "gain": gain, "bias": bias}
        made = {"outputs": outputs, "state": state, "columns": columns}
        tables = {**self.reads, **self.ends[motors], "sensor": self.sensor}
        with torch.cuda.device(inputs.get_device()):
            grid = (-(-columns // self.kernels.W),)
            self.kernels.forward[grid](**given, **made, **tables, **self.sizes)
        return outputs, state if keep else inputs.new_empty(0)

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
        """The gradients: see `Engine`. Those of parameters are a row a program, summed."""
        sweeper, columns = self.sweeper, inputs.shape[0] * self.sweeper.features
        pull = torch.zeros_like(inputs) if wanted[0] else None
        before = torch.empty_like(past) if wanted[1] and past is not None else None
        delta = inputs.new_empty(columns * sweeper.wiring.rows)
        given = {"grad": grad, "inputs": pull, "past": before, "gain": gain}
        made = {"delta": delta, "state": kept, "columns": columns}
        tables = {**self.readers, **self.ends[motors], "sensor": self.sensor}
        reads = len(sweeper.wiring.source)
        size = reads + sweeper.wiring.rows + 1
        common = {**given, **made, **tables, **self.sizes, "reads": reads}
        blocks = -(-columns // self.kernels.W)
        at_once = max(1, ROOM // size)
        sums = inputs.new_zeros(size)
        with torch.cuda.device(inputs.get_device()):
            for start in range(0, blocks, at_once):
                programs = min(at_once, blocks - start)
                shares = inputs.new_zeros((programs, size))
                self.kernels.backward[(programs,)](sums=shares, start=start, **common)
                sums += shares.sum(0)
        sums = torch.cat([sums[self.reads_of].sum(0), sums[reads:-1]])
        return pull, before, sums


def on(device: torch.device, table: Any) -> Tensor:
    """A table as whole numbers on a device."""
    return torch.from_numpy(table.astype(np.int64)).to(device)


def places(rows: Int32, wiring: Wiring) -> Int64:
    """(wiring.rows,): the place of each row among these; -1: it has none."""
    live = np.flatnonzero(rows >= 0)
    check(len(np.unique(rows[live])) == len(live), "a row has one place")
    found = np.full(wiring.rows, -1)
    found[rows[live]] = live
    return found


def read_by(wiring: Wiring) -> dict[str, Int64 | Int32]:
    """By row, those of the step before behind, who reads it: `first`, `reader`, `order`."""
    reader = np.repeat(np.arange(wiring.rows), np.diff(wiring.first))
    by_source = np.argsort(wiring.source, kind="stable")
    ends = np.arange(wiring.rows + wiring.before + 1)
    return {
        "first": np.searchsorted(wiring.source[by_source], ends),
        "reader": reader[by_source],
        "order": wiring.order[by_source],
    }


def reads_of_gains(wiring: Wiring) -> Int64:
    """(most, gains): the places in `read_by` of the reads that have each gain; else -1.

    A gap junction has one gain and is read both ways.
    """
    order = read_by(wiring)["order"]
    by_gain = np.argsort(order, kind="stable")
    first = np.searchsorted(order[by_gain], np.arange(wiring.gains + 1))
    found = np.full((max(1, int(np.diff(first).max(initial=0))), wiring.gains), -1)
    found[np.arange(len(order)) - first[order[by_gain]], order[by_gain]] = by_gain
    return found
