"""Sums so large that nothing more changes: states and slopes are the page's."""

from __future__ import annotations

import pytest
import torch
from support.swept import all_of, arguments, pair, toy_class
from torch import nn
from torch.testing import assert_close

from elegansc.options import CHOICES


@pytest.mark.parametrize("unit", CHOICES["unit"])
@pytest.mark.parametrize("activation", ["tanh", "sigmoid", "silu"])
def test_what_is_saturated_has_no_slope(activation: str, unit: str) -> None:
    features = 4 if unit == "linear" else 1
    kind = toy_class(activation=activation, unit=unit, features=features)
    plain, swept = pair(kind)
    (inputs,) = (each.detach() * 1e6 for each in arguments(kind, 9, torch.float32))
    found, wanted = (
        all_of(net, (inputs.clone().requires_grad_(),), states=True)
        for net in (swept, plain)
    )
    assert_close(found, wanted, rtol=1e-4, atol=1e-4)


def test_the_state_is_one_from_where_it_is_of_the_page() -> None:
    plain, swept = pair(toy_class())
    for net in (plain, swept):
        nn.init.zeros_(net.gain), nn.init.zeros_(net.bias)
    for given in (8.0, 9.01, 9.02, 1e9, torch.inf):
        inputs = torch.tensor([[given], [-given]])
        found, wanted = swept.activity(inputs), plain.activity(inputs)
        assert_close(found, wanted, rtol=0, atol=4e-7)
        assert ((found.abs() == 1) == (wanted.abs() == 1)).all()
    inputs = torch.full((1, 1), torch.nan)
    found, wanted = swept.activity(inputs), plain.activity(inputs)
    assert torch.equal(found.isnan(), wanted.isnan())
