"""A model with `--feedback delay` against a recurrent loop over the rows of the CSV file.

The loop is written here from scratch: cells and synapses are read by `csv`, live neurons
found by networkx, one synapse is added at a time, torch differentiates. Of the compiler
it takes only what its tables say of the order.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import networkx as nx
import pytest
import torch
from support import toy
from support.command import run
from support.paths import BUNDLED
from torch import Tensor

Feedback = dict[str, dict[str, int]]  # neuron -> input -> weight

STEPS, BATCH = 4, 3
WORMS = ("witvliet2021-1", "witvliet2021-3")
TABLES = BUNDLED

# Of these orders LEVELS alone says what reads the step before: whatever runs backward
# would close a cycle, so that its ends stand the other way round.
LEAST: dict[str, tuple[str, ...]] = {
    "default": (),
    "prefer": ("--roles", "prefer"),
    "protect": ("--protect", "AVA*>*"),
    "tie-seed": ("--tie-seed", "3"),
    "no-keep-alive": ("--no-keep-alive",),
    "like": ("--like", "the other worm"),
    "like-itself": ("--like", "the same worm"),
}
# Of these not: what blocks, partners or a search sent backward may run to a later level.
OTHER: dict[str, tuple[str, ...]] = {
    "blocks": ("--roles", "blocks"),
    "symmetric": ("--symmetric",),
    "max-levels": ("--max-levels", "20"),
    "few-levels": ("--max-levels", "4"),
    "fast": ("--cycles", "fast"),
}
WORDS = LEAST | OTHER
pytestmark = pytest.mark.usefixtures("short")

COUPLED = ("electrical", "lateral")  # kinds of a gain that two neurons share
CASES = [(worm, way) for worm in WORMS for way in WORDS] + [("varshney2011", "default")]


@dataclass(frozen=True)
class Worm:
    """The neurons of a file, by name, and what joins them.

    Attributes:
        chemical: (pre, post) -> weight.
        junctions: each pair once, in the order of the alphabet.
    """

    roles: dict[str, str]
    chemical: dict[tuple[str, str], int]
    junctions: frozenset[tuple[str, str]]


@cache
def worm_of(name: str) -> Worm:
    """A bundled worm, by `csv`."""
    with (TABLES / "cells.csv").open(newline="") as file:
        known = {
            r["name"]: r["role"] for r in csv.DictReader(file) if r["kind"] == "neuron"
        }
    chemical: dict[tuple[str, str], int] = defaultdict(int)
    junctions: set[tuple[str, str]] = set()
    seen: set[str] = set()
    with (TABLES / f"{name}.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            pre, post = row["pre"], row["post"]
            seen |= {pre, post} & known.keys()
            if not {pre, post} <= known.keys():
                continue
            if row["kind"] == "chemical":
                chemical[pre, post] += int(row["weight"])
            elif pre != post:
                junctions.add((min(pre, post), max(pre, post)))
    return Worm({n: known[n] for n in seen}, dict(chemical), frozenset(junctions))


@cache
def compiled(name: str, way: str, folder: Path) -> ModuleType:
    """The module that the command line writes."""
    words = list(WORDS[way])
    if way.startswith("like"):  # an older model is needed
        other = name if way == "like-itself" else next(w for w in WORMS if w != name)
        older = folder / f"{other}.py"
        wrote = run("compile", other, "--feedback", "delay", "-q", "-o", str(older))
        assert wrote.exit_code == 0, wrote.stderr
        words[-1] = str(older)
    done = run("compile", name, "--feedback", "delay", *words, "-q")
    assert done.exit_code == 0, done.stderr
    return toy.load(done.stdout_bytes)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for older models."""
    return tmp_path_factory.mktemp("older")


def level_of(module: ModuleType) -> dict[str, int]:
    """The level of each live neuron."""
    return {neuron: n for n, level in enumerate(module.LEVELS) for neuron in level}


def live_of(worm: Worm) -> set[str]:
    """What lies between a sensory and a motor neuron, along everything, both ways."""
    graph = nx.DiGraph(worm.chemical.keys())
    graph.add_nodes_from(worm.roles)
    for one, other in worm.junctions:
        graph.add_edges_from([(one, other), (other, one)])
    told: set[str] = set()
    tells: set[str] = set()
    for neuron, role in worm.roles.items():
        if role == "sensory":
            told |= {neuron} | nx.descendants(graph, neuron)
        if role == "motor":
            tells |= {neuron} | nx.ancestors(graph, neuron)
    return told & tells


