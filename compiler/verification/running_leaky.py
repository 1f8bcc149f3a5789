"""Prove a module of `--dynamics leaky`: read it, emit it again, run it through time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..arrays import Float64
from ..ir.text import digest
from ..module.contradictions import contradictions
from ..module.emit_leaky import emit_leaky
from ..module.read import CircuitModel
from ..module.tables import Tables
from ..semantics.interpret_leaky import Parameters, Run, interpret_leaky
from ..semantics.registry import semantics_of
from ..semantics.wiring import Wiring, wiring_of_circuit
from .check import Check
from .comparison import HAND, Numbers, both
from .reading import as_emitted, body
from .running import STEPS, Form, execute

BATCH = 3


def proved(
    data: bytes, model: CircuitModel, *, trust: bool, seed: int, native: bool = False
) -> Iterator[Check]:
    """All checks; those after a failure that they rest on are not made."""
    head, tables = model.header, model.inline
    assert tables is not None  # they stand in the module
    again = emit_leaky(model.circuit, options=model.options, name=model.name)
    yield body(head, again.page)
    wrong = contradiction(tables)
    sound = "tables hold literals of their types, and know every name"
    yield Check("tables", not wrong, wrong or sound)
    graph = digest(model.circuit)
    detail = f"graph digest {graph}, the header says {head.source}"
    yield Check("source", graph == head.source, detail)
    stands = as_emitted(head, again.page)
    yield stands
    if (stands.passed or trust) and not wrong:
        yield from run(data if trust else again.page, model, seed, native=native)


def contradiction(tables: Tables) -> str:
    """The first pair that stands twice, or the sign of none; "" if there is none."""
    for (table, _, _), seen in contradictions(tables):
        return f"{table}: {seen}"
    return ""


def run(
    data: bytes, model: CircuitModel, seed: int, *, native: bool = False
) -> Iterator[Check]:
    """The module against the interpreter."""
    if native:
        seen = "a leaky network stays as it is: elegansc.native sweeps levels"
        yield Check("native", True, f"not proved here: {seen}")
    wiring = wiring_of_circuit(model.circuit)
    numbers, parameters = drawn(model, wiring, seed)
    expected = expectation(model, wiring, numbers, parameters)

    def executed(dtype: str, native: bool) -> Numbers:
        form = Form(wide=True, state=True, time=True)
        return execute(data, model.name, numbers, dtype, form)

    yield from both(executed, expected, native=False)


def drawn(model: CircuitModel, wiring: Wiring, seed: int) -> tuple[Numbers, Parameters]:
    """Random parameters, a run of STEPS steps, and what a second run does by hand.

    There two neurons are ablated, two held, and the others multiplied by what is not 1.
    """
    random = np.random.default_rng(seed)
    semantics, size = semantics_of(model.options), len(wiring.fire)
    numbers = {
        parameter.name: random.normal(size=parameter.shape)
        for parameter in semantics.parameters(wiring, model.options)
    }
    fan_in = np.bincount(model.circuit.chemical.post, minlength=size)
    row = {neuron: place for place, neuron in enumerate(wiring.fire)}
    gains = [(v, u) for v, u, _ in semantics.synapses(wiring)]
    junctions = [(v, u) for v, u, _ in semantics.junctions(wiring)]
    inputs = [fan_in[row[neuron]] for neuron, _ in gains]
    each = 1.5 / np.sqrt(np.array(inputs, float))
    ties = semantics.ties(wiring, model.options)
    if "gain" in ties:  # as small as the heaviest of a tie asks for
        each = each / [wiring.weight((v, u, "chemical")) for v, u in gains]
        least = np.full(len(ties["gain"].ties), np.inf)
        np.minimum.at(least, list(ties["gain"].place), each)
        each = least
    numbers["gain"] *= each
    numbers["tau"] += np.copysign(0.3, numbers["tau"])  # of either sign, none at 0
    alive, held = random.uniform(0.5, 1.5, size=size), np.zeros(size)
    chosen = random.permutation(size)[:4]
    alive[chosen[:2]], held[chosen[2:]] = 0, 1
    spread = {
        name: ties[name].spread(value) if name in ties else value
        for name, value in numbers.items()
    }
    parameters = Parameters(
        dict(zip(gains, spread["gain"].tolist(), strict=True)),
        dict(zip(junctions, spread["conductance"].tolist(), strict=True)),
        {neuron: float(spread["bias"][place]) for neuron, place in row.items()},
        {neuron: float(spread["tau"][place]) for neuron, place in row.items()},
    )
    shape = (BATCH, STEPS)
    return {
        **numbers,
        "inputs": random.normal(size=(*shape, len(wiring.sensory))),
        "start": random.normal(size=(BATCH, size)),
        "cotangent": random.normal(size=(*shape, len(wiring.motor))),
        f"{HAND}current": random.normal(size=(*shape, size)) * 0.5,
        f"{HAND}alive": alive,
        f"{HAND}held": held,
    }, parameters


def expectation(
    model: CircuitModel, wiring: Wiring, given: Numbers, parameters: Parameters
) -> Numbers:
    """What the interpreter says of both runs: outputs, states, gradients."""
    size = len(wiring.fire)
    nothing = {
        "current": np.zeros((BATCH, STEPS, size)),
        "alive": np.ones(size),
        "held": np.zeros(size),
    }
    by_hand = {name: given[f"{HAND}{name}"] for name in nothing}
    found: Numbers = {}
    for before, hands in (("", nothing), (HAND, by_hand)):
        run = Run(
            given["inputs"], given["start"], cotangent=given["cotangent"], **hands
        )
        result = interpret_leaky(wiring, model.options, parameters, run)
        motor = [wiring.fire.index(neuron) for neuron in wiring.motor]
        told: dict[str, Float64] = {
            "outputs": result.states[..., motor],
            "states": result.states,
            **result.gradient,
        }
        ties = semantics_of(model.options).ties(wiring, model.options)
        told |= {name: groups.added(told[name]) for name, groups in ties.items()}
        if not before:
            del told["current"], told["alive"]
        found |= {before + name: value for name, value in told.items()}
    return found
