"""Two processes that train networks of all forms together, by DDP and by FSDP."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch
from support.forms import Form, form, indices, loss
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor

RATE = 0.01


def joined(rank: int, meeting: str) -> None:
    """Be one of two gloo processes."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", meeting, rank=rank, world_size=2)


def given(found: Form, rank: int) -> tuple[Tensor, ...]:
    """The samples of one process; with `delay`, from the state of the beginning."""
    samples = found.arguments(6)[0][3 * rank : 3 * rank + 3]
    if found.delay:
        return (samples, found.network().initial_state(3))
    return (samples,)


def expected(found: Form) -> dict[str, Tensor]:
    """The parameters after one step of one process on the samples of both."""
    net = found.network()
    parts = [loss(net(*given(found, rank))) for rank in range(2)]
    (sum(parts) / 2).backward()  # type: ignore[union-attr]
    with torch.no_grad():
        return {
            key: p - RATE * (p.grad if p.grad is not None else 0)
            for key, p in net.named_parameters()
        }


def step(net: Any, arguments: tuple[Tensor, ...]) -> None:
    """One step of gradient descent."""
    optimiser = torch.optim.SGD(net.parameters(), lr=RATE)
    loss(net(*arguments)).backward()
    optimiser.step()


def sharded(found: Form) -> nn.Module:
    """From the meta device, cut in two, and filled again."""
    with torch.device("meta"):
        net: nn.Module = found.network()
    fully_shard(net, mesh=init_device_mesh("cpu", (2,)))
    net.to_empty(device="cpu")
    torch.manual_seed(0)
    net.reset_parameters()  # type: ignore[operator]
    assert all(isinstance(part, DTensor) for part in net.parameters())
    return net


def train(rank: int, meeting: str, names: list[str]) -> None:
    """One of two processes: for each form a step in parallel is that of one alone."""
    joined(rank, meeting)
    for name in names:
        wanted = expected(form(name))
        for way, key, part in trained(form(name), rank):
            assert torch.allclose(
                part, wanted[key], rtol=1e-4, atol=1e-5
            ), f"{name}, {way}: {key}"
    torch.distributed.destroy_process_group()


def trained(found: Form, rank: int) -> Iterator[tuple[str, str, Tensor]]:
    """(way, name, value) of each parameter after a step of each way."""
    net = found.network(seed=rank)  # DDP copies the numbers of process 0
    parallel = nn.parallel.DistributedDataParallel(net)
    step(parallel, given(found, rank))
    for key, part in net.named_parameters():
        yield "ddp", key, part.detach()
    pieces = sharded(found)
    whole = found.network()
    for key, index in indices(pieces).items():
        assert torch.equal(index, indices(whole)[key])
    for key, part in pieces.named_parameters():
        assert isinstance(part, DTensor)
        start = dict(whole.named_parameters())[key].detach()
        value = part.full_tensor().detach()
        if key == "gain":  # drawn first of all, and whole
            torch.testing.assert_close(value, start)
        assert value.isfinite().all()  # each process draws its own part, as of a Linear
        assert value.abs().max() <= 2 * start.abs().max() + 0.1
        with torch.no_grad():
            part.copy_(distribute_tensor(start, part.device_mesh, part.placements))
    step(pieces, given(found, rank))
    for key, part in pieces.named_parameters():
        assert isinstance(part, DTensor)
        yield "fsdp", key, part.full_tensor().detach()
