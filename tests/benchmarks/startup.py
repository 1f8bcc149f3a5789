"""How long the commands take, whole processes, against importing what they need."""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from common import in_turn, verdict, worm

# Python now and then looks through all objects for garbage, torch's too, for 75 ms; whether
# that falls into the construction of a model is chance: torch's are left out.
BUILD = """
import gc, sys, time
import torch
torch.set_num_threads(1)
gc.collect()
gc.freeze()
start = time.perf_counter()
sys.path.insert(0, sys.argv[1])
import worm
worm.Worm()
print(time.perf_counter() - start)
"""


os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users import from caches


def process(*words: str) -> Callable[[], float]:
    """A process, timed in CPU seconds."""

    def run() -> float:
        start = spent()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        return spent() - start

    return run


def spent() -> float:
    """CPU seconds of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print a table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "worm.py")
        words = ["--name", "Worm", "--force", "-q", "-o", str(model)]
        needs = "import numpy, jinja2, black, click"
        pairs = [("--help", ["-m", "elegansc", "--help"], "import click", 1.35)]
        for source, cycles, bar in (
            (worm(), "fast", 4.0),
            ("varshney2011", "auto", 3.5),
            ("cook2019", "auto", 8.0),
        ):
            command = ["-m", "elegansc", "compile", source, "--cycles", cycles, *words]
            name = f"compile {Path(source).stem} --cycles {cycles}"
            pairs.append((name, command, needs, bar))
        for name, command, imports, bar in pairs:
            a, b, ratio = in_turn(process(*command), process("-c", imports), rounds)
            word = f"bar {bar} x: {verdict(ratio <= bar)}"
            print(
                f"{name:<45} {a * 1e3:6.0f} ms  {imports:<36} {b * 1e3:5.0f} ms  "
                f"{ratio:.2f} x  {word}"
            )
        times = []
        for _ in range(rounds):
            done = subprocess.run(
                [sys.executable, "-c", BUILD, folder], check=True, capture_output=True
            )
            times.append(float(done.stdout))
        build = statistics.median(times[1:]) * 1e3
        print(
            f"import and build beyond torch  {build:.0f} ms  "
            f"bar 60 ms: {verdict(build <= 60)}"
        )


if __name__ == "__main__":
    main()
