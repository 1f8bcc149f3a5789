"""Break cycles: circuit -> dag, by an order that sends little weight backward.

The order is the solution of a weighted feedback arc set problem (`ordering`). What was not
proved is never called a minimum. All in integers, so that the set is the same everywhere.
"""

from __future__ import annotations

from dataclasses import replace

from ..ir.optimality import Past
from ..ir.stages import Circuit, Dag
from ..options import Options
from ..ordering.account import account_of
from ..ordering.problem import Problem
from ..ordering.solve import solve


def break_cycles(
    circuit: Circuit, *, options: Options | None = None, past: Past | None = None
) -> Dag:
    """Send backward the synapses that run against the order inside a cycle.

    Args:
        options: those of the order, see `Problem`; defaults if None.
        past: an older model, to stay near.

    Raises:
        InputError: weights are beyond integers, levels too few for junctions between
            blocks, or an older model's order is none.

    Source: Eades, Lin, Smyth, "A fast and effective heuristic for the feedback arc set
    problem", Information Processing Letters 47 (1993), for the ratio as a key.
    """
    problem = Problem.of(circuit, options or Options(), past)
    solution = solve(problem)
    edges, back, lateral = circuit.chemical, solution.back, solution.lateral
    junctions = replace(circuit.junctions, forced=solution.way)
    return Dag(
        circuit.source,
        circuit.cells,
        edges.take(~back),
        edges.take(back),
        junctions.take(~lateral),
        solution.optimality,
        replace(circuit.history, break_cycles=account_of(problem, solution)),
        junctions.take(lateral),
        price=solution.price,
        recorded=past is not None and past.same,
    )
