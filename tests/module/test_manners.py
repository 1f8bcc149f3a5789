"""A generated module behaves as a good torch.nn.Module does, wherever torch takes it."""

from __future__ import annotations

import copy
import io
import pickle
import random
import re
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import onnx
import onnx.reference
import pytest
import safetensors.torch
import torch
from support import toy
from torch import Tensor, nn
from torch.func import functional_call, grad, stack_module_state, vmap
from torch.testing import assert_close

from elegansc.options import Options

CASES = {
    "plain": toy.ROLES,
    "tensor": replace(toy.ROLES, features=4, unit="linear"),
    "wide": replace(
        toy.ROLES, features=4, merge="gated", norm="layer", activation="silu"
    ),
    "product": replace(toy.ROLES, features=4, merge="product", norm="layer"),
    "delay": replace(toy.ROLES, feedback="delay"),
    "delay-tensor": replace(toy.ROLES, feedback="delay", features=4, unit="linear"),
}
each_case = pytest.mark.parametrize("options", CASES.values(), ids=CASES.keys())
Model = tuple[ModuleType, Any, tuple[Tensor, ...]]


def made(options: Options, batch: int = 5, **keywords: Any) -> Model:
    """(module, network, arguments of forward) of the toy."""
    module = toy.build(options)[1]
    return (
        module,
        toy.network(module, **keywords),
        toy.arguments(module, batch, **keywords),
    )


def loss(outputs: Any) -> Tensor:
    """One number of whatever `forward` gives."""
    parts = outputs if isinstance(outputs, tuple) else (outputs,)
    return torch.stack([part.float().square().sum() for part in parts]).sum()


def compiled(net: nn.Module, backend: str) -> Callable[..., Any]:
    """Under torch.compile, in one graph."""
    torch.compiler.reset()
    return torch.compile(net, fullgraph=True, backend=backend)


def assert_compiles(
    net: nn.Module, arguments: tuple[Tensor, ...], backend: str
) -> None:
    """Values and gradients are those of eager mode."""
    found = compiled(net, backend)(*arguments)
    assert_close(found, net(*arguments), rtol=1e-4, atol=1e-5)
    ours = torch.autograd.grad(loss(found), list(net.parameters()))
    assert_close(
        ours,
        torch.autograd.grad(loss(net(*arguments)), list(net.parameters())),
        rtol=1e-3,
        atol=1e-4,
    )


# What it computes, at the edges


@each_case
def test_forward_is_the_motor_columns_of_activity(options: Options) -> None:
    module, net, arguments = made(options)
    states = net.activity(*arguments)
    assert states.shape[:2] == (5, len(module.NEURONS))
    motor = states[:, [module.NEURONS.index(neuron) for neuron in module.MOTOR]]
    expected = (motor, states) if "state" in net.forward.__annotations__ else motor
    assert_close(net(*arguments), expected, rtol=0, atol=0)


@each_case
def test_dead_ends_stay_in_the_shapes(options: Options) -> None:
    module, net, (inputs, *rest) = made(options)
    assert {"S4", "M4"} <= set(module.UNUSED)
    inputs = inputs.detach().requires_grad_()
    outputs = net(inputs, *rest)
    first = outputs[0] if rest else outputs
    assert first.shape[:2] == (5, len(module.MOTOR))
    assert not first[:, module.MOTOR.index("M4")].any()
    (slope,) = torch.autograd.grad(loss(outputs), inputs)
    for place, neuron in enumerate(module.SENSORY):
        assert bool(slope[:, place].any()) == (neuron not in module.UNUSED)


@each_case
def test_batches_of_any_size_and_one_input_for_all(options: Options) -> None:
    module, net, (inputs, *rest) = made(options)
    empty = net(*(part[:0] for part in (inputs, *rest)))
    assert (empty[0] if rest else empty).shape[:2] == (0, len(module.MOTOR))
    spread = inputs[:, :1].expand_as(inputs)
    assert_close(net(inputs[:, :1], *rest), net(spread, *rest), rtol=0, atol=0)
    size = ", ".join(map(str, ("batch", *inputs.shape[1:])))
    wanted = re.escape(f"inputs of shape ({size}), in the order of SENSORY, not ")
    for wrong in (inputs[:, :2], inputs[..., None], inputs[0], inputs[..., :0]):
        with pytest.raises(ValueError, match=wanted):
            net(wrong, *rest)