# Tables


@pytest.mark.parametrize(("name", "way"), CASES)
def test_everything_of_the_file_is_in_the_tables(
    name: str, way: str, folder: Path
) -> None:
    worm, module = worm_of(name), compiled(name, way, folder)
    flat = [
        ((source, neuron), weight)
        for table in (module.CHEMICAL, module.FEEDBACK)
        for neuron, inputs in table.items()
        for source, weight in inputs.items()
    ]

    assert dict(flat) == worm.chemical
    assert len(flat) == len(worm.chemical)
    pairs = [
        (min(neuron, source), max(neuron, source))
        for table in (module.ELECTRICAL, getattr(module, "LATERAL", {}))
        for neuron, inputs in table.items()
        for source in inputs
    ]
    assert hasattr(module, "LATERAL") == (way == "few-levels")
    assert sorted(pairs) == sorted(worm.junctions)
    assert sorted(module.NEURONS) == sorted(worm.roles)
    for table, role in ((module.SENSORY, "sensory"), (module.MOTOR, "motor")):
        assert table == sorted(n for n, found in worm.roles.items() if found == role)


@pytest.mark.parametrize(("name", "way"), CASES)
def test_unused_is_what_no_path_of_any_direction_crosses(
    name: str, way: str, folder: Path
) -> None:
    worm, module = worm_of(name), compiled(name, way, folder)

    assert set(module.UNUSED) == worm.roles.keys() - live_of(worm)
    assert set(module.LIVE) == live_of(worm)


@pytest.mark.parametrize(("name", "way"), [c for c in CASES if c[1] in LEAST])
def test_levels_alone_say_what_reads_the_step_before(
    name: str, way: str, folder: Path
) -> None:
    module = compiled(name, way, folder)
    level = level_of(module)
    for neuron, inputs in module.FEEDBACK.items():
        for source in inputs:
            if neuron in level and source in level:
                assert level[source] >= level[neuron], (source, neuron)


# Values and gradients


@dataclass(frozen=True)
class Numbers:
    """What a network of four steps is run on; leaves that gather gradients."""

    gain: Tensor
    bias: Tensor
    inputs: Tensor  # (steps, batch, S)
    start: Tensor  # (batch, N)
    cotangent: Tensor  # (steps, batch, M), of the outputs
    last: Tensor  # (batch, N), of the state after the last step

    def leaves(self) -> dict[str, Tensor]:
        """Fresh copies to differentiate by."""
        return {
            name: getattr(self, name).clone().requires_grad_()
            for name in ("gain", "bias", "inputs", "start")
        }


def numbers_of(module: ModuleType, seed: int = 0) -> Numbers:
    """Random numbers of moderate size, so that tanh is neither flat nor straight."""
    dice = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=dice, dtype=torch.float64)

    fan_in: dict[str, int] = defaultdict(lambda: 1)
    for neuron, source, kind in module.SYNAPSES:
        fan_in[neuron] += 1
        fan_in[source] += kind in COUPLED
    size = torch.tensor([fan_in[neuron] for neuron, _, _ in module.SYNAPSES])
    neurons, motors = len(module.NEURONS), len(module.MOTOR)
    return Numbers(
        normal(len(module.SYNAPSES)) * 1.5 / size.sqrt(),
        normal(len(module.LIVE)) * 0.3,
        normal(STEPS, BATCH, len(module.SENSORY)),
        normal(BATCH, neurons),
        normal(STEPS, BATCH, motors),
        normal(BATCH, neurons),
    )


def reads_of(
    worm: Worm, module: ModuleType, live: set[str], feedback: Feedback
) -> dict[str, list[tuple[str, int, bool]]]:
    """Of each live neuron, the (input, gain, late) that it adds up.

    Late reads the step before: what does not run from an earlier to a later level, and
    what FEEDBACK names.

    Args:
        feedback: the table of the module, or another.
    """
    level = level_of(module)
    gain: dict[Any, int] = {}
    for number, (neuron, source, kind) in enumerate(module.SYNAPSES):
        pair = frozenset((neuron, source)) if kind in COUPLED else (source, neuron)
        assert pair not in gain, f"two gains for {pair}"
        gain[pair] = number
    reads: dict[str, list[tuple[str, int, bool]]] = {n: [] for n in live}
    used = set()
    for pre, post in sorted(worm.chemical):
        if {pre, post} <= live:
            sent = pre in feedback.get(post, {})
            rises = level[pre] < level[post]
            assert sent or rises, f"{pre} -> {post} runs forward, but does not rise"
            reads[post].append((pre, gain[pre, post], sent))
            used.add(gain[pre, post])
    for one, other in sorted(worm.junctions):
        if {one, other} <= live:
            number = gain[frozenset((one, other))]
            for pre, post in ((one, other), (other, one)):
                reads[post].append((pre, number, level[pre] >= level[post]))
            used.add(number)
    assert used == set(range(len(module.SYNAPSES))), "a gain without a synapse"
    return reads


