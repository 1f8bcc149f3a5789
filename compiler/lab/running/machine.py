"""Accelerator, devices and precision of a training, for Lightning Fabric."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lightning_fabric import Fabric
from torch import nn

from ...acceleration.classes import generated, swap
from ...errors import UsageError


@dataclass(frozen=True, slots=True)
class Machine:
    """Settings of Lightning Fabric, by its names.

    Attributes:
        native: whether networks are swept by C, or by Triton, as of `elegansc.native`.
    """

    accelerator: str = "auto"
    devices: int = 1
    precision: str = "32-true"
    native: bool = False

    def prepare(self, model: nn.Module) -> None:
        """Let the networks that elegansc generated be swept, if so asked; mlp and identity have none."""
        if self.native and any(generated(type(each)) for each in model.modules()):
            swap(model)

    def fabric(self, loggers: Sequence[Any] = ()) -> Fabric:
        """A Fabric of these settings; `launch()` starts its other processes.

        Args:
            loggers: of Lightning Fabric.

        Raises:
            UsageError: there is no such accelerator, device or precision here.
        """
        try:
            precision: Any = self.precision
            fabric = Fabric(
                accelerator=self.accelerator,
                devices=self.devices,
                precision=precision,
                loggers=[*loggers],
            )
        except Exception as error:  # Fabric has errors of its own, of no common base
            known = isinstance(
                error, ValueError | RuntimeError | TypeError | ImportError
            )
            if not known and type(error).__name__ != "MisconfigurationException":
                raise
            why = str(error).split("\n")[0]
            flags = "--accelerator, --devices, --precision"
            raise UsageError(f"{flags}: {why}") from None
        return fabric
