"""What is done to neurons by hand: `alive`, `held` and `current`, on every form."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import torch
from support import toy
from support.forms import each_form, form, tensors
from support.paths import ROOT
from torch import Tensor
from torch.func import jvp, vmap
from torch.testing import assert_close

import elegansc

WITHOUT = ("product", "published", "m1-published")  # that have no hands
LEAKY = ("leaky", "leaky-counts", "tied-leaky")  # see test_leaky.py
each_handy = each_form(*WITHOUT, *LEAKY)
DOUBLE = torch.float64


def made(name: str, batch: int = 4) -> tuple[Any, Any, tuple[Tensor, ...], ModuleType]:
    """(network, its states under some hands, arguments, module), with random biases."""
    found = form(name)
    net, arguments = found.network(dtype=DOUBLE), found.arguments(batch, dtype=DOUBLE)
    inner = found.inner(net)
    with torch.no_grad():
        inner.bias.normal_()
    drawn = torch.Generator().manual_seed(3)
    size = (batch, len(found.module.SENSORY), *inner.bias.shape[1:])
    if found.task != "none":
        arguments = (torch.randn(*size, generator=drawn, dtype=DOUBLE),)
    return inner, net, arguments, found.module


def full(net: Any, module: ModuleType, arguments: tuple[Tensor, ...]) -> Tensor:
    """Random current for every neuron, of the shape of `activity`."""
    torch.manual_seed(5)
    return torch.randn_like(net.activity(*arguments)).requires_grad_()


@each_handy
def test_hands_that_do_nothing_change_nothing(name: str) -> None:
    net, _, arguments, module = made(name)
    count = len(module.NEURONS)
    plain = net.activity(*arguments)
    for alive in (torch.ones(count), torch.ones(count, dtype=torch.bool)):
        assert_close(net.activity(*arguments, alive=alive), plain)
    nothing = torch.zeros_like(plain)
    for held in (torch.zeros(count), torch.zeros(4, count, dtype=torch.bool)):
        found = net.activity(*arguments, held=held, current=nothing)
        assert_close(found, plain)


@each_handy
def test_held_states_are_the_current_exactly(name: str) -> None:
    net, _, arguments, module = made(name)
    live = len(module.LIVE)
    current = full(net, module, arguments)
    held = torch.rand(4, len(module.NEURONS)) < 0.4
    found = net.activity(*arguments, current=current, held=held)
    where = held.clone()
    where[:, live:] = False
    assert where.any() and torch.equal(found[where], current[where])
    assert not found[:, live:].any()  # neurons on no path have no state
    nobody = torch.zeros(len(module.NEURONS), dtype=torch.bool)
    assert not torch.equal(
        net.activity(*arguments, current=current, held=nobody)[where], current[where]
    )


@each_handy
def test_rows_of_a_mask_are_samples(name: str) -> None:
    """(N,) is the same for all samples, and each sample alone is as in a batch."""
    net, _, arguments, module = made(name)
    alive = torch.rand(4, len(module.NEURONS), dtype=DOUBLE)
    found = net.activity(*arguments, alive=alive)
    for sample in range(4):
        one = tuple(part[sample : sample + 1] for part in arguments)
        assert_close(
            net.activity(*one, alive=alive[sample]), found[sample : sample + 1]
        )
    together = net.activity(*arguments, alive=alive[0])
    assert_close(together, net.activity(*arguments, alive=alive[:1].expand(4, -1)))


@each_handy
def test_every_live_neuron_has_an_influence(name: str) -> None:
    """One backward gives it; neurons on no path have none."""
    net, _, arguments, module = made(name)
    alive = torch.ones(len(module.NEURONS), dtype=DOUBLE, requires_grad=True)
    outputs = tensors(net(*arguments, alive=alive))
    (slope,) = torch.autograd.grad(outputs[0].square().sum(), alive)
    told = [
        neuron for neuron, value in zip(module.NEURONS, slope, strict=True) if value
    ]
    # Feedback acts a step later, and relu silences some: these may have none.
    some = form(name).delay or name == "relu"
    assert told and set(told) <= set(module.LIVE)
    assert some or told == module.LIVE
    heard = set(module.MOTOR) & set(module.LIVE)
    assert name == "relu" or heard <= set(told)


@each_handy
def test_slopes_of_hands_are_right(name: str) -> None:
    net, _, arguments, module = made(name, batch=2)
    arguments = tuple(part[:2] for part in arguments)
    current = full(net, module, arguments)
    alive = torch.rand(2, len(module.NEURONS), dtype=DOUBLE, requires_grad=True)
    held = torch.rand(2, len(module.NEURONS)) < 0.3

    def call(alive: Tensor, current: Tensor) -> Tensor:
        states: Tensor = net.activity(
            *arguments, alive=alive, current=current, held=held
        )
        return states

    assert torch.autograd.gradcheck(call, (alive, current), fast_mode=True)
    assert torch.autograd.gradgradcheck(call, (alive, current), fast_mode=True)
    one = torch.ones(len(module.NEURONS), dtype=DOUBLE)
    of = lambda part: net.activity(*arguments, alive=part)  # noqa: E731
    assert jvp(of, (one,), (one,))[1].any()
    many = torch.rand(3, len(module.NEURONS), dtype=DOUBLE)
    assert_close(vmap(of)(many), torch.stack([of(part) for part in many]))


@pytest.mark.slow
@each_handy
def test_hands_compile_in_one_graph(name: str) -> None:
    net, _, arguments, module = made(name)
    torch.compiler.reset()
    compiled = torch.compile(net, fullgraph=True, backend="aot_eager")
    held = torch.rand(4, len(module.NEURONS)) < 0.3
    hands = {"alive": torch.rand(4, len(module.NEURONS)), "held": held}
    hands["current"] = full(net, module, arguments).detach()
    found = tensors(compiled(*arguments, **hands))
    assert_close(found, tensors(net(*arguments, **hands)))


@pytest.mark.parametrize("task", ["m1-attention", "m2"])
def test_a_task_gives_hands_on(task: str) -> None:
    shape = form(task)
    net, images, module = shape.network(), shape.arguments(3)[0], shape.module
    alive = torch.ones(len(module.NEURONS), requires_grad=True)
    assert_close(net(images, alive=alive), net(images))
    (slope,) = torch.autograd.grad(net(images, alive=alive).square().sum(), alive)
    heard = {
        neuron for neuron, value in zip(module.NEURONS, slope, strict=True) if value
    }
    assert heard == set(module.LIVE)


# In words


@each_form(*LEAKY)
def test_a_wrong_shape_is_refused_in_words(name: str) -> None:
    found = form(name)
    net, (inputs, *rest) = found.network(), found.arguments(4)
    first = "images" if found.task != "none" else "inputs"
    for wrong in (
        inputs[:, :, :-1] if inputs.dim() > 2 else inputs[:, :2],
        inputs[..., None],
        inputs[0],
    ):
        with pytest.raises(
            ValueError, match=rf"^{first} of shape \(batch, .*\).*, not \("
        ):
            net(wrong, *rest)
    if found.delay:
        for wrong in (rest[0][:, :3], rest[0][..., None], rest[0][0]):
            with pytest.raises(
                ValueError, match="state of shape .* in the order of NEURONS"
            ):
                net(inputs, wrong)
    count = len(found.module.NEURONS)
    bad: dict[str, tuple[Tensor, ...]] = {
        "alive": (torch.ones(count + 1), torch.ones(4, count - 1)),
        "held": (torch.ones(count - 1), torch.ones(4, count, 2)),
        "current": (torch.ones(4, count - 1), torch.ones(4, count, 3)),
    }
    for word, parts in bad.items():
        for part in parts:
            if found.by_hand:
                words = (
                    rf"^{word} of shape \(batch, {count}.*in the order of NEURONS, not"
                )
                with pytest.raises(ValueError, match=words):
                    net(inputs, *rest, **{word: part})
            else:
                with pytest.raises(TypeError, match=word):
                    net(inputs, *rest, **{word: part})


@pytest.mark.parametrize("name", WITHOUT[:2])
def test_a_form_without_hands_says_so(name: str) -> None:
    text = form(name).module.Toy.__doc__ + (
        form(name).module.Toy.activity.__doc__ or ""
    )
    assert "current" not in text
    with pytest.raises(TypeError, match="alive"):
        form(name).network()(*form(name).arguments(2), alive=torch.ones(1))


@each_form()
def test_rows_are_of_names(name: str) -> None:
    found = form(name)
    net = found.inner(found.network())
    if found.by_hand:
        chosen = [found.module.NEURONS[place] for place in (3, 0)]
        assert net.rows(chosen).tolist() == [3, 0]
        with pytest.raises(ValueError, match="nobody"):
            net.rows(["nobody"])


# Ablating is compiling without


def carried(new: ModuleType, old: ModuleType, trained: Any) -> Any:
    """The network of a graph without some neurons, with the parameters of the whole."""
    net = toy.network(new, dtype=DOUBLE)
    nothing = torch.zeros((), dtype=DOUBLE)  # runs forward only now: carried as 0
    gains = dict(zip(old.SYNAPSES, trained.gain, strict=True))
    biases = dict(zip(old.LIVE, trained.bias, strict=True))
    with torch.no_grad():
        net.gain.copy_(
            torch.stack([gains.get(synapse, nothing) for synapse in new.SYNAPSES])
        )
        net.bias.copy_(
            torch.stack([biases.get(neuron, nothing) for neuron in new.LIVE])
        )
    return net


def assert_ablated(
    whole: ModuleType, compiled: Callable[[str], ModuleType | None]
) -> int:
    """Ablate every live neuron in turn; how many orders stayed, and so were compared."""
    net = toy.network(whole, dtype=DOUBLE)
    with torch.no_grad():
        net.bias.normal_()
    inputs, compared = toy.sample(whole, 3, dtype=DOUBLE), 0
    for neuron in whole.LIVE:
        part = compiled(neuron)
        if part is None:
            continue
        lost = [other for other in whole.LIVE if other not in part.LIVE]
        kept = {pair for pair in whole.SYNAPSES if not {*pair[:2]} & {*lost}}
        if not kept <= {*part.SYNAPSES}:
            continue  # another order: a synapse of the whole runs backward
        assert neuron in lost  # who hung on it alone is on no path now
        alive = torch.ones(len(whole.NEURONS), dtype=DOUBLE)
        alive[net.rows(lost)] = 0
        given = inputs[:, [whole.SENSORY.index(name) for name in part.SENSORY]]
        found = carried(part, whole, net)(given)
        places = [whole.MOTOR.index(name) for name in part.MOTOR]
        assert_close(net(inputs, alive=alive)[:, places], found)
        compared += 1
    return compared


def without(source: str | Path, **options: Any) -> Callable[[str], ModuleType | None]:
    """Compiles the graph without a neuron; None: nothing would be left."""

    def compiled(neuron: str) -> ModuleType | None:
        try:
            model = elegansc.compile(source, name="Part", without=[neuron], **options)
        except elegansc.InputError:
            return None
        return toy.load(next(iter(model.files.values())))

    return compiled


@pytest.mark.filterwarnings("ignore")
def test_ablating_is_compiling_without(tmp_path: Path) -> None:
    path = tmp_path / "toy.csv"
    path.write_text(toy.EDGES)
    roles = {"roles_table": "structure", "inputs": ["S*"], "outputs": ["M*"]}
    model = elegansc.compile(path, name="Toy", **roles)  # type: ignore[arg-type]
    whole = toy.load(next(iter(model.files.values())))
    compared = assert_ablated(whole, without(path, **roles))
    assert compared >= 6


def test_every_neuron_of_a_worm_has_an_influence() -> None:
    worm = toy.load((ROOT / "generated" / "witvliet1.py").read_bytes())
    net = toy.network(worm, dtype=DOUBLE)
    alive = torch.ones(len(worm.NEURONS), dtype=DOUBLE, requires_grad=True)
    outputs = net(toy.sample(worm, 8, dtype=DOUBLE), alive=alive)
    (slope,) = torch.autograd.grad(outputs.square().sum(), alive)
    assert slope[: len(worm.LIVE)].all() and not slope[len(worm.LIVE) :].any()


def test_the_words_name_shape_and_order() -> None:
    net, inputs = form("scalar").network(), torch.ones(4, 9)
    told = re.escape("inputs of shape (batch, 5), in the order of SENSORY, not (4, 9)")
    with pytest.raises(ValueError, match=told):
        net(inputs)
