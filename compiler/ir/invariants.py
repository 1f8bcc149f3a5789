"""The invariants of each IR by itself, checked after every pass, always.

Invariants between two stages (nothing lost, nothing doubled) are property tests.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..arrays import Bool, Float64, Int32, Int64
from ..errors import VerifyError
from ..graph import longest_path, reached
from .stages import (
    MOTOR,
    SENSORY,
    Cells,
    Circuit,
    Connectome,
    Dag,
    Junctions,
    Order,
    Plan,
    Sweep,
    Synapses,
    no_junctions,
)


def check_invariants(ir: Connectome | Circuit | Dag | Order | Plan | Sweep) -> None:
    """Check the invariants of one IR.

    Raises:
        VerifyError: one does not hold; it names the fact.
    """
    check_cells(ir.cells, by_name=isinstance(ir, Connectome | Circuit | Dag | Sweep))
    size = len(ir.cells)
    if isinstance(ir, Connectome):
        check_synapses(ir.synapses, size)
        check(len(ir.kind) == len(ir.synapses), "a kind for every synapse")
        check(bool((ir.kind <= 1).all()), "a kind is chemical or electrical")
    elif isinstance(ir, Circuit):
        check_circuit(ir, size)
    elif isinstance(ir, Sweep):
        check_sweep(ir, size)
    else:
        check_synapses(ir.forward, size)
        check_synapses(ir.feedback, size)
        check_junctions(ir.junctions, size)
        check_junctions(ir.lateral, size)
        unique_pairs(ir.forward, ir.feedback, size)
        coupled_once(ir.junctions, ir.lateral, size)
    if isinstance(ir, Dag):
        check(bool((ir.junctions.left < ir.junctions.right).all()), "left < right")
    elif isinstance(ir, Order):
        check_order(ir, size)
    elif isinstance(ir, Plan):
        check_plan(ir, size)


def check_sweep(sweep: Sweep, size: int) -> None:
    """Single assignments: each value is made of earlier values, and is read."""
    neuron, left, right = sweep.neuron, sweep.left, sweep.right
    check(len(neuron) == len(left) == len(right), "one length")
    check(len(sweep.output) == size, "an output, or none, for every neuron")
    place = np.arange(len(neuron))
    check(bool(((neuron >= 0) & (neuron < size)).all()), "a value is of a neuron")
    check(
        bool((left < place).all() & (right < place).all()), "values are made in order"
    )
    check(bool((right[left < 0] < 0).all()), "an input is made of nothing")
    given = np.flatnonzero(sweep.output >= 0)
    ends = sweep.output[given]
    check(bool((ends < len(neuron)).all()), "an output is a value")
    check(bool((neuron[ends] == given).all()), "an output is a value of its neuron")
    merged = np.flatnonzero(right >= 0)
    check(
        bool((neuron[left[merged]] == neuron[merged]).all()), "a neuron is multiplied"
    )
    read = np.zeros(len(neuron), bool)
    read[ends] = True
    read[left[left >= 0]] = True
    read[right[right >= 0]] = True
    check(bool((read | (left < 0)).all()), "every value is read")


def check(holds: bool, fact: str) -> None:
    """Raise a VerifyError that names the fact unless it holds."""
    if not holds:
        raise VerifyError(f"does not hold: {fact}")


def check_cells(cells: Cells, *, by_name: bool) -> None:
    """Columns of one length, names distinct, sorted up to Dag."""
    size = len(cells.name)
    check(
        len(cells.role) == len(cells.transmitter) == len(cells.kind) == size,
        "one length",
    )
    check(len(cells.type) in (0, size), "types of all cells, or of none")
    check(len(set(cells.name)) == size, "names are distinct")
    check(all(cells.name), "no name is empty")
    if by_name:
        check(list(cells.name) == sorted(cells.name), "cells are sorted by name")


def check_synapses(edges: Synapses, size: int) -> None:
    """Columns of one length and the declared types, rows in the table, sane weights."""
    declared: list[tuple[NDArray[Any], str]] = [
        (edges.pre, "int32"),
        (edges.post, "int32"),
        (edges.weight, "float64"),
        (edges.sign, "int8"),
        (edges.line, "int32"),
    ]
    for column, dtype in declared:
        check(column.dtype.name == dtype, f"a column is {dtype}")
        check(len(column) == len(edges), "columns have one length")
        check(not column.flags.writeable, "columns are sealed")
    inside(edges.pre, size)
    inside(edges.post, size)
    weights(edges.weight)
    check(bool((np.abs(edges.sign) <= 1).all()), "a sign is -1, 0 or 1")


def check_junctions(junctions: Junctions, size: int) -> None:
    """Rows in the table, no pair twice, no cell with itself, sane weights."""
    inside(junctions.left, size)
    inside(junctions.right, size)
    weights(junctions.weight)
    check(not junctions.left.flags.writeable, "columns are sealed")
    check(bool((junctions.left != junctions.right).all()), "no junction within a cell")
    coupled_once(junctions, no_junctions(), size)
    check(bool((np.abs(junctions.forced) <= 1).all()), "forced is -1, 0 or 1")


def inside(rows: Int32, size: int) -> None:
    """Rows lie in the table of cells."""
    check(bool(((rows >= 0) & (rows < size)).all()), "rows lie in the table of cells")


def weights(weight: Float64) -> None:
    """Weights are finite and not negative."""
    check(bool((np.isfinite(weight) & (weight >= 0)).all()), "weights are finite, >= 0")


def check_circuit(circuit: Circuit, size: int) -> None:
    """One row per ordered pair and per coupled pair, sorted."""
    check_synapses(circuit.chemical, size)
    check_junctions(circuit.junctions, size)
    key = circuit.chemical.pre.astype(np.int64) * size + circuit.chemical.post
    check(bool((np.diff(key) > 0).all()), "one row per ordered pair, sorted")
    check(
        bool((circuit.junctions.left < circuit.junctions.right).all()), "left < right"
    )


def unique_pairs(forward: Synapses, feedback: Synapses, size: int) -> None:
    """No ordered pair stands twice, in one table or in both."""
    pre = np.concatenate([forward.pre, feedback.pre]).astype(np.int64)
    post = np.concatenate([forward.post, feedback.post])
    check(distinct(pre * size + post), "no ordered pair stands twice")


def coupled_once(junctions: Junctions, lateral: Junctions, size: int) -> None:
    """No pair is coupled twice, in one table or in both."""
    left = np.concatenate([junctions.left, lateral.left]).astype(np.int64)
    right = np.concatenate([junctions.right, lateral.right]).astype(np.int64)
    pairs = np.minimum(left, right) * size + np.maximum(left, right)
    check(distinct(pairs), "no pair is coupled twice")


def distinct(keys: Int64) -> bool:
    """Whether no key stands twice."""
    ordered = np.sort(keys)
    return bool((ordered[1:] != ordered[:-1]).all())


def check_order(order: Order, size: int) -> None:
    """Forward synapses and junctions rise, so they have no cycle."""
    check(bool((order.forward.pre < order.forward.post).all()), "forward synapses rise")
    check(bool((order.junctions.left < order.junctions.right).all()), "junctions rise")
    check(len(np.unique(order.original)) == size, "original is a permutation")
    check(len(order.live) == size, "live is known of every neuron")


def check_plan(plan: Plan, size: int) -> None:
    """A level is the longest path to it; levels are sorted and hold the live neurons alone."""
    start = plan.level_start
    check(len(start) > 1 and start[0] == 0 and start[-1] <= size, "levels start at 0")
    check(bool((np.diff(start) > 0).all()), "no level is empty")
    bounds = [*start.tolist(), size]
    for first, last in zip(bounds, bounds[1:], strict=False):
        names = plan.cells.name[first:last]
        check(list(names) == sorted(names), "names are sorted within a level")
    pre = np.concatenate([plan.forward.pre, plan.junctions.left])
    post = np.concatenate([plan.forward.post, plan.junctions.right])
    live = plan.live
    used = live[pre] & live[post]
    level = np.searchsorted(start, np.arange(size), side="right") - 1
    depth = longest_path(pre[used], post[used], size)
    check(bool((depth[live] == level[live]).all()), "a level is the longest path to it")
    left, right = plan.lateral.left, plan.lateral.right
    within = (level[left] == level[right]) | ~live[left] | ~live[right]
    check(bool(within.all()), "a lateral junction joins two neurons of one level")
    check(bool((left < right).all()), "left < right")
    acyclic = longest_path(pre, post, size)
    check(bool((acyclic >= 0).all()), "forward synapses and junctions have no cycle")


def on_path(pre: Int32, post: Int32, cells: Cells) -> Bool:
    """(N,) whether a neuron lies on a path from a sensory to a motor neuron."""
    sensory, motor = cells.role & SENSORY > 0, cells.role & MOTOR > 0
    return reached(pre, post, sensory) & reached(post, pre, motor)
