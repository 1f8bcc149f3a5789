"""What Triton's compiler makes of the launches of a sweep for a GPU that is not here.

Run as a script, with the GPU's capability: 90 is Hopper. Everything but the launch happens as
it would there: arguments are bound, kernels compiled to the code that the GPU runs.
"""

from __future__ import annotations

import sys
import warnings
from typing import Any

import torch
from support.swept import arguments, pair, toy_class
from triton.backends.compiler import GPUTarget
from triton.runtime.driver import driver
from triton.runtime.jit import JITFunction

from elegansc.acceleration.triton_sweep import TritonSweep

FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"feedback": "delay", "features": 3, "activation": "silu"},
    {"merge": "gated", "activation": "gelu"},
    {"activation": "elu"},
)


class Driver:
    """A GPU of some capability, as far as a compiler asks."""

    def get_current_target(self) -> GPUTarget:
        """NVIDIA's, warps of 32."""
        return GPUTarget("cuda", int(sys.argv[1]), 32)

    def get_current_device(self) -> int:
        """The first."""
        return 0

    def get_current_stream(self, _: Any = None) -> int:
        """The default."""
        return 0


def launches() -> dict[str, list[Any]]:
    """By kernel what every launch would run; from now on nothing is launched."""
    found: dict[str, list[Any]] = {"forward": [], "backward": []}
    run = JITFunction.run

    def compiled(self: Any, *given: Any, warmup: bool, **named: Any) -> Any:
        found[self.fn.__name__].append(run(self, *given, warmup=True, **named))

    JITFunction.run = compiled
    return found


def main() -> None:
    """Ask for steps of every form, of one sample and of many, and look at the code."""
    warnings.simplefilter("error")
    driver.set_active(Driver())
    found = launches()
    for options in FORMS:
        for dtype in (torch.float32, torch.float64):
            kind = toy_class(**options)
            _, swept = pair(kind, dtype)
            swept.sweeper.ready(dtype)
            engine = TritonSweep(swept.sweeper, torch.device("cpu"), dtype)
            gain, bias = swept.gain.detach(), swept.bias.detach()
            for each in found.values():
                each.clear()
            for batch in (1, 70):
                inputs, past = (*arguments(kind, batch, dtype), None)[:2]
                given = inputs, past, gain, bias, None
                outputs, kept = engine.forth(True, True, *given)
                wanted = True, past is not None
                engine.back(True, wanted, torch.ones_like(outputs), kept, *given)
            for name, made in found.items():
                assert len(made) == 2 and made[0] is made[1], "a kernel for any batch"
                check(name, made[0].asm)
    print("compiled")


def check(name: str, code: dict[str, Any]) -> None:
    """One warp with a column a lane, and nothing that lanes or programs wait for."""
    assert code["cubin"]
    for wrong in ("atom.", "red.", "bar.sync", ".shared"):
        assert wrong not in code["ptx"], (name, wrong)
    assert "convert_layout" not in code["ttgir"], name
    layouts = [x for x in code["ttgir"].splitlines() if x.startswith("#blocked")]
    assert len(layouts) == 1 and "sizePerThread = [1]" in layouts[0], layouts
    assert "warpsPerCTA = [1]" in layouts[0], layouts


if __name__ == "__main__":
    main()
