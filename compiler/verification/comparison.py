"""What a module gives beside what it should: values and gradients, by type."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from ..arrays import Float64
from ..errors import CompilerError
from ..ir.trace import STEP
from .check import Check

TOLERANCE = {"float64": 1e-9, "float32": 1e-4}
ROUNDING = {"float64": 2.0**-53, "float32": 2.0**-24}  # of a number, as a share of it
FOLD = 16  # a module may err by so many times what rounding its parameters once does
NOISE = 0.1  # of the largest value; where it may err by more, nothing can be compared
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
    executed: Callable[[str, bool], Numbers],
    expected: Numbers,
    *,
    native: bool,
    rounded: Callable[[float], Numbers] | None = None,
) -> Iterator[Check]:
    """The checks of the page, and where asked for those of the C sweep.

    Args:
        executed: what the module gives, of a type, and whether swept by C.
        rounded: as of `compared`.
    """
    yield from compared(lambda dtype: executed(dtype, False), expected, "", rounded)
    if not native:
        return

    def by_native(dtype: str) -> Numbers:
        return executed(dtype, True)

    try:
        found = compared(by_native, expected, "native ", rounded)
        yield from list(found)
    except NotSwept as reason:
        yield Check("native", True, f"not proved here: {reason}")


def compared(
    executed: Callable[[str], Numbers],
    expected: Numbers,
    of: str = "",
    rounded: Callable[[float], Numbers] | None = None,
) -> Iterator[Check]:
    """What the module gives, by dtype, against what it should: values, gradients.

    Args:
        of: begins the names of the checks.
        rounded: what it should give with its numbers changed by such a share, at random;
            asked for only where an error is larger than those of most networks.
    """
    for dtype, bound in TOLERANCE.items():
        STEP.info("run the module in %s, beside the interpreter", dtype)
        try:
            found = executed(dtype)
        except CompilerError as error:
            yield Check(f"{of}values {dtype}", False, str(error))
            return
        errors = largest(found, expected)
        moved: tuple[float, ...] = (0.0, 0.0)
        if max(errors) > bound and rounded:
            moved = largest(rounded(ROUNDING[dtype]), expected)
        for place, name in enumerate(("values", "gradients")):
            yield judged(f"{of}{name} {dtype}", errors[place], bound, moved[place])


def judged(name: str, error: float, bound: float, moved: float) -> Check:
    """Whether an error is within its bound, or what rounding the parameters explains.

    Args:
        moved: by how much the expected values move where parameters are rounded.
    """
    allowed = max(bound, FOLD * moved)
    told = f"largest error {error:.1e} of the largest value"
    if error <= bound or allowed == bound:
        return Check(name, error <= bound, f"{told}, allowed {bound:.0e}")
    why = f"rounding the parameters alone moves it by {moved:.0e}"
    if allowed > NOISE:
        return Check(
            name, bool(np.isfinite(error)), f"{told}; not to be compared: {why}"
        )
    return Check(name, error <= allowed, f"{told}, allowed {allowed:.0e}: {why}")


def largest(found: Numbers, expected: Numbers) -> tuple[float, float]:
    """(the largest error of values, that of gradients), by whatever way of a page."""
    worst = {
        way + key: distance(found.get(way + key), value)
        for way in ("", *(way for way in WAYS if f"{way}outputs" in found))
        for key, value in expected.items()
        if not (way and key.startswith(HAND))
    }
    values = max(worst[key] for key in worst if key.endswith(VALUES))
    return values, max(worst[key] for key in worst if not key.endswith(VALUES))


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
