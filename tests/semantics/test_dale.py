"""Signs that gains keep: how they start, what training may turn, what a gain at 0 does."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from support import toy
from support.command import run
from support.search import short_search

import elegansc
from elegansc import pipeline
from elegansc.errors import UsageError
from elegansc.options import Options
from elegansc.semantics.interpret import interpret
from elegansc.semantics.interpret_arrays import Arrays, interpret_arrays
from elegansc.verification.running_arrays import draw
from elegansc.verification.verify import prove

WAYS: dict[str, dict[str, Any]] = {
    "acyclic": {},
    "counts": {"init": "counts"},
    "relu": {"activation": "relu"},
    "linear": {"features": 4, "unit": "linear"},
    "norm": {"features": 4, "norm": "layer"},
    "delay": {"feedback": "delay"},
    "levels": {"feedback": "delay", "max_levels": 3},
    "file": {"tables": "file"},
    "file-delay": {"tables": "file", "feedback": "delay"},
    "leaky": {"dynamics": "leaky"},
    "leaky-counts": {"dynamics": "leaky", "init": "counts"},
}
ENDS: dict[str, Any] = {
    "roles_table": "structure",
    "inputs": ["S*"],
    "outputs": ["M*", "SX"],
}
each_way = pytest.mark.parametrize("way", WAYS)


def compiled(folder: Path, way: str, dale: str) -> Any:
    """The toy's model."""
    (folder / "toy.csv").write_text(toy.EDGES)
    with short_search():
        return elegansc.compile(
            folder / "toy.csv", name="Toy", **ENDS, **WAYS[way], dale=dale
        )


def known(module: Any) -> list[int]:
    """The sign of each gain of a module, 0 where it is free: by the toy's one inhibition."""
    if module.OPTIONS.get("dynamics") == "leaky":
        gains = [(neuron, by, "chemical") for neuron, by in module.SYNAPSES]
    else:
        gains = toy.synapses(module)
    return [
        0 if kind in ("electrical", "lateral") else -1 if (to, by) == ("B", "C") else 1
        for to, by, kind in gains
    ]


@pytest.mark.filterwarnings("ignore::elegansc.errors.CompilerWarning")
@each_way
def test_a_clamped_model_is_proved(way: str, tmp_path: Path) -> None:
    made = compiled(tmp_path, way, "clamped")
    failed = [
        check
        for check in prove(made.page, "m.py", beside=made.tables)
        if not check.passed
    ]
    assert not failed


@pytest.mark.filterwarnings("ignore::elegansc.errors.CompilerWarning")
@pytest.mark.parametrize("dale", ["init", "clamped"])
@each_way
def test_gains_start_with_the_signs_that_are_known(
    way: str, dale: str, tmp_path: Path
) -> None:
    made = compiled(tmp_path, way, dale)
    module = toy.load(made.page, made.tables)
    sign = torch.tensor(known(module))
    assert (sign > 0).any()
    free = []
    for seed in range(8):
        gain = toy.network(module, seed).gain
        assert ((gain * sign > 0) | (sign == 0)).all()
        free.append(gain[sign == 0].sign())
    if len(free[0]) and "counts" not in way:
        assert len({tuple(row.tolist()) for row in free}) > 1


@pytest.mark.filterwarnings("ignore::elegansc.errors.CompilerWarning")
@each_way
def test_training_turns_no_clamped_sign_and_leaves_no_gain_at_0(
    way: str, tmp_path: Path
) -> None:
    made = compiled(tmp_path, way, "clamped")
    module = toy.load(made.page, made.tables)
    net, sign = toy.network(module), torch.tensor(known(module))
    with torch.no_grad():
        net.gain[::3] = 0
    given, step = toy.arguments(module, 5), torch.optim.Adam(net.parameters(), 0.1)
    target = torch.linspace(-2, 2, 5)
    for _ in range(60):
        step.zero_grad()
        found = net(*given)
        outputs = found[0] if isinstance(found, tuple) else found
        loss = (outputs.flatten(1).mean(1) - target).square().mean()
        loss.backward()
        step.step()
        assert (net.strengths() * sign >= 0).all()
    learns = net.gain.grad.ne(0)
    assert learns[::3].any() or way == "relu"  # there a neuron may never fire again
    assert (net.gain[learns] != 0).all()


