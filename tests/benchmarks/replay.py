"""A worm fitted to a recorded animal by `lab replay --fit`: seconds of a fit, and r.

    PYTHONPATH=tests python tests/benchmarks/replay.py

Needs the recording and the positions of ../shared/activity. Seeds 0, 1 and 2 draw halves,
windows and twins anew; --twins of them are fitted alike, for the record.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from common import verdict
from support.command import run
from support.paths import SHARED

from elegansc.lab.measuring import replay
from elegansc.lab.measuring.replay_inputs import Plan, ReplayInputs, read_replay
from elegansc.lab.protocol.replaying import CLASS, Fit
from elegansc.nulls.pairs import DISTANCE
from elegansc.nulls.twins import null_of

ACTIVITY = SHARED / "activity"
PLACES = str(ACTIVITY / "positions.txt")
TRACES = str(ACTIVITY / "dag2023_2022-08-02-31.h5")
LABELS = str(ACTIVITY / "dag2023_2022-08-02-31_labels.csv")


def inputs_of(model: str, seed: int, twins: int) -> ReplayInputs:
    """The recording and the worm."""
    plan = Plan((1.0,), Fit(500), CLASS, 8, 0.3, twins, seed)
    dataset = {"dataset": "gcamp/trace_array", "labels": LABELS}
    return read_replay(model, TRACES, PLACES, plan, **dataset)


def main() -> None:
    """Print the figures of three seeds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--twins", type=int, default=1)
    options = parser.parse_args()
    if not ACTIVITY.is_dir():
        sys.exit(f"the recording is not here: {ACTIVITY}")
    spent: list[float] = []

    def timed(*given: Any) -> None:
        start = time.process_time()
        fitted(*given)
        spent.append(time.process_time() - start)

    fitted, replay.fitted = replay.fitted, timed
    found = []
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder, "worm.py"))
        leaky = ("--dynamics", "leaky", "--dt", "0.5", "-o", model, "-q")
        assert run("compile", "cook2019", *leaky).exit_code == 0
        for seed in range(3):
            inputs = inputs_of(model, seed, options.twins)
            null = null_of(DISTANCE, positions=PLACES)
            result = replay.replay(inputs, null, lambda _, __, items: iter(items))
            first, bare = result.settings
            kernel = result.rulers["distance kernel"].r
            twins = ", ".join(f"{twin.r:.3f}" for twin in first.twins)
            assert first.before is not None
            print(
                f"seed {seed}: r {first.score.r:.3f}, before {first.before.r:.3f}, twins "
                f"{twins}; without junctions {bare.score.r:.3f}; kernel {kernel:.3f}",
                flush=True,
            )
            found.append(first.score.r)
    mean, slow = statistics.mean(found), statistics.median(spent)
    print(
        f"r, mean of seeds: {mean:.3f}  bar 0.39 +- 0.02: {verdict(0.37 <= mean <= 0.41)}"
    )
    print(f"CPU seconds of a fit, median: {slow:.2f}  bar <= 10: {verdict(slow <= 10)}")


if __name__ == "__main__":
    main()
