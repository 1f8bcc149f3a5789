"""Times that `explain --cost` predicts against those measured, on six graphs; bar: 2 x.

    PYTHONPATH=tests python tests/benchmarks/costs.py [--calibrate] [FORM ...]

The larva and what is compiled take minutes.
"""

from __future__ import annotations

import sys

from common import verdict
from forms import GRAPHS

from elegansc.arguments.options import options_of
from elegansc.costs.calibration import Sample, calibrate, timed
from elegansc.costs.times import FORMS, SIZES, known

NAMES = (
    *("witvliet2021-1", "witvliet2021-8", "varshney2011"),
    *("shallow", "cook2019", "larva"),
)


def main() -> None:
    """Print a table."""
    if "--calibrate" in sys.argv:
        calibrate()
    times = known()
    if times is None:
        sys.exit("not calibrated: --calibrate")
    forms = tuple(form for form in FORMS if form in sys.argv) or FORMS
    for name in NAMES:
        source, given = GRAPHS.get(name, (name, {}))
        some = tuple(f for f in forms if name != "larva" or f != "compiled")
        counts, seconds = timed(Sample(source, options_of(given), some))
        for form, found in times.seconds(counts).items():
            for size, one, two in zip(
                SIZES, found, seconds.get(form, ()), strict=False
            ):
                ratio = one / two
                print(
                    f"{name:<16} {form:<9} {size:>6,}  predicted {1000 * one:9.2f} ms  "
                    f"measured {1000 * two:9.2f} ms  {ratio:.2f}  "
                    f"bar 2 x: {verdict(0.5 <= ratio <= 2)}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
