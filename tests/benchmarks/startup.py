"""How long the commands take, whole processes, against importing what they need."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from common import in_turn, verdict, worm

BUILD = """
import sys, time
import torch
torch.set_num_threads(1)
start = time.perf_counter()
sys.path.insert(0, sys.argv[1])
import worm
worm.Worm()
print(time.perf_counter() - start)
"""


os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # users import from caches


def process(*words: str) -> Callable[[], float]:
    """A process, timed by the wall."""

    def run() -> float:
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], check=True, capture_output=True)
        return time.perf_counter() - start

    return run


def main() -> None:
    """Print a table."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    with tempfile.TemporaryDirectory() as folder:
        model = Path(folder, "worm.py")
        words = ["-m", "elegansc", "compile", worm(), "--name", "Worm", "--force", "-q"]
        fast = [*words, "--cycles", "fast", "-o", str(model)]
        pairs = [
            ("--help", ["-m", "elegansc", "--help"], "import click", 1.35),
            (
                "compile --cycles fast",
                fast,
                "import numpy, jinja2, black, click",
                4.0,
            ),
        ]
        for name, command, imports, bar in pairs:
            a, b, ratio = in_turn(process(*command), process("-c", imports), rounds)
            word = f"bar {bar} x: {verdict(ratio <= bar)}"
            print(
                f"{name:<22} {a * 1e3:6.0f} ms  {imports:<36} {b * 1e3:5.0f} ms  "
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
