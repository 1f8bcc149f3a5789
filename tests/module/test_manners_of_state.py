"""Manners by form: copies, checkpoints, averages, devices. The rows that need little time."""

from __future__ import annotations

import copy
import io
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from support.forms import each_form, form, indices, loss, places, tensors, trained
from torch import Tensor, nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.optim import swa_utils
from torch.testing import assert_close

State = dict[str, Any]
DECAYS = (0.5, 0.9, 0.99, 0.9999)
AVERAGES: dict[str, Callable[[], dict[str, Any]]] = {
    "swa": lambda: {"avg_fn": swa_utils.get_swa_avg_fn()},
    "swa-multi": lambda: {"multi_avg_fn": swa_utils.get_swa_multi_avg_fn()},
    **{
        f"ema-{decay}": lambda decay=decay: {  # type: ignore[misc]
            "avg_fn": swa_utils.get_ema_avg_fn(decay)
        }
        for decay in DECAYS
    },
    **{
        f"ema-multi-{decay}": lambda decay=decay: {  # type: ignore[misc]
            "multi_avg_fn": swa_utils.get_ema_multi_avg_fn(decay)
        }
        for decay in DECAYS
    },
}
UPDATES = 200


def changed(state: State, change: Callable[[Tensor], Tensor]) -> State:
    """A state dict with every tensor changed, signature included."""
    return {name: change(part) for name, part in state.items()}


def through_numpy(state: State) -> State:
    """A state dict by arrays and back."""
    return changed(state, lambda part: torch.from_numpy(part.cpu().numpy().copy()))


