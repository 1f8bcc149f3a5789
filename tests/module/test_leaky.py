"""The module of a leaky network: time, lesions, clamps, currents, and its text."""

from __future__ import annotations

import io
from difflib import unified_diff
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from support import toy
from support.command import run
from support.forms import form
from torch import Tensor, nn
from torch._dynamo.testing import CompileCounterWithBackend
from torch.func import vmap
from torch.testing import assert_close

import elegansc
from elegansc import pipeline
from elegansc.ir.text import digest
from elegansc.ir.trace import Trace
from elegansc.module.read import CircuitModel, read_consistent, read_model
from elegansc.module.restore import unplanned
from elegansc.options import Options
from elegansc.readers.reader import Layout
from elegansc.sources import Opened, open_source

DOUBLE = torch.float64
BELOW = "# fmt: on\n"  # the text below the tables
LEAKY: dict[str, Any] = {"dynamics": "leaky"}


@cache
def page(source: str, **options: Any) -> bytes:
    """The module of a connectome, which is read once."""
    asked = Options(**LEAKY, **options)
    return pipeline.compile_opened(opened(source), asked, Trace(), name="Toy").page


@cache
def opened(source: str) -> Opened:
    """A bundled connectome, read."""
    return open_source(source, Layout())


@cache
def loaded(source: str, **options: Any) -> ModuleType:
    """The same, imported."""
    return toy.load(page(source, **options))


def made(source: str = "witvliet2021-1", steps: int = 6, **options: Any) -> Any:
    """(network with random biases and time constants, inputs, its module), in float64."""
    module = loaded(source, **options)
    torch.manual_seed(0)
    net = module.Toy(dtype=DOUBLE)
    with torch.no_grad():
        net.bias.normal_()
        net.tau.uniform_(0.3, 3)
    return net, torch.randn(2, steps, len(module.SENSORY), dtype=DOUBLE), module


# Time


@pytest.mark.parametrize("options", [(), (("substeps", 3),)])
def test_chunks_in_a_row_equal_one_call_bitwise(options: Any) -> None:
    net, inputs, _ = made(**dict(options))
    whole, last = net(inputs)
    one, state = net(inputs[:, :2])
    other, end = net(inputs[:, 2:], state)
    assert torch.equal(torch.cat([one, other], 1), whole) and torch.equal(end, last)
    states = net.activity(inputs)
    assert torch.equal(states[:, -1], last)
    assert torch.equal(states[..., net.rows(loaded("witvliet2021-1").MOTOR)], whole)


def test_substeps_are_steps_of_a_held_input() -> None:
    coarse, inputs, _ = made(dt=0.3, substeps=3)
    fine, _, _ = made(dt=0.1)
    with torch.no_grad():
        for one, other in zip(fine.parameters(), coarse.parameters(), strict=True):
            one.copy_(other)
    every = fine.activity(inputs.repeat_interleave(3, 1))
    assert_close(coarse.activity(inputs), every[:, 2::3])


def test_a_rest_does_not_hang_on_the_step() -> None:
    fine, inputs, _ = made(dt=0.1, init="counts")
    coarse, _, _ = made(dt=5.0, init="counts")
    with torch.no_grad():
        for one, other in zip(coarse.parameters(), fine.parameters(), strict=True):
            one.copy_(other)
    steady = inputs[:, :1]
    ends = [
        net.activity(steady.expand(-1, steps, -1))[:, -1]
        for net, steps in ((fine, 900), (coarse, 100))
    ]
    assert_close(*ends, rtol=1e-6, atol=1e-8)


def test_one_input_is_that_of_all_sensors() -> None:
    net, inputs, module = made()
    alike = inputs[:, :, :1]
    assert_close(net(alike)[0], net(alike.expand(-1, -1, len(module.SENSORY)))[0])


# Lesions, clamps, currents


