"""A graph of 2,000 neurons and 50,000 rows: compile, verify, a training step."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import torch
from common import load
from support.strategies import seeded

import elegansc
from elegansc.ir.trace import Trace
from elegansc.options import Options
from elegansc.pipeline import compile_source
from elegansc.verification.verify import prove


def main() -> None:
    """Print what everything took."""
    torch.set_num_threads(1)
    cycles = sys.argv[1] if len(sys.argv) > 1 else "auto"
    alive = "--no-keep-alive" not in sys.argv
    options = Options(
        inputs=("N000*",),
        outputs=("N019*",),
        roles_table="structure",
        cycles=cycles,
        keep_alive=alive,
    )
    trace = Trace()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.csv")
        path.write_text(seeded(2000, 50_000))
        start = time.perf_counter()
        artifact = compile_source(str(path), options=options, trace=trace)
        print(f"compile  {time.perf_counter() - start:.2f} s")
    for name, seconds in trace.seconds.items():
        print(f"  {name:<18} {seconds:7.3f} s")
    cut = artifact.history.data()["break_cycles"]
    print(
        f"  backward {100 * cut['weight'] / cut['of_weight']:.1f} % ({cut['method']})"
    )
    start = time.perf_counter()
    checks = prove(artifact.page, "large.py", beside=artifact.tables)
    failed = [check for check in checks if not check.passed]
    print(f"verify   {time.perf_counter() - start:.2f} s, failed: {failed or 'none'}")
    start = time.perf_counter()
    module = load(artifact.files)
    net = module.Large()
    print(f"build    {time.perf_counter() - start:.2f} s: {net.extra_repr()}")
    for columns in (1, 64, 1024):
        inputs = torch.randn(columns, len(module.SENSORY))
        net(inputs).sum().backward()
        start = time.process_time()
        for _ in range(3):
            net(inputs).sum().backward()
        took = (time.process_time() - start) / 3
        print(f"step     {took * 1e3:.1f} ms of {columns} columns")


if __name__ == "__main__":
    print(f"elegansc {elegansc.__version__}, torch {torch.__version__}")
    main()
