"""What a module gives beside what it should: values and gradients, by type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..arrays import Float64
from ..errors import CompilerError
from ..ir.trace import STEP
from .check import Check

TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
Numbers = dict[str, Float64]  # arrays by name
VALUES = ("outputs", "states")  # all else that is compared are gradients
HAND = "by hand: "  # before the names of what a second run gives
WAYS = (
    "levels: ",
    "compiled: ",
)  # and of runs by a page's other ways, where it has any


class NotSwept(Exception):
    """The C sweep of a module can not be run on this machine, and why."""


def both(
    executed: Callable[[str, bool], Numbers], expected: Numbers, *, native: bool
) -> Iterator[Check]:
    """The checks of the page, and where asked for those of the C sweep.

    Args:
        executed: what the module gives, of a type, and whether swept by C.
    """
    yield from compared(lambda dtype: executed(dtype, False), expected)
    if not native:
        return
    try:
        found = compared(lambda dtype: executed(dtype, True), expected, "native ")
        yield from list(found)
    except NotSwept as reason:
        yield Check("native", True, f"not proved here: {reason}")


def compared(
    executed: Callable[[str], Numbers], expected: Numbers, of: str = ""
) -> Iterator[Check]:
    """What the module gives, by dtype, against what it should: values, gradients.

    Args:
        of: begins the names of the checks.
    """
    for dtype, bound in TOLERANCE.items():
        STEP.info("run the module in %s, beside the interpreter", dtype)
        try:
            found = executed(dtype)
        except CompilerError as error:
            yield Check(f"{of}values {dtype}", False, str(error))
            return
        worst = {
            way + key: distance(found.get(way + key), value)
            for way in ("", *(way for way in WAYS if f"{way}outputs" in found))
            for key, value in expected.items()
            if not (way and key.startswith(HAND))
        }
        values = max(worst[key] for key in worst if key.endswith(VALUES))
        grads = max(worst[key] for key in worst if not key.endswith(VALUES))
        for name, worst_error in (("values", values), ("gradients", grads)):
            detail = f"largest error {worst_error:.1e} of the largest value, allowed {bound:.0e}"
            yield Check(f"{of}{name} {dtype}", worst_error <= bound, detail)


def distance(found: Float64 | None, expected: Float64) -> float:
    """max |a - b| / max |b|; infinity where shapes differ or a number is none."""
    if found is None or found.shape != expected.shape:
        return float("inf")
    if not expected.size:
        return 0.0
    error = float(np.abs(found - expected).max())
    scale = float(np.abs(expected).max())
    return (
        error / scale
        if scale and np.isfinite(error)
        else (0.0 if error == 0 else float("inf"))
    )