# Its parameters and its state


@each_case
def test_it_is_made_where_and_as_asked(options: Options) -> None:
    module, net, arguments = made(options, dtype=torch.float64)
    assert {p.dtype for p in net.parameters()} == {torch.float64}
    outputs = net(*arguments)
    assert (
        outputs[0] if isinstance(outputs, tuple) else outputs
    ).dtype == torch.float64
    meta = toy.network(module, device="meta")
    assert all(part.is_meta for part in (*meta.parameters(), *meta.buffers()))
    assert repr(net).endswith(
        f"({len(module.NEURONS)} neurons, {len(module.LEVELS)} levels, {len(module.SYNAPSES)} synapses)"
    )


@each_case
def test_it_comes_back_from_the_meta_device(options: Options) -> None:
    module, net, arguments = made(options)
    with torch.device("meta"):
        drawn, loaded, assigned = (toy.network(module) for _ in range(3))
    drawn.to_empty(device="cpu")
    torch.manual_seed(0)
    drawn.reset_parameters()
    loaded.to_empty(device="cpu").load_state_dict(net.state_dict())
    assigned.load_state_dict(net.state_dict(), assign=True)
    for other in (drawn, loaded, assigned):
        assert_close(other(*arguments), net(*arguments), rtol=0, atol=0)


@each_case
def test_it_can_be_copied_and_saved(options: Options, tmp_path: Path) -> None:
    module, net, arguments = made(options)
    torch.save(net.state_dict(), tmp_path / "a.pt")
    safetensors.torch.save_file(net.state_dict(), tmp_path / "a.safetensors")
    states = [
        torch.load(tmp_path / "a.pt", weights_only=True),
        safetensors.torch.load_file(tmp_path / "a.safetensors"),
    ]
    assert set(states[0]) == {*dict(net.named_parameters()), "_extra_state"}
    others = [copy.deepcopy(net), pickle.loads(pickle.dumps(net))]
    for state in states:
        others.append(toy.network(module, seed=7))
        others[-1].load_state_dict(state)
    for other in others:
        assert_close(other(*arguments), net(*arguments), rtol=0, atol=0)


def test_a_checkpoint_of_other_wiring_or_options_is_refused() -> None:
    module, net, _ = made(toy.ROLES)
    others = [
        toy.load(
            toy.source(edges=toy.EDGES.replace("S2,A", "S2,B"))
        ),  # sizes are the same
        toy.build(replace(toy.ROLES, activation="relu"))[1],
    ]
    for other in others:
        twin = toy.network(other)
        assert twin.gain.shape == net.gain.shape
        with pytest.raises(RuntimeError, match="transplant"):
            twin.load_state_dict(net.state_dict())
    unsigned = {k: v for k, v in net.state_dict().items() if k != "_extra_state"}
    with pytest.raises(RuntimeError, match="_extra_state"):
        toy.network(module).load_state_dict(unsigned)
    inside = nn.Sequential(toy.network(others[0]))
    with pytest.raises(RuntimeError, match="transplant"):
        inside.load_state_dict(nn.Sequential(net).state_dict())


# Under torch's transformations


@each_case
def test_vmap_over_inputs_and_over_networks(options: Options) -> None:
    module, net, arguments = made(options)
    doubled = tuple(torch.stack([part, part + 1]) for part in arguments)
    expected = [net(*(part[index] for part in doubled)) for index in range(2)]
    mapped = vmap(net)(*doubled)
    for index in range(2):
        part = (
            tuple(m[index] for m in mapped)
            if isinstance(mapped, tuple)
            else mapped[index]
        )
        assert_close(part, expected[index])
    nets = [toy.network(module, seed) for seed in range(3)]
    parameters, buffers = stack_module_state(nets)
    call = vmap(lambda p, b: functional_call(net, (p, b), arguments))
    assert_close(
        loss(call(parameters, buffers)), sum(loss(n(*arguments)) for n in nets)
    )


@each_case
def test_gradients_per_sample(options: Options) -> None:
    _, net, arguments = made(options, dtype=torch.float64)
    parameters = dict(net.named_parameters())

    def one(values: dict[str, Tensor], *parts: Tensor) -> Tensor:
        return loss(functional_call(net, values, tuple(part[None] for part in parts)))

    places = (None, *(0 for _ in arguments))
    found = vmap(grad(one), places)(parameters, *arguments)
    whole = torch.autograd.grad(loss(net(*arguments)), list(parameters.values()))
    for name, expected in zip(parameters, whole, strict=True):
        assert_close(found[name].sum(0), expected, rtol=1e-4, atol=1e-5)


