"""Run the module of a large graph against the interpreter by arrays, on one sample."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..ir.artifact import Artifact
from ..module.read import Model
from ..semantics.interpret_arrays import Arrays, interpret_arrays
from ..semantics.registry import semantics_of
from ..semantics.wiring import wiring_of
from .check import Check
from .comparison import HAND, Numbers, both
from .running import STEPS, Form, execute, handled, spread


def run(
    artifact: Artifact, model: Model, seed: int, *, native: bool = False
) -> Iterator[Check]:
    """The module against the interpreter, and what of it was tried; as of `running.run`."""
    net = Arrays.of(model.plan, model.options)
    numbers, hands = draw(model, net, seed)
    state = semantics_of(model.options).state
    expected = kept(interpret_arrays(net, numbers, {}), state)
    for name in ("current", "alive"):
        expected.pop(name)
    second = kept(interpret_arrays(net, numbers, hands), state)
    expected |= {f"{HAND}{name}": value for name, value in second.items()}
    given = {**numbers, **{f"{HAND}{name}": value for name, value in hands.items()}}

    def executed(dtype: str, native: bool) -> Numbers:
        form = Form(model.options.features > 1, state, native)
        page, beside = artifact.page, artifact.tables
        return execute(page, model.name, given, dtype, form, beside=beside)

    steps = len(numbers["inputs"])
    told = f"{steps} steps of one sample" if state else "one sample"
    detail = f"so large a graph: {told} of random inputs, all neurons and synapses"
    yield Check("sample", True, detail)
    yield from both(executed, expected, native=native)


def kept(found: Numbers, state: bool) -> Numbers:
    """What a module gives: of one without a state, no gradient of a start."""
    return {name: value for name, value in found.items() if state or name != "start"}


def draw(model: Model, net: Arrays, seed: int) -> tuple[Numbers, Numbers]:
    """Random parameters, inputs and cotangents of moderate size; what is done by hand."""
    options, d = model.options, model.options.features
    semantics, generator = semantics_of(options), np.random.default_rng(seed)
    fan_in = 1 + np.bincount(net.now.to, minlength=net.live)
    to = np.zeros(net.gains, np.int64)
    for reads in (net.late, net.now):
        to[reads.gain] = reads.to
    found = {"gain": generator.normal(size=net.gains) * 1.5 / np.sqrt(fan_in[to])}
    for parameter in semantics.parameters(wiring_of(model.plan), options):
        if parameter.per == "neuron":
            shape = parameter.shape
            found[parameter.name] = generator.normal(size=shape) * spread(shape)
    steps = STEPS if semantics.state else 1
    live = (np.arange(net.size) < net.live)[:, None]
    sizes = {"inputs": len(net.sensory), "cotangent": len(net.motor)}
    for name, size in sizes.items():
        found[name] = generator.normal(size=(steps, 1, size, d))
    found["start"] = generator.normal(size=(1, net.size, d)) * live
    return found, handled(model, 1, seed)