def loop(
    worm: Worm, module: ModuleType, numbers: Numbers, feedback: Feedback
) -> dict[str, Tensor]:
    """Outputs, states and gradients of the network, a synapse at a time."""
    live = live_of(worm)
    reads = reads_of(worm, module, live, feedback)
    leaf = numbers.leaves()
    gain = leaf["gain"].unbind()
    bias = dict(zip(module.LIVE, leaf["bias"].unbind(), strict=True))
    state = dict(zip(module.NEURONS, leaf["start"].unbind(1), strict=True))
    sensory = sorted(n for n, role in worm.roles.items() if role == "sensory")
    motor = sorted(n for n, role in worm.roles.items() if role == "motor")
    level = level_of(module)
    rest = torch.zeros(BATCH, dtype=torch.float64)
    outputs = []
    for given in leaf["inputs"]:
        shown = dict(zip(sensory, given.unbind(1), strict=True))
        now = dict.fromkeys(worm.roles, rest)
        for neuron in sorted(live, key=lambda n: level[n]):
            total = bias[neuron] + shown.get(neuron, rest)
            for source, number, late in reads[neuron]:
                total = total + gain[number] * (state if late else now)[source]
            now[neuron] = total.tanh()
        state = now
        outputs.append(torch.stack([state[neuron] for neuron in motor], 1))
    last = torch.stack([state[neuron] for neuron in module.NEURONS], 1)
    return outcome(torch.stack(outputs), last, leaf, numbers)


def outcome(
    outputs: Tensor, last: Tensor, leaf: dict[str, Tensor], numbers: Numbers
) -> dict[str, Tensor]:
    """What is compared: outputs, the last state, and the gradient in every leaf."""
    value = (outputs * numbers.cotangent).sum() + (last * numbers.last).sum()
    grads = torch.autograd.grad(value, list(leaf.values()))
    found = {f"gradient in {n}": g for n, g in zip(leaf, grads, strict=True)}
    return {"outputs": outputs.detach(), "state": last.detach(), **found}


def ran(module: ModuleType, numbers: Numbers) -> dict[str, Tensor]:
    """The same of the generated module."""
    net = toy.network(module, dtype=torch.float64)
    leaf = numbers.leaves()
    parameters = {name: leaf[name] for name in ("gain", "bias")}
    assert dict(net.named_parameters()).keys() == parameters.keys()
    state, outputs = leaf["start"], []
    for given in leaf["inputs"]:
        output, state = torch.func.functional_call(net, parameters, (given, state))
        outputs.append(output)
    return outcome(torch.stack(outputs), state, leaf, numbers)


def distance(found: Tensor, expected: Tensor) -> float:
    """The largest error over the largest value."""
    assert found.shape == expected.shape
    return float((found - expected).abs().max() / expected.abs().max())


@pytest.mark.parametrize(("name", "way"), CASES)
def test_four_steps_are_those_of_a_recurrent_loop(
    name: str, way: str, folder: Path
) -> None:
    worm, module = worm_of(name), compiled(name, way, folder)
    numbers = numbers_of(module)
    expected, found = loop(worm, module, numbers, module.FEEDBACK), ran(module, numbers)

    assert found.keys() == expected.keys()
    for part, value in expected.items():
        assert value.abs().max() > 1e-3, f"{part} is next to nothing"
        assert distance(found[part], value) <= 1e-9, part


def test_the_loop_sees_one_synapse_read_a_step_late() -> None:
    worm, module = worm_of("witvliet2021-1"), compiled(WORMS[0], "default", Path())
    numbers, live = numbers_of(module), live_of(worm)
    pre, post = min(
        pair
        for pair in worm.chemical
        if set(pair) <= live and pair[0] not in module.FEEDBACK.get(pair[1], {})
    )
    late = {**module.FEEDBACK, post: {**module.FEEDBACK.get(post, {}), pre: 1}}
    right = loop(worm, module, numbers, module.FEEDBACK)
    wrong = loop(worm, module, numbers, late)

    assert distance(wrong["state"], right["state"]) > 1e-6