def carried(part: ModuleType, whole: ModuleType, trained: Any) -> Any:
    """The network of a graph without some neurons, with the parameters of the whole."""
    net = part.Toy(dtype=DOUBLE)
    tables = (
        (net.gain, part.SYNAPSES, whole.SYNAPSES, trained.gain),
        (net.conductance, part.JUNCTIONS, whole.JUNCTIONS, trained.conductance),
        (net.bias, part.NEURONS, whole.NEURONS, trained.bias),
        (net.tau, part.NEURONS, whole.NEURONS, trained.tau),
    )
    with torch.no_grad():
        for parameter, new, old, values in tables:
            place = {key: row for row, key in enumerate(old)}
            parameter.copy_(values[[place[key] for key in new]])
    return net


def assert_ablated(source: str, lost: list[str]) -> None:
    """Ablating by mask is compiling without, and the ablated are at 0."""
    net, inputs, whole = made(source)
    part = loaded(source, without=tuple(lost))
    alive = torch.ones(len(whole.NEURONS), dtype=DOUBLE)
    alive[net.rows(lost)] = 0
    states = net.activity(inputs, alive=alive)
    assert not states[..., net.rows(lost)].any()
    given = inputs[..., [whole.SENSORY.index(name) for name in part.SENSORY]]
    found = carried(part, whole, net).activity(given)
    there = net.rows(part.NEURONS)
    assert_close(states[..., there], found, rtol=1e-12, atol=1e-12)


def test_ablating_is_compiling_without() -> None:
    for lost in (["AVAL"], ["ASEL", "AVAL", "AVBR"], ["RIML", "AIBL", "AVAR", "ASHL"]):
        assert_ablated("witvliet2021-1", lost)


@pytest.mark.slow
def test_ablating_any_neuron_of_a_worm_is_compiling_without() -> None:
    """20 sets of 12, and every fifth neuron alone; all 302, as once they were, take minutes."""
    names = loaded("cook2019").NEURONS
    random = np.random.default_rng(0)
    for _ in range(20):
        assert_ablated("cook2019", random.choice(names, 12, replace=False).tolist())
    for name in names[::5]:
        assert_ablated("cook2019", [name])
        loaded.cache_clear()
        page.cache_clear()


def test_a_held_neuron_is_its_current_and_its_input() -> None:
    net, inputs, module = made()
    held = torch.zeros(len(module.NEURONS), dtype=DOUBLE)
    free, sensor = "AVAL", module.SENSORY[3]
    held[net.rows([free, sensor])] = 1
    current = torch.randn(2, 6, len(module.NEURONS), dtype=DOUBLE)
    states = net.activity(inputs, current=current, held=held)
    row, at = net.rows([free]), net.rows([sensor])
    assert_close(states[..., row], current[..., row], rtol=0, atol=1e-14)
    told = current[..., at] + inputs[..., 3:4]
    assert_close(states[..., at], told, rtol=0, atol=1e-14)
    # Its partners feel it: they differ from those of a worm where it is free.
    partners = [b if a == free else a for a, b in module.JUNCTIONS if free in (a, b)]
    loose = net.activity(inputs, current=current, held=held * 0)
    assert (states - loose)[..., net.rows(partners)].abs().min() > 0


def test_hands_of_nothing_change_nothing() -> None:
    net, inputs, module = made()
    count = len(module.NEURONS)
    plain = net.activity(inputs)
    hands = {
        "alive": torch.ones(count, dtype=torch.bool),
        "held": torch.zeros(count),
        "current": torch.zeros(1, 6, count),
    }
    for name, given in hands.items():
        assert_close(net.activity(inputs, **{name: given}), plain)