def saved(state: State, **keywords: Any) -> State:
    """A state dict by a file of torch."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    found: State = torch.load(file, weights_only=True, **keywords)
    return found


def assert_alike(net: Any, other: Any, name: str, error: float = 0.0) -> None:
    """Two networks compute the same; nothing of the wiring differs."""
    assert_same_wiring(net, other)
    arguments = form(name).arguments(4)
    assert_close(other(*arguments), net(*arguments), rtol=0, atol=error)


def assert_same_wiring(net: Any, other: Any) -> None:
    """The indices of two networks are equal."""
    ours, theirs = indices(net), indices(other)
    assert ours and ours.keys() == theirs.keys()
    for key, index in ours.items():
        assert torch.equal(index, theirs[key]), key


@each_form()
def test_structure_is_no_state(name: str) -> None:
    net = form(name).network()
    normed = {"running_mean", "running_var", "num_batches_tracked"}  # of BatchNorm2d
    assert all(key.split(".")[-1] in normed for key, _ in net.named_buffers())
    known = {*dict(net.named_parameters()), *dict(net.named_buffers())}
    signed = {key for key in net.state_dict() if key not in known}
    assert [key.split(".")[-1] for key in signed] == ["_extra_state"]
    assert not any(parameter.dtype == torch.long for parameter in net.parameters())


@each_form()
def test_copies_and_round_trips(name: str, tmp_path: Path) -> None:
    net = form(name).network()
    state = net.state_dict()
    save_file(changed(state, Tensor.contiguous), tmp_path / "a.safetensors")
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert_alike(net, other, name)
    for found in (
        saved(state),
        load_file(tmp_path / "a.safetensors"),
        through_numpy(state),
        changed(state, Tensor.double),
        changed(state, lambda part: (part + part) / 2),
        changed(state, lambda part: 0.3 * part + 0.7 * part),
    ):
        other = form(name).network(seed=7)
        before = places(other)
        other.load_state_dict(found)
        assert places(other) == before
        assert_alike(net, other, name, error=1e-5)


@each_form()
def test_half_a_state_dict_is_loaded(name: str) -> None:
    net, other = form(name).network(), form(name).network(seed=7)
    other.load_state_dict(changed(net.state_dict(), Tensor.half))
    assert_alike(net, other, name, error=0.05)
    rounded = {key: p.half().float() for key, p in net.named_parameters()}
    assert_close(dict(other.named_parameters()), rounded, rtol=0, atol=0)


@each_form()
def test_a_soup_of_two_is_their_mean(name: str) -> None:
    one, two = form(name).network(), form(name).network(seed=7)
    soup = form(name).network(seed=9)
    theirs = two.state_dict()
    mean = {key: (part + theirs[key]) / 2 for key, part in one.state_dict().items()}
    soup.load_state_dict(mean)
    assert_same_wiring(one, soup)
    for key, part in soup.named_parameters():
        assert_close(part.detach(), mean[key])


@each_form()
@pytest.mark.parametrize("buffers", [False, True], ids=["parameters", "and-buffers"])
def test_averages_of_what_stays_change_nothing(name: str, buffers: bool) -> None:
    """FSDP and Lightning average buffers, too: nothing there may wire a network anew."""
    net = form(name).network()
    for average in ("ema-0.9999", "ema-multi-0.5", "swa", "swa-multi"):
        mean = swa_utils.AveragedModel(net, use_buffers=buffers, **AVERAGES[average]())
        for _ in range(3):
            mean.update_parameters(net)
        assert_alike(net, mean.module, name, error=1e-4)


@pytest.mark.slow
@each_form()
@pytest.mark.parametrize("buffers", [False, True], ids=["parameters", "and-buffers"])
@pytest.mark.parametrize("average", AVERAGES)
def test_averages_of_two_hundred_updates(
    name: str, buffers: bool, average: str
) -> None:
    net = form(name).network()
    mean = swa_utils.AveragedModel(net, use_buffers=buffers, **AVERAGES[average]())
    for _ in range(UPDATES):
        mean.update_parameters(net)
    assert_alike(net, mean.module, name, error=1e-4)
    net.load_state_dict(mean.module.state_dict())


@each_form()
def test_memory_stays_where_it_is(name: str) -> None:
    """What captured a graph of the network reads memory that is never freed."""
    net, other = form(name).network(), form(name).network(seed=7)
    before = places(net)
    assert all(before.values())
    net.load_state_dict(other.state_dict())
    assert places(net) == before
    assert_alike(other, net, name)
    net.reset_parameters()
    net(*form(name).arguments(4))
    assert places(net) == before


@each_form()
def test_it_trains_after_a_load_under_inference_mode(name: str) -> None:
    net, other = form(name).network(seed=7), form(name).network()
    with torch.inference_mode():
        net.load_state_dict(other.state_dict())
        net(*form(name).arguments(4))
    assert_alike(other, net, name)
    loss(net(*form(name).arguments(4))).backward()
    assert all(part.grad is not None for part in trained(net).values())


@each_form()
def test_made_under_inference_mode_it_evaluates_there(name: str) -> None:
    with torch.inference_mode():
        inside = form(name).network()
        found = inside(*form(name).arguments(4))
    assert_close(found, form(name).network()(*form(name).arguments(4)), rtol=0, atol=0)


@each_form()
def test_from_the_meta_device(name: str) -> None:
    net = form(name).network()
    with torch.device("meta"):
        drawn, loaded, assigned, blank = (form(name).network() for _ in range(4))
    assert all(part.is_meta for part in (*drawn.parameters(), *drawn.buffers()))
    drawn.to_empty(device="cpu")
    torch.manual_seed(0)
    drawn.reset_parameters()
    assert all(part.isfinite().all() for part in drawn.parameters())
    assert_same_wiring(net, drawn)
    loaded.to_empty(device="cpu").load_state_dict(net.state_dict())
    assigned.load_state_dict(net.state_dict(), assign=True)
    blank.load_state_dict(saved(net.state_dict(), map_location="meta"), assign=True)
    assert all(part.is_meta for part in blank.parameters())
    blank.load_state_dict(net.state_dict(), assign=True)
    for other in (loaded, assigned, blank):
        assert_alike(net, other, name)


@each_form("file", "file-linear", "file-delay")  # whose indices are tensors, not names
def test_under_fake_tensors(name: str) -> None:
    shape = [
        part.shape for part in tensors(form(name).network()(*form(name).arguments(4)))
    ]
    with FakeTensorMode():
        fake = form(name).network()
        fake.load_state_dict(fake.state_dict())
        fake.load_state_dict(changed(fake.state_dict(), Tensor.half))
        found = tensors(
            fake(*(torch.empty(part.shape) for part in form(name).arguments(4)))
        )
    assert [part.shape for part in found] == shape


@each_form()
def test_moves_of_type(name: str) -> None:
    net, narrow = form(name).network(), form(name).arguments(4)
    wide = form(name).arguments(4, dtype=torch.float64)
    expected = tensors(net(*narrow))
    before = {key: index.clone() for key, index in indices(net).items()}
    double = copy.deepcopy(net).double()
    assert {part.dtype for part in tensors(double(*wide))} == {torch.float64}
    assert_close(
        tensors(double(*(part.double() for part in narrow))),
        tensors(net.double()(*(part.double() for part in narrow))),
    )
    back = net.to(torch.bfloat16).float()
    for key, index in indices(back).items():
        assert torch.equal(index, before[key])
        assert index.dtype == before[key].dtype
    assert_close(tensors(back(*narrow)), expected, rtol=0.1, atol=0.1)
    half = copy.deepcopy(net).bfloat16()
    found = tensors(half(*(part.bfloat16() for part in narrow)))
    assert {part.dtype for part in found} == {torch.bfloat16}


@each_form()
def test_shared_memory_holds_it(name: str) -> None:
    net, other = form(name).network(), form(name).network()
    net.share_memory()
    assert all(part.is_shared() for part in net.parameters())
    assert_alike(other, net, name)


@each_form()
def test_another_signature_is_refused_however_it_was_changed(name: str) -> None:
    net = form(name).network()
    state = net.state_dict()
    (key,) = (key for key in state if key.endswith("_extra_state"))
    for change in (Tensor.half, Tensor.double, lambda part: (part + part) / 2):
        lie = changed(state, change)
        lie[key] = lie[key] + 1
        with pytest.raises(RuntimeError, match="checkpoint of"):
            net.load_state_dict(lie)
    with pytest.raises(RuntimeError, match="checkpoint of"):
        net.load_state_dict({**state, key: "signed"})
    inside = nn.Sequential(net)
    inside.load_state_dict(nn.Sequential(form(name).network()).state_dict())