@each_case
def test_double_backward(options: Options) -> None:
    _, net, arguments = made(options, batch=2, dtype=torch.float64)
    values = [p.detach().clone().requires_grad_() for p in net.parameters()]
    names = [name for name, _ in net.named_parameters()]

    def call(*parts: Tensor) -> Any:
        return functional_call(net, dict(zip(names, parts, strict=True)), arguments)

    torch.manual_seed(0)
    assert torch.autograd.gradcheck(call, values, fast_mode=True)
    assert torch.autograd.gradgradcheck(call, values, fast_mode=True)


@each_case
def test_autocast(options: Options) -> None:
    _, net, arguments = made(options)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = net(*(part.bfloat16() for part in arguments))
        loss(outputs).backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in net.parameters())
    assert_close(loss(outputs), loss(net(*arguments)), rtol=0.1, atol=0.1)


# Compiled, exported, in parallel


@pytest.mark.slow
@each_case
def test_export_with_any_batch(options: Options) -> None:
    module, net, arguments = made(options)
    batch = torch.export.Dim("batch", min=1, max=4096)
    shapes = tuple({0: batch} for _ in arguments)
    program = torch.export.export(net, arguments, dynamic_shapes=shapes)
    file = io.BytesIO()
    torch.export.save(program, file)
    file.seek(0)
    again = torch.export.load(file).module()
    for size in (1, 9):
        others = toy.arguments(module, size)
        assert_close(again(*others), net(*others))


def test_onnx(tmp_path: Path) -> None:
    for options in (CASES["plain"], CASES["tensor"]):
        _, net, arguments = made(options)
        path = tmp_path / "toy.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            torch.onnx.export(
                net, arguments, str(path), dynamo=False, input_names=["x"]
            )
        session = onnx.reference.ReferenceEvaluator(onnx.load(path))
        (found,) = session.run(None, {"x": arguments[0].numpy()})
        assert_close(
            torch.from_numpy(found), net(*arguments).detach(), rtol=1e-4, atol=1e-5
        )


@pytest.mark.parametrize(
    "options", [CASES["delay"], CASES["product"]], ids=["delay", "product"]
)
def test_compile_in_one_graph(options: Options) -> None:
    _, net, arguments = made(options)
    assert_compiles(net, arguments, "aot_eager")


@pytest.mark.slow
def test_the_worm_compiles_in_one_graph() -> None:
    module = toy.load(toy.written(toy.bundled("cook2019"), Options(), "Cook2019"))
    assert_compiles(toy.network(module), toy.arguments(module, 5), "aot_eager")