def test_a_free_gain_may_turn(tmp_path: Path) -> None:
    made = compiled(tmp_path, "acyclic", "init")
    assert "SIGN * |gain|" not in made.page.decode()
    module = toy.load(made.page)
    assert not hasattr(toy.network(module), "strengths")


def test_the_strength_of_a_clamped_synapse_is_the_magnitude_of_its_gain() -> None:
    options = replace(toy.ROLES, dale="clamped", feedback="delay")
    model, trial = toy.trial(toy.written(toy.plan(toy.graph_options(options)), options))
    turned = {key: -value for key, value in trial.parameters.gain.items()}
    wiring = model.tables.wiring
    one, other = (
        interpret(
            wiring,
            options,
            replace(trial.parameters, gain=gain),
            trial.inputs,
            cotangent=trial.cotangent,
        )
        for gain in (trial.parameters.gain, turned)
    )
    held = [key for key in turned if key[1] in wiring.sign.get(key[0], {})]
    held = [key for key in held if key[2] in ("chemical", "feedback")]
    free = [key for key in turned if key not in held]
    assert held and free
    assert not (one.outputs == other.outputs).all()  # the junctions turned
    both = {
        key: (turned if key in held else trial.parameters.gain)[key] for key in turned
    }
    same = interpret(
        wiring,
        options,
        replace(trial.parameters, gain=both),
        trial.inputs,
        cotangent=trial.cotangent,
    )
    assert (same.outputs == one.outputs).all()
    assert one.gradient is not None and same.gradient is not None
    for key in held:
        assert math.isclose(
            same.gradient.gain[key], -one.gradient.gain[key], abs_tol=1e-12
        )


def test_arrays_hold_signs_as_the_interpreter_does() -> None:
    options = replace(toy.ROLES, dale="clamped", feedback="delay")
    graph = toy.plan(toy.graph_options(options))
    model, trial = toy.trial(toy.written(graph, options))
    net = Arrays.of(model.plan, options)
    numbers, _ = draw(model, net, 0)
    flipped = {**numbers, "gain": numbers["gain"] * (1 - 2 * abs(net.sign))}
    one, other = (interpret_arrays(net, given, {}) for given in (numbers, flipped))
    assert (one["outputs"] == other["outputs"]).all()
    assert set(net.sign.tolist()) == {-1, 0, 1}
    assert trial.order


@pytest.mark.slow
def test_a_thousand_steps_of_adam_turn_no_sign_of_a_worm() -> None:
    options = Options(
        dynamics="leaky", signs="transmitter", dale="clamped", init="counts"
    )
    made = pipeline.compile_source("cook2019", options=options)
    net = toy.network(toy.load(made.page))
    given = torch.zeros(2, 2, len(net.sensory))
    given[:, :, ::3] = torch.tensor([1.0, -1.0]).view(2, 1, 1)
    before = net.strengths().detach().sign()
    held = net.sign != 0
    with torch.no_grad():
        net.gain[held.nonzero().flatten()[::7]] = 0
    step = torch.optim.Adam(net.parameters(), 0.01)
    for _ in range(1000):
        step.zero_grad()
        (net(given)[0].square().sum() - net(given)[1].mean()).backward()
        step.step()
    after = net.strengths().detach().sign()
    assert (after[held] == before[held])[before[held] != 0].all()
    assert (after[held] == net.sign[held]).all()  # and none is at 0


@pytest.mark.parametrize(
    ("words", "seen"),
    [
        (("--dale", "clamped", "--signs", "none"), "no synapse has a known sign"),
        (("--dale", "init", "--merge", "gated"), "a gate has no sign"),
        (
            (
                "--dale",
                "init",
                "--merge",
                "product",
                "--norm",
                "layer",
                "--features",
                "4",
            ),
            "it has no gains",
        ),
        (("--dale", "soft"), "'soft' is not one of 'free', 'init', 'clamped'"),
    ],
)
def test_what_has_no_sign_to_keep_is_refused(
    words: tuple[str, ...], seen: str, tmp_path: Path
) -> None:
    (tmp_path / "toy.csv").write_text(toy.EDGES)
    ends = ("--inputs", "S*", "--outputs", "M*")
    done = run("compile", str(tmp_path / "toy.csv"), *ends, *words)
    assert done.exit_code == 2, done.output
    assert seen in done.output


def test_dale_is_told_of_options_that_do_not_go_with_it() -> None:
    with pytest.raises(UsageError, match="without gains"):
        Options(lowering="published", features=2, unit="linear", dale="init")