def test_masks_are_differentiated_and_mapped() -> None:
    net, inputs, module = made("witvliet2021-1", steps=3)
    torch.manual_seed(2)
    count = len(module.NEURONS)
    alive = torch.rand(count, dtype=DOUBLE, requires_grad=True)
    held = (torch.rand(count) < 0.1).double()
    current = torch.randn(2, 3, count, dtype=DOUBLE, requires_grad=True)

    def call(alive: Tensor, current: Tensor) -> Tensor:
        found: Tensor = net.activity(inputs, alive=alive, current=current, held=held)
        return found

    assert torch.autograd.gradcheck(call, (alive, current), fast_mode=True)
    many = torch.rand(3, count, dtype=DOUBLE)
    mapped = vmap(lambda mask: net.activity(inputs, alive=mask), chunk_size=2)(many)
    assert_close(mapped, torch.stack([net.activity(inputs, alive=m) for m in many]))


def test_gradients_of_a_small_network_hold_twice() -> None:
    net = form("leaky").network(dtype=DOUBLE)
    inputs, state = form("leaky").arguments(2, dtype=DOUBLE)
    with torch.no_grad():
        net.tau.mul_(torch.tensor([1.0, -1.0], dtype=DOUBLE).repeat(8))
        net.conductance.mul_(-0.5)
    given = tuple(part.detach().requires_grad_() for part in (inputs, state))
    names = dict(net.named_parameters())

    def call(inputs: Tensor, state: Tensor, *values: Tensor) -> Tensor:
        held = dict(zip(names, values, strict=True))
        found = torch.func.functional_call(net, held, (inputs, state))
        return found[0]  # type: ignore[no-any-return]

    every = (*given, *(v.detach().requires_grad_() for v in names.values()))
    assert torch.autograd.gradcheck(call, every, fast_mode=True)
    assert torch.autograd.gradgradcheck(call, every, fast_mode=True)


# Programs


@pytest.mark.slow
def test_a_compiled_step_serves_every_time_and_lesion() -> None:
    net, inputs, module = made()
    net, inputs = net.float(), inputs.float()
    torch.compiler.reset()
    counter = CompileCounterWithBackend("aot_eager")
    plain = net.activity(inputs)
    net.step = torch.compile(net.step, fullgraph=True, backend=counter)
    net.activity(inputs).square().sum().backward()
    assert_close(net.activity(inputs), plain, rtol=1e-4, atol=1e-5)
    first = (
        counter.frame_count
    )  # of a state that needs no gradient, and of one that does
    assert first == 2
    for steps in (1, 3, 6):
        net.activity(inputs[:, :steps])
    assert counter.frame_count == first
    count = len(module.NEURONS)
    for seed in range(4):
        torch.manual_seed(seed)
        net.activity(
            inputs,
            alive=torch.rand(count),
            held=(torch.rand(count) < 0.2).float(),
            current=torch.randn(2, 6, count),
        )
    assert counter.frame_count <= first + 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_folded_step_is_an_onnx_file(tmp_path: Path) -> None:
    """ONNX knows no inverse: what is exported is a step of a system that stands."""
    net = form("leaky").network()
    inputs, state = form("leaky").arguments(4)
    system = tuple(part.detach() for part in net.system())

    class Step(nn.Module):
        def forward(self, x: Tensor, drive: Tensor) -> Any:
            return net.step(x, drive, system)

    drive = net.bias.detach() + torch.zeros_like(state)
    drive = drive.index_add(1, net.sensory, inputs[:, 0])
    path = tmp_path / "step.onnx"
    torch.onnx.export(Step(), (state, drive), path, input_names=["x", "drive"])
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": state.numpy(), "drive": drive.numpy()})
    expected = net.activity(inputs[:, :1], state)[:, 0].detach()
    assert_close(torch.from_numpy(found), expected, rtol=1e-4, atol=1e-5)
    with pytest.raises(Exception, match="inv"):
        torch.onnx.export(net, (inputs, state), tmp_path / "whole.onnx")


