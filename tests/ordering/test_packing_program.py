"""The bound alone: as large as by adding the shortest violated cycles until none is left."""

from __future__ import annotations

from math import ceil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from elegansc.arrays import Float64
from elegansc.feedback.measure import counted
from elegansc.nulls.pairs import Null
from elegansc.nulls.twins import Drawing
from elegansc.options import Options
from elegansc.ordering import exact, linear_program, packing_program
from elegansc.ordering.cycle_constraints import NEAR, CycleConstraints
from elegansc.ordering.feedback_arc_set import components_of
from elegansc.ordering.instance import Instance
from elegansc.ordering.packing_program import cost_of_scaled, solve_packing
from elegansc.ordering.problem import Problem
from elegansc.pipeline import circuit_of
from elegansc.readers.reader import Layout


def random_graph(seed: int, size: int, count: int, fixed: int = 0) -> CycleConstraints:
    """A strongly connected graph: a ring, other arcs, some of them not to be cut."""
    draw = np.random.default_rng(seed)
    ring = {(u, (u + 1) % size) for u in range(size)}
    other = [(u, v) for u in range(size) for v in range(size) if u != v]
    chosen = [other[i] for i in draw.permutation(len(other))[:count]]
    arcs = sorted(ring | set(chosen))
    pre, post = (np.array([arc[k] for arc in arcs], np.int32) for k in (0, 1))
    weight = draw.integers(1, int(draw.choice([2, 9, 200])), len(arcs))
    rising = np.flatnonzero(pre < post)
    most = np.ones(len(arcs))
    most[draw.permutation(rising)[:fixed]] = 0
    cost = exact.costs(weight, np.zeros(len(arcs), np.int64), None)
    return CycleConstraints(pre, post, weight, cost, most, size)


def of_component(instance: Instance) -> CycleConstraints:
    """The constraints of the largest component of a graph."""
    rows = max(components_of(instance), key=len)
    nodes = np.unique(instance.pre[rows])
    ends = (instance.pre[rows], instance.post[rows])
    pre, post = (np.searchsorted(nodes, end).astype(np.int32) for end in ends)
    weight = instance.weight[rows]
    cost = exact.costs(weight, np.zeros(len(rows), np.int64), None)
    return CycleConstraints(pre, post, weight, cost, np.ones(len(rows)), len(nodes))


def plain(graph: CycleConstraints, monkeypatch: pytest.MonkeyPatch) -> float:
    """The optimum over all cycle constraints, in units of weight."""
    monkeypatch.setattr(linear_program, "FRACTIONAL", 1.0)
    monkeypatch.setattr(linear_program, "SLACK", np.inf)  # keep every cycle
    graph.begin(())
    found = linear_program.relax(graph, 100)
    assert found is not None and found.ended
    return found.value / packing_program.UNIT


def fast(graph: CycleConstraints) -> tuple[float, int]:
    """The value that `solve_packing` finds, in units of weight, and its whole bound."""
    graph.begin(())
    found = solve_packing(graph, 100)
    assert found is not None and found.ended
    parts = sum(parts for _, parts in exact.packed(graph, found))
    return found.value / packing_program.UNIT, -(-parts // exact.PARTS)


@given(
    st.integers(0, 10**6),
    st.integers(3, 16),
    st.integers(0, 90),
    st.sampled_from([0, 5]),
)
@settings(deadline=None, max_examples=60)
def test_the_bound_is_that_of_all_cycles(
    seed: int, size: int, count: int, fixed: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        value = plain(random_graph(seed, size, count, fixed), patch)
    found, bound = fast(random_graph(seed, size, count, fixed))
    assert bound == ceil(value - NEAR) == ceil(found - NEAR)
    assert found <= value + NEAR


@pytest.mark.parametrize("weights", ["counted", "one"])
@pytest.mark.parametrize("null", ["degree", "shuffle-weights"])
def test_the_bound_of_a_twin_is_that_of_all_cycles(
    null: str, weights: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    circuit = circuit_of("witvliet2021-1", label="", options=Options(), layout=Layout())
    for twin in (1, 2):
        drawn = Drawing.of(circuit, Null(null), 18).twin(twin).circuit
        instance = Problem.of(counted(drawn, weights), Options()).instance
        value = plain(of_component(instance), monkeypatch)
        _, bound = fast(of_component(instance))
        assert bound == ceil(value - NEAR)


@given(st.integers(0, 10**6), st.integers(3, 12), st.sampled_from([0, 5]))
@settings(deadline=None, max_examples=60)
def test_a_scaled_cut_costs_no_less_than_the_optimum(
    seed: int, size: int, fixed: int
) -> None:
    """However little it cuts; else the rounds would end too early."""
    with pytest.MonkeyPatch.context() as patch:
        value = plain(random_graph(seed, size, 40, fixed), patch)
    graph = random_graph(seed, size, 40, fixed)
    draw = np.random.default_rng(seed)
    for share in (0.02, 0.3, 1.0):
        cut: Float64 = draw.random(len(graph.pre)) * share * graph.most
        cost = cost_of_scaled(graph, cut, graph.shortest_cycles(cut).least)
        assert cost / packing_program.UNIT >= value - NEAR
