"""Prove a module of `--lowering published`: read it, emit it again, run it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Float64
from ..errors import InputError
from ..ir.invariants import check_invariants
from ..ir.stages import MOTOR, SENSORY, Sweep
from ..ir.text import digest
from ..module.emit_sweep import emit_sweep, lines, units
from ..module.read import CircuitModel
from ..options import Options
from ..passes.published_sweep import published_sweep
from ..semantics.activations import Activation, activation
from ..semantics.interpret import Parameters
from ..semantics.interpret_sweep import interpret_sweep
from .check import Check
from .comparison import Numbers, both
from .reading import as_emitted, body
from .running import Form, execute

BATCH = 3
FACTOR, SPREAD = 0.99, 0.003  # of inputs and units: mean, deviation


def proved(
    data: bytes, model: CircuitModel, *, trust: bool, seed: int, native: bool = False
) -> Iterator[Check]:
    """All checks; those after a failure that they rest on are not made."""
    head = model.header
    try:
        sweep = published_sweep(model.circuit)
        check_invariants(sweep)
    except InputError as error:
        yield body(head, b"")
        yield Check("tables", False, str(error))
        return
    again = emit_sweep(sweep, options=model.options, name=model.name)
    yield body(head, again.page)
    yield Check("tables", True, "tables hold literals of their types")
    graph = digest(model.circuit)
    detail = f"graph digest {graph}, the header says {head.source}"
    yield Check("source", graph == head.source, detail)
    stands = as_emitted(head, again.page)
    yield stands
    if stands.passed or trust:
        code = data if trust else again.page
        yield from run(code, sweep, model.options, model.name, seed, native=native)


def run(
    data: bytes,
    sweep: Sweep,
    options: Options,
    name: str,
    seed: int,
    *,
    native: bool = False,
) -> Iterator[Check]:
    """The module against the interpreter."""
    numbers, expected = trial(sweep, options, seed)

    def executed(dtype: str, native: bool) -> dict[str, Float64]:
        return execute(data, name, numbers, dtype, Form(True, False, native))

    yield from both(executed, expected, native=native)


def trial(
    sweep: Sweep, options: Options, seed: int
) -> tuple[Numbers, dict[str, Float64]]:
    """Random parameters and inputs, and what the interpreter makes of them.

    Without a norm all that is multiplied is a little below 1, or products of thousands
    would overflow.
    """
    generator = np.random.default_rng(seed)
    role, d = sweep.cells.role, options.features
    fire, sensory = units(sweep), int((role & SENSORY > 0).sum())
    weight = generator.normal(size=(len(fire), d, d)) / np.sqrt(d)
    bias = generator.normal(size=(len(fire), d))
    inputs = generator.normal(size=(BATCH, sensory, d))
    if options.norm == "none":
        weight *= SPREAD / np.sqrt(d)
        bias = root(activation(options.activation)) + bias * SPREAD
        inputs = FACTOR + inputs * SPREAD
    else:
        weight /= 2
        inputs = np.copysign(1 + inputs / 5, inputs)
    motor = int((role & MOTOR > 0).sum())
    cotangent = generator.normal(size=(BATCH, motor, d))
    parameters = Parameters(
        {},
        {
            "weight": dict(zip(fire, weight, strict=True)),
            "bias": dict(zip(fire, bias, strict=True)),
        },
    )
    ends = frozenset(line.value for line in lines(sweep) if options.norm == "layer")
    found = interpret_sweep(sweep, options, parameters, inputs, cotangent, ends)
    expected = {
        "outputs": found.outputs[None],
        "states": found.states[None],
        "inputs": found.input_gradient[None],
        **{
            key: np.array([values[n] for n in fire])
            for key, values in found.gradient.of.items()
        },
    }
    numbers = {
        "inputs": inputs[None],
        "start": np.zeros((BATCH, 1, d)),
        "cotangent": cotangent[None],
        "weight": weight,
        "bias": bias,
    }
    return numbers, expected


def root(act: Activation) -> float:
    """Where the activation, rising from 0 on, is FACTOR."""
    low, high = 0.0, 20.0
    for _ in range(60):
        middle = (low + high) / 2
        below = float(act.function(np.array(middle))) < FACTOR
        low, high = (middle, high) if below else (low, middle)
    return low
