"""Transplant: parameters keep their names, what is new starts as it would."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support import toy
from support.paths import ROOT
from support.transplants import (
    CASES,
    CHANGED,
    GROWN,
    SUMS,
    WORDS,
    activity,
    by_name,
    each_case,
    get,
    levels,
    loaded,
    model,
    pair,
    put,
    refused,
    run,
    trained,
    works,
)
from torch.testing import assert_close

from elegansc.errors import InputError, UsageError
from elegansc.module.read import read_model, read_module, unswept
from elegansc.options import Options
from elegansc.semantics.activations import ACTIVATIONS
from elegansc.transplantation import starts
from elegansc.transplantation.parameters import elements

# What the tables say


@pytest.mark.parametrize("activation", toy.SPACE["activation"])
def test_layout_and_start_values_are_those_of_the_module(activation: str) -> None:
    """Bitwise, after the same seed, for everything that a neuron may compute."""
    for options in toy.everything(features=4, norm="layer", activation=activation):
        data, module = toy.build(options)
        parsed = read_model(data, "toy.py")
        found = elements(parsed)
        net = toy.network(module, seed=5)
        wanted = dict(net.named_parameters())
        assert {n: tuple(p.shape) for n, p in wanted.items()} == found.shapes
        assert found.synapses == tuple(module.SYNAPSES)
        assert found.wiring == module.WIRING
        dtypes = dict.fromkeys(wanted, torch.float32)
        drawn = starts.fresh(found, dtypes, seed=5)
        assert drawn.keys() == wanted.keys()
        for name, value in drawn.items():
            assert torch.equal(value, wanted[name]), (name, toy.told(options))


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_start_gain_is_what_the_module_writes(name: str) -> None:
    assert eval(ACTIVATIONS[name].factor) == ACTIVATIONS[name].gain


GENERATED = [*ROOT.glob("generated/*.py"), *ROOT.glob("tests/golden/*/module.py")]


@pytest.mark.parametrize(
    "path", GENERATED, ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_signatures_of_all_our_modules(path: Path) -> None:
    beside = path.with_suffix(".safetensors")
    tables = beside.read_bytes() if beside.exists() else None
    module = toy.load(path.read_bytes(), tables)
    found = elements(unswept(read_module(path.read_bytes(), path.name, tables)))
    assert found.wiring == module.WIRING
    if module.OPTIONS.get("dynamics") == "leaky":
        assert [gain[:2] for gain in found.synapses] == module.SYNAPSES
        assert [ends[:2] for ends in found.junctions] == module.JUNCTIONS
        assert list(found.live) == module.NEURONS
        return
    assert list(found.synapses) == toy.synapses(module)
    assert list(found.live) == levels(module)


# The same wiring


@each_case
@pytest.mark.parametrize("ending", [".pt", ".safetensors"])
def test_the_same_model_is_the_same_to_the_bit(
    options: Options, ending: str, folder: Path
) -> None:
    module, net, other = pair(options, new=toy.EDGES, save=f"old{ending}")
    report = works(f"old{ending}", *WORDS[1:], f"new{ending}")

    again = loaded(other, f"new{ending}")
    state, before = get(f"new{ending}"), net.state_dict()
    assert state.keys() == before.keys()
    assert all(torch.equal(state[key], before[key]) for key in before)
    given = toy.arguments(module, 5)
    assert_close(again(*given), net(*given), rtol=0, atol=0)
    assert "0 new, 0 lost" in report and "unchanged in" in report


def test_another_order_of_the_same_synapses(folder: Path) -> None:
    """Rows of the file in another order, and a class of another name: nothing changes."""
    rows = toy.EDGES.splitlines()
    module, net, other = pair(
        new="\n".join([rows[0], *reversed(rows[1:-2]), *rows[-2:]])
    )
    report = works(*WORDS, "new.pt")
    assert by_name(other, loaded(other, "new.pt")) == by_name(module, net)
    assert "0 new, 0 lost" in report


# Other wiring


@each_case
@pytest.mark.parametrize("new", [GROWN, CHANGED], ids=["grown", "changed"])
def test_all_that_is_shared_is_carried_by_name(
    options: Options, new: str, folder: Path
) -> None:
    first, net, second = pair(options, new=new)
    works(*WORDS, "new.pt", "--seed", "3")

    old, found = by_name(first, net), by_name(second, loaded(second, "new.pt"))
    drawn = by_name(second, toy.network(second, seed=3))
    shared = old.keys() & found.keys()
    assert shared and found.keys() - shared
    assert (old.keys() - shared) or new == GROWN
    for key in shared:
        assert torch.equal(found[key], old[key]), key
    for key in found.keys() - shared:
        assert torch.equal(found[key], drawn[key]), key


@pytest.fixture(scope="module")
def worms() -> tuple[bytes, bytes]:
    """Two connectomes of grown worms."""
    return tuple(  # type: ignore[return-value]
        toy.written(toy.bundled(f"witvliet2021-{stage}"), Options(), f"Worm{stage}")
        for stage in (7, 8)
    )


def test_from_one_worm_to_another(worms: tuple[bytes, bytes], folder: Path) -> None:
    for name, data in zip(("old.py", "new.py"), worms, strict=True):
        Path(name).write_bytes(data)
    first, second = map(toy.load, worms)
    net = trained(first)
    put(net.state_dict(), "old.pt")
    found = json.loads(run(*WORDS, "new.safetensors", "--json").stdout)

    old = by_name(first, net)
    new = by_name(second, loaded(second, "new.safetensors"))
    drawn = by_name(second, toy.network(second, seed=0))
    shared = old.keys() & new.keys()
    assert len(shared) > 1000
    assert all(torch.equal(new[key], old[key]) for key in shared)
    assert all(torch.equal(new[key], drawn[key]) for key in new.keys() - shared)
    gain = [key for key in shared if "of a neuron" not in key]
    assert found["parameters"]["gain"]["kept"] == len(gain)
    assert found["parameters"]["gain"]["new"] == len(second.SYNAPSES) - len(gain)
    assert found["parameters"]["gain"]["lost"] == len(first.SYNAPSES) - len(gain)
    assert found["parameters"]["bias"]["kept"] == len(shared) - len(gain)
    assert set(found["neurons"]["lost"]) == set(first.NEURONS) - set(second.NEURONS)
    assert set(found["neurons"]["new"]) == set(second.NEURONS) - set(first.NEURONS)
    assert sum(found["why"]["new"].values()) == len(found["synapses"]["new"])
    assert sum(found["why"]["lost"].values()) == len(found["synapses"]["lost"])
    flipped = {
        frozenset((v, u))
        for v, u, kind in second.SYNAPSES
        if kind == "electrical" and (u, v, kind) in first.SYNAPSES
    }
    assert {frozenset(g[:2]) for g in found["synapses"]["turned"]} == flipped


NAMES = ("S1", "S2", "A", "B", "C", "M1", "M2")
row = st.tuples(
    st.sampled_from(NAMES),
    st.sampled_from(NAMES),
    st.sampled_from(["chemical", "chemical", "electrical"]),
    st.integers(1, 5),
)


@given(
    st.lists(row, max_size=20),
    st.lists(row, max_size=8),
    st.sampled_from(["drop", "delay"]),
)
@settings(max_examples=25)
def test_any_two_graphs(
    rows: list[tuple[str, str, str, int]],
    more: list[tuple[str, str, str, int]],
    feedback: str,
) -> None:
    options = replace(toy.ROLES, outputs=("M*",), feedback=feedback)
    head, base = "pre,post,kind,weight\n", "S1,A,chemical,1\nA,M1,chemical,1\n"
    texts = [
        head + base + "".join(f"{','.join(map(str, r))}\n" for r in chosen)
        for chosen in (rows, rows[len(more) // 2 :] + more)
    ]
    try:
        datas = [toy.source(options, text) for text in texts]
    except (InputError, UsageError):  # no sensor reaches a motor, or there is none
        assume(False)
    first, second = map(toy.load, datas)
    with tempfile.TemporaryDirectory() as here, contextlib.chdir(here):
        for name, data in zip(("old.py", "new.py"), datas, strict=True):
            Path(name).write_bytes(data)
        net = trained(first)
        put(net.state_dict(), "old.pt")
        works(*WORDS, "new.pt")
        old, found = by_name(first, net), by_name(second, loaded(second, "new.pt"))
    drawn = by_name(second, toy.network(second, seed=0))
    for key, value in found.items():
        assert torch.equal(value, old[key] if key in old else drawn[key])


# Zero


@pytest.mark.parametrize("options", SUMS.values(), ids=SUMS.keys())
def test_with_zero_the_old_neurons_compute_what_they_did(
    options: Options, folder: Path
) -> None:
    first, net, second = pair(options, dtype=torch.float64)
    assert by_name(first, net).keys() < by_name(second, toy.network(second)).keys()
    report = works(*WORDS, "zero.pt", "--new", "zero")
    works(*WORDS, "draw.pt")

    shared, loose = levels(first), 0 if options.merge == "sum" else 1e-5
    zero, draw = (
        loaded(second, f"{n}.pt", dtype=torch.float64) for n in ("zero", "draw")
    )
    expected = activity(first, net, shared)
    near = {"rtol": max(loose, 1e-12), "atol": max(loose, 1e-12)}
    assert_close(activity(second, zero, shared), expected, **near)
    assert not torch.allclose(activity(second, draw, shared), expected, rtol=1e-3)
    assert "unchanged in" in report
    assert ("1e-7" in report) == (options.merge == "gated")


@pytest.mark.parametrize("options", SUMS.values(), ids=SUMS.keys())
def test_with_zero_what_is_new_learns(options: Options, folder: Path) -> None:
    """Zeros on both sides of a neuron would leave it without a gradient for ever."""
    _, _, second = pair(options, dtype=torch.float64)
    works(*WORDS, "zero.pt", "--new", "zero")
    net = loaded(second, "zero.pt", dtype=torch.float64)
    outputs = net(*toy.arguments(second, 5, dtype=torch.float64))
    (outputs[0] if isinstance(outputs, tuple) else outputs).square().sum().backward()
    slope = dict(zip(second.SYNAPSES, net.gain.grad, strict=True))
    assert slope["C", "N", "chemical"] != 0
    assert slope["M2", "N", "electrical"] != 0


def test_zero_says_who_computes_something_else(folder: Path) -> None:
    pair(new=CHANGED)
    found = json.loads(run(*WORDS, "new.pt", "--new", "zero", "--json").stdout)
    # A reads B no more, C neither B nor S2; M1 read B and C
    assert {"A", "C", "M1"} <= set(found["disturbed"])
    assert "S1" not in found["disturbed"] and "S2" not in found["disturbed"]


def test_a_neuron_that_becomes_a_sensor_is_told(folder: Path) -> None:
    first = model("old.py")
    model("new.py", replace(toy.ROLES, inputs=("S*", "B")))
    put(trained(first).state_dict(), "old.pt")
    report = works(*WORDS, "new.pt", "--new", "zero")
    assert "changed: 1 of 11 neurons that both have read other inputs: B" in report
    assert "inputs    5 -> 6 columns, in the order of SENSORY" in report


def test_zero_of_a_product_is_refused(folder: Path) -> None:
    pair(CASES["product"])
    assert "no gains" in refused(*WORDS, "new.pt", "--new", "zero", code=2)


# The report


def test_the_report(folder: Path) -> None:
    pair(new=CHANGED)
    assert works(*WORDS, "new.pt") == """\