# In words


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"inputs": (4, 0, 5)}, "inputs without a step: T is 0"),
        ({"inputs": (4, 3, 6)}, r"^inputs of shape \(batch, T, 5\), not \(4, 3, 6\)"),
        ({"inputs": (3, 5)}, r"^inputs of shape \(batch, T, 5\), not \(3, 5\)"),
        ({"state": (4, 3)}, r"^state of shape \(batch, 16\), not \(4, 3\)"),
        ({"current": (4, 2, 16)}, r"^current of shape \(batch, 3, 16\), not"),
        ({"alive": (15,)}, r"^alive of shape \(16\), not \(15,\)"),
        ({"held": (4, 16)}, r"^held of shape \(16\), not \(4, 16\)"),
    ],
)
def test_a_wrong_shape_is_refused_in_words(
    given: dict[str, tuple[int, ...]], told: str
) -> None:
    net = form("leaky").network()
    tensors = {"inputs": form("leaky").arguments(4)[0]}
    tensors |= {name: torch.ones(shape) for name, shape in given.items()}
    with pytest.raises(ValueError, match=told):
        net(**tensors)


def test_rows_are_of_names() -> None:
    net, _, module = made()
    assert net.rows(module.NEURONS[3:5]).tolist() == [3, 4]
    with pytest.raises(ValueError, match="nobody"):
        net.rows(["nobody"])


# The text


def below(data: bytes) -> str:
    """The text below the tables."""
    return data.decode().split(BELOW)[1]


def test_the_text_is_the_same_for_every_connectome(tmp_path: Path) -> None:
    small = tmp_path / "toy.csv"
    small.write_text("pre,post,weight\nA,B,1\nB,C,2\n")
    pages = [page("cook2019"), page("varshney2011")]
    pages.append(elegansc.compile(small, name="Toy", **LEAKY).page)
    assert len({below(data) for data in pages}) == 1
    assert below(pages[0]).count("\n") <= 195


def test_it_is_of_the_graph_of_the_acyclic_file() -> None:
    leaky = read_consistent(page("varshney2011"), "m.py")
    other = read_model(elegansc.compile("varshney2011").page, "n.py")
    assert isinstance(leaky, CircuitModel)
    assert leaky.header.source == other.header.source
    circuit = unplanned(other.plan)[0]
    assert digest(circuit) == digest(leaky.circuit)
    assert circuit.cells.name == leaky.circuit.cells.name
    for name in ("pre", "post", "weight", "sign"):
        ours, theirs = getattr(leaky.circuit.chemical, name), getattr(
            circuit.chemical, name
        )
        assert (ours == theirs).all()
    for name in ("left", "right", "weight"):
        ours = getattr(leaky.circuit.junctions, name)
        assert (ours == getattr(circuit.junctions, name)).all()


def test_a_synapse_more_is_a_short_diff(tmp_path: Path) -> None:
    rows = "pre,post,weight\nA,B,3\nB,C,2\nC,A,1\nC,D,4\n"
    pages = []
    for name, more in (("one", ""), ("two", "D,B,5\n")):
        path = tmp_path / name / "worm.csv"
        path.parent.mkdir()
        path.write_text(rows + more)
        made = elegansc.compile(path, inputs=["A"], outputs=["D"], **LEAKY)
        pages.append(made.page.decode().splitlines())
    lines = list(unified_diff(*pages, n=0, lineterm=""))[2:]
    assert len([line for line in lines if line[:1] in "+-"]) <= 6


def test_models_of_levels_have_no_option_of_time() -> None:
    """What an older elegansc wrote of them stays as it is."""
    told = elegansc.compile("witvliet2021-1").page
    assert b"dynamics" not in told and b'"dt"' not in told


# Commands


