"""The Triton sweep of `elegansc.native` on a GPU: proved there, then timed.

    PYTHONPATH=tests python tests/benchmarks/gpu.py --graph varshney2011 --columns 1,64

Values and gradients are compared with those of the plain page on the same device, and two
equal steps bit by bit; a difference ends with status 1. Then a training step of every form is
timed in turn, by the wall, after the device has finished; a ratio is the median of the ratios
by round. `bytes` is the time that copying as many bytes takes as a step cannot do without.
Without a GPU it says so and ends.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import torch
from common import verdict
from peers import slope
from support.swept import all_of, arguments, assert_same, pair, tables, toy_class

import elegansc

FORMS: tuple[dict[str, Any], ...] = (
    {},
    {"features": 3},
    {"features": 3, "merge": "gated"},
    {"feedback": "delay"},
    {"feedback": "delay", "max_levels": 3},
    {"activation": "gelu"},
)
MODES = ("reduce-overhead", "max-autotune")
LEAST = 0.05  # seconds that a form is timed for in a round, at least


def prove(kind: Any, device: str) -> None:
    """Hold the sweep against the page, of the toy in every form and of a worm."""
    for options in FORMS:
        for dtype in (torch.float32, torch.float64):
            assert_same(toy_class(**options), dtype, batch=130, device=device)
            print("equal:", options, dtype)
    assert_same(kind, torch.float32, batch=1_000, device=device)
    _, swept = pair(kind, device=device)
    given = arguments(kind, 1_000, torch.float32, device)
    whole, again = (all_of(swept, given, states=True) for _ in range(2))
    assert all(map(torch.equal, whole, again)), "equal steps gave other bits"
    print("equal: a worm, and two of its steps bit by bit")


def forms(kind: Any, device: str, modes: tuple[str, ...]) -> dict[str, Any]:
    """The networks by name."""
    torch.manual_seed(0)
    plain = kind().to(device)
    native = elegansc.native(copy.deepcopy(plain))
    found = {"native": native, "plain": plain}
    for mode in modes:
        found[mode] = torch.compile(copy.deepcopy(plain), mode=mode, fullgraph=True)
    found["native, reduce-overhead"] = torch.compile(
        copy.deepcopy(native), mode="reduce-overhead", fullgraph=True
    )
    return found


def step(net: Any, inputs: torch.Tensor) -> Callable[[], object]:
    """A training step without its optimizer."""

    def run() -> None:
        torch.compiler.cudagraph_mark_step_begin()
        net.zero_grad()
        outputs = net(inputs)
        outputs.backward(slope(outputs.shape).to(outputs))

    return run


def seconds(run: Callable[[], object], device: str) -> float:
    """How long one call takes, by as many as take LEAST."""
    finish = torch.cuda.synchronize if device == "cuda" else lambda: None
    count, spent = 0, 0.0
    finish()
    start = time.perf_counter()
    while spent < LEAST:
        run()
        count += 1
        if count % 8 == 0 or count == 1:
            finish()
            spent = time.perf_counter() - start
    finish()
    return (time.perf_counter() - start) / count


def bytes_of(kind: Any, columns: int) -> int:
    """What a step reads and writes at least: inputs, states both ways, outputs."""
    names = tables(kind)
    rows, ends = len(names.LIVE), len(names.SENSORY) + len(names.MOTOR)
    return 4 * columns * (ends + rows + rows + len(names.MOTOR))


def copying(size: int, device: str) -> Callable[[], object]:
    """A copy that reads and writes so many bytes together."""
    source = torch.empty(max(1, size // 8), device=device)
    target = torch.empty_like(source)
    return lambda: target.copy_(source)


def measure(
    kind: Any, columns: int, rounds: int, device: str, modes: tuple[str, ...]
) -> bool:
    """Print how long all forms take, in times of `native`; whether the bars hold."""
    torch.compiler.reset()
    (inputs,) = arguments(kind, columns, torch.float32, device)
    inputs = inputs.detach()
    runs = {name: step(net, inputs) for name, net in forms(kind, device, modes).items()}
    runs["bytes"] = copying(bytes_of(kind, columns), device)
    for run in runs.values():  # compile, record graphs
        for _ in range(4):
            run()
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(seconds(run, device))
    ratios = {
        name: statistics.median(
            a / b for a, b in zip(each, times["native"], strict=True)
        )
        for name, each in times.items()
    }
    holds = True
    for name, ratio in ratios.items():
        bar = ""
        if (name, columns) in (("reduce-overhead", 64), ("bytes", 16_384)):
            met = ratio >= 5 if name != "bytes" else ratio >= 1 / 20
            holds, bar = holds and met, verdict(met)
        spent = statistics.median(times[name])
        print(f"{columns:>7} {name:<28} {spent * 1e6:>10.1f} us {ratio:>8.3f} {bar}")
    return holds


def main() -> None:
    """Prove, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--graph", default="varshney2011")
    parser.add_argument("--columns", default="1,64,1024,16384")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--modes", default=",".join(MODES))
    parser.add_argument("--device", default="cuda", help="cpu: to try the script")
    words = parser.parse_args()
    if words.device == "cuda" and not torch.cuda.is_available():
        print("there is no GPU here: nothing is proved, nothing timed")
        return
    kind = elegansc.compile(words.graph, name="Worm").load()
    prove(kind, words.device)
    modes = tuple(filter(None, words.modes.split(",")))
    held = [
        measure(kind, int(columns), words.rounds, words.device, modes)
        for columns in words.columns.split(",")
    ]
    sys.exit(not all(held))


if __name__ == "__main__":
    main()
