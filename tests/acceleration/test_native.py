"""`elegansc.native`: the same values, gradients, calls and checkpoints as the plain page."""

from __future__ import annotations

import copy
import pickle
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from support.paths import GENERATED, GOLDEN, TESTS
from support.swept import (
    all_of,
    arguments,
    assert_same,
    file_class,
    pair,
    tables,
    toy_class,
)
from torch import nn
from torch.testing import assert_close

import elegansc
from elegansc.acceleration.classes import swept_class
from elegansc.acceleration.module import Native
from elegansc.acceleration.wiring import Wiring
from elegansc.options import CHOICES

FORMS: dict[str, dict[str, Any]] = {
    "scalar": {},
    "wide": {"features": 3},
    "linear": {"features": 4, "unit": "linear"},
    "one": {"unit": "linear"},
    "gated": {"features": 3, "merge": "gated"},
    "delay": {"feedback": "delay"},
    "delay-linear": {"features": 4, "unit": "linear", "feedback": "delay"},
    "delay-gated": {"merge": "gated", "feedback": "delay"},
    "lateral": {"feedback": "delay", "max_levels": 3},
}
TYPES = (torch.float32, torch.float64)
OLDER = ("scalar", "linear", "wide", "gated", "delay", "delay_linear", "delay_lateral")
PLAIN = ("product", "norm", "published", "published_norm")


@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("name", FORMS)
def test_values_and_gradients_are_those_of_the_page(name: str, dtype: Any) -> None:
    assert_same(toy_class(**FORMS[name]), dtype)


@pytest.mark.slow
@pytest.mark.parametrize("dtype", TYPES, ids=str)
@pytest.mark.parametrize("unit", CHOICES["unit"])
@pytest.mark.parametrize("activation", CHOICES["activation"])
def test_every_activation_is_that_of_the_page(
    activation: str, unit: str, dtype: Any
) -> None:
    features = 4 if unit == "linear" else 1
    kind = toy_class(activation=activation, unit=unit, features=features)
    assert_same(kind, dtype)


@pytest.mark.parametrize("name", OLDER)
def test_a_page_of_an_older_elegansc_is_swept(name: str) -> None:
    assert_same(file_class(TESTS / "older" / f"{name}.py"), torch.float32)


@pytest.mark.parametrize("name", ["scalar", "delay-linear", "gated"])
def test_tables_beside_the_module_are_read(name: str, tmp_path: Path) -> None:
    rows = [("S", "A", 1), ("S", "B", 2), ("A", "B", 1), ("B", "A", 1), ("B", "M", 3)]
    roles: Any = {"inputs": ["S"], "outputs": ["M"], "roles_table": "structure"}
    given = roles | FORMS[name] | {"tables": "file"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # four neurons are few for a file
        model = elegansc.compile(
            [*rows, ("A", "M", 1, "electrical")], name="W", **given
        )
        path = model.write(tmp_path / f"tables_{name}.py")
    assert path.with_suffix(".safetensors").exists()
    for dtype in TYPES:
        assert_same(file_class(path), dtype)


@pytest.mark.parametrize("case", ["dead_ends", "self_loop", "gap_triangle"])
def test_neurons_on_no_path_are_silent(case: str) -> None:
    kind = file_class(GOLDEN / case / "module.py")
    plain, swept = pair(kind)
    (inputs,) = arguments(kind, 3, torch.float32)
    assert_close(swept(inputs), plain(inputs))
    assert_close(swept.activity(inputs), plain.activity(inputs))


def test_a_worm_is_swept() -> None:
    assert_same(file_class(GENERATED / "witvliet1.py"), torch.float32)


@pytest.mark.parametrize("name", PLAIN)
def test_what_c_does_not_know_stays_plain_and_says_so(name: str) -> None:
    model = file_class(TESTS / "older" / f"{name}.py")()
    kind = type(model)
    with pytest.warns(elegansc.CompilerWarning, match="stays plain: --"):
        assert elegansc.native(model) is model
    assert type(model) is kind


def test_networks_in_a_model_are_swept() -> None:
    m1 = file_class(GENERATED / "elegansnet_m1.py")
    whole = nn.Sequential(nn.Linear(3, 3), m1())
    assert elegansc.native(whole) is whole
    assert isinstance(whole[1], Native) and type(whole[0]) is nn.Linear


def test_a_model_of_others_is_refused() -> None:
    with pytest.raises(elegansc.UsageError, match="no module in it was generated"):
        elegansc.native(nn.Linear(3, 3))


def test_an_edited_module_is_refused(tmp_path: Path) -> None:
    text = (TESTS / "older" / "scalar.py").read_text()
    path = tmp_path / "edited.py"
    path.write_text(text.replace("torch.tanh", "torch.sin"))
    with pytest.raises(elegansc.UsageError, match=r"edited\.py: edited by hand"):
        elegansc.native(file_class(path)())


def test_a_licence_above_a_module_is_no_edit(tmp_path: Path) -> None:
    path = tmp_path / "licensed.py"
    path.write_text("# Ours.\n" + (TESTS / "older" / "scalar.py").read_text())
    assert isinstance(elegansc.native(file_class(path)()), Native)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"no_such": "option"}, "no option 'no_such'"),
        ({"dynamics": "leaky"}, "stays plain: --dynamics leaky"),
    ],
)
def test_an_option_that_no_sweep_knows_stays_plain(
    options: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = file_class(TESTS / "older" / "relu.py")
    monkeypatch.setattr(tables(kind), "OPTIONS", options)
    swept_class.cache_clear()
    with pytest.warns(elegansc.CompilerWarning, match=said):
        model = elegansc.native(kind())
    swept_class.cache_clear()
    assert type(model) is kind


def test_twice_is_once() -> None:
    _, swept = pair(toy_class())
    kind = type(swept)
    assert type(elegansc.native(swept)) is kind
    assert kind.__name__ == "Toy" and isinstance(swept, toy_class())


@pytest.mark.parametrize("name", ["scalar", "linear", "delay"])
def test_equal_bits_for_any_number_of_threads(name: str) -> None:
    kind = toy_class(**FORMS[name])
    _, swept = pair(kind)
    given = arguments(kind, 3_000, torch.float32)
    found = []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        try:
            found.append(all_of(swept, given, states=True))
        finally:
            torch.set_num_threads(1)
    for others in found[1:]:
        for one, other in zip(found[0], others, strict=True):
            assert torch.equal(one, other)


def test_copies_and_pickles_are_swept() -> None:
    kind = toy_class()
    _, swept = pair(kind)
    given = arguments(kind, 5, torch.float32)
    for made in (
        copy.deepcopy(swept),
        copy.copy(swept),
        pickle.loads(pickle.dumps(swept)),
    ):
        assert type(made) is type(swept)
        assert torch.equal(made(*given), swept(*given))


def test_checkpoints_pass_from_one_to_the_other() -> None:
    plain, swept = pair(toy_class())
    assert list(plain.state_dict()) == list(swept.state_dict())
    state = {key: value.clone() for key, value in plain.state_dict().items()}
    swept.load_state_dict(state)
    plain.load_state_dict(swept.state_dict())
    other = elegansc.native(toy_class(activation="relu")())
    with pytest.raises(RuntimeError, match="other wiring or options"):
        other.load_state_dict(state)


def test_wrong_shapes_are_refused_as_the_page_refuses_them() -> None:
    plain, swept = pair(toy_class())
    for inputs in (torch.randn(2, 9), torch.randn(2), torch.randn(2, 3, 1)):
        with pytest.raises(Exception) as wanted:
            plain(inputs)
        with pytest.raises(type(wanted.value)) as found:
            swept(inputs)
        assert str(found.value) == str(wanted.value)


def test_parameters_of_another_shape_never_reach_c() -> None:
    _, swept = pair(toy_class())
    swept.gain = nn.Parameter(torch.zeros(2))
    with pytest.raises((RuntimeError, IndexError)):
        swept(arguments(toy_class(), 2, torch.float32)[0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("source", [0, row]) for row in (-1, 1, 2, 3)),
        *(("order", [gain, 0]) for gain in (-1, 2)),
        *((field, [2]) for field in ("sensory", "motor", "neurons")),
        *((field, [-2]) for field in ("sensory", "motor", "neurons")),
        *(("first", value) for value in ([0, 1, 3], [0, 2, 1], [1, 2, 3], [0, 2])),
        ("order", [0]),
    ],
)
def test_indices_out_of_range_never_reach_c(field: str, value: list[int]) -> None:
    right: dict[str, Any] = {"rows": 2, "gains": 2, "before": 1}
    arrays = {
        "first": [0, 1, 2],
        "source": [2, 0],
        "order": [1, 0],
        "sensory": [0],
        "motor": [1],
        "neurons": [0, 1],
    }
    arrays |= {field: value}
    given = {name: np.array(each, np.int32) for name, each in arrays.items()}
    with pytest.raises(elegansc.VerifyError):
        Wiring(**right, **given)