def test_commands_know_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    leaky = ("--dynamics", "leaky")
    done = run("compile", "witvliet2021-1", *leaky, "-o", "leaky.py")
    assert done.exit_code == 0, done.output
    assert "explicit Euler would need steps below" in done.output
    assert "no state exceeds" in done.output and "self-loop" not in done.output
    assert run("compile", "witvliet2021-1", "-q", "-o", "dag.py").exit_code == 0
    done = run("diff", "dag.py", "leaky.py")
    assert done.exit_code == 0 and "675 -> 675: +0 -0 ~0" in done.output
    assert "levels -> leaky, dt 0.1" in done.output
    assert "only one of them has is new: dynamics none -> leaky" in done.output
    assert run("status", "leaky.py").exit_code == 0
    assert run("update", "leaky.py").exit_code == 0
    done = run("compile", "witvliet2021-1", *leaky, "--init", "counts")
    assert "one rest from everywhere" in done.stderr
    done = run("compile", "witvliet2021-1", *leaky, "--activation", "relu")
    assert "no bound of the states is known" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--dynamics", "leaky", "--features", "2"), "--features"),
        (("--dynamics", "leaky", "--unit", "linear"), "--unit"),
        (("--dynamics", "leaky", "--merge", "gated"), "--merge"),
        (("--dynamics", "leaky", "--feedback", "delay"), "--feedback"),
        (("--dynamics", "leaky", "--task", "mnist"), "--task"),
        (("--dynamics", "leaky", "--cycles", "fast"), "--cycles"),
        (("--dynamics", "leaky", "--no-keep-alive"), "--no-keep-alive"),
        (("--dynamics", "leaky", "--certificate", "c.json"), "--certificate"),
        (("--dynamics", "leaky", "--ensemble", "3"), "--ensemble"),
        (("--dynamics", "leaky", "--lowering", "published"), "--lowering published"),
        (("--dynamics", "leaky", "--dt", "0"), "--dt: a number above 0"),
        (("--dynamics", "leaky", "--dt", "-1"), "--dt: a number above 0"),
        (("--dynamics", "leaky", "--tau", "inf"), "--tau: a number above 0"),
        (("--dynamics", "leaky", "--tau", "nan"), "--tau: a number above 0"),
        (("--dynamics", "leaky", "--substeps", "0"), "--substeps: from 1"),
        (("--dynamics", "leaky", "--emit", "dag"), "has no levels"),
        (("--dynamics", "leaky", "--emit", "plan"), "has no levels"),
        (("--dt", "0.2"), "--dt: is of --dynamics leaky"),
        (("--tau", "2"), "--tau: is of --dynamics leaky"),
        (("--substeps", "2"), "--substeps: is of --dynamics leaky"),
    ],
)
def test_what_does_not_go_together_is_refused(
    words: tuple[str, ...], told: str, tmp_path: Path
) -> None:
    done = run("compile", "witvliet2021-1", *words, "-o", str(tmp_path / "m.py"))
    assert done.exit_code == 2 and told in done.stderr
    assert not (tmp_path / "m.py").exists()


def test_what_has_no_inputs_or_too_many_neurons_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text("pre,post,weight\nA,B,1\nB,A,2\n")
    done = run("compile", str(path), "--dynamics", "leaky", "-o", "-")
    assert done.exit_code == 1 and "0 sensory neurons" in done.stderr
    rows = "".join(f"N{n},N{n + 1},1\n" for n in range(5001))
    path.write_text(f"pre,post,weight\n{rows}")
    done = run("compile", str(path), "--dynamics", "leaky", "-o", "-")
    assert done.exit_code == 2 and "at most 5,000 neurons, not 5,002" in done.stderr


def test_a_saved_state_is_signed() -> None:
    net, _, module = made()
    other = loaded("witvliet2021-2").Toy(dtype=DOUBLE)
    file = io.BytesIO()
    torch.save(net.state_dict(), file)
    file.seek(0)
    saved = torch.load(file)
    again = module.Toy(dtype=DOUBLE)
    again.load_state_dict(saved)
    assert torch.equal(again.gain, net.gain)
    with pytest.raises(RuntimeError):
        other.load_state_dict(saved)