read      old.pt: Toy, 27 parameters of float32; signed with the wiring of old.py
neurons   10 kept, 1 new, 6 lost
          new: N
          lost: B E M3 S4 X Y
          in use, unused before: M4
          unused, in use before: D S3
inputs    5 -> 4 columns, in the order of SENSORY
outputs   5 -> 4 columns, in the order of MOTOR
gains     5 kept, 6 new, 11 lost
          new: 3 of new neurons, 3 between neurons that were there
            C -> A, S1 -> C, A -> M1, N -> M2, N -> M4, C -> N
          lost: 5 of neurons that are gone, 3 between neurons that are there, 2 running backward now, 1 with an unused end now
            B -> A, S1 -> B, A -> C, B -> C, S2 -> C, SX -> C, S3 -> D, B -> M1, C -> M1, M1 - M2, D - M3
          1 kept, but conduct the other way now: C - A
biases    7 kept, 2 new, 4 lost, one a neuron
start     new values as in Toy() after torch.manual_seed(0): draw gains of deviation 5 / 3 / sqrt(number of inputs), as suits tanh
function  changed: 4 of 7 neurons that both have read other inputs: A C M1 M2
wrote     new.pt: Toy, 20 parameters, signed with its wiring
"""
    assert works(*WORDS, "other.pt", "-q") == ""


def test_the_report_of_a_recurrent_model(folder: Path) -> None:
    """A synapse keeps its gain when it is read at another time."""
    pair(CASES["delay-tensor"], new=CHANGED, save="old.safetensors")
    told = works("old.safetensors", *WORDS[1:], "new.pt", "--new", "zero", "--verbose")
    assert (
        "2 kept, but read at another time (now, a step late): A -> C, SX -> C" in told
    )
    assert "C - A" in told and "weights   " in told and "... and" not in told
    assert (
        "new gains 0 into neurons that both have; other new values as in Toy()" in told
    )


def test_a_long_report_is_cut(folder: Path) -> None:
    _, net, _ = pair()
    put(
        {**net.state_dict(), **{f"layer {i}": torch.zeros(1) for i in range(40)}},
        "old.pt",
    )
    words = (*WORDS, "new.pt", "--force")
    assert "... and 28 more (--verbose)" in works(*words)
    assert '"layer 39"' in works(*words, "--verbose")


def test_json(folder: Path) -> None:
    pair()
    done = run(*WORDS, "new.pt", "--json", "--quiet", "--seed", "7")
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert (found["schema"], found["command"], found["seed"]) == (1, "transplant", 7)
    assert found["neurons"]["new"] == ["N"] and found["neurons"]["lost"] == []
    assert ["C", "N", "chemical"] in found["synapses"]["new"]
    assert found["parameters"]["gain"]["new"] == len(found["synapses"]["new"])
    assert found["signed"] and found["prefix"] == "" and found["others"] == []


def test_help_and_import_load_neither_torch_nor_numpy() -> None:
    code = (
        "import sys; from elegansc.cli.transplant import transplant_command as t;"
        "t(['--help'], standalone_mode=False);"
        "print([m for m in ('torch', 'safetensors', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.endswith("[]\n") and "--prefix" in done.stdout, done.stderr
    code = "import sys, elegansc.transplantation; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


def test_the_function_of_the_package_raises(folder: Path) -> None:
    from elegansc.transplantation import transplant

    pair()
    with pytest.raises(InputError, match="no such file"):
        transplant("no.pt", "old.py", "new.py", "new.pt")
    account = transplant("old.pt", "old.py", "new.py", "new.pt", start="zero")
    assert account.neurons.new == ("N",) and not account.disturbed
    assert set(account.live.new) == {"N", "Y", "M4"}  # a path to M4 leads through Y
