"""Where a model is trained: what Lightning Fabric is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lightning_fabric import Fabric

from ...errors import UsageError


@dataclass(frozen=True, slots=True)
class Machine:
    """Accelerator, devices and precision as Lightning Fabric has them."""

    accelerator: str = "auto"
    devices: int = 1
    precision: str = "32-true"

    def fabric(self) -> Fabric:
        """Fabric; `launch()` starts its other processes.

        Raises:
            UsageError: there is no such accelerator, device or precision here.
        """
        try:
            precision: Any = self.precision
            fabric = Fabric(
                accelerator=self.accelerator, devices=self.devices, precision=precision
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