@pytest.mark.slow
@pytest.mark.parametrize("case", ["plain", "tensor"])
def test_inductor(case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    chance = random.Random(0)
    names = (
        [f"S{i}" for i in range(8)]
        + [f"I{i}" for i in range(24)]
        + [f"M{i}" for i in range(8)]
    )
    pairs = {tuple(sorted(chance.sample(range(40), 2))) for _ in range(160)}
    rows = [f"{names[a]},{names[b]},chemical,1" for a, b in sorted(pairs)]
    edges = "\n".join(["pre,post,kind,weight", *rows, ""])
    options = replace(CASES[case], outputs=("M*",))
    module = toy.load(toy.source(options, edges))
    assert_compiles(toy.network(module), toy.arguments(module, 5), "inductor")


@pytest.mark.slow
@pytest.mark.parametrize("case", ["plain", "delay-tensor"])
def test_two_processes_train_as_one(case: str, tmp_path: Path) -> None:
    data, module = toy.build(CASES[case])
    torch.multiprocessing.spawn(
        toy.train_in_two, (data, f"file://{tmp_path}/meeting", str(tmp_path)), nprocs=2
    )
    states = [torch.load(tmp_path / f"{rank}.pt") for rank in range(2)]
    assert_close(states[0], states[1], rtol=0, atol=0)

    net = toy.network(module, seed=0, dtype=torch.float64)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    for step in range(2):
        inputs = torch.cat(
            [
                toy.sample(module, 3, seed=10 * step + rank, dtype=torch.float64)
                for rank in range(2)
            ]
        )
        outputs = (
            net(inputs, net.initial_state(6))[0] if "delay" in case else net(inputs)
        )
        optimizer.zero_grad()
        outputs.square().mean().backward()
        optimizer.step()
    assert_close(states[0], net.state_dict())


# Through time


def by_hand(module: ModuleType, net: Any, inputs: Tensor, state: Tensor) -> Tensor:
    """The outputs of T steps of a `delay` network, one neuron at a time."""
    gain = dict(zip(module.SYNAPSES, net.gain, strict=True))
    act = {"tanh": torch.tanh, "gelu": nn.functional.gelu}[
        module.OPTIONS.get("activation", "tanh")
    ]
    live = [neuron for level in module.LEVELS for neuron in level]
    zero = torch.zeros_like(state[:, 0])
    before = dict(zip(module.NEURONS, state.unbind(1), strict=True))
    outputs = []
    for given in inputs:
        now: dict[str, Tensor] = {}
        for row, neuron in enumerate(live):
            total = zero
            if neuron in module.SENSORY:
                total = total + given[:, module.SENSORY.index(neuron)]
            for (to, source, kind), g in gain.items():
                if to == neuron:
                    total = total + g * (before if kind == "feedback" else now)[source]
                if kind == "electrical" and source == neuron:
                    total = total + g * before[to]
            if hasattr(net, "weight"):
                total = total @ net.weight[row].T
            now[neuron] = act(total + net.bias[row])
        outputs.append(
            torch.stack([now.get(neuron, zero) for neuron in module.MOTOR], 1)
        )
        before = now
    return torch.stack(outputs)


@pytest.mark.parametrize(
    "unit, features", [("scalar", 1), ("scalar", 4), ("linear", 4)]
)
def test_four_steps_are_those_of_an_independent_loop(unit: str, features: int) -> None:
    options = replace(
        toy.ROLES, feedback="delay", unit=unit, features=features, activation="gelu"
    )
    module, net, (_, start) = made(options, dtype=torch.float64)
    assert module.TABLES["feedback"] and any(
        kind == "electrical" for *_, kind in module.SYNAPSES
    )
    with torch.no_grad():
        net.bias.normal_()
    inputs = torch.stack(
        [toy.sample(module, 5, seed, dtype=torch.float64) for seed in range(4)]
    )
    start, inputs = start.requires_grad_(), inputs.requires_grad_()
    state, outputs = start, []
    for given in inputs:
        output, state = net(given, state)
        outputs.append(output)
    found, expected = torch.stack(outputs), by_hand(module, net, inputs, start)
    assert_close(found, expected, rtol=1e-10, atol=1e-10)
    wrt = [*net.parameters(), inputs, start]
    cotangent = torch.randn_like(found)
    assert_close(
        torch.autograd.grad(found, wrt, cotangent),
        torch.autograd.grad(expected, wrt, cotangent),
        rtol=1e-9,
        atol=1e-10,
    )


@pytest.mark.parametrize(
    "unit, features", [("scalar", 1), ("scalar", 4), ("linear", 4)]
)
def test_without_feedback_and_junctions_delay_is_drop(unit: str, features: int) -> None:
    """Bitwise. Roles are such that the same neurons are live in both."""
    rows = [row for row in toy.EDGES.splitlines() if "electrical" not in row]
    edges = (
        "\n".join(row for row in rows if not {"D", "E"} & {*row.split(",")[:2]}) + "\n"
    )
    options = replace(toy.ROLES, unit=unit, features=features)
    drop, delay = (
        toy.load(toy.source(replace(options, feedback=feedback), edges))
        for feedback in ("drop", "delay")
    )
    assert drop.NEURONS == delay.NEURONS and len(delay.SYNAPSES) > len(drop.SYNAPSES)
    one, other = toy.network(drop), toy.network(delay)
    gains = dict(zip(drop.SYNAPSES, one.gain.tolist(), strict=True))
    with torch.no_grad():
        other.gain.copy_(torch.tensor([gains.get(key, 0.0) for key in delay.SYNAPSES]))
        for name, parameter in one.named_parameters():
            if name != "gain":
                dict(other.named_parameters())[name].copy_(parameter)
    inputs, state = toy.arguments(delay, 5)
    for _ in range(3):
        output, state = other(inputs, state)
        assert torch.equal(output, one(inputs))
