"""Every parameter counts, and a signal crosses the worm, from the first step on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch
from support import toy
from support.paths import BUNDLED
from torch import Tensor

from elegansc.ir.stages import Plan
from elegansc.nulls.twins import null_of, twins
from elegansc.options import Options
from elegansc.passes.break_cycles import break_cycles
from elegansc.passes.mark_live import mark_live
from elegansc.passes.schedule_levels import schedule_levels
from elegansc.passes.topological_sort import topological_sort
from elegansc.pipeline import circuit_of, lower
from elegansc.readers.parse import parse
from elegansc.readers.reader import Layout

SMOOTH = ("tanh", "gelu", "silu", "elu", "sigmoid", "identity")
SEEDS, BATCH, STEPS = 3, 64, 4
MANY = 512
FLAT = 1e-12  # a gradient below this share of the largest is rounding, not effect


def reach(module: ModuleType) -> dict[str, Tensor]:
    """The largest gradient of each element over the seeds, from start values."""
    found: dict[str, Tensor] = {}
    for seed in range(SEEDS):
        net = toy.network(module, seed, dtype=torch.float64)
        inputs = toy.sample(module, BATCH, seed, dtype=torch.float64)
        if module.OPTIONS.get("feedback") == "delay":
            state, outputs = net.initial_state(BATCH), []
            for _ in range(STEPS):
                output, state = net(inputs, state)
                outputs.append(output)
            output = torch.stack(outputs)
        else:
            output = net(inputs)
        (output * torch.randn_like(output)).sum().backward()
        for name, parameter in net.named_parameters():
            size = parameter.grad.abs()
            found[name] = torch.maximum(found[name], size) if name in found else size
    return found


def idle(module: ModuleType, options: Options, floor: float = FLAT) -> dict[str, int]:
    """How many elements of each parameter have no effect."""
    counts = {n: int((g <= floor * g.max()).sum()) for n, g in reach(module).items()}
    return {name: count for name, count in counts.items() if count}


@pytest.mark.parametrize("activation", SMOOTH)
def test_no_element_is_without_effect(activation: str) -> None:
    for options in toy.everything(activation=activation, init="uniform"):
        assert idle(toy.build(options)[1], options) == {}, toy.told(options)


@pytest.mark.slow
@pytest.mark.parametrize("activation", SMOOTH)
def test_nor_is_one_of_the_worms(activation: str) -> None:
    """81 levels. At `product` sizes differ most: there only 0 itself is no effect.

    Under `layer` the gain of a neuron's only input scales what is then normed: its
    gradient is 5 orders below the median (the norm's epsilon is all that feels it).
    """
    for merge, norm, unit, features in (
        ("sum", "none", "scalar", 1),
        ("gated", "none", "scalar", 1),
        ("sum", "layer", "scalar", 4),
        ("product", "layer", "scalar", 4),
        ("gated", "layer", "linear", 4),
        ("product", "layer", "linear", 4),
    ):
        if (unit, norm, activation) == ("scalar", "layer", "identity"):
            continue  # refused: the next norm takes the bias away
        options = Options(
            features=features, unit=unit, merge=merge, norm=norm, activation=activation
        )
        module = toy.load(toy.written(toy.bundled("cook2019"), options))
        floor = 0 if merge == "product" else FLAT
        assert idle(module, options, floor) == {}, toy.told(options)


def deviation(module: ModuleType, seed: int) -> float:
    """The median live motor's deviation over samples, for inputs of deviation 1."""
    net = toy.network(module, seed)
    with torch.no_grad():
        outputs = net(toy.sample(module, BATCH, seed))
    live = [place for place, n in enumerate(module.MOTOR) if n not in module.SILENT]
    return float(outputs[:, live].std(0).median())


@pytest.mark.parametrize("worm", ["varshney2011", "witvliet2021-1"])
def test_a_signal_neither_dies_nor_explodes(worm: str) -> None:
    for activation in ("tanh", "relu", "elu", "gelu", "silu", "hardtanh"):
        for init in ("uniform", "counts"):
            plain = Options(activation=activation, init=init)
            for options in (plain, replace(plain, features=16, unit="linear")):
                module = toy.load(toy.written(toy.bundled(worm), options))
                found = [deviation(module, seed) for seed in range(SEEDS)]
                assert all(0.1 <= d <= 10 for d in found), (toy.told(options), found)


def signed(name: str, tmp_path: Path) -> Plan:
    """A worm of which one sender in five inhibits, as Dale's principle has it."""
    header, *rows = (BUNDLED / f"{name}.csv").read_text().splitlines()
    assert header == "pre,post,kind,weight"
    senders = sorted({row.split(",")[0] for row in rows})
    inhibits = set(senders[::5])
    path = tmp_path / "signed.csv"
    lines = [header]
    for row in rows:
        pre, post, kind, weight = row.split(",")
        minus = "-" if kind == "chemical" and pre in inhibits else ""
        lines.append(f"{pre},{post},{kind},{minus}{weight}")
    path.write_text("\n".join(lines))
    return lower(parse(path.read_bytes(), "signed.csv"), Options())


@pytest.mark.parametrize("activation", ["tanh", "relu", "silu"])
def test_nor_where_every_sign_is_known(activation: str, tmp_path: Path) -> None:
    """Signs that are drawn cancel; those that a file gives need not."""
    options = Options(activation=activation, init="counts")
    module = toy.load(toy.written(signed("cook2019", tmp_path), options))
    assert module.SIGN
    for seed in range(SEEDS):
        assert 0.1 <= deviation(module, seed) <= 10
        net = toy.network(module, seed)
        assert net.activity(toy.sample(module, BATCH, seed)).abs().max() < 1000


def twin(null: str) -> Plan:
    """The plan of a random twin of the worm, or of the worm."""
    if null == "worm":
        return toy.bundled("cook2019")
    circuit = circuit_of("cook2019", label="", options=Options(), layout=Layout())
    found = next(iter(twins(circuit, null_of(null), seed=0, count=1))).circuit
    dag = break_cycles(found, options=Options(cycles="fast", keep_alive=True))
    return schedule_levels(mark_live(topological_sort(dag)))


def without_gradient(module: ModuleType, seed: int) -> int:
    """Live units that no output hangs on in any of 512 samples, at start.

    Under hardtanh it takes many: all that read a unit may be flat at once.
    """
    net = toy.network(module, seed)
    net(toy.sample(module, MANY, seed)).square().sum().backward()
    slope = net.bias.grad.reshape(len(module.LIVE), -1).abs().amax(1)
    return int((slope == 0).sum())


@pytest.mark.slow
@pytest.mark.parametrize(
    "null",
    [
        "worm",
        *(
            pytest.param(null, marks=pytest.mark.slow)
            for null in ("er", "ws", "ba", "degree")
        ),
    ],
)
def test_nor_in_the_worm_or_its_twins_and_every_unit_learns(null: str) -> None:
    plan = twin(null)
    for activation in ("tanh", "relu", "elu", "gelu", "silu", "hardtanh"):
        for init in ("uniform", "counts"):
            bare = Options(activation=activation, init=init)
            for options in (bare, replace(bare, features=16, unit="linear")):
                module = toy.load(toy.written(plan, options))
                found = [deviation(module, seed) for seed in range(SEEDS)]
                assert all(0.1 <= d <= 10 for d in found), (toy.told(options), found)
                silent = [without_gradient(module, seed) for seed in range(SEEDS)]
                assert not any(silent), (toy.told(options), silent)


@pytest.mark.parametrize("unit", ["scalar", "linear"])
def test_nor_does_a_product(unit: str) -> None:
    """With biases of 0 it would: the states of most neurons are 0 then, exactly."""
    for activation in (
        "tanh",
        "relu",
        "elu",
        "gelu",
        "silu",
        "hardtanh",
        "sigmoid",
        "identity",
    ):
        if (unit, activation) == ("scalar", "identity"):
            continue  # refused
        options = Options(
            features=4, unit=unit, merge="product", norm="layer", activation=activation
        )
        module = toy.load(toy.written(toy.bundled("cook2019"), options))
        assert 0.1 <= deviation(module, 0) <= 10, activation
