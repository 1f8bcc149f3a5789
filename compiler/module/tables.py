"""A plan by name: the values that the tables of a generated module hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..ir.stages import MOTOR, SENSORY, Cells, Plan
from ..options import Options, Value

Nested = dict[str, dict[str, float]]  # neuron -> input -> weight


@dataclass(frozen=True, slots=True)
class Tables:
    """What a generated module holds, as Python values."""

    options: dict[str, Value]
    cycles: dict[str, float | str]
    levels: list[list[str]]
    unused: list[str]
    sensory: list[str]
    motor: list[str]
    chemical: Nested
    electrical: Nested
    feedback: Nested
    sign: dict[str, dict[str, int]]
    transmitter: dict[str, list[str]]
    lateral: Nested = field(default_factory=dict)


def tables_of(plan: Plan, options: Options) -> Tables:
    """A plan by name: every neuron, synapse and junction of the graph is in it."""
    name, start = plan.cells.name, plan.level_start.tolist()
    forward, feedback = plan.forward, plan.feedback
    rising, lateral = plan.junctions, plan.lateral
    cycles: dict[str, float | str] = {"method": plan.optimality.method}
    if plan.optimality.bound is not None:
        cycles["bound"] = plan.optimality.bound
    return Tables(
        options=options.changed(),
        cycles=cycles,
        levels=[list(name[a:b]) for a, b in zip(start, start[1:], strict=False)],
        unused=list(name[start[-1] :]),
        sensory=with_role(plan.cells, SENSORY),
        motor=with_role(plan.cells, MOTOR),
        chemical=nest(name, forward.pre, forward.post, forward.weight),
        electrical=nest(name, rising.left, rising.right, rising.weight),
        feedback=nest(name, feedback.pre, feedback.post, feedback.weight),
        sign=signs(plan),
        transmitter=by_transmitter(plan.cells),
        lateral=nest(name, lateral.left, lateral.right, lateral.weight),
    )


def with_role(cells: Cells, bit: int) -> list[str]:
    """Names of the cells of a role, sorted."""
    return sorted(
        n for n, role in zip(cells.name, cells.role.tolist(), strict=True) if role & bit
    )


def by_transmitter(cells: Cells) -> dict[str, list[str]]:
    """Names of the cells that release each transmitter, both sorted."""
    found: dict[str, list[str]] = {}
    for name, word in sorted(zip(cells.name, cells.transmitter, strict=True)):
        if word:
            found.setdefault(word, []).append(name)
    return dict(sorted(found.items()))


def nest(
    name: tuple[str, ...], pre: Any, post: Any, value: Any
) -> dict[str, dict[str, Any]]:
    """neuron -> input -> value, both sorted by name."""
    columns = (post.tolist(), pre.tolist(), value.tolist())
    rows = sorted((name[b], name[a], v) for b, a, v in zip(*columns, strict=True))
    table: dict[str, dict[str, Any]] = {}
    for neuron, source, held in rows:
        table.setdefault(neuron, {})[source] = held
    return table


def signs(plan: Plan) -> dict[str, dict[str, int]]:
    """The signs that are known, of forward and feedback synapses."""
    found: dict[str, dict[str, int]] = {}
    for edges in (plan.forward, plan.feedback):
        known = edges.take(edges.sign != 0)
        for neuron, row in nest(
            plan.cells.name, known.pre, known.post, known.sign
        ).items():
            found.setdefault(neuron, {}).update(row)
    return {neuron: dict(sorted(row.items())) for neuron, row in sorted(found.items())}
