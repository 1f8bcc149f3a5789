"""`elegansc.native` of classes that extend generated ones, and of models that are none."""

from __future__ import annotations

import copy
import pickle
from pathlib import Path
from typing import Any

import pytest
import torch
from support.paths import TESTS
from support.swept import arguments, file_class, toy_class
from torch import Tensor, nn
from torch.testing import assert_close

import elegansc
from elegansc.acceleration.module import Native

Worm: Any = file_class(TESTS / "older" / "scalar.py")
Late: Any = file_class(TESTS / "older" / "delay.py")


class Doubled(Worm):  # type: ignore[misc]
    """Another output."""

    def forward(self, inputs: Tensor) -> Tensor:
        return 2 * super().forward(inputs)  # type: ignore[no-any-return]


class Shifted(Worm):  # type: ignore[misc]
    """Other states, from which the page's `forward` reads."""

    def activity(self, inputs: Tensor) -> Tensor:
        return super().activity(inputs) + 3  # type: ignore[no-any-return]


class Both(Shifted):
    """Two floors, and a start of its own."""

    def __init__(self, scale: float = 3.0, **given: Any) -> None:
        super().__init__(**given)
        self.scale = scale

    def forward(self, inputs: Tensor) -> Tensor:
        return self.scale * super().forward(inputs)


class DoubledLate(Late):  # type: ignore[misc]
    """With a state of the step before."""

    def forward(self, inputs: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        outputs, state = super().forward(inputs, state)
        return 2 * outputs, state


class OtherMotors(Worm):  # type: ignore[misc]
    """Replaces what the sweep goes past."""

    def motor_of(self, state: Tensor) -> Tensor:
        return -super().motor_of(state)  # type: ignore[no-any-return]


class OfOurNames(Worm):  # type: ignore[misc]
    """Has a name that the sweep needs."""

    def swept(self) -> str:
        return "mine"


@pytest.mark.parametrize("kind", [Doubled, Shifted, Both, DoubledLate])
def test_what_a_subclass_defines_is_computed(kind: Any) -> None:
    plain = kind()
    swept = elegansc.native(copy.deepcopy(plain))
    assert isinstance(swept, Native) and isinstance(swept, kind)
    given = arguments(Late if kind is DoubledLate else Worm, 5, torch.float32)
    assert_close(swept(*given), plain(*given))
    assert_close(swept.activity(*given), plain.activity(*given))
    assert swept.sweeper.engines[swept.bias.device, torch.float32] is not None
    swept.load_state_dict(plain.state_dict())
    for made in (copy.deepcopy(swept), pickle.loads(pickle.dumps(swept))):
        assert type(made) is type(swept)
        assert_close(made(*given), swept(*given), rtol=0, atol=0)


def test_the_gradients_of_a_subclass() -> None:
    plain = Doubled()
    swept = elegansc.native(copy.deepcopy(plain))
    (inputs,) = arguments(Worm, 5, torch.float32)
    wanted, found = (
        torch.autograd.grad(net(inputs).square().sum(), [inputs, *net.parameters()])
        for net in (plain, swept)
    )
    assert_close(found, wanted)


def test_a_subclass_of_what_is_swept() -> None:
    kind: Any = type(elegansc.native(Worm()))

    class Later(kind):  # type: ignore[misc]
        def activity(self, inputs: Tensor) -> Tensor:
            return super().activity(inputs) + 3  # type: ignore[no-any-return]

    later, plain = Later(), Shifted()
    later.load_state_dict(plain.state_dict())
    (inputs,) = arguments(Worm, 5, torch.float32)
    assert_close(later(inputs), plain(inputs))


@pytest.mark.parametrize(
    ("kind", "name"), [(OtherMotors, "motor_of"), (OfOurNames, "swept")]
)
def test_what_the_sweep_would_go_past_stays_plain(kind: Any, name: str) -> None:
    model = kind()
    said = f"{kind.__name__} stays plain: it has its own {name}$"
    with pytest.warns(elegansc.CompilerWarning, match=said):
        assert type(elegansc.native(model)) is kind


@pytest.mark.parametrize("name", ["motor_of", "activity"])
def test_a_method_put_on_a_model_stays_plain(name: str) -> None:
    model = Worm()
    setattr(model, name, getattr(model, name))
    with pytest.warns(elegansc.CompilerWarning, match=f"it has its own {name}$"):
        assert type(elegansc.native(model)) is Worm


def test_a_parametrized_network_is_swept() -> None:
    model = nn.utils.parametrizations.weight_norm(Worm(), "gain")
    (inputs,) = arguments(Worm, 5, torch.float32)
    wanted = model(inputs)
    assert_close(elegansc.native(model)(inputs), wanted)
    assert isinstance(model, Native)


def test_all_networks_are_looked_at_before_one_changes(tmp_path: Path) -> None:
    text = (TESTS / "older" / "relu.py").read_text()
    path = tmp_path / "edited_relu.py"
    path.write_text(text.replace("torch.relu", "torch.sin"))
    models = nn.ModuleList([Worm(), Late(), file_class(path)()])
    kinds = list(map(type, models))
    with pytest.raises(elegansc.UsageError, match=r"edited_relu\.py: edited by hand"):
        elegansc.native(models)
    assert list(map(type, models)) == kinds


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Worm, r"native: Worm is a class: a torch\.nn\.Module is wanted: native\(Worm"),
        (None, r"native: None: a torch\.nn\.Module is wanted$"),
        ([toy_class], r"native: a list: a torch\.nn\.Module is wanted$"),
    ],
)
def test_what_is_no_model_is_refused(given: Any, said: str) -> None:
    with pytest.raises(elegansc.UsageError, match=said):
        elegansc.native(given)