def test_one_input_reaches_all_sensory_neurons() -> None:
    plain, swept = pair(toy_class())
    one = torch.randn(4, 1)
    assert_close(swept(one), plain(one))
    assert_close(swept(one.double()), plain(one))


@pytest.mark.parametrize("batch", [0, 1, 64, 65, 1_025])
def test_batches_of_every_size(batch: int) -> None:
    kind = toy_class()
    plain, swept = pair(kind)
    given = arguments(kind, batch, torch.float32)
    found, wanted = (all_of(net, given, states=False) for net in (swept, plain))
    assert_close(found, wanted, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("states", [False, True])
def test_a_nan_reaches_who_a_path_joins_to_it(states: bool) -> None:
    kind = file_class(GENERATED / "witvliet1.py")
    table: Any = tables(kind)
    _, swept = pair(kind)
    readers: dict[str, set[str]] = {}
    for neuron, source, _ in table.SYNAPSES:
        readers.setdefault(source, set()).add(neuron)
    names = table.NEURONS if states else table.MOTOR
    inputs = torch.zeros(1, len(table.SENSORY))
    for place in (0, 3, len(table.SENSORY) - 1):
        inputs.zero_()[0, place] = torch.nan
        reached, new = set(), {table.SENSORY[place]} - set(table.UNUSED)
        while new:
            reached |= new
            new = {to for by in new for to in readers.get(by, ())} - reached
        outputs = swept.activity(inputs) if states else swept(inputs)
        found = {names[k] for k in outputs.isnan()[0].nonzero().flatten().tolist()}
        assert found == reached & set(names)


def test_denormals_stay_in_the_whole_process() -> None:
    _, swept = pair(toy_class())
    swept(torch.randn(3, 1))
    assert (torch.tensor([1e-39]) * 0.5).item() > 0


def test_nothing_is_built_before_the_first_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from elegansc.acceleration import library

    built: list[Any] = []
    monkeypatch.setattr(library, "loaded", built.append)
    elegansc.native(toy_class(tie_seed=7)())
    assert not built


def test_it_is_turned_off_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ELEGANSC_NATIVE", "0")
    kind = toy_class(tie_seed=8)
    plain, swept = pair(kind)
    given = arguments(kind, 3, torch.float32)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert torch.equal(swept(*given), plain(*given))
    assert set(swept.sweeper.engines.values()) == {None}
