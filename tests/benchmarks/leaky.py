"""A worm stepped through time by `--dynamics leaky`, against other ways to do it.

    PYTHONPATH=tests python tests/benchmarks/leaky.py --what train,lesions,compile,solver

What computes the same is compared before anything is timed. Times are CPU times of one
thread, in turn in one process; a ratio is the median of the ratios by round. The table goes
to standard output, all numbers as JSON to --output.

train    a training step, T = 50, batch 64, as multiples of ours
lesions  all single ablations, T = 20, batch 1; a call against its inverse alone
compile  graphs of `torch.compile(model.step)`; its seconds against a masked step's
solver   the largest error of a state beside the largest state, against LSODA
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache, partial
from pathlib import Path
from types import ModuleType
from typing import Any

import leaky_rivals as rivals
import numpy as np
import torch
from common import load, verdict
from forms import spent
from peers import Missing
from scipy.integrate import solve_ivp
from support.paths import TESTS
from torch import Tensor
from torch.func import vmap

import elegansc

Line = tuple[str, float, str, float]  # what, found, "<=" or ">=", bar
DOUBLE = torch.float64
TRAIN = {  # as multiples of ours; the first is what ours is held against
    "masked RNN": (1.7, "<="),
    "torchdiffeq rk4": (2.5, ">="),
    "ncps LTC": (100.0, ">="),
    "loop over synapses": (50.0, ">="),
}


@cache
def tables(dt: float = 0.1) -> ModuleType:
    """The module of cook2019."""
    made = elegansc.compile("cook2019", name="Worm", dynamics="leaky", dt=dt)
    return load(made.files)


def network(seed: int = 0, dt: float = 0.1, **keywords: Any) -> Any:
    """Its network, of random biases."""
    torch.manual_seed(seed)
    net = tables(dt).Worm(**keywords)
    with torch.no_grad():
        net.bias.normal_(0, 0.3)
    return net


def seconds(call: Callable[[], object], times: int = 1) -> float:
    """CPU seconds of a call."""
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times


def ratios(
    top: Callable[[], object], bottom: Callable[[], object], rounds: int, times: int = 1
) -> float:
    """The median of the ratios by round, after one that does not count."""
    found = [seconds(top, times) / seconds(bottom, times) for _ in range(rounds + 1)]
    return statistics.median(found[1:])


def largest(found: Tensor, expected: Tensor) -> float:
    """The largest difference beside the largest value."""
    return float((found - expected).abs().max() / expected.abs().max())


def same(what: str, found: Tensor, expected: Tensor, most: float) -> None:
    """Hold what computes the same against each other."""
    error = largest(found, expected)
    print(f"{what}: largest difference {error:.1e} of the largest value")
    if not error <= most:
        sys.exit(f"{what}: computes something else")


# A training step


def train(rounds: int) -> Iterator[Line]:
    """Ours against others."""
    net, steps, batch = network(), 50, 64
    module = tables()
    matrices = rivals.Matrices(module, net)
    inputs = torch.randn(batch, steps, len(module.SENSORY))
    ours = rivals.Rival(lambda given: net(given)[0], list(net.parameters()))
    makers: dict[str, Callable[[], rivals.Rival]] = {
        "masked RNN": lambda: rivals.masked(matrices),
        "torchdiffeq rk4": lambda: rivals.rk4(matrices),
        "ncps LTC": lambda: rivals.ltc(module, net),
        "loop over synapses": lambda: rivals.loop(module, net),
    }
    mine = partial(ours.run, inputs)
    for name, maker in makers.items():
        try:
            rival = maker()
        except Missing as reason:
            print(f"{name} is left out: {reason}")
            continue
        compared(name, rival, net, matrices, inputs)
        whole = steps / (rival.steps or steps)
        ratio = whole * ratios(partial(rival.run, inputs), mine, rounds)
        bar, sign = TRAIN[name]
        if sign == "<=":
            yield f"train: ours / {name}", 1 / ratio, sign, bar
        else:
            yield f"train: {name} / ours", ratio, sign, bar


def compared(
    name: str, rival: rivals.Rival, net: Any, matrices: rivals.Matrices, inputs: Tensor
) -> None:
    """One call of it, held against what computes the same."""
    found = rival.run(inputs)
    if name == "torchdiffeq rk4":  # other rules for one equation: of the order of dt
        same(f"{name} and ours", found, net.activity(inputs).detach(), 0.1)
    if name == "loop over synapses":
        at_rest = matrices.start(inputs)
        euler = at_rest + matrices.slope(inputs)(0, at_rest)
        same(f"{name} and Euler", found[:, 0], euler.detach(), 1e-5)


# Lesions


def lesions(rounds: int) -> Iterator[Line]:
    """All single ablations, by vmap and one by one; a call and its inverse."""
    net, module = network(), tables()
    net.requires_grad_(False)
    inputs = torch.randn(1, 20, len(module.SENSORY))
    masks = 1 - torch.eye(len(module.NEURONS))

    def call(alive: Tensor) -> Tensor:
        states: Tensor = net.activity(inputs, alive=alive)
        return states

    def mapped() -> Tensor:
        return vmap(call, chunk_size=4)(masks)

    def single() -> Tensor:
        return torch.stack([call(mask) for mask in masks])

    same("vmap and one by one", mapped(), single(), 1e-5)
    ratio = ratios(mapped, single, rounds)
    yield "302 ablations: vmap(chunk_size=4) / one by one", ratio, "<=", 1.2
    *_, carry = net.system()
    pull = torch.linalg.inv(carry)
    same("the inverse and ours", torch.linalg.inv(pull), carry, 1e-4)
    ratio = ratios(lambda: net(inputs), lambda: torch.linalg.inv(pull), 3 * rounds, 20)
    yield "a call, T = 20 / its N x N inverse", ratio, "<=", 1.5
    mask = masks[0]
    ratio = ratios(lambda: call(mask), lambda: torch.linalg.inv(pull), 3 * rounds, 20)
    yield "a call with a lesion / its N x N inverse", ratio, "<=", 1.5


# Programs


def compiled(_: int) -> Iterator[Line]:
    """Graphs and seconds of a compiled step, each in a process of its own."""
    found = {name: alone(name) for name in ("ours", "masked")}
    yield "compiled step: seconds / a masked step's", (
        found["ours"]["cold"] / found["masked"]["cold"]
    ), "<=", 1.5
    yield "compiled step: graphs more for other T", found["ours"]["times"], "<=", 0
    yield "compiled step: graphs more by hand", found["ours"]["hands"], "<=", 1
    print(f"compiled step: {found}")


def alone(name: str) -> dict[str, float]:
    """What `one` prints, of a fresh process whose cache is empty."""
    with tempfile.TemporaryDirectory() as folder:
        own = {
            "PYTHONPATH": str(TESTS),
            "TORCHINDUCTOR_CACHE_DIR": folder,
            "TORCHINDUCTOR_COMPILE_THREADS": "1",
        }
        done = subprocess.run(
            [sys.executable, __file__, "--one", name],
            env={**os.environ, **own},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def graphs() -> int:
    """How many graphs were compiled so far."""
    return int(torch._dynamo.utils.counters["stats"]["unique_graphs"])


def one(name: str) -> dict[str, float]:
    """CPU seconds of a first training step, and graphs of what comes after it."""
    small = torch.compile(torch.nn.Linear(2, 2))
    small(torch.ones(1, 2)).sum().backward()  # imports
    net, module = network(), tables()
    size, inputs = len(module.NEURONS), torch.randn(4, 10, len(module.SENSORY))
    before, start = graphs(), spent()
    if name == "masked":
        return {"cold": cold_mask(net, inputs) - start, "graphs": graphs() - before}
    net.step = torch.compile(net.step, fullgraph=True)
    net(inputs)[0].square().mean().backward()
    found = {"cold": spent() - start, "graphs": float(graphs() - before)}
    first = graphs()
    for steps in (1, 3, 7, 20):
        given = torch.randn(4, steps, len(module.SENSORY))
        net(given)[0].square().mean().backward()
    found["times"] = float(graphs() - first)
    first = graphs()
    for place in range(4):
        net(
            inputs,
            alive=torch.rand(size),
            held=(torch.arange(size) % 7 == place).float(),
            current=torch.randn(4, 10, size),
        )[0].square().mean().backward()
        net(inputs, alive=torch.rand(size))[0].square().mean().backward()
    return {**found, "hands": float(graphs() - first)}


def cold_mask(net: Any, inputs: Tensor) -> float:
    """A masked step compiled and trained; `spent` after it."""
    matrices = rivals.Matrices(tables(), net)

    @torch.compile(fullgraph=True)
    def step(x: Tensor, drive: Tensor) -> Tensor:
        return torch.tanh(x @ (matrices.weight * matrices.mask) + drive)

    x = matrices.start(inputs)
    for _ in range(inputs.shape[1]):
        x = step(x, torch.randn_like(x))
    x.square().mean().backward()
    return spent()


# Solvers


def solver(_: int) -> Iterator[Line]:
    """States at the end of each piece of constant input, against LSODA.

    The bars are of the draw with which they were set, seed 1 and, of a clamp, seed 0; what
    others give stands beside them.
    """
    for dt, most in ((0.1, 5.0), (0.05, 100.0), (0.005, 0.3)):
        name = f"LSODA: error at dt {dt}, %"
        if most < 100:
            yield name, 100 * error(dt, 1), "<=", most
            told(name, (100 * error(dt, seed) for seed in range(2, 7)))
        else:
            told(f"{name}, seed 1", [100 * error(dt, 1)])
    name = "LSODA: error of a clamp at dt 0.01, %"
    yield name, 100 * error(0.01, 0, clamped=True), "<=", 0.2
    told(name, (100 * error(0.01, seed, clamped=True) for seed in range(2, 7)))


def told(name: str, values: Iterable[float]) -> None:
    """Print what no bar is set for."""
    print(f"{name}, for the record: {', '.join(f'{value:.3g}' for value in values)}")


def drawn(dt: float, seed: int) -> Any:
    """A network of taus from 0.3 to 3 and random conductances."""
    torch.manual_seed(seed)
    net = tables(dt).Worm(dtype=DOUBLE)
    with torch.no_grad():
        net.conductance.normal_()
        net.tau.uniform_(0.3, 3)
        net.bias.normal_(0, 0.3)
    return net


def error(dt: float, seed: int, *, clamped: bool = False) -> float:
    """The largest error: of 8 inputs, each 0.5 long, or 2 after three were clamped."""
    net, module = drawn(dt, seed), tables(dt)
    pieces, length = (1, 2.0) if clamped else (8, 0.5)
    count, size = round(length / dt), len(module.NEURONS)
    held = torch.zeros(size, dtype=DOUBLE)
    current = torch.zeros(pieces, size, dtype=DOUBLE)
    random = np.random.default_rng(0)
    inputs = torch.tensor(random.normal(size=(pieces, len(module.SENSORY))) * 2)
    if clamped:
        who = net.rows(["AVAL", "RIAR", "ASHL"])
        held[who], inputs = 1, inputs * 0
        current[:, who] = torch.tensor([2.0, -1.0, 1.0], dtype=DOUBLE)
    with torch.no_grad():
        states = net.activity(
            inputs.repeat_interleave(count, 0)[None],
            current=current.repeat_interleave(count, 0)[None],
            state=(held * current[0])[None],
            held=held,
        )
    ends = list(exact(net, length, inputs, current, held))
    return largest(states[0, count - 1 :: count], torch.from_numpy(np.stack(ends)))


def exact(
    net: Any, length: float, inputs: Tensor, current: Tensor, held: Tensor
) -> Iterator[np.ndarray]:
    """The state at the end of each piece, by LSODA."""
    matrices = rivals.Matrices(tables(), net)
    gain = matrices.weight.detach().double().numpy()
    one = matrices.coupled.detach().double().abs().numpy()
    bias, tau = net.bias.detach().numpy(), net.tau.detach().numpy()
    free, x = 1 - held.numpy(), (held * current[0]).numpy()

    def slope(_: float, x: np.ndarray, drive: np.ndarray) -> np.ndarray:
        flow = bias - x + np.tanh(x) @ gain + x @ one - one.sum(0) * x + drive
        return free * flow / tau

    for given, by_hand in zip(inputs, current, strict=True):
        drive = by_hand.clone()
        drive[net.sensory] += given
        whole = solve_ivp(
            *(slope, (0, length), x),
            args=(drive.numpy(),),
            method="LSODA",
            rtol=1e-9,
            atol=1e-11,
        )
        x = whole.y[:, -1]
        yield x


WHAT = {"train": train, "lesions": lesions, "compile": compiled, "solver": solver}


def main() -> None:
    """Print the lines, and write them."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--what", default=",".join(WHAT), help=f"of {', '.join(WHAT)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--output", type=Path, default=Path("leaky.json"))
    parser.add_argument("--one", choices=("ours", "masked"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(1)
    if options.one:
        print(json.dumps(one(options.one)))
        return
    print(f"elegansc {elegansc.__version__}, torch {torch.__version__}, cook2019")
    done = []
    for what in options.what.split(","):
        for name, found, sign, bar in WHAT[what](options.rounds):
            holds = found <= bar if sign == "<=" else found >= bar
            print(f"{name}: {found:.3g}  bar {sign} {bar:g}: {verdict(holds)}")
            done.append({"name": name, "found": found, "bar": f"{sign} {bar:g}"})
            options.output.write_text(json.dumps(done, indent=1))


if __name__ == "__main__":
    main()
