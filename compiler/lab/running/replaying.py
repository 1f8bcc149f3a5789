"""Replay a recording in a leaky network: held neurons follow their traces."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from ...arrays import Bool, Float64, Int64
from ...errors import InputError
from ..protocol.replaying import Fit
from .pulses import Leaky

TINY = 1e-6  # beside squares of the length of a trace in training
HINT = "its states have no bound: a bounded activation, or smaller gains"


class Recorded(nn.Module):
    """The states of recorded neurons, some of which are held to their traces.

    Args:
        network: of which they are; rows: (R,) their rows in it.
    """

    def __init__(self, network: Leaky, rows: Int64) -> None:
        super().__init__()
        self.net: Any = network.net
        self.size, self.sensory = network.size, network.sensory
        self.rows = torch.as_tensor(rows)

    def forward(self, traces: Tensor, held: Tensor) -> Tensor:
        """The states (batch, T, F) of the F neurons that are not held.

        Args:
            traces: (batch, T, R) of all; held: (R,) which are.
        """
        batch, time, _ = traces.shape
        mask, rows = traces.new_zeros(self.size), self.rows[held]
        mask[rows] = 1
        current = traces.new_zeros(batch, time, self.size)
        current[:, :, rows] = traces[:, :, held]
        nothing = traces.new_zeros(batch, time, self.sensory)
        states: Tensor = self.net.activity(nothing, current=current, held=mask)
        return states[:, :, self.rows[~held]]


def predicted(network: Leaky, rows: Int64, traces: Float64, held: Bool) -> Float64:
    """(T, F) the states of the F recorded neurons that are not held, from 0 on.

    Args:
        rows: (R,) of the recorded neurons; traces: (T, R) theirs; held: (R,).

    Raises:
        InputError: a state is no finite number.
    """
    given = torch.from_numpy(traces)[None]
    with torch.no_grad():
        states = Recorded(network, rows)(given, torch.from_numpy(held))[0]
    if not bool(states.isfinite().all()):
        raise InputError(network.label, "a predicted state is no finite number", HINT)
    found: Float64 = states.numpy()
    return found


def fitted(
    network: Leaky,
    rows: Int64,
    traces: Float64,
    fit: Fit,
    lessons: Iterable[tuple[Bool, Int64]],
) -> None:
    """Train the parameters of a network by masked replay, from those it has.

    Args:
        rows: (R,) of the recorded neurons; traces: (T, R) theirs.
        lessons: of each step, (R,) which neurons are held, (B,) where windows start.

    Raises:
        InputError: a correlation is no number.
    """
    network.net.float()  # precise enough to learn by, and quicker
    recorded, given = Recorded(network, rows), torch.from_numpy(traces).float()
    start = {name: value.detach().clone() for name, value in parameters(network)}
    moved = {name: initial(name, value) for name, value in start.items()}
    adam = torch.optim.Adam(moved.values(), lr=fit.rate)
    for held, places in lessons:
        windows = [given[place : place + fit.window] for place in places.tolist()]
        mask, seen = torch.from_numpy(held), torch.stack(windows)
        own = {f"net.{name}": scaled(name, start, moved) for name in start}
        found = torch.func.functional_call(recorded, own, (seen, mask))
        true = seen[:, fit.skip :, ~mask]
        loss = -correlation(found[:, fit.skip :], true).mean()
        if not bool(loss.isfinite()):
            raise InputError(network.label, "a fit has left the numbers", HINT)
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call,unused-ignore]
        adam.step()
    with torch.no_grad():
        for name, value in parameters(network):
            value.copy_(scaled(name, start, moved))
    network.net.double()


def parameters(network: Leaky) -> Iterable[tuple[str, Tensor]]:
    """The parameters of a network by name."""
    named: Iterable[tuple[str, Tensor]] = network.net.named_parameters()
    return named


def initial(name: str, value: Tensor) -> Tensor:
    """What is trained of a parameter, at the start: biases, of all others a factor."""
    first = value.clone() if name == "bias" else torch.ones_like(value)
    return first.requires_grad_()


def scaled(name: str, start: dict[str, Tensor], moved: dict[str, Tensor]) -> Tensor:
    """A parameter by what is trained of it."""
    return moved[name] if name == "bias" else start[name] * moved[name]


def correlation(found: Tensor, true: Tensor) -> Tensor:
    """(batch, F) correlations of (batch, T, F), near 0 where one is constant."""
    found, true = (x - x.mean(1, keepdim=True) for x in (found, true))
    lengths = (found.square().sum(1) + TINY) * (true.square().sum(1) + TINY)
    return (found * true).sum(1) / lengths.sqrt()
