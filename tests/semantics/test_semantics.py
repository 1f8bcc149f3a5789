"""The record of a semantics against the modules: parameters, synapses, counts, words."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pytest
from support import toy

import elegansc
from elegansc import pipeline
from elegansc.comparison.changes import parameters
from elegansc.comparison.version import read_version
from elegansc.errors import UsageError, VerifyError
from elegansc.ir.artifact import Artifact
from elegansc.module.read import read_model
from elegansc.options import CHOICES, IDLE, OF_TIME, Options
from elegansc.readers.parse import Layout
from elegansc.semantics.activations import ACTIVATIONS, activation
from elegansc.semantics.merges import MERGES, merge_of
from elegansc.semantics.registry import SEMANTICS, semantics_of
from elegansc.semantics.units import UNITS
from elegansc.semantics.wiring import wiring_of

LEVELLED = ("acyclic", "delay")


def test_every_choice_has_its_row() -> None:
    assert set(SEMANTICS) == set(IDLE)
    assert set(MERGES) == set(CHOICES["merge"])
    assert set(UNITS) == set(CHOICES["unit"])
    assert set(ACTIVATIONS) == set(CHOICES["activation"])


def test_an_unknown_activation_is_never_the_identity() -> None:
    with pytest.raises(VerifyError, match="no activation 'unheard'"):
        activation("unheard")


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_slope_is_the_derivative(name: str) -> None:
    at = np.linspace(-2.9, 2.9, 30)
    step = 1e-6
    act = activation(name)
    found = (act.function(at + step) - act.function(at - step)) / (2 * step)
    np.testing.assert_allclose(act.slope(at), found, atol=1e-8)


@pytest.mark.parametrize("name", LEVELLED)
def test_a_module_holds_what_its_record_says(name: str) -> None:
    """Of every form: names, shapes and order of parameters, SYNAPSES, and all counts."""
    feedback = {"acyclic": "drop", "delay": "delay"}[name]
    for options in toy.everything(feedback=feedback, activation="tanh"):
        data, module = toy.build(options)
        semantics, model = semantics_of(options), read_model(data, "toy.py")
        assert semantics.name == name
        for wiring in (model.tables.wiring, wiring_of(model.plan)):
            held = semantics.parameters(wiring, options)
            assert semantics.synapses(wiring) == tuple(module.SYNAPSES)
            assert wiring.fire + wiring.silent == tuple(module.NEURONS)
            net = toy.network(module)
            assert [(p.name, p.shape) for p in held] == [
                (key, tuple(value.shape)) for key, value in net.named_parameters()
            ], toy.told(options)
            whole = sum(value.numel() for value in net.parameters())
            assert whole == sum(parameter.size for parameter in held)
            told = re.search(r"^    parameters +([\d,]+): ", module.__doc__ or "", re.M)
            assert told and int(told[1].replace(",", "")) == whole, toy.told(options)
        gains = len(module.SYNAPSES) if merge_of(options).gains else 0
        assert gains == sum(p.shape[0] for p in held if p.per == "synapse")


def test_a_task_holds_the_same_network() -> None:
    options = Options(task="mnist", features=4, inputs=("ASEL",), outputs=("AVAL",))
    artifact = elegansc.compile("witvliet2021-1", **options.changed())
    (data,) = artifact.files.values()
    module, model = toy.load(data), read_model(data, "task.py")
    held = semantics_of(model.options).parameters(model.tables.wiring, model.options)
    network = getattr(module, model.name)()
    assert [(p.name, p.shape) for p in held] == [
        (key, tuple(value.shape)) for key, value in network.named_parameters()
    ]


def test_a_published_sweep_holds_what_its_record_says() -> None:
    options = Options(lowering="published", unit="linear", features=2)
    artifact = compiled("witvliet2021-1", options)
    (data,) = artifact.files.values()
    module = toy.load(data)
    net = toy.network(module)
    units = net.bias.shape[0]
    assert net.weight.shape == (units, 2, 2)
    told = re.search(r"^    parameters +([\d,]+): ", module.__doc__ or "", re.M)
    assert told and int(told[1].replace(",", "")) == units * 6
    assert artifact.summary["parameters"] == units * 6
    assert units == sum(bool(source) for _, source, _ in module.SWEEP)


@pytest.mark.parametrize(
    "options",
    [
        Options(),
        Options(features=4, unit="linear"),
        Options(features=4, unit="linear", feedback="delay", merge="gated"),
        Options(features=4, unit="linear", merge="product", norm="layer"),
    ],
    ids=lambda options: "-".join(map(str, options.changed().values())) or "scalar",
)
def test_diff_counts_the_parameters_of_both_models(options: Options) -> None:
    """All that is kept, new and lost is what the two modules hold: numbers, not names."""
    names = ("witvliet2021-1", "witvliet2021-2")
    old, new = (read_version(name, options, Layout()) for name in names)
    kept, added, lost = parameters(old, new)
    before, after = (
        int(compiled(name, options).summary["parameters"]) for name in names
    )
    assert kept > 0
    assert (kept + lost, kept + added) == (before, after)


def compiled(name: str, options: Options) -> Artifact:
    """The artifact of a bundled connectome."""
    return pipeline.compile_source(name, options=options)


@pytest.mark.parametrize("name", SEMANTICS)
def test_what_means_nothing_to_a_semantics_is_refused(name: str) -> None:
    words = {
        "published": {"lowering": "published", "unit": "linear", "features": 2},
        "delay": {"feedback": "delay"},
        "acyclic": {},
        "leaky": {"dynamics": "leaky"},
    }
    base = Options(**words[name])
    assert base.semantics == name
    other = {
        "merge": "gated",
        "init": "counts",
        "signs": "transmitter",
        "dale": "init",
        "tie": "side",
        "types": "types.csv",
        "tie-tau": "all",
        "feedback": "delay",
        "kernel": "dense",
        "tables": "inline",
        "cycles": "fast",
        "roles": "prefer",
        "max-levels": 5,
        "symmetric": True,
        "protect": ("A>B",),
        "tie-seed": 3,
        "like": "x.py",
        "stick": 0.5,
        "alive-cap": 1.0,
        "features": 4,
        "unit": "linear",
        "norm": "layer",
        "task": "mnist",
        "dynamics": "leaky",
        "dt": 0.2,
        "substeps": 2,
        "tau": 2.0,
    }
    for idle in SEMANTICS[name].idle:
        if idle == "kernel":
            continue  # there is but one yet
        field = idle.removeprefix("no-").replace("-", "_")
        value = False if idle.startswith("no-") else other[idle]
        more = {"like": "x.py"} if idle == "stick" else {}
        of_time = idle in (*OF_TIME, "tie-tau")
        told = "is of --dynamics leaky" if of_time else "does not go with"
        told = "does not go with" if name == "published" else told
        with pytest.raises(UsageError, match=told):
            replace(base, **{field: value}, **more)
