"""The interpreter: its gradients by differences, one meaning on Order and Plan, and the
module on random graphs."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from support import toy

from elegansc import pipeline
from elegansc.arrays import Float64
from elegansc.errors import InputError
from elegansc.ir.stages import Order
from elegansc.ir.text import Stage
from elegansc.ir.trace import Trace
from elegansc.options import CHOICES, Options
from elegansc.readers.parse import parse
from elegansc.semantics.interpret import Hands, Parameters, interpret
from elegansc.semantics.wiring import wiring_of
from elegansc.verification.comparison import distance
from elegansc.verification.running import Trial

STEP = 1e-6


# Gradients by differences


def loss(
    model: Any, numbers: Trial, parameters: Parameters, inputs: Float64, at: float = 0
) -> float:
    """The loss whose gradients the interpreter gives; `at` shifts the start state."""
    result = toy.interpreted(
        model, replace(numbers, inputs=inputs, start=numbers.start + at), parameters
    )
    return float((result.outputs * numbers.cotangent).sum())


def slope(model: Any, numbers: Trial, group: str, direction: dict[Any, Any]) -> float:
    """The change of the loss along a direction of one group of parameters."""
    found = []
    for side in (STEP, -STEP):
        moved = copy.deepcopy(numbers.parameters)
        values = moved.gain if group == "gain" else moved.of[group]
        for key, by in direction.items():
            values[key] = values[key] + side * by
        found.append(loss(model, numbers, moved, numbers.inputs))
    return (found[0] - found[1]) / (2 * STEP)


@pytest.mark.parametrize("activation", CHOICES["activation"])
def test_gradients_are_slopes(activation: str) -> None:
    """Along random directions in gains, biases, weights, inputs and the start state."""
    for options in toy.everything(activation=activation, init="uniform"):
        model, numbers = toy.trial(toy.source(options), seed=4)
        result = toy.interpreted(model, numbers)
        assert result.gradient and result.input_gradient is not None
        assert result.start_gradient is not None
        draw = np.random.default_rng(1).normal
        groups = {"gain": result.gradient.gain, **result.gradient.of}
        for group, gradient in groups.items():
            direction = {
                key: draw(size=np.shape(value)) for key, value in gradient.items()
            }
            expected = sum(
                float((value * direction[key]).sum()) for key, value in gradient.items()
            )
            found = slope(model, numbers, group, direction)
            assert found == pytest.approx(expected, rel=1e-5, abs=1e-7), (
                toy.told(options),
                group,
            )
        by = draw(size=numbers.inputs.shape)
        sides = [
            loss(model, numbers, numbers.parameters, numbers.inputs + side * by)
            for side in (STEP, -STEP)
        ]
        expected = float((result.input_gradient * by).sum())
        found = (sides[0] - sides[1]) / (2 * STEP)
        assert found == pytest.approx(expected, rel=1e-5, abs=1e-7), toy.told(options)
        if options.feedback == "delay":
            sides = [
                loss(model, numbers, numbers.parameters, numbers.inputs, side)
                for side in (STEP, -STEP)
            ]
            expected = sum(
                float(value.sum()) for value in result.start_gradient.values()
            )
            found = (sides[0] - sides[1]) / (2 * STEP)
            assert found == pytest.approx(expected, rel=1e-5, abs=1e-7), toy.told(
                options
            )


# One meaning, before and after the levels


class Keep(Trace):
    """Keeps the pruned Order."""

    order: Order

    def record(self, stage: str, ir: Stage) -> None:
        if stage == "pruned":
            assert isinstance(ir, Order)
            self.order = ir
        super().record(stage, ir)


@pytest.mark.parametrize("feedback", CHOICES["feedback"])
def test_an_order_and_its_plan_mean_the_same(feedback: str) -> None:
    options = replace(toy.ROLES, feedback=feedback, features=4, unit="linear")
    trace = Keep()
    connectome = parse(toy.EDGES.encode(), "toy")
    plan = pipeline.lower(connectome, options, trace)
    _, numbers = toy.trial(toy.written(plan, options))
    one, other = (
        interpret(
            wiring_of(graph),
            options,
            numbers.parameters,
            numbers.inputs,
            cotangent=numbers.cotangent,
        )
        for graph in (trace.order, plan)
    )

    np.testing.assert_allclose(one.outputs, other.outputs, rtol=1e-12)
    assert one.gradient and other.gradient
    assert one.gradient.of.keys() == other.gradient.of.keys() == {"bias", "weight"}
    for first, second in (
        (one.gradient.gain, other.gradient.gain),
        (one.gradient.of["bias"], other.gradient.of["bias"]),
        (one.gradient.of["weight"], other.gradient.of["weight"]),
    ):
        assert first.keys() == second.keys()
        for key, value in first.items():
            np.testing.assert_allclose(value, second[key], rtol=1e-9, atol=1e-12)


def test_a_chain_by_hand() -> None:
    """Two neurons, one synapse: tanh(g * tanh(x + b) + c), on paper."""
    options = Options(roles_table="structure")
    edges = "pre,post,kind,weight\nA,B,chemical,1\n"
    net = wiring_of(toy.plan(options, edges))
    gain = {("B", "A", "chemical"): 0.5}
    parameters = Parameters(gain, {"bias": {"A": np.array(0.25), "B": np.array(-1.0)}})
    x = np.array([[[[0.75]]]])
    result = interpret(net, options, parameters, x, cotangent=np.ones((1, 1, 1, 1)))

    inner = np.tanh(1.0)
    outer = np.tanh(0.5 * inner - 1)
    assert result.outputs.item() == pytest.approx(outer, rel=1e-15)
    assert result.gradient and result.input_gradient is not None
    at_b = 1 - outer**2
    assert result.gradient.gain["B", "A", "chemical"] == pytest.approx(at_b * inner)
    assert result.input_gradient.item() == pytest.approx(at_b * 0.5 * (1 - inner**2))


def test_a_chain_with_hands() -> None:
    """What is ablated sends nothing, what is held sends its current, by hand on paper."""
    options = Options(roles_table="structure")
    net = wiring_of(toy.plan(options, "pre,post,kind,weight\nA,B,chemical,1\n"))
    gain = {("B", "A", "chemical"): 0.5}
    parameters = Parameters(gain, {"bias": {"A": np.array(0.25), "B": np.array(-1.0)}})

    def outer(
        alive: tuple[float, float], held: tuple[int, int], current: tuple[float, float]
    ) -> tuple[float, list[float], list[float]]:
        hands = Hands(
            *(
                {n: np.array([[float(v)]]) for n, v in zip("AB", part, strict=True)}
                for part in (current, alive, held)
            )
        )
        x, ones = np.array([[[[0.75]]]]), np.ones((1, 1, 1, 1))
        result = interpret(net, options, parameters, x, None, ones, hands)
        assert result.alive_gradient and result.current_gradient
        return (
            result.outputs.item(),
            [result.alive_gradient[n].item() for n in "AB"],
            [result.current_gradient[n].item() for n in "AB"],
        )

    value, alive, current = outer((0, 1), (0, 0), (0, 0))
    assert value == pytest.approx(np.tanh(-1))
    at_b = 1 - np.tanh(-1) ** 2
    assert alive == pytest.approx([at_b * 0.5 * np.tanh(1.0), np.tanh(-1)])
    assert current == pytest.approx([0, at_b])
    value, alive, current = outer((2, 1), (1, 0), (3, 0.125))
    assert value == pytest.approx(np.tanh(0.5 * 2 * 3 - 1 + 0.125))
    at_b = 1 - value**2
    assert alive == pytest.approx([at_b * 0.5 * 3, value])
    assert current == pytest.approx([at_b * 0.5 * 2, at_b])
    value, alive, current = outer((1, 3), (0, 1), (0, 4))
    assert value == pytest.approx(12)
    assert alive == pytest.approx([0, 4]) and current == pytest.approx([0, 3])


# The module on random graphs

CELLS = "ABCDEFG"
ROWS = st.tuples(
    st.sampled_from(CELLS),
    st.sampled_from(CELLS),
    st.sampled_from(["chemical", "chemical", "electrical"]),
    st.integers(1, 5),
)
ROLE = st.lists(st.sampled_from(CELLS), min_size=1, max_size=3, unique=True)
COMPUTED = st.sampled_from(list(toy.everything(init="uniform")))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(ROWS, min_size=1, max_size=14), ROLE, ROLE, COMPUTED)
def test_a_module_means_what_its_plan_means(
    rows: list[tuple[str, str, str, int]],
    sensors: list[str],
    motors: list[str],
    computed: Options,
) -> None:
    cells = {name for row in rows for name in row[:2]}
    assume(cells >= {*sensors, *motors})
    options = replace(computed, inputs=tuple(sensors), outputs=tuple(motors))
    edges = "pre,post,kind,weight\n" + "".join(
        f"{a},{b},{k},{w}\n" for a, b, k, w in rows
    )
    try:
        data = toy.source(options, edges)
    except InputError:  # nobody is on a path
        assume(False)
    model, numbers = toy.trial(data)
    net = toy.network(toy.load(data), dtype=torch.float64)
    toy.fill(net, numbers)
    found = toy.steps(net, numbers, model)
    for name, value in toy.gradients(toy.interpreted(model, numbers), numbers).items():
        assert distance(found[name].reshape(value.shape), value) <= 1e-9, name
